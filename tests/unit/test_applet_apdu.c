/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking command APDUs apart: each case of ISO/IEC 7816-3 12.1.3 and its neighbours of one byte more and one less. */
#include <string.h>

#include "apdu.h"
#include "suite.h"

static uint8_t bytes[66000];

static bool parse(size_t len, struct apdu *apdu)
{
    return apdu_parse(bytes, len, apdu);
}

/* Header and the bytes given. */
static void set(const char *body, size_t len)
{
    memset(bytes, 0xEE, sizeof bytes);
    memcpy(bytes, "\x00\xCB\x3F\xFF", 4);
    memcpy(bytes + 4, body, len);
}

START_TEST(header)
{
    struct apdu apdu;
    set("", 0);
    for (size_t len = 0; len < 4; len++)
        ck_assert(!parse(len, &apdu));
    ck_assert(parse(4, &apdu)); /* case 1 */
    ck_assert_uint_eq(apdu.cla, 0x00);
    ck_assert_uint_eq(apdu.ins, 0xCB);
    ck_assert_uint_eq(apdu.p1, 0x3F);
    ck_assert_uint_eq(apdu.p2, 0xFF);
    ck_assert_uint_eq(apdu.data.left, 0);
    ck_assert_uint_eq(apdu.le, 256);
}
END_TEST

START_TEST(case_2)
{
    struct apdu apdu;
    set("\x00", 1);
    ck_assert(parse(5, &apdu));
    ck_assert_uint_eq(apdu.le, 256);
    set("\x31", 1);
    ck_assert(parse(5, &apdu));
    ck_assert_uint_eq(apdu.le, 0x31);
    set("\x00\x01", 2);
    ck_assert(!parse(6, &apdu)); /* half of an extended length */
    set("\x00\x01\x00", 3);
    ck_assert(parse(7, &apdu));
    ck_assert_uint_eq(apdu.le, 256);
    set("\x00\x00\x00", 3);
    ck_assert(parse(7, &apdu));
    ck_assert_uint_eq(apdu.le, 65536);
}
END_TEST

/* Each Lc: only the two right lengths of APDU are taken. */
START_TEST(short_data)
{
    struct apdu apdu;
    for (unsigned lc = 1; lc <= 255; lc++) {
        set("", 0);
        bytes[4] = (uint8_t)lc;
        for (size_t len = 6; len < 300; len++) {
            bool good = parse(len, &apdu);
            ck_assert_msg(good == (len == 5 + lc || len == 6 + lc), "Lc %u in %zu bytes", lc, len);
            if (!good)
                continue;
            ck_assert_uint_eq(apdu.data.left, lc);
            ck_assert_ptr_eq(apdu.data.p, bytes + 5);
            ck_assert_uint_eq(apdu.le, len == 5 + lc ? 256 : 0xEE);
        }
    }
    set("\x01\xAA\x00", 3);
    ck_assert(parse(7, &apdu));
    ck_assert_uint_eq(apdu.le, 256);
}
END_TEST

START_TEST(extended_data)
{
    static const size_t lengths[] = { 1, 2, 255, 256, 32768, 65535 };
    struct apdu apdu;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        size_t lc = lengths[i];
        set("", 0);
        bytes[4] = 0;
        bytes[5] = (uint8_t)(lc >> 8);
        bytes[6] = (uint8_t)lc;
        ck_assert(!parse(6 + lc, &apdu) || lc == 1); /* 7 bytes and lc 1 are case 2E */
        ck_assert(parse(7 + lc, &apdu));
        ck_assert_uint_eq(apdu.data.left, lc);
        ck_assert_uint_eq(apdu.le, 65536);
        ck_assert(!parse(8 + lc, &apdu)); /* half an Le */
        ck_assert(parse(9 + lc, &apdu));
        ck_assert_uint_eq(apdu.le, 0xEEEE);
        ck_assert(!parse(10 + lc, &apdu));
        bytes[7 + lc] = bytes[8 + lc] = 0;
        ck_assert(parse(9 + lc, &apdu));
        ck_assert_uint_eq(apdu.le, 65536);
    }
    set("\x00\x00\x00\x01", 4); /* an extended Lc of 0 */
    ck_assert(!parse(8, &apdu));
    ck_assert(!parse(9, &apdu));
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { header, 0 }, { case_2, 0 }, { short_data, 0 }, { extended_data, 0 } };
    return suite_run("applet apdu", tests, sizeof tests / sizeof tests[0]);
}
