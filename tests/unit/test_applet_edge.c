/* SPDX-License-Identifier: BSD-2-Clause */
/* Every CLA, INS, P1, P2 and length against the order of errors in applet/SPEC.md. What is expected is worked out here
 * from SPEC.md's tables, not by the card's code. */
#include <stdio.h>
#include <string.h>

#include "card_talk.h"
#include "card_spec.h"
#include "suite.h"

enum state { ROOT_SELECTED, SELECTED, PIN_VERIFIED, ADMIN, STATES };

static struct talk *card;
static struct spec_command core_rows[SPEC_ROWS_MAX], piv_rows[SPEC_ROWS_MAX], session_rows[SPEC_ROWS_MAX],
    lds_rows[SPEC_ROWS_MAX], auxiliary_rows[SPEC_ROWS_MAX];
static size_t core_count, piv_count, session_count, lds_count, auxiliary_count;

static void read_tables(void)
{
    core_count = spec_commands_read("core", core_rows);
    piv_count = spec_commands_read("piv", piv_rows);
    session_count = spec_commands_read("session", session_rows);
    lds_count = spec_commands_read("lds", lds_rows);
    auxiliary_count = spec_commands_read("auxiliary", auxiliary_rows);
}

static void set_up(enum state state)
{
    card = talk_new();
    if (core_count == 0)
        read_tables();
    if (state == ROOT_SELECTED)
        return;
    ck_assert_uint_eq(talk_select(card), 0x9000);
    if (state == PIN_VERIFIED) /* which proves the PIN, but not for 9C */
        ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "123456", "654321"), 0x9000);
    if (state == ADMIN)
        ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
}

static bool fits(const struct spec_command *row, const uint8_t *cmd)
{
    return row->ins == cmd[1] && (cmd[2] & row->p1.mask) == row->p1.value && (cmd[3] & row->p2.mask) == row->p2.value;
}

static const struct spec_command *find(const struct spec_command *rows, size_t count, const uint8_t *cmd, bool *ins)
{
    for (size_t i = 0; i < count; i++) {
        *ins = *ins || rows[i].ins == cmd[1];
        if (fits(&rows[i], cmd))
            return &rows[i];
    }
    return NULL;
}

/* Steps 2 to 7 of the order of errors; 0: it is for the command itself. */
static unsigned expected(enum state state, const uint8_t *cmd, size_t lc, const struct spec_command **row)
{
    uint8_t cla = cmd[0];
    bool ins = false, chained = (cla & 0x10) != 0;
    *row = NULL;
    if (cla >= 0x40 && cla <= 0x7F)
        return 0x6881;
    if ((cla & 0xE0) != 0x00 && (cla & 0xE0) != 0x80)
        return 0x6E00;
    if ((cla & 0x03) != 0)
        return 0x6881;
    if ((cla & 0x0C) == 0x0C)
        return 0x6985;
    if ((cla & 0x08) != 0)
        return 0x6882;
    if ((cla & 0x04) != 0 && !(cla == 0x84 && cmd[1] == 0x82))
        return 0x6982;
    if ((cla & 0x80) != 0) {
        *row = state == ROOT_SELECTED ? find(auxiliary_rows, auxiliary_count, cmd, &ins) : NULL;
        if (*row == NULL)
            *row = find(session_rows, session_count, cmd, &ins);
    } else {
        *row = state == ROOT_SELECTED ? find(lds_rows, lds_count, cmd, &ins) : find(piv_rows, piv_count, cmd, &ins);
        if (*row == NULL)
            *row = find(core_rows, core_count, cmd, &ins);
    }
    if (*row == NULL)
        return ins ? 0x6A86 : 0x6D00;
    if (chained && strcmp((*row)->chaining, "NO") == 0)
        return 0x6884;
    if (lc > (*row)->lc_max || (!chained && lc < (*row)->lc_min))
        return 0x6700;
    if (strcmp((*row)->access, "ALWAYS") == 0 || strcmp((*row)->access, "UNTIL_SECURED") == 0 ||
        (strcmp((*row)->access, "PIN") == 0 && state == PIN_VERIFIED) ||
        (strcmp((*row)->access, "ADMIN") == 0 && state == ADMIN))
        return 0;
    return 0x6982;
}

static bool is_key(uint8_t ref)
{
    return ref == 0x9A || (ref >= 0x9C && ref <= 0x9E) || (ref >= 0x82 && ref <= 0x95);
}

/* The same for the extensions. */
static unsigned by_extension(const uint8_t *cmd)
{
    switch (cmd[1]) {
    case 0xF7:
        return cmd[3] == 0x80 || cmd[3] == 0x81 || cmd[3] == 0x9B ? 0x9000 : 0x6A88;
    case 0xF8:
    case 0xFD:
        return 0x9000;
    case 0xF9:
        return 0x6A88;
    case 0xFA:
        return 0x6982; /* the PIN is missing */
    case 0xFB:
        return 0x6985;
    case 0xFE:
        return cmd[2] != 0x07 && cmd[2] != 0x11 && cmd[2] != 0x14 ? 0x6A86 : is_key(cmd[3]) ? 0x6A80 : 0x6A88;
    default:
        return 0x6A80;
    }
}

/* With the MF selected, and no channel: data of zeros name nothing. */
static unsigned by_root(const uint8_t *cmd, size_t lc)
{
    unsigned p1p2 = (unsigned)cmd[2] << 8 | cmd[3];
    bool constant = (cmd[2] & 0x1F) == 0x1E || (cmd[2] & 0x1F) == 0x01 || (cmd[2] & 0x1F) == 0x1C;
    switch (cmd[1]) {
    case 0xA4:
        return cmd[2] == 0x00 && lc == 0 ? 0x9000 : 0x6A82;
    case 0xB0:
        if ((cmd[2] & 0x80) == 0)
            return 0x6986;
        if ((cmd[2] & 0xE0) != 0x80)
            return 0x6A86;
        if (!constant)
            return (cmd[2] & 0x1F) == 0x1D ? 0x6982 : 0x6A82;
        return cmd[3] < ((cmd[2] & 0x1F) == 0x1C ? 87 : (cmd[2] & 0x1F) == 0x1E ? 38 : 11) ? 0x9000 : 0x6B00;
    case 0xB1:
        return 0x6A80;
    case 0xD6: /* only EF.CardSecurity could be written here */
        return (cmd[2] & 0x1F) == 0x1D || constant ? 0x6982 : 0x6A82;
    case 0x22:
        return p1p2 == 0xC1A4 ? 0x6A80 : 0x6982;
    case 0x86:
    case 0xC0:
        return 0x6985;
    default:
        return 0x6982; /* 2A 84 82 2C */
    }
}

/* And for those of class 80; no session is opened here. */
static unsigned by_session(const uint8_t *cmd, size_t lc)
{
    if (cmd[1] == 0xCA)
        return 0x9000;
    if (cmd[1] == 0x20)
        return 0x6982; /* no channel */
    if (cmd[1] == 0x82)
        return 0x6985;
    return cmd[2] != 0 && cmd[2] != 0x7F ? 0x6A88 : lc != 8 ? 0x6700 : 0x9000;
}

/* What the command itself says to data of zeros, which mean nothing to any command, on a blank card. */
static unsigned by_itself(enum state state, const uint8_t *cmd, size_t lc)
{
    bool chained = (cmd[0] & 0x10) != 0;
    if ((cmd[0] & 0x80) != 0)
        return by_session(cmd, lc);
    if (state == ROOT_SELECTED)
        return chained && cmd[1] == 0x2A ? 0x9000 : by_root(cmd, lc);
    if (chained) /* of these two a block alone is fine: only the whole is looked at; but see the next line */
        return cmd[1] == 0xDB && lc > 9 ? 0x6A80 : 0x9000;
    switch (cmd[1]) {
    case 0x20:
        if (cmd[3] != 0x80)
            return 0x6A88;
        if (cmd[2] == 0xFF)
            return 0x9000;
        return lc > 0 ? 0x6A80 : state == PIN_VERIFIED ? 0x9000 : 0x6985;
    case 0x24:
        return cmd[3] == 0x80 || cmd[3] == 0x81 ? 0x6A80 : 0x6A88;
    case 0x2C:
        return cmd[3] == 0x80 ? 0x6A80 : 0x6A88;
    case 0x87:
        return cmd[3] != 0x9B ? 0x6A88 /* there are no keys yet */ : cmd[2] == 0x08 ? 0x6A80 : 0x6A86;
    case 0x47:
        return is_key(cmd[3]) ? 0x6A80 : 0x6A88;
    case 0xA4: /* the MF, without a name */
        return cmd[2] == 0x00 && lc == 0 ? 0x9000 : 0x6A82;
    case 0xC0:
        return 0x6985;
    default:
        return by_extension(cmd);
    }
}

static void try(enum state state, const uint8_t *cmd, size_t len, size_t lc)
{
    const struct spec_command *row;
    unsigned sw = expected(state, cmd, lc, &row);
    if (sw == 0)
        sw = by_itself(state, cmd, lc);
    unsigned got = talk_bytes(card, cmd, len);
    if (got != sw) /* ck_assert writes to a file each time: too slow for millions */
        ck_abort_msg("state %d, %02X%02X%02X%02X with Lc %zu: %04X, not %04X", state, cmd[0], cmd[1], cmd[2], cmd[3],
                     lc, got, sw);
    if (state == PIN_VERIFIED && cmd[1] == 0x20 && cmd[2] == 0xFF && sw == 0x9000)
        ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    if (state != ROOT_SELECTED && cmd[1] == 0xA4 && sw == 0x9000) /* it was left */
        set_up(state);
    if ((cmd[0] & 0x10) != 0 && sw == 0x9000) /* ends the chain */
        (void)talk_hex(card, "00000000");
}

/* Each CLA with each INS, in each state, and with each P1 and P2 where INS is known. */
START_TEST(each_class_and_instruction)
{
    static const uint8_t parameters[][2] = { { 0x00, 0x00 }, { 0x3F, 0xFF }, { 0x04, 0x00 }, { 0x00, 0x80 } };
    enum state state = (enum state)_i;
    set_up(state);
    for (unsigned cla = 0; cla <= 0xFF; cla++)
        for (unsigned ins = 0; ins <= 0xFF; ins++)
            for (size_t p = 0; p < sizeof parameters / sizeof parameters[0]; p++)
                for (uint8_t lc = 0; lc <= 8; lc += 4) {
                    uint8_t cmd[16] = { (uint8_t)cla, (uint8_t)ins, parameters[p][0], parameters[p][1], lc };
                    try(state, cmd, lc == 0 ? 4 : 5u + lc, lc);
                }
}
END_TEST

START_TEST(each_parameter_of_each_instruction)
{
    enum state state = (enum state)_i;
    set_up(state);
    static const uint8_t known[] = { 0x20, 0x22, 0x24, 0x2A, 0x82, 0x84, 0x86, 0xB0, 0xB1, 0xD6, 0x2C, 0x47, 0x87,
                                     0xA4, 0xC0, 0xCB, 0xDB, 0xF7, 0xF8, 0xF9, 0xFA, 0xFB, 0xFD, 0xFE, 0xFF };
    for (size_t i = 0; i < sizeof known; i++)
        for (unsigned p1p2 = 0; p1p2 <= 0xFFFF; p1p2++) {
            uint8_t cmd[32] = { 0x00, known[i], (uint8_t)(p1p2 >> 8), (uint8_t)p1p2, 16 };
            try(state, cmd, 21, 16);
        }
    static const uint8_t gp[][2] = { { 0x80, 0x50 }, { 0x80, 0x82 }, { 0x84, 0x82 }, { 0x80, 0xCA }, { 0x80, 0xD8 } };
    for (size_t i = 0; i < sizeof gp / sizeof gp[0]; i++)
        for (unsigned p1p2 = 0; p1p2 <= 0xFFFF; p1p2++)
            for (uint8_t lc = 0; lc <= 16; lc += 8) {
                uint8_t cmd[32] = { gp[i][0], gp[i][1], (uint8_t)(p1p2 >> 8), (uint8_t)p1p2, lc };
                try(state, cmd, lc == 0 ? 4 : 5u + lc, lc);
            }
}
END_TEST

/* Each Lc of a short APDU, the same in extended form, and around the limits of each row beyond. */
START_TEST(each_length_of_each_command)
{
    static uint8_t cmd[70000];
    enum state state = (enum state)_i;
    set_up(state);
    const struct spec_command *rows = state == ROOT_SELECTED ? lds_rows : piv_rows;
    const size_t count = state == ROOT_SELECTED ? lds_count : piv_count;
    for (size_t i = 0; i < count + core_count; i++) {
        const struct spec_command *row = i < count ? &rows[i] : &core_rows[i - count];
        const size_t edges[] = { 256, 257, row->lc_max > 0 ? row->lc_max - 1 : 1, row->lc_max, row->lc_max + 1, 65535 };
        for (unsigned cla = 0x00; cla <= 0x10; cla += 0x10) {
            memset(cmd, 0, sizeof cmd);
            cmd[0] = (uint8_t)cla;
            cmd[1] = (uint8_t)row->ins;
            cmd[2] = (uint8_t)row->p1.value;
            cmd[3] = (uint8_t)row->p2.value;
            for (size_t lc = 0; lc <= 255; lc++) {
                cmd[4] = (uint8_t)lc;
                try(state, cmd, lc == 0 ? 4 : 5 + lc, lc);
                try(state, cmd, lc == 0 ? 5 : 6 + lc, lc);
            }
            for (size_t lc = 1; lc <= 255 + sizeof edges / sizeof edges[0]; lc++) {
                size_t n = lc <= 255 ? lc : edges[lc - 256];
                if (n == 0)
                    continue;
                cmd[4] = 0;
                cmd[5] = (uint8_t)(n >> 8);
                cmd[6] = (uint8_t)n;
                try(state, cmd, 7 + n, n);
                try(state, cmd, 9 + n, n);
                cmd[5] = cmd[6] = 0;
            }
        }
    }
}
END_TEST

static void malformed(const uint8_t *cmd, size_t len)
{
    if (talk_bytes(card, cmd, len) != 0x6700)
        ck_abort_msg("%zu bytes, %02X%02X: %04X", len, cmd[0], cmd[1], card->got.sw);
}

/* Lengths that contradict each other are 6700 before anything else, whatever CLA and INS say. */
START_TEST(malformed_lengths)
{
    uint8_t cmd[600] = { 0 };
    set_up((enum state)_i);
    for (unsigned cla = 0; cla <= 0xFF; cla += 0x11)
        for (unsigned ins = 0; ins <= 0xFF; ins += 0x05) {
            cmd[0] = (uint8_t)cla;
            cmd[1] = (uint8_t)ins;
            for (size_t len = 0; len < 4; len++)
                malformed(cmd, len);
            for (unsigned lc = 1; lc <= 255; lc += 7) {
                cmd[4] = (uint8_t)lc;
                for (size_t len = 6; len < 5 + lc; len += 5)
                    malformed(cmd, len);
                malformed(cmd, 7 + lc);
                malformed(cmd, 8 + lc);
            }
            cmd[4] = 0;
            malformed(cmd, 6);
            cmd[6] = 10; /* extended Lc 10 */
            for (size_t len = 8; len <= 22; len++)
                if (len != 17 && len != 19)
                    malformed(cmd, len);
            cmd[6] = 0; /* extended Lc 0 */
            malformed(cmd, 8);
            malformed(cmd, 9);
        }
}
END_TEST

START_TEST(mute_card)
{
    set_up(SELECTED);
    card->memory.entropy_fails = true;
    card_memory_reset(&card->memory);
    ck_assert_uint_eq(talk_select(card), 0x6F00);
    ck_assert_uint_eq(talk_bytes(card, NULL, 0), 0x6F00);
    card->memory.entropy_fails = false;
    card_memory_reset(&card->memory);
    ck_assert_uint_eq(talk_select(card), 0x9000);
    memset(card->memory.banks, 0, sizeof card->memory.banks);
    card_memory_reset(&card->memory);
    ck_assert_uint_eq(talk_select(card), 0x6F00);
}
END_TEST

START_TEST(answer_to_reset)
{
    const uint8_t *atr;
    size_t len;
    uint8_t sum = 0;
    card_atr(&atr, &len);
    uint8_t expected_atr[] = { 0x3B, 0x9B, 0x96, 0x81, 0x31, 0xFE, 0x45, 0x80, 0xF9, 0xA0,
                               0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0xC4 };
    ck_assert_uint_eq(len, sizeof expected_atr);
    ck_assert_mem_eq(atr, expected_atr, len);
    for (size_t i = 1; i < len; i++) /* TCK makes the sum zero (ISO/IEC 7816-3 8.2.5) */
        sum ^= atr[i];
    ck_assert_uint_eq(sum, 0);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { each_class_and_instruction, STATES },
        { each_parameter_of_each_instruction, STATES },
        { each_length_of_each_command, STATES },
        { malformed_lengths, STATES },
        { mute_card, 0 },
        { answer_to_reset, 0 },
    };
    return suite_run("applet edge", tests, sizeof tests / sizeof tests[0]);
}
