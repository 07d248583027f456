/* SPDX-License-Identifier: BSD-2-Clause */
/* Writer from the end to the front: what stands inside comes first and its length is known when its header is
 * written. Sticky error, as wr.h. */
#ifndef WR_BACK_H
#define WR_BACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wr_back {
    uint8_t *buffer;
    size_t cap;
    size_t left; /* bytes before what is written, which stands at buffer + left */
    bool err;    /* something didn't fit */
};

struct wr_back wr_back_init(uint8_t *buffer, size_t cap);
/* Bytes written. */
size_t wr_back_len(const struct wr_back *w);
/* Puts bytes before what is there. */
void wr_back_bytes(struct wr_back *w, const uint8_t *data, size_t len);
void wr_back_u8(struct wr_back *w, uint8_t v);
/* Puts a header (tag of one byte) before what was written since there were 'since' bytes. */
void wr_back_header(struct wr_back *w, uint8_t tag, size_t since);

#endif
