/* SPDX-License-Identifier: BSD-2-Clause */
/* What a hostile terminal tries, 1 to 13: before and during PACE. Each try has its exact status word, and afterwards a
 * lawful run goes through. */
#include <string.h>

#include "suite.h"
#include "terminal.h"

#define SW(call, expected) ck_assert_uint_eq((call), (expected))

static struct talk *card;
static struct terminal t;
static const uint64_t officer = CHAT_OFFICER;

static void start(void)
{
    card = terminal_card(16);
    t = terminal_at(card, 16);
}

/* Tries left of PIN and PUK, as a reader without a channel learns them. */
static void tries_are(unsigned pin, unsigned puk)
{
    card_memory_reset(&card->memory);
    struct terminal own = terminal_at(card, 16);
    SW(terminal_mse(&own, WITH_PIN, NULL), pin == 3 ? 0x9000 : 0x63C0 + pin);
    SW(terminal_mse(&own, WITH_PUK, NULL), puk == 5 ? 0x9000 : 0x63C0 + puk);
}

START_TEST(no_channel)
{
    static const char *const commands[] = {
        "002281B6 10 830E5553534443435643413030303031",
        "002281A4 10 830E5553534443435643413030303031",
        "0084000008",
        "002A00BE 02 7F4E",
        "002241A4 0C 800A04007F00070202030202",
        "802080000B 060904007F0007030104 02",
    };
    start();
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        SW(talk_hex(card, commands[i]), 0x6982);
    SW(terminal_external(&t), 0x6982);
    /* in the middle of PACE neither */
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        SW(terminal_mse(&t, WITH_CAN, NULL), 0x9000);
        SW(talk_hex(card, commands[i]), 0x6982);
        SW(talk_hex(card, "10860000027C0000"), 0x6985); /* and it is over */
    }
    terminal_lawful(card);
}
END_TEST

START_TEST(out_of_order)
{
    uint8_t point[4 + MATH_POINT] = { 0x7C, 2 + MATH_POINT, 0x83, MATH_POINT };
    start();
    math_key("CVCA", t.scalar);
    math_multiply(NULL, t.scalar, point + 4);
    SW(talk_hex(card, "10860000027C0000"), 0x6985);
    SW(terminal_mse(&t, WITH_CAN, NULL), 0x9000);
    SW(terminal_send(&t, 0x10860000, point, sizeof point, 0), 0x6985); /* 83 where 7C00 belongs */
    SW(talk_hex(card, "10860000027C0000"), 0x6985);
    SW(terminal_mse(&t, WITH_CAN, NULL), 0x9000);
    SW(terminal_nonce(&t, TERMINAL_CAN), 0x9000);
    SW(terminal_send(&t, 0x10860000, point, sizeof point, 0), 0x6985); /* 83 where 81 belongs */
    SW(terminal_map(&t), 0x6985);
    SW(terminal_mse(&t, WITH_CAN, NULL), 0x9000);
    SW(terminal_nonce(&t, TERMINAL_CAN), 0x9000);
    SW(terminal_map(&t), 0x9000);
    SW(terminal_token(&t, true), 0x6985); /* 85 where 83 belongs */
    SW(terminal_agree(&t), 0x6985);
    /* another command ends it too */
    SW(terminal_mse(&t, WITH_CAN, NULL), 0x9000);
    SW(talk_hex(card, "00B09C0000"), 0x9000);
    SW(talk_hex(card, "10860000027C0000"), 0x6985);
    terminal_lawful(card);
}
END_TEST

START_TEST(files_before_pace)
{
    start();
    SW(terminal_select(&t, 1), 0x9000);
    SW(terminal_read(&t, 0x1E), 0x6982);
    SW(terminal_read(&t, 0x1D), 0x6982);
    SW(terminal_read(&t, 9), 0x6982); /* no such file */
    SW(terminal_hex(&t, 0x00A4020C, "0101", NO_LE), 0x6982);
    SW(terminal_select(&t, 2), 0x9000);
    SW(terminal_read(&t, 17), 0x6982);
    SW(terminal_read(&t, 9), 0x6982);
    SW(terminal_send(&t, 0x00B00000, NULL, 0, 0), 0x6982);
    SW(terminal_hex(&t, 0x00A4020C, "0113", NO_LE), 0x6982);
    SW(terminal_select(&t, 0), 0x9000);
    SW(terminal_read(&t, 0x1D), 0x6982);
    SW(terminal_read(&t, 9), 0x6A82);
    terminal_lawful(card);
}
END_TEST

#define MSE_HEAD "800A04007F00070202040202"

START_TEST(chat_of_another_kind)
{
    static const char *const data[] = {
        /* 4: id-IS, id-ST */
        MSE_HEAD "830102 84010C 7F4C12 060904007F000703010201 5305001D000010",
        MSE_HEAD "830102 84010C 7F4C12 060904007F000703010203 5305001D000010",
        /* 5: roles 01, 10, 11; 4 and 6 bytes; something behind, inside and outside; twice; none of the two */
        MSE_HEAD "830102 84010C 7F4C12 060904007F000703010202 5305401D000010",
        MSE_HEAD "830102 84010C 7F4C12 060904007F000703010202 5305801D000010",
        MSE_HEAD "830102 84010C 7F4C12 060904007F000703010202 5305C01D000010",
        MSE_HEAD "830102 84010C 7F4C11 060904007F000703010202 53041D000010",
        MSE_HEAD "830102 84010C 7F4C13 060904007F000703010202 530600001D000010",
        MSE_HEAD "830102 84010C 7F4C14 060904007F000703010202 5305001D000010 0500",
        MSE_HEAD "830102 84010C 7F4C12 060904007F000703010202 5305001D000010 00",
        MSE_HEAD
        "830102 84010C 7F4C12 060904007F000703010202 5305001D000010 7F4C12 060904007F000703010202 5305001D000010",
        MSE_HEAD "830102 84010C 7F4C0B 060904007F000703010202",
        /* 6: with the PUK */
        MSE_HEAD "830104 84010C 7F4C12 060904007F000703010202 5305001D000010",
    };
    start();
    for (size_t i = 0; i < sizeof data / sizeof data[0]; i++) {
        SW(terminal_hex(&t, 0x0022C1A4, data[i], NO_LE), 0x6A80);
        SW(talk_hex(card, "10860000027C0000"), 0x6985);
    }
    SW(terminal_hex(&t, 0x0022C1A4, MSE_HEAD "830102 84010C 7F4C12 060904007F000703010202 5305001D000010", NO_LE),
       0x9000);
    terminal_lawful(card);
}
END_TEST

START_TEST(mrz_gains_nothing)
{
    start();
    terminal_officer(&t, WITH_MRZ, CHAT_OFFICER);
    for (uint8_t sfi = 16; sfi <= 22; sfi++)
        SW(terminal_read(&t, sfi), 0x6982);
    terminal_lawful(card);
}
END_TEST

START_TEST(unknown_references)
{
    static const struct {
        const char *data;
        unsigned sw;
    } tries[] = {
        { MSE_HEAD "830100 84010C", 0x6A88 },
        { MSE_HEAD "830105 84010C", 0x6A88 },
        { MSE_HEAD "830102 84010D", 0x6A88 },
        { MSE_HEAD "830102 840100", 0x6A88 },
        { MSE_HEAD "83020002", 0x6A80 },
        { MSE_HEAD "830102 84020C0C", 0x6A80 },
        { MSE_HEAD "830102 830102", 0x6A80 },
        { MSE_HEAD "830102 850100", 0x6A80 },
        { MSE_HEAD, 0x6A80 },
        { "830103", 0x6A80 },
        /* 8: 3DES, AES-192, AES-256 on this card; integrated mapping; DH */
        { "800A04007F00070202040201 830102", 0x6A80 },
        { "800A04007F00070202040203 830102", 0x6A80 },
        { "800A04007F00070202040204 830102", 0x6A80 },
        { "800A04007F00070202040402 830102", 0x6A80 },
        { "800A04007F00070202040102 830102", 0x6A80 },
        { "800904007F000702020402 830102", 0x6A80 },
    };
    start();
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++)
        ck_assert_msg(terminal_hex(&t, 0x0022C1A4, tries[i].data, NO_LE) == tries[i].sw, "%s: %04X", tries[i].data,
                      card->got.sw);
    SW(terminal_hex(&t, 0x0022C1A4, MSE_HEAD "830102", NO_LE), 0x9000);
    /* key ids of chip authentication */
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, WITH_CAN, TERMINAL_CAN, &officer), 0x9000);
    SW(terminal_authenticate(&t, &shown_dv, &shown_terminal), 0x9000);
    SW(terminal_mse_chip(&t, "01"), 0x6A88);
    SW(terminal_mse_chip(&t, "03"), 0x6A88);
    SW(terminal_mse_chip(&t, "0002"), 0x6A80);
    SW(terminal_hex(&t, 0x002241A4, "800A04007F00070202030204", NO_LE), 0x6A80);
    SW(terminal_mse_chip(&t, NULL), 0x9000);
    terminal_lawful(card);
}
END_TEST

/* Points that are none, as the content of the object 'tag'. */
static void bad_point(uint8_t tag, size_t which)
{
    uint8_t data[4 + MATH_POINT + 1] = { 0x7C }, point[MATH_POINT + 1], scalar[32];
    size_t len = MATH_POINT;
    math_key("somebody", scalar);
    math_multiply(NULL, scalar, point);
    switch (which) {
    case 0: /* not on the curve */
        point[MATH_POINT - 1] ^= 1;
        break;
    case 1: /* compressed */
        point[0] = (uint8_t)(2 + (point[64] & 1));
        len = 33;
        break;
    case 2:
        len = MATH_POINT - 1;
        break;
    case 3:
        point[len++] = 0;
        break;
    case 4: /* the identity */
        point[0] = 0;
        len = 1;
        break;
    case 5: /* the same, as long as a point */
        memset(point, 0, sizeof point);
        break;
    case 6:
        memset(point + 1, 0, sizeof point - 1);
        break;
    case 7: /* hybrid */
        point[0] = (uint8_t)(6 + (point[64] & 1));
        break;
    default: /* coordinates not below p */
        memset(point + 1, 0xFF, 32);
        break;
    }
    data[1] = (uint8_t)(2 + len);
    data[2] = tag;
    data[3] = (uint8_t)len;
    memcpy(data + 4, point, len);
    SW(terminal_send(&t, tag == 0x80 ? 0x00860000 : 0x10860000, data, 4 + len, 0), 0x6A80);
}
enum { BAD_POINTS = 9 };

START_TEST(points)
{
    start();
    for (size_t i = 0; i < BAD_POINTS; i++) {
        SW(terminal_mse(&t, WITH_CAN, NULL), 0x9000);
        SW(terminal_nonce(&t, TERMINAL_CAN), 0x9000);
        bad_point(0x81, i);
        SW(terminal_map(&t), 0x6985);
        SW(terminal_mse(&t, WITH_CAN, NULL), 0x9000);
        SW(terminal_nonce(&t, TERMINAL_CAN), 0x9000);
        SW(terminal_map(&t), 0x9000);
        bad_point(0x83, i);
        SW(terminal_agree(&t), 0x6985);
    }
    for (size_t i = 0; i < BAD_POINTS; i++) {
        t = terminal_at(card, 16);
        card_memory_reset(&card->memory);
        SW(terminal_pace(&t, WITH_CAN, TERMINAL_CAN, &officer), 0x9000);
        SW(terminal_authenticate(&t, &shown_dv, &shown_terminal), 0x9000);
        SW(terminal_mse_chip(&t, "02"), 0x9000);
        bad_point(0x80, i);
        SW(terminal_mse_chip(&t, "02"), 0x6985); /* over */
        SW(terminal_read(&t, 0x1D), 0x6982);     /* EF.CardSecurity */
    }
    terminal_lawful(card);
}
END_TEST

START_TEST(malformed_templates)
{
    static const char *const data[] = { "7C018000", "7C0080",        "7D00",         "7C",       "7C81",
                                        "00",       "7C04810100 00", "7C0281008200", "7C020000", "7C03000155" };
    start();
    for (size_t i = 0; i < sizeof data / sizeof data[0]; i++) {
        SW(terminal_mse(&t, WITH_CAN, NULL), 0x9000);
        unsigned sw = terminal_hex(&t, 0x10860000, data[i], 0);
        ck_assert_msg(sw == 0x6A80 || sw == 0x6985, "%s: %04X", data[i], sw);
        SW(talk_hex(card, "10860000027C0000"), 0x6985);
    }
    terminal_lawful(card);
}
END_TEST

static unsigned wrong_run(enum terminal_password password, const char *secret)
{
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    unsigned sw = terminal_mse(&t, password, NULL);
    if (sw != 0x9000 && sw >> 4 != 0x63C)
        return sw;
    sw = terminal_nonce(&t, secret);
    if (sw != 0x9000)
        return sw;
    SW(terminal_map(&t), 0x9000);
    SW(terminal_agree(&t), 0x9000);
    return terminal_token(&t, false);
}

START_TEST(wrong_token)
{
    start();
    SW(wrong_run(WITH_CAN, TERMINAL_CAN), 0x6300);
    SW(wrong_run(WITH_MRZ, TERMINAL_MRZ), 0x6300);
    SW(wrong_run(WITH_PIN, TERMINAL_PIN), 0x63C2);
    tries_are(2, 5);
    SW(wrong_run(WITH_PUK, TERMINAL_PUK), 0x63C4);
    tries_are(2, 4);
    /* a wrong password is found by the token, not before */
    SW(wrong_run(WITH_PIN, "111111"), 0x63C1);
    /* nothing of the channel is there */
    SW(talk_hex(card, "0CB09C0000"), 0x6985);
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, NULL), 0x9000);
    SW(terminal_pace(&t, WITH_PUK, TERMINAL_PUK, NULL), 0x9000); /* inside the channel */
    tries_are(3, 5);
    terminal_lawful(card);
}
END_TEST

/* The power fails while the last step of a wrong, and of a right run is answered: counted, or not begun. */
START_TEST(cut_before_the_answer)
{
    start();
    unsigned lowest = 3;
    for (long at = 0; at < 60; at++) {
        card_memory_reset(&card->memory);
        t = terminal_at(card, 16);
        SW(terminal_mse(&t, WITH_PIN, NULL), 0x9000);
        SW(terminal_nonce(&t, TERMINAL_PIN), 0x9000);
        SW(terminal_map(&t), 0x9000);
        SW(terminal_agree(&t), 0x9000);
        card->memory.cut_at = (long)card->memory.operations + at;
        card->memory.cut = CUT_AFTER;
        bool cut = terminal_token(&t, false) != 0x63C2;
        card_memory_reset(&card->memory);
        t = terminal_at(card, 16);
        unsigned left = terminal_mse(&t, WITH_PIN, NULL);
        left = left == 0x9000 ? 3 : left & 15;
        ck_assert_uint_ge(left, 2);
        ck_assert(cut || left == 2);
        lowest = left < lowest ? left : lowest;
        SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, NULL), 0x9000);
        tries_are(3, 5);
        if (!cut) {
            ck_assert_int_gt(at, 3); /* cuts were tried */
            break;
        }
    }
    ck_assert_uint_eq(lowest, 2);
    terminal_lawful(card);
}
END_TEST

START_TEST(pin_guesses)
{
    start();
    SW(wrong_run(WITH_PIN, TERMINAL_PIN), 0x63C2);
    SW(wrong_run(WITH_PIN, TERMINAL_PIN), 0x63C1);
    SW(wrong_run(WITH_PIN, TERMINAL_PIN), 0x63C0);
    tries_are(0, 5);
    SW(wrong_run(WITH_PIN, TERMINAL_PIN), 0x6983); /* the first step, whatever follows */
    /* one counter with PIV */
    SW(talk_select(card), 0x9000);
    SW(talk_verify(card, TERMINAL_PIN), 0x6983);
    terminal_lawful(card); /* with the CAN */
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, WITH_PUK, TERMINAL_PUK, NULL), 0x9000);
    SW(terminal_send(&t, 0x002C0303, NULL, 0, NO_LE), 0x9000);
    tries_are(3, 5);
    SW(talk_select(card), 0x9000);
    SW(talk_verify(card, TERMINAL_PIN), 0x9000);
}
END_TEST

START_TEST(one_counter)
{
    start();
    SW(talk_select(card), 0x9000);
    SW(talk_verify(card, "000000"), 0x63C2);
    SW(wrong_run(WITH_PIN, TERMINAL_PIN), 0x63C1);
    SW(talk_select(card), 0x9000);
    SW(talk_verify(card, "000000"), 0x63C0);
    SW(wrong_run(WITH_PIN, TERMINAL_PIN), 0x6983);
    /* PIN management, and whose it is */
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    SW(terminal_hex(&t, 0x002C0203, "313131313131", NO_LE), 0x6982);
    SW(terminal_pace(&t, WITH_CAN, TERMINAL_CAN, NULL), 0x9000);
    SW(terminal_hex(&t, 0x002C0203, "313131313131", NO_LE), 0x6982);
    SW(terminal_send(&t, 0x002C0303, NULL, 0, NO_LE), 0x6982);
    SW(terminal_pace(&t, WITH_PUK, TERMINAL_PUK, NULL), 0x9000);
    SW(terminal_hex(&t, 0x002C0203, "3131313131", NO_LE), 0x6700);
    SW(terminal_hex(&t, 0x002C0203, "3131313131FF", NO_LE), 0x6A80);
    SW(terminal_hex(&t, 0x002C0203, "31313131313131", NO_LE), 0x9000);
    SW(terminal_pace(&t, WITH_PIN, "1111111", NULL), 0x9000);
    SW(terminal_send(&t, 0x002C0303, NULL, 0, NO_LE), 0x6982); /* the PUK's alone */
    SW(terminal_hex(&t, 0x002C0203, "323436383130", NO_LE), 0x9000);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, NULL), 0x9000);
    /* the PUK opens nothing else */
    SW(terminal_pace(&t, WITH_PUK, TERMINAL_PUK, NULL), 0x9000);
    SW(terminal_dst(&t, NAME_CVCA), 0x6982);
    SW(terminal_select(&t, 1), 0x9000);
    SW(terminal_read(&t, 1), 0x6982);
    SW(terminal_mse_chip(&t, "01"), 0x6982);
    terminal_lawful(card);
}
END_TEST

START_TEST(transport_pin)
{
    /* a blank card's PIN, which is a transport PIN, on a card whose holder has none of his own yet */
    struct talk *blank = talk_new();
    t = terminal_at(blank, 16);
    SW(terminal_mse(&t, WITH_PIN, NULL), 0x6283);
    SW(terminal_nonce(&t, "123456"), 0x6984);
    SW(terminal_nonce(&t, "123456"), 0x6985);
    SW(terminal_mse(&t, WITH_CAN, NULL), 0x6A88); /* it has no CAN */
    SW(terminal_mse(&t, WITH_PUK, NULL), 0x9000);
    SW(talk_select(blank), 0x9000);
    SW(talk_two(blank, 0x24, 0x80, "123456", "246810"), 0x9000);
    card_memory_reset(&blank->memory);
    SW(terminal_pace(&t, WITH_PIN, "246810", NULL), 0x9000);
}
END_TEST

static uint32_t waited;

static void note_delay(void *ctx, uint32_t ms)
{
    (void)ctx;
    waited += ms;
}

START_TEST(failures_cost_time)
{
    static const uint32_t expected[] = { 0, 0, 0, 0, 2000, 4000, 8000, 8000 };
    start();
    card->memory.port.delay_ms = note_delay;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        waited = 0;
        SW(wrong_run(i % 2 != 0 ? WITH_MRZ : WITH_CAN, i % 2 != 0 ? TERMINAL_MRZ : TERMINAL_CAN), 0x6300);
        ck_assert_uint_eq(waited, expected[i]);
    }
    waited = 0;
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, NULL), 0x9000); /* the PIN has its own count */
    ck_assert_uint_eq(waited, 0);
    terminal_lawful(card); /* a right one clears it */
    ck_assert_uint_eq(waited, 8000);
    waited = 0;
    terminal_lawful(card);
    ck_assert_uint_eq(waited, 0);
}
END_TEST

START_TEST(aes_256)
{
    card = terminal_card(32);
    t = terminal_at(card, 32);
    terminal_officer(&t, WITH_PIN, CHAT_OFFICER);
    SW(terminal_read(&t, 19), 0x9000);
    SW(terminal_mse(&t, WITH_PIN, NULL), 0x6985);
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    SW(terminal_mse(&t, WITH_CAN, NULL), 0x6A80);
    t = terminal_at(card, 32);
    SW(terminal_pace(&t, WITH_MRZ, TERMINAL_MRZ, NULL), 0x9000);
    SW(terminal_pace(&t, WITH_PUK, TERMINAL_PUK, NULL), 0x9000);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { no_channel, 0 },
        { out_of_order, 0 },
        { files_before_pace, 0 },
        { chat_of_another_kind, 0 },
        { mrz_gains_nothing, 0 },
        { unknown_references, 0 },
        { points, 0 },
        { malformed_templates, 0 },
        { wrong_token, 0 },
        { cut_before_the_answer, 0 },
        { pin_guesses, 0 },
        { one_counter, 0 },
        { transport_pin, 0 },
        { failures_cost_time, 0 },
        { aes_256, 0 },
    };
    return suite_run("lds: hostile terminal, PACE", tests, sizeof tests / sizeof tests[0]);
}
