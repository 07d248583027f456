/* SPDX-License-Identifier: BSD-2-Clause */
/* The card that the terminal meets. */
#include <check.h>
#include <string.h>

#include "card_edge.h"
#include "domain_talk.h"
#include "terminal.h"

/* First bytes, how long, and of what DF. */
static const struct {
    uint8_t df, sfi, tag;
    size_t len;
} files[] = {
    { 0, 0x1D, 0x30, 900 },    { 1, 0x1E, 0x60, 24 },     { 1, 0x1D, 0x77, 1250 },   { 1, 1, 0x61, 95 },
    { 1, 2, 0x75, 3000 },      { 1, 11, 0x6B, 120 },      { 1, 12, 0x6C, 60 },       { 1, 13, 0x6D, 40 },
    { 1, 14, 0x6E, 442 },      { 2, 17, 0x71, DG17_LEN }, { 2, 19, 0x73, DG19_LEN }, { 2, 20, 0x74, DG20_LEN },
    { 2, 21, 0x75, DG21_LEN },
};

/* MRZ of a TD1 whose document ends on 31-12-31. */
static const char mrz[] = "I<USASDC0000018<<<<<<<<<<<<<<<"
                          "9001011M3112319USA<<<<<<<<<<<0"
                          "DOE<<JANE<<<<<<<<<<<<<<<<<<<<<";

size_t terminal_file(unsigned df, uint8_t sfi, uint32_t version, uint8_t *out, size_t cap)
{
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (files[i].df != df || files[i].sfi != sfi)
            continue;
        size_t len = files[i].len, head = 4;
        ck_assert_uint_le(len, cap);
        uint32_t noise = df << 24 ^ (uint32_t)sfi << 16 ^ version * 2654435761u;
        for (size_t k = 0; k < len; k++) {
            noise = noise * 1664525 + 1013904223;
            out[k] = (uint8_t)(noise >> 24);
        }
        out[0] = files[i].tag;
        if (len - 4 > 0xFF) {
            out[1] = 0x82;
            out[2] = (uint8_t)((len - 4) >> 8);
            out[3] = (uint8_t)(len - 4);
        } else {
            out[1] = (uint8_t)(len - 2);
            head = 2;
        }
        const uint8_t v[] = {
            0x80, 4, (uint8_t)(version >> 24), (uint8_t)(version >> 16), (uint8_t)(version >> 8), (uint8_t)version
        };
        if (df == 2)
            memcpy(out + head, v, sizeof v);
        if (df == 1 && sfi == 1) {
            memcpy(out + 2, "\x5F\x1F\x5A", 3);
            memcpy(out + 5, mrz, 90);
        }
        return len;
    }
    ck_abort_msg("no file %02X", sfi);
    return 0;
}

void terminal_issuer(struct domain_session *session, struct talk *talk)
{
    static const uint8_t known[] = { BLANK_TRANSPORT_KEY };
    struct domain_keys keys = { .version = KEY_VERSION_TRANSPORT, .len = sizeof known };
    for (size_t i = 0; i < 3; i++)
        memcpy(keys.key[i], known, sizeof known);
    domain_open(session, talk, &keys, 8, 0x33);
}

static void store(struct domain_session *s, uint8_t p1, uint16_t dgi, const void *value, size_t len)
{
    ck_assert_msg(domain_store(s, p1, dgi, value, len) == 0x9000, "DGI %04X: %04X", dgi, s->talk->got.sw);
}

static void put_secrets(struct talk *talk, size_t key_len)
{
    static const uint8_t date[6] = { 2, 6, 1, 1, 0, 1 }, puk[] = "\x05" TERMINAL_PUK,
                         pin[] = "\x03"
                                 "123456";
    struct domain_session s;
    uint8_t hash[20], scalar[32], trust[CERTIFICATE_CAP];
    const uint8_t suite = key_len == 32 ? SUITE_AES_256 : SUITE_AES_128;
    ck_assert_uint_eq(domain_select(talk), 0x9000);
    terminal_issuer(&s, talk);
    store(&s, STORE_PLAIN, DGI_SUITE, &suite, 1);
    store(&s, STORE_SENSITIVE, DGI_TRANSPORT_PIN, pin, 7);
    store(&s, STORE_SENSITIVE, DGI_PUK, puk, 9);
    store(&s, STORE_SENSITIVE, DGI_CAN, TERMINAL_CAN, 6);
    math_sha1(TERMINAL_MRZ, 24, hash);
    store(&s, STORE_SENSITIVE, DGI_MRZ, hash, sizeof hash);
    math_key("ca1 card", scalar);
    store(&s, STORE_SENSITIVE, DGI_CHIP_KEY_1, scalar, sizeof scalar);
    math_key("ca card", scalar);
    store(&s, STORE_SENSITIVE, DGI_CHIP_KEY_2, scalar, sizeof scalar);
    store(&s, STORE_PLAIN, DGI_TRUST_POINT, trust, terminal_trust_point(0xEE1D000030, "360101", trust));
    store(&s, STORE_PLAIN, DGI_CARD_DATE, date, sizeof date);
}

static void put_files(struct talk *talk)
{
    uint8_t content[4096];
    for (unsigned df = 0; df < 3; df++) {
        struct terminal t = terminal_at(talk, 16);
        struct domain_session s;
        ck_assert_uint_eq(terminal_select(&t, df), 0x9000);
        terminal_issuer(&s, talk);
        for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
            if (files[i].df != df)
                continue;
            size_t len = terminal_file(df, files[i].sfi, 5, content, sizeof content);
            unsigned sw = domain_chained(&s, 0x00D68000u | (uint32_t)files[i].sfi << 8, content, len, 200);
            ck_assert_msg(sw == 0x9000, "file %02X: %04X", files[i].sfi, sw);
        }
    }
}

struct talk *terminal_card(size_t key_len)
{
    struct talk *talk = talk_new();
    put_secrets(talk, key_len);
    put_files(talk);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_two(talk, 0x24, 0x80, "123456", TERMINAL_PIN), 0x9000);
    card_memory_reset(&talk->memory);
    return talk;
}
