/* SPDX-License-Identifier: BSD-2-Clause */
/* Lawful runs on the card: PACE with each password and suite, both chip authentications, terminal authentication, and
 * what each kind of reader can then read. */
#include <string.h>

#include "card_edge.h"
#include "eac_talk.h"
#include "suite.h"

static struct terminal t;
static const uint64_t officer = EAC_OFFICER;

static void begin(void)
{
    term_start(&t, eac_card());
}

START_TEST(constants_are_free)
{
    begin();
    ck_assert_uint_eq(term_send(&t, 0x00B09C00, NULL, 0, 0), 0x9000);
    ck_assert_uint_eq(t.out_len, 87);
    ck_assert_uint_eq(term_send(&t, 0x00B09E00, NULL, 0, 0xDF), 0x6282);
    ck_assert_uint_eq(term_hex(&t, 0x00A4020C, "2F01", NO_LE), 0x9000);
    ck_assert_uint_eq(term_send(&t, 0x00B00000, NULL, 0, 4), 0x9000);
    ck_assert_mem_eq(t.out, "\x7F\x66\x08\x02", 4);
    ck_assert_uint_eq(term_send(&t, 0x00B0000B, NULL, 0, 0), 0x6B00);
    ck_assert_uint_eq(term_send(&t, 0x00B09D00, NULL, 0, 0), 0x6982);
    ck_assert_uint_eq(term_send(&t, 0x00B09B00, NULL, 0, 0), 0x6A82);
}
END_TEST

/* Travel document: by each password but the PUK. */
START_TEST(travel_document)
{
    const uint8_t password = (uint8_t)(_i + 1);
    begin();
    ck_assert_uint_eq(term_pace(&t, password, NULL, NULL), 0x9000);
    ck_assert_uint_eq(term_select(&t, 'T'), 0x9000);
    unsigned expected = password == EAC_PUK ? 0x6982 : 0x9000;
    ck_assert_uint_eq(term_send(&t, 0x00B09D00, NULL, 0, 0), expected);
    ck_assert_uint_eq(term_hex(&t, 0x00A4020C, "0101", NO_LE), expected);
    ck_assert_uint_eq(term_send(&t, 0x00B00000, NULL, 0, 0), password == EAC_PUK ? 0x6982 : 0x9000);
    if (password != EAC_PUK)
        ck_assert_uint_eq(t.out_len, 95);
    ck_assert_uint_eq(term_send(&t, 0x00B09F00, NULL, 0, 0), password == EAC_PUK ? 0x6982 : 0x6A82);
    ck_assert_uint_eq(term_select(&t, 'D'), 0x9000);
    ck_assert_uint_eq(term_send(&t, 0x00B09100, NULL, 0, 0), 0x6982);
}
END_TEST

START_TEST(chip_1)
{
    begin();
    ck_assert_uint_eq(term_pace(&t, EAC_MRZ, NULL, NULL), 0x9000);
    ck_assert_uint_eq(term_select(&t, 'T'), 0x9000);
    ck_assert_uint_eq(term_chip(&t, 1), 0x9000);
    ck_assert_uint_eq(term_hex(&t, 0x00A4020C, "010E", NO_LE), 0x9000);
    ck_assert_uint_eq(term_send(&t, 0x00B00000, NULL, 0, 0), 0x9000);
    ck_assert_uint_eq(term_chip_set(&t, 1), 0x6985);
}
END_TEST

START_TEST(officer_reads_all)
{
    begin();
    if (_i == 1) {
        term_start(&t, eac_card_256());
        t.key_len = 32;
    }
    ck_assert_uint_eq(term_pace(&t, EAC_CAN_PASSWORD, NULL, &officer), 0x9000);
    ck_assert_uint_eq(t.car_len, 14);
    ck_assert_uint_eq(term_chain(&t, officer), 0x9000);
    ck_assert_uint_eq(term_prove(&t), 0x9000);
    ck_assert_uint_eq(term_send(&t, 0x00B09D00, NULL, 0, 0), 0x9000);
    ck_assert_uint_eq(t.out_len, 223);
    ck_assert_uint_eq(term_chip(&t, 2), 0x9000);
    ck_assert_uint_eq(term_select(&t, 'D'), 0x9000);
    static const struct {
        unsigned sfi, len;
    } files[] = { { 0x11, 1024 }, { 0x13, 768 }, { 0x14, 2048 }, { 0x15, 1024 } };
    for (size_t f = 0; f < 4; f++) {
        size_t at = 0;
        for (uint32_t header = 0x00B08000 | files[f].sfi << 8; at < files[f].len; header = 0x00B00000 | (uint32_t)at) {
            ck_assert_uint_eq(term_send(&t, header, NULL, 0, 0), 0x9000);
            at += t.out_len;
        }
        ck_assert_uint_eq(at, files[f].len);
        ck_assert_uint_eq(term_send(&t, 0x00B00000 | files[f].len, NULL, 0, 0), 0x6B00);
    }
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { constants_are_free, 0 },
        { travel_document, 4 },
        { chip_1, 0 },
        { officer_reads_all, 2 },
    };
    return suite_run("lds run", tests, sizeof tests / sizeof tests[0]);
}
