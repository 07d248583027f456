/* SPDX-License-Identifier: BSD-2-Clause */
#include "wr.h"

#include "bytes.h"

struct wr wr_init(uint8_t *buffer, size_t cap)
{
    return (struct wr) { .p = buffer, .cap = cap, .len = 0, .err = false };
}

uint8_t *wr_space(struct wr *w, size_t len)
{
    if (w->err || len > w->cap - w->len) {
        w->err = true;
        return NULL;
    }
    uint8_t *at = w->p + w->len;
    w->len += len;
    return at;
}

void wr_bytes(struct wr *w, const uint8_t *data, size_t len)
{
    uint8_t *at = wr_space(w, len);
    if (at != NULL)
        bytes_copy(at, data, len);
}

void wr_u8(struct wr *w, uint8_t v)
{
    wr_bytes(w, &v, 1);
}

void wr_u16(struct wr *w, uint16_t v)
{
    const uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };
    wr_bytes(w, b, sizeof b);
}

void wr_u32(struct wr *w, uint32_t v)
{
    const uint8_t b[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };
    wr_bytes(w, b, sizeof b);
}
