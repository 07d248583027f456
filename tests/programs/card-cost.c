/* SPDX-License-Identifier: BSD-2-Clause */
/* The reset and the commands of the card one by one, for tools/bench/cost: run by callgrind, which collects inside
 * card_reset() and card_apdu() alone, it writes the counts of each to a file of its own, with its name in it. */
#include <string.h>

#include <valgrind/callgrind.h>

#include "domain_talk.h"
#include "terminal.h"
#include "without_check.h"

static struct talk *talk;

static void named(const char *name)
{
    CALLGRIND_DUMP_STATS_AT(name);
}

#define COUNTED(name, command)                                                                                         \
    do {                                                                                                               \
        CALLGRIND_ZERO_STATS;                                                                                          \
        command;                                                                                                       \
        named(name);                                                                                                   \
    } while (0)

/* Power on: self-test, seeding with its health tests, mount of a store that holds a blank card's values. */
static void reset(void)
{
    COUNTED("reset", card_memory_reset(&talk->memory));
    talk_select(talk);
    talk_admin(talk, NULL);
}

static void plain(void)
{
    static uint8_t object[4096];
    memset(object, 0x5A, sizeof object);
    talk_put(talk, 0x5FC105, object, 1000);
    COUNTED("SELECT", talk_select(talk));
    COUNTED("SELECT of nothing", talk_hex(talk, "00A40400 05 A000000999"));
    COUNTED("unknown INS", talk_hex(talk, "00FF0000"));
    COUNTED("VERIFY, empty", talk_hex(talk, "00200080"));
    COUNTED("VERIFY, right", talk_verify(talk, "654321"));
    COUNTED("VERIFY, wrong", talk_verify(talk, "123456"));
    COUNTED("CHANGE REFERENCE DATA", talk_two(talk, 0x24, 0x80, "654321", "654321"));
    COUNTED("RESET RETRY COUNTER", talk_two(talk, 0x2C, 0x80, "12345678", "654321"));
    COUNTED("GET DATA, 1000 bytes", talk_get(talk, 0x5FC105, true));
    COUNTED("GET DATA, Discovery", talk_get(talk, 0x7E, true));
    COUNTED("GET DATA, nothing there", talk_get(talk, 0x5FC101, true));
    COUNTED("GET DATA 9F70", talk_hex(talk, "80CA9F70 00"));
    COUNTED("GET VERSION", talk_hex(talk, "00FD0000 00"));
    COUNTED("GET METADATA of the PIN", talk_hex(talk, "00F70080 00"));
}

static void keyed(void)
{
    static const uint8_t object[200] = { 0x5A };
    const uint8_t sign[38] = { 0x7C, 0x24, 0x82, 0x00, 0x81, 0x20 };
    COUNTED("PUT DATA, 200 bytes", talk_put(talk, 0x5FC101, object, sizeof object));
    talk_hex(talk, "0047009E 05 AC03800111 00");
    talk_command(talk, 0x0087119E, sign, sizeof sign, false); /* the self-test of the curves is behind */
    COUNTED("P-256 signature", talk_command(talk, 0x0087119E, sign, sizeof sign, false));
}

static void must(unsigned sw)
{
    ck_assert_uint_eq(sw, 0x9000);
}

/* In one command: 229 bytes. */
static unsigned pso(struct terminal *t, const struct certificate *certificate)
{
    uint8_t bytes[CERTIFICATE_CAP];
    return terminal_send(t, 0x002A00BE, bytes, terminal_certificate_make(certificate, bytes), NO_LE);
}

/* A terminal at the card's files: each step of PACE, terminal and chip authentication, then files in the channel. */
static void docket(void)
{
    const uint64_t chat = CHAT_WRITER;
    struct certificate dv = shown_dv, own = shown_terminal;
    struct terminal t = terminal_at(terminal_card(16), 16);
    dv.chat |= chat;
    own.chat = chat;
    COUNTED("SELECT of the MF", must(terminal_select(&t, 0)));
    COUNTED("READ BINARY of EF.CardAccess", must(terminal_read(&t, 0x1C)));
    COUNTED("MSE of PACE", must(terminal_mse(&t, WITH_PIN, &chat)));
    COUNTED("PACE, nonce", must(terminal_nonce(&t, TERMINAL_PIN)));
    COUNTED("PACE, mapping", must(terminal_map(&t)));
    COUNTED("PACE, agreement", must(terminal_agree(&t)));
    COUNTED("PACE, token", must(terminal_token(&t, true)));
    COUNTED("MSE of a CVCA", must(terminal_dst(&t, NAME_CVCA)));
    COUNTED("certificate of a DV", must(pso(&t, &dv)));
    must(terminal_dst(&t, NAME_DV));
    COUNTED("certificate of a terminal", must(pso(&t, &own)));
    COUNTED("MSE of a terminal", must(terminal_at_set(&t, NAME_AT)));
    COUNTED("GET CHALLENGE", must(terminal_challenge(&t)));
    terminal_sign(&t, "AT");
    COUNTED("EXTERNAL AUTHENTICATE", must(terminal_external(&t)));
    COUNTED("MSE of chip authentication", must(terminal_mse_chip(&t, "02")));
    COUNTED("chip authentication", must(terminal_chip_step(&t, t.chip_point, 2)));
    COUNTED("SELECT of the docket", must(terminal_select(&t, 2)));
    COUNTED("READ BINARY, protected", must(terminal_read(&t, 19)));
    COUNTED("UPDATE BINARY, a piece", must(terminal_hex(&t, 0x10D69300, "738202FC 800400000006 5A5A5A5A", NO_LE)));
}

int main(void)
{
    talk = talk_new();
    talk_select(talk);
    talk_admin(talk, NULL);
    talk_two(talk, 0x24, 0x80, "123456", "654321");
    reset();
    plain();
    talk_admin(talk, NULL);
    keyed();
    docket();
    return 0;
}
