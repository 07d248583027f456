/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/tlv.h"

/* 7816-4 5.2.2.1: low five bits of the first byte all set announce a second byte, its top bit a third. Tag 00 and
 * second bytes 00 to 1E and 80 are not valid. */
static uint32_t read_tag(struct sdc_rd *r)
{
    uint32_t tag = sdc_rd_u8(r);
    if (tag == 0)
        r->err = true;
    if ((tag & 0x1F) != 0x1F)
        return tag;
    uint8_t second = sdc_rd_u8(r);
    if (second < 0x1F || second == 0x80)
        r->err = true;
    tag = tag << 8 | second;
    if (!(second & 0x80))
        return tag;
    uint8_t third = sdc_rd_u8(r);
    if (third & 0x80)
        r->err = true;
    return tag << 8 | third;
}

/* 7816-4 5.2.2.2, and the shortest form only. */
static size_t read_length(struct sdc_rd *r)
{
    uint8_t first = sdc_rd_u8(r);
    if (first < 0x80)
        return first;
    if (first == 0x80 || first > 0x83) {
        r->err = true;
        return 0;
    }
    size_t len = 0;
    for (unsigned n = first & 0x7FU; n > 0; n--)
        len = len << 8 | sdc_rd_u8(r);
    static const size_t least[] = { 0x80, 0x100, 0x10000 };
    if (len < least[first - 0x81])
        r->err = true;
    return len;
}

bool sdc_tlv_open(struct sdc_rd *r, uint32_t *tag, size_t *len)
{
    struct sdc_rd at = *r;
    *tag = 0;
    *len = 0;
    if (sdc_rd_end(&at))
        return false;
    uint32_t t = read_tag(&at);
    size_t n = read_length(&at);
    if (at.err) {
        r->err = true;
        return false;
    }
    *r = at;
    *tag = t;
    *len = n;
    return true;
}

bool sdc_tlv_next(struct sdc_rd *r, uint32_t *tag, struct sdc_rd *value)
{
    struct sdc_rd at = *r;
    size_t len;
    *value = (struct sdc_rd) { NULL, 0, true };
    bool more = sdc_tlv_open(&at, tag, &len);
    if (more)
        *value = sdc_rd_take(&at, len);
    if (at.err) {
        *tag = 0;
        r->err = true;
        return false;
    }
    *r = at;
    return more;
}

struct sdc_rd sdc_tlv_take(struct sdc_rd *r, uint32_t tag)
{
    struct sdc_rd value;
    if (!sdc_tlv_try(r, tag, &value))
        r->err = true;
    return value;
}

bool sdc_tlv_try(struct sdc_rd *r, uint32_t tag, struct sdc_rd *value)
{
    struct sdc_rd at = *r;
    uint32_t found;
    if (sdc_tlv_next(&at, &found, value) && found == tag) {
        *r = at;
        return true;
    }
    *value = (struct sdc_rd) { NULL, 0, true };
    return false;
}

/* v in as many bytes as it needs, at least one. */
static void put_number(struct sdc_buf *b, size_t v)
{
    if (v > 0xFFFF)
        sdc_buf_u8(b, (uint8_t)(v >> 16));
    if (v > 0xFF)
        sdc_buf_u8(b, (uint8_t)(v >> 8));
    sdc_buf_u8(b, (uint8_t)v);
}

void sdc_tlv_head(struct sdc_buf *b, uint32_t tag, size_t len)
{
    if (tag == 0 || tag > 0xFFFFFF || len > 0xFFFFFF) {
        b->err = true;
        return;
    }
    put_number(b, tag);
    if (len >= 0x80)
        sdc_buf_u8(b, (uint8_t)(len > 0xFFFF ? 0x83 : len > 0xFF ? 0x82 : 0x81));
    put_number(b, len);
}

void sdc_tlv_put(struct sdc_buf *b, uint32_t tag, const void *data, size_t len)
{
    sdc_tlv_head(b, tag, len);
    sdc_buf_put(b, data, len);
}
