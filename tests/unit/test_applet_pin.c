/* SPDX-License-Identifier: BSD-2-Clause */
/* PIN and PUK: the rules of applet/SPEC.md "PIN and PUK", and power cuts at each moment of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card_talk.h"
#include "domain_talk.h"
#include "suite.h"

static struct talk *card;

static void select_again(void)
{
    card_memory_reset(&card->memory);
    ck_assert_uint_eq(talk_select(card), 0x9000);
}

static void blank(void)
{
    card = talk_new();
    ck_assert_uint_eq(talk_select(card), 0x9000);
}

/* A card that was handed over: PIN 654321. */
static void handed_over(void)
{
    blank();
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "123456", "654321"), 0x9000);
    select_again();
}

static unsigned status(void)
{
    return talk_hex(card, "00200080");
}

START_TEST(transport_pin_can_only_be_changed)
{
    blank();
    for (int i = 0; i < 5; i++) { /* right or wrong: neither compared nor counted */
        ck_assert_uint_eq(talk_verify(card, i % 2 ? "123456" : "999999"), 0x6985);
        ck_assert_uint_eq(status(), 0x6985);
    }
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "12345678", "654321"), 0x6985);
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "00000000", "654321"), 0x6985);
    ck_assert_uint_eq(talk_get(card, 0x5FC109, false), 0x6982);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "999999", "654321"), 0x63C2);
    ck_assert_uint_eq(talk_verify(card, "123456"), 0x6985);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "123456", "654321"), 0x9000);
    select_again();
    ck_assert_uint_eq(status(), 0x63C3); /* all tries again */
    ck_assert_uint_eq(talk_verify(card, "123456"), 0x63C2);
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
}
END_TEST

START_TEST(transport_pin_blocks)
{
    blank();
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "999999", "654321"), 0x63C2);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "999999", "654321"), 0x63C1);
    select_again();
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "999999", "654321"), 0x63C0);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "123456", "654321"), 0x6983);
    ck_assert_uint_eq(talk_verify(card, "123456"), 0x6983);
    ck_assert_uint_eq(status(), 0x6983);
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "12345678", "654321"), 0x6985);
    ck_assert_uint_eq(talk_admin(card, NULL), 0x9000); /* the issuer can put another one */
    ck_assert_uint_eq(domain_secret(card, 0x8010, 3, "222222", 6), 0x9000);
    ck_assert_uint_eq(status(), 0x6985);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "222222", "222222"), 0x9000); /* the same digits: the holder's now */
    ck_assert_uint_eq(talk_hex(card, "0020FF80"), 0x9000);
    ck_assert_uint_eq(status(), 0x63C3);
}
END_TEST

START_TEST(verify_counts)
{
    handed_over();
    ck_assert_uint_eq(status(), 0x63C3);
    ck_assert_uint_eq(talk_verify(card, "654322"), 0x63C2);
    ck_assert_uint_eq(talk_verify(card, "6543210"), 0x63C1); /* a longer one is another one */
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    ck_assert_uint_eq(status(), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "0020FF80"), 0x9000);
    ck_assert_uint_eq(status(), 0x63C3);
    for (unsigned left = 3; left-- > 0;) {
        select_again(); /* a reset gives nothing back */
        ck_assert_uint_eq(talk_verify(card, "111111"), 0x63C0 + left);
    }
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x6983);
    ck_assert_uint_eq(status(), 0x6983);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "654321", "777777"), 0x6983);
}
END_TEST

/* A thousand wrong PINs: the whole of the derived keys is compared. */
START_TEST(each_wrong_pin_is_wrong)
{
    char pin[9];
    blank();
    ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
    ck_assert_uint_eq(domain_secret(card, 0x8010, 15, "123456", 6), 0x9000);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "123456", "654321"), 0x9000);
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(pin, sizeof pin, "%06u", i * 613 % 654321);
        ck_assert_uint_eq(talk_verify(card, pin) >> 4, 0x63C);
        if (i % 14 == 13)
            ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    }
}
END_TEST

/* A wrong PIN ends what the right one opened. */
START_TEST(wrong_pin_ends_the_session)
{
    handed_over();
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    ck_assert_uint_eq(talk_get(card, 0x5FC109, false), 0x6A82); /* may be read, isn't there */
    ck_assert_uint_eq(talk_verify(card, "000000"), 0x63C2);
    ck_assert_uint_eq(talk_get(card, 0x5FC109, false), 0x6982);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "654321", "888888"), 0x9000);
    ck_assert_uint_eq(talk_get(card, 0x5FC109, false), 0x6A82);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "000000", "888888"), 0x63C2);
    ck_assert_uint_eq(talk_get(card, 0x5FC109, false), 0x6982);
}
END_TEST

/* What is no PIN costs no try, whatever the state. */
START_TEST(malformed_costs_nothing)
{
    static const char *const bad[] = {
        "3132333435FFFFFF", "FFFFFFFFFFFFFFFF", "31323334353637FF38", "3132333435363A38", "313233343536FF37",
        "00313233343536FF", "31323334353600FF", "313233343536",       "31323334353637",   "31",
        "3A32333435363738", "2F32333435363738",
    };
    for (int state = 0; state < 3; state++) {
        handed_over();
        if (state == 0)
            blank();
        for (int i = 0; state == 2 && i < 3; i++)
            (void)talk_verify(card, "000000");
        unsigned before = status();
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            uint8_t data[9];
            size_t len = talk_unhex(bad[i], data, sizeof data);
            unsigned sw = talk_command(card, 0x00200080, data, len, false);
            ck_assert_msg(sw == (len > 8 ? 0x6700 : 0x6A80), "%s: %04X", bad[i], sw);
            ck_assert_uint_eq(status(), before);
        }
        ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "654321", "12345"), 0x6A80); /* the new one: right old or not */
        ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "000000", "12345"), 0x6A80);
        ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "12345", "654321"), 0x6A80);
        ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "1234567", "654321"), 0x6A80);
        ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "12345678", "65432"), 0x6A80);
        ck_assert_uint_eq(talk_two(card, 0x24, 0x81, "12345678", "1234567"), 0x6A80);
        ck_assert_uint_eq(status(), before);
    }
}
END_TEST

START_TEST(each_length_of_pin)
{
    static const char *const pins[] = { "123456", "1234567", "12345678", "000000", "99999999" };
    blank();
    const char *old = "123456";
    for (size_t i = 0; i < sizeof pins / sizeof pins[0]; i++) {
        ck_assert_uint_eq(talk_two(card, 0x24, 0x80, old, pins[i]), 0x9000);
        select_again();
        ck_assert_uint_eq(talk_verify(card, pins[i]), 0x9000);
        old = pins[i];
    }
}
END_TEST

START_TEST(puk_resets_the_pin)
{
    handed_over();
    for (int i = 0; i < 3; i++)
        (void)talk_verify(card, "000000");
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "00000000", "777777"), 0x63C4);
    ck_assert_uint_eq(talk_verify(card, "777777"), 0x6983);
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "12345678", "777777"), 0x9000);
    ck_assert_uint_eq(status(), 0x63C3); /* reset, not verified */
    ck_assert_uint_eq(talk_verify(card, "777777"), 0x9000);
    for (unsigned left = 5; left-- > 0;) { /* all five are back */
        select_again();
        ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "00000000", "888888"), 0x63C0 + left);
    }
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "12345678", "888888"), 0x6983);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x81, "12345678", "87654321"), 0x6983);
    ck_assert_uint_eq(talk_verify(card, "777777"), 0x9000); /* a blocked PUK doesn't touch the PIN */
}
END_TEST

START_TEST(puk_is_changed)
{
    handed_over();
    ck_assert_uint_eq(talk_two(card, 0x24, 0x81, "00000000", "87654321"), 0x63C4);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x81, "12345678", "87654321"), 0x9000);
    ck_assert_uint_eq(talk_get(card, 0x5FC109, false), 0x6982); /* it proves no PIN */
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "12345678", "111111"), 0x63C4);
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "87654321", "111111"), 0x9000);
    ck_assert_uint_eq(talk_verify(card, "111111"), 0x9000);
}
END_TEST

START_TEST(issuer_puts_reference_data)
{
    handed_over();
    ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    ck_assert_uint_eq(talk_get(card, 0x5FC109, false), 0x6A82);
    ck_assert_uint_eq(domain_secret(card, 0x8010, 7, "333333", 6), 0x9000);
    ck_assert_uint_eq(talk_get(card, 0x5FC109, false), 0x6982); /* the old PIN's session is over */
    ck_assert_uint_eq(status(), 0x6985);
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "654321", "444444"), 0x63C6); /* seven tries were given */
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "333333", "444444"), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "0020FF80"), 0x9000);
    ck_assert_uint_eq(status(), 0x63C7);
    ck_assert_uint_eq(domain_secret(card, 0x8011, 2, "55555555", 8), 0x9000);
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "12345678", "444444"), 0x63C1);
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "55555555", "444444"), 0x9000);
    ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "12345678", "444444"), 0x63C1);
}
END_TEST

/* ---- power cuts ---- */

static uint8_t before[sizeof((struct card_memory *)0)->banks];

/* Sends a command, from the memory in 'before', with the power failing at flash operation 'cut'. True where it did. */
static bool cut_in(uint8_t ins, const char *first, const char *second, long cut, enum card_memory_cut how)
{
    memcpy(card->memory.banks, before, sizeof before);
    select_again();
    card->memory.operations = 0;
    card->memory.cut_at = cut;
    card->memory.cut = how;
    unsigned sw = ins == 0x20 ? talk_verify(card, first) : talk_two(card, ins, 0x80, first, second);
    bool died = card->memory.dead;
    if (died && sw == 0x9000) /* only where nothing was left to do */
        ck_assert_int_eq(how, CUT_AFTER);
    card->memory.cut_at = -1;
    return died;
}

static unsigned tries_after_reset(void)
{
    select_again();
    return status() & 0x0F;
}

/* However often the power fails, each wrong PIN that was compared has cost a try: nobody can try four. */
START_TEST(cut_never_gives_a_try_back)
{
    handed_over();
    memcpy(before, card->memory.banks, sizeof before);
    ck_assert_uint_eq(talk_verify(card, "000000"), 0x63C2);
    unsigned long wrong_operations = 0;
    for (long cut = 0; cut_in(0x20, "000000", NULL, cut, (enum card_memory_cut)_i); cut++, wrong_operations++) {
        unsigned answered = card->got.sw;
        unsigned left = tries_after_reset();
        ck_assert_uint_ge(left, 2);
        ck_assert_uint_le(left, 3);
        if (answered == 0x63C2) /* it was compared */
            ck_assert_uint_eq(left, 2);
    }
    ck_assert_uint_ge(wrong_operations, 3);
    /* a right PIN: cut between decrement and comparison, the try is gone; a later right one brings it back */
    bool seen_two = false;
    for (long cut = 0; cut_in(0x20, "654321", NULL, cut, (enum card_memory_cut)_i); cut++) {
        ck_assert_uint_eq(card->got.sw, 0x6581);
        unsigned left = tries_after_reset();
        ck_assert(left == 2 || left == 3);
        seen_two = seen_two || left == 2;
        ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
        ck_assert_uint_eq(tries_after_reset(), 3);
    }
    ck_assert(seen_two);
}
END_TEST

/* The power fails while the counter of a right PIN goes up again: that is no verification. */
START_TEST(failing_memory_proves_nothing)
{
    handed_over();
    memcpy(before, card->memory.banks, sizeof before);
    unsigned long operations = 0;
    while (cut_in(0x20, "654321", NULL, (long)operations, CUT_BEFORE)) {
        operations++;
        card->memory.dead = false; /* the memory comes back, the card was never off */
        ck_assert_uint_eq(talk_get(card, 0x5FC109, false), 0x6982);
    }
    ck_assert_uint_ge(operations, 6);
}
END_TEST

/* CHANGE and RESET: afterwards exactly one of the two PINs works. */
START_TEST(cut_leaves_old_or_new_pin)
{
    handed_over();
    memcpy(before, card->memory.banks, sizeof before);
    for (int reset = 0; reset < 2; reset++) {
        unsigned cuts = 0, news = 0;
        for (long cut = 0;
             cut_in(reset ? 0x2C : 0x24, reset ? "12345678" : "654321", "777777", cut, (enum card_memory_cut)_i);
             cut++, cuts++) {
            bool answered = card->got.sw == 0x9000;
            select_again();
            bool new_works = talk_verify(card, "777777") == 0x9000;
            bool old_works = talk_verify(card, "654321") == 0x9000;
            ck_assert(new_works != old_works);
            ck_assert(!answered || new_works);
            news += new_works;
            ck_assert_uint_eq(talk_two(card, 0x2C, 0x80, "12345678", "111111"), 0x9000);
        }
        ck_assert_uint_ge(cuts, 6);
        ck_assert_uint_le(news, 3); /* the commit is whole, and two seals */
    }
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { transport_pin_can_only_be_changed, 0 },
        { transport_pin_blocks, 0 },
        { verify_counts, 0 },
        { each_wrong_pin_is_wrong, 0 },
        { wrong_pin_ends_the_session, 0 },
        { malformed_costs_nothing, 0 },
        { each_length_of_pin, 0 },
        { puk_resets_the_pin, 0 },
        { puk_is_changed, 0 },
        { issuer_puts_reference_data, 0 },

        { cut_never_gives_a_try_back, 3 },
        { failing_memory_proves_nothing, 0 },
        { cut_leaves_old_or_new_pin, 3 },
    };
    return suite_run("applet pin", tests, sizeof tests / sizeof tests[0]);
}
