/* SPDX-License-Identifier: BSD-2-Clause */
/* The one file of the host with pointer arithmetic on wire bytes. */
#include "sdc/bytes.h"

#include <stdlib.h>
#include <string.h>

/* ---- reader ---- */

struct sdc_rd sdc_rd_init(const void *data, size_t len)
{
    return (struct sdc_rd) { .p = data, .left = data ? len : 0, .err = !data && len > 0 };
}

/* The next n bytes, consumed; NULL and the sticky error where they aren't there. */
static const uint8_t *advance(struct sdc_rd *r, size_t n)
{
    if (r->err || n > r->left) {
        r->err = true;
        return NULL;
    }
    const uint8_t *at = r->p;
    if (n > 0)
        r->p += n;
    r->left -= n;
    return at;
}

static uint32_t big_endian(struct sdc_rd *r, size_t n)
{
    const uint8_t *at = advance(r, n);
    uint32_t v = 0;
    for (size_t i = 0; at && i < n; i++)
        v = v << 8 | at[i];
    return v;
}

uint8_t sdc_rd_u8(struct sdc_rd *r)
{
    return (uint8_t)big_endian(r, 1);
}

uint16_t sdc_rd_u16(struct sdc_rd *r)
{
    return (uint16_t)big_endian(r, 2);
}

uint32_t sdc_rd_u32(struct sdc_rd *r)
{
    return big_endian(r, 4);
}

struct sdc_rd sdc_rd_take(struct sdc_rd *r, size_t n)
{
    const uint8_t *at = advance(r, n);
    if (r->err)
        return (struct sdc_rd) { .p = NULL, .left = 0, .err = true };
    return (struct sdc_rd) { .p = at, .left = n, .err = false };
}

void sdc_rd_copy(struct sdc_rd *r, void *out, size_t n)
{
    const uint8_t *at = advance(r, n);
    if (n == 0)
        return;
    if (at)
        memcpy(out, at, n);
    else
        memset(out, 0, n);
}

void sdc_rd_skip(struct sdc_rd *r, size_t n)
{
    (void)advance(r, n);
}

bool sdc_rd_end(const struct sdc_rd *r)
{
    return !r->err && r->left == 0;
}

bool sdc_rd_equal(const struct sdc_rd *r, const void *data, size_t len)
{
    return !r->err && r->left == len && (len == 0 || memcmp(r->p, data, len) == 0);
}

/* ---- buffer ---- */

void sdc_buf_free(struct sdc_buf *b)
{
    if (b->data)
        sdc_wipe(b->data, b->cap);
    free(b->data);
    *b = (struct sdc_buf) { .cap_max = b->cap_max };
}

void sdc_buf_clear(struct sdc_buf *b)
{
    if (b->data)
        sdc_wipe(b->data, b->len);
    b->len = 0;
    b->err = false;
}

void sdc_buf_cut(struct sdc_buf *b, size_t len)
{
    if (len >= b->len)
        return;
    sdc_wipe(b->data + len, b->len - len);
    b->len = len;
}

/* Memory for n more bytes. The old block is wiped before it goes back, so realloc is no choice. */
static bool grow(struct sdc_buf *b, size_t n)
{
    size_t most = b->cap_max ? b->cap_max : SDC_BUF_CAP;
    if (b->err || b->len > most || n > most - b->len) {
        b->err = true;
        return false;
    }
    size_t want = b->len + n;
    if (want <= b->cap)
        return true;
    size_t cap = b->cap ? b->cap : 64;
    while (cap < want)
        cap *= 2;
    if (cap > most)
        cap = most;
    uint8_t *data = malloc(cap);
    if (!data) {
        b->err = true;
        return false;
    }
    if (b->data) {
        memcpy(data, b->data, b->len);
        sdc_wipe(b->data, b->cap);
        free(b->data);
    }
    b->data = data;
    b->cap = cap;
    return true;
}

void sdc_buf_put(struct sdc_buf *b, const void *data, size_t len)
{
    if (len == 0 || !grow(b, len))
        return;
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

void sdc_buf_fill(struct sdc_buf *b, uint8_t v, size_t count)
{
    if (count == 0 || !grow(b, count))
        return;
    memset(b->data + b->len, v, count);
    b->len += count;
}

void sdc_buf_u8(struct sdc_buf *b, uint8_t v)
{
    sdc_buf_put(b, &v, 1);
}

void sdc_buf_u16(struct sdc_buf *b, uint16_t v)
{
    const uint8_t bytes[2] = { (uint8_t)(v >> 8), (uint8_t)v };
    sdc_buf_put(b, bytes, sizeof bytes);
}

void sdc_buf_u32(struct sdc_buf *b, uint32_t v)
{
    const uint8_t bytes[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };
    sdc_buf_put(b, bytes, sizeof bytes);
}

void sdc_buf_string(struct sdc_buf *b, const char *s)
{
    sdc_buf_put(b, s, strlen(s));
}

struct sdc_rd sdc_buf_rd(const struct sdc_buf *b)
{
    struct sdc_rd r = sdc_rd_init(b->data, b->len);
    r.err = r.err || b->err;
    return r;
}

enum sdc_status sdc_buf_status(const struct sdc_buf *b, struct sdc_error *e)
{
    if (b->err)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory, or more data than allowed");
    return SDC_OK;
}
