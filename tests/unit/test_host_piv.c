/* SPDX-License-Identifier: BSD-2-Clause */
/* The PIV driver against scripts: exact commands, exact counts, and answers that aren't what they should be. */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#include "card_edge.h"
#include "fake_card.h"
#include "sdc/piv.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define SELECT       "00 A4 04 00 0B A000000308000010000100 00"

/* Every function of the driver, called in one way, so that rows of a table can name it. */
enum call {
    CALL_SELECT,
    CALL_GET,
    CALL_GET_DISCOVERY,
    CALL_GUID,
    CALL_PUT,
    CALL_PUT_LONG,
    CALL_PUT_DISCOVERY,
    CALL_VERIFY,
    CALL_TRIES,
    CALL_LOGOUT,
    CALL_CHANGE,
    CALL_CHANGE_PUK,
    CALL_UNBLOCK,
    CALL_SIGN,
    CALL_DERIVE,
    CALL_GENERATE,
};

static enum sdc_status do_call(enum call call, struct sdc_link *link, struct sdc_buf *out, struct sdc_error *e)
{
    static const uint8_t content[300], hash[32] = { 1 }, point[SDC_P256_POINT_LEN] = { 4 };
    uint8_t fixed[SDC_P256_POINT_LEN] = { 0 };
    enum sdc_status status = SDC_E_BUG;
    size_t fixed_len = 0;
    int tries;
    switch (call) {
    case CALL_SELECT:
        return sdc_piv_select(link, e);
    case CALL_GET:
        return sdc_piv_get(link, OBJ_PRINTED, out, e);
    case CALL_GET_DISCOVERY:
        return sdc_piv_get(link, OBJ_DISCOVERY, out, e);
    case CALL_GUID:
        status = sdc_piv_get_guid(link, fixed, e);
        fixed_len = SDC_GUID_LEN;
        break;
    case CALL_PUT:
        return sdc_piv_put(link, OBJ_CCC, content, 2, e);
    case CALL_PUT_LONG:
        return sdc_piv_put(link, OBJ_CCC, content, sizeof content, e);
    case CALL_PUT_DISCOVERY:
        return sdc_piv_put(link, OBJ_DISCOVERY, "\x7E\x00", 2, e);
    case CALL_VERIFY:
        return sdc_piv_verify(link, "123456", 6, e);
    case CALL_TRIES:
        status = sdc_piv_tries(link, &tries, NULL, e);
        fixed[0] = (uint8_t)tries;
        fixed_len = 1;
        break;
    case CALL_LOGOUT:
        return sdc_piv_logout(link, e);
    case CALL_CHANGE:
        return sdc_piv_change(link, REF_PIN, "123456", 6, "87654321", 8, e);
    case CALL_CHANGE_PUK:
        return sdc_piv_change(link, REF_PUK, "12345678", 8, "87654321", 8, e);
    case CALL_UNBLOCK:
        return sdc_piv_unblock(link, "12345678", 8, "7654321", 7, e);
    case CALL_SIGN:
        return sdc_piv_sign(link, KEY_CARD_AUTHENTICATION, hash, out, e);
    case CALL_DERIVE:
        status = sdc_piv_derive(link, KEY_KEY_MANAGEMENT, point, fixed, e);
        fixed_len = 32;
        break;
    case CALL_GENERATE:
        status = sdc_piv_generate(link, KEY_PIV_AUTHENTICATION, fixed, e);
        fixed_len = sizeof fixed;
        break;
    }
    if (status == SDC_OK)
        sdc_buf_put(out, fixed, fixed_len);
    return status;
}

#define PIN_BYTES "31 32 33 34 35 36 FF FF"
#define HASH      "01 00(31)"
#define SIGN      "00 87 11 9E 26 7C 24 82 00 81 20 " HASH " 00"
#define DERIVE    "00 87 11 9D 47 7C 45 82 00 85 41 04 00(64) 00"
#define GENERATE  "00 47 00 9A 05 AC 03 80 01 11 00"
#define GENERATOR                                                                                                      \
    "04 6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296 "                                             \
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"

/* One APDU each; 'out' is what the caller gets. */
static const struct {
    enum call call;
    const char *command, *reply;
    enum sdc_status status;
    const char *out;
} rows[] = {
    { CALL_SELECT, SELECT, "61 11 4F 06 0000 1000 0100 79 07 4F 05 A000000308 90 00", SDC_OK, "" },
    { CALL_SELECT, SELECT, "61 0D 4F 0B A000000308000010000100 90 00", SDC_OK, "" },
    { CALL_SELECT, SELECT, "61 08 4F 06 0000 1000 0101 90 00", SDC_E_REPLY, "" },
    { CALL_SELECT, SELECT, "6F 08 84 06 0000 1000 0100 90 00", SDC_E_REPLY, "" },
    { CALL_SELECT, SELECT, "61 08 4F 06 0000 1000 0100 00 90 00", SDC_E_REPLY, "" },
    { CALL_SELECT, SELECT, "90 00", SDC_E_REPLY, "" },
    { CALL_SELECT, SELECT, "6A 82", SDC_E_NOT_FOUND, "" },
    { CALL_GET, "00 CB 3F FF 05 5C 03 5FC109 00", "53 03 01 01 41 90 00", SDC_OK, "01 01 41" },
    { CALL_GET, "00 CB 3F FF 05 5C 03 5FC109 00", "53 00 90 00", SDC_OK, "" },
    { CALL_GET, "00 CB 3F FF 05 5C 03 5FC109 00", "53 03 01 01 90 00", SDC_E_REPLY, "" },
    { CALL_GET, "00 CB 3F FF 05 5C 03 5FC109 00", "53 01 01 00 90 00", SDC_E_REPLY, "" },
    { CALL_GET, "00 CB 3F FF 05 5C 03 5FC109 00", "7E 01 01 90 00", SDC_E_REPLY, "" },
    { CALL_GET, "00 CB 3F FF 05 5C 03 5FC109 00", "90 00", SDC_E_REPLY, "" },
    { CALL_GET, "00 CB 3F FF 05 5C 03 5FC109 00", "69 82", SDC_E_DENIED, "" },
    { CALL_GET, "00 CB 3F FF 05 5C 03 5FC109 00", "53 01 01 6A 82", SDC_E_NOT_FOUND, "" },
    { CALL_GET_DISCOVERY, "00 CB 3F FF 03 5C 01 7E 00", "7E 02 4F 00 90 00", SDC_OK, "7E 02 4F 00" },
    { CALL_GET_DISCOVERY, "00 CB 3F FF 03 5C 01 7E 00", "53 02 4F 00 90 00", SDC_E_REPLY, "" },
    { CALL_GUID, "00 CB 3F FF 05 5C 03 5FC102 31", "53 82 0C 00 30 19 D4(25) 34 10 AB(16) 61 00", SDC_OK, "AB(16)" },
    { CALL_GUID, "00 CB 3F FF 05 5C 03 5FC102 31", "53 3B 30 19 D4(25) 34 10 AB(16) 35 08 61 10", SDC_OK, "AB(16)" },
    { CALL_GUID, "00 CB 3F FF 05 5C 03 5FC102 31", "53 2D 30 19 D4(25) 34 10 AB(16) 90 00", SDC_OK, "AB(16)" },
    { CALL_GUID, "00 CB 3F FF 05 5C 03 5FC102 31", "53 82 0C 00 30 19 D4(25) 34 0F AB(15) 90 00", SDC_E_REPLY, "" },
    { CALL_GUID, "00 CB 3F FF 05 5C 03 5FC102 31", "53 82 0C 00 30 19 D4(25) 34 10 AB(15) 90 00", SDC_E_REPLY, "" },
    { CALL_GUID, "00 CB 3F FF 05 5C 03 5FC102 31", "54 82 0C 00 30 19 D4(25) 34 10 AB(16) 90 00", SDC_E_REPLY, "" },
    { CALL_GUID, "00 CB 3F FF 05 5C 03 5FC102 31", "53 00 90 00", SDC_E_REPLY, "" },
    { CALL_GUID, "00 CB 3F FF 05 5C 03 5FC102 31", "90 00", SDC_E_REPLY, "" },
    { CALL_PUT, "00 DB 3F FF 09 5C 03 5FC107 53 02 00 00", "90 00", SDC_OK, "" },
    { CALL_PUT, "00 DB 3F FF 09 5C 03 5FC107 53 02 00 00", "6A 84", SDC_E_CARD_FULL, "" },
    { CALL_PUT, "00 DB 3F FF 09 5C 03 5FC107 53 02 00 00", "00 90 00", SDC_E_REPLY, "" },
    { CALL_PUT_DISCOVERY, "00 DB 3F FF 02 7E 00", "90 00", SDC_OK, "" },
    { CALL_VERIFY, "00 20 00 80 08 " PIN_BYTES, "90 00", SDC_OK, "" },
    { CALL_VERIFY, "00 20 00 80 08 " PIN_BYTES, "63 C2", SDC_E_PIN_WRONG, "" },
    { CALL_VERIFY, "00 20 00 80 08 " PIN_BYTES, "63 C0", SDC_E_PIN_BLOCKED, "" },
    { CALL_VERIFY, "00 20 00 80 08 " PIN_BYTES, "69 83", SDC_E_PIN_BLOCKED, "" },
    { CALL_VERIFY, "00 20 00 80 08 " PIN_BYTES, "69 85", SDC_E_CONDITIONS, "" },
    { CALL_VERIFY, "00 20 00 80 08 " PIN_BYTES, "6A 80", SDC_E_PIN_FORMAT, "" },
    { CALL_VERIFY, "00 20 00 80 08 " PIN_BYTES, "6C 08", SDC_E_CARD, "" }, /* never sent twice */
    { CALL_TRIES, "00 20 00 80", "63 C2", SDC_OK, "02" },
    { CALL_TRIES, "00 20 00 80", "63 C0", SDC_OK, "00" },
    { CALL_TRIES, "00 20 00 80", "69 83", SDC_OK, "00" },
    { CALL_TRIES, "00 20 00 80", "90 00", SDC_OK, "03" },
    { CALL_TRIES, "00 20 00 80", "69 85", SDC_E_CONDITIONS, "" },
    { CALL_TRIES, "00 20 00 80", "6A 88", SDC_E_NOT_FOUND, "" },
    { CALL_LOGOUT, "00 20 FF 80", "90 00", SDC_OK, "" },
    { CALL_CHANGE, "00 24 00 80 10 " PIN_BYTES " 38 37 36 35 34 33 32 31", "90 00", SDC_OK, "" },
    { CALL_CHANGE, "00 24 00 80 10 " PIN_BYTES " 38 37 36 35 34 33 32 31", "63 C1", SDC_E_PIN_WRONG, "" },
    { CALL_CHANGE_PUK, "00 24 00 81 10 31 32 33 34 35 36 37 38 38 37 36 35 34 33 32 31", "90 00", SDC_OK, "" },
    { CALL_UNBLOCK, "00 2C 00 80 10 31 32 33 34 35 36 37 38 37 36 35 34 33 32 31 FF", "90 00", SDC_OK, "" },
    { CALL_UNBLOCK, "00 2C 00 80 10 31 32 33 34 35 36 37 38 37 36 35 34 33 32 31 FF", "69 85", SDC_E_CONDITIONS, "" },
    { CALL_SIGN, SIGN, "7C 0A 82 08 30 06 02 01 01 02 01 7F 90 00", SDC_OK, "30 06 02 01 01 02 01 7F" },
    { CALL_SIGN, SIGN, "7C 4C 82 4A 30 48 02 21 00 FF(32) 02 23 00 FF(34) 90 00", SDC_E_REPLY, "" },
    { CALL_SIGN, SIGN, "7C 4A 82 48 30 46 02 21 00 FF(32) 02 21 00 80(32) 90 00", SDC_OK,
      "30 46 02 21 00 FF(32) 02 21 00 80(32)" },
    { CALL_SIGN, SIGN, "7C 0A 82 08 30 06 02 01 00 02 01 7F 90 00", SDC_E_REPLY, "" },    /* zero */
    { CALL_SIGN, SIGN, "7C 0A 82 08 30 06 02 01 81 02 01 7F 90 00", SDC_E_REPLY, "" },    /* negative */
    { CALL_SIGN, SIGN, "7C 0B 82 09 30 07 02 02 00 01 02 01 7F 90 00", SDC_E_REPLY, "" }, /* not minimal */
    { CALL_SIGN, SIGN, "7C 09 82 07 30 05 02 00 02 01 7F 00 90 00", SDC_E_REPLY, "" },
    { CALL_SIGN, SIGN, "7C 0B 82 09 30 06 02 01 01 02 01 7F 00 90 00", SDC_E_REPLY, "" }, /* a byte more */
    { CALL_SIGN, SIGN, "7C 0A 81 08 30 06 02 01 01 02 01 7F 90 00", SDC_E_REPLY, "" },
    { CALL_SIGN, SIGN, "90 00", SDC_E_REPLY, "" },
    { CALL_SIGN, SIGN, "69 82", SDC_E_DENIED, "" },
    { CALL_DERIVE, DERIVE, "7C 22 82 20 AB(32) 90 00", SDC_OK, "AB(32)" },
    { CALL_DERIVE, DERIVE, "7C 21 82 1F AB(31) 90 00", SDC_E_REPLY, "" },
    { CALL_DERIVE, DERIVE, "7C 23 82 21 AB(33) 90 00", SDC_E_REPLY, "" },
    { CALL_GENERATE, GENERATE, "7F49 43 86 41 " GENERATOR " 90 00", SDC_OK, GENERATOR },
    { CALL_GENERATE, GENERATE, "7F49 43 86 41 04 00(63) 01 90 00", SDC_E_REPLY, "" }, /* not on the curve */
    { CALL_GENERATE, GENERATE, "7F49 43 86 41 00(65) 90 00", SDC_E_REPLY, "" },       /* infinity */
    { CALL_GENERATE, GENERATE, "7F49 42 86 40 04 00(63) 90 00", SDC_E_REPLY, "" },
    { CALL_GENERATE, GENERATE, "69 82", SDC_E_DENIED, "" },
};

START_TEST(command_and_answer)
{
    const struct fake_step steps[] = { { rows[_i].command, rows[_i].reply } };
    struct fake_card card;
    struct sdc_link *link = fake_card_open(&card, steps, 1, false);
    struct sdc_buf out = SDC_BUF_INIT, want = SDC_BUF_INIT;
    struct sdc_error e = { .text = "" };
    enum sdc_status status = do_call(rows[_i].call, link, &out, &e);
    ck_assert_msg(!fake_card_fault(&card), "row %d: %s", _i, fake_card_fault(&card));
    ck_assert_msg(status == rows[_i].status, "row %d: status %d, %s", _i, status, e.text);
    fake_hex(&want, rows[_i].out);
    ck_assert_msg(out.len == want.len && (out.len == 0 || memcmp(out.data, want.data, out.len) == 0), "row %d", _i);
    if (status != SDC_OK)
        ck_assert_int_eq(e.status, status);
    if (status == SDC_E_PIN_WRONG)
        ck_assert_int_ge(e.tries, 1);
    ck_assert_ptr_null(strstr(e.text, "123456")); /* no secret in a text */
    sdc_buf_free(&want);
    sdc_buf_free(&out);
    sdc_link_close(link);
}
END_TEST

/* A transport that fails in any call: the status comes through, the text says what was tried. */
START_TEST(fault_comes_through_every_call)
{
    struct fake_card card;
    struct sdc_link *link = fake_card_open(&card, NULL, 0, false);
    card.fault = SDC_E_REMOVED;
    struct sdc_buf out = SDC_BUF_INIT;
    struct sdc_error e;
    ck_assert_int_eq(do_call((enum call)_i, link, &out, &e), SDC_E_REMOVED);
    ck_assert_int_eq(e.status, SDC_E_REMOVED);
    ck_assert_int_eq(do_call((enum call)_i, link, &out, NULL), SDC_E_REMOVED);
    ck_assert_uint_eq(out.len, 0);
    sdc_link_close(link);
}
END_TEST

/* What isn't six to eight digits never reaches the card. */
START_TEST(malformed_pin_is_not_sent)
{
    static const char *const bad[] = { "", "12345", "123456789", "12345a", "12345 ", "１２３４５６", "-12345" };
    struct fake_card card;
    struct sdc_link *link = fake_card_open(&card, NULL, 0, false);
    struct sdc_error e;
    for (size_t i = 0; i < COUNT(bad); i++) {
        size_t len = strlen(bad[i]);
        ck_assert_int_eq(sdc_piv_verify(link, bad[i], len, &e), SDC_E_PIN_FORMAT);
        ck_assert_int_eq(sdc_piv_change(link, REF_PIN, bad[i], len, "123456", 6, &e), SDC_E_PIN_FORMAT);
        ck_assert_int_eq(sdc_piv_change(link, REF_PIN, "123456", 6, bad[i], len, &e), SDC_E_PIN_FORMAT);
        ck_assert_int_eq(sdc_piv_unblock(link, "12345678", 8, bad[i], len, &e), SDC_E_PIN_FORMAT);
    }
    ck_assert_int_eq(sdc_piv_verify(link, NULL, 6, &e), SDC_E_PIN_FORMAT);
    ck_assert_int_eq(sdc_piv_verify(link, "12345\0", 6, &e), SDC_E_PIN_FORMAT);
    ck_assert_int_eq(sdc_piv_change(link, REF_PUK, "1234567", 7, "12345678", 8, &e), SDC_E_PIN_FORMAT);
    ck_assert_int_eq(sdc_piv_change(link, REF_PUK, "12345678", 8, "1234567", 7, &e), SDC_E_PIN_FORMAT);
    ck_assert_int_eq(sdc_piv_unblock(link, "1234567", 7, "123456", 6, &e), SDC_E_PIN_FORMAT);
    ck_assert_uint_eq(card.at, 0);
    ck_assert_uint_eq(link->stats.apdus, 0);
    sdc_link_close(link);
}
END_TEST

START_TEST(verified_pin_is_told)
{
    const struct fake_step steps[] = { { "00 20 00 80", "90 00" }, { "00 20 00 80", "63 C3" } };
    struct fake_card card;
    struct sdc_link *link = fake_card_open(&card, steps, 2, false);
    int tries;
    bool verified;
    ck_assert_int_eq(sdc_piv_tries(link, &tries, &verified, NULL), SDC_OK);
    ck_assert(verified);
    ck_assert_int_eq(sdc_piv_tries(link, &tries, &verified, NULL), SDC_OK);
    ck_assert(!verified);
    ck_assert_int_eq(tries, 3);
    sdc_link_close(link);
}
END_TEST

/* The same work with and without extended length: budgets, exact. */
static const struct {
    const char *name;
    enum call call;
    bool extended;
    struct fake_step steps[9];
    size_t apdus, bytes_out, bytes_in;
} budgets[] = {
    { "write 300 bytes, chained",
      CALL_PUT_LONG,
      false,
      { { "10 DB 3F FF FF 5C 03 5FC107 53 82 01 2C 00(246)", "90 00" }, { "00 DB 3F FF 36 00(54)", "90 00" } },
      2,
      319,
      4 },
    { "write 300 bytes, extended",
      CALL_PUT_LONG,
      true,
      { { "00 DB 3F FF 00 01 35 5C 03 5FC107 53 82 01 2C 00(300)", "90 00" } },
      1,
      316,
      2 },
    { "read 604 bytes, short",
      CALL_GET,
      false,
      { { "*", "53 82 02 58 00(252) 61 00" }, { "*", "00(256) 61 5C" }, { "*", "00(92) 90 00" } },
      3,
      21,
      610 },
    { "read 604 bytes, extended",
      CALL_GET,
      true,
      { { "00 CB 3F FF 00 00 05 5C 03 5FC109 00 00", "53 82 02 58 00(600) 90 00" } },
      1,
      14,
      606 },
    { "GUID, extended",
      CALL_GUID,
      true,
      { { "00 CB 3F FF 05 5C 03 5FC102 31", "53 82 0C 00 30 19 D4(25) 34 10 AB(16) 61 00" } },
      1,
      11,
      51 },
    { "sign, extended", CALL_SIGN, true, { { SIGN, "7C 0A 82 08 30 06 02 01 01 02 01 7F 90 00" } }, 1, 44, 14 },
    { "select, extended", CALL_SELECT, true, { { SELECT, "61 08 4F 06 0000 1000 0100 90 00" } }, 1, 17, 12 },
};

START_TEST(budget)
{
    size_t count = 0;
    while (count < COUNT(budgets[_i].steps) && budgets[_i].steps[count].command)
        count++;
    struct fake_card card;
    struct sdc_link *link = fake_card_open(&card, budgets[_i].steps, count, budgets[_i].extended);
    struct sdc_buf out = SDC_BUF_INIT;
    struct sdc_error e = { .text = "" };
    enum sdc_status status = do_call(budgets[_i].call, link, &out, &e);
    ck_assert_msg(status == SDC_OK && !fake_card_fault(&card), "%s: %s", budgets[_i].name, e.text);
    ck_assert_msg(link->stats.apdus == budgets[_i].apdus && link->stats.bytes_out == budgets[_i].bytes_out &&
                      link->stats.bytes_in == budgets[_i].bytes_in,
                  "%s: %lu APDUs, %lu out, %lu in", budgets[_i].name, (unsigned long)link->stats.apdus,
                  (unsigned long)link->stats.bytes_out, (unsigned long)link->stats.bytes_in);
    sdc_buf_free(&out);
    sdc_link_close(link);
}
END_TEST

/* The management key: NIST's AES-128 example (FIPS 197, C.1) is the card's witness. Without knowing our challenge a
 * script can't answer it rightly: a card that merely talks is told from one that knows the key. */
START_TEST(management_key)
{
    static const uint8_t key[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
    const struct fake_step witness = { "00 87 08 9B 04 7C 02 80 00 00",
                                       "7C 12 80 10 69C4E0D86A7B0430D8CDB78070B4C55A 90 00" };
    static const struct {
        const char *reply;
        enum sdc_status status;
    } second[] = { { "7C 12 82 10 00(16) 90 00", SDC_E_SIGNATURE },
                   { "7C 11 82 0F 00(15) 90 00", SDC_E_REPLY },
                   { "7C 12 81 10 00(16) 90 00", SDC_E_REPLY },
                   { "90 00", SDC_E_REPLY },
                   { "69 82", SDC_E_DENIED },
                   { "63 00", SDC_E_DENIED } };
    for (size_t i = 0; i < COUNT(second); i++) {
        const struct fake_step steps[] = { witness, { "*", second[i].reply } };
        struct fake_card card;
        struct sdc_link *link = fake_card_open(&card, steps, 2, true);
        struct sdc_error e;
        ck_assert_int_eq(sdc_piv_admin(link, key, &e), second[i].status);
        ck_assert_ptr_null(fake_card_fault(&card));
        ck_assert_uint_eq(link->stats.apdus, 2); /* one try, never a second */
        sdc_link_close(link);
    }
    const struct fake_step refused[] = { { witness.command, "6A 88" } };
    struct fake_card card;
    struct sdc_link *link = fake_card_open(&card, refused, 1, true);
    ck_assert_int_eq(sdc_piv_admin(link, key, NULL), SDC_E_NOT_FOUND);
    sdc_link_close(link);
}
END_TEST

START_TEST(key_table)
{
    ck_assert_uint_eq(sdc_piv_keys_len, 4);
    for (size_t i = 0; i < sdc_piv_keys_len; i++) {
        ck_assert_str_ne(sdc_piv_keys[i].name, "");
        ck_assert_uint_eq(sdc_piv_keys[i].cert_object >> 8, 0x5FC1);
        for (size_t k = 0; k < i; k++) {
            ck_assert_uint_ne(sdc_piv_keys[i].ref, sdc_piv_keys[k].ref);
            ck_assert_uint_ne(sdc_piv_keys[i].cert_object, sdc_piv_keys[k].cert_object);
        }
    }
}
END_TEST

/* A card whose ATR doesn't say so tells that it takes extended length when PIV is selected (7816-4 12.7.1); only the
 * whole length counts, and nothing is believed that is malformed. */
START_TEST(select_says_extended_length)
{
    static const struct {
        const char *reply;
        bool extended;
    } replies[] = {
        { "61 13 4F 06 0000 1000 0100 7F66 08 02 02 FFFF 02 02 FFFF 90 00", true },
        { "61 08 4F 06 0000 1000 0100 90 00", false },
        { "61 13 4F 06 0000 1000 0100 7F66 08 02 02 FFFF 02 02 0800 90 00", false },
        { "61 13 4F 06 0000 1000 0100 7F66 08 02 02 0800 02 02 FFFF 90 00", false },
        { "61 0F 4F 06 0000 1000 0100 7F66 04 02 02 FFFF 90 00", false },
        { "61 15 4F 06 0000 1000 0100 7F66 0A 02 02 FFFF 02 02 FFFF 0500 90 00", false },
    };
    const struct fake_step steps[] = { { SELECT, replies[_i].reply } };
    struct fake_card card;
    struct sdc_link *link = fake_card_open(&card, steps, 1, false);
    ck_assert(!link->extended);
    ck_assert_int_eq(sdc_piv_select(link, NULL), SDC_OK);
    ck_assert_msg(link->extended == replies[_i].extended, "%s", replies[_i].reply);
    sdc_link_close(link);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { command_and_answer, COUNT(rows) },
        { fault_comes_through_every_call, CALL_GENERATE + 1 },
        { malformed_pin_is_not_sent, 0 },
        { verified_pin_is_told, 0 },
        { budget, COUNT(budgets) },
        { management_key, 0 },
        { key_table, 0 },
        { select_says_extended_length, 6 },
    };
    return suite_run("host PIV", tests, COUNT(tests));
}
