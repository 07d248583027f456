/* SPDX-License-Identifier: BSD-2-Clause */
/* Building DER from parts. */
#ifndef ISSUE_DER_BUILD_H
#define ISSUE_DER_BUILD_H

#include "sdc/bytes.h"

/* Puts what 'part' holds as one TLV, and empties it. An error in a part is an error of the whole. */
void der_put_part(struct sdc_buf *b, uint32_t tag, struct sdc_buf *part);
/* Puts the parts in ascending order of their bytes, as in a SET OF (X.690 11.6), and empties them. */
void der_put_sorted(struct sdc_buf *out, struct sdc_buf *parts, size_t count);

#endif
