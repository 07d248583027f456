/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may not read DG19 does not learn from it: two cards that differ in nothing but its content, with the same random
 * numbers, answer every reader without its right with the same bytes, whatever it asks; and none of the bytes is
 * DG19's. */
#include <string.h>

#include <openssl/evp.h>

#include "domain_talk.h"
#include "suite.h"
#include "terminal.h"

#define GROUP     19
#define GROUP_LEN 768
#define WINDOW    12 /* so many bytes of the group in a row are found */
#define PENDING   "asylum pending"
#define NOT_ASKED "nothing pending"

static uint8_t content[2][GROUP_LEN];

/* A card whose DG19 is made from this text. */
static struct talk *make(const char *text, uint8_t group[static GROUP_LEN])
{
    struct talk *card = terminal_card(16);
    struct terminal t = terminal_at(card, 16);
    struct domain_session s;
    for (size_t at = 0; at < GROUP_LEN; at += 32) {
        uint8_t seed[64] = { (uint8_t)(at / 32) }, block[32];
        strncpy((char *)seed + 1, text, sizeof seed - 2);
        ck_assert(EVP_Digest(seed, sizeof seed, block, NULL, EVP_sha256(), NULL) == 1);
        memcpy(group + at, block, 32);
    }
    memcpy(group, "\x73\x82\x02\xFC\x80\x04\x00\x00\x00\x05", 10);
    ck_assert_uint_eq(terminal_select(&t, 2), 0x9000);
    terminal_issuer(&s, card);
    ck_assert_uint_eq(domain_chained(&s, 0x00D68000 | GROUP << 8, group, GROUP_LEN, 200), 0x9000);
    return card;
}

struct reader {
    const char *name;
    enum terminal_password password; /* 0: none */
    bool with_chat, foreign, expired;
    uint64_t chat; /* and the certificate's rights */
};

#define DG(n) ((uint64_t)1 << ((n) + 7))

static const struct reader readers[] = {
    { "nobody", 0, false, false, false, 0 },
    { "CAN", WITH_CAN, false, false, false, 0 },
    { "MRZ", WITH_MRZ, false, false, false, 0 },
    { "PIN", WITH_PIN, false, false, false, 0 },
    { "PUK", WITH_PUK, false, false, false, 0 },
    { "terminal without rights", WITH_PIN, true, false, false, 0 },
    { "officer by the MRZ", WITH_MRZ, true, false, false, CHAT_WRITER },
    { "benefits", WITH_PIN, true, false, false, DG(21) },
    { "benefits by the CAN", WITH_CAN, true, false, false, DG(21) },
    { "status", WITH_PIN, true, false, false, DG(17) | DG(20) },
    { "officer but for DG19", WITH_CAN, true, false, false, CHAT_WRITER & ~DG(19) & ~((uint64_t)1 << 35) },
    { "writer of DG19 who may not read it", WITH_PIN, true, false, false, (uint64_t)1 << 35 },
    { "expired officer", WITH_CAN, true, false, true, CHAT_OFFICER },
    { "foreign officer", WITH_CAN, true, true, false, CHAT_OFFICER },
};
#define READERS (sizeof readers / sizeof readers[0])

/* Two cards, step by step. */
static struct terminal t[2];
static const char *who;

static void seen(const struct answer_seen *got)
{
    for (size_t c = 0; c < 2; c++)
        for (size_t at = 0; at + WINDOW <= got->len; at++)
            if (memmem(content[c] + 10, GROUP_LEN - 10, got->data + at, WINDOW) != NULL)
                ck_abort_msg("%s sees DG19", who);
}

static unsigned same(const char *what)
{
    const struct answer_seen *a = &t[0].talk->got, *b = &t[1].talk->got;
    ck_assert_msg(a->sw == b->sw, "%s, %s: %04X and %04X", who, what, a->sw, b->sw);
    ck_assert_msg(a->len == b->len && memcmp(a->data, b->data, a->len) == 0, "%s, %s: %zu bytes and %zu differ", who,
                  what, a->len, b->len);
    ck_assert_mem_eq(t[0].keys.enc, t[1].keys.enc, 32);
    ck_assert_mem_eq(t[0].keys.ssc, t[1].keys.ssc, 16);
    seen(a);
    return a->sw;
}

static unsigned both(uint32_t header, const void *data, size_t len, int le)
{
    for (size_t i = 0; i < 2; i++)
        (void)terminal_send(&t[i], header, data, len, le);
    return same("a command");
}

static void open_both(const struct reader *r)
{
    static const char *const secrets[] = { "", TERMINAL_MRZ, TERMINAL_CAN, TERMINAL_PIN, TERMINAL_PUK };
    struct certificate dv = shown_dv, own = shown_terminal;
    dv.chat |= r->chat;
    own.chat = r->chat;
    if (r->foreign)
        dv.by = "foreign CVCA";
    if (r->expired) {
        own.from = "260101";
        own.to = "261031";
    }
    const bool good = !r->foreign && !r->expired;
    for (size_t i = 0; i < 2; i++) {
        terminal_rewind();
        if (r->password == 0)
            continue;
        ck_assert_uint_eq(terminal_pace(&t[i], r->password, secrets[r->password], r->with_chat ? &r->chat : NULL),
                          0x9000);
        if (!r->with_chat)
            continue;
        ck_assert_uint_eq(terminal_authenticate(&t[i], &dv, &own), good ? 0x9000 : 0x6984);
        if (good)
            ck_assert_uint_eq(terminal_chip(&t[i], 2), 0x9000);
    }
    (void)same("the protocols");
}

/* All that there is to ask of the files, in every DF. */
static void ask_everything(void)
{
    for (unsigned df = 0; df < 3; df++) {
        for (size_t i = 0; i < 2; i++)
            ck_assert_uint_eq(terminal_select(&t[i], df), 0x9000);
        for (uint32_t sfi = 0; sfi < 31; sfi++) {
            const uint8_t fid[2] = { 0x01, (uint8_t)sfi };
            (void)both(0x00B08000u | sfi << 8, NULL, 0, 0);
            (void)both(0x00B08000u | sfi << 8 | 0xFF, NULL, 0, 0);
            (void)both(0x00A4020C, fid, 2, NO_LE);
            (void)both(0x00B00000, NULL, 0, 0);
            (void)both(0x00B00000 | (GROUP_LEN - 1), NULL, 0, 0);
            (void)both(0x00B00000 | GROUP_LEN, NULL, 0, 0);
            (void)both(0x00B10100 | sfi, "\x54\x02\x00\x20", 4, 0);
            (void)both(0x00D68000u | sfi << 8, "\x73", 1, NO_LE); /* malformed for whoever may write */
        }
    }
}

START_TEST(two_cards)
{
    const struct reader *r = &readers[_i];
    struct talk *cards[2] = { make(PENDING, content[0]), make(NOT_ASKED, content[1]) };
    who = r->name;
    for (size_t i = 0; i < 2; i++) {
        cards[i]->memory.entropy_state = 7;
        card_memory_reset(&cards[i]->memory);
        t[i] = terminal_at(cards[i], 16);
    }
    open_both(r);
    ask_everything();
    for (size_t i = 0; i < 2; i++) { /* PIV, too */
        ck_assert_uint_eq(talk_select(cards[i]), 0x9000);
        terminal_forget(&t[i]);
    }
    (void)same("SELECT of PIV");
    (void)both(0x00CB3FFF, "\x5C\x01\x7E", 3, 0);
    (void)both(0x00F70080, NULL, 0, 0);
    (void)both(0x80CA9F70, NULL, 0, 0);
}
END_TEST

/* Who has the right sees which card it is: what the others are held to is there to be seen. */
START_TEST(the_right_sees_it)
{
    struct talk *cards[2] = { make(PENDING, content[0]), make(NOT_ASKED, content[1]) };
    for (size_t i = 0; i < 2; i++) {
        card_memory_reset(&cards[i]->memory);
        struct terminal own = terminal_at(cards[i], 16);
        terminal_officer(&own, WITH_CAN, CHAT_OFFICER);
        ck_assert_uint_eq(terminal_read(&own, GROUP), 0x9000);
        ck_assert_uint_eq(cards[i]->got.len, 223);
        ck_assert_mem_eq(cards[i]->got.data, content[i], 223);
    }
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { two_cards, READERS }, { the_right_sees_it, 0 } };
    return suite_run("lds: privacy", tests, sizeof tests / sizeof tests[0]);
}
