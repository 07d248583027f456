/* SPDX-License-Identifier: BSD-2-Clause */
/* BER-TLV (ISO/IEC 7816-4 5.2.2), read and written in its minimal form only: tags of 1 to 3 bytes, definite lengths
 * in the fewest bytes, at most 65535. A tag is the number that its bytes make: 53, 7F49, 5FC107. */
#ifndef TLV_H
#define TLV_H

#include "rd.h"
#include "wr.h"

/* Reads tag and length and leaves r at the value. False, with the sticky error set, where they are not there or not
 * minimal. The value itself need not be there. */
bool tlv_read_header(struct rd *r, uint32_t *tag, size_t *len);
/* Reads one whole TLV. False, with the sticky error set and 'value' empty, where there is none. */
bool tlv_read(struct rd *r, uint32_t *tag, struct rd *value);
/* Reads one whole TLV of this tag; another tag is an error. */
bool tlv_read_tag(struct rd *r, uint32_t tag, struct rd *value);

/* The tag that the reader's bytes are, all of them, as in 5C (a tag list of one element). 0, with the reader's error
 * set, where they are not 1 to 3. Whether it is well formed is left to whoever looks it up. */
uint32_t tlv_read_name(struct rd *r);

/* Bytes that tag and length take. */
size_t tlv_header_len(uint32_t tag, size_t len);
/* Writes tag and length; the caller writes len bytes of value next. */
void tlv_write_header(struct wr *w, uint32_t tag, size_t len);
void tlv_write(struct wr *w, uint32_t tag, const uint8_t *value, size_t len);

#endif
