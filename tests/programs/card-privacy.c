/* SPDX-License-Identifier: BSD-2-Clause */
/* Two cards that differ in the content of DG19 alone, for tests/e2e/privacy-counts.sh: run by callgrind, which collects
 * inside card_apdu() alone, it writes the counts of each command to a file of its own, named CARD READER, COMMAND. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <valgrind/callgrind.h>

#include "domain_talk.h"
#include "terminal.h"
#include "without_check.h"

enum { GROUP = 19, GROUP_LEN = 768 };

static const char *card_name, *reader;
static struct terminal t;

static void counted(const char *what, unsigned number, uint32_t header, const void *data, size_t len, int le)
{
    char name[64];
    snprintf(name, sizeof name, "%s %s, %s %02X", card_name, reader, what, number);
    CALLGRIND_ZERO_STATS;
    (void)terminal_send(&t, header, data, len, le);
    CALLGRIND_DUMP_STATS_AT(name);
}

/* Names of groups that are there, that are not, and that can't be. */
static void ask(void)
{
    static const uint8_t names[] = { 17, 18, 19, 20, 21, 22, 9 };
    counted("SELECT", 2, 0x00A4040C, "\xF0SDCDOCKET", 10, NO_LE);
    for (size_t i = 0; i < sizeof names; i++) {
        const uint8_t fid[2] = { 0x01, names[i] };
        counted("READ", names[i], 0x00B08000u | (uint32_t)names[i] << 8, NULL, 0, 0);
        counted("SELECT EF", names[i], 0x00A4020C, fid, 2, NO_LE);
        counted("UPDATE", names[i], 0x00D68000u | (uint32_t)names[i] << 8, "\x73", 1, NO_LE);
    }
}

static void start(struct talk *card)
{
    card->memory.entropy_state = 7;
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    terminal_rewind();
}

static void ask_as_all(struct talk *card)
{
    reader = "nobody";
    start(card);
    ask();
    reader = "CAN";
    start(card);
    (void)terminal_pace(&t, WITH_CAN, TERMINAL_CAN, NULL);
    ask();
    reader = "benefits";
    start(card);
    terminal_officer(&t, WITH_PIN, (uint64_t)1 << 28); /* DG21 */
    ask();
}

static void put_group(struct talk *card, uint8_t fill)
{
    uint8_t content[GROUP_LEN] = { 0x73, 0x82, 0x02, 0xFC, 0x80, 0x04, 0, 0, 0, 0x05 };
    struct domain_session s;
    memset(content + 10, fill, sizeof content - 10);
    t = terminal_at(card, 16);
    (void)terminal_select(&t, 2);
    terminal_issuer(&s, card);
    (void)domain_chained(&s, 0x00D68000 | GROUP << 8, content, sizeof content, 200);
}

int main(void)
{
    static const char *const names[] = { "A", "B" };
    for (size_t i = 0; i < 2; i++) {
        struct talk *card = terminal_card(16);
        put_group(card, i == 0 ? 0x00 : 0xFF);
        card_name = names[i];
        ask_as_all(card);
    }
    return 0;
}
