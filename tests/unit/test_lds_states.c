/* SPDX-License-Identifier: BSD-2-Clause */
/* Every state of PACE, terminal and chip authentication with every command, each well formed and right where it may run
 * at all, protected and in the clear. The table is written from the protocols' state machine, not from the card's.
 * Also: in a step of a protocol any command but the one that it waits for ends it, and nothing but chip authentication
 * 2 opens the docket. */
#include <string.h>

#include "suite.h"
#include "terminal.h"

static struct talk *card;
static struct terminal t, ready_terminal;
static struct card_memory ready;
static const uint64_t chat = CHAT_OFFICER;
static unsigned df; /* that is selected: 0 MF, 1 travel document, 2 docket */

static void must(unsigned sw)
{
    ck_assert_uint_eq(sw, 0x9000);
}

/* ---- commands ---- */

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
static unsigned mse_chip(void)
{
    return terminal_mse_chip(&t, df == 1 ? "01" : "02");
}
static unsigned chip(void)
{
    if (t.chip_point[0] != 4 || df == 1) {
        math_key("any", t.chip_scalar);
        math_multiply(NULL, t.chip_scalar, t.chip_point);
    }
    return terminal_chip_step(&t, t.chip_point, df == 1 ? 1 : 2);
}
static unsigned select_root(void)
{
    return terminal_select(&t, 0);
}
static unsigned read_1c(void) /* EF.CardAccess; nothing elsewhere */
{
    return terminal_read(&t, 0x1C);
}
static unsigned read_1d(void) /* EF.CardSecurity, EF.SOD */
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
static unsigned unknown(void)
{
    return terminal_send(&t, 0x00EE0000, NULL, 0, NO_LE);
}
static unsigned unfit(void) /* EXTERNAL AUTHENTICATE that goes on */
{
    return terminal_send(&t, 0x10820000, t.signature, sizeof t.signature, NO_LE);
}

enum command {
    MSE_PACE,
    NONCE,
    MAP,
    AGREE,
    TOKEN,
    DST,
    PSO,
    AT,
    CHALLENGE,
    EXTERNAL,
    MSE_CHIP,
    CHIP,
    SELECT_ROOT,
    READ_1C,
    READ_1D,
    AUXILIARY,
    UNBLOCK,
    UNKNOWN,
    UNFIT,
    COMMANDS,
    NOTHING /* no command is waited for */
};

static const struct {
    const char *name;
    unsigned (*run)(void);
} commands[COMMANDS] = {
    [MSE_PACE] = { "MSE of PACE", mse_pace },
    [NONCE] = { "nonce", nonce },
    [MAP] = { "map", map },
    [AGREE] = { "agree", agree },
    [TOKEN] = { "token", token },
    [DST] = { "MSE:DST", dst },
    [PSO] = { "PSO", pso },
    [AT] = { "MSE:AT", set_at },
    [CHALLENGE] = { "GET CHALLENGE", challenge },
    [EXTERNAL] = { "EXTERNAL AUTHENTICATE", external },
    [MSE_CHIP] = { "MSE of CA", mse_chip },
    [CHIP] = { "chip", chip },
    [SELECT_ROOT] = { "SELECT MF", select_root },
    [READ_1C] = { "READ 1C", read_1c },
    [READ_1D] = { "READ 1D", read_1d },
    [AUXILIARY] = { "VERIFY", auxiliary },
    [UNBLOCK] = { "RESET RETRY COUNTER", unblock },
    [UNKNOWN] = { "INS EE", unknown },
    [UNFIT] = { "10 82", unfit },
};

/* ---- states ---- */

static void plain(void)
{
}
static void set(void)
{
    must(mse_pace());
}
static void nonced(void)
{
    set();
    must(nonce());
}
static void mapped(void)
{
    nonced();
    must(map());
}
static void agreed(void)
{
    mapped();
    must(agree());
}
static void channel(void)
{
    must(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, NULL));
}
static void puk(void)
{
    must(terminal_pace(&t, WITH_PUK, TERMINAL_PUK, NULL));
}
static void set_in_channel(void)
{
    channel();
    set();
}
static void with_chat(void)
{
    must(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &chat));
}
static void set_in_chat(void)
{
    with_chat();
    set();
}
static void agreed_in_chat(void)
{
    with_chat();
    agreed();
}
static void named(void)
{
    with_chat();
    must(dst());
}
static void chain(void)
{
    named();
    must(pso());
}
static void named_in_chain(void)
{
    chain();
    must(dst());
}
static void terminal(void)
{
    with_chat();
    must(terminal_chain(&t, &shown_dv, &shown_terminal));
}
static void at(void)
{
    terminal();
    must(set_at());
}
static void challenged(void)
{
    at();
    must(challenge());
}
static void proven(void)
{
    challenged();
    must(external());
}
static void over(void)
{
    challenged();
    memset(t.signature, 1, sizeof t.signature);
    ck_assert_uint_eq(terminal_external(&t), 0x6300);
}
static void chip_set(void)
{
    proven();
    must(mse_chip());
}
static void rights(void)
{
    chip_set();
    must(chip());
}
static void select_df(void)
{
    must(terminal_select(&t, df));
}
static void chip_1_set(void)
{
    select_df();
    must(mse_chip());
}
static void chip_1(void)
{
    chip_1_set();
    must(chip());
}

/* SW of the commands in their order: 9 9000, 2 6982, 5 6985, 8 6A88, F 6A82, D 6D00, 4 6884. */
/* clang-format off */
static const struct state {
    const char *name;
    void (*reach)(void); /* in the MF */
    unsigned df;         /* selected then, unless it is the MF */
    void (*on)(void);    /* what is done there; NULL: select_df */
    const char *sw;
    enum command waits, again; /* the command that a step waits for, and one that begins the same step anew */
} states[] = {
    /*                                           PACE  TA    CA files, others */
    { "plain", plain, 0, NULL,                  "95555 22222 25 99222D4", NOTHING, NOTHING },
    { "PACE set", set, 0, NULL,                 "99555 22222 25 99222D4", NONCE, MSE_PACE },
    { "nonce", nonced, 0, NULL,                 "95955 22222 25 99222D4", MAP, NOTHING },
    { "mapped", mapped, 0, NULL,                "95595 22222 25 99222D4", AGREE, NOTHING },
    { "agreed", agreed, 0, NULL,                "95559 22222 25 99222D4", TOKEN, NOTHING },
    { "PUK", puk, 0, NULL,                      "95555 22222 25 99229D4", NOTHING, NOTHING },
    { "channel", channel, 0, NULL,              "95555 22222 55 99222D4", NOTHING, NOTHING },
    { "channel, PACE set", set_in_channel, 0, NULL, "99555 22222 55 99222D4", NONCE, MSE_PACE },
    { "CHAT", with_chat, 0, NULL,               "95555 95555 55 99222D4", NOTHING, NOTHING },
    { "CHAT, PACE set", set_in_chat, 0, NULL,   "99555 55555 55 99222D4", NONCE, MSE_PACE },
    { "CHAT, agreed", agreed_in_chat, 0, NULL,  "95559 55555 55 99222D4", TOKEN, NOTHING },
    { "DST", named, 0, NULL,                    "95555 99555 55 99222D4", PSO, DST },
    { "chain", chain, 0, NULL,                  "95555 95855 55 99222D4", NOTHING, NOTHING },
    { "chain, DST", named_in_chain, 0, NULL,    "95555 99555 55 99222D4", PSO, DST },
    { "terminal", terminal, 0, NULL,            "95555 95955 55 99222D4", NOTHING, NOTHING },
    { "AT", at, 0, NULL,                        "95555 95595 55 99222D4", CHALLENGE, NOTHING },
    { "challenged", challenged, 0, NULL,        "95555 95559 55 99222D4", EXTERNAL, NOTHING },
    { "TA done", proven, 0, NULL,               "55555 55555 95 99922D4", NOTHING, NOTHING },
    { "TA over", over, 0, NULL,                 "55555 55555 55 99222D4", NOTHING, NOTHING },
    { "chip set", chip_set, 0, NULL,            "55555 55555 59 99922D4", CHIP, NOTHING },
    { "rights", rights, 0, NULL,                "55555 55555 55 99982D4", NOTHING, NOTHING },
    { "travel, plain", plain, 1, NULL,          "95555 22222 25 92222D4", NOTHING, NOTHING },
    { "travel, PUK", puk, 1, NULL,              "95555 22222 25 92229D4", NOTHING, NOTHING },
    { "travel, channel", channel, 1, NULL,      "95555 22222 95 9F922D4", NOTHING, NOTHING },
    { "travel, CHAT", with_chat, 1, NULL,       "95555 55555 95 9F922D4", NOTHING, NOTHING },
    { "travel, terminal", terminal, 1, NULL,    "95555 55555 95 9F922D4", NOTHING, NOTHING },
    { "travel, channel, chip set", channel, 1, chip_1_set, "95555 22222 59 9F922D4", CHIP, NOTHING },
    { "travel, CHAT, chip set", with_chat, 1, chip_1_set, "95555 55555 59 9F922D4", CHIP, NOTHING },
    { "travel, chip", with_chat, 1, chip_1,     "55555 55555 55 9F922D4", NOTHING, NOTHING },
    { "travel, TA done", proven, 1, NULL,       "55555 55555 55 9F922D4", NOTHING, NOTHING },
    { "travel, TA over", over, 1, NULL,         "55555 55555 55 9F922D4", NOTHING, NOTHING },
    { "travel, rights", rights, 1, NULL,        "55555 55555 55 9F982D4", NOTHING, NOTHING },
    { "docket, plain", plain, 2, NULL,          "95555 22222 25 92222D4", NOTHING, NOTHING },
    { "docket, CHAT", with_chat, 2, NULL,       "95555 55555 55 92222D4", NOTHING, NOTHING },
    { "docket, TA done", proven, 2, NULL,       "55555 55555 55 92222D4", NOTHING, NOTHING },
    { "docket, rights", rights, 2, NULL,        "55555 55555 55 92282D4", NOTHING, NOTHING },
};
/* clang-format on */
#define STATES ((int)(sizeof states / sizeof states[0]))

static unsigned expected(const struct state *s, enum command command)
{
    static const struct {
        char code;
        unsigned sw;
    } codes[] = { { '9', 0x9000 }, { '2', 0x6982 }, { '5', 0x6985 }, { '8', 0x6A88 },
                  { 'F', 0x6A82 }, { 'D', 0x6D00 }, { '4', 0x6884 } };
    const char *at = s->sw;
    for (int left = (int)command; left > 0 || *at == ' '; at++)
        left -= *at != ' ';
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].code == *at)
            return codes[i].sw;
    return 0;
}

static const struct state *plain_in(unsigned which)
{
    const struct state *s = states;
    while (s->reach != plain || s->df != which)
        s++;
    return s;
}

static void reach(const struct state *s)
{
    card = terminal_card(16);
    t = terminal_at(card, 16);
    df = 0;
    s->reach();
    df = s->df;
    if (s->on != NULL)
        s->on();
    else if (df != 0)
        select_df();
    ready = card->memory;
    ready_terminal = t;
}

static void again(const struct state *s)
{
    card->memory = ready;
    t = ready_terminal;
    df = s->df;
}

/* What a command does beside its SW: the docket opens with the rights alone. */
static void docket_is(bool open, const struct state *s, enum command command)
{
    must(terminal_select(&t, 2));
    unsigned sw = terminal_read(&t, 19);
    ck_assert_msg(sw == (open ? 0x9000u : 0x6982u), "%s, %s: the docket: %04X", s->name, commands[command].name, sw);
}

static bool step_left(const struct state *s, enum command command)
{
    return s->waits != NOTHING && command != s->waits && command != s->again;
}

START_TEST(each_command)
{
    const struct state *s = &states[_i];
    reach(s);
    for (enum command c = 0; c < COMMANDS; c++) {
        again(s);
        unsigned sw = commands[c].run();
        ck_assert_msg(sw == expected(s, c), "%s, %s: %04X, not %04X", s->name, commands[c].name, sw, expected(s, c));
        if (step_left(s, c)) {
            sw = commands[s->waits].run();
            ck_assert_msg(sw == 0x6985, "%s, after %s: goes on: %04X", s->name, commands[c].name, sw);
        }
        docket_is(s->reach == rights || (s->reach == chip_set && c == CHIP), s, c);
    }
    again(s);
    terminal_lawful(card);
}
END_TEST

/* The channel and what it was worth are gone. */
START_TEST(each_command_in_the_clear)
{
    const struct state *s = &states[_i];
    reach(s);
    for (enum command c = 0; c < COMMANDS && t.keys.open; c++) {
        again(s);
        terminal_forget(&t);
        unsigned sw = commands[c].run(), right = expected(plain_in(s->df), c);
        ck_assert_msg(sw == right, "%s, %s in the clear: %04X, not %04X", s->name, commands[c].name, sw, right);
        docket_is(false, s, c);
        again(s);
    }
    terminal_lawful(card);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { each_command, STATES }, { each_command_in_the_clear, STATES } };
    return suite_run("lds: states", tests, sizeof tests / sizeof tests[0]);
}
