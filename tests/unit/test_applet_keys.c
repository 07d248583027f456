/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys: GENERATE ASYMMETRIC KEY PAIR, GENERAL AUTHENTICATE with each key, 9C's PIN always, the management key. What the
 * card signs is verified by OpenSSL. */
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "card_talk.h"
#include "domain_talk.h"
#include "suite.h"

static struct talk *card;
static uint8_t points[256][65]; /* by key reference */

static void generate(uint8_t ref)
{
    ck_assert_uint_eq(talk_command(card, 0x00470000u | ref, (const uint8_t *)"\xAC\x03\x80\x01\x11", 5, false), 0x9000);
    ck_assert_uint_eq(card->got.len, 70);
    ck_assert_mem_eq(card->got.data, "\x7F\x49\x43\x86\x41\x04", 6);
    memcpy(points[ref], card->got.data + 5, 65);
}

/* A card with keys, PIN 654321; nothing is proven. */
static void ready(void)
{
    card = talk_new();
    ck_assert_uint_eq(talk_select(card), 0x9000);
    ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
    generate(0x9A);
    generate(0x9C);
    generate(0x9D);
    generate(0x9E);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "123456", "654321"), 0x9000);
    card_memory_reset(&card->memory);
    ck_assert_uint_eq(talk_select(card), 0x9000);
}

static EVP_PKEY *public_key(const uint8_t *point)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    ck_assert(OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1);
    ck_assert(OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, 65) == 1);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    ck_assert(EVP_PKEY_fromdata_init(ctx) == 1 && EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* 7C{82 00, 81 hash}, or the other way round. */
static unsigned sign(uint8_t ref, const uint8_t *hash, size_t len, bool response_last)
{
    uint8_t data[64] = { 0x7C, (uint8_t)(len + 4) };
    size_t n = 2;
    if (!response_last)
        data[n++] = 0x82, data[n++] = 0;
    data[n++] = 0x81;
    data[n++] = (uint8_t)len;
    memcpy(data + n, hash, len);
    n += len;
    if (response_last)
        data[n++] = 0x82, data[n++] = 0;
    return talk_command(card, 0x00871100u | ref, data, n, false);
}

/* The last answer is 7C{82 signature} of that hash by that key. */
static bool signature_good(uint8_t ref, const uint8_t *hash, size_t len)
{
    const uint8_t *p = card->got.data;
    if (card->got.len < 12 || p[0] != 0x7C || p[1] != card->got.len - 2 || p[2] != 0x82 || p[3] != card->got.len - 4)
        return false;
    EVP_PKEY *key = public_key(points[ref]);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    bool good = EVP_PKEY_verify_init(ctx) == 1 && EVP_PKEY_verify(ctx, p + 4, card->got.len - 4, hash, len) == 1;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
    return good;
}

static const uint8_t digest[33] = "a hash of thirty-two bytes here";

START_TEST(each_key_signs_under_its_rule)
{
    ready();
    ck_assert_uint_eq(sign(0x9E, digest, 32, false), 0x9000); /* anyone */
    ck_assert(signature_good(0x9E, digest, 32));
    ck_assert(!signature_good(0x9A, digest, 32));
    ck_assert_uint_eq(sign(0x9A, digest, 32, false), 0x6982);
    ck_assert_uint_eq(sign(0x9C, digest, 32, false), 0x6982);
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    for (int i = 0; i < 3; i++) {
        ck_assert_uint_eq(sign(0x9A, digest, 32, i % 2), 0x9000);
        ck_assert(signature_good(0x9A, digest, 32));
    }
    ck_assert_uint_eq(talk_hex(card, "0020FF80"), 0x9000);
    ck_assert_uint_eq(sign(0x9A, digest, 32, false), 0x6982);
    ck_assert_uint_eq(talk_admin(card, NULL), 0x9000); /* the issuer has no right to the holder's keys */
    ck_assert_uint_eq(sign(0x9A, digest, 32, false), 0x6982);
}
END_TEST

START_TEST(lengths_of_hashes)
{
    uint8_t hash[40];
    ready();
    memset(hash, 0xA7, sizeof hash);
    for (size_t len = 1; len <= 32; len++) {
        ck_assert_uint_eq(sign(0x9E, hash, len, false), 0x9000);
        ck_assert(signature_good(0x9E, hash, len));
    }
    ck_assert_uint_eq(sign(0x9E, hash, 0, false), 0x6A80);
    ck_assert_uint_eq(sign(0x9E, hash, 33, false), 0x6A80);
}
END_TEST

/* 9C: the PIN by the command right before, each time. */
START_TEST(pin_always)
{
    static const char *const between[] = {
        "00200080", "00CB3FFF 03 5C017E 00",   "00A40400 05 A000000308", "00C00000 00", "00EE0000", "",
        "00",       "0087119E 04 7C020000 00", "1087119E 04 7C020000",   "80200080",
    };
    ready();
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    ck_assert_uint_eq(sign(0x9C, digest, 32, false), 0x9000);
    ck_assert(signature_good(0x9C, digest, 32));
    ck_assert_uint_eq(sign(0x9C, digest, 32, false), 0x6982); /* once */
    ck_assert_uint_eq(sign(0x9A, digest, 32, false), 0x9000); /* the session is still the holder's */
    for (size_t i = 0; i < sizeof between / sizeof between[0]; i++) {
        ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
        (void)talk_hex(card, between[i]);
        ck_assert_msg(sign(0x9C, digest, 32, false) == 0x6982, "after '%s'", between[i]);
    }
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "654321", "654321"), 0x9000); /* not a VERIFY */
    ck_assert_uint_eq(sign(0x9C, digest, 32, false), 0x6982);
    /* a chain is one command */
    uint8_t data[38] = { 0x7C, 36, 0x82, 0, 0x81, 32 };
    memcpy(data + 6, digest, 32);
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    ck_assert_uint_eq(talk_chained(card, 0x0087119C, data, sizeof data, 7), 0x9000);
    ck_assert(signature_good(0x9C, digest, 32));
    ck_assert_uint_eq(talk_chained(card, 0x0087119C, data, sizeof data, 7), 0x6982);
    /* an answer taken in parts doesn't need a second VERIFY, and a failed try spends the first */
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    ck_assert_uint_eq(sign(0x9C, digest, 33, false), 0x6A80);
    ck_assert_uint_eq(sign(0x9C, digest, 32, false), 0x6982);
}
END_TEST

static unsigned agree(uint8_t ref, const uint8_t *point, size_t len)
{
    uint8_t data[80] = { 0x7C, (uint8_t)(len + 4), 0x82, 0x00, 0x85, (uint8_t)len };
    memcpy(data + 6, point, len);
    return talk_command(card, 0x00871100u | ref, data, len + 6, false);
}

START_TEST(key_agreement)
{
    uint8_t point[65], secret[32];
    size_t len = 32;
    ready();
    EVP_PKEY *ours = EVP_EC_gen("P-256"), *theirs = public_key(points[0x9D]);
    ck_assert(EVP_PKEY_get_octet_string_param(ours, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) == 1);
    ck_assert_uint_eq(len, 65);
    ck_assert_uint_eq(agree(0x9D, point, 65), 0x6982);
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    ck_assert_uint_eq(agree(0x9D, point, 65), 0x9000);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(ours, NULL);
    len = sizeof secret;
    ck_assert(EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, theirs) == 1);
    ck_assert(EVP_PKEY_derive(ctx, secret, &len) == 1);
    ck_assert_uint_eq(card->got.len, 36);
    ck_assert_mem_eq(card->got.data, "\x7C\x22\x82\x20", 4);
    ck_assert_mem_eq(card->got.data + 4, secret, 32);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(ours);
    EVP_PKEY_free(theirs);
    ck_assert_uint_eq(agree(0x9D, point, 64), 0x6A80);
    point[64] ^= 1; /* off the curve: an invalid curve attack */
    ck_assert_uint_eq(agree(0x9D, point, 65), 0x6A80);
    point[64] ^= 1;
    point[0] = 0x02;
    ck_assert_uint_eq(agree(0x9D, point, 65), 0x6A80);
    point[0] = 0x04;
    ck_assert_uint_eq(agree(0x9A, point, 65), 0x6A80); /* each key has one use */
    ck_assert_uint_eq(sign(0x9D, digest, 32, false), 0x6A80);
    ck_assert_uint_eq(agree(0x9D, point, 65), 0x9000);
}
END_TEST

START_TEST(malformed_templates)
{
    static const char *const bad[] = {
        "00000000",
        "7C00",
        "7C0000",
        "7C028200",
        "7C028100",
        "7C048200 8100",
        "7C0482008101",
        "7C0782008101AA 8200",
        "7C0882008101AA8101AA",
        "7C078201AA8101AA",
        "7C0582008101AA00",
        "7C0582008101",
        "7C058200 8301AA",
        "7C0582008101AA 00",
        "7D0582008101AA",
        "7C8105 82008101AA",
        "7C07 8000 8200 8101AA",
    };
    ready();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t data[32];
        size_t len = talk_unhex(bad[i], data, sizeof data);
        unsigned sw = talk_command(card, 0x0087119E, data, len, false);
        ck_assert_msg(sw == (len < 4 ? 0x6700 : 0x6A80), "%s: %04X", bad[i], sw);
    }
    ck_assert_uint_eq(talk_hex(card, "0087119E 07 7C05 8200 8101AA 00"), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "0087119E 07 7C05 8200 8101AA"), 0x9000); /* no Le, and yet an answer */
    ck_assert_uint_gt(card->got.len, 60);
    uint8_t big[300] = { 0 };
    ck_assert_uint_eq(talk_chained(card, 0x0087119E, big, 272, 200), 0x6A80);
    ck_assert_uint_eq(talk_chained(card, 0x0087119E, big, 273, 200), 0x6700);
}
END_TEST

START_TEST(generation)
{
    static const char *const bad[] = { "AC03800112",       "AC03800106",   "AC0380011400", "AC038101 11", "AB03800111",
                                       "AC06800111810100", "AC0480021111", "AC04800111",   "0000000000" };
    uint8_t first[65];
    ready();
    memcpy(first, points[0x9E], sizeof first);
    ck_assert_uint_eq(talk_hex(card, "0047009E 05 AC03800111 00"), 0x6982);
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "0047009E 05 AC03800111 00"), 0x6982);
    ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t data[16];
        size_t len = talk_unhex(bad[i], data, sizeof data);
        ck_assert_msg(talk_command(card, 0x0047009E, data, len, false) == 0x6A80, "%s: %04X", bad[i], card->got.sw);
    }
    ck_assert_uint_eq(talk_hex(card, "0047009B 05 AC03800111 00"), 0x6A86);
    ck_assert_uint_eq(talk_hex(card, "00470096 05 AC03800111 00"), 0x6A88);
    ck_assert_uint_eq(sign(0x9E, digest, 32, false), 0x9000);
    ck_assert(signature_good(0x9E, digest, 32)); /* none of it changed the key */
    generate(0x9E);
    ck_assert_mem_ne(first, points[0x9E], sizeof first);
    card_memory_reset(&card->memory);
    ck_assert_uint_eq(talk_select(card), 0x9000);
    ck_assert_uint_eq(sign(0x9E, digest, 32, false), 0x9000);
    ck_assert(signature_good(0x9E, digest, 32));
    struct talk *other = talk_new(); /* no key, no signature */
    card = other;
    ck_assert_uint_eq(talk_select(card), 0x9000);
    ck_assert_uint_eq(sign(0x9E, digest, 32, false), 0x6A88);
}
END_TEST

/* ---- the management key ---- */

static unsigned put_something(void)
{
    return talk_put(card, 0x5FC107, (const uint8_t *)"ccc", 3);
}

static const uint8_t blank_key[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8 };

/* Sends 7C12 82 10 with the block. */
static unsigned single_response(const uint8_t block[static 16])
{
    uint8_t data[20] = { 0x7C, 0x12, 0x82, 0x10 };
    memcpy(data + 4, block, 16);
    return talk_command(card, 0x0087089B, data, sizeof data, false);
}

START_TEST(single_authentication)
{
    uint8_t answer[16];
    card = talk_new();
    ck_assert_uint_eq(talk_select(card), 0x9000);
    ck_assert_uint_eq(put_something(), 0x6982);
    ck_assert_uint_eq(talk_hex(card, "0087089B 04 7C028100 00"), 0x9000);
    ck_assert_uint_eq(card->got.len, 20);
    ck_assert_mem_eq(card->got.data, "\x7C\x12\x81\x10", 4);
    talk_aes(blank_key, true, card->got.data + 4, answer);
    ck_assert_uint_eq(single_response(answer), 0x9000);
    ck_assert_uint_eq(put_something(), 0x9000);
    ck_assert_uint_eq(single_response(answer), 0x6985); /* a challenge serves once, */
    ck_assert_uint_eq(put_something(), 0x6982);         /* and a failed try ends what was proven */
    ck_assert_uint_eq(talk_hex(card, "0087089B 04 7C028100 00"), 0x9000);
    talk_aes(blank_key, true, card->got.data + 4, answer);
    answer[15] ^= 1;
    ck_assert_uint_eq(single_response(answer), 0x6982);
    answer[15] ^= 1;
    ck_assert_uint_eq(single_response(answer), 0x6985);
    ck_assert_uint_eq(put_something(), 0x6982);
}
END_TEST

START_TEST(mutual_authentication)
{
    uint8_t data[38] = { 0x7C, 0x24, 0x80, 0x10 }, witness[16];
    card = talk_new();
    ck_assert_uint_eq(talk_select(card), 0x9000);
    for (int wrong = 0; wrong < 2; wrong++) {
        ck_assert_uint_eq(talk_hex(card, "0087089B 04 7C028000 00"), 0x9000);
        talk_aes(blank_key, false, card->got.data + 4, witness);
        memcpy(data + 4, witness, 16);
        data[4] = (uint8_t)(data[4] ^ wrong);
        memcpy(data + 20, "\x81\x10", 2);
        ck_assert_uint_eq(talk_command(card, 0x0087089B, data, sizeof data, false), wrong ? 0x6982 : 0x9000);
        ck_assert_uint_eq(card->got.len, wrong ? 0 : 20); /* nothing is encrypted for who doesn't know the key */
        ck_assert_uint_eq(put_something(), wrong ? 0x6982 : 0x9000);
        ck_assert_uint_eq(talk_command(card, 0x0087089B, data, sizeof data, false), 0x6985);
    }
    /* the witness is no answer to a challenge and the other way round */
    ck_assert_uint_eq(talk_hex(card, "0087089B 04 7C028000 00"), 0x9000);
    ck_assert_uint_eq(single_response(card->got.data + 4), 0x6985);
    ck_assert_uint_eq(talk_hex(card, "0087089B 04 7C028100 00"), 0x9000);
    memcpy(data + 4, card->got.data + 4, 16);
    ck_assert_uint_eq(talk_command(card, 0x0087089B, data, sizeof data, false), 0x6985);
    ck_assert_uint_eq(put_something(), 0x6982);
}
END_TEST

/* The card must not encrypt its own challenge for a stranger. */
START_TEST(no_oracle)
{
    uint8_t challenge[16], data[40];
    card = talk_new();
    ck_assert_uint_eq(talk_select(card), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "0087089B 04 7C028100 00"), 0x9000);
    memcpy(challenge, card->got.data + 4, 16);
    memcpy(data, "\x7C\x14\x82\x00\x81\x10", 6);
    memcpy(data + 6, challenge, 16);
    ck_assert_uint_eq(talk_command(card, 0x0087089B, data, 22, false), 0x6A80);
    ck_assert_uint_eq(card->got.len, 0);
    ck_assert_uint_eq(talk_hex(card, "0087089B 06 7C0480008100 00"), 0x6A80);
    ck_assert_uint_eq(talk_hex(card, "0087089B 06 7C0480008200 00"), 0x6A80);
    ck_assert_uint_eq(talk_hex(card, "0087089B 06 7C0481008200 00"), 0x6A80);
    ck_assert_uint_eq(talk_hex(card, "0087089B 04 7C028200 00"), 0x6A80);
    ck_assert_uint_eq(talk_hex(card, "0087089B 04 7C028500 00"), 0x6A80);
    ck_assert_uint_eq(talk_hex(card, "0087039B 04 7C028000 00"), 0x6A86); /* 3DES */
}
END_TEST

START_TEST(management_key_is_replaced)
{
    static const uint8_t key[16] = "another key 16b";
    ready();
    ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
    ck_assert_uint_eq(domain_secret(card, 0x8014, 0, key, 16), 0x9000);
    card_memory_reset(&card->memory);
    ck_assert_uint_eq(talk_select(card), 0x9000);
    ck_assert_uint_eq(talk_admin(card, NULL), 0x6982);
    ck_assert_uint_eq(put_something(), 0x6982);
    ck_assert_uint_eq(talk_admin(card, key), 0x9000);
    ck_assert_uint_eq(put_something(), 0x9000);
}
END_TEST

/* Challenges don't repeat, within a session or after a reset. */
START_TEST(challenges_are_fresh)
{
    static uint8_t seen[200][16];
    card = talk_new();
    for (int i = 0; i < 200; i++) {
        if (i % 20 == 0) {
            card_memory_reset(&card->memory);
            ck_assert_uint_eq(talk_select(card), 0x9000);
        }
        ck_assert_uint_eq(talk_hex(card, i % 2 ? "0087089B 04 7C028000 00" : "0087089B 04 7C028100 00"), 0x9000);
        memcpy(seen[i], card->got.data + 4, 16);
        for (int j = 0; j < i; j++)
            ck_assert_mem_ne(seen[i], seen[j], 16);
    }
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { each_key_signs_under_its_rule, 0 },
        { lengths_of_hashes, 0 },
        { pin_always, 0 },
        { key_agreement, 0 },
        { malformed_templates, 0 },
        { generation, 0 },
        { single_authentication, 0 },
        { mutual_authentication, 0 },
        { no_oracle, 0 },
        { management_key_is_replaced, 0 },
        { challenges_are_fresh, 0 },
    };
    return suite_run("applet keys", tests, sizeof tests / sizeof tests[0]);
}
