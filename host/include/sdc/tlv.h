/* SPDX-License-Identifier: BSD-2-Clause */
/* BER-TLV as on the card edge: tags of one to three bytes, definite lengths of up to four bytes, minimal (ISO
 * 7816-4 5.2.2). */
#ifndef SDC_TLV_H
#define SDC_TLV_H

#include "bytes.h"

/* The next TLV: its tag (as printed, e.g. 0x5FC102) and its value. False at the clean end of r, and with r->err set
 * where the bytes are no TLV: truncated, longer tag, indefinite or non-minimal length. */
bool sdc_tlv_next(struct sdc_rd *r, uint32_t *tag, struct sdc_rd *value);
/* The next TLV must have this tag: its value; otherwise r->err is set and an empty reader in error comes back. */
struct sdc_rd sdc_tlv_take(struct sdc_rd *r, uint32_t tag);
/* As sdc_tlv_take where the next tag is this one; otherwise false and r is left as it was. */
bool sdc_tlv_try(struct sdc_rd *r, uint32_t tag, struct sdc_rd *value);

/* The next TLV's tag and length alone; r stands at the value, of which less may be there. For answers cut on purpose.
 */
bool sdc_tlv_open(struct sdc_rd *r, uint32_t *tag, size_t *len);

void sdc_tlv_put(struct sdc_buf *b, uint32_t tag, const void *data, size_t len);
/* A tag and a length whose value the caller puts next, byte by byte. */
void sdc_tlv_head(struct sdc_buf *b, uint32_t tag, size_t len);

#endif
