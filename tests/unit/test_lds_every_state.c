/* SPDX-License-Identifier: BSD-2-Clause */
/* Every state of PACE, terminal and chip authentication with every command, each well formed and right where it may run
 * at all; and that nothing but chip authentication 2 opens the docket. The table is written from the protocols' state
 * machine, not from the card's. */
#include <string.h>

#include "suite.h"
#include "terminal.h"

static struct talk *card;
static struct terminal t;
static const uint64_t chat = CHAT_OFFICER;

enum state {
    PLAIN,
    SET,
    NONCE,
    MAPPED,
    AGREED, /* PACE without a channel */
    CHANNEL,
    PUK,
    CHAT,
    DST,
    CHAIN,
    TERMINAL,
    AT,
    CHALLENGED,
    TA_DONE,
    TA_OVER,
    CA_SET,
    RIGHTS,
    SET_INSIDE,
    AGREED_INSIDE, /* PACE again, in a channel with a CHAT */
    CA1_SET,
    CA1, /* travel document */
    STATES
};

static unsigned dst(void)
{
    return terminal_dst(&t, NAME_CVCA);
}
static unsigned pso(void)
{
    return terminal_pso(&t, &shown_dv);
}
static unsigned set_at(void)
{
    return terminal_at_set(&t, NAME_AT);
}
static unsigned challenge(void)
{
    return terminal_challenge(&t);
}
static unsigned external(void)
{
    terminal_sign(&t, "AT");
    return terminal_external(&t);
}
static unsigned mse_pace(void)
{
    return terminal_mse(&t, WITH_PIN, &chat);
}
static unsigned nonce(void)
{
    return terminal_nonce(&t, TERMINAL_PIN);
}
static unsigned map(void)
{
    return terminal_map(&t);
}
static unsigned agree(void)
{
    if (t.generator[0] != 4) { /* none was made: any point will do */
        math_key("any", t.scalar);
        math_multiply(NULL, t.scalar, t.generator);
    }
    return terminal_agree(&t);
}
static unsigned token(void)
{
    return terminal_token(&t, true);
}

static bool travel;
static unsigned mse_chip(void)
{
    return terminal_mse_chip(&t, travel ? "01" : "02");
}
static unsigned chip(void)
{
    if (t.chip_point[0] != 4 || travel) {
        math_key("any", t.chip_scalar);
        math_multiply(NULL, t.chip_scalar, t.chip_point);
    }
    return terminal_chip_step(&t, t.chip_point, travel ? 1 : 2);
}
static unsigned select_root(void)
{
    return terminal_select(&t, 0);
}
static unsigned read_access(void)
{
    return terminal_read(&t, 0x1C);
}
static unsigned read_security(void)
{
    return terminal_read(&t, 0x1D);
}
static unsigned auxiliary(void)
{
    return terminal_hex(&t, 0x80208000, "060904007F000703010402", NO_LE);
}
static unsigned unblock(void)
{
    return terminal_send(&t, 0x002C0303, NULL, 0, NO_LE);
}

static const struct {
    const char *name;
    unsigned (*run)(void);
} commands[] = {
    { "MSE PACE", mse_pace },
    { "nonce", nonce },
    { "map", map },
    { "agree", agree },
    { "token", token },
    { "MSE DST", dst },
    { "PSO", pso },
    { "MSE AT", set_at },
    { "challenge", challenge },
    { "external", external },
    { "MSE CA", mse_chip },
    { "chip", chip },
    { "SELECT MF", select_root },
    { "EF.CardAccess", read_access },
    { "EF.CardSecurity", read_security },
    { "VERIFY", auxiliary },
    { "RESET RETRY", unblock },
};
#define COMMANDS (sizeof commands / sizeof commands[0])

enum { OK = 0x9000, NO = 0x6982, UN = 0x6985, NF = 0x6A82, RN = 0x6A88 };

/* clang-format off */
static const struct {
    const char *name;
    unsigned sw[COMMANDS];
} table[STATES] = {
    /*                    PACE 00  81  83  85  DST PSO AT  84  82  CA  80  MF  1C  1D  8C20 2C */
    [PLAIN]         = { "PLAIN",
                        { OK, UN, UN, UN, UN, NO, NO, NO, NO, NO, NO, UN, OK, OK, NO, NO, NO } },
    [SET]           = { "SET",
                        { OK, OK, UN, UN, UN, NO, NO, NO, NO, NO, NO, UN, OK, OK, NO, NO, NO } },
    [NONCE]         = { "NONCE",
                        { OK, UN, OK, UN, UN, NO, NO, NO, NO, NO, NO, UN, OK, OK, NO, NO, NO } },
    [MAPPED]        = { "MAPPED",
                        { OK, UN, UN, OK, UN, NO, NO, NO, NO, NO, NO, UN, OK, OK, NO, NO, NO } },
    [AGREED]        = { "AGREED",
                        { OK, UN, UN, UN, OK, NO, NO, NO, NO, NO, NO, UN, OK, OK, NO, NO, NO } },
    [CHANNEL]       = { "CHANNEL",
                        { OK, UN, UN, UN, UN, NO, NO, NO, NO, NO, UN, UN, OK, OK, NO, NO, NO } },
    [PUK]           = { "PUK",
                        { OK, UN, UN, UN, UN, NO, NO, NO, NO, NO, NO, UN, OK, OK, NO, NO, OK } },
    [CHAT]          = { "CHAT",
                        { OK, UN, UN, UN, UN, OK, UN, UN, UN, UN, UN, UN, OK, OK, NO, NO, NO } },
    [DST]           = { "DST",
                        { OK, UN, UN, UN, UN, OK, OK, UN, UN, UN, UN, UN, OK, OK, NO, NO, NO } },
    [CHAIN]         = { "CHAIN",
                        { OK, UN, UN, UN, UN, OK, UN, RN, UN, UN, UN, UN, OK, OK, NO, NO, NO } },
    [TERMINAL]      = { "TERMINAL",
                        { OK, UN, UN, UN, UN, OK, UN, OK, UN, UN, UN, UN, OK, OK, NO, NO, NO } },
    [AT]            = { "AT",
                        { OK, UN, UN, UN, UN, OK, UN, UN, OK, UN, UN, UN, OK, OK, NO, NO, NO } },
    [CHALLENGED]    = { "CHALLENGED",
                        { OK, UN, UN, UN, UN, OK, UN, UN, UN, OK, UN, UN, OK, OK, NO, NO, NO } },
    [TA_DONE]       = { "TA_DONE",
                        { UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, OK, UN, OK, OK, OK, NO, NO } },
    [TA_OVER]       = { "TA_OVER",
                        { UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, OK, OK, NO, NO, NO } },
    [CA_SET]        = { "CA_SET",
                        { UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, OK, OK, OK, OK, NO, NO } },
    [RIGHTS]        = { "RIGHTS",
                        { UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, OK, OK, OK, RN, NO } },
    [SET_INSIDE]    = { "SET in a channel",
                        { OK, OK, UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, OK, OK, NO, NO, NO } },
    [AGREED_INSIDE] = { "AGREED in a channel",
                        { OK, UN, UN, UN, OK, UN, UN, UN, UN, UN, UN, UN, OK, OK, NO, NO, NO } },
    [CA1_SET]       = { "CA1_SET",
                        { OK, UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, OK, OK, NF, OK, NO, NO } },
    [CA1]           = { "CA1",
                        { UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, UN, OK, NF, OK, NO, NO } },
};
/* clang-format on */

static void must(unsigned sw)
{
    ck_assert_uint_eq(sw, OK);
}

/* The steps from PLAIN to CHALLENGED and on; 'last' is run too. */
static void run_to(enum state last)
{
    static const struct {
        enum state state;
        unsigned (*run)(void);
    } way[] = { { CHAT, NULL },        { DST, dst },         { CHAIN, pso },
                { TERMINAL, NULL },    { AT, set_at },       { CHALLENGED, challenge },
                { TA_DONE, external }, { CA_SET, mse_chip }, { RIGHTS, chip } };
    must(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &chat));
    for (size_t i = 1; i < sizeof way / sizeof way[0] && way[i].state <= last; i++) {
        if (way[i].state == TA_OVER)
            continue;
        if (way[i].state == TERMINAL) {
            must(terminal_dst(&t, NAME_DV));
            must(terminal_pso(&t, &shown_terminal));
        } else {
            must(way[i].run());
        }
    }
}

static void reach_pace(enum state state)
{
    static unsigned (*const steps[])(void) = { mse_pace, nonce, map, agree };
    for (size_t i = 0; i < (size_t)(state - PLAIN); i++)
        must(steps[i]());
}

static void reach(enum state state)
{
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    travel = state == CA1_SET || state == CA1;
    switch (state) {
    case CHANNEL:
        must(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, NULL));
        break;
    case PUK:
        must(terminal_pace(&t, WITH_PUK, TERMINAL_PUK, NULL));
        break;
    case TA_OVER:
        run_to(CHALLENGED);
        memset(t.signature, 1, sizeof t.signature);
        ck_assert_uint_eq(terminal_external(&t), 0x6300);
        break;
    case SET_INSIDE:
    case AGREED_INSIDE:
        run_to(CHAT);
        reach_pace(state == SET_INSIDE ? SET : AGREED);
        break;
    case CA1_SET:
    case CA1:
        run_to(CHAT);
        must(terminal_select(&t, 1));
        must(mse_chip());
        if (state == CA1)
            must(chip());
        break;
    default:
        if (state <= AGREED)
            reach_pace(state);
        else
            run_to(state);
    }
}

/* What a command does beside its SW: the docket opens with the rights alone. */
static void docket_is(bool open)
{
    ck_assert_uint_eq(terminal_select(&t, 2), OK);
    ck_assert_uint_eq(terminal_read(&t, 19), open ? OK : NO);
}

START_TEST(each_state)
{
    const enum state state = (enum state)_i;
    card = terminal_card(16);
    for (size_t i = 0; i < COMMANDS; i++) {
        reach(state);
        unsigned sw = commands[i].run();
        ck_assert_msg(sw == table[state].sw[i], "%s, %s: %04X, not %04X", table[state].name, commands[i].name, sw,
                      table[state].sw[i]);
        docket_is(state == RIGHTS || (state == CA_SET && commands[i].run == chip));
    }
    terminal_lawful(card);
}
END_TEST

/* In the clear, all of them, in every state: the channel and what it was worth are gone. */
START_TEST(each_state_in_the_clear)
{
    const enum state state = (enum state)_i;
    card = terminal_card(16);
    for (size_t i = 0; i < COMMANDS; i++) {
        reach(state);
        if (!t.keys.open)
            break;
        terminal_forget(&t);
        unsigned sw = commands[i].run();
        unsigned expected = travel && i >= 13 && i < 15 ? NO : table[PLAIN].sw[i];
        ck_assert_msg(sw == expected, "%s, %s in the clear: %04X, not %04X", table[state].name, commands[i].name, sw,
                      expected);
        docket_is(false);
    }
    terminal_lawful(card);
}
END_TEST

/* No APDU but the one that is waited for keeps a step, and a step that was left can't be gone on with. */
START_TEST(each_step_is_left)
{
    static const enum state steps[] = { SET,        NONCE,  MAPPED,  AGREED,     DST,          AT,
                                        CHALLENGED, CA_SET, CA1_SET, SET_INSIDE, AGREED_INSIDE };
    static unsigned (*const next[])(void) = { nonce,    map,  agree, token, pso,  challenge,
                                              external, chip, chip,  nonce, token };
    static const uint32_t others[] = { 0x00B09C00, 0x00A4000C, 0x00200080, 0x80CA9F70, 0x00220000, 0x00C00000 };
    const size_t step = (size_t)_i;
    card = terminal_card(16);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        reach(steps[step]);
        (void)terminal_send(&t, others[i], NULL, 0, NO_LE);
        travel = travel && others[i] != 0x00A4000C;
        unsigned sw = next[step]();
        ck_assert_msg(sw == UN, "%s left by %08X: %04X", table[steps[step]].name, (unsigned)others[i], sw);
    }
    terminal_lawful(card);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { each_state, STATES },
                                        { each_state_in_the_clear, STATES },
                                        { each_step_is_left, 11 } };
    return suite_run("lds: states", tests, sizeof tests / sizeof tests[0]);
}
