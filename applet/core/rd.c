/* SPDX-License-Identifier: BSD-2-Clause */
#include "rd.h"

#include "bytes.h"

struct rd rd_init(const uint8_t *data, size_t len)
{
    return (struct rd) { .p = data, .left = len, .err = false };
}

struct rd rd_take(struct rd *r, size_t len)
{
    if (r->err || len > r->left) {
        r->err = true;
        return (struct rd) { .p = r->p, .left = 0, .err = true };
    }
    struct rd sub = { .p = r->p, .left = len, .err = false };
    if (len > 0)
        r->p += len;
    r->left -= len;
    return sub;
}

void rd_copy(struct rd *r, uint8_t *out, size_t len)
{
    struct rd sub = rd_take(r, len);
    if (sub.err)
        bytes_fill(out, 0, len);
    else
        bytes_copy(out, sub.p, len);
}

uint8_t rd_u8(struct rd *r)
{
    struct rd sub = rd_take(r, 1);
    return sub.err ? 0 : *sub.p;
}

uint16_t rd_u16(struct rd *r)
{
    uint8_t v[2];
    rd_copy(r, v, sizeof v);
    return (uint16_t)(v[0] << 8 | v[1]);
}

uint32_t rd_u32(struct rd *r)
{
    uint8_t v[4];
    rd_copy(r, v, sizeof v);
    return (uint32_t)v[0] << 24 | (uint32_t)v[1] << 16 | (uint32_t)v[2] << 8 | v[3];
}

bool rd_more(const struct rd *r)
{
    return !r->err && r->left > 0;
}

bool rd_end(const struct rd *r)
{
    return !r->err && r->left == 0;
}

void rd_fail(struct rd *r)
{
    r->err = true;
}
