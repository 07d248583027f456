/* SPDX-License-Identifier: BSD-2-Clause */
/* Power cuts over what a terminal makes the card write: trust point and date, a data group, tries and PIN by PACE. The
 * power fails at flash operations one after the other, in four ways; afterwards everything is as before the command or
 * as after it, never between, and a lawful run goes through.
 *   test_lds_power_cuts [--all]     every operation, or one in STRIDE (default) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "terminal.h"

enum { STRIDE = 5, STRIDE_LONG = 41 };

static const enum card_memory_cut ways[] = { CUT_BEFORE, CUT_AFTER, CUT_UNSTABLE, CUT_RANDOM };
#define WAYS (sizeof ways / sizeof ways[0])

static bool all;
static struct talk *card;
static struct terminal t;
static const uint64_t officer = CHAT_OFFICER, writer = CHAT_WRITER;
static uint8_t saved[sizeof card->memory.banks];

/* What stands before the command; the command; what is looked at afterwards: false, all as before; true, as after. */
struct script {
    void (*before)(void);
    unsigned (*command)(void);
    bool (*look)(void);
    unsigned sw;
};

static void fresh(void)
{
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
}

static void channel(void)
{
    ck_assert_uint_eq(terminal_pace(&t, WITH_CAN, TERMINAL_CAN, &officer), 0x9000);
}

/* One cut; false where the command ended before it. */
static bool cut_once(const struct script *s, long at, enum card_memory_cut way)
{
    memcpy(card->memory.banks, saved, sizeof saved);
    card->memory.unstable = false;
    fresh();
    s->before();
    card->memory.cut_at = (long)card->memory.operations + at;
    card->memory.cut = way;
    unsigned sw;
    /* a card without power answers errors, which a channel need not survive: the SW is taken as it is */
    sw = s->command();
    bool cut = card->memory.dead;
    card_memory_reset(&card->memory);
    bool changed = s->look();
    ck_assert_msg(cut || (sw == s->sw && changed), "nothing was cut: %04X", sw);
    ck_assert_msg(!cut || sw != s->sw || changed, "answered %04X, and then as before (%ld)", sw, at);
    for (int i = 0; i < 2; i++) { /* it stays so */
        card_memory_reset(&card->memory);
        ck_assert(s->look() == changed);
    }
    terminal_lawful(card);
    return cut;
}

static void cut_all(const struct script *s, long stride)
{
    card = terminal_card(16);
    memcpy(saved, card->memory.banks, sizeof saved);
    unsigned long cuts = 0;
    for (size_t w = 0; w < WAYS; w++)
        for (long at = (long)w % stride; cut_once(s, at, ways[w]); at += all ? 1 : stride)
            cuts++;
    ck_assert_uint_gt(cuts, 4);
}

/* SW of a protected or plain answer, without looking at its protection. */
static unsigned send_blind(uint32_t header, const uint8_t *data, size_t len)
{
    uint8_t cmd[640];
    return talk_bytes(card, cmd, terminal_wrap(&t, header, data, len, NO_LE, cmd));
}

/* ---- a link: trust point and date are one ---- */

static struct certificate link_later(void)
{
    struct certificate link = shown_link;
    link.from = "261115";
    return link;
}

static void before_link(void)
{
    channel();
    ck_assert_uint_eq(terminal_dst(&t, NAME_CVCA), 0x9000);
    struct certificate link = link_later();
    uint8_t data[CERTIFICATE_CAP];
    size_t len = terminal_certificate_make(&link, data);
    for (size_t at = 0; at + 200 < len; at += 200)
        ck_assert_uint_eq(terminal_send(&t, 0x102A00BE, data + at, 200, NO_LE), 0x9000);
}

static unsigned link_last(void)
{
    struct certificate link = link_later();
    uint8_t data[CERTIFICATE_CAP];
    size_t len = terminal_certificate_make(&link, data), at = (len - 1) / 200 * 200;
    return send_blind(0x002A00BE, data + at, len - at);
}

static bool look_link(void)
{
    struct certificate early = shown_dv;
    early.to = "261110"; /* before the link's date */
    t = terminal_at(card, 16);
    channel();
    bool changed = strcmp(t.authority[0], NAME_LINK) == 0;
    ck_assert_str_eq(t.authority[0], changed ? NAME_LINK : NAME_CVCA);
    ck_assert_str_eq(t.authority[1], changed ? NAME_CVCA : "");
    ck_assert_uint_eq(terminal_dst(&t, NAME_CVCA), 0x9000);
    ck_assert_uint_eq(terminal_pso(&t, &early), changed ? 0x6984 : 0x9000);
    return changed;
}

START_TEST(link_certificate)
{
    static const struct script script = { before_link, link_last, look_link, 0x9000 };
    cut_all(&script, STRIDE);
}
END_TEST

/* ---- a DV's date ---- */

static void before_date(void)
{
    channel();
    ck_assert_uint_eq(terminal_dst(&t, NAME_CVCA), 0x9000);
}

static unsigned pso_date(void)
{
    struct certificate dv = shown_dv;
    uint8_t data[CERTIFICATE_CAP];
    dv.from = "261115";
    size_t len = terminal_certificate_make(&dv, data);
    ck_assert_uint_eq(terminal_send(&t, 0x102A00BE, data, 200, NO_LE), 0x9000);
    return send_blind(0x002A00BE, data + 200, len - 200);
}

static bool look_date(void)
{
    struct certificate early = shown_dv;
    early.to = "261110";
    t = terminal_at(card, 16);
    channel();
    ck_assert_str_eq(t.authority[0], NAME_CVCA);
    ck_assert_uint_eq(terminal_dst(&t, NAME_CVCA), 0x9000);
    unsigned sw = terminal_pso(&t, &early);
    ck_assert(sw == 0x9000 || sw == 0x6984);
    return sw == 0x6984;
}

START_TEST(card_date)
{
    static const struct script script = { before_date, pso_date, look_date, 0x9000 };
    cut_all(&script, STRIDE);
}
END_TEST

/* ---- a data group ---- */

static void before_group(void)
{
    struct certificate own = shown_terminal, dv = shown_dv;
    own.chat = writer;
    dv.chat |= writer;
    ck_assert_uint_eq(terminal_pace(&t, WITH_CAN, TERMINAL_CAN, &writer), 0x9000);
    ck_assert_uint_eq(terminal_authenticate(&t, &dv, &own), 0x9000);
    ck_assert_uint_eq(terminal_chip(&t, 2), 0x9000);
    ck_assert_uint_eq(terminal_select(&t, 2), 0x9000);
}

static unsigned write_group(void)
{
    uint8_t file[2100];
    size_t len = terminal_file(2, 19, 6, file, sizeof file), at = 0;
    for (; len - at > 200; at += 200) {
        unsigned sw = send_blind(0x10D69300, file + at, 200);
        if (sw != 0x9000)
            return sw;
        (void)terminal_unwrap(&t, 0xD6);
    }
    return send_blind(0x00D69300, file + at, len - at);
}

static bool look_group(void)
{
    uint8_t found[800], expected[2100];
    size_t len = 0, whole = terminal_file(2, 19, 5, expected, sizeof expected);
    t = terminal_at(card, 16);
    terminal_officer(&t, WITH_CAN, CHAT_OFFICER);
    for (unsigned sw = terminal_read(&t, 19); sw == 0x9000 && len + card->got.len <= sizeof found;
         sw = terminal_send(&t, 0x00B00000u | (uint32_t)len, NULL, 0, 0)) {
        memcpy(found + len, card->got.data, card->got.len);
        len += card->got.len;
    }
    ck_assert_uint_eq(len, whole);
    if (memcmp(found, expected, whole) == 0)
        return false;
    terminal_file(2, 19, 6, expected, sizeof expected);
    ck_assert_mem_eq(found, expected, whole);
    return true;
}

START_TEST(data_group)
{
    static const struct script script = { before_group, write_group, look_group, 0x9000 };
    cut_all(&script, STRIDE_LONG);
}
END_TEST

/* ---- tries, and a new PIN ---- */

static unsigned pin_tries(void)
{
    t = terminal_at(card, 16);
    unsigned sw = terminal_mse(&t, WITH_PIN, NULL);
    ck_assert(sw == 0x9000 || sw == 0x63C2 || sw == 0x63C1);
    return sw == 0x9000 ? 3 : sw & 15;
}

static void to_token(void)
{
    ck_assert_uint_eq(terminal_mse(&t, WITH_PIN, NULL), 0x9000);
    ck_assert_uint_eq(terminal_nonce(&t, TERMINAL_PIN), 0x9000);
    ck_assert_uint_eq(terminal_map(&t), 0x9000);
    ck_assert_uint_eq(terminal_agree(&t), 0x9000);
}

static unsigned wrong_token(void)
{
    return terminal_token(&t, false);
}

static bool look_counted(void)
{
    unsigned left = pin_tries();
    ck_assert_uint_ge(left, 2);
    return left == 2;
}

START_TEST(wrong_pin)
{
    static const struct script script = { to_token, wrong_token, look_counted, 0x63C2 };
    cut_all(&script, STRIDE);
}
END_TEST

static void before_new_pin(void)
{
    ck_assert_uint_eq(terminal_pace(&t, WITH_PUK, TERMINAL_PUK, NULL), 0x9000);
}

static unsigned new_pin(void)
{
    return send_blind(0x002C0203, (const uint8_t *)"1357911", 7);
}

/* The old PIN or the new one, with all tries. */
static bool look_pin(void)
{
    ck_assert_uint_eq(pin_tries(), 3);
    fresh();
    bool new = terminal_pace(&t, WITH_PIN, "1357911", NULL) == 0x9000;
    fresh();
    ck_assert_uint_eq(terminal_pace(&t, WITH_PIN, new ? "1357911" : TERMINAL_PIN, NULL), 0x9000);
    return new;
}

START_TEST(new_pin_by_the_puk)
{
    static const struct script script = { before_new_pin, new_pin, look_pin, 0x9000 };
    cut_all(&script, STRIDE);
}
END_TEST

int main(int argc, char **argv)
{
    const struct suite_test tests[] = {
        { link_certificate, 0 }, { card_date, 0 }, { data_group, 0 }, { wrong_pin, 0 }, { new_pin_by_the_puk, 0 },
    };
    all = (argc > 1 && strcmp(argv[1], "--all") == 0) || getenv("SDC_LONG") != NULL;
    return suite_run("lds: power cuts", tests, sizeof tests / sizeof tests[0]);
}
