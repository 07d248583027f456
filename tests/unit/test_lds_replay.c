/* SPDX-License-Identifier: BSD-2-Clause */
/* A session given to the card again, byte for byte: the whole of it, its protected part alone, and that part in the
 * channel of another terminal. Each command has its exact status word, nothing is told, nothing is changed, and a
 * lawful run goes through. */
#include <string.h>

#include "suite.h"
#include "terminal.h"

#define SW(call, expected) ck_assert_uint_eq((call), (expected))

static struct talk *card;
static struct terminal t;
static struct talk_tape tape;

enum { MSE, NONCE, MAP, AGREE, TOKEN, PACE_STEPS }; /* on the tape; what follows is protected */

/* An officer reads and writes, and somebody listens. */
static void record(enum terminal_password password)
{
    card = terminal_card(16);
    t = terminal_at(card, 16);
    tape.count = 0;
    card->tape = &tape;
    terminal_officer(&t, password, CHAT_WRITER);
    SW(terminal_read(&t, 19), 0x9000);
    SW(terminal_update(&t, 17, 6), 0x9000);
    card->tape = NULL;
    ck_assert_uint_gt(tape.count, PACE_STEPS + 10);
}

/* Command i of the tape again; a refusal tells nothing but SW. */
static unsigned play(size_t i)
{
    unsigned sw = talk_bytes(card, tape.of[i].bytes, tape.of[i].len);
    ck_assert(sw == 0x9000 || card->got.len == 0);
    return sw;
}

/* Without a channel. */
static void play_protected(void)
{
    for (size_t i = PACE_STEPS; i < tape.count; i++)
        ck_assert_msg(play(i) == 0x6985, "command %zu: %04X", i, card->got.sw);
}

/* The docket as the record left it. */
static void unchanged(void)
{
    uint8_t file[2100];
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    terminal_officer(&t, WITH_PIN, CHAT_OFFICER);
    SW(terminal_read(&t, 17), 0x9000);
    terminal_file(2, 17, 6, file, sizeof file);
    ck_assert_mem_eq(card->got.data, file, 223);
    terminal_lawful(card);
}

static void whole(enum terminal_password password, unsigned wrong)
{
    record(password);
    SW(play(PACE_STEPS), 0x6988); /* into the channel that it comes from */
    play_protected();
    card_memory_reset(&card->memory);
    SW(play(MSE), 0x9000);
    SW(play(NONCE), 0x9000); /* another nonce: what follows is about another generator */
    SW(play(MAP), 0x9000);
    SW(play(AGREE), 0x9000);
    SW(play(TOKEN), wrong);
    SW(play(TOKEN), 0x6985);
    play_protected();
    unchanged();
}

START_TEST(whole_session)
{
    whole(WITH_CAN, 0x6300);
    whole(WITH_PIN, 0x63C2); /* costs a try, which the next lawful run gives back */
    t = terminal_at(card, 16);
    SW(terminal_mse(&t, WITH_PIN, NULL), 0x9000);
}
END_TEST

/* One who has opened PACE alone, or who has all rights: the first command that is played ends the channel. */
START_TEST(into_another_channel)
{
    record(WITH_CAN);
    for (size_t i = PACE_STEPS; i < tape.count; i++) {
        card_memory_reset(&card->memory);
        t = terminal_at(card, 16);
        if (i % 2 == 0)
            terminal_officer(&t, WITH_CAN, CHAT_WRITER);
        else
            SW(terminal_pace(&t, WITH_CAN, TERMINAL_CAN, NULL), 0x9000);
        ck_assert_msg(play(i) == 0x6988, "command %zu: %04X", i, card->got.sw);
        play_protected();
        terminal_forget(&t);
        SW(terminal_select(&t, 2), 0x9000);
        SW(terminal_read(&t, 19), 0x6982);
    }
    unchanged();
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { whole_session, 0 }, { into_another_channel, 0 } };
    return suite_run("lds: a session again", tests, sizeof tests / sizeof tests[0]);
}
