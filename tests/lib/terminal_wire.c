/* SPDX-License-Identifier: BSD-2-Clause */
/* The terminal's secure messaging (TR-03110-3 F). */
#include <check.h>
#include <string.h>

#include "domain_talk.h"
#include "terminal.h"

static void count(struct terminal_keys *k)
{
    for (int i = 15; i >= 0 && ++k->ssc[i] == 0; i--)
        continue;
}

static size_t pad(uint8_t *data, size_t len)
{
    data[len++] = 0x80;
    while (len % 16 != 0)
        data[len++] = 0;
    return len;
}

static void crypt(const struct terminal *t, bool encrypt, uint8_t *data, size_t len)
{
    uint8_t iv[16];
    memcpy(iv, t->keys.ssc, 16);
    math_cbc(true, t->keys.enc, t->key_len, NULL, iv, 16);
    math_cbc(encrypt, t->keys.enc, t->key_len, iv, data, len);
}

/* Data object 85 or 87. */
static size_t put_cryptogram(const struct terminal *t, uint8_t ins, const void *data, size_t len, uint8_t *out)
{
    uint8_t padded[512];
    const bool odd = (ins & 1) != 0;
    size_t at = 0;
    memcpy(padded, data, len);
    len = pad(padded, len);
    crypt(t, true, padded, len);
    out[at++] = odd ? 0x85 : 0x87;
    if (len + !odd > 0x7F)
        out[at++] = 0x81;
    out[at++] = (uint8_t)(len + !odd);
    if (!odd)
        out[at++] = 0x01;
    memcpy(out + at, padded, len);
    return at + len;
}

static size_t frame(struct terminal *t, uint32_t header, const uint8_t *objects, size_t len, uint8_t *out)
{
    uint8_t input[1024], mac[16];
    const uint8_t head[4] = { (uint8_t)(header >> 24 | 0x0C), (uint8_t)(header >> 16), (uint8_t)(header >> 8),
                              (uint8_t)header };
    memcpy(input, t->keys.ssc, 16);
    memcpy(input + 16, head, 4);
    size_t n = pad(input, 20);
    if (len > 0) {
        memcpy(input + n, objects, len);
        n = pad(input, n + len);
    }
    domain_cmac(t->keys.mac, t->key_len, input, n, mac);
    memcpy(out, head, 4);
    out[4] = (uint8_t)(len + 10);
    ck_assert_uint_le(len + 10, 255);
    memcpy(out + 5, objects, len);
    out[5 + len] = 0x8E;
    out[6 + len] = 8;
    memcpy(out + 7 + len, mac, 8);
    out[15 + len] = 0;
    return 16 + len;
}

size_t terminal_wrap_objects(struct terminal *t, uint32_t header, const uint8_t *objects, size_t len, uint8_t *out)
{
    count(&t->keys);
    return frame(t, header, objects, len, out);
}

size_t terminal_wrap(struct terminal *t, uint32_t header, const void *data, size_t len, int le, uint8_t *out)
{
    uint8_t objects[512];
    count(&t->keys);
    size_t n = len > 0 ? put_cryptogram(t, (uint8_t)(header >> 16), data, len, objects) : 0;
    if (le != NO_LE) {
        objects[n++] = 0x97;
        objects[n++] = 1;
        objects[n++] = (uint8_t)le;
    }
    return frame(t, header, objects, n, out);
}

unsigned terminal_unwrap(struct terminal *t, uint8_t ins)
{
    struct answer_seen *got = &t->talk->got;
    uint8_t input[1024], mac[16], plain[512];
    const bool odd = (ins & 1) != 0;
    ck_assert_msg(got->len >= 14, "SW %04X in the clear", got->sw);
    count(&t->keys);
    size_t covered = got->len - 10, data_len = covered - 4;
    const uint8_t *trailer = got->data + data_len;
    ck_assert(trailer[0] == 0x99 && trailer[1] == 2 && trailer[4] == 0x8E && trailer[5] == 8);
    ck_assert_uint_eq((unsigned)trailer[2] << 8 | trailer[3], got->sw);
    memcpy(input, t->keys.ssc, 16);
    memcpy(input + 16, got->data, covered);
    domain_cmac(t->keys.mac, t->key_len, input, pad(input, 16 + covered), mac);
    ck_assert_mem_eq(mac, trailer + 6, 8);
    got->len = 0;
    if (data_len == 0)
        return got->sw;
    size_t at = 1, len = got->data[at++];
    ck_assert_uint_eq(got->data[0], odd ? 0x85 : 0x87);
    if (len == 0x81)
        len = got->data[at++];
    ck_assert_uint_eq(at + len, data_len);
    if (!odd) {
        ck_assert_uint_eq(got->data[at++], 0x01);
        len--;
    }
    memcpy(plain, got->data + at, len);
    crypt(t, false, plain, len);
    while (len > 0 && plain[len - 1] == 0)
        len--;
    ck_assert(len > 0 && plain[len - 1] == 0x80);
    memcpy(got->data, plain, len - 1);
    got->len = len - 1;
    return got->sw;
}

static unsigned send_plain(struct terminal *t, uint32_t header, const void *data, size_t len, int le)
{
    uint8_t cmd[300] = { (uint8_t)(header >> 24), (uint8_t)(header >> 16), (uint8_t)(header >> 8), (uint8_t)header };
    size_t n = 4;
    if (len > 0) {
        cmd[n++] = (uint8_t)len;
        memcpy(cmd + n, data, len);
        n += len;
    }
    if (le != NO_LE)
        cmd[n++] = (uint8_t)le;
    return talk_bytes(t->talk, cmd, n);
}

unsigned terminal_send(struct terminal *t, uint32_t header, const void *data, size_t len, int le)
{
    uint8_t cmd[640];
    if (!t->keys.open)
        return send_plain(t, header, data, len, le);
    size_t n = terminal_wrap(t, header, data, len, le, cmd);
    talk_bytes(t->talk, cmd, n);
    return terminal_unwrap(t, (uint8_t)(header >> 16));
}

unsigned terminal_hex(struct terminal *t, uint32_t header, const char *hex, int le)
{
    uint8_t data[256];
    return terminal_send(t, header, data, talk_unhex(hex, data, sizeof data), le);
}

unsigned terminal_chained(struct terminal *t, uint32_t header, const uint8_t *data, size_t len)
{
    const size_t piece = 200;
    for (; len > piece; data += piece, len -= piece) {
        unsigned sw = terminal_send(t, header | 0x10000000, data, piece, NO_LE);
        if (sw != 0x9000)
            return sw;
    }
    return terminal_send(t, header, data, len, NO_LE);
}

void terminal_forget(struct terminal *t)
{
    memset(&t->keys, 0, sizeof t->keys);
}
