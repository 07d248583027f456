/* SPDX-License-Identifier: BSD-2-Clause */
/* The issuer domain's commands: keys and their change-over under power cuts, data, each command in each state of the
 * life cycle, and that a secured card is changed through the session alone. */
#include <string.h>

#include "card_edge.h"
#include "domain_talk.h"
#include "suite.h"

#define HEX(name, hex)                                                                                                 \
    uint8_t name[256];                                                                                                 \
    size_t name##_len = talk_unhex(hex, name, sizeof name);                                                            \
    (void)name##_len

static struct domain_session s;

static struct talk *opened(size_t key_len)
{
    struct talk *talk = domain_card(0x70, key_len);
    struct domain_keys keys = domain_transport(key_len);
    ck_assert_uint_eq(domain_select(talk), 0x9000);
    domain_open(&s, talk, &keys, 8, 0x33);
    return talk;
}

/* SELECT and a session with these keys. */
static void reopen(struct talk *talk, const struct domain_keys *keys)
{
    ck_assert_uint_eq(domain_select(talk), 0x9000);
    domain_open(&s, talk, keys, 8, 0x33);
}

static void expect(struct talk *talk, const char *hex)
{
    HEX(want, hex);
    ck_assert_uint_eq(talk->got.len, want_len);
    ck_assert_mem_eq(talk->got.data, want, want_len);
}

/* ---- keys ---- */

/* From each key size to each; the version changes, the old set is gone, the answer shows the check values. */
START_TEST(put_key)
{
    size_t old_len = _i % 2 != 0 ? 32 : 16, new_len = _i / 2 != 0 ? 32 : 16;
    struct talk *talk = opened(old_len);
    struct domain_keys old = domain_transport(old_len), keys = domain_other(0x01, new_len);
    struct domain_session other;
    uint8_t data[255];
    size_t len = domain_put_key_data(&s, &keys, data);
    ck_assert_uint_eq(domain_send(&s, 0x80D87F81, data, len), 0x9000);
    ck_assert_uint_eq(talk->got.len, 10);
    ck_assert_uint_eq(talk->got.data[0], 0x01);
    for (size_t k = 0; k < 3; k++)
        ck_assert_mem_eq(talk->got.data + 1 + 3 * k, data + 1 + (k + 1) * (7 + new_len) - 3, 3);
    /* the session goes on, with the DEK it was opened with */
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8012, "123456", 6), 0x9000);
    ck_assert_uint_eq(domain_send(&s, 0x80CA00E0, NULL, 0), 0x9000);
    expect(talk, new_len == 16 ? "E012 C00401018810 C00402018810 C00403018810"
                               : "E012 C00401018820 C00402018820 C00403018820");
    ck_assert_uint_eq(domain_select(talk), 0x9000);
    ck_assert_uint_eq(domain_initialize(&other, talk, &old, 0x7F, 8), 0x6A88);
    ck_assert_uint_eq(domain_initialize(&other, talk, &old, 0, 8), 0);
    ck_assert_uint_eq(domain_authenticate(&other, 0x33), 0x6300);
    domain_open(&s, talk, &keys, 8, 0x33);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8012, "654321", 6), 0x9000); /* with the new DEK */
    struct domain_keys third = domain_other(0x02, old_len);
    ck_assert_uint_eq(domain_put_key(&s, &third), 0x9000);
    reopen(talk, &third);
}
END_TEST

/* A blank with a key and objects that a stranger put there by the blank's management key; a session is open. */
static struct talk *planted(void)
{
    uint8_t import[40] = { 0x06, 0x20, [33] = 7 };
    struct talk *talk = opened(16);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_admin(talk, NULL), 0x9000);
    ck_assert_uint_eq(talk_command(talk, 0x00FE1182, import, 34, false), 0x9000);
    ck_assert_uint_eq(talk_put(talk, OBJ_RETIRED_FIRST, (const uint8_t *)"mark", 4), 0x9000);
    ck_assert_uint_eq(talk_put(talk, OBJ_SM_SIGNER, (const uint8_t *)"mark", 4), 0x9000);
    struct domain_keys old = domain_transport(16);
    reopen(talk, &old);
    return talk;
}

/* How many of them are there; the session ends. */
static unsigned planted_left(struct talk *talk)
{
    unsigned left = 0;
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    left += talk_hex(talk, "00F70082 00") == 0x9000;
    left += talk_get(talk, OBJ_RETIRED_FIRST, false) == 0x9000;
    left += talk_get(talk, OBJ_SM_SIGNER, false) == 0x9000;
    ck_assert_uint_eq(talk_get(talk, OBJ_DISCOVERY, false), 0x9000);
    return left;
}

/* The first change-over deletes what was there, a refused one nothing, and a later one nothing of the issuer's. */
START_TEST(taken_over)
{
    struct domain_keys old = domain_transport(16), keys = domain_other(0x01, 16), third = domain_other(0x02, 16);
    struct talk *talk = planted();
    uint8_t data[255];
    size_t len = domain_put_key_data(&s, &keys, data);
    data[20] ^= 1;
    ck_assert_uint_eq(domain_send(&s, 0x80D87F81, data, len), 0x6A80);
    ck_assert_uint_eq(planted_left(talk), 3);
    reopen(talk, &old);
    ck_assert_uint_eq(domain_put_key(&s, &keys), 0x9000);
    ck_assert_uint_eq(planted_left(talk), 0);
    ck_assert_uint_eq(talk_admin(talk, NULL), 0x9000); /* the issuer's turn */
    ck_assert_uint_eq(talk_put(talk, OBJ_SM_SIGNER, (const uint8_t *)"mine", 4), 0x9000);
    reopen(talk, &keys);
    ck_assert_uint_eq(domain_put_key(&s, &third), 0x9000);
    ck_assert_uint_eq(planted_left(talk), 1);
}
END_TEST

/* Wherever the power fails: never the new keys and anything of the stranger's. */
START_TEST(taken_over_cut)
{
    struct domain_keys old = domain_transport(16), keys = domain_other(0x01, 16);
    for (long at = 0;; at++) {
        struct talk *talk = planted();
        talk->memory.cut = (enum card_memory_cut)_i;
        talk->memory.cut_at = (long)talk->memory.operations + at;
        uint8_t data[255], cmd[300];
        size_t len = domain_put_key_data(&s, &keys, data);
        len = domain_wrap(&s, 0x80D87F81, data, len, cmd);
        talk_bytes(talk, cmd, len);
        bool dead = talk->memory.dead;
        card_memory_reset(&talk->memory);
        ck_assert_uint_eq(domain_select(talk), 0x9000);
        bool changed = domain_initialize(&s, talk, &old, 0x7F, 8) == 0x6A88;
        ck_assert(changed || dead);
        ck_assert_uint_le(planted_left(talk), changed ? 0 : 3);
        reopen(talk, changed ? &keys : &old);
        if (!dead)
            break;
    }
}
END_TEST

/* Each thing that may be wrong in a PUT KEY: its SW, and the old set still opens. */
START_TEST(put_key_refused)
{
    static const struct {
        size_t at; /* of 16-byte keys: byte that is changed */
        uint8_t to;
        unsigned sw;
    } cases[] = {
        { 0, 0x00, 0x6A80 },  { 0, 0x7F, 0x6A80 }, { 0, 0xFF, 0x6A80 }, { 1, 0x80, 0x6A80 },  { 2, 0x10, 0x6A80 },
        { 3, 0x20, 0x6A80 },  { 3, 0x00, 0x6A80 }, { 4, 0xAA, 0x6A80 }, { 20, 0x02, 0x6A80 }, { 21, 0xAA, 0x6A80 },
        { 23, 0xAA, 0x6A80 }, { 24, 0, 0x6A80 },   { 47, 0, 0x6A80 },   { 68, 0xAA, 0x6A80 },
    };
    struct talk *talk = opened(16);
    struct domain_keys old = domain_transport(16), keys = domain_other(0x01, 16), wide = domain_other(0x01, 32);
    uint8_t data[255], mixed[255];
    size_t len = domain_put_key_data(&s, &keys, data);
    ck_assert_uint_eq(len, 70);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t wrong[80];
        memcpy(wrong, data, len);
        wrong[cases[i].at] = cases[i].to;
        ck_assert_uint_eq(domain_send(&s, 0x80D87F81, wrong, len), cases[i].sw);
    }
    ck_assert_uint_eq(domain_send(&s, 0x80D87F81, data, len - 1), 0x6700);
    memcpy(mixed, data, len);
    mixed[len] = 0;
    ck_assert_uint_eq(domain_send(&s, 0x80D87F81, mixed, len + 1), 0x6A80);
    ck_assert_uint_eq(domain_send(&s, 0x80D80081, data, len), 0x6A88);
    ck_assert_uint_eq(domain_send(&s, 0x80D80181, data, len), 0x6A88);
    ck_assert_uint_eq(domain_send(&s, 0x80D87F01, data, len), 0x6A86);
    domain_put_key_data(&s, &wide, mixed); /* the second and third key of another length than the first */
    memmove(mixed + 24, mixed + 40, 78);
    memcpy(mixed, data, 24);
    ck_assert_uint_eq(domain_send(&s, 0x80D87F81, mixed, 102), 0x6A80);
    ck_assert_uint_eq(talk_select(talk), 0x9000); /* it is the domain's command */
    domain_open(&s, talk, &old, 8, 0x33);
    ck_assert_uint_eq(domain_send(&s, 0x80D87F81, data, len), 0x6D00);
    reopen(talk, &old);
    ck_assert_uint_eq(domain_select(talk), 0x9000);
    ck_assert_uint_eq(talk_command(talk, 0x80D87F81, data, len, false), 0x6982);
    reopen(talk, &old);
    ck_assert_uint_eq(domain_put_key(&s, &keys), 0x9000);
    reopen(talk, &keys);
    keys = domain_other(0x01, 16); /* the same version again would leave the host in doubt */
    ck_assert_uint_eq(domain_put_key(&s, &keys), 0x6A80);
}
END_TEST

/* The power fails at each operation of the change-over, in each way: key information names one set, which opens. */
START_TEST(put_key_cut)
{
    struct talk *talk = opened(16);
    struct domain_keys sets[2] = { domain_transport(16), domain_other(0x01, 32) };
    unsigned cuts = 0, changed = 0;
    static struct card_memory before;
    for (enum card_memory_cut cut = CUT_BEFORE; cut < CUT_WAYS; cut++)
        for (long at = 0;; at++) {
            reopen(talk, &sets[0]);
            card_memory_reset(&talk->memory);
            memcpy(&before, &talk->memory, sizeof before);
            reopen(talk, &sets[0]);
            uint8_t data[255], cmd[300];
            size_t len = domain_put_key_data(&s, &sets[1], data);
            len = domain_wrap(&s, 0x80D87F81, data, len, cmd);
            talk->memory.cut = cut;
            talk->memory.cut_at = (long)talk->memory.operations + at;
            unsigned sw = talk_bytes(talk, cmd, len);
            bool dead = talk->memory.dead;
            card_memory_reset(&talk->memory);
            ck_assert_uint_eq(domain_select(talk), 0x9000);
            ck_assert_uint_eq(talk_hex(talk, "80CA00E0 00"), 0x9000);
            unsigned which = talk->got.data[5] == 0x7F ? 0 : 1;
            ck_assert_uint_eq(talk->got.data[5], sets[which].version);
            ck_assert(which == 1 || sw != 0x9000 || dead); /* what was answered 9000 stays */
            domain_open(&s, talk, &sets[which], 8, 0x33);
            changed += which;
            cuts += dead;
            memcpy(talk->memory.banks, before.banks, sizeof before.banks);
            talk->memory.unstable = false;
            card_memory_reset(&talk->memory);
            if (!dead)
                break;
        }
    ck_assert_uint_gt(cuts, 100);
    ck_assert_uint_gt(changed, CUT_WAYS - 1);
    ck_assert_uint_lt(changed, cuts);
}
END_TEST

/* ---- data ---- */

START_TEST(get_data)
{
    struct talk *talk = domain_card(0x71, 32);
    ck_assert_uint_eq(talk_hex(talk, "80CA9F70 00"), 0x9000); /* nothing is selected yet */
    ck_assert_uint_eq(talk_hex(talk, "80CA0066 00"), 0x6A86);
    ck_assert_uint_eq(domain_select(talk), 0x9000);
    expect(talk, "6F10 8408A000000151000000 A5049F6501FF");
    ck_assert_uint_eq(talk_hex(talk, "00A40400 05 A000000151"), 0x9000);
    ck_assert_uint_eq(talk_hex(talk, "80CA0066 00"), 0x9000);
    expect(talk, "6631 732F 06072A864886FC6B01 600C060A2A864886FC6B02020301 63090607 2A864886FC6B03"
                 " 640B06092A864886FC6B040371");
    ck_assert_uint_eq(talk_hex(talk, "80CA0045 00"), 0x9000);
    expect(talk, "450A 53444300000000000001");
    ck_assert_uint_eq(talk_hex(talk, "80CA00E0 00"), 0x9000);
    expect(talk, "E012 C004017F8820 C004027F8820 C004037F8820");
    ck_assert_uint_eq(talk_hex(talk, "80CA0042 00"), 0x6A88);
    ck_assert_uint_eq(talk_hex(talk, "80CA9F7F 00"), 0x6A88);
    ck_assert_uint_eq(talk_hex(talk, "80CA0067 00"), 0x6A86);
    ck_assert_uint_eq(talk_hex(talk, "80CA0066 01 00"), 0x6700);
    ck_assert_uint_eq(talk_hex(talk, "00CA0066 00"), 0x6D00);
}
END_TEST

/* Every DGI, whole or without effect. */
START_TEST(store_data)
{
    struct talk *talk = opened(16);
    uint8_t production[PRODUCTION_DATA_LEN + 1], junk[40] = { 9 };
    memset(production, 0x42, sizeof production);
    ck_assert_uint_eq(domain_store(&s, 0x88, 0x0042, "issuer", 6), 0x9000);
    ck_assert_uint_eq(domain_store(&s, 0x88, 0x0042, "seventeen letters", 17), 0x6A80);
    ck_assert_uint_eq(domain_store(&s, 0x88, 0x0042, "", 0), 0x6700); /* no DGI is that short */
    ck_assert_uint_eq(domain_store(&s, 0x88, 0x9F7F, production, 42), 0x9000);
    ck_assert_uint_eq(domain_store(&s, 0x88, 0x9F7F, production, 41), 0x6A80);
    ck_assert_uint_eq(domain_store(&s, 0x88, 0x9F7F, production, 43), 0x6A80);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x0042, "issuer", 6), 0x6A80); /* that one isn't encrypted */
    ck_assert_uint_eq(domain_store(&s, 0x88, 0x8010,
                                   "\x03"
                                   "246802",
                                   7),
                      0x6A80); /* that one is */
    ck_assert_uint_eq(domain_store(&s, 0x88, 0x8099, "x", 1), 0x6A88);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8010,
                                   "\x04"
                                   "246802",
                                   7),
                      0x9000);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8010,
                                   "\x10"
                                   "246803",
                                   7),
                      0x6A80);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8010,
                                   "\x00"
                                   "246803",
                                   7),
                      0x6A80);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8010,
                                   "\x03"
                                   "24680",
                                   6),
                      0x6A80);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8010,
                                   "\x03"
                                   "24680x",
                                   7),
                      0x6A80);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8010,
                                   "\x03"
                                   "246802468",
                                   10),
                      0x6A80);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8011,
                                   "\x05"
                                   "13571357",
                                   9),
                      0x9000);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8011,
                                   "\x05"
                                   "1357135",
                                   8),
                      0x6A80);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8012, "123456", 6), 0x9000);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8012, "12345A", 6), 0x6A80);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8013, junk, 20), 0x9000);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8013, junk, 21), 0x6A80);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8014, junk, 16), 0x9000);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8014, junk, 17), 0x6A80);
    ck_assert_uint_eq(domain_store(&s, 0xE8, 0x8014, junk, 40), 0x6A80);
    HEX(no_padding, "8012 10 00000000000000000000000000000000"); /* decrypts to what has no padding */
    ck_assert_uint_eq(domain_send(&s, 0x80E2E800, no_padding, no_padding_len), 0x6A80);
    HEX(too_long, "0042 05 41424344");
    ck_assert_uint_eq(domain_send(&s, 0x80E28800, too_long, too_long_len), 0x6A80);
    HEX(behind, "0042 01 41 42");
    ck_assert_uint_eq(domain_send(&s, 0x80E28800, behind, behind_len), 0x6A80);
    ck_assert_uint_eq(domain_send(&s, 0x80E20800, behind, 4), 0x6A86);
    ck_assert_uint_eq(domain_send(&s, 0x80E28801, behind, 4), 0x6A86);

    ck_assert_uint_eq(domain_send(&s, 0x80CA0042, NULL, 0), 0x9000);
    expect(talk, "4206 697373756572");
    ck_assert_uint_eq(domain_send(&s, 0x80CA9F7F, NULL, 0), 0x9000);
    ck_assert_uint_eq(talk->got.len, 45);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_two(talk, 0x24, 0x80, "123456", "111111"), 0x63C3); /* four tries, one is gone */
    ck_assert_uint_eq(talk_two(talk, 0x24, 0x80, "246802", "111111"), 0x9000);
    ck_assert_uint_eq(talk_two(talk, 0x2C, 0x80, "13571357", "222222"), 0x9000);
    ck_assert_uint_eq(talk_verify(talk, "222222"), 0x9000);
    ck_assert_uint_eq(talk_admin(talk, junk), 0x9000);
}
END_TEST

/* ---- life cycle ---- */

static const uint8_t states[] = { 0x01, 0x07, 0x0F, 0x7F, 0xFF };
#define STATES (sizeof states)
static const struct domain_keys *owner; /* the set that the card has */

/* A card with the issuer's keys in this state; no session. */
static struct talk *card_in(uint8_t state)
{
    static struct domain_keys keys;
    struct talk *talk = opened(16);
    keys = domain_other(0x21, 16);
    owner = &keys;
    ck_assert_uint_eq(domain_put_key(&s, &keys), 0x9000);
    reopen(talk, &keys);
    for (size_t i = 1; i < STATES && talk->got.sw == 0x9000; i++) {
        if (states[i - 1] == state)
            break;
        if (state == 0xFF) {
            ck_assert_uint_eq(domain_send(&s, 0x80F080FF, NULL, 0), 0x9000);
            break;
        }
        ck_assert_uint_eq(domain_send(&s, 0x80F08000 | states[i], NULL, 0), 0x9000);
    }
    card_memory_reset(&talk->memory);
    ck_assert_uint_eq(talk_hex(talk, "80CA9F70 00"), 0x9000);
    ck_assert_uint_eq(talk->got.data[3], state);
    return talk;
}

/* Each state to each value of P2; the table is written down again here. */
START_TEST(transitions)
{
    static const uint8_t allowed[][2] = { { 0x01, 0x07 }, { 0x07, 0x0F }, { 0x0F, 0x7F }, { 0x7F, 0x0F },
                                          { 0x01, 0xFF }, { 0x07, 0xFF }, { 0x0F, 0xFF }, { 0x7F, 0xFF } };
    uint8_t from = states[_i];
    for (unsigned to = 0; to <= 0xFF; to++) {
        bool may = false;
        for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
            may = may || (allowed[i][0] == from && allowed[i][1] == to);
        if (!may && to % 8 != 7 && to != 1) /* states and some others */
            continue;
        struct talk *talk = card_in(from);
        reopen(talk, owner);
        ck_assert_uint_eq(domain_send(&s, 0x80F08000 | to, NULL, 0), may ? 0x9000 : 0x6985);
        card_memory_reset(&talk->memory);
        talk_hex(talk, "80CA9F70 00");
        ck_assert_uint_eq(talk->got.data[3], may ? to : from);
    }
}
END_TEST

/* A card that still has its maker's keys is not given to anybody. */
START_TEST(transport_keys_stay_unsecured)
{
    struct talk *talk = opened(16);
    struct domain_keys keys = domain_other(0x05, 16);
    ck_assert_uint_eq(domain_send(&s, 0x80F08007, NULL, 0), 0x9000);
    ck_assert_uint_eq(domain_send(&s, 0x80F0800F, NULL, 0), 0x6985);
    ck_assert_uint_eq(domain_put_key(&s, &keys), 0x9000);
    ck_assert_uint_eq(domain_send(&s, 0x80F0800F, NULL, 0), 0x9000);
    ck_assert_uint_eq(domain_select(talk), 0x9000);
    ck_assert_uint_eq(talk_hex(talk, "80F08007"), 0x6982);
}
END_TEST

/* Each command in each state, outside a session and in one. '=': as 9000. */
START_TEST(commands_by_state)
{
    static const struct {
        const char *what;
        bool piv, session;
        const char *command; /* in a session: header and data */
        unsigned sw[STATES]; /* OP_READY, INITIALIZED, SECURED, CARD_LOCKED, TERMINATED */
    } cases[] = {
        { "select domain", false, false, "00A40400 08 A000000151000000", { 0x9000, 0x9000, 0x9000, 0x9000, 0x9000 } },
        { "select PIV", true, false, "00A40400 05 A000000308", { 0x9000, 0x9000, 0x9000, 0x9000, 0x6985 } },
        { "select nothing", true, false, "00A40400 05 A000000999", { 0x6A82, 0x6A82, 0x6A82, 0x6A82, 0x6A82 } },
        { "state", false, false, "80CA9F70 00", { 0x9000, 0x9000, 0x9000, 0x9000, 0x9000 } },
        { "state", true, false, "80CA9F70 00", { 0x9000, 0x9000, 0x9000, 0x9000, 0x9000 } },
        { "recognition", false, false, "80CA0066 00", { 0x9000, 0x9000, 0x9000, 0x9000, 0x6985 } },
        { "key information", false, false, "80CA00E0 00", { 0x9000, 0x9000, 0x9000, 0x9000, 0x6985 } },
        { "serial", false, false, "80CA0045 00", { 0x9000, 0x9000, 0x6982, 0x6982, 0x6985 } },
        { "serial", false, true, "80CA0045", { 0x9000, 0x9000, 0x9000, 0x9000, 0 } },
        { "issuer", false, false, "80CA0042 00", { 0x6A88, 0x6A88, 0x6982, 0x6982, 0x6985 } },
        { "issuer", false, true, "80CA0042", { 0x6A88, 0x6A88, 0x6A88, 0x6A88, 0 } },
        { "production", false, false, "80CA9F7F 00", { 0x6A88, 0x6A88, 0x6982, 0x6982, 0x6985 } },
        { "production", false, true, "80CA9F7F", { 0x6A88, 0x6A88, 0x6A88, 0x6A88, 0 } },
        { "get status", false, false, "80F28002 02 4F00", { 0x6982, 0x6982, 0x6982, 0x6982, 0x6985 } },
        { "get status", false, true, "80F28002 4F00", { 0x9000, 0x9000, 0x9000, 0x9000, 0 } },
        { "set status", false, false, "80F080FF", { 0x6982, 0x6982, 0x6982, 0x6982, 0x6985 } },
        { "store data", false, false, "80E28800 04 00420141", { 0x6982, 0x6982, 0x6982, 0x6982, 0x6985 } },
        { "store data", false, true, "80E28800 00420141", { 0x9000, 0x9000, 0x9000, 0x9000, 0 } },
        { "initialize", false, false, "80500000 08 0102030405060708", { 0x9000, 0x9000, 0x9000, 0x9000, 0x6985 } },
        { "initialize", true, false, "80500000 08 0102030405060708", { 0x9000, 0x9000, 0x9000, 0x6985, 0x6985 } },
        { "PIV get data", true, false, "00CB3FFF 03 5C017E 00", { 0x9000, 0x9000, 0x9000, 0x6985, 0x6985 } },
        { "PIV verify", true, false, "00200080", { 0x6985, 0x6985, 0x6985, 0x6985, 0x6985 } },
        { "PIV unknown", true, false, "00B00000", { 0x6D00, 0x6D00, 0x6D00, 0x6985, 0x6985 } },
        { "PIV put data", true, false, "00DB3FFF 08 5C035FC102 530141", { 0x6982, 0x6982, 0x6982, 0x6985, 0x6985 } },
        { "PIV put data", true, true, "00DB3FFF 5C035FC102 530141", { 0x9000, 0x9000, 0x9000, 0, 0 } },
        { "PIV generate", true, true, "0047009A AC03800111", { 0x9000, 0x9000, 0x9000, 0, 0 } },
    };
    for (size_t state = 0; state < STATES; state++) {
        struct talk *talk = card_in(states[state]);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            unsigned sw = cases[i].sw[state], got;
            if (sw == 0) /* no session there */
                continue;
            cases[i].piv ? talk_select(talk) : domain_select(talk);
            if (cases[i].session) {
                HEX(cmd, cases[i].command);
                uint32_t head = (uint32_t)cmd[0] << 24 | (uint32_t)cmd[1] << 16 | (uint32_t)cmd[2] << 8 | cmd[3];
                domain_open(&s, talk, owner, 8, 0x33);
                got = domain_send(&s, head, cmd + 4, cmd_len - 4);
            } else {
                got = talk_hex(talk, cases[i].command);
            }
            ck_assert_msg(got == sw, "state %02X, %s%s, %s: %04X, not %04X", states[state],
                          cases[i].session ? "in a session " : "", cases[i].what, cases[i].command, got, sw);
        }
    }
}
END_TEST

/* After SECURED the management key opens nothing, and nothing of the chip's is told to a stranger. */
START_TEST(secured)
{
    static const uint8_t zeros[10] = { 0 };
    struct talk *talk = card_in(0x07);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_admin(talk, NULL), 0x9000);
    ck_assert_uint_eq(talk_put(talk, OBJ_CHUID, (const uint8_t *)"old", 3), 0x9000);
    ck_assert_uint_eq(domain_select(talk), 0x9000);
    ck_assert_uint_eq(domain_initialize(&s, talk, owner, 0, 8), 0x9000);
    ck_assert_mem_ne(s.serial, zeros, 10);

    talk = card_in(0x0F);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_admin(talk, NULL), 0x9000);
    ck_assert_uint_eq(talk_put(talk, OBJ_CHUID, (const uint8_t *)"new", 3), 0x6982);
    ck_assert_uint_eq(talk_hex(talk, "0047009A 05 AC03800111 00"), 0x6982);
    ck_assert_uint_eq(talk_hex(talk, "00F80000 00"), 0x9000);
    expect(talk, "00000000");
    domain_open(&s, talk, owner, 8, 0x33);
    ck_assert_mem_eq(s.serial, zeros, 10);
    HEX(import, "0620 0101010101010101010101010101010101010101010101010101010101010101");
    ck_assert_uint_eq(domain_send(&s, 0x00FE119D, import, import_len), 0x9000);
    ck_assert_uint_eq(domain_send(&s, 0x00200080, NULL, 0), 0x6985); /* the holder's commands go through it too */
}
END_TEST

/* Three wrong tries of the PIN and of the PUK, whose last answers are 63C0. */
static void block_references(struct talk *talk)
{
    for (int i = 0; i < 3; i++)
        ck_assert_uint_eq(talk_two(talk, 0x24, 0x80, "000000", "111111") >> 4, 0x63C);
    do {
        ck_assert_uint_eq(talk_two(talk, 0x24, 0x81, "00000000", "11111111") >> 4, 0x63C);
    } while (talk->got.sw != 0x63C0);
}

/* What tools do to a card of their own: before SECURED by whoever has its management key, then no more, and only a
 * key's import by the issuer. 0: not tried there. */
START_TEST(extensions_by_state)
{
    static const struct {
        const char *what, *command;
        unsigned before, secured, session;
    } cases[] = {
        { "import", "00FE119D 0620 0101010101010101010101010101010101010101010101010101010101010101", 0x9000, 0x6982,
          0x9000 },
        { "set management key", "00FFFFFF 089B10 01010101010101010101010101010101", 0x9000, 0x6982, 0x6985 },
        { "set tries", "00FA0505", 0x6982 /* without the PIN */, 0x6982, 0x6985 },
        { "reset", "00FB0000", 0x9000, 0x6985, 0x6985 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        HEX(cmd, cases[i].command);
        uint32_t head = (uint32_t)cmd[0] << 24 | (uint32_t)cmd[1] << 16 | (uint32_t)cmd[2] << 8 | cmd[3];
        struct talk *talk = card_in(0x07);
        ck_assert_uint_eq(talk_select(talk), 0x9000);
        block_references(talk);
        ck_assert_uint_eq(talk_admin(talk, NULL), 0x9000);
        ck_assert_msg(talk_command(talk, head, cmd + 4, cmd_len - 4, false) == cases[i].before,
                      "%s before SECURED: %04X", cases[i].what, talk->got.sw);
        talk = card_in(0x0F);
        ck_assert_uint_eq(talk_select(talk), 0x9000);
        block_references(talk);
        ck_assert_uint_eq(talk_admin(talk, NULL), 0x9000);
        ck_assert_msg(talk_command(talk, head, cmd + 4, cmd_len - 4, false) == cases[i].secured, "%s, SECURED: %04X",
                      cases[i].what, talk->got.sw);
        domain_open(&s, talk, owner, 8, 0x33);
        unsigned sw = domain_send(&s, head, cmd + 4, cmd_len - 4);
        ck_assert_msg(sw == cases[i].session, "%s in a session: %04X", cases[i].what, sw);
    }
}
END_TEST

/* A reset forgets what was proven, not how it came: its answer is protected as the session's others are. */
START_TEST(reset_in_a_session)
{
    struct talk *talk = card_in(0x07);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    block_references(talk);
    ck_assert_uint_eq(talk_admin(talk, NULL), 0x9000);
    domain_open(&s, talk, owner, 8, 0x33);
    ck_assert_uint_eq(domain_send(&s, 0x00FB0000, NULL, 0), 0x9000);
    ck_assert_uint_eq(domain_send(&s, 0x00FD0000, NULL, 0), 0x9000); /* and it goes on */
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_put(talk, 0x5FC102, (const uint8_t *)"x", 1), 0x6982);
}
END_TEST

/* The attestation key's public half is another serial number. */
START_TEST(attestation_key_is_told_before_secured)
{
    uint8_t scalar[32] = { 1 }, certificate[] = { 0x70, 0x00 };
    struct talk *talk = talk_new();
    struct card_blank blank;
    struct domain_keys transport = domain_transport(16), keys = domain_other(0x01, 16);
    card_blank_default(&blank);
    memcpy(blank.keys, transport.key, sizeof blank.keys);
    blank.attestation_key = scalar;
    blank.attestation_certificate = certificate;
    blank.attestation_certificate_len = sizeof certificate;
    ck_assert(card_format_as(&talk->memory.port, &blank));
    card_memory_reset(&talk->memory);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_hex(talk, "00F700F9 00"), 0x9000);
    reopen(talk, &transport);
    ck_assert_uint_eq(domain_put_key(&s, &keys), 0x9000);
    ck_assert_uint_eq(domain_send(&s, 0x80F08007, NULL, 0), 0x9000);
    ck_assert_uint_eq(domain_send(&s, 0x80F0800F, NULL, 0), 0x9000);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_hex(talk, "00F700F9 00"), 0x6A88);
    ck_assert_uint_eq(talk->got.len, 0);
    domain_open(&s, talk, &keys, 8, 0x33);
    ck_assert_uint_eq(domain_send(&s, 0x00F700F9, NULL, 0), 0x9000);
}
END_TEST

/* TERMINATED ends the session once its answer is out. */
START_TEST(terminated)
{
    struct talk *talk = card_in(0x0F);
    uint8_t cmd[300];
    reopen(talk, owner);
    ck_assert_uint_eq(domain_send(&s, 0x80F080FF, NULL, 0), 0x9000);
    size_t len = domain_wrap(&s, 0x80CA0045, NULL, 0, cmd);
    ck_assert_uint_eq(talk_bytes(talk, cmd, len), 0x6982);
    ck_assert_uint_eq(talk->got.len, 0);
    ck_assert_uint_eq(talk_hex(talk, "80CA9F70 00"), 0x9000);
}
END_TEST

/* The power fails at each operation of SET STATUS: the old state or the new one. */
START_TEST(set_status_cut)
{
    for (long at = 0;; at++) {
        struct talk *talk = card_in(0x07);
        uint8_t cmd[300];
        reopen(talk, owner);
        size_t len = domain_wrap(&s, 0x80F0800F, NULL, 0, cmd);
        talk->memory.cut = CUT_TORN;
        talk->memory.cut_at = (long)talk->memory.operations + at;
        talk_bytes(talk, cmd, len);
        bool dead = talk->memory.dead;
        card_memory_reset(&talk->memory);
        ck_assert_uint_eq(talk_hex(talk, "80CA9F70 00"), 0x9000);
        ck_assert(talk->got.data[3] == 0x0F || (dead && talk->got.data[3] == 0x07));
        reopen(talk, owner);
        if (!dead)
            break;
    }
}
END_TEST

/* What a maker may put in, and what is no card. */
START_TEST(blanks)
{
    struct talk *talk = talk_new();
    struct card_blank blank;
    const uint8_t scalar[32] = { [31] = 7 };
    card_blank_default(&blank);
    blank.scp_i = 0x50;
    ck_assert(!card_format_as(&talk->memory.port, &blank));
    blank.scp_i = 0x72;
    ck_assert(!card_format_as(&talk->memory.port, &blank));
    blank.scp_i = 0x61;
    blank.key_len = 24;
    ck_assert(!card_format_as(&talk->memory.port, &blank));
    blank.key_len = 32;
    blank.attestation_key = scalar;
    ck_assert(!card_format_as(&talk->memory.port, &blank)); /* without its certificate */
    blank.attestation_certificate = (const uint8_t *)"certificate";
    blank.attestation_certificate_len = 11;
    blank.legacy_3des = true;
    memcpy(blank.serial, "serial0042", 10);
    ck_assert(card_format_as(&talk->memory.port, &blank));
    card_memory_reset(&talk->memory);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_get(talk, OBJ_CERT_ATTESTATION, false), 0x9000);
    ck_assert_mem_eq(talk->got.data + 2, "certificate", 11);
    ck_assert_uint_eq(talk_hex(talk, "00F80000 00"), 0x9000);
    ck_assert_mem_eq(talk->got.data, "0042", 4);
    ck_assert_uint_eq(talk_hex(talk, "00F700F9 00"), 0x9000); /* metadata of the attestation key */
    ck_assert_uint_eq(talk_hex(talk, "0087039B 04 7C028000 00"), 0x9000);
    ck_assert_uint_eq(talk_verify(talk, "123456"), 0x9000); /* the profile's PIN is the holder's */
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { put_key, 4 },
        { put_key_refused, 0 },
        { taken_over, 0 },
        { taken_over_cut, CUT_WAYS },
        { put_key_cut, 0 },
        { get_data, 0 },
        { store_data, 0 },
        { transitions, (int)STATES - 1 },
        { secured, 0 },
        { extensions_by_state, 0 },
        { reset_in_a_session, 0 },
        { attestation_key_is_told_before_secured, 0 },
        { transport_keys_stay_unsecured, 0 },
        { terminated, 0 },
        { commands_by_state, 0 },
        { blanks, 0 },
        { set_status_cut, 0 },
    };
    return suite_run("applet domain commands", tests, sizeof tests / sizeof tests[0]);
}
