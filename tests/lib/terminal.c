/* SPDX-License-Identifier: BSD-2-Clause */
/* The terminal's protocols. */
#include "terminal.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain_talk.h"

#define OID_ARC_PACE "04007F000702020402"
#define OID_ARC_CHIP "04007F000702020302"

static void suite_oid(const struct terminal *t, const char *arc, uint8_t oid[static 10])
{
    talk_unhex(arc, oid, 10);
    oid[9] = t->key_len == 32 ? 0x04 : 0x02;
}

struct terminal terminal_at(struct talk *talk, size_t key_len)
{
    return (struct terminal) { .talk = talk, .key_len = key_len };
}

static void keys_from(struct terminal_keys *keys, const void *secret, size_t len, size_t key_len)
{
    *keys = (struct terminal_keys) { .open = true };
    math_kdf(secret, len, 1, key_len, keys->enc);
    math_kdf(secret, len, 2, key_len, keys->mac);
}

/* First 8 bytes of the CMAC over 7F49{06 OID, 86 point}. */
static void token(const struct terminal *t, const struct terminal_keys *keys, const char *arc, const uint8_t *point,
                  uint8_t out[static 8])
{
    uint8_t input[3 + 12 + 2 + MATH_POINT] = { 0x7F, 0x49, 12 + 2 + MATH_POINT, 0x06, 10 }, mac[16];
    suite_oid(t, arc, input + 5);
    input[15] = 0x86;
    input[16] = MATH_POINT;
    memcpy(input + 17, point, MATH_POINT);
    domain_cmac(keys->mac, t->key_len, input, sizeof input, mac);
    memcpy(out, mac, 8);
}

static unsigned fresh_count;

/* A fresh scalar, the same from run to run. */
static void fresh(uint8_t scalar[static 32])
{
    char name[32];
    snprintf(name, sizeof name, "fresh %u", ++fresh_count);
    math_key(name, scalar);
}

void terminal_rewind(void)
{
    fresh_count = 0;
}

/* ---- PACE ---- */

static size_t put_chat(uint8_t *out, uint64_t chat)
{
    size_t len = talk_unhex("7F4C 12 06 09 04007F000703010202 53 05", out, 32);
    for (int i = 0; i < 5; i++)
        out[len++] = (uint8_t)(chat >> (32 - 8 * i));
    return len;
}

unsigned terminal_mse(struct terminal *t, enum terminal_password password, const uint64_t *chat)
{
    uint8_t data[64] = { 0x80, 10 };
    size_t len = 12;
    suite_oid(t, OID_ARC_PACE, data + 2);
    data[len++] = 0x83;
    data[len++] = 1;
    data[len++] = t->password = (uint8_t)password;
    len += talk_unhex("84 01 0C", data + len, 3);
    if (chat != NULL)
        len += put_chat(data + len, *chat);
    return terminal_send(t, 0x0022C1A4, data, len, NO_LE);
}

unsigned terminal_nonce(struct terminal *t, const char *secret)
{
    uint8_t k[20], key[32];
    size_t len = strlen(secret);
    memcpy(k, secret, len < sizeof k ? len : sizeof k);
    if (t->password == WITH_MRZ) {
        math_sha1(secret, len, k);
        len = 20;
    }
    math_kdf(k, len, 3, t->key_len, key);
    unsigned sw = terminal_hex(t, 0x10860000, "7C00", 0);
    if (sw != 0x9000)
        return sw;
    ck_assert_uint_eq(t->talk->got.len, 20);
    ck_assert_mem_eq(t->talk->got.data, "\x7C\x12\x80\x10", 4);
    memcpy(t->nonce, t->talk->got.data + 4, 16);
    math_cbc(false, key, t->key_len, NULL, t->nonce, 16);
    return sw;
}

/* 7C{tag point}; the card's is answered with the next tag. */
static unsigned exchange(struct terminal *t, uint8_t tag, const uint8_t own[MATH_POINT], uint8_t card[MATH_POINT])
{
    uint8_t data[4 + MATH_POINT] = { 0x7C, 2 + MATH_POINT, tag, MATH_POINT };
    memcpy(data + 4, own, MATH_POINT);
    unsigned sw = terminal_send(t, 0x10860000, data, sizeof data, 0);
    if (sw != 0x9000)
        return sw;
    data[2] = (uint8_t)(tag + 1);
    ck_assert_uint_eq(t->talk->got.len, sizeof data);
    ck_assert_mem_eq(t->talk->got.data, data, 4);
    memcpy(card, t->talk->got.data + 4, MATH_POINT);
    return sw;
}

unsigned terminal_map(struct terminal *t)
{
    uint8_t own[MATH_POINT], card[MATH_POINT], h[MATH_POINT];
    fresh(t->scalar);
    math_multiply(NULL, t->scalar, own);
    unsigned sw = exchange(t, 0x81, own, card);
    if (sw == 0x9000) {
        math_multiply(card, t->scalar, h);
        math_map(t->nonce, h, t->generator);
    }
    return sw;
}

unsigned terminal_agree(struct terminal *t)
{
    uint8_t own[MATH_POINT], card[MATH_POINT], k[MATH_POINT];
    fresh(t->scalar);
    math_multiply(t->generator, t->scalar, own);
    unsigned sw = exchange(t, 0x83, own, card);
    if (sw != 0x9000)
        return sw;
    math_multiply(card, t->scalar, k);
    keys_from(&t->next, k + 1, 32, t->key_len);
    token(t, &t->next, OID_ARC_PACE, card, t->token);
    token(t, &t->next, OID_ARC_PACE, own, t->expected);
    memcpy(t->id_picc, card + 1, 32);
    return sw;
}

/* 7C{86 token [87 CAR] [88 CAR]} */
static void take_token(struct terminal *t)
{
    const struct answer_seen *got = &t->talk->got;
    ck_assert_uint_ge(got->len, 12);
    ck_assert_uint_eq(got->data[0], 0x7C);
    ck_assert_uint_eq(got->data[1] + 2u, got->len);
    ck_assert_mem_eq(got->data + 2, "\x86\x08", 2);
    ck_assert_mem_eq(got->data + 4, t->expected, 8);
    memset(t->authority, 0, sizeof t->authority);
    for (size_t at = 12, i = 0; at < got->len; at += 2u + got->data[at + 1], i++) {
        ck_assert_uint_lt(i, 2);
        ck_assert_uint_eq(got->data[at], 0x87 + i);
        ck_assert_uint_le(got->data[at + 1], 16);
        memcpy(t->authority[i], got->data + at + 2, got->data[at + 1]);
    }
}

unsigned terminal_token(struct terminal *t, bool right)
{
    uint8_t data[12] = { 0x7C, 10, 0x85, 8 };
    memcpy(data + 4, t->token, 8);
    data[4] ^= !right;
    unsigned sw = terminal_send(t, 0x00860000, data, sizeof data, 0);
    if (sw == 0x9000) {
        take_token(t);
        t->keys = t->next;
    }
    return sw;
}

unsigned terminal_pace(struct terminal *t, enum terminal_password password, const char *secret, const uint64_t *chat)
{
    unsigned sw = terminal_mse(t, password, chat);
    if (sw == 0x9000 || sw >> 4 == 0x63C)
        sw = terminal_nonce(t, secret);
    if (sw == 0x9000)
        sw = terminal_map(t);
    if (sw == 0x9000)
        sw = terminal_agree(t);
    return sw == 0x9000 ? terminal_token(t, true) : sw;
}

/* ---- terminal authentication ---- */

unsigned terminal_dst(struct terminal *t, const char *name)
{
    uint8_t data[32] = { 0x83, (uint8_t)strlen(name) };
    memcpy(data + 2, name, strlen(name));
    return terminal_send(t, 0x002281B6, data, 2 + strlen(name), NO_LE);
}

unsigned terminal_pso(struct terminal *t, const struct certificate *certificate)
{
    uint8_t data[CERTIFICATE_CAP];
    size_t len = terminal_certificate_make(certificate, data);
    return terminal_chained(t, 0x002A00BE, data, len);
}

unsigned terminal_at_set(struct terminal *t, const char *name)
{
    uint8_t data[200];
    size_t len = talk_unhex("80 0A 04007F00070202020203 83", data, 13);
    fresh(t->chip_scalar);
    math_multiply(NULL, t->chip_scalar, t->chip_point);
    data[len++] = (uint8_t)strlen(name);
    memcpy(data + len, name, strlen(name));
    len += strlen(name);
    data[len++] = 0x91;
    data[len++] = 32;
    memcpy(data + len, t->chip_point + 1, 32);
    len += 32;
    if (t->auxiliary != NULL)
        len += talk_unhex(t->auxiliary, data + len, sizeof data - len);
    return terminal_send(t, 0x002281A4, data, len, NO_LE);
}

unsigned terminal_challenge(struct terminal *t)
{
    unsigned sw = terminal_send(t, 0x00840000, NULL, 0, 8);
    if (sw == 0x9000) {
        ck_assert_uint_eq(t->talk->got.len, 8);
        memcpy(t->challenge, t->talk->got.data, 8);
    }
    return sw;
}

void terminal_sign(struct terminal *t, const char *name)
{
    uint8_t input[72 + 128], scalar[32];
    memcpy(input, t->id_picc, 32);
    memcpy(input + 32, t->challenge, 8);
    memcpy(input + 40, t->chip_point + 1, 32);
    size_t len = 72;
    if (t->auxiliary != NULL)
        len += talk_unhex(t->auxiliary, input + len, sizeof input - len);
    math_key(name, scalar);
    math_sign(scalar, input, len, t->signature);
}

unsigned terminal_external(struct terminal *t)
{
    return terminal_send(t, 0x00820000, t->signature, sizeof t->signature, NO_LE);
}

unsigned terminal_chain(struct terminal *t, const struct certificate *dv, const struct certificate *own)
{
    unsigned sw = terminal_dst(t, dv->authority);
    if (sw == 0x9000)
        sw = terminal_pso(t, dv);
    if (sw == 0x9000)
        sw = terminal_dst(t, own->authority);
    return sw == 0x9000 ? terminal_pso(t, own) : sw;
}

unsigned terminal_authenticate(struct terminal *t, const struct certificate *dv, const struct certificate *own)
{
    unsigned sw = terminal_chain(t, dv, own);
    if (sw == 0x9000)
        sw = terminal_at_set(t, own->holder);
    if (sw == 0x9000)
        sw = terminal_challenge(t);
    if (sw != 0x9000)
        return sw;
    terminal_sign(t, own->key);
    return terminal_external(t);
}

/* ---- chip authentication ---- */

unsigned terminal_mse_chip(struct terminal *t, const char *key)
{
    uint8_t data[32] = { 0x80, 10 };
    suite_oid(t, OID_ARC_CHIP, data + 2);
    size_t len = 12;
    if (key != NULL) {
        data[len++] = 0x84;
        data[len++] = (uint8_t)(strlen(key) / 2);
        len += talk_unhex(key, data + len, sizeof data - len);
    }
    return terminal_send(t, 0x002241A4, data, len, NO_LE);
}

unsigned terminal_chip_step(struct terminal *t, const uint8_t point[static MATH_POINT], int version)
{
    uint8_t data[4 + MATH_POINT] = { 0x7C, 2 + MATH_POINT, 0x80, MATH_POINT };
    uint8_t card[MATH_POINT], scalar[32], secret[32 + 8], z[MATH_POINT], expected[8];
    memcpy(data + 4, point, MATH_POINT);
    unsigned sw = terminal_send(t, 0x00860000, data, sizeof data, 0);
    if (sw != 0x9000)
        return sw;
    const struct answer_seen *got = &t->talk->got;
    math_key(version == 1 ? "ca1 card" : "ca card", scalar);
    math_multiply(NULL, scalar, card);
    math_multiply(card, t->chip_scalar, z);
    memcpy(secret, z + 1, 32);
    if (version == 1) {
        ck_assert_uint_eq(got->len, 2);
        ck_assert_mem_eq(got->data, "\x7C\x00", 2);
        keys_from(&t->keys, secret, 32, t->key_len);
        return sw;
    }
    ck_assert_uint_eq(got->len, 22);
    ck_assert_mem_eq(got->data, "\x7C\x14\x81\x08", 4);
    ck_assert_mem_eq(got->data + 12, "\x82\x08", 2);
    memcpy(secret + 32, got->data + 4, 8);
    keys_from(&t->next, secret, 40, t->key_len);
    token(t, &t->next, OID_ARC_CHIP, point, expected);
    ck_assert_mem_eq(got->data + 14, expected, 8);
    t->keys = t->next;
    return sw;
}

unsigned terminal_chip(struct terminal *t, int version)
{
    if (version == 1) {
        fresh(t->chip_scalar);
        math_multiply(NULL, t->chip_scalar, t->chip_point);
    }
    unsigned sw = terminal_mse_chip(t, version == 1 ? "01" : "02");
    return sw == 0x9000 ? terminal_chip_step(t, t->chip_point, version) : sw;
}

/* ---- files ---- */

unsigned terminal_select(struct terminal *t, unsigned df)
{
    if (df == 0)
        return terminal_send(t, 0x00A4000C, NULL, 0, NO_LE);
    return terminal_hex(t, 0x00A4040C, df == 1 ? "A0000002471001" : "F0534443444F434B4554", NO_LE);
}

unsigned terminal_read(struct terminal *t, uint8_t sfi)
{
    return terminal_send(t, 0x00B08000u | (uint32_t)sfi << 8, NULL, 0, 0);
}

unsigned terminal_update(struct terminal *t, uint8_t sfi, uint32_t version)
{
    uint8_t file[2100];
    size_t len = terminal_file(2, sfi, version, file, sizeof file);
    return terminal_chained(t, 0x00D68000u | (uint32_t)sfi << 8, file, len);
}

void terminal_officer(struct terminal *t, enum terminal_password password, uint64_t chat)
{
    struct certificate own = shown_terminal, dv = shown_dv;
    own.chat = chat;
    dv.chat |= chat;
    const char *const secrets[] = { "", TERMINAL_MRZ, TERMINAL_CAN, TERMINAL_PIN, TERMINAL_PUK };
    ck_assert_uint_eq(terminal_pace(t, password, secrets[password], &chat), 0x9000);
    ck_assert_uint_eq(terminal_authenticate(t, &dv, &own), 0x9000);
    ck_assert_uint_eq(terminal_chip(t, 2), 0x9000);
    ck_assert_uint_eq(terminal_select(t, 2), 0x9000);
}

void terminal_lawful(struct talk *talk)
{
    static const uint8_t groups[] = { 17, 19, 20, 21 };
    card_memory_reset(&talk->memory);
    struct terminal t = terminal_at(talk, 16);
    terminal_officer(&t, WITH_CAN, CHAT_OFFICER);
    for (size_t i = 0; i < sizeof groups; i++) {
        ck_assert_uint_eq(terminal_read(&t, groups[i]), 0x9000);
        ck_assert_uint_eq(talk->got.len, 223);
        ck_assert_uint_eq(talk->got.data[0], 0x60u + groups[i]);
    }
}
