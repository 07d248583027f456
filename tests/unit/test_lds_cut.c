/* SPDX-License-Identifier: BSD-2-Clause */
/* Power cuts over what a terminal makes the card write: trust point and date, a data group, tries of the PIN and its
 * value. Cut at every word programmed in four ways; afterwards all values are as before or as after, a counter of tries
 * is never higher than it was unless the command ran to where it restores it, and the card answers. */
#include <stdio.h>
#include <string.h>

#include "eac_talk.h"
#include "store_content.h"
#include "suite.h"

static const enum card_memory_cut ways[] = { CUT_BEFORE, CUT_AFTER, CUT_UNSTABLE, CUT_RANDOM };
static struct terminal t, ready_terminal;
static struct card_memory ready;
static unsigned long cuts;
static uint8_t certificate[CERT_MAX];
static size_t certificate_len;

/* ---- what is cut: how it gets there, and the last step ---- */

static void authority(const struct cert *cert)
{
    const uint64_t rights = EAC_OFFICER;
    ck_assert_uint_eq(term_pace(&t, EAC_CAN_PASSWORD, NULL, &rights), 0x9000);
    ck_assert_uint_eq(term_dst(&t, cert->car), 0x9000);
    certificate_len = cert_make(cert, certificate);
}
static void before_link(void)
{
    authority(
        &(struct cert) { "USSDCCVCA00001", "USSDCCVCA00002", "CVCA2", "CVCA", 3, EAC_OFFICER, "270101", "370101" });
}
static void before_dv(void)
{
    authority(&(struct cert) { "USSDCCVCA00001", "USSDCDVOF00001", "DV", "CVCA", 2, EAC_OFFICER, "270201", "291231" });
}
static unsigned import(void)
{
    return term_pso(&t, certificate, certificate_len);
}

static void before_token(uint8_t password)
{
    unsigned sw = term_pace_set(&t, password, NULL);
    ck_assert(sw == 0x9000 || (sw & 0xFFF0) == 0x63C0);
    ck_assert_uint_eq(term_pace_nonce(&t, NULL, password), 0x9000);
    ck_assert_uint_eq(term_pace_map(&t), 0x9000);
    ck_assert_uint_eq(term_pace_agree(&t), 0x9000);
}
static void before_pin(void)
{
    before_token(EAC_PIN);
}
static void before_can(void)
{
    before_token(EAC_CAN_PASSWORD);
}
static unsigned right(void)
{
    return term_pace_token(&t, false);
}
static unsigned wrong(void)
{
    return term_pace_token(&t, true);
}

static void before_unblock(void)
{
    ck_assert_uint_eq(term_pace(&t, EAC_PUK, NULL, NULL), 0x9000);
}
static unsigned unblock(void)
{
    return term_send(&t, 0x002C0303, NULL, 0, NO_LE);
}
static unsigned new_pin(void)
{
    return term_send(&t, 0x002C0203, "123457", 6, NO_LE);
}

static void before_update(void)
{
    ck_assert_uint_eq(term_run(&t, EAC_CAN_PASSWORD, EAC_WRITER), 0x9000);
    ck_assert_uint_eq(term_select(&t, 'D'), 0x9000);
}
static unsigned update(void)
{
    uint8_t file[768] = { 0x73, 0x82, 0x02, 0xFC, 0x80, 0x04, 0, 0, 0, 9 };
    for (size_t i = 10; i < sizeof file; i++)
        file[i] = (uint8_t)(i * 11);
    for (size_t at = 0; at < sizeof file; at += 192) {
        uint32_t header = (at + 192 < sizeof file ? 0x10D69300 : 0x00D69300);
        unsigned sw = term_send(&t, header, file + at, 192, NO_LE);
        if (sw != 0x9000)
            return sw;
    }
    return 0x9000;
}

static const struct script {
    const char *name;
    void (*before)(void);
    unsigned (*run)(void);
    unsigned sw;
} scripts[] = {
    { "link certificate", before_link, import, 0x9000 }, { "document verifier", before_dv, import, 0x9000 },
    { "wrong PIN", before_pin, wrong, 0x63C2 },          { "right PIN", before_pin, right, 0x9000 },
    { "wrong CAN", before_can, wrong, 0x6300 },          { "right CAN", before_can, right, 0x9000 },
    { "unblock", before_unblock, unblock, 0x9000 },      { "new PIN", before_unblock, new_pin, 0x9000 },
    { "data group", before_update, update, 0x9000 },
};

static void restore(void)
{
    t.talk->memory = ready;
    struct talk *talk = t.talk;
    t = ready_terminal;
    t.talk = talk;
}

static void cut_at(const struct script *s, const struct store_content *before, const struct store_content *after,
                   long at, int way)
{
    struct store_content now, again;
    restore();
    t.talk->memory.cut = ways[way];
    t.talk->memory.cut_at = at;
    unsigned sw = s->run();
    ck_assert_msg(t.talk->memory.dead, "%s: no operation %ld", s->name, at);
    ck_assert_msg(sw != 0x9000 || ways[way] == CUT_AFTER, "%s: 9000 though cut at %ld", s->name, at);
    cuts++;
    t.talk->memory.dead = false;
    t.talk->memory.cut_at = -1;
    ck_assert_msg(store_content(&t.talk->memory.port, &now), "%s, cut %ld way %d: not mounted", s->name, at, way);
    ck_assert_msg(now.values == before->values || now.values == after->values, "%s, cut %ld way %d: half", s->name, at,
                  way);
    ck_assert_msg(now.pin_tries == before->pin_tries || now.pin_tries == after->pin_tries ||
                      now.pin_tries + 1 == before->pin_tries,
                  "%s, cut %ld way %d: tries %u", s->name, at, way, now.pin_tries);
    ck_assert_msg(now.failures == before->failures || now.failures == after->failures ||
                      now.failures == before->failures + 1,
                  "%s, cut %ld way %d: failures %u", s->name, at, way, now.failures);
    ck_assert(store_content(&t.talk->memory.port, &again));
    ck_assert_msg(now.values == again.values && now.pin_tries == again.pin_tries, "%s, cut %ld: decided anew", s->name,
                  at);
    term_reset(&t);
    ck_assert_msg(talk_hex(t.talk, "00B09C0000") == 0x9000, "%s, cut %ld way %d: mute", s->name, at, way);
}

START_TEST(cut)
{
    const struct script *s = &scripts[_i];
    struct store_content before, after;
    term_start(&t, eac_card());
    s->before();
    ck_assert(store_content(&t.talk->memory.port, &before));
    t.talk->memory.operations = 0;
    ready = t.talk->memory;
    ready_terminal = t;
    unsigned sw = s->run();
    ck_assert_msg(sw == s->sw, "%s: %04X", s->name, sw);
    long operations = (long)t.talk->memory.operations;
    ck_assert_int_gt(operations, 0);
    ck_assert(store_content(&t.talk->memory.port, &after));
    for (int way = 0; way < 4; way++)
        for (long at = 0; at < operations; at++)
            cut_at(s, &before, &after, at, way);
    printf("%s: %ld operations, %lu cuts; nothing half, no try gained\n", s->name, operations, cuts);
    fflush(stdout);
    restore(); /* the card that was not cut goes on */
    ck_assert_uint_eq(s->run(), s->sw);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { cut, sizeof scripts / sizeof scripts[0] } };
    return suite_run("lds cut", tests, sizeof tests / sizeof tests[0]);
}
