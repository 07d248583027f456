/* SPDX-License-Identifier: BSD-2-Clause */
/* Power cuts over the whole card: commands of a personalization and of its holder, cut at every word programmed and
 * every erasure in four ways. Afterwards all values are as before the command or as after it, and a counter of tries is
 * never higher than it was, unless the command ran to where it restores it.
 *   test_applet_cut_card [--all]     all cuts, or one in SAMPLE (default) */
#include <stdio.h>
#include <string.h>

#include "card_talk.h"
#include "store_content.h"
#include "suite.h"

enum { SAMPLE = 41, BLOCK = 200 };

static const enum card_memory_cut ways[] = { CUT_BEFORE, CUT_AFTER, CUT_UNSTABLE, CUT_RANDOM };

static struct talk *card;
static bool all;
static unsigned long cuts;

/* ---- commands: who must be there first, and what is sent ---- */

enum who { NOBODY, ADMIN, HOLDER };

static unsigned generate(uint8_t key)
{
    const uint8_t data[] = { 0xAC, 0x03, 0x80, 0x01, 0x11 };
    return talk_command(card, 0x00470000u | key, data, sizeof data, false);
}

static unsigned put(uint32_t tag, size_t len, uint8_t fill)
{
    uint8_t data[9 + 1500];
    const uint8_t head[9] = { 0x5C, 0x03, (uint8_t)(tag >> 16), (uint8_t)(tag >> 8), (uint8_t)tag,
                              0x53, 0x82, (uint8_t)(len >> 8),  (uint8_t)len };
    memcpy(data, head, sizeof head);
    for (size_t i = 0; i < len; i++)
        data[sizeof head + i] = (uint8_t)(fill + i * 7);
    return talk_chained(card, 0x00DB3FFF, data, sizeof head + len, BLOCK);
}

static unsigned key_9a(void)
{
    return generate(0x9A);
}
static unsigned key_9c(void)
{
    return generate(0x9C);
}
static unsigned key_9d(void)
{
    return generate(0x9D);
}
static unsigned key_9e(void)
{
    return generate(0x9E);
}
static unsigned chuid(void)
{
    return put(0x5FC102, 600, 1);
}
static unsigned face(void)
{
    return put(0x5FC108, 1500, 2);
}
static unsigned face_again(void)
{
    return put(0x5FC108, 1300, 3);
}
static unsigned certificate(void)
{
    return put(0x5FC105, 700, 4);
}
static unsigned security(void)
{
    return put(0x5FC106, 300, 5);
}
static unsigned printed(void)
{
    return put(0x5FC109, 300, 6);
}
static unsigned no_certificate(void)
{
    return talk_put(card, 0x5FC105, NULL, 0);
}
static unsigned handover(void)
{
    return talk_two(card, 0x24, 0x80, "123456", "654321");
}
static unsigned verify(void)
{
    return talk_verify(card, "654321");
}
static unsigned verify_wrong(void)
{
    return talk_verify(card, "000000");
}
static unsigned change(void)
{
    return talk_two(card, 0x24, 0x80, "654321", "7654321");
}
static unsigned change_wrong(void)
{
    return talk_two(card, 0x24, 0x80, "111111", "7654321");
}
static unsigned change_back(void)
{
    return talk_two(card, 0x24, 0x80, "7654321", "654321");
}
static unsigned change_puk(void)
{
    return talk_two(card, 0x24, 0x81, "12345678", "87654321");
}
static unsigned unblock_wrong(void)
{
    return talk_two(card, 0x2C, 0x80, "12345678", "654321");
}
static unsigned unblock(void)
{
    return talk_two(card, 0x2C, 0x80, "87654321", "654321");
}

static const struct command_cut {
    const char *name;
    enum who who;
    unsigned (*run)(void);
    unsigned sw; /* where nothing is cut */
} script[] = {
    { "generate 9A", ADMIN, key_9a, 0x9000 },
    { "generate 9C", ADMIN, key_9c, 0x9000 },
    { "generate 9D", ADMIN, key_9d, 0x9000 },
    { "generate 9E", ADMIN, key_9e, 0x9000 },
    { "CHUID", ADMIN, chuid, 0x9000 },
    { "face", ADMIN, face, 0x9000 },
    { "certificate", ADMIN, certificate, 0x9000 },
    { "security object", ADMIN, security, 0x9000 },
    { "printed information", ADMIN, printed, 0x9000 },
    { "face again", ADMIN, face_again, 0x9000 },
    { "handover", NOBODY, handover, 0x9000 },
    { "wrong PIN", NOBODY, verify_wrong, 0x63C2 },
    { "right PIN", NOBODY, verify, 0x9000 },
    { "right PIN again", HOLDER, verify, 0x9000 },
    { "change PIN", NOBODY, change, 0x9000 },
    { "change wrong PIN", NOBODY, change_wrong, 0x63C2 },
    { "change PIN back", NOBODY, change_back, 0x9000 },
    { "change PUK", NOBODY, change_puk, 0x9000 },
    { "wrong PIN, 2 left", NOBODY, verify_wrong, 0x63C2 },
    { "wrong PIN, 1 left", NOBODY, verify_wrong, 0x63C1 },
    { "wrong PIN, none left", NOBODY, verify_wrong, 0x63C0 },
    { "blocked", NOBODY, verify, 0x6983 },
    { "wrong PUK", NOBODY, unblock_wrong, 0x63C4 },
    { "unblock", NOBODY, unblock, 0x9000 },
    { "new key 9A", ADMIN, key_9a, 0x9000 },
    { "delete certificate", ADMIN, no_certificate, 0x9000 },
};

static bool tries_right(uint8_t now, uint8_t before, uint8_t after)
{
    return now == before || now == after || now + 1 == before;
}

/* Power on; whoever the command needs is there. The same random numbers each time. */
static void prepare(const uint8_t *banks, enum who who)
{
    memcpy(card->memory.banks, banks, sizeof card->memory.banks);
    card->memory.unstable = false;
    card->memory.entropy_state = 4711;
    card_memory_reset(&card->memory);
    ck_assert_uint_eq(talk_select(card), 0x9000);
    if (who == ADMIN)
        ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
    if (who == HOLDER)
        ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    card->memory.operations = 0;
}

/* Runs it uncut; what it leaves is where the next one starts. Returns its operations. */
static unsigned long whole(const struct command_cut *c, uint8_t *banks, struct store_content *after)
{
    prepare(banks, c->who);
    unsigned sw = c->run();
    ck_assert_msg(sw == c->sw, "%s: %04X", c->name, sw);
    memcpy(banks, card->memory.banks, sizeof card->memory.banks);
    unsigned long operations = card->memory.operations;
    ck_assert(store_content(&card->memory.port, after));
    return operations;
}

static void cut_at(const struct command_cut *c, const uint8_t *banks, const struct store_content *before,
                   const struct store_content *after, long at, int way)
{
    struct store_content now, again;
    prepare(banks, c->who);
    card->memory.cut = ways[way];
    card->memory.cut_at = at;
    unsigned sw = c->run();
    ck_assert_msg(card->memory.dead, "%s: no operation %ld", c->name, at);
    ck_assert_msg(sw != 0x9000 || ways[way] == CUT_AFTER, "%s: 9000 though cut at %ld", c->name, at);
    cuts++;
    card->memory.dead = false;
    card->memory.cut_at = -1;
    ck_assert_msg(store_content(&card->memory.port, &now), "%s, cut %ld way %d: not mounted", c->name, at, way);
    ck_assert_msg(now.values == before->values || now.values == after->values, "%s, cut %ld way %d: half", c->name, at,
                  way);
    ck_assert_msg(tries_right(now.pin_tries, before->pin_tries, after->pin_tries) &&
                      tries_right(now.puk_tries, before->puk_tries, after->puk_tries),
                  "%s, cut %ld way %d: PIN tries %u, PUK tries %u", c->name, at, way, now.pin_tries, now.puk_tries);
    ck_assert(store_content(&card->memory.port, &again));
    ck_assert_msg(now.values == again.values && now.pin_tries == again.pin_tries && now.puk_tries == again.puk_tries,
                  "%s, cut %ld way %d: decided anew", c->name, at, way);
    card_memory_reset(&card->memory);
    ck_assert_msg(talk_select(card) == 0x9000, "%s, cut %ld way %d: mute", c->name, at, way);
}

START_TEST(cut_every_command)
{
    static uint8_t banks[sizeof card->memory.banks], next[sizeof card->memory.banks];
    struct store_content before, after;
    card = talk_new();
    memcpy(banks, card->memory.banks, sizeof banks);
    ck_assert(store_content(&card->memory.port, &before));
    for (size_t i = 0; i < sizeof script / sizeof script[0]; i++) {
        const struct command_cut *c = &script[i];
        memcpy(next, banks, sizeof next);
        long operations = (long)whole(c, next, &after);
        for (int way = 0; way < 4; way++)
            for (long at = all ? 0 : (long)(i + (size_t)way) % SAMPLE; at < operations; at += all ? 1 : SAMPLE)
                cut_at(c, banks, &before, &after, at, way);
        memcpy(banks, next, sizeof banks);
        before = after;
    }
    printf("card: %zu commands, %lu cuts; nothing half, no try gained\n", sizeof script / sizeof script[0], cuts);
    fflush(stdout);
    ck_assert_uint_gt(cuts, all ? 4000 : 80);
}
END_TEST

int main(int argc, char **argv)
{
    const struct suite_test tests[] = { { cut_every_command, 0 } };
    all = argc == 2 && strcmp(argv[1], "--all") == 0;
    return suite_run("applet cut card", tests, sizeof tests / sizeof tests[0]);
}
