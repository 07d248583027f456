/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of each algorithm: made on the card or imported, used, told of. OpenSSL is the other side. */
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "card_talk.h"
#include "domain_talk.h"
#include "suite.h"

static struct talk *card;

/* A blank card with the holder's PIN 654321 and the issuer authenticated. */
static void ready(void)
{
    card = talk_new();
    ck_assert_uint_eq(talk_select(card), 0x9000);
    ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "123456", "654321"), 0x9000);
}

/* The public key in the data objects 86, or 81 and 82, that stand at p. */
static EVP_PKEY *public_key(const uint8_t *p, uint8_t alg)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *n = NULL, *e = NULL;
    if (alg == 0x07) {
        ck_assert_mem_eq(p, "\x81\x82\x01\x00", 4);
        ck_assert_mem_eq(p + 260, "\x82\x03\x01\x00\x01", 5);
        n = BN_bin2bn(p + 4, 256, NULL);
        e = BN_bin2bn(p + 262, 3, NULL);
        ck_assert_int_eq(BN_num_bits(n), 2048);
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n);
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e);
    } else {
        size_t len = alg == 0x11 ? 65 : 97;
        ck_assert(p[0] == 0x86 && p[1] == len && p[2] == 0x04);
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, alg == 0x11 ? "P-256" : "P-384", 0);
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, p + 2, len);
    }
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, alg == 0x07 ? "RSA" : "EC", NULL);
    ck_assert(EVP_PKEY_fromdata_init(ctx) == 1 && EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    BN_free(n);
    BN_free(e);
    return key;
}

static EVP_PKEY *generate(uint8_t ref, uint8_t alg)
{
    const uint8_t template[] = { 0xAC, 3, 0x80, 1, alg };
    ck_assert_uint_eq(talk_command(card, 0x00470000u | ref, template, sizeof template, true), 0x9000);
    ck_assert_uint_eq(card->got.len, alg == 0x07 ? 270 : alg == 0x11 ? 70 : 102);
    ck_assert_mem_eq(card->got.data, "\x7F\x49", 2);
    return public_key(card->got.data + (alg == 0x07 ? 5 : 3), alg);
}

/* 7C{82 00, tag input}, in blocks as an old client sends it; the answer's value is put into out. */
static unsigned authenticate(uint8_t ref, uint8_t alg, uint8_t tag, const uint8_t *input, size_t len)
{
    static uint8_t data[400];
    size_t n = 0, head = len > 255 ? 4 : len > 127 ? 3 : 2, inner = 2 + head + len;
    data[n++] = 0x7C;
    if (inner > 255)
        data[n++] = 0x82, data[n++] = (uint8_t)(inner >> 8);
    else if (inner > 127)
        data[n++] = 0x81;
    data[n++] = (uint8_t)inner;
    data[n++] = 0x82, data[n++] = 0;
    data[n++] = tag;
    if (len > 255)
        data[n++] = 0x82, data[n++] = (uint8_t)(len >> 8);
    else if (len > 127)
        data[n++] = 0x81;
    data[n++] = (uint8_t)len;
    memcpy(data + n, input, len);
    unsigned sw = talk_chained(card, 0x00870000u | (unsigned)alg << 8 | ref, data, n + len, 100);
    if (sw >> 8 == 0x61) { /* the rest of an RSA result */
        uint8_t first[256];
        memcpy(first, card->got.data, sizeof first);
        sw = talk_hex(card, "00C00000 00");
        memmove(card->got.data + sizeof first, card->got.data, card->got.len);
        memcpy(card->got.data, first, sizeof first);
        card->got.len += sizeof first;
    }
    if (sw == 0x9000) { /* leave the value alone */
        size_t skip = card->got.data[1] == 0x82 ? 8 : card->got.data[1] == 0x81 ? 6 : 4;
        card->got.len -= skip;
        memmove(card->got.data, card->got.data + skip, card->got.len);
    }
    return sw;
}

static bool verifies(EVP_PKEY *key, const uint8_t *hash, size_t len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    bool good = EVP_PKEY_verify_init(ctx) == 1 && EVP_PKEY_verify(ctx, card->got.data, card->got.len, hash, len) == 1;
    EVP_PKEY_CTX_free(ctx);
    return good;
}

static const uint8_t digest[49] = "a hash of forty-eight bytes: that is SHA-384's..";

START_TEST(p384)
{
    uint8_t point[97], secret[48];
    size_t len;
    ready();
    EVP_PKEY *key = generate(0x9A, 0x14), *theirs = generate(0x9D, 0x14), *ours = EVP_EC_gen("P-384");
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    for (size_t n = 1; n <= 48; n += 47) {
        uint8_t number[48] = { 0 };
        ck_assert_uint_eq(authenticate(0x9A, 0x14, 0x81, digest, n), 0x9000);
        memcpy(number + 48 - n, digest, n);
        ck_assert(verifies(key, number, 48));
        number[47] ^= 1;
        ck_assert(!verifies(key, number, 48));
    }
    ck_assert_uint_eq(authenticate(0x9A, 0x14, 0x81, digest, 49), 0x6A80);
    ck_assert_uint_eq(authenticate(0x9A, 0x11, 0x81, digest, 32), 0x6A86); /* not this key's algorithm */
    ck_assert(EVP_PKEY_get_octet_string_param(ours, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) == 1);
    ck_assert_uint_eq(authenticate(0x9D, 0x14, 0x85, point, 97), 0x9000);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(ours, NULL);
    len = sizeof secret;
    ck_assert(EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, theirs) == 1);
    ck_assert(EVP_PKEY_derive(ctx, secret, &len) == 1);
    ck_assert_uint_eq(card->got.len, 48);
    ck_assert_mem_eq(card->got.data, secret, 48);
    point[96] ^= 1;
    ck_assert_uint_eq(authenticate(0x9D, 0x14, 0x85, point, 97), 0x6A80);
    ck_assert_uint_eq(authenticate(0x9D, 0x14, 0x85, point, 65), 0x6A80);
    ck_assert_uint_eq(authenticate(0x9D, 0x14, 0x81, digest, 48), 0x6A80);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(ours);
    EVP_PKEY_free(theirs);
    EVP_PKEY_free(key);
}
END_TEST

/* value^e mod n is the input. */
static void undone(EVP_PKEY *key, const uint8_t *input)
{
    uint8_t out[256];
    size_t len = sizeof out;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    ck_assert(EVP_PKEY_encrypt_init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1);
    ck_assert_uint_eq(card->got.len, 256);
    ck_assert(EVP_PKEY_encrypt(ctx, out, &len, card->got.data, card->got.len) == 1);
    ck_assert_mem_eq(out, input, 256);
    EVP_PKEY_CTX_free(ctx);
}

START_TEST(rsa_keys)
{
    uint8_t input[257];
    ready();
    memset(input, 0x5A, sizeof input);
    EVP_PKEY *key = generate(0x9D, 0x07), *other = generate(0x9A, 0x07);
    ck_assert(!EVP_PKEY_eq(key, other));
    card_memory_reset(&card->memory);
    ck_assert_uint_eq(talk_select(card), 0x9000);
    ck_assert_uint_eq(authenticate(0x9D, 0x07, 0x81, input, 256), 0x6982);
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    ck_assert_uint_eq(authenticate(0x9D, 0x07, 0x81, input, 256), 0x9000);
    undone(key, input);
    ck_assert_uint_eq(authenticate(0x9A, 0x07, 0x81, input, 256), 0x9000);
    undone(other, input);
    ck_assert_uint_eq(authenticate(0x9A, 0x07, 0x81, input, 255), 0x6A80);
    ck_assert_uint_eq(authenticate(0x9A, 0x07, 0x81, input, 257), 0x6A80);
    ck_assert_uint_eq(authenticate(0x9A, 0x07, 0x85, input, 256), 0x6A80);
    ck_assert_uint_eq(authenticate(0x9A, 0x11, 0x81, input, 32), 0x6A86);
    memset(input, 0xFF, sizeof input); /* not below the modulus */
    ck_assert_uint_eq(authenticate(0x9A, 0x07, 0x81, input, 256), 0x6A80);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
}
END_TEST

/* Each retired key is one of its own, used as 9D; nothing beside them is a key. */
START_TEST(retired_keys)
{
    static EVP_PKEY *keys[0x100];
    uint8_t point[65], secret[32];
    size_t len;
    ready();
    EVP_PKEY *ours = EVP_EC_gen("P-256");
    ck_assert(EVP_PKEY_get_octet_string_param(ours, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) == 1);
    for (unsigned ref = 0x82; ref <= 0x95; ref++)
        keys[ref] = generate((uint8_t)ref, 0x11);
    ck_assert_uint_eq(talk_hex(card, "0020FF80"), 0x9000);
    ck_assert_uint_eq(authenticate(0x82, 0x11, 0x85, point, 65), 0x6982);
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    for (unsigned ref = 0x82; ref <= 0x95; ref++) {
        ck_assert_uint_eq(authenticate((uint8_t)ref, 0x11, 0x85, point, 65), 0x9000);
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(ours, NULL);
        len = sizeof secret;
        ck_assert(EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, keys[ref]) == 1);
        ck_assert(EVP_PKEY_derive(ctx, secret, &len) == 1);
        ck_assert_mem_eq(card->got.data, secret, 32);
        ck_assert_uint_eq(authenticate((uint8_t)ref, 0x11, 0x81, digest, 32), 0x6A80);
        EVP_PKEY_CTX_free(ctx);
        EVP_PKEY_free(keys[ref]);
    }
    EVP_PKEY_free(ours);
    ck_assert_uint_eq(authenticate(0x81, 0x11, 0x85, point, 65), 0x6A88);
    ck_assert_uint_eq(authenticate(0x96, 0x11, 0x85, point, 65), 0x6A88);
}
END_TEST

/* GENERATE with AA policy, AB touch. */
static unsigned generate_with(uint8_t ref, uint8_t policy, uint8_t touch)
{
    const uint8_t template[] = { 0xAC, 9, 0x80, 1, 0x11, 0xAA, 1, policy, 0xAB, 1, touch };
    return talk_command(card, 0x00470000u | ref, template, sizeof template, false);
}

START_TEST(policies)
{
    static const struct {
        uint8_t ref, least;
    } rules[] = { { 0x9A, 2 }, { 0x9C, 3 }, { 0x9D, 2 }, { 0x9E, 1 }, { 0x85, 2 } };
    ready();
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        for (uint8_t policy = 0; policy <= 5; policy++)
            for (uint8_t touch = 0; touch <= 3; touch++) {
                bool good = touch <= 1 && (policy == 0 || (policy >= rules[i].least && policy <= 3));
                ck_assert_uint_eq(generate_with(rules[i].ref, policy, touch), good ? 0x9000 : 0x6A80);
            }
    /* a key that asks for more than its reference */
    ck_assert_uint_eq(generate_with(0x9E, 3, 1), 0x9000);
    ck_assert_uint_eq(authenticate(0x9E, 0x11, 0x81, digest, 32), 0x6982);
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    ck_assert_uint_eq(authenticate(0x9E, 0x11, 0x81, digest, 32), 0x9000);
    ck_assert_uint_eq(authenticate(0x9E, 0x11, 0x81, digest, 32), 0x6982);
    ck_assert_uint_eq(generate_with(0x9E, 2, 0), 0x9000);
    ck_assert_uint_eq(authenticate(0x9E, 0x11, 0x81, digest, 32), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "0020FF80"), 0x9000);
    ck_assert_uint_eq(authenticate(0x9E, 0x11, 0x81, digest, 32), 0x6982);
    ck_assert_uint_eq(talk_hex(card, "0047009E 08 AC068001110AAA01 00"), 0x6A80);
    ck_assert_uint_eq(talk_hex(card, "0047009E 08 AC06800111AB0101 00"), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "0047009E 0B AC09800111AB0101AA0101 00"), 0x6A80);
}
END_TEST

/* ---- import ---- */

static void number(EVP_PKEY *key, const char *name, uint8_t *out, size_t len)
{
    BIGNUM *n = NULL;
    ck_assert(EVP_PKEY_get_bn_param(key, name, &n) == 1);
    ck_assert_int_eq(BN_bn2binpad(n, out, (int)len), (int)len);
    BN_free(n);
}

static size_t import_rsa(EVP_PKEY *key, uint8_t *data)
{
    static const char *const names[] = { OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
                                         OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
                                         OSSL_PKEY_PARAM_RSA_COEFFICIENT1 };
    size_t n = 0;
    for (uint8_t i = 0; i < 5; i++) {
        data[n++] = (uint8_t)(i + 1);
        data[n++] = 0x81;
        data[n++] = 0x80;
        number(key, names[i], data + n, 128);
        n += 128;
    }
    return n;
}

START_TEST(import_of_rsa)
{
    uint8_t data[700], input[256];
    ready();
    memset(input, 0x33, sizeof input);
    EVP_PKEY *key = EVP_RSA_gen(2048);
    size_t n = import_rsa(key, data);
    memcpy(data + n, "\xAA\x01\x03\xAB\x01\x01", 6);
    ck_assert_uint_eq(talk_chained(card, 0x00FE0782, data, n + 6, 200), 0x9000);
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    ck_assert_uint_eq(authenticate(0x82, 0x07, 0x81, input, 256), 0x9000);
    undone(key, input);
    ck_assert_uint_eq(authenticate(0x82, 0x07, 0x81, input, 256), 0x6982); /* PIN always */
    for (size_t at = 100; at < n; at += 131) {                             /* one number wrong: no key */
        data[at] ^= 4;
        ck_assert_uint_eq(talk_command(card, 0x00FE079D, data, n, true), 0x6A80);
        data[at] ^= 4;
    }
    ck_assert_uint_eq(authenticate(0x9D, 0x07, 0x81, input, 256), 0x6A88);
    ck_assert_uint_eq(talk_command(card, 0x00FE079D, data, n, true), 0x9000);
    ck_assert_uint_eq(authenticate(0x9D, 0x07, 0x81, input, 256), 0x9000);
    undone(key, input);
    EVP_PKEY_free(key);
}
END_TEST

START_TEST(import_of_ec)
{
    static const uint8_t algs[] = { 0x11, 0x14 };
    for (int i = 0; i < 2; i++) {
        uint8_t data[80] = { 0x06 };
        size_t len = i == 0 ? 32 : 48;
        ready();
        EVP_PKEY *key = EVP_EC_gen(i == 0 ? "P-256" : "P-384");
        data[1] = (uint8_t)len;
        number(key, OSSL_PKEY_PARAM_PRIV_KEY, data + 2, len);
        uint32_t header = 0x00FE009E | (uint32_t)algs[i] << 8;
        ck_assert_uint_eq(talk_command(card, header, data, len + 2, false), 0x9000);
        ck_assert_uint_eq(authenticate(0x9E, algs[i], 0x81, digest, len), 0x9000);
        ck_assert(verifies(key, digest, len));
        EVP_PKEY_free(key);
        ck_assert_uint_eq(talk_command(card, header ^ 0x0500, data, len + 2, false), 0x6A80); /* the other curve */
        ck_assert_uint_eq(talk_command(card, header, data, len + 3, false), 0x6A80);
        ck_assert_uint_eq(talk_command(card, 0x00FE129E, data, len + 2, false), 0x6A86);
        ck_assert_uint_eq(talk_command(card, (header & 0xFFFFFF00) | 0x9B, data, len + 2, false), 0x6A88);
        ck_assert_uint_eq(talk_command(card, (header & 0xFFFFFF00) | 0xF9, data, len + 2, false), 0x6A88);
        memset(data + 2, 0xFF, len); /* above the order */
        ck_assert_uint_eq(talk_command(card, header, data, len + 2, false), 0x6A80);
        memset(data + 2, 0, len);
        ck_assert_uint_eq(talk_command(card, header, data, len + 2, false), 0x6A80);
        ck_assert_uint_eq(authenticate(0x9E, algs[i], 0x81, digest, len), 0x9000); /* the good one stands */
        card_memory_reset(&card->memory);
        ck_assert_uint_eq(talk_select(card), 0x9000);
        ck_assert_uint_eq(talk_command(card, header, data, len + 2, false), 0x6982);
    }
}
END_TEST

/* ---- what is told of keys ---- */

START_TEST(metadata)
{
    ready();
    EVP_PKEY *rsa = generate(0x9D, 0x07), *ec = generate(0x9C, 0x14);
    card_memory_reset(&card->memory);
    ck_assert_uint_eq(talk_select(card), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "00F7009C 00"), 0x9000);
    ck_assert_uint_eq(card->got.len, 3 + 4 + 3 + 2 + 99);
    ck_assert_mem_eq(card->got.data, "\x01\x01\x14\x02\x02\x03\x01\x03\x01\x01\x04\x63", 12);
    EVP_PKEY *told = public_key(card->got.data + 12, 0x14);
    ck_assert(EVP_PKEY_eq(told, ec) == 1);
    EVP_PKEY_free(told);
    ck_assert_uint_eq(talk_hex(card, "00F7009D 00 0000"), 0x9000);
    ck_assert_uint_eq(card->got.len, 10 + 4 + 265);
    ck_assert_mem_eq(card->got.data, "\x01\x01\x07\x02\x02\x02\x01\x03\x01\x01\x04\x82\x01\x09", 14);
    told = public_key(card->got.data + 14, 0x07);
    ck_assert(EVP_PKEY_eq(told, rsa) == 1);
    EVP_PKEY_free(told);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
    ck_assert_uint_eq(talk_verify(card, "111111"), 0x63C2);
    ck_assert_uint_eq(talk_hex(card, "00F70080 00"), 0x9000);
    ck_assert_mem_eq(card->got.data, "\x01\x01\xFF\x05\x01\x00\x06\x02\x03\x02", 10);
    ck_assert_uint_eq(talk_hex(card, "00F70081 00"), 0x9000);
    ck_assert_mem_eq(card->got.data, "\x01\x01\xFF\x05\x01\x00\x06\x02\x05\x05", 10);
    ck_assert_uint_eq(talk_hex(card, "00F7009B 00"), 0x9000);
    ck_assert_mem_eq(card->got.data, "\x01\x01\x08\x02\x02\x00\x01\x05\x01\x01", 10);
    ck_assert_uint_eq(talk_hex(card, "00F7009A 00"), 0x6A88);
    ck_assert_uint_eq(talk_hex(card, "00F70077 00"), 0x6A88);
    ck_assert_uint_eq(talk_hex(card, "00FD0000 00"), 0x9000);
    ck_assert_mem_eq(card->got.data, "\x05\x04\x03", 3);
    ck_assert_uint_eq(talk_hex(card, "00F80000 00"), 0x9000);
    ck_assert_uint_eq(card->got.len, 4);
}
END_TEST

/* ---- the management key, tries, reset ---- */

static void encrypt(const uint8_t *key, size_t len, const uint8_t *in, uint8_t *out)
{
    int n = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *cipher = len == 16 ? EVP_aes_128_ecb() : len == 24 ? EVP_aes_192_ecb() : EVP_aes_256_ecb();
    ck_assert(EVP_EncryptInit_ex(ctx, cipher, NULL, key, NULL) == 1);
    EVP_CIPHER_CTX_set_padding(ctx, 0);
    ck_assert(EVP_EncryptUpdate(ctx, out, &n, in, 16) == 1);
    EVP_CIPHER_CTX_free(ctx);
}

static unsigned admin(uint8_t alg, const uint8_t *key, size_t len)
{
    uint8_t data[20] = { 0x7C, 0x02, 0x81, 0x00 };
    uint32_t header = 0x0087009B | (uint32_t)alg << 8;
    if (talk_command(card, header, data, 4, false) != 0x9000)
        return card->got.sw;
    encrypt(key, len, card->got.data + 4, data + 4);
    memcpy(data, "\x7C\x12\x82\x10", 4);
    return talk_command(card, header, data, sizeof data, false);
}

START_TEST(management_keys)
{
    static const struct {
        uint8_t alg, len;
    } ciphers[] = { { 0x0A, 24 }, { 0x0C, 32 }, { 0x08, 16 } };
    ready();
    for (size_t i = 0; i < 2 * 3; i++) {
        uint8_t alg = ciphers[i % 3].alg, len = ciphers[i % 3].len, data[35] = { alg, 0x9B, len };
        memset(data + 3, 0x40 + (int)i, len);
        if (i < 3)
            ck_assert_uint_eq(talk_command(card, 0x00FFFFFF, data, 3u + len, false), 0x9000);
        else
            ck_assert_uint_eq(domain_secret(card, 0x8014, 0, data + 3, len), 0x9000);
        card_memory_reset(&card->memory);
        ck_assert_uint_eq(talk_select(card), 0x9000);
        ck_assert_uint_eq(talk_command(card, 0x00FFFFFF, data, 3u + len, false), 0x6982);
        for (size_t k = 0; k < 3; k++)
            ck_assert_uint_eq(admin(ciphers[k].alg, data + 3, ciphers[k].len), k == i % 3 ? 0x9000 : 0x6A86);
        ck_assert_uint_eq(admin(alg, (const uint8_t *)"an entirely different key: yes..", len), 0x6982);
        ck_assert_uint_eq(admin(alg, data + 3, len), 0x9000);
        data[2]--;
        ck_assert_uint_eq(talk_command(card, 0x00FFFFFF, data, 3u + len, false), 0x6A80);
        data[2]++;
        data[1] = 0x9A;
        ck_assert_uint_eq(talk_command(card, 0x00FFFFFF, data, 3u + len, false), 0x6A80);
    }
    uint8_t tdes[27] = { 0x03, 0x9B, 24 };
    ck_assert_uint_eq(talk_command(card, 0x00FFFFFF, tdes, 27, false), 0x6A80); /* not on this card */
}
END_TEST

START_TEST(numbers_of_tries)
{
    ready();
    ck_assert_uint_eq(talk_hex(card, "0020FF80"), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "00FA0709"), 0x6982); /* the PIN too */
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "00FA0009"), 0x6A86);
    ck_assert_uint_eq(talk_hex(card, "00FA1009"), 0x6A86);
    ck_assert_uint_eq(talk_hex(card, "00FA0700"), 0x6A86);
    ck_assert_uint_eq(talk_hex(card, "00FA0709"), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "00FA0709"), 0x6982);
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x63C6);
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "87654321", "654321"), 0x63C8);
    ck_assert_uint_eq(talk_verify(card, "123456"), 0x9000);
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "12345678", "654321"), 0x9000);
}
END_TEST

START_TEST(reset)
{
    ready();
    EVP_PKEY_free(generate(0x9A, 0x11));
    EVP_PKEY_free(generate(0x95, 0x11));
    ck_assert_uint_eq(talk_put(card, 0x5FC102, digest, 40), 0x9000);
    ck_assert_uint_eq(domain_secret(card, 0x8014, 0, digest, 16), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "00FB0000"), 0x6985);
    for (int i = 2; i >= 0; i--)
        ck_assert_uint_eq(talk_verify(card, "111111"), 0x63C0u | (unsigned)i);
    ck_assert_uint_eq(talk_hex(card, "00FB0000"), 0x6985);
    for (int i = 4; i >= 0; i--)
        ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "87654321", "654321"), 0x63C0u | (unsigned)i);
    ck_assert_uint_eq(talk_hex(card, "00FB0000"), 0x9000);
    ck_assert_uint_eq(talk_get(card, 0x5FC102, false), 0x6A82);
    ck_assert_uint_eq(talk_get(card, 0x7E, false), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "00F7009A 00"), 0x6A88);
    ck_assert_uint_eq(talk_hex(card, "00F70095 00"), 0x6A88);
    ck_assert_uint_eq(talk_put(card, 0x5FC102, digest, 40), 0x6982);
    ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
    ck_assert_uint_eq(talk_verify(card, "123456"), 0x9000);
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "12345678", "654321"), 0x9000);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { p384, 0 },         { rsa_keys, 0 }, { retired_keys, 0 },    { policies, 0 },         { import_of_rsa, 0 },
        { import_of_ec, 0 }, { metadata, 0 }, { management_keys, 0 }, { numbers_of_tries, 0 }, { reset, 0 },
    };
    return suite_run("applet keys of each algorithm", tests, sizeof tests / sizeof tests[0]);
}
