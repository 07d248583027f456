/* SPDX-License-Identifier: BSD-2-Clause */
/* The facial record of a full frontal image: INCITS 385-2004 for PIV, and the same bytes by ISO 19794-5:2005 for DG2.
 */
#ifndef ISSUE_FACE_RECORD_H
#define ISSUE_FACE_RECORD_H

#include "sdc/bytes.h"

struct face_record {
    struct sdc_rd image; /* JPEG 2000 */
    unsigned width, height;
};
void face_record_put(const struct face_record *face, struct sdc_buf *out);

#endif
