/* SPDX-License-Identifier: BSD-2-Clause */
#include "tlv.h"

#define TAG_BYTES_MAX 3

static uint32_t read_tag(struct rd *r)
{
    uint32_t tag = rd_u8(r);
    if ((tag & 0x1F) != 0x1F)
        return tag;
    for (int i = 1; i < TAG_BYTES_MAX; i++) {
        uint8_t b = rd_u8(r);
        if (i == 1 && (b == 0x80 || b < 0x1F)) /* a padded number, or one that the short form holds */
            break;
        tag = tag << 8 | b;
        if ((b & 0x80) == 0)
            return tag;
    }
    rd_fail(r);
    return 0;
}

static size_t read_len(struct rd *r)
{
    uint8_t first = rd_u8(r);
    if (first < 0x80)
        return first;
    size_t len = 0;
    if (first == 0x81)
        len = rd_u8(r);
    else if (first == 0x82)
        len = rd_u16(r);
    if (len < (first == 0x81 ? 0x80u : 0x100u)) {
        rd_fail(r);
        return 0;
    }
    return len;
}

bool tlv_read_header(struct rd *r, uint32_t *tag, size_t *len)
{
    *tag = read_tag(r);
    *len = read_len(r);
    if (r->err) {
        *tag = 0;
        *len = 0;
    }
    return !r->err;
}

bool tlv_read(struct rd *r, uint32_t *tag, struct rd *value)
{
    size_t len;
    tlv_read_header(r, tag, &len);
    *value = rd_take(r, len);
    return !r->err;
}

bool tlv_read_tag(struct rd *r, uint32_t tag, struct rd *value)
{
    uint32_t found;
    if (tlv_read(r, &found, value) && found != tag) {
        rd_fail(r);
        rd_fail(value);
    }
    return !r->err;
}

uint32_t tlv_read_name(struct rd *r)
{
    uint32_t tag = 0;
    if (r->left == 0 || r->left > TAG_BYTES_MAX)
        rd_fail(r);
    while (rd_more(r))
        tag = tag << 8 | rd_u8(r);
    return tag;
}

static size_t tag_bytes(uint32_t tag)
{
    return tag > 0xFFFF ? 3 : tag > 0xFF ? 2 : 1;
}

size_t tlv_header_len(uint32_t tag, size_t len)
{
    return tag_bytes(tag) + (len < 0x80 ? 1u : len < 0x100 ? 2u : 3u);
}

void tlv_write_header(struct wr *w, uint32_t tag, size_t len)
{
    for (size_t i = tag_bytes(tag); i > 0; i--)
        wr_u8(w, (uint8_t)(tag >> (8 * (i - 1))));
    if (len > 0xFFFF) {
        w->err = true;
    } else if (len >= 0x100) {
        wr_u8(w, 0x82);
        wr_u16(w, (uint16_t)len);
    } else {
        if (len >= 0x80)
            wr_u8(w, 0x81);
        wr_u8(w, (uint8_t)len);
    }
}

void tlv_write(struct wr *w, uint32_t tag, const uint8_t *value, size_t len)
{
    tlv_write_header(w, tag, len);
    wr_bytes(w, value, len);
}
