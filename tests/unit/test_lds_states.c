/* SPDX-License-Identifier: BSD-2-Clause */
/* Every state of PACE, terminal and chip authentication with every command, against a table written down from the
 * design and not from the card's own. And: in a step of a protocol any command but the one that it waits for ends it.
 */
#include <string.h>

#include "eac_talk.h"
#include "p256.h"
#include "suite.h"

static struct terminal t, ready_terminal;
static struct card_memory ready;
static const uint64_t officer = EAC_OFFICER;
static bool travel; /* is selected */

#define MUST(call) ck_assert_uint_eq(call, 0x9000)

/* ---- commands ---- */
static unsigned general(unsigned tag, size_t len)
{
    uint8_t data[4 + 65] = { 0x7C, (uint8_t)(tag == 0 ? 0 : len + 2), (uint8_t)tag, (uint8_t)len };
    if (len == 65)
        memcpy(data + 4, t.chip_key, 65);
    return term_send(&t, 0x00860000, data, tag == 0 ? 2 : 4 + len, 0);
}
static unsigned do_pace(void)
{
    return term_pace_set(&t, EAC_CAN_PASSWORD, NULL);
}
static unsigned do_dst(void)
{
    return term_dst(&t, "USSDCCVCA00001");
}
static unsigned do_at(void)
{
    return term_at(&t, "USSDCAT0100001");
}
static unsigned do_chip(void)
{
    return term_chip_set(&t, travel ? 1 : 2);
}
static unsigned do_nonce(void)
{
    return general(0, 0);
}
static unsigned do_map(void)
{
    return general(0x81, 65);
}
static unsigned do_agree(void)
{
    return general(0x83, 65);
}
static unsigned do_token(void)
{
    return general(0x85, 8);
}
static unsigned do_chip_key(void)
{
    return general(0x80, 65);
}
static unsigned do_certificate(void)
{
    const struct cert dv = { "USSDCCVCA00001", "USSDCDVOF00001", "DV", "CVCA", 2, EAC_OFFICER, "260101", "291231" };
    uint8_t bytes[CERT_MAX];
    return term_pso(&t, bytes, cert_make(&dv, bytes));
}
static unsigned do_challenge(void)
{
    return term_send(&t, 0x00840000, NULL, 0, 8);
}
static unsigned do_external(void)
{
    return term_external(&t, "AT");
}
static unsigned do_read(void)
{
    return term_send(&t, travel ? 0x00B08E00 : 0x00B09D00, NULL, 0, 0);
}
static unsigned do_verify(void)
{
    return term_hex(&t, 0x80208000, "060904007F000703010402", 0);
}
static unsigned do_unblock(void)
{
    return term_send(&t, 0x002C0303, NULL, 0, NO_LE);
}
static unsigned do_unknown(void)
{
    return term_send(&t, 0x00EE0000, NULL, 0, NO_LE);
}

enum {
    PACE,
    DST,
    AT,
    CHIP,
    NONCE,
    MAP,
    AGREE,
    TOKEN,
    KEY,
    CERT,
    CHALLENGE,
    EXTERNAL,
    READ,
    VERIFY,
    UNBLOCK,
    UNKNOWN,
    COMMANDS
};
static unsigned (*const commands[COMMANDS])(void) = {
    do_pace,     do_dst,         do_at,        do_chip,     do_nonce, do_map,    do_agree,   do_token,
    do_chip_key, do_certificate, do_challenge, do_external, do_read,  do_verify, do_unblock, do_unknown,
};

/* ---- states ---- */
static void plain(void)
{
}
static void set(void)
{
    MUST(term_pace_set(&t, EAC_CAN_PASSWORD, NULL));
}
static void nonce(void)
{
    set();
    MUST(term_pace_nonce(&t, NULL, EAC_CAN_PASSWORD));
}
static void mapped(void)
{
    nonce();
    MUST(term_pace_map(&t));
}
static void agreed(void)
{
    mapped();
    MUST(term_pace_agree(&t));
}
static void puk(void)
{
    MUST(term_pace(&t, EAC_PUK, NULL, NULL));
}
static void channel(void)
{
    MUST(term_pace(&t, EAC_CAN_PASSWORD, NULL, NULL));
}
static void in_channel(void)
{
    channel();
    MUST(term_pace_set(&t, EAC_PIN, NULL));
}
static void chat(void)
{
    MUST(term_pace(&t, EAC_CAN_PASSWORD, NULL, &officer));
}
static void dst(void)
{
    chat();
    MUST(do_dst());
}
static void chain(void)
{
    dst();
    MUST(do_certificate());
}
static void chain_dst(void)
{
    chain();
    MUST(do_dst());
}
static void terminal(void)
{
    chat();
    MUST(term_chain(&t, officer));
}
static void at(void)
{
    terminal();
    MUST(do_at());
}
static void challenged(void)
{
    at();
    MUST(term_challenge(&t));
}
static void ta_done(void)
{
    challenged();
    MUST(do_external());
}
static void chip_set(void)
{
    ta_done();
    MUST(do_chip());
}
static void ta_over(void)
{
    challenged();
    ck_assert_uint_eq(term_external(&t, "DV"), 0x6300);
}
static void rights(void)
{
    ta_done();
    MUST(term_chip(&t, 2));
}
static void travel_selected(void)
{
    travel = true;
    MUST(term_select(&t, 'T'));
}
static void t_plain(void)
{
    travel_selected();
}
static void t_channel(void)
{
    channel();
    travel_selected();
}
static void t_chat(void)
{
    chat();
    travel_selected();
}
static void t_chip_set(void)
{
    t_channel();
    MUST(do_chip());
}
static void t_chip(void)
{
    t_channel();
    MUST(term_chip(&t, 1));
}
static void t_ta_done(void)
{
    ta_done();
    travel_selected();
}
static void t_rights(void)
{
    rights();
    travel_selected();
}

#define NONE COMMANDS
/* Columns as commands[]. 9 9000, 0 6A80, 2 6982, 3 6300, 5 6985, 8 6A88, D 6D00; '-': not looked at. 'waits' for the
 * command that a step waits for, 'again' for the one that begins the step anew. */
static const struct state {
    const char *name;
    void (*reach)(void);
    const char *sw;
    int waits, again;
} states[] = {
    /*                                     PDAC NMATK CCE RVUu */
    { "plain", plain,
      "9222"
      "55555"
      "222"
      "222D",
      NONE, NONE },
    { "set", set,
      "9222"
      "95555"
      "222"
      "222D",
      NONCE, PACE },
    { "nonce", nonce,
      "9222"
      "59555"
      "222"
      "222D",
      MAP, NONE },
    { "mapped", mapped,
      "9222"
      "55955"
      "222"
      "222D",
      AGREE, NONE },
    { "agreed", agreed,
      "9222"
      "55535"
      "222"
      "222D",
      TOKEN, NONE },
    { "PUK", puk,
      "9222"
      "55555"
      "222"
      "229D",
      NONE, NONE },
    { "channel", channel,
      "9225"
      "55555"
      "222"
      "222D",
      NONE, NONE },
    { "PACE in a channel", in_channel,
      "9225"
      "95555"
      "222"
      "222D",
      NONCE, PACE },
    { "CHAT", chat,
      "9955"
      "55555"
      "555"
      "222D",
      NONE, NONE },
    { "DST", dst,
      "9955"
      "55555"
      "955"
      "222D",
      CERT, DST },
    { "chain", chain,
      "9985"
      "55555"
      "555"
      "222D",
      NONE, NONE },
    { "DST in a chain", chain_dst,
      "9955"
      "55555"
      "955"
      "222D",
      CERT, DST },
    { "terminal", terminal,
      "9995"
      "55555"
      "555"
      "222D",
      NONE, NONE },
    { "AT", at,
      "9955"
      "55555"
      "595"
      "222D",
      CHALLENGE, NONE },
    { "challenged", challenged,
      "9955"
      "55555"
      "559"
      "222D",
      EXTERNAL, NONE },
    { "TA done", ta_done,
      "5559"
      "55555"
      "555"
      "922D",
      NONE, NONE },
    { "chip set", chip_set,
      "5555"
      "55559"
      "555"
      "922D",
      KEY, NONE },
    { "TA over", ta_over,
      "5555"
      "55555"
      "555"
      "222D",
      NONE, NONE },
    { "rights", rights,
      "5555"
      "55555"
      "555"
      "982D",
      NONE, NONE },
    { "travel, plain", t_plain,
      "9222"
      "55555"
      "222"
      "222D",
      NONE, NONE },
    { "travel, channel", t_channel,
      "9229"
      "55555"
      "222"
      "922D",
      NONE, NONE },
    { "travel, CHAT", t_chat,
      "9559"
      "55555"
      "555"
      "922D",
      NONE, NONE },
    { "travel, chip set", t_chip_set,
      "9225"
      "55559"
      "222"
      "922D",
      KEY, NONE },
    { "travel, chip", t_chip,
      "5555"
      "55555"
      "555"
      "922D",
      NONE, NONE },
    { "travel, TA done", t_ta_done,
      "5555"
      "55555"
      "555"
      "922D",
      NONE, NONE },
    { "travel, rights", t_rights,
      "5555"
      "55555"
      "555"
      "982D",
      NONE, NONE },
};

static unsigned meaning(char code)
{
    static const struct {
        char code;
        unsigned sw;
    } codes[] = { { '9', 0x9000 }, { '0', 0x6A80 }, { '2', 0x6982 }, { '3', 0x6300 },
                  { '5', 0x6985 }, { '8', 0x6A88 }, { 'D', 0x6D00 } };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].code == code)
            return codes[i].sw;
    return 0;
}

static void restore(void)
{
    struct talk *talk = t.talk;
    talk->memory = ready;
    t = ready_terminal;
    t.talk = talk;
}

START_TEST(state_by_command)
{
    const struct state *s = &states[_i];
    uint8_t scalar[32];
    term_start(&t, eac_card());
    key_scalar("any", scalar);
    ck_assert(p256_multiply(NULL, scalar, t.chip_key));
    s->reach();
    ready = t.talk->memory;
    ready_terminal = t;
    ck_assert_uint_eq(strlen(s->sw), COMMANDS);
    for (int c = 0; c < COMMANDS; c++) {
        restore();
        unsigned sw = commands[c]();
        ck_assert_msg(sw == meaning(s->sw[c]), "%s, command %d: %04X, not %04X", s->name, c, sw, meaning(s->sw[c]));
        ck_assert_msg(t.open == ready_terminal.open, "%s, command %d: the channel", s->name, c);
        if (s->waits == NONE || c == s->waits || c == s->again)
            continue;
        sw = commands[s->waits]();
        ck_assert_msg(sw == 0x6985, "%s, after command %d: the step goes on: %04X", s->name, c, sw);
    }
    restore();
    term_lawful(&t);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { state_by_command, sizeof states / sizeof states[0] } };
    return suite_run("lds states", tests, sizeof tests / sizeof tests[0]);
}
