/* SPDX-License-Identifier: BSD-2-Clause */
/* Each command of SPEC.md's tables in the middle of something: an answer that is fetched in parts, a chained GENERAL
 * AUTHENTICATE, a chained PUT DATA. What was begun is gone and left nothing, and works when it is begun anew. */
#include <stdio.h>
#include <string.h>

#include "card_spec.h"
#include "card_talk.h"
#include "suite.h"

static struct talk *card;
static struct spec_command rows[3][SPEC_ROWS_MAX];

static const struct {
    const char *table;
    unsigned cla;
} tables[] = { { "core", 0x00 }, { "session", 0x80 }, { "piv", 0x00 } };
#define TABLES ((int)(sizeof tables / sizeof *tables))

/* PIV selected, the issuer authenticated, key 9E there. */
static void ready(void)
{
    card = talk_new();
    ck_assert_uint_eq(talk_select(card), 0x9000);
    ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "0047009E 05 AC03800111 00"), 0x9000);
}

/* A row's command with as few bytes as it takes, zeros; false for GET RESPONSE. */
static bool interrupt(unsigned cla, const struct spec_command *row)
{
    static const uint8_t zeros[64];
    ck_assert_uint_le(row->lc_min, sizeof zeros);
    if (row->ins == 0xC0)
        return false;
    talk_command(card, (uint32_t)cla << 24 | row->ins << 16 | row->p1.value << 8 | row->p2.value, zeros, row->lc_min,
                 false);
    return true;
}

START_TEST(answer_in_parts)
{
    static uint8_t content[600];
    size_t count = spec_commands_read(tables[_i].table, rows[_i]);
    memset(content, 0x5A, sizeof content);
    for (size_t i = 0; i < count; i++) {
        ready();
        ck_assert_uint_eq(talk_put(card, 0x5FC102, content, sizeof content), 0x9000);
        ck_assert_uint_eq(talk_hex(card, "00CB3FFF 05 5C035FC102 00"), 0x6100);
        ck_assert_uint_eq(talk_hex(card, "00C00000 10"), 0x6100); /* one part more, and then */
        if (!interrupt(tables[_i].cla, &rows[_i][i]))
            continue;
        ck_assert_msg(card->got.sw >> 8 != 0x61, "INS %02X: %04X", rows[_i][i].ins, card->got.sw);
        ck_assert_msg(talk_hex(card, "00C00000 00") == 0x6985, "after INS %02X: %04X", rows[_i][i].ins, card->got.sw);
        ck_assert_uint_eq(talk_select(card), 0x9000);
        ck_assert_uint_eq(talk_get(card, 0x5FC102, false), 0x9000);
        ck_assert_uint_eq(card->got.len, sizeof content + 4);
        ck_assert_mem_eq(card->got.data + 4, content, sizeof content);
    }
}
END_TEST

START_TEST(chained_authenticate)
{
    size_t count = spec_commands_read(tables[_i].table, rows[_i]);
    for (size_t i = 0; i < count; i++) {
        ready();
        ck_assert_uint_eq(talk_hex(card, "1087119E 04 7C258200"), 0x9000);
        if (!interrupt(tables[_i].cla, &rows[_i][i]))
            continue;
        if (rows[_i][i].ins == 0xA4) /* the MF is selected now */
            ck_assert_uint_eq(talk_select(card), 0x9000);
        ck_assert_msg(talk_hex(card, "0087119E 05 8121010203 00") == 0x6A80, "after INS %02X: %04X", rows[_i][i].ins,
                      card->got.sw);
        ck_assert_uint_eq(talk_select(card), 0x9000);
        ck_assert_uint_eq(talk_hex(card, "1087119E 04 7C078200"), 0x9000);
        unsigned sw = talk_hex(card, "0087119E 05 8103010203 00");
        ck_assert_msg(sw == 0x9000, "begun anew after INS %02X: %04X", rows[_i][i].ins, sw);
    }
}
END_TEST

START_TEST(chained_put_data)
{
    size_t count = spec_commands_read(tables[_i].table, rows[_i]);
    for (size_t i = 0; i < count; i++) {
        ready();
        ck_assert_uint_eq(talk_put(card, 0x5FC102, (const uint8_t *)"old", 3), 0x9000);
        ck_assert_uint_eq(talk_hex(card, "10DB3FFF 0A 5C035FC102 5304 6E6577"), 0x9000);
        if (!interrupt(tables[_i].cla, &rows[_i][i]))
            continue;
        ck_assert_uint_eq(talk_select(card), 0x9000);
        ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
        ck_assert_msg(talk_hex(card, "00DB3FFF 02 2100") == 0x6A80, "after INS %02X: %04X", rows[_i][i].ins,
                      card->got.sw);
        ck_assert_uint_eq(talk_get(card, 0x5FC102, false), 0x9000);
        ck_assert_uint_eq(card->got.len, 5);
        ck_assert_mem_eq(card->got.data + 2, "old", 3);
        ck_assert_uint_eq(talk_hex(card, "10DB3FFF 0A 5C035FC102 5304 6E6577"), 0x9000);
        ck_assert_uint_eq(talk_hex(card, "00DB3FFF 01 21"), 0x9000);
        ck_assert_uint_eq(talk_get(card, 0x5FC102, false), 0x9000);
        ck_assert_mem_eq(card->got.data + 2, "new!", 4);
    }
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { answer_in_parts, TABLES },
        { chained_authenticate, TABLES },
        { chained_put_data, TABLES },
    };
    return suite_run("applet interleave", tests, sizeof tests / sizeof tests[0]);
}
