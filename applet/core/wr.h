/* SPDX-License-Identifier: BSD-2-Clause */
/* Writer: appends to a buffer that the caller owns. A call that doesn't fit writes nothing and sets the sticky error;
 * test 'err' once, at the end. */
#ifndef WR_H
#define WR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wr {
    uint8_t *p; /* start of the buffer */
    size_t cap; /* bytes in it */
    size_t len; /* bytes written */
    bool err;   /* something didn't fit */
};

struct wr wr_init(uint8_t *buffer, size_t cap);
void wr_u8(struct wr *w, uint8_t v);
void wr_u16(struct wr *w, uint16_t v); /* big-endian */
void wr_u32(struct wr *w, uint32_t v); /* big-endian */
void wr_bytes(struct wr *w, const uint8_t *data, size_t len);
/* Appends len bytes for the caller to fill; NULL where they don't fit. */
uint8_t *wr_space(struct wr *w, size_t len);

#endif
