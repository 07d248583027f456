/* SPDX-License-Identifier: BSD-2-Clause */
/* SELECT, GET DATA and PUT DATA: streaming both ways, chaining, extended length, what is left by errors and cuts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card_spec.h"
#include "card_talk.h"
#include "suite.h"

static struct talk *card;

static void blank(void)
{
    card = talk_new();
    ck_assert_uint_eq(talk_select(card), 0x9000);
}

static void admin(void)
{
    blank();
    ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
}

static void pattern(uint8_t *out, size_t len, unsigned seed)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)((i * 31 + i / 251 + seed) & 0xFF);
}

/* The last answer is what the object with this tag is told in, length and this content. */
static bool got_is(uint32_t tag, const uint8_t *content, size_t len)
{
    uint8_t expected[5];
    size_t head = 0;
    if (tag == 0x7F61)
        expected[head++] = 0x7F, expected[head++] = 0x61;
    else
        expected[head++] = tag == 0x7E ? 0x7E : 0x53;
    if (len >= 0x80)
        expected[head++] = len < 0x100 ? 0x81 : 0x82;
    if (len >= 0x100)
        expected[head++] = (uint8_t)(len >> 8);
    expected[head++] = (uint8_t)len;
    return card->got.len == head + len && memcmp(card->got.data, expected, head) == 0 &&
           memcmp(card->got.data + head, content, len) == 0;
}

/* ---- SELECT ---- */

START_TEST(select_by_prefix)
{
    static const uint8_t aid[] = { 0xA0, 0, 0, 3, 8, 0, 0, 0x10, 0, 1, 0, 0 };
    for (size_t len = 1; len <= 12; len++) {
        card = talk_new();
        unsigned sw = talk_command(card, 0x00A40400, aid, len, false);
        ck_assert_uint_eq(sw, len < 5 ? 0x6700 : len > 11 ? 0x6A82 : 0x9000);
        ck_assert_uint_eq(talk_hex(card, "00200080"), sw == 0x9000 ? 0x6985 : 0x6D00);
    }
    static const uint8_t property[] = { 0x61, 0x3B, 0x4F, 0x06, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00, 0x79, 0x07, 0x4F,
                                        0x05, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x50, 0x12, 'S',  'e',  'c',  'u',  'r',
                                        'e',  ' ',  'D',  'o',  'c',  'k',  'e',  't',  ' ',  'C',  'a',  'r',  'd',
                                        0xAC, 0x09, 0x80, 0x01, 0x08, 0x80, 0x01, 0x11, 0x06, 0x01, 0x00, 0x7F, 0x66,
                                        0x08, 0x02, 0x02, 0xFF, 0xFF, 0x02, 0x02, 0xFF, 0xFF };
    blank();
    ck_assert_uint_eq(card->got.len, sizeof property);
    ck_assert_mem_eq(card->got.data, property, sizeof property);
}
END_TEST

/* SP 800-73-4 part 2, 3.1.1: what was proven to PIV stays proven while PIV stays selected. */
START_TEST(select_keeps_the_session)
{
    blank();
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "123456", "654321"), 0x9000);
    ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "00A40400 07 A0000002471002"), 0x6A82);
    ck_assert_uint_eq(talk_hex(card, "00A40400 05 A000000308"), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "00200080"), 0x9000);
    ck_assert_uint_eq(talk_put(card, 0x5FC107, (const uint8_t *)"x", 1), 0x9000);
    card_memory_reset(&card->memory);
    ck_assert_uint_eq(talk_hex(card, "00200080"), 0x6D00);
    ck_assert_uint_eq(talk_select(card), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "00200080"), 0x63C3);
    ck_assert_uint_eq(talk_put(card, 0x5FC107, (const uint8_t *)"x", 1), 0x6982);
}
END_TEST

/* ---- each object of SPEC.md ---- */

START_TEST(each_object_at_its_limits)
{
    static struct spec_table spec;
    static uint8_t content[33000];
    spec_table_read("objects", &spec);
    for (size_t i = 0; i < spec.rows; i++) {
        uint32_t tag = (uint32_t)strtoul(spec.cell[i][0], NULL, 16);
        size_t len_max = strtoul(spec.cell[i][2], NULL, 10);
        const size_t lens[] = { 1, 2, 0x7F, 0x80, 0xFF, 0x100, len_max / 2, len_max - 1, len_max };
        const char *read = spec.cell[i][3];
        if (strcmp(read, "NEVER") == 0)
            continue;
        admin();
        unsigned closed = strcmp(read, "PIN") == 0 ? 0x6982 : 0x6A82;
        if (tag != 0x7E) /* Discovery is on a blank card */
            ck_assert_uint_eq(talk_get(card, tag, false), closed);
        if (closed == 0x6982) {
            ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "123456", "654321"), 0x9000);
            ck_assert_uint_eq(talk_get(card, tag, false), 0x6A82);
        }
        for (size_t l = 0; l < sizeof lens / sizeof lens[0]; l++) {
            size_t len = lens[l] <= len_max ? lens[l] : 1;
            pattern(content, len, (unsigned)(i + l));
            ck_assert_uint_eq(talk_put(card, tag, content, len), 0x9000);
            ck_assert_uint_eq(talk_get(card, tag, false), 0x9000);
            ck_assert(got_is(tag, content, len));
            ck_assert_uint_eq(talk_get(card, tag, true), 0x9000);
            ck_assert(got_is(tag, content, len));
        }
        /* one byte more; the longest object's fits no PUT DATA at all */
        ck_assert_uint_eq(talk_put(card, tag, content, len_max + 1), len_max == 32768 ? 0x6700 : 0x6A84);
        ck_assert_uint_eq(talk_get(card, tag, true), 0x9000);
        ck_assert(got_is(tag, content, len_max));
        if (closed == 0x6982) { /* and with the PIN's status gone */
            ck_assert_uint_eq(talk_hex(card, "0020FF80"), 0x9000);
            ck_assert_uint_eq(talk_get(card, tag, true), 0x6982);
            ck_assert_uint_eq(card->got.len, 0);
        }
        card_memory_reset(&card->memory);
        ck_assert_uint_eq(talk_select(card), 0x9000);
        ck_assert_uint_eq(talk_get(card, tag, true), closed == 0x6982 ? 0x6982 : 0x9000);
    }
}
END_TEST

START_TEST(objects_are_deleted)
{
    admin();
    ck_assert_uint_eq(talk_put(card, 0x5FC102, (const uint8_t *)"chuid", 5), 0x9000);
    ck_assert_uint_eq(talk_put(card, 0x5FC107, (const uint8_t *)"ccc", 3), 0x9000);
    ck_assert_uint_eq(talk_put(card, 0x5FC102, NULL, 0), 0x9000);
    ck_assert_uint_eq(talk_get(card, 0x5FC102, false), 0x6A82);
    ck_assert_uint_eq(talk_put(card, 0x5FC102, NULL, 0), 0x9000);
    ck_assert_uint_eq(talk_get(card, 0x5FC107, false), 0x9000);
}
END_TEST

START_TEST(discovery)
{
    blank();
    ck_assert_uint_eq(talk_get(card, 0x7E, false), 0x9000);
    ck_assert(
        got_is(0x7E, (const uint8_t *)"\x4F\x0B\xA0\x00\x00\x03\x08\x00\x00\x10\x00\x01\x00\x5F\x2F\x02\x40\x00", 18));
    ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "00DB3FFF 05 7E03010203"), 0x9000); /* as the standard has it */
    ck_assert_uint_eq(talk_get(card, 0x7E, false), 0x9000);
    ck_assert(got_is(0x7E, (const uint8_t *)"\1\2\3", 3));
    ck_assert_uint_eq(talk_hex(card, "00DB3FFF 06 7F6103040506"), 0x9000); /* table 12 */
    ck_assert_uint_eq(talk_get(card, 0x7F61, false), 0x9000);
    ck_assert(got_is(0x7F61, (const uint8_t *)"\4\5\6", 3));
    ck_assert_uint_eq(talk_hex(card, "00CB3FFF 04 5C027F61 00"), 0x9000);
}
END_TEST

START_TEST(unknown_and_malformed)
{
    static const char *const bad_get[] = { "5C0141 00", "5D03 5FC107", "5C02 5FC107", "5C04 5FC107",
                                           "5C8103 5F", "000000",      "5C0141 FF",   "5C00 00" };
    blank();
    for (size_t i = 0; i < sizeof bad_get / sizeof bad_get[0]; i++) {
        uint8_t data[8];
        size_t len = talk_unhex(bad_get[i], data, sizeof data);
        unsigned sw = talk_command(card, 0x00CB3FFF, data, len, false);
        ck_assert_msg(sw == 0x6A80, "%s: %04X", bad_get[i], sw);
    }
    ck_assert_uint_eq(talk_get(card, 0x5FC124, false), 0x6A82);
    ck_assert_uint_eq(talk_get(card, 0x53, false), 0x6A82);
    ck_assert_uint_eq(talk_get(card, 0x7F62, false), 0x6A82);
    ck_assert_uint_eq(talk_put(card, 0x5FC107, (const uint8_t *)"x", 1), 0x6982);
    static const char *const bad_put[] = {
        "5C035FC107",              /* no content */
        "5C035FC1075301",          /* a byte is missing */
        "5C035FC107530141 00",     /* one too many */
        "5C035FC1075381 01 41",    /* not minimal */
        "5C035FC107 5382 0001 41", /* nor this */
        "5C035FC107 540141",       /* another tag */
        "5C005301 41",             /* no name */
        "5C045FC10700530141",      /* a longer one */
        "53015C 035FC107",         /* the wrong way round */
        "7E0341 42",               /* Discovery, short */
        "5C03 5FC107 538000",      /* indefinite length */
        "00000000000000000000000000000000",
    };
    ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
    for (size_t i = 0; i < sizeof bad_put / sizeof bad_put[0]; i++) {
        uint8_t data[32];
        size_t len = talk_unhex(bad_put[i], data, sizeof data);
        for (size_t block = 1; block <= len; block += len - 1) { /* whole, and byte by byte */
            unsigned sw = talk_chained(card, 0x00DB3FFF, data, len, block);
            ck_assert_msg(sw == 0x6A80, "%s: %04X", bad_put[i], sw);
        }
    }
    ck_assert_uint_eq(talk_get(card, 0x5FC107, false), 0x6A82);
    ck_assert_uint_eq(talk_put(card, 0x5FC124, (const uint8_t *)"x", 1), 0x6A82);
}
END_TEST

/* ---- answers in parts ---- */

START_TEST(answers_in_parts)
{
    static uint8_t content[600], whole[604];
    char command[] = "00CB3FFF055C035FC10200";
    admin();
    pattern(content, sizeof content, 1);
    ck_assert_uint_eq(talk_put(card, 0x5FC102, content, sizeof content), 0x9000);
    ck_assert_uint_eq(talk_get(card, 0x5FC102, true), 0x9000);
    memcpy(whole, card->got.data, sizeof whole);
    for (unsigned le = 1; le <= 256; le++) { /* any Le first, any Le afterwards */
        snprintf(command + 20, 3, "%02X", le & 0xFF);
        unsigned sw = talk_hex(card, command);
        size_t at = 0;
        for (unsigned next = le;; next = next * 7 % 256 + 1) {
            size_t left = sizeof whole - at, expect = left < next ? left : next;
            ck_assert_uint_eq(card->got.len, expect);
            ck_assert_mem_eq(card->got.data, whole + at, expect);
            at += expect;
            left -= expect;
            ck_assert_uint_eq(sw, left == 0 ? 0x9000 : 0x6100 + (left < 256 ? left : 0));
            if (left == 0)
                break;
            char more[] = "00C0000000";
            unsigned following = next * 7 % 256 + 1;
            snprintf(more + 8, 3, "%02X", following & 0xFF);
            sw = talk_hex(card, more);
        }
        ck_assert_uint_eq(talk_hex(card, "00C00000 00"), 0x6985); /* nothing is left */
    }
    /* extended Le, shorter and longer than the object */
    ck_assert_uint_eq(talk_hex(card, "00CB3FFF 000005 5C035FC102 0200"), 0x615C);
    ck_assert_uint_eq(card->got.len, 512);
    ck_assert_uint_eq(talk_hex(card, "00C00000 00 0000"), 0x9000);
    ck_assert_uint_eq(card->got.len, 92);
    ck_assert_uint_eq(talk_hex(card, "00CB3FFF 05 5C035FC102"), 0x6100); /* no Le at all */
    ck_assert_uint_eq(card->got.len, 256);
}
END_TEST

/* What waits for GET RESPONSE goes with any other command, also a wrong one. */
START_TEST(answers_are_dropped)
{
    static const char *const others[] = {
        "00A40400 05 A000000308", "00200080",  "00CB3FFF 05 5C035FC101", "00", "80C0000000", "00C0000100",
        "00C00000 01 00",         "10C0000000"
    };
    static uint8_t content[300];
    admin();
    ck_assert_uint_eq(talk_put(card, 0x5FC102, content, sizeof content), 0x9000);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ck_assert_uint_eq(talk_hex(card, "00CB3FFF 05 5C035FC102 00"), 0x6130);
        (void)talk_hex(card, others[i]);
        ck_assert_msg(talk_hex(card, "00C00000 00") == 0x6985, "after %s", others[i]);
    }
}
END_TEST

/* The room that a port has for an answer is never passed. */
START_TEST(small_response_buffers)
{
    static uint8_t content[3000];
    uint8_t resp[600];
    admin();
    ck_assert_uint_eq(talk_put(card, 0x5FC102, content, sizeof content), 0x9000);
    static const uint8_t get[] = { 0x00, 0xCB, 0x3F, 0xFF, 0, 0, 5, 0x5C, 3, 0x5F, 0xC1, 0x02, 0, 0 };
    for (size_t cap = 258; cap < 600; cap += 19) {
        memset(resp, 0xEE, sizeof resp);
        ck_assert_uint_eq(card_memory_apdu(&card->memory, get, sizeof get, resp, cap), cap);
        ck_assert_uint_eq(resp[cap - 2], 0x61);
        ck_assert_uint_eq(resp[cap], 0xEE);
    }
    for (size_t whole = 296; whole <= 302; whole++) { /* 300 bytes of room: 298 and SW */
        ck_assert_uint_eq(talk_put(card, 0x5FC102, content, whole - 4), 0x9000);
        memset(resp, 0xEE, sizeof resp);
        ck_assert_uint_eq(card_memory_apdu(&card->memory, get, sizeof get, resp, 300), whole <= 298 ? whole + 2 : 300);
        ck_assert_uint_eq(resp[whole <= 298 ? whole : 298], whole <= 298 ? 0x90 : 0x61);
        ck_assert_uint_eq(resp[300], 0xEE);
    }
}
END_TEST

/* ---- chains ---- */

START_TEST(chains_of_any_blocks)
{
    static uint8_t content[1000], data[1010];
    static const size_t blocks[] = { 1, 2, 3, 5, 8, 9, 10, 100, 254, 255 };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        admin();
        pattern(content, sizeof content, (unsigned)i);
        memcpy(data, "\x5C\x03\x5F\xC1\x02\x53\x82\x03\xE8", 9);
        memcpy(data + 9, content, sizeof content);
        ck_assert_uint_eq(talk_chained(card, 0x00DB3FFF, data, 1009, blocks[i]), 0x9000);
        ck_assert_uint_eq(talk_get(card, 0x5FC102, true), 0x9000);
        ck_assert(got_is(0x53, content, sizeof content));
    }
    /* empty blocks are blocks */
    ck_assert_uint_eq(talk_hex(card, "10DB3FFF"), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "10DB3FFF 06 5C035FC10253"), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "10DB3FFF"), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "10DB3FFF 02 0141"), 0x9000);
    ck_assert_uint_eq(talk_hex(card, "00DB3FFF"), 0x9000);
    ck_assert_uint_eq(talk_get(card, 0x5FC102, true), 0x9000);
    ck_assert(got_is(0x53, (const uint8_t *)"A", 1));
}
END_TEST

/* The longest object in short blocks, and whole in one APDU. */
START_TEST(longest_object)
{
    static uint8_t content[32768], data[32777];
    admin();
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "123456", "654321"), 0x9000);
    for (unsigned i = 0; i < 6; i++) {
        pattern(content, sizeof content, i);
        memcpy(data, "\x5C\x03\x5F\xC1\x08\x53\x82\x80\x00", 9);
        memcpy(data + 9, content, sizeof content);
        size_t block = i % 2 == 0 ? 255 : sizeof data;
        ck_assert_uint_eq(talk_chained(card, 0x00DB3FFF, data, sizeof data, block), 0x9000);
        ck_assert_uint_eq(talk_get(card, 0x5FC108, i % 2 == 0), 0x9000);
        ck_assert(got_is(0x53, content, sizeof content));
    }
}
END_TEST

/* A chain that another command interrupts leaves nothing, and that command is executed. */
START_TEST(interrupted_chains_leave_nothing)
{
    static const struct {
        const char *command;
        unsigned sw;
    } others[] = {
        { "00200080", 0x6985 },
        { "00CB3FFF 05 5C035FC102 00", 0x9000 },
        { "00A40400 05 A000000308", 0x9000 },
        { "00EE0000", 0x6D00 },
        { "0087089B 04 7C028000 00", 0x9000 },
        { "1087119E 02 7C00", 0x9000 },
        { "20DB3FFF 01 41", 0x6E00 },
        { "80DB3FFF 01 41", 0x6D00 },
        { "04DB3FFF 01 41", 0x6982 },
        { "08DB3FFF 01 41", 0x6882 },
        { "0CDB3FFF 01 41", 0x6985 },
        { "01DB3FFF 01 41", 0x6881 },
        { "00DB3FFE 01 41", 0x6A86 },
        { "00DB3FFF 02 41", 0x6700 },
        { "", 0x6700 },
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        admin();
        ck_assert_uint_eq(talk_put(card, 0x5FC102, (const uint8_t *)"old", 3), 0x9000);
        ck_assert_uint_eq(talk_hex(card, "10DB3FFF 0A 5C035FC102 5304 6E6577"), 0x9000);
        ck_assert_msg(talk_hex(card, others[i].command) == others[i].sw, "%s: %04X", others[i].command, card->got.sw);
        ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
        ck_assert_uint_ne(talk_hex(card, "00DB3FFF 01 21"), 0x9000); /* the rest alone means nothing */
        ck_assert_uint_eq(talk_get(card, 0x5FC102, false), 0x9000);
        ck_assert(got_is(0x53, (const uint8_t *)"old", 3));
        ck_assert_uint_eq(talk_put(card, 0x5FC102, (const uint8_t *)"new", 3), 0x9000);
        card_memory_reset(&card->memory);
        ck_assert_uint_eq(talk_select(card), 0x9000);
        ck_assert_uint_eq(talk_get(card, 0x5FC102, false), 0x9000);
        ck_assert(got_is(0x53, (const uint8_t *)"new", 3));
    }
}
END_TEST

/* Every object at its longest fits; a second copy of the largest does not, and is refused without a trace. */
START_TEST(full_card_changes_nothing)
{
    static struct spec_table spec;
    static uint8_t content[32768];
    const uint32_t face = 0x5FC108;
    spec_table_read("objects", &spec);
    admin();
    pattern(content, sizeof content, 6);
    ck_assert_uint_eq(talk_put(card, face, content, 30000), 0x9000);
    content[0] ^= 0xFF;
    ck_assert_uint_eq(talk_put(card, face, content, sizeof content), 0x9000);
    for (size_t i = 0; i < spec.rows; i++) {
        uint32_t tag = (uint32_t)strtoul(spec.cell[i][0], NULL, 16);
        if (tag != face)
            ck_assert_uint_eq(talk_put(card, tag, content + i, strtoul(spec.cell[i][2], NULL, 10)), 0x9000);
    }
    content[0] ^= 0xFF;
    unsigned sw = talk_put(card, face, content, sizeof content);
    ck_assert_uint_eq(sw, 0x6A84); /* old and new don't fit together in 128 KiB */
    ck_assert_uint_eq(talk_two(card, 0x24, 0x80, "123456", "654321"), 0x9000); /* the PIN still has room */
    for (int i = 0; i < 100; i++)
        ck_assert_uint_eq(talk_verify(card, "654321"), 0x9000);
    content[0] ^= 0xFF;
    for (size_t i = 0; i < spec.rows; i++) {
        uint32_t tag = (uint32_t)strtoul(spec.cell[i][0], NULL, 16);
        ck_assert_uint_eq(talk_get(card, tag, true), 0x9000);
        ck_assert(got_is(tag, content + (tag == face ? 0 : i), strtoul(spec.cell[i][2], NULL, 10)));
    }
}
END_TEST

/* The power fails at each flash operation of a chained PUT DATA: the object is the old one or, whole, the new one. */
START_TEST(cut_leaves_old_or_new_object)
{
    static uint8_t old[700], new[900], data[909], before[sizeof((struct card_memory *)0)->banks];
    admin();
    pattern(old, sizeof old, 1);
    pattern(new, sizeof new, 2);
    memcpy(data, "\x5C\x03\x5F\xC1\x02\x53\x82\x03\x84", 9);
    memcpy(data + 9, new, sizeof new);
    ck_assert_uint_eq(talk_put(card, 0x5FC102, old, sizeof old), 0x9000);
    memcpy(before, card->memory.banks, sizeof before);
    for (long cut = 0;; cut++) {
        memcpy(card->memory.banks, before, sizeof before);
        card_memory_reset(&card->memory);
        ck_assert_uint_eq(talk_select(card), 0x9000);
        ck_assert_uint_eq(talk_admin(card, NULL), 0x9000);
        card->memory.operations = 0;
        card->memory.cut_at = cut;
        card->memory.cut = (enum card_memory_cut)_i;
        unsigned sw = talk_chained(card, 0x00DB3FFF, data, sizeof data, 100);
        bool died = card->memory.dead;
        ck_assert_uint_eq(sw, died ? 0x6581 : 0x9000);
        card_memory_reset(&card->memory);
        ck_assert_uint_eq(talk_select(card), 0x9000);
        ck_assert_uint_eq(talk_get(card, 0x5FC102, true), 0x9000);
        bool is_new = got_is(0x53, new, sizeof new);
        ck_assert(is_new || got_is(0x53, old, sizeof old));
        ck_assert(died || is_new);
        if (!died)
            break;
        ck_assert_int_lt(cut, 1000);
    }
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { select_by_prefix, 0 },
        { select_keeps_the_session, 0 },
        { each_object_at_its_limits, 0 },
        { objects_are_deleted, 0 },
        { discovery, 0 },
        { unknown_and_malformed, 0 },
        { answers_in_parts, 0 },
        { answers_are_dropped, 0 },
        { small_response_buffers, 0 },
        { chains_of_any_blocks, 0 },
        { longest_object, 0 },
        { interrupted_chains_leave_nothing, 0 },
        { full_card_changes_nothing, 0 },
        { cut_leaves_old_or_new_object, 3 },
    };
    return suite_run("applet objects", tests, sizeof tests / sizeof tests[0]);
}
