/* SPDX-License-Identifier: BSD-2-Clause */
#include "eac_talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "domain_talk.h"
#include "p256.h"
#include "suite.h"

/* ---- bytes ---- */
struct bytes {
    uint8_t b[70000];
    size_t n;
};
static void add(struct bytes *to, const void *data, size_t len)
{
    if (len > 0)
        memcpy(to->b + to->n, data, len);
    to->n += len;
}
static void add_tlv(struct bytes *to, unsigned tag, const void *data, size_t len)
{
    if (tag > 0xFF)
        to->b[to->n++] = (uint8_t)(tag >> 8);
    to->b[to->n++] = (uint8_t)tag;
    if (len > 0xFF) {
        to->b[to->n++] = 0x82;
        to->b[to->n++] = (uint8_t)(len >> 8);
    } else if (len > 0x7F) {
        to->b[to->n++] = 0x81;
    }
    to->b[to->n++] = (uint8_t)len;
    add(to, data, len);
}
static void add_padding(struct bytes *to)
{
    to->b[to->n++] = 0x80;
    while (to->n % 16 != 0)
        to->b[to->n++] = 0;
}

static void cbc(bool encrypt, const uint8_t *key, size_t key_len, const uint8_t *iv, uint8_t *data, size_t len)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n;
    EVP_CipherInit_ex(ctx, key_len == 32 ? EVP_aes_256_cbc() : EVP_aes_128_cbc(), NULL, key, iv, encrypt);
    EVP_CIPHER_CTX_set_padding(ctx, 0);
    EVP_CipherUpdate(ctx, data, &n, data, (int)len);
    EVP_CIPHER_CTX_free(ctx);
}

static void kdf(size_t key_len, const uint8_t *secret, size_t len, uint8_t counter, uint8_t *key)
{
    uint8_t input[64], hash[32];
    memcpy(input, secret, len);
    memcpy(input + len, (const uint8_t[]) { 0, 0, 0, counter }, 4);
    if (key_len == 16)
        SHA1(input, len + 4, hash);
    else
        SHA256(input, len + 4, hash);
    memcpy(key, hash, key_len);
}

/* ---- secure messaging ---- */
static void count(struct terminal *t)
{
    for (int i = 15; i >= 0 && ++t->ssc[i] == 0; i--)
        ;
}
static void iv_of(const struct terminal *t, uint8_t iv[16])
{
    const uint8_t zero[16] = { 0 };
    memcpy(iv, t->ssc, 16);
    cbc(true, t->enc, t->key_len, zero, iv, 16);
}

static size_t plain_command(const struct terminal *t, uint32_t header, const void *data, size_t len, int le,
                            uint8_t *out)
{
    struct bytes c = { .n = 0 };
    bool extended = t->extended || len > 255;
    for (int i = 24; i >= 0; i -= 8)
        c.b[c.n++] = (uint8_t)(header >> i);
    if (extended && (len > 0 || le != NO_LE))
        c.b[c.n++] = 0;
    if (len > 0 && extended)
        c.b[c.n++] = (uint8_t)(len >> 8);
    if (len > 0)
        c.b[c.n++] = (uint8_t)len;
    add(&c, data, len);
    if (le != NO_LE && extended)
        c.b[c.n++] = (uint8_t)(le >> 8);
    if (le != NO_LE)
        c.b[c.n++] = (uint8_t)le;
    memcpy(out, c.b, c.n);
    return c.n;
}

size_t term_wrap(struct terminal *t, uint32_t header, const void *data, size_t len, int le, uint8_t *out)
{
    static struct bytes text, objects, mac_input;
    uint8_t iv[16], mac[16], head[4];
    bool odd = (header >> 16 & 1) != 0;
    header |= 0x0C000000;
    text.n = objects.n = mac_input.n = 0;
    count(t);
    if (len > 0) {
        if (!odd)
            text.b[text.n++] = 1;
        struct bytes *c = malloc(sizeof *c);
        c->n = 0;
        add(c, data, len);
        add_padding(c);
        iv_of(t, iv);
        cbc(true, t->enc, t->key_len, iv, c->b, c->n);
        add(&text, c->b, c->n);
        free(c);
        add_tlv(&objects, odd ? 0x85 : 0x87, text.b, text.n);
    }
    if (le != NO_LE && t->extended)
        add_tlv(&objects, 0x97, (const uint8_t[]) { (uint8_t)(le >> 8), (uint8_t)le }, 2);
    else if (le != NO_LE)
        add_tlv(&objects, 0x97, (const uint8_t[]) { (uint8_t)le }, 1);
    for (int i = 0; i < 4; i++)
        head[i] = (uint8_t)(header >> (24 - 8 * i));
    add(&mac_input, t->ssc, 16);
    add(&mac_input, head, 4);
    add_padding(&mac_input);
    if (objects.n > 0) {
        add(&mac_input, objects.b, objects.n);
        add_padding(&mac_input);
    }
    domain_cmac(t->mac, t->key_len, mac_input.b, mac_input.n, mac);
    add_tlv(&objects, 0x8E, mac, 8);
    return plain_command(t, header, objects.b, objects.n, 0, out);
}

/* One TLV at *at; its value. */
static const uint8_t *take(const uint8_t **at, const uint8_t *end, unsigned *tag, size_t *len)
{
    const uint8_t *p = *at;
    ck_assert(end - p >= 2);
    *tag = *p++;
    *len = *p++;
    if (*len == 0x81) {
        *len = *p++;
        ck_assert_uint_ge(*len, 0x80);
    } else if (*len == 0x82) {
        *len = (size_t)p[0] << 8 | p[1];
        p += 2;
        ck_assert_uint_ge(*len, 0x100);
    }
    ck_assert_uint_le(*len, (size_t)(end - p));
    *at = p + *len;
    return p;
}

static void open_data(struct terminal *t, uint8_t ins, const uint8_t *text, size_t len)
{
    uint8_t iv[16];
    if ((ins & 1) == 0) {
        ck_assert_uint_eq(text[0], 1);
        text++;
        len--;
    }
    ck_assert(len > 0 && len % 16 == 0);
    memcpy(t->out, text, len);
    iv_of(t, iv);
    cbc(false, t->enc, t->key_len, iv, t->out, len);
    while (len > 0 && t->out[len - 1] == 0)
        len--;
    ck_assert(len > 0 && t->out[len - 1] == 0x80);
    t->out_len = len - 1;
}

unsigned term_unwrap(struct terminal *t, uint8_t ins)
{
    const struct answer_seen *got = &t->talk->got;
    static struct bytes mac_input;
    uint8_t mac[16];
    unsigned tag;
    size_t len;
    const uint8_t *at = got->data, *end = got->data + got->len;
    t->out_len = 0;
    t->plain = got->len == 0;
    if (t->plain) {
        t->open = false;
        return got->sw;
    }
    count(t);
    const uint8_t *value = take(&at, end, &tag, &len), *text = NULL;
    size_t text_len = 0;
    if (tag == ((ins & 1) != 0 ? 0x85 : 0x87)) {
        text = value;
        text_len = len;
        value = take(&at, end, &tag, &len);
    }
    ck_assert_uint_eq(tag, 0x99);
    ck_assert_uint_eq(len, 2);
    ck_assert_uint_eq((unsigned)value[0] << 8 | value[1], got->sw);
    mac_input.n = 0;
    add(&mac_input, t->ssc, 16);
    add(&mac_input, got->data, (size_t)(at - got->data));
    add_padding(&mac_input);
    value = take(&at, end, &tag, &len);
    ck_assert(tag == 0x8E && len == 8 && at == end);
    domain_cmac(t->mac, t->key_len, mac_input.b, mac_input.n, mac);
    ck_assert_mem_eq(mac, value, 8);
    if (text != NULL)
        open_data(t, ins, text, text_len);
    return got->sw;
}

unsigned term_raw(struct terminal *t, const uint8_t *cmd, size_t len)
{
    talk_bytes(t->talk, cmd, len);
    return term_unwrap(t, cmd[1]);
}

unsigned term_send(struct terminal *t, uint32_t header, const void *data, size_t len, int le)
{
    static uint8_t cmd[70000];
    if (t->open)
        return term_raw(t, cmd, term_wrap(t, header, data, len, le, cmd));
    unsigned sw = talk_bytes(t->talk, cmd, plain_command(t, header, data, len, le, cmd));
    t->plain = true;
    t->out_len = t->talk->got.len;
    memcpy(t->out, t->talk->got.data, t->out_len);
    return sw;
}

unsigned term_hex(struct terminal *t, uint32_t header, const char *data, int le)
{
    uint8_t bytes[1024];
    return term_send(t, header, bytes, talk_unhex(data, bytes, sizeof bytes), le);
}

void term_start(struct terminal *t, struct talk *talk)
{
    memset(t, 0, sizeof *t);
    t->talk = talk;
    t->key_len = 16;
}

void term_reset(struct terminal *t)
{
    card_memory_reset(&t->talk->memory);
    t->open = false;
}

/* ---- PACE ---- */
static const uint8_t oid_pace[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02 };
static const uint8_t oid_chip[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02 };
static const uint8_t oid_ta[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x02, 0x03 };
static const uint8_t oid_at[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x01, 0x02, 0x02 };

static void add_suite(const struct terminal *t, struct bytes *to, unsigned tag, const uint8_t *arc)
{
    uint8_t oid[10];
    memcpy(oid, arc, 9);
    oid[9] = t->key_len == 32 ? 4 : 2;
    add_tlv(to, tag, oid, sizeof oid);
}

static void add_chat(struct bytes *to, unsigned role, uint64_t rights)
{
    static struct bytes chat;
    uint8_t bits[5];
    rights |= (uint64_t)role << 38;
    for (int i = 0; i < 5; i++)
        bits[i] = (uint8_t)(rights >> (32 - 8 * i));
    chat.n = 0;
    add_tlv(&chat, 0x06, oid_at, sizeof oid_at);
    add_tlv(&chat, 0x53, bits, 5);
    add_tlv(to, 0x7F4C, chat.b, chat.n);
}

static void key_of(struct terminal *t, const char *name, uint8_t scalar[static 32])
{
    if (t->fixed)
        key_scalar(name, scalar);
    else
        ck_assert(p256_random(scalar));
}

/* GENERAL AUTHENTICATE of one object; the answer's, of tag + 1, in out. */
static unsigned step(struct terminal *t, uint32_t header, unsigned tag, const void *data, size_t len)
{
    static struct bytes inner, template;
    inner.n = template.n = 0;
    if (tag != 0)
        add_tlv(&inner, tag, data, len);
    add_tlv(&template, 0x7C, inner.b, inner.n);
    unsigned sw = term_send(t, header, template.b, template.n, 0);
    if (sw == 0x9000 && t->out_len > 4) {
        ck_assert(t->out[0] == 0x7C && t->out[2] == (tag == 0 ? 0x80 : tag + 1));
        memmove(t->out, t->out + 4, t->out_len - 4);
        t->out_len -= 4;
    }
    return sw;
}

unsigned term_pace_set(struct terminal *t, uint8_t password, const uint64_t *chat)
{
    static struct bytes data;
    data.n = 0;
    add_suite(t, &data, 0x80, oid_pace);
    add_tlv(&data, 0x83, &password, 1);
    add_tlv(&data, 0x84, (const uint8_t[]) { 0x0C }, 1);
    if (chat != NULL)
        add_chat(&data, 0, *chat);
    return term_send(t, 0x0022C1A4, data.b, data.n, NO_LE);
}

unsigned term_pace_nonce(struct terminal *t, const char *secret, uint8_t password)
{
    static const char *const secrets[] = { "",
                                           ("SDC00000189001011"
                                            "3112319"),
                                           "846201", "123456", "12345678" };
    const uint8_t zero[16] = { 0 };
    uint8_t key[32], hash[20];
    if (secret == NULL)
        secret = secrets[password];
    unsigned sw = step(t, 0x10860000, 0, NULL, 0);
    if (sw != 0x9000)
        return sw;
    if (password == EAC_MRZ) {
        SHA1((const uint8_t *)secret, strlen(secret), hash);
        kdf(t->key_len, hash, sizeof hash, 3, key);
    } else {
        kdf(t->key_len, (const uint8_t *)secret, strlen(secret), 3, key);
    }
    ck_assert_uint_eq(t->out_len, 16);
    memcpy(t->nonce, t->out, 16);
    cbc(false, key, t->key_len, zero, t->nonce, 16);
    return sw;
}

unsigned term_pace_map(struct terminal *t)
{
    uint8_t scalar[32], point[65], h[65], s[32] = { 0 };
    key_of(t, "map terminal", scalar);
    ck_assert(p256_multiply(NULL, scalar, point));
    unsigned sw = step(t, 0x10860000, 0x81, point, sizeof point);
    if (sw != 0x9000)
        return sw;
    ck_assert(t->out_len == 65 && p256_multiply(t->out, scalar, h));
    memcpy(s + 16, t->nonce, 16);
    ck_assert(p256_map(s, h, t->generator));
    return sw;
}

unsigned term_pace_agree(struct terminal *t)
{
    uint8_t shared[65];
    key_of(t, "pace terminal", t->scalar);
    ck_assert(p256_multiply(t->generator, t->scalar, t->own));
    unsigned sw = step(t, 0x10860000, 0x83, t->own, sizeof t->own);
    if (sw != 0x9000)
        return sw;
    ck_assert_uint_eq(t->out_len, 65);
    memcpy(t->peer, t->out, 65);
    ck_assert(p256_multiply(t->peer, t->scalar, shared));
    memcpy(t->k, shared + 1, 32);
    return sw;
}

static void token(const struct terminal *t, const uint8_t *mac_key, const uint8_t *arc, const uint8_t *point,
                  uint8_t out[static 16])
{
    static struct bytes inner, all;
    inner.n = all.n = 0;
    add_suite(t, &inner, 0x06, arc);
    add_tlv(&inner, 0x86, point, 65);
    add_tlv(&all, 0x7F49, inner.b, inner.n);
    domain_cmac(mac_key, t->key_len, all.b, all.n, out);
}

static void new_keys(struct terminal *t, const uint8_t *secret, size_t len)
{
    kdf(t->key_len, secret, len, 1, t->enc);
    kdf(t->key_len, secret, len, 2, t->mac);
    memset(t->ssc, 0, sizeof t->ssc);
    t->open = true;
}

unsigned term_pace_token(struct terminal *t, bool wrong)
{
    uint8_t mac[32], t_pcd[16], t_picc[16];
    kdf(t->key_len, t->k, 32, 2, mac);
    token(t, mac, oid_pace, t->peer, t_pcd);
    token(t, mac, oid_pace, t->own, t_picc);
    t_pcd[0] ^= wrong;
    unsigned sw = step(t, 0x00860000, 0x85, t_pcd, 8);
    if (sw != 0x9000)
        return sw;
    ck_assert_mem_eq(t->out, t_picc, 8);
    t->car_len = 0;
    if (t->out_len > 10) {
        ck_assert_uint_eq(t->out[8], 0x87);
        t->car_len = t->out[9];
        memcpy(t->car, t->out + 10, t->car_len);
    }
    memcpy(t->id_picc, t->peer + 1, 32);
    new_keys(t, t->k, 32);
    return sw;
}

unsigned term_pace(struct terminal *t, uint8_t password, const char *secret, const uint64_t *chat)
{
    unsigned sw = term_pace_set(t, password, chat);
    if (sw == 0x9000 || (sw & 0xFFF0) == 0x63C0)
        sw = term_pace_nonce(t, secret, password);
    if (sw == 0x9000)
        sw = term_pace_map(t);
    if (sw == 0x9000)
        sw = term_pace_agree(t);
    return sw == 0x9000 ? term_pace_token(t, false) : sw;
}

/* ---- certificates ---- */
void key_scalar(const char *name, uint8_t scalar[static 32])
{
    char text[64];
    int n = snprintf(text, sizeof text, "sdc eac vector %s", name);
    SHA256((const uint8_t *)text, (size_t)n, scalar);
}

static void add_date(struct bytes *to, unsigned tag, const char *date)
{
    uint8_t digits[6];
    for (int i = 0; i < 6; i++)
        digits[i] = (uint8_t)(date[i] - '0');
    add_tlv(to, tag, digits, 6);
}

static void add_key(struct bytes *to, const char *name, bool parameters)
{
    static const char *const domain[] = {
        "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
        "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC",
        "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
        ("046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B3"
         "1"
         "5ECECBB6406837BF51F5"),
        "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
    };
    static struct bytes key;
    uint8_t scalar[32], point[65], value[65];
    key_scalar(name, scalar);
    ck_assert(p256_multiply(NULL, scalar, point));
    key.n = 0;
    add_tlv(&key, 0x06, oid_ta, sizeof oid_ta);
    for (unsigned i = 0; i < 5 && parameters; i++)
        add_tlv(&key, 0x81 + i, value, talk_unhex(domain[i], value, sizeof value));
    add_tlv(&key, 0x86, point, sizeof point);
    if (parameters)
        add_tlv(&key, 0x87, (const uint8_t[]) { 1 }, 1);
    add_tlv(to, 0x7F49, key.b, key.n);
}

void cert_sign(uint8_t *cert, size_t len, const char *signer)
{
    key_sign(signer, cert, len - 67, cert + len - 64);
}

size_t cert_make(const struct cert *cert, uint8_t out[static CERT_MAX])
{
    static struct bytes body, all;
    body.n = all.n = 0;
    add_tlv(&body, 0x5F29, "", 1);
    add_tlv(&body, 0x42, cert->car, strlen(cert->car));
    add_key(&body, cert->key, cert->role == 3);
    add_tlv(&body, 0x5F20, cert->chr, strlen(cert->chr));
    add_chat(&body, cert->role, cert->rights);
    add_date(&body, 0x5F25, cert->from);
    add_date(&body, 0x5F24, cert->to);
    add_tlv(&all, 0x7F4E, body.b, body.n);
    uint8_t rs[64] = { 0 };
    add_tlv(&all, 0x5F37, rs, sizeof rs);
    cert_sign(all.b, all.n, cert->signer);
    ck_assert_uint_le(all.n, CERT_MAX);
    memcpy(out, all.b, all.n);
    return all.n;
}

/* ---- terminal authentication ---- */
unsigned term_dst(struct terminal *t, const char *car)
{
    static struct bytes data;
    data.n = 0;
    add_tlv(&data, 0x83, car, strlen(car));
    return term_send(t, 0x002281B6, data.b, data.n, NO_LE);
}

unsigned term_pso(struct terminal *t, const uint8_t *cert, size_t len)
{
    for (; len > 239; cert += 239, len -= 239) {
        unsigned sw = term_send(t, 0x102A00BE, cert, 239, NO_LE);
        if (sw != 0x9000)
            return sw;
    }
    return term_send(t, 0x002A00BE, cert, len, NO_LE);
}

unsigned term_import(struct terminal *t, const struct cert *cert)
{
    uint8_t bytes[CERT_MAX];
    unsigned sw = term_dst(t, cert->car);
    return sw == 0x9000 ? term_pso(t, bytes, cert_make(cert, bytes)) : sw;
}

unsigned term_chain(struct terminal *t, uint64_t rights)
{
    const struct cert dv = { "USSDCCVCA00001", "USSDCDVOF00001", "DV", "CVCA", 2, rights, "260101", "291231" };
    const struct cert at = { "USSDCDVOF00001", "USSDCAT0100001", "AT", "DV", 0, rights, "261101", "270131" };
    unsigned sw = term_import(t, &dv);
    return sw == 0x9000 ? term_import(t, &at) : sw;
}

unsigned term_at(struct terminal *t, const char *chr)
{
    static struct bytes data;
    data.n = 0;
    key_of(t, "ca terminal", t->chip_scalar);
    ck_assert(p256_multiply(NULL, t->chip_scalar, t->chip_key));
    add_tlv(&data, 0x80, oid_ta, sizeof oid_ta);
    add_tlv(&data, 0x83, chr, strlen(chr));
    add_tlv(&data, 0x91, t->chip_key + 1, 32);
    add(&data, t->aux, t->aux_len);
    return term_send(t, 0x002281A4, data.b, data.n, NO_LE);
}

unsigned term_challenge(struct terminal *t)
{
    unsigned sw = term_send(t, 0x00840000, NULL, 0, 8);
    if (sw == 0x9000) {
        ck_assert_uint_eq(t->out_len, 8);
        memcpy(t->challenge, t->out, 8);
    }
    return sw;
}

unsigned term_external(struct terminal *t, const char *signer)
{
    static struct bytes input;
    uint8_t rs[64];
    input.n = 0;
    add(&input, t->id_picc, 32);
    add(&input, t->challenge, 8);
    add(&input, t->chip_key + 1, 32);
    add(&input, t->aux, t->aux_len);
    key_sign(signer, input.b, input.n, rs);
    return term_send(t, 0x00820000, rs, sizeof rs, NO_LE);
}

unsigned term_prove(struct terminal *t)
{
    unsigned sw = term_at(t, "USSDCAT0100001");
    if (sw == 0x9000)
        sw = term_challenge(t);
    return sw == 0x9000 ? term_external(t, "AT") : sw;
}

/* ---- chip authentication ---- */
unsigned term_chip_set(struct terminal *t, unsigned version)
{
    static struct bytes data;
    uint8_t id = (uint8_t)version;
    data.n = 0;
    add_suite(t, &data, 0x80, oid_chip);
    add_tlv(&data, 0x84, &id, 1);
    return term_send(t, 0x002241A4, data.b, data.n, NO_LE);
}

static unsigned chip_2(struct terminal *t, const uint8_t *shared)
{
    static struct bytes template;
    uint8_t mac[16], secret[40];
    template.n = 0;
    add_tlv(&template, 0x80, t->chip_key, 65);
    struct bytes all = { .n = 0 };
    add_tlv(&all, 0x7C, template.b, template.n);
    unsigned sw = term_send(t, 0x00860000, all.b, all.n, 0);
    if (sw != 0x9000)
        return sw;
    ck_assert(t->out_len == 22 && t->out[2] == 0x81 && t->out[12] == 0x82);
    memcpy(secret, shared + 1, 32);
    memcpy(secret + 32, t->out + 4, 8);
    new_keys(t, secret, sizeof secret);
    token(t, t->mac, oid_chip, t->chip_key, mac);
    ck_assert_mem_eq(mac, t->out + 14, 8);
    return sw;
}

unsigned term_chip(struct terminal *t, unsigned version)
{
    uint8_t scalar[32], card[65], shared[65];
    unsigned sw = term_chip_set(t, version);
    if (sw != 0x9000)
        return sw;
    key_scalar(version == 1 ? "ca1 card" : "ca card", scalar);
    ck_assert(p256_multiply(NULL, scalar, card));
    if (version == 1) {
        key_of(t, "ca1 terminal", t->chip_scalar);
        ck_assert(p256_multiply(NULL, t->chip_scalar, t->chip_key));
    }
    ck_assert(p256_multiply(card, t->chip_scalar, shared));
    if (version == 2)
        return chip_2(t, shared);
    sw = step(t, 0x00860000, 0x80, t->chip_key, 65);
    if (sw == 0x9000)
        new_keys(t, shared + 1, 32);
    return sw;
}

unsigned term_run(struct terminal *t, uint8_t password, uint64_t rights)
{
    unsigned sw = term_pace(t, password, NULL, &rights);
    if (sw == 0x9000)
        sw = term_chain(t, rights);
    if (sw == 0x9000)
        sw = term_prove(t);
    return sw == 0x9000 ? term_chip(t, 2) : sw;
}

unsigned term_select(struct terminal *t, char which)
{
    if (which == 'M')
        return term_send(t, 0x00A4000C, NULL, 0, NO_LE);
    return term_hex(t, 0x00A4040C, which == 'T' ? "A0000002471001" : "F0534443444F434B4554", NO_LE);
}

void term_lawful(struct terminal *t)
{
    term_reset(t);
    ck_assert_uint_eq(term_run(t, EAC_CAN_PASSWORD, EAC_OFFICER), 0x9000);
    ck_assert_uint_eq(term_select(t, 'D'), 0x9000);
    ck_assert_uint_eq(term_send(t, 0x00B09100, NULL, 0, 0), 0x9000);
    ck_assert_uint_eq(t->out[0], 0x71);
    term_reset(t);
}
