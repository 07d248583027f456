/* SPDX-License-Identifier: BSD-2-Clause */
/* What ends a channel, or a protocol, leaves none of its secrets in the card's volatile memory: keys of the channel,
 * nonce, mapped generator and tokens of PACE, the challenge, a new PIN, a half certificate, a file's bytes. */
#include <string.h>

#include "card_edge.h"
#include "suite.h"
#include "terminal.h"

#define SW(call, expected) ck_assert_uint_eq((call), (expected))
#define COUNT(a)           (sizeof(a) / sizeof(a)[0])

static struct talk *card;
static struct terminal t;
static const uint64_t writer = CHAT_WRITER;

static bool held(const void *secret, size_t len)
{
    return memmem(&card->memory.card, sizeof card->memory.card, secret, len) != NULL;
}

/* ---- what ends it ---- */

static void plain(void)
{
    unsigned sw = talk_hex(card, "00B09C0000");
    ck_assert(sw == 0x9000 || sw == 0x6982); /* the MF's; the docket's */
}
static void malformed(void)
{
    SW(talk_hex(card, "0CB09C"), 0x6700);
}
static void wrong_mac(void)
{
    (void)talk_hex(card, "0CB09C000D9701008E08000000000000000000");
}
static void select_piv(void)
{
    SW(terminal_hex(&t, 0x00A4040C, "A000000308", NO_LE), 0x9000);
}
static void select_piv_plain(void)
{
    SW(talk_select(card), 0x9000);
}
static void issuer_begins(void)
{
    (void)talk_hex(card, "8050000008 0011223344556677 00");
}
static void reset(void)
{
    card_memory_reset(&card->memory);
}

static const struct ender {
    const char *name;
    void (*run)(void);
} enders[] = {
    { "a plain command", plain }, { "a malformed APDU", malformed },        { "a wrong MAC", wrong_mac },
    { "PIV", select_piv },        { "PIV in the clear", select_piv_plain }, { "the issuer's session", issuer_begins },
    { "reset", reset },
};

/* ---- secrets ---- */

static struct {
    const char *name;
    const uint8_t *bytes;
    size_t len;
} secrets[8];
static size_t secret_count;

static void secret(const char *name, const void *bytes, size_t len)
{
    ck_assert_msg(held(bytes, len), "%s: not there", name); /* else the search could find nothing */
    secrets[secret_count].name = name;
    secrets[secret_count].bytes = bytes;
    secrets[secret_count++].len = len;
}

static void all_gone(const char *after)
{
    for (size_t i = 0; i < secret_count; i++)
        ck_assert_msg(!held(secrets[i].bytes, secrets[i].len), "%s is there after %s", secrets[i].name, after);
}

static void start(void)
{
    secret_count = 0;
    card = terminal_card(16);
    t = terminal_at(card, 16);
}

static void keys_of_channel(void)
{
    static struct terminal_keys kept;
    kept = t.keys;
    secret("K_enc", kept.enc, t.key_len);
    secret("K_mac", kept.mac, t.key_len);
}

START_TEST(channel_of_pace)
{
    static uint8_t id[32], challenge[8], x[32];
    start();
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &writer), 0x9000);
    SW(terminal_chain(&t, &shown_dv, &shown_terminal), 0x9000);
    SW(terminal_at_set(&t, NAME_AT), 0x9000);
    SW(terminal_challenge(&t), 0x9000);
    memcpy(id, t.id_picc, sizeof id);
    memcpy(challenge, t.challenge, sizeof challenge);
    memcpy(x, t.chip_point + 1, sizeof x);
    keys_of_channel();
    secret("ID_PICC", id, sizeof id);
    secret("the challenge", challenge, sizeof challenge);
    secret("x(ePK)", x, sizeof x);
    secret("the terminal's name", NAME_AT, strlen(NAME_AT));
    enders[_i].run();
    all_gone(enders[_i].name);
    terminal_lawful(card);
}
END_TEST

START_TEST(channel_with_rights)
{
    static struct terminal_keys of_pace;
    static uint8_t file[2100];
    start();
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &writer), 0x9000);
    of_pace = t.keys;
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    terminal_officer(&t, WITH_PIN, CHAT_WRITER);
    ck_assert(!held(of_pace.enc, t.key_len));
    keys_of_channel();
    terminal_file(2, 17, 6, file, sizeof file); /* half of a file is on its way in */
    SW(terminal_send(&t, 0x10D69100, file, 200, NO_LE), 0x9000);
    SW(terminal_send(&t, 0x10D69100, file + 200, 200, NO_LE), 0x9000);
    enders[_i].run();
    all_gone(enders[_i].name);
    ck_assert(!held(file + 16, 16) && !held(file + 216, 16));
    terminal_lawful(card);
}
END_TEST

/* Chip authentication has new keys: none of PACE's stay. */
START_TEST(keys_renewed)
{
    start();
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &writer), 0x9000);
    SW(terminal_authenticate(&t, &shown_dv, &shown_terminal), 0x9000);
    keys_of_channel();
    SW(terminal_chip(&t, 2), 0x9000);
    all_gone("chip authentication");
    secret_count = 0;
    SW(terminal_read(&t, 0x1C), 0x9000);
    keys_of_channel(); /* the new ones are there */
    terminal_lawful(card);
}
END_TEST

/* PACE that runs: each step's secrets, ended by a failure of its own and by another command. */
START_TEST(pace)
{
    static uint8_t nonce[16], generator[MATH_POINT];
    static struct terminal_keys next;
    start();
    for (int wrong = 0; wrong < 2; wrong++) {
        card_memory_reset(&card->memory);
        t = terminal_at(card, 16);
        secret_count = 0;
        SW(terminal_mse(&t, WITH_CAN, NULL), 0x9000);
        SW(terminal_nonce(&t, TERMINAL_CAN), 0x9000);
        memcpy(nonce, t.nonce, sizeof nonce);
        ck_assert(held(nonce, sizeof nonce));
        SW(terminal_map(&t), 0x9000);
        ck_assert_msg(!held(nonce, sizeof nonce), "the nonce is there after the mapping");
        memcpy(generator, t.generator, sizeof generator);
        secret("the generator", generator, sizeof generator);
        SW(terminal_agree(&t), 0x9000);
        next = t.next;
        secret("K_enc to be", next.enc, t.key_len);
        secret("K_mac to be", next.mac, t.key_len);
        if (wrong)
            SW(terminal_token(&t, false), 0x6300);
        else
            plain();
        all_gone(wrong ? "a wrong token" : "another command");
    }
    terminal_lawful(card);
}
END_TEST

/* A certificate that isn't whole, and digits of a new PIN. */
START_TEST(what_came_in)
{
    uint8_t certificate[CERTIFICATE_CAP];
    start();
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &writer), 0x9000);
    size_t len = terminal_certificate_make(&shown_dv, certificate);
    ck_assert_uint_gt(len, 200);
    SW(terminal_dst(&t, NAME_CVCA), 0x9000);
    SW(terminal_send(&t, 0x102A00BE, certificate, 200, NO_LE), 0x9000);
    ck_assert(held(certificate + 100, 64));
    SW(terminal_read(&t, 0x1C), 0x9000);
    ck_assert_msg(!held(certificate + 100, 64), "half a certificate stays");
    SW(terminal_hex(&t, 0x002C0203, "3931393139313931", NO_LE), 0x9000);
    ck_assert_msg(!held("91919191", 8), "a new PIN's digits stay");
    SW(terminal_hex(&t, 0x002C0203, "323436383130", NO_LE), 0x9000);
    ck_assert(!held(TERMINAL_PIN, 6));
    terminal_lawful(card);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { channel_of_pace, COUNT(enders) },
        { channel_with_rights, COUNT(enders) },
        { keys_renewed, 0 },
        { pace, 0 },
        { what_came_in, 0 },
    };
    return suite_run("lds: wiping", tests, COUNT(tests));
}
