/* SPDX-License-Identifier: BSD-2-Clause */
/* What a hostile terminal tries, 29 to 40: rights, writing, secure messaging. Each try has its exact status word, and
 * afterwards a lawful run goes through. */
#include <string.h>

#include "card_edge.h"
#include "domain_talk.h"
#include "suite.h"
#include "terminal.h"

#define SW(call, expected) ck_assert_uint_eq((call), (expected))

static struct talk *card;
static struct terminal t;
static const uint64_t officer = CHAT_OFFICER;
static const uint8_t groups[] = { 17, 19, 20, 21 };

static void as(enum terminal_password password, uint64_t chat)
{
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    terminal_officer(&t, password, chat);
}

static void start(void)
{
    card = terminal_card(16);
}

/* The file's whole content, read by offsets. */
static size_t read_all(struct terminal *reader, uint8_t sfi, uint8_t *out, size_t cap)
{
    size_t len = 0;
    unsigned sw = terminal_read(reader, sfi);
    while (sw == 0x9000 && card->got.len > 0 && len + card->got.len <= cap) {
        memcpy(out + len, card->got.data, card->got.len);
        len += card->got.len;
        sw = terminal_send(reader, 0x00B00000u | (uint32_t)len, NULL, 0, 0);
    }
    ck_assert_uint_eq(sw, 0x6B00);
    return len;
}

/* An officer finds this version under this SFI. */
static void holds(uint8_t sfi, uint32_t version)
{
    uint8_t expected[2100], found[2100];
    as(WITH_CAN, CHAT_OFFICER);
    size_t len = terminal_file(2, sfi, version, expected, sizeof expected);
    ck_assert_uint_eq(read_all(&t, sfi, found, sizeof found), len);
    ck_assert_mem_eq(found, expected, len);
}

START_TEST(one_right_at_a_time)
{
    start();
    for (size_t right = 0; right < sizeof groups; right++) {
        const uint64_t chat = (uint64_t)1 << (groups[right] + 7);
        as(WITH_PIN, chat);
        for (uint8_t sfi = 1; sfi < 31; sfi++) {
            SW(terminal_read(&t, sfi), sfi == groups[right] ? 0x9000 : 0x6982);
            const uint8_t fid[2] = { 0x01, sfi };
            SW(terminal_send(&t, 0x00A4020C, fid, 2, NO_LE), sfi == groups[right] ? 0x9000 : 0x6982);
            SW(terminal_hex(&t, 0x00B10000u | 0x0100 | sfi, "54020000", 0), sfi == groups[right] ? 0x9000 : 0x6982);
            SW(terminal_send(&t, 0x00D68000u | (uint32_t)sfi << 8, "\x71\x00", 2, NO_LE), 0x6982);
        }
        /* by the CAN the same terminal gains nothing: its certificate does not say so */
        as(WITH_CAN, chat);
        for (uint8_t sfi = 16; sfi < 23; sfi++)
            SW(terminal_read(&t, sfi), 0x6982);
    }
    terminal_lawful(card);
}
END_TEST

START_TEST(groups_that_are_not_there)
{
    const uint64_t all = 0x3FFFFFFFFF;
    start();
    as(WITH_PIN, all);
    SW(terminal_read(&t, 18), 0x6982);
    SW(terminal_read(&t, 22), 0x6982);
    SW(terminal_read(&t, 1), 0x6982);
    SW(terminal_hex(&t, 0x00A4020C, "0112", NO_LE), 0x6982);
    for (size_t i = 0; i < sizeof groups; i++)
        SW(terminal_read(&t, groups[i]), 0x9000);
    SW(terminal_send(&t, 0x00B00000, NULL, 0, 0), 0x9000);
    SW(terminal_select(&t, 2), 0x9000);
    SW(terminal_send(&t, 0x00B00000, NULL, 0, 0), 0x6986); /* no current EF, but a right */
    terminal_lawful(card);
}
END_TEST

START_TEST(rights_before_chip_authentication)
{
    start();
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &officer), 0x9000);
    SW(terminal_authenticate(&t, &shown_dv, &shown_terminal), 0x9000);
    SW(terminal_select(&t, 2), 0x9000);
    for (size_t i = 0; i < sizeof groups; i++)
        SW(terminal_read(&t, groups[i]), 0x6982);
    SW(terminal_select(&t, 0), 0x9000);
    SW(terminal_chip(&t, 2), 0x9000);
    SW(terminal_select(&t, 2), 0x9000);
    SW(terminal_read(&t, 17), 0x9000);
    terminal_lawful(card);
}
END_TEST

START_TEST(write_rights)
{
    start();
    as(WITH_PIN, CHAT_OFFICER);
    for (size_t i = 0; i < sizeof groups; i++)
        SW(terminal_update(&t, groups[i], 6), 0x6982);
    as(WITH_PIN, CHAT_WRITER);
    for (size_t i = 0; i < sizeof groups; i++)
        SW(terminal_update(&t, groups[i], 6), 0x9000);
    for (size_t i = 0; i < sizeof groups; i++)
        holds(groups[i], 6);
    /* one right each; writing alone reads nothing */
    for (size_t right = 0; right < sizeof groups; right++) {
        as(WITH_PIN, (uint64_t)1 << (54 - groups[right]));
        for (size_t i = 0; i < sizeof groups; i++) {
            SW(terminal_update(&t, groups[i], 7), i == right ? 0x9000 : 0x6982);
            SW(terminal_read(&t, groups[i]), 0x6982);
        }
    }
    /* other files by nobody but the issuer */
    as(WITH_PIN, CHAT_WRITER);
    SW(terminal_select(&t, 1), 0x9000);
    SW(terminal_send(&t, 0x00D68100, "\x61\x00", 2, NO_LE), 0x6982);
    SW(terminal_select(&t, 0), 0x9000);
    SW(terminal_send(&t, 0x00D69C00, "\x31\x00", 2, NO_LE), 0x6982);
    SW(terminal_send(&t, 0x00D69D00, "\x30\x00", 2, NO_LE), 0x6982);
    terminal_lawful(card);
}
END_TEST

START_TEST(versions)
{
    start();
    as(WITH_PIN, CHAT_WRITER);
    SW(terminal_update(&t, 19, 5), 0x6985);
    SW(terminal_update(&t, 19, 4), 0x6985);
    SW(terminal_update(&t, 19, 0), 0x6985);
    SW(terminal_update(&t, 19, 5 + 257), 0x6985);
    SW(terminal_update(&t, 19, 0xFFFFFFFF), 0x6985);
    holds(19, 5);
    as(WITH_PIN, CHAT_WRITER);
    SW(terminal_update(&t, 19, 5 + 256), 0x9000);
    SW(terminal_update(&t, 19, 5 + 256), 0x6985);
    SW(terminal_update(&t, 19, 6), 0x6985);
    holds(19, 5 + 256);
    /* the issuer's channel sets any */
    uint8_t file[2100];
    struct domain_session s;
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    SW(terminal_select(&t, 2), 0x9000);
    terminal_issuer(&s, card);
    size_t len = terminal_file(2, 19, 3, file, sizeof file);
    SW(domain_chained(&s, 0x00D69300, file, len, 200), 0x9000);
    holds(19, 3);
    terminal_lawful(card);
}
END_TEST

START_TEST(form_of_a_group)
{
    uint8_t file[2100];
    start();
    as(WITH_PIN, CHAT_WRITER);
    size_t len = terminal_file(2, 19, 6, file, sizeof file);
    file[0] = 0x71; /* another group's */
    SW(terminal_chained(&t, 0x00D69300, file, len), 0x6A80);
    file[0] = 0x73;
    file[4] = 0x81; /* no version */
    SW(terminal_chained(&t, 0x00D69300, file, len), 0x6A80);
    file[4] = 0x80;
    SW(terminal_chained(&t, 0x00D69300, file, len - 1), 0x6700);
    SW(terminal_chained(&t, 0x00D69300, file, len + 1), 0x6700);
    file[3]--;
    SW(terminal_chained(&t, 0x00D69300, file, len - 1), 0x6700);
    file[3] += 2;
    SW(terminal_chained(&t, 0x00D69300, file, len + 1), 0x6700);
    file[3]--;
    holds(19, 5);
    as(WITH_PIN, CHAT_WRITER);
    SW(terminal_chained(&t, 0x00D69300, file, len), 0x9000);
    holds(19, 6);
    terminal_lawful(card);
}
END_TEST

START_TEST(chain_cut_off)
{
    uint8_t file[2100];
    start();
    size_t len = terminal_file(2, 17, 6, file, sizeof file);
    for (size_t pieces = 1; pieces * 200 < len; pieces++)
        for (int how = 0; how < 5; how++) {
            as(WITH_PIN, CHAT_WRITER);
            for (size_t i = 0; i < pieces; i++)
                SW(terminal_send(&t, 0x10D69100, file + 200 * i, 200, NO_LE), 0x9000);
            if (how == 1)
                SW(terminal_read(&t, 17), 0x9000);
            if (how == 2)
                SW(terminal_select(&t, 2), 0x9000);
            if (how == 3)
                SW(talk_hex(card, "00B09C0000"), 0x6982); /* plain, and the docket is selected */
            if (how == 4)                                 /* the rest under another file's name */
                SW(terminal_send(&t, 0x10D69300, file + 200 * pieces, 200, NO_LE), 0x6A80);
            if (how == 1 || how == 2 || how == 4) /* what comes now begins a file, and is none */
                SW(terminal_send(&t, 0x10D69100, file + 200 * pieces, 24, NO_LE), 0x6A80);
            holds(17, 5);
        }
    terminal_lawful(card);
}
END_TEST

START_TEST(plain_in_the_channel)
{
    start();
    as(WITH_PIN, CHAT_OFFICER);
    SW(terminal_select(&t, 0), 0x9000);
    SW(talk_hex(card, "00B09C0000"), 0x9000);
    ck_assert_uint_eq(card->got.len, 87);
    SW(talk_hex(card, "0CB09C000D 970100 8E080000000000000000 00"), 0x6985); /* no channel */
    SW(talk_hex(card, "00B09D0000"), 0x6982);
    SW(talk_hex(card, "00A4040C0A F0534443444F434B4554"), 0x9000);
    SW(talk_hex(card, "00B0930000"), 0x6982);
    /* what is no command either */
    as(WITH_PIN, CHAT_OFFICER);
    SW(talk_hex(card, "00"), 0x6700);
    SW(talk_hex(card, "0CB093000D 970100 8E080000000000000000 00"), 0x6985);
    terminal_lawful(card);
}
END_TEST

START_TEST(selected_without_messaging)
{
    start();
    as(WITH_PIN, CHAT_OFFICER);
    SW(talk_hex(card, "00A4040C0A F0534443444F434B4554"), 0x9000);
    ck_assert_uint_eq(card->got.len, 0);
    for (size_t i = 0; i < sizeof groups; i++) {
        terminal_forget(&t);
        SW(terminal_read(&t, groups[i]), 0x6982);
    }
    SW(talk_hex(card, "00A4040C07 A0000002471001"), 0x9000);
    SW(terminal_read(&t, 1), 0x6982);
    terminal_lawful(card);
}
END_TEST

/* The card says this in the clear, and nothing of the channel is left. */
static void wiped(const uint8_t *cmd, size_t len, unsigned sw)
{
    SW(talk_bytes(card, cmd, len), sw);
    ck_assert_uint_eq(card->got.len, 0);
    uint8_t next[640];
    size_t n = terminal_wrap(&t, 0x00B09300, NULL, 0, 0, next);
    SW(talk_bytes(card, next, n), 0x6985);
    terminal_forget(&t);
    SW(terminal_select(&t, 2), 0x9000);
    SW(terminal_read(&t, 19), 0x6982);
}

START_TEST(counter)
{
    uint8_t cmd[640];
    start();
    /* replayed */
    as(WITH_PIN, CHAT_OFFICER);
    size_t len = terminal_wrap(&t, 0x00B09300, NULL, 0, 0, cmd);
    SW(talk_bytes(card, cmd, len), 0x9000);
    SW(terminal_unwrap(&t, 0xB0), 0x9000);
    wiped(cmd, len, 0x6988);
    /* skipped */
    as(WITH_PIN, CHAT_OFFICER);
    (void)terminal_wrap(&t, 0x00B09300, NULL, 0, 0, cmd);
    len = terminal_wrap(&t, 0x00B09300, NULL, 0, 0, cmd);
    wiped(cmd, len, 0x6988);
    /* MAC of another header: each of its bytes */
    for (size_t i = 1; i < 4; i++) {
        as(WITH_PIN, CHAT_OFFICER);
        len = terminal_wrap(&t, 0x00B09300, NULL, 0, 0, cmd);
        cmd[i] ^= (uint8_t)(i == 1 ? 0x02 : 0x01);
        wiped(cmd, len, 0x6988);
    }
    as(WITH_PIN, CHAT_OFFICER);
    len = terminal_wrap(&t, 0x00B09300, NULL, 0, 0, cmd);
    cmd[0] |= 0x10; /* class */
    wiped(cmd, len, 0x6988);
    terminal_lawful(card);
}
END_TEST

/* Every bit of protected commands. */
START_TEST(every_bit)
{
    uint8_t cmd[640];
    start();
    as(WITH_PIN, CHAT_OFFICER);
    size_t len = terminal_wrap(&t, 0x00A4020C, "\x01\x13", 2, 0, cmd);
    for (size_t bit = 5 * 8; bit < (len - 1) * 8; bit++) {
        as(WITH_PIN, CHAT_OFFICER);
        len = terminal_wrap(&t, 0x00A4020C, "\x01\x13", 2, 0, cmd);
        cmd[bit / 8] ^= (uint8_t)(1 << bit % 8);
        unsigned sw = talk_bytes(card, cmd, len);
        ck_assert_msg((sw == 0x6987 || sw == 0x6988) && card->got.len == 0, "bit %zu: %04X", bit, sw);
        if (bit > 7 * 8)
            bit += 6; /* of the long fields one bit in seven */
    }
    terminal_lawful(card);
}
END_TEST

START_TEST(missing_objects)
{
    static const char *const without_mac[] = {
        "0CB0930000",
        "0CB09300 03 970100 00",
        "0CB0930003 970100",
        "0CB09300",
        "0CA4020C 13 871101 00112233445566778899AABBCCDDEEFF",
    };
    uint8_t cmd[640];
    start();
    for (size_t i = 0; i < sizeof without_mac / sizeof without_mac[0]; i++) {
        as(WITH_PIN, CHAT_OFFICER);
        wiped(cmd, talk_unhex(without_mac[i], cmd, sizeof cmd), 0x6987);
    }
    /* 87 where 85 belongs, its MAC right */
    as(WITH_PIN, CHAT_OFFICER);
    terminal_wrap(&t, 0x00A4020C, "\x01\x13", 2, NO_LE, cmd); /* 87 11 01 C */
    uint8_t objects[32];
    memcpy(objects, cmd + 5, 19);
    t = (struct terminal) { 0 };
    as(WITH_PIN, CHAT_OFFICER);
    wiped(cmd, terminal_wrap_objects(&t, 0x00B10000, objects, 19, cmd), 0x6987);
    terminal_lawful(card);
}
END_TEST

/* A command whose MAC is right over objects that are wrong. */
static void wrong_objects(uint32_t header, const char *hex, unsigned sw)
{
    uint8_t objects[256], cmd[640];
    as(WITH_PIN, CHAT_OFFICER);
    size_t n = talk_unhex(hex, objects, sizeof objects);
    size_t len = terminal_wrap_objects(&t, header, objects, n, cmd);
    wiped(cmd, len, sw);
}

START_TEST(wrong_objects_rightly_signed)
{
    static const char *const objects[] = {
        "970200 00",                                      /* two bytes of Le in a short command */
        "9700",                                           /* none */
        "970100 970100",                                  /* twice */
        "97810100",                                       /* its length not minimal */
        "871101 00112233445566778899AABBCCDDEEFF",        /* padding that is none */
        "871102 00112233445566778899AABBCCDDEEFF",        /* indicator */
        "870F01 00112233445566778899AABBCCDD",            /* no whole block */
        "870101",                                         /* nothing */
        "8700",                                           /* less */
        "970100 871101 00112233445566778899AABBCCDDEEFF", /* order */
        "99029000",                                       /* an answer's */
        "8E080000000000000000",                           /* a MAC before the MAC */
        "8100",                                           /* plain data */
    };
    uint8_t cmd[640];
    start();
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++)
        wrong_objects(0x00A4020C, objects[i], 0x6988);
    wrong_objects(0x00B09300, "8E00", 0x6988);
    /* 97 taken out, and enlarged, on the way */
    as(WITH_PIN, CHAT_OFFICER);
    size_t len = terminal_wrap(&t, 0x00B09300, NULL, 0, 8, cmd);
    memmove(cmd + 5, cmd + 8, len - 8);
    cmd[4] -= 3;
    wiped(cmd, len - 3, 0x6988);
    as(WITH_PIN, CHAT_OFFICER);
    len = terminal_wrap(&t, 0x00B09300, NULL, 0, 8, cmd);
    cmd[7] = 0xDF;
    wiped(cmd, len, 0x6988);
    terminal_lawful(card);
}
END_TEST

START_TEST(errors_keep_the_channel)
{
    start();
    as(WITH_PIN, CHAT_OFFICER);
    SW(terminal_send(&t, 0x00FE0000, NULL, 0, 0), 0x6D00);
    SW(terminal_send(&t, 0x00A4010C, "\x01\x13", 2, NO_LE), 0x6A86);
    SW(terminal_send(&t, 0x00B09300, "\x00", 1, NO_LE), 0x6700);
    SW(terminal_send(&t, 0x80500000, "12345678", 8, 0), 0x6D00); /* the issuer's session is not opened in here */
    SW(terminal_send(&t, 0x00B0A000, NULL, 0, 0), 0x6A86);
    SW(terminal_send(&t, 0x00B093FF, NULL, 0, 0), 0x9000);
    SW(terminal_send(&t, 0x00B00300, NULL, 0, 0), 0x6B00); /* DG19 has 768 bytes */
    SW(terminal_send(&t, 0x00B002FF, NULL, 0, 0), 0x9000);
    SW(terminal_send(&t, 0x00B002F0, NULL, 0, 32), 0x6282);
    ck_assert_uint_eq(card->got.len, 16);
    SW(terminal_send(&t, 0x00B002F0, NULL, 0, 16), 0x9000);
    SW(terminal_send(&t, 0x00C00000, NULL, 0, 0), 0x6985); /* no GET RESPONSE */
    SW(terminal_send(&t, 0x00B00000, NULL, 0, 255), 0x9000);
    ck_assert_uint_eq(card->got.len, 223);
    SW(terminal_send(&t, 0x10B00000, NULL, 0, 0), 0x6884);
    SW(terminal_read(&t, 19), 0x9000);
    /* out of the file system: answered, then over */
    SW(terminal_hex(&t, 0x00A40400, "A0000003080000", 0), 0x9000);
    ck_assert_uint_gt(card->got.len, 40);
    uint8_t cmd[640];
    SW(talk_bytes(card, cmd, terminal_wrap(&t, 0x00CB3FFF, "\x5C\x01\x7E", 3, 0, cmd)), 0x6985);
    SW(talk_hex(card, "00CB3FFF035C017E00"), 0x9000);
    as(WITH_PIN, CHAT_OFFICER);
    SW(terminal_hex(&t, 0x00A40400, "A000000151000000", 0), 0x9000);
    SW(talk_bytes(card, cmd, terminal_wrap(&t, 0x80CA9F70, NULL, 0, 0, cmd)), 0x6985);
    SW(talk_hex(card, "80CA9F7000"), 0x9000);
    /* one that is not there: nothing changes */
    as(WITH_PIN, CHAT_OFFICER);
    SW(terminal_hex(&t, 0x00A4040C, "F0534443444F434B455400", NO_LE), 0x6A82);
    SW(terminal_hex(&t, 0x00A4040C, "E80704007F00070302", NO_LE), 0x6A82); /* of the test profile alone */
    SW(terminal_read(&t, 19), 0x9000);
    terminal_lawful(card);
}
END_TEST

/* An answer that is not asked for whole isn't given; where the card's proof would stand in it, nothing is opened. */
START_TEST(no_room_for_the_proof)
{
    uint8_t step[4 + MATH_POINT] = { 0x7C, 2 + MATH_POINT, 0x80, MATH_POINT }, cmd[640];
    start();
    for (int le = 21; le <= 22; le++) { /* 7C14{81 08 r, 82 08 T} */
        card_memory_reset(&card->memory);
        t = terminal_at(card, 16);
        SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &officer), 0x9000);
        SW(terminal_authenticate(&t, &shown_dv, &shown_terminal), 0x9000);
        SW(terminal_mse_chip(&t, "02"), 0x9000);
        memcpy(step + 4, t.chip_point, MATH_POINT);
        SW(terminal_send(&t, 0x00860000, step, sizeof step, le), le < 22 ? 0x6700 : 0x9000);
        /* the channel's keys: it is over, or has others */
        SW(talk_bytes(card, cmd, terminal_wrap(&t, 0x00B09C00, NULL, 0, 0, cmd)), le < 22 ? 0x6985 : 0x6988);
    }
    terminal_lawful(card);
}
END_TEST

START_TEST(keys_of_pace_after_chip_authentication)
{
    uint8_t cmd[640];
    start();
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &officer), 0x9000);
    SW(terminal_authenticate(&t, &shown_dv, &shown_terminal), 0x9000);
    struct terminal_keys of_pace = t.keys;
    SW(terminal_chip(&t, 2), 0x9000);
    for (int i = 15, n = 4; n > 0; n--) /* the two messages of MSE, and those of the step */
        of_pace.ssc[i]++;
    t.keys = of_pace;
    size_t len = terminal_wrap(&t, 0x00B09C00, NULL, 0, 0, cmd);
    wiped(cmd, len, 0x6988);
    terminal_lawful(card);
}
END_TEST

START_TEST(rights_are_the_intersection)
{
    const uint64_t all = 0x3FFFFFFFFF;
    start();
    for (size_t cut = 0; cut < 4; cut++) {
        for (size_t who = 0; who < 3; who++) { /* the DV, the terminal, the CHAT lacks DG 'cut' */
            const uint64_t lacking = all & ~((uint64_t)1 << (groups[cut] + 7));
            struct certificate dv = shown_dv, own = shown_terminal;
            dv.chat = CHAT_DV | (who == 0 ? lacking : all);
            own.chat = who == 1 ? lacking : all;
            uint64_t chat = who == 2 ? lacking : all;
            card_memory_reset(&card->memory);
            t = terminal_at(card, 16);
            SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &chat), 0x9000);
            SW(terminal_authenticate(&t, &dv, &own), 0x9000);
            SW(terminal_chip(&t, 2), 0x9000);
            SW(terminal_select(&t, 2), 0x9000);
            for (size_t i = 0; i < 4; i++)
                SW(terminal_read(&t, groups[i]), i == cut ? 0x6982 : 0x9000);
        }
    }
    terminal_lawful(card);
}
END_TEST

/* Which groups this terminal may read, in the docket. */
static void reads_but(const bool refused[4])
{
    SW(terminal_chip(&t, 2), 0x9000);
    SW(terminal_select(&t, 2), 0x9000);
    for (size_t i = 0; i < 4; i++)
        SW(terminal_read(&t, groups[i]), refused[i] ? 0x6982 : 0x9000);
}

/* The terminal's DV alone counts: neither one that was shown before it nor one that comes behind. */
START_TEST(several_chains)
{
    const uint64_t all = 0x3FFFFFFFFF, without_19 = all & ~((uint64_t)1 << 26);
    struct certificate wide = shown_dv, narrow = shown_dv, own = shown_terminal, other = shown_terminal;
    wide.chat = CHAT_DV | all;
    narrow.chat = CHAT_DV | without_19;
    narrow.holder = "USSDCDVOF00002";
    own.chat = other.chat = all;
    other.authority = narrow.holder;
    start();
    for (int with = 0; with < 2; with++) {
        card_memory_reset(&card->memory);
        t = terminal_at(card, 16);
        SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &all), 0x9000);
        SW(terminal_chain(&t, with ? &narrow : &wide, with ? &other : &own), 0x9000);
        SW(terminal_dst(&t, NAME_CVCA), 0x9000);
        SW(terminal_pso(&t, with ? &wide : &narrow), 0x9000);
        SW(terminal_at_set(&t, NAME_AT), 0x6A88); /* the terminal is not of the last one */
        SW(terminal_dst(&t, with ? narrow.holder : NAME_DV), 0x6A88);
        SW(terminal_dst(&t, with ? NAME_DV : narrow.holder), 0x9000);
        SW(terminal_pso(&t, with ? &other : &own), 0x6A88); /* that it is signed by the same key is nothing */
        SW(terminal_authenticate(&t, with ? &wide : &narrow, with ? &own : &other), 0x9000);
        reads_but((const bool[4]) { false, !with, false, false });
    }
    terminal_lawful(card);
}
END_TEST

/* The CVCA's own rights count, and in the channel that a link comes in those of both its ends. */
START_TEST(links_count)
{
    const uint64_t all = 0x3FFFFFFFFF;
    struct certificate link = shown_link, dv = shown_dv, own = shown_terminal;
    struct domain_session s;
    uint8_t trust[CERTIFICATE_CAP];
    start();
    SW(domain_select(card), 0x9000);
    terminal_issuer(&s, card);
    size_t len = terminal_trust_point(CHAT_CVCA | (all & ~((uint64_t)1 << 27)), "360101", trust); /* not DG20 */
    SW(domain_store(&s, STORE_PLAIN, DGI_TRUST_POINT, trust, len), 0x9000);
    dv.chat = CHAT_DV | all;
    own.chat = all;
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &all), 0x9000);
    SW(terminal_authenticate(&t, &dv, &own), 0x9000);
    reads_but((const bool[4]) { false, false, true, false });
    link.chat = CHAT_CVCA | (all & ~((uint64_t)1 << 26)); /* not DG19 */
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &all), 0x9000);
    SW(terminal_dst(&t, NAME_CVCA), 0x9000);
    SW(terminal_pso(&t, &link), 0x9000);
    dv.authority = NAME_LINK;
    dv.by = "link";
    dv.from = "260601";
    SW(terminal_authenticate(&t, &dv, &own), 0x9000);
    reads_but((const bool[4]) { false, true, true, false });
    /* later the new one's alone */
    card_memory_reset(&card->memory);
    t = terminal_at(card, 16);
    SW(terminal_pace(&t, WITH_PIN, TERMINAL_PIN, &all), 0x9000);
    SW(terminal_authenticate(&t, &dv, &own), 0x9000);
    reads_but((const bool[4]) { false, true, false, false });
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { one_right_at_a_time, 0 },
        { groups_that_are_not_there, 0 },
        { rights_before_chip_authentication, 0 },
        { write_rights, 0 },
        { versions, 0 },
        { form_of_a_group, 0 },
        { chain_cut_off, 0 },
        { plain_in_the_channel, 0 },
        { selected_without_messaging, 0 },
        { counter, 0 },
        { every_bit, 0 },
        { missing_objects, 0 },
        { wrong_objects_rightly_signed, 0 },
        { errors_keep_the_channel, 0 },
        { no_room_for_the_proof, 0 },
        { keys_of_pace_after_chip_authentication, 0 },
        { rights_are_the_intersection, 0 },
        { several_chains, 0 },
        { links_count, 0 },
    };
    return suite_run("lds: hostile terminal, channel", tests, sizeof tests / sizeof tests[0]);
}
