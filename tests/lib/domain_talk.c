/* SPDX-License-Identifier: BSD-2-Clause */
#include "domain_talk.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "card_edge.h"

/* ---- cryptography ---- */

void domain_cmac(const uint8_t *key, size_t key_len, const uint8_t *data, size_t len, uint8_t mac[static 16])
{
    char cipher[] = "AES-128-CBC";
    if (key_len == 32)
        memcpy(cipher + 4, "256", 3);
    const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher, 0),
                                  OSSL_PARAM_construct_end() };
    EVP_MAC *cmac = EVP_MAC_fetch(NULL, "CMAC", NULL);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(cmac);
    size_t written;
    ck_assert(EVP_MAC_init(ctx, key, key_len, params) && EVP_MAC_update(ctx, data, len) &&
              EVP_MAC_final(ctx, mac, &written, 16));
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(cmac);
}

void domain_kdf(const uint8_t *key, size_t key_len, uint8_t constant, const uint8_t *context, size_t context_len,
                uint8_t *out, size_t len)
{
    for (size_t done = 0; done < len; done += 16) {
        uint8_t data[64] = { [11] = constant }, block[16];
        data[13] = (uint8_t)(len * 8 >> 8);
        data[14] = (uint8_t)(len * 8);
        data[15] = (uint8_t)(done / 16 + 1);
        memcpy(data + 16, context, context_len);
        domain_cmac(key, key_len, data, 16 + context_len, block);
        memcpy(out + done, block, len - done < 16 ? len - done : 16);
    }
}

static void cbc(bool encrypt, const uint8_t *key, size_t key_len, const uint8_t iv[16], uint8_t *data, size_t len)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int written;
    static uint8_t out[DOMAIN_WRAPPED_MAX];
    ck_assert(len <= sizeof out - 16 && len % 16 == 0);
    ck_assert(EVP_CipherInit_ex(ctx, key_len == 32 ? EVP_aes_256_cbc() : EVP_aes_128_cbc(), NULL, key, iv, encrypt) &&
              EVP_CIPHER_CTX_set_padding(ctx, 0) && EVP_CipherUpdate(ctx, out, &written, data, (int)len));
    ck_assert_uint_eq((size_t)written, len);
    memcpy(data, out, len);
    EVP_CIPHER_CTX_free(ctx);
}

static size_t pad(uint8_t *data, size_t len)
{
    data[len++] = 0x80;
    while (len % 16 != 0)
        data[len++] = 0;
    return len;
}

/* ---- keys and cards ---- */

static struct domain_keys made(uint8_t version, size_t key_len, uint8_t seed)
{
    struct domain_keys keys = { .version = version, .len = key_len };
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < key_len; i++)
            keys.key[k][i] = (uint8_t)(seed + 40 * k + i);
    return keys;
}

struct domain_keys domain_transport(size_t key_len)
{
    return made(0x7F, key_len, 0x11);
}

struct domain_keys domain_other(uint8_t version, size_t key_len)
{
    return made(version, key_len, (uint8_t)(0x80 + version));
}

struct talk *domain_card(uint8_t i, size_t key_len)
{
    struct talk *talk = talk_new();
    struct domain_keys keys = domain_transport(key_len);
    struct card_blank blank;
    card_blank_default(&blank);
    blank.scp_i = i;
    blank.key_len = (uint8_t)key_len;
    memcpy(blank.keys, keys.key, sizeof blank.keys);
    ck_assert(card_format_as(&talk->memory.port, &blank));
    card_memory_reset(&talk->memory);
    return talk;
}

/* ---- session ---- */

static uint32_t header(uint8_t cla, uint8_t ins, unsigned p1, unsigned p2)
{
    return (uint32_t)cla << 24 | (uint32_t)ins << 16 | (p1 & 0xFF) << 8 | (p2 & 0xFF);
}

unsigned domain_select(struct talk *talk)
{
    return talk_hex(talk, "00A40400 08 A000000151000000");
}

unsigned domain_initialize(struct domain_session *s, struct talk *talk, const struct domain_keys *keys, unsigned p1,
                           size_t n)
{
    uint8_t cryptogram[16];
    *s = (struct domain_session) { .talk = talk, .keys = *keys, .n = n };
    for (size_t i = 0; i < n; i++)
        s->context[i] = (uint8_t)(0xC0 + i + talk->memory.operations);
    unsigned sw = talk_command(talk, header(0x80, 0x50, p1, 0), s->context, n, false);
    if (sw != 0x9000)
        return sw;
    const uint8_t *a = talk->got.data;
    ck_assert_uint_ge(talk->got.len, 13 + 2 * n);
    memcpy(s->serial, a, 10);
    s->version = a[10];
    ck_assert_uint_eq(a[11], 3);
    s->i = a[12];
    ck_assert_uint_eq(talk->got.len, 13 + 2 * n + ((s->i & 0x10) != 0 ? 3 : 0));
    memcpy(s->context + n, a + 13, n);
    if ((s->i & 0x10) != 0)
        s->sequence = (unsigned)a[13 + 2 * n] << 16 | (unsigned)a[14 + 2 * n] << 8 | a[15 + 2 * n];
    domain_kdf(keys->key[0], keys->len, 0x04, s->context, 2 * n, s->enc, keys->len);
    domain_kdf(keys->key[1], keys->len, 0x06, s->context, 2 * n, s->mac, keys->len);
    domain_kdf(keys->key[1], keys->len, 0x07, s->context, 2 * n, s->rmac, keys->len);
    domain_kdf(s->mac, keys->len, 0x00, s->context, 2 * n, cryptogram, n);
    domain_kdf(s->mac, keys->len, 0x01, s->context, 2 * n, s->host_cryptogram, n);
    /* of the wrong keys the caller wants to know what the card says to them */
    return memcmp(cryptogram, a + 13 + n, n) == 0 ? 0x9000 : 0;
}

/* Header, Lc, data and MAC; the chaining value goes on. */
static size_t add_mac(struct domain_session *s, uint32_t head, const uint8_t *data, size_t len, uint8_t *out)
{
    static uint8_t input[16 + DOMAIN_WRAPPED_MAX];
    const size_t lc = len + s->n, h_len = s->extended ? 7 : 5;
    uint8_t h[7] = { (uint8_t)(head >> 24), (uint8_t)(head >> 16), (uint8_t)(head >> 8), (uint8_t)head, (uint8_t)lc };
    if (s->extended) {
        h[4] = 0;
        h[5] = (uint8_t)(lc >> 8);
        h[6] = (uint8_t)lc;
    }
    ck_assert_uint_le(lc, s->extended ? DOMAIN_WRAPPED_MAX - 16 : 255);
    memcpy(input, s->chaining, 16);
    memcpy(input + 16, h, h_len);
    if (len > 0)
        memcpy(input + 16 + h_len, data, len);
    domain_cmac(s->mac, s->keys.len, input, 16 + h_len + len, s->chaining);
    memcpy(out, input + 16, h_len + len);
    memcpy(out + h_len + len, s->chaining, s->n);
    return h_len + len + s->n;
}

unsigned domain_authenticate(struct domain_session *s, unsigned level)
{
    uint8_t cmd[64];
    memset(s->chaining, 0, sizeof s->chaining);
    s->level = level;
    size_t len = add_mac(s, header(0x84, 0x82, level, 0), s->host_cryptogram, s->n, cmd);
    return talk_bytes(s->talk, cmd, len);
}

void domain_open(struct domain_session *s, struct talk *talk, const struct domain_keys *keys, size_t n, unsigned level)
{
    ck_assert_uint_eq(domain_initialize(s, talk, keys, keys->version, n), 0x9000);
    ck_assert_uint_eq(domain_authenticate(s, level), 0x9000);
}

static void counter_iv(const struct domain_session *s, uint8_t first, uint8_t iv[16])
{
    const uint8_t zero[16] = { 0 };
    memset(iv, 0, 16);
    iv[0] = first;
    for (size_t i = 0; i < 4; i++)
        iv[15 - i] = (uint8_t)(s->counter >> 8 * i);
    cbc(true, s->enc, s->keys.len, zero, iv, 16);
}

size_t domain_wrap(struct domain_session *s, uint32_t head, const uint8_t *data, size_t len, uint8_t *out)
{
    static uint8_t padded[DOMAIN_WRAPPED_MAX];
    uint8_t iv[16];
    ck_assert_uint_le(len, sizeof padded - 32);
    if (len > 0)
        memcpy(padded, data, len);
    s->counter++;
    if ((s->level & 0x02) != 0 && len > 0) {
        len = pad(padded, len);
        counter_iv(s, 0x00, iv);
        cbc(true, s->enc, s->keys.len, iv, padded, len);
    }
    size_t n = add_mac(s, head | 0x04000000, padded, len, out);
    out[n++] = 0;
    if (s->extended)
        out[n++] = 0;
    return n;
}

unsigned domain_unwrap(struct domain_session *s)
{
    struct answer_seen *got = &s->talk->got;
    uint8_t input[16 + 256 + 2], mac[16], iv[16];
    if ((s->level & 0x10) == 0)
        return got->sw;
    ck_assert_msg(got->len >= s->n, "an answer of %zu bytes, SW %04X, has no MAC", got->len, got->sw);
    size_t len = got->len - s->n;
    memcpy(input, s->chaining, 16);
    memcpy(input + 16, got->data, len);
    input[16 + len] = (uint8_t)(got->sw >> 8);
    input[17 + len] = (uint8_t)got->sw;
    domain_cmac(s->rmac, s->keys.len, input, 18 + len, mac);
    ck_assert_mem_eq(mac, got->data + len, s->n);
    got->len = len;
    if ((s->level & 0x20) != 0 && len > 0) {
        counter_iv(s, 0x80, iv);
        cbc(false, s->enc, s->keys.len, iv, got->data, len);
        while (len > 0 && got->data[len - 1] == 0)
            len--;
        ck_assert(len > 0 && got->data[len - 1] == 0x80);
        got->len = len - 1;
    }
    return got->sw;
}

unsigned domain_send(struct domain_session *s, uint32_t head, const uint8_t *data, size_t len)
{
    static uint8_t cmd[DOMAIN_WRAPPED_MAX];
    size_t n = domain_wrap(s, head, data, len, cmd);
    talk_bytes(s->talk, cmd, n);
    return domain_unwrap(s);
}

unsigned domain_chained(struct domain_session *s, uint32_t head, const uint8_t *data, size_t len, size_t block)
{
    for (; len > block; data += block, len -= block) {
        unsigned sw = domain_send(s, head | 0x10000000, data, block);
        if (sw != 0x9000)
            return sw;
    }
    return domain_send(s, head, data, len);
}

/* ---- commands ---- */

size_t domain_put_key_data(const struct domain_session *s, const struct domain_keys *keys, uint8_t *out)
{
    const uint8_t zero[16] = { 0 };
    size_t at = 0;
    out[at++] = keys->version;
    for (size_t k = 0; k < 3; k++) {
        uint8_t check[16];
        out[at++] = 0x88;
        out[at++] = (uint8_t)(keys->len + 1);
        out[at++] = (uint8_t)keys->len;
        memcpy(out + at, keys->key[k], keys->len);
        cbc(true, s->keys.key[2], s->keys.len, zero, out + at, keys->len);
        at += keys->len;
        memset(check, 1, sizeof check);
        cbc(true, keys->key[k], keys->len, zero, check, sizeof check);
        out[at++] = 3;
        memcpy(out + at, check, 3);
        at += 3;
    }
    return at;
}

unsigned domain_put_key(struct domain_session *s, const struct domain_keys *keys)
{
    uint8_t data[255];
    size_t len = domain_put_key_data(s, keys, data);
    return domain_send(s, header(0x80, 0xD8, s->keys.version, 0x81), data, len);
}

unsigned domain_store(struct domain_session *s, uint8_t p1, uint16_t dgi, const void *value, size_t len)
{
    const uint8_t zero[16] = { 0 };
    uint8_t data[255] = { (uint8_t)(dgi >> 8), (uint8_t)dgi };
    if (len > 0)
        memcpy(data + 3, value, len);
    if (p1 == 0xE8) {
        len = pad(data + 3, len);
        cbc(true, s->keys.key[2], s->keys.len, zero, data + 3, len);
    }
    data[2] = (uint8_t)len;
    return domain_send(s, header(0x80, 0xE2, p1, 0), data, 3 + len);
}

unsigned domain_secret(struct talk *talk, uint16_t dgi, uint8_t tries, const void *value, size_t len)
{
    static const uint8_t known[] = { BLANK_TRANSPORT_KEY };
    struct domain_keys keys = { .version = KEY_VERSION_TRANSPORT, .len = sizeof known };
    struct domain_session s;
    uint8_t data[64] = { tries };
    size_t head = tries > 0;
    for (size_t i = 0; i < 3; i++)
        memcpy(keys.key[i], known, sizeof known);
    memcpy(data + head, value, len);
    ck_assert_uint_eq(domain_select(talk), 0x9000);
    domain_open(&s, talk, &keys, 8, 0x33);
    unsigned sw = domain_store(&s, STORE_SENSITIVE, dgi, data, head + len);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    return sw;
}
