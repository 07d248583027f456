/* SPDX-License-Identifier: BSD-2-Clause */
#include "wr_back.h"

#include "bytes.h"
#include "tlv.h"

struct wr_back wr_back_init(uint8_t *buffer, size_t cap)
{
    return (struct wr_back) { .buffer = buffer, .cap = cap, .left = cap };
}

size_t wr_back_len(const struct wr_back *w)
{
    return w->cap - w->left;
}

void wr_back_bytes(struct wr_back *w, const uint8_t *data, size_t len)
{
    if (w->err || len > w->left) {
        w->err = true;
        return;
    }
    w->left -= len;
    bytes_copy(w->buffer + w->left, data, len);
}

void wr_back_u8(struct wr_back *w, uint8_t v)
{
    wr_back_bytes(w, &v, 1);
}

void wr_back_header(struct wr_back *w, uint8_t tag, size_t since)
{
    uint8_t header[4];
    struct wr h = wr_init(header, sizeof header);
    tlv_write_header(&h, tag, wr_back_len(w) - since);
    wr_back_bytes(w, header, h.len);
}
