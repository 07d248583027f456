/* SPDX-License-Identifier: BSD-2-Clause */
/* What a hostile terminal tries, each try with its exact status word, beside its lawful neighbour, and followed by a
 * whole lawful run of an officer on the same card. */
#include <string.h>

#include "card_edge.h"
#include "eac_talk.h"
#include "p256.h"
#include "suite.h"

static struct terminal t;
static const uint64_t officer = EAC_OFFICER;
#define PASSWORD         EAC_CAN_PASSWORD
#define EXPECT(sw, call) ck_assert_uint_eq(call, sw)

static void channel(void)
{
    EXPECT(0x9000, term_pace(&t, PASSWORD, NULL, &officer));
}
static void terminal(void)
{
    channel();
    EXPECT(0x9000, term_chain(&t, officer));
}
static void proven(void)
{
    terminal();
    EXPECT(0x9000, term_prove(&t));
}
static void plain_and_wiped(unsigned sw, unsigned got)
{
    ck_assert_uint_eq(got, sw);
    ck_assert(t.plain);
    EXPECT(0x6985, talk_hex(t.talk, "0CB09C000D9701008E08000000000000000000")); /* no channel is left */
}

/* ---- rows 1 to 13 ---- */

static void row_1_no_channel(void)
{
    EXPECT(0x6982, term_dst(&t, "USSDCCVCA00001"));
    EXPECT(0x6982, term_at(&t, "USSDCAT0100001"));
    EXPECT(0x6982, term_hex(&t, 0x002A00BE, "7F4E00", NO_LE));
    EXPECT(0x6982, term_send(&t, 0x00840000, NULL, 0, 8));
    EXPECT(0x6982, term_external(&t, "AT"));
    EXPECT(0x6982, term_chip_set(&t, 2));
    EXPECT(0x9000, term_pace_set(&t, PASSWORD, &officer)); /* in the middle of PACE, too */
    EXPECT(0x6982, term_dst(&t, "USSDCCVCA00001"));
}

static void row_2_order(void)
{
    EXPECT(0x6985, term_hex(&t, 0x10860000, "7C00", 0));
    EXPECT(0x9000, term_pace_set(&t, PASSWORD, NULL));
    EXPECT(0x6985, term_pace_map(&t));
    EXPECT(0x6985, term_hex(&t, 0x10860000, "7C00", 0)); /* it is over */
    EXPECT(0x9000, term_pace_set(&t, PASSWORD, NULL));
    EXPECT(0x9000, term_pace_nonce(&t, NULL, PASSWORD));
    EXPECT(0x6985, term_hex(&t, 0x10860000, "7C00", 0));
    EXPECT(0x9000, term_pace_set(&t, PASSWORD, NULL));
    EXPECT(0x9000, term_pace_nonce(&t, NULL, PASSWORD));
    EXPECT(0x9000, term_send(&t, 0x00B09C00, NULL, 0, 0)); /* another command runs, and ends it */
    EXPECT(0x6985, term_pace_map(&t));
}

static void row_3_read_before_pace(void)
{
    EXPECT(0x9000, term_select(&t, 'T'));
    EXPECT(0x6982, term_send(&t, 0x00B08100, NULL, 0, 0));
    EXPECT(0x6982, term_send(&t, 0x00B08800, NULL, 0, 0)); /* not there */
    EXPECT(0x6982, term_hex(&t, 0x00A4020C, "010E", NO_LE));
    EXPECT(0x6982, term_send(&t, 0x00B00000, NULL, 0, 0));
    EXPECT(0x9000, term_select(&t, 'D'));
    EXPECT(0x6982, term_send(&t, 0x00B09100, NULL, 0, 0));
    EXPECT(0x6982, term_send(&t, 0x00B00000, NULL, 0, 0));
    EXPECT(0x6982, term_hex(&t, 0x00A4020C, "0111", NO_LE));
}

#define MSE_HEAD "800A04007F00070202040202 830102 "

static void rows_4_5_chat(void)
{
    static const struct {
        const char *chat;
        unsigned sw;
    } chats[] = {
        { "7F4C12060904007F0007030102025305001D000010", 0x9000 },
        { "7F4C12060904007F0007030102015305001D000010", 0x6A80 }, /* id-IS */
        { "7F4C12060904007F0007030102035305001D000010", 0x6A80 }, /* id-ST */
        { "7F4C12060904007F0007030102025305401D000010", 0x6A80 }, /* roles */
        { "7F4C12060904007F0007030102025305801D000010", 0x6A80 },
        { "7F4C12060904007F0007030102025305C01D000010", 0x6A80 },
        { "7F4C11060904007F0007030102025304001D0000", 0x6A80 },
        { "7F4C13060904007F0007030102025306001D00001000", 0x6A80 },
        { "7F4C13060904007F0007030102025305001D00001000", 0x6A80 },
        { "7F4C12060904007F0007030102025305001D00001000", 0x6A80 },
    };
    char data[200];
    for (size_t i = 0; i < sizeof chats / sizeof chats[0]; i++) {
        strcpy(data, MSE_HEAD);
        strcat(data, chats[i].chat);
        EXPECT(chats[i].sw, term_hex(&t, 0x0022C1A4, data, NO_LE));
    }
}

static void row_6_passwords(void)
{
    EXPECT(0x6A80, term_pace_set(&t, EAC_PUK, &officer));
    EXPECT(0x9000, term_run(&t, EAC_MRZ, officer));
    EXPECT(0x9000, term_select(&t, 'D'));
    EXPECT(0x6982, term_send(&t, 0x00B09100, NULL, 0, 0));
    EXPECT(0x6982, term_send(&t, 0x00B00000, NULL, 0, 0));
    term_reset(&t);
    EXPECT(0x9000, term_run(&t, PASSWORD, EAC_READ(17))); /* the CAN, and not allowed */
    EXPECT(0x9000, term_select(&t, 'D'));
    EXPECT(0x6982, term_send(&t, 0x00B09100, NULL, 0, 0));
    term_reset(&t);
    EXPECT(0x9000, term_run(&t, EAC_PIN, EAC_READ(17)));
    EXPECT(0x9000, term_select(&t, 'D'));
    EXPECT(0x9000, term_send(&t, 0x00B09100, NULL, 0, 0));
}

static void rows_7_8_mse(void)
{
    static const struct {
        const char *data;
        unsigned sw;
    } sets[] = {
        { "800A04007F00070202040202 830102 84010C", 0x9000 },
        { "800A04007F00070202040202 830102", 0x9000 },
        { "84010C 830102 800A04007F00070202040202", 0x9000 }, /* any order */
        { "800A04007F00070202040202 830105 84010C", 0x6A88 },
        { "800A04007F00070202040202 830100 84010C", 0x6A88 },
        { "800A04007F00070202040202 830102 84010D", 0x6A88 },
        { "800A04007F00070202040201 830102 84010C", 0x6A80 }, /* 3DES */
        { "800A04007F00070202040402 830102 84010C", 0x6A80 }, /* integrated mapping */
        { "800A04007F00070202040102 830102 84010C", 0x6A80 }, /* DH */
        { "800A04007F00070202040204 830102 84010C", 0x6A80 }, /* the other suite */
        { "800A04007F00070202040202 830102 830102", 0x6A80 },
        { "800A04007F00070202040202", 0x6A80 },
        { "800A04007F00070202040202 830102 850100", 0x6A80 },
        { "80810A04007F00070202040202 830102", 0x6A80 },
    };
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        EXPECT(sets[i].sw, term_hex(&t, 0x0022C1A4, sets[i].data, NO_LE));
    proven();
    EXPECT(0x6A88, term_chip_set(&t, 1)); /* key */
    EXPECT(0x9000, term_chip_set(&t, 2));
}

/* Each step gets what is no point; PACE is over then. */
static void rows_9_10_points(void)
{
    uint8_t scalar[32], good[65], data[70];
    key_scalar("any", scalar);
    ck_assert(p256_multiply(NULL, scalar, good));
    for (int step = 0; step < 2; step++)
        for (int kind = 0; kind < 6; kind++) {
            uint8_t point[67] = { 0 };
            size_t len = 65;
            memcpy(point, good, 65);
            if (kind == 0)
                point[64] ^= 1; /* not on the curve */
            if (kind == 1) {
                point[0] = 2;
                len = 33; /* compressed */
            }
            if (kind == 2)
                len = 64;
            if (kind == 3)
                len = 66;
            if (kind == 4)
                memset(point, 0, 65);
            if (kind == 5)
                len = 1, point[0] = 0; /* the identity */
            EXPECT(0x9000, term_pace_set(&t, PASSWORD, NULL));
            EXPECT(0x9000, term_pace_nonce(&t, NULL, PASSWORD));
            if (step == 1)
                EXPECT(0x9000, term_pace_map(&t));
            data[0] = 0x7C;
            data[1] = (uint8_t)(len + 2);
            data[2] = step == 0 ? 0x81 : 0x83;
            data[3] = (uint8_t)len;
            memcpy(data + 4, point, len);
            EXPECT(0x6A80, term_send(&t, 0x10860000, data, len + 4, 0));
            EXPECT(0x6985, step == 0 ? term_pace_map(&t) : term_hex(&t, 0x10860000, "7C00", 0));
        }
}

static void row_12_wrong_token(void)
{
    EXPECT(0x9000, term_pace_set(&t, EAC_PIN, NULL));
    EXPECT(0x9000, term_pace_nonce(&t, NULL, EAC_PIN));
    EXPECT(0x9000, term_pace_map(&t));
    EXPECT(0x9000, term_pace_agree(&t));
    EXPECT(0x63C2, term_pace_token(&t, true));
    EXPECT(0x6985, term_pace_token(&t, false)); /* over */
    EXPECT(0x63C2, term_pace_set(&t, EAC_PIN, NULL));
    EXPECT(0x9000, term_pace(&t, EAC_PIN, NULL, NULL));
    term_reset(&t);
    EXPECT(0x9000, term_pace_set(&t, EAC_PIN, NULL));
    EXPECT(0x6300, term_pace(&t, PASSWORD, "846202", NULL));
    EXPECT(0x6300, term_pace(&t, EAC_MRZ, "SDC000001890010113112310", NULL));
    EXPECT(0x63C4, term_pace(&t, EAC_PUK, "12345679", NULL));
}

static void row_13_last_try(void)
{
    EXPECT(0x63C2, term_pace(&t, EAC_PIN, "111111", NULL));
    EXPECT(0x63C1, term_pace(&t, EAC_PIN, "111111", NULL));
    EXPECT(0x63C0, term_pace(&t, EAC_PIN, "111111", NULL));
    EXPECT(0x63C0, term_pace_set(&t, EAC_PIN, NULL));
    EXPECT(0x6983, term_pace_nonce(&t, NULL, EAC_PIN));
    EXPECT(0x9000, talk_select(t.talk));
    EXPECT(0x6983, talk_verify(t.talk, "123456")); /* one counter */
    EXPECT(0x9000, term_select(&t, 'M'));
    EXPECT(0x9000, term_pace(&t, EAC_PUK, NULL, NULL));
    EXPECT(0x9000, term_send(&t, 0x002C0303, NULL, 0, NO_LE));
    term_reset(&t);
    EXPECT(0x9000, term_pace(&t, EAC_PIN, NULL, NULL));
    EXPECT(0x6982, term_send(&t, 0x002C0303, NULL, 0, NO_LE)); /* the PUK's alone */
    EXPECT(0x9000, term_send(&t, 0x002C0203, "654321", 6, NO_LE));
    term_reset(&t);
    EXPECT(0x63C2, term_pace(&t, EAC_PIN, "123456", NULL));
    EXPECT(0x9000, term_pace(&t, EAC_PIN, "654321", NULL));
}

/* ---- rows 14 to 20: certificates ---- */

static const struct cert dv_good = { "USSDCCVCA00001", "USSDCDVOF00001", "DV",    "CVCA", 2,
                                     EAC_OFFICER,      "260101",         "291231" };
static const struct cert at_good = {
    "USSDCDVOF00001", "USSDCAT0100001", "AT", "DV", 0, EAC_OFFICER, "261101", "270131"
};
static const struct cert link = { "USSDCCVCA00001", "USSDCCVCA00002", "CVCA2", "CVCA", 3,
                                  EAC_OFFICER,      "261101",         "360101" };

static void row_14_unknown_authority(void)
{
    channel();
    EXPECT(0x6A88, term_dst(&t, "USSDCCVCA00002"));
    EXPECT(0x6A80, term_dst(&t, "SHORT"));
    EXPECT(0x9000, term_dst(&t, "USSDCCVCA00001"));
}

static void certificate(unsigned sw, struct cert c, bool below_dv)
{
    if (below_dv)
        EXPECT(0x9000, term_import(&t, &dv_good));
    EXPECT(sw, term_import(&t, &c));
}

static void rows_15_17_chain(void)
{
    struct cert c;
    channel();
    c = dv_good, c.role = 1;
    certificate(0x6984, c, false); /* not an official one */
    c = dv_good, c.role = 0;
    certificate(0x6984, c, false); /* a terminal by the CVCA */
    c = at_good, c.role = 2;
    certificate(0x6984, c, true);
    c = at_good, c.role = 3;
    certificate(0x6984, c, true);
    c = dv_good, c.from = "251231";
    certificate(0x6984, c, false); /* before its authority */
    c = dv_good, c.from = "360102", c.to = "360103";
    certificate(0x6984, c, false);
    c = dv_good, c.to = "261031";
    certificate(0x6984, c, false); /* the card's date is 26-11-01 */
    c = dv_good, c.to = "261101";
    certificate(0x9000, c, false);
    c = at_good, c.from = "260101", c.to = "261031";
    certificate(0x6984, c, true);
    c = at_good, c.from = "291231", c.to = "300101";
    certificate(0x9000, c, true);
    c = at_good, c.from = "300101", c.to = "300101";
    certificate(0x6984, c, true);
    c = at_good, c.from = "261101", c.to = "261031";
    certificate(0x6984, c, true);
    certificate(0x9000, at_good, true);
    EXPECT(0x9000, term_dst(&t, "USSDCAT0100001")); /* a terminal signs nothing */
    uint8_t bytes[CERT_MAX];
    c = at_good, c.car = "USSDCAT0100001", c.chr = "USSDCAT0200001", c.signer = "AT";
    EXPECT(0x6984, term_pso(&t, bytes, cert_make(&c, bytes)));
    EXPECT(0x6A88, term_dst(&t, "USSDCAT0100001")); /* nothing of the chain stayed */
}

static void row_16_link(void)
{
    struct cert c = dv_good;
    channel();
    EXPECT(0x9000, term_import(&t, &link));
    EXPECT(0x6A88, term_at(&t, "USSDCCVCA00002"));
    c.car = "USSDCCVCA00002", c.signer = "CVCA2", c.from = "261101";
    EXPECT(0x9000, term_import(&t, &c));
    EXPECT(0x9000, term_import(&t, &at_good));
    EXPECT(0x9000, term_prove(&t));
    EXPECT(0x9000, term_chip(&t, 2));
    term_reset(&t);
    channel();
    ck_assert_mem_eq(t.car, "USSDCCVCA00002", 14);
    c = link, c.chr = "USSDCCVCA00003", c.key = "CVCA3";
    EXPECT(0x6984, term_import(&t, &c)); /* the previous one makes no trust point any more */
    EXPECT(0x9000, term_import(&t, &dv_good));
}

static void row_18_signatures(void)
{
    static const char order[] = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
    uint8_t good[CERT_MAX], bad[CERT_MAX], swap[32];
    size_t len = cert_make(&dv_good, good);
    channel();
    for (int kind = 0; kind < 7; kind++) {
        memcpy(bad, good, len);
        if (kind < 2)
            memset(bad + len - 64 + 32 * kind, 0, 32);
        if (kind == 2 || kind == 3)
            talk_unhex(order, bad + len - 64 + 32 * (kind - 2), 32);
        if (kind == 4)
            bad[len - 1] ^= 1;
        if (kind == 5)
            bad[len - 100] ^= 0x08; /* of the rights */
        if (kind == 6) {
            memcpy(swap, bad + len - 64, 32);
            memmove(bad + len - 64, bad + len - 32, 32);
            memcpy(bad + len - 32, swap, 32);
        }
        EXPECT(0x9000, term_dst(&t, "USSDCCVCA00001"));
        unsigned sw = term_pso(&t, bad, len);
        ck_assert_msg(sw == 0x6984 || (kind == 5 && sw == 0x6A80), "kind %d: %04X", kind, sw);
    }
    EXPECT(0x9000, term_dst(&t, "USSDCCVCA00001"));
    EXPECT(0x6A80, term_pso(&t, good, len - 1));
    EXPECT(0x9000, term_dst(&t, "USSDCCVCA00001"));
    EXPECT(0x9000, term_pso(&t, good, len));
}

/* The byte at 'at' after the first one of 'tag' is changed, and the certificate signed anew. */
static void altered(const struct cert *cert, const uint8_t *pattern, size_t pattern_len, size_t at)
{
    uint8_t bytes[CERT_MAX];
    size_t len = cert_make(cert, bytes);
    uint8_t *found = memmem(bytes, len, pattern, pattern_len);
    ck_assert_ptr_nonnull(found);
    found[at] ^= 1;
    cert_sign(bytes, len, cert->signer);
    EXPECT(0x9000, term_dst(&t, cert->car));
    EXPECT(0x6984, term_pso(&t, bytes, len));
}

static void rows_19_20_algorithms(void)
{
    static const uint8_t point[] = { 0x86, 0x41, 0x04 }, oid[] = { 0x02, 0x02, 0x02, 0x02, 0x03 };
    channel();
    altered(&dv_good, point, 3, 40); /* not on the curve */
    altered(&dv_good, oid, 5, 4);    /* id-TA-ECDSA with SHA-1 */
    for (unsigned parameter = 0x81; parameter <= 0x85; parameter++) {
        const uint8_t tag[] = { (uint8_t)parameter, parameter == 0x84 ? 0x41 : 0x20 };
        altered(&link, tag, 2, 20);
    }
    altered(&link, (const uint8_t[]) { 0x87, 0x01, 0x01 }, 3, 2);
    terminal();
    EXPECT(0x6A80, term_hex(&t, 0x002281A4,
                            "800A04007F00070202020202 830E5553534443415430313030303031 9120"
                            "0000000000000000000000000000000000000000000000000000000000000000",
                            NO_LE));
    EXPECT(0x9000, term_prove(&t));
}

/* ---- rows 21 to 32 ---- */

static void row_21_challenge(void)
{
    terminal();
    EXPECT(0x9000, term_at(&t, "USSDCAT0100001"));
    EXPECT(0x6700, term_send(&t, 0x00840000, NULL, 0, 9));
    EXPECT(0x9000, term_challenge(&t));
    EXPECT(0x6985, term_challenge(&t)); /* used up by the next command */
    EXPECT(0x6985, term_external(&t, "AT"));
    EXPECT(0x9000, term_prove(&t));
    EXPECT(0x6985, term_external(&t, "AT"));
}

static void row_22_other_channel(void)
{
    terminal();
    EXPECT(0x9000, term_at(&t, "USSDCAT0100001"));
    EXPECT(0x9000, term_challenge(&t));
    t.id_picc[0] ^= 1;
    EXPECT(0x6300, term_external(&t, "AT"));
    EXPECT(0x6985, term_at(&t, "USSDCAT0100001"));
    EXPECT(0x6982, term_send(&t, 0x00B09D00, NULL, 0, 0));
    EXPECT(0x9000, term_select(&t, 'T')); /* what PACE opened stays */
    EXPECT(0x9000, term_send(&t, 0x00B08E00, NULL, 0, 0));
}

static void row_23_auxiliary(void)
{
    static uint8_t aux[25], other[25];
    talk_unhex("67177315060904007F00070301040253083230323631313233", aux, sizeof aux);
    memcpy(other, aux, sizeof other);
    other[24] = '4';
    for (int kind = 0; kind < 3; kind++) {
        term_reset(&t);
        terminal();
        t.aux = aux, t.aux_len = kind == 2 ? 0 : sizeof aux;
        EXPECT(0x9000, term_at(&t, "USSDCAT0100001"));
        EXPECT(0x9000, term_challenge(&t));
        t.aux = kind == 0 ? other : aux, t.aux_len = kind == 1 ? 0 : sizeof aux;
        EXPECT(0x6300, term_external(&t, "AT"));
    }
    term_reset(&t);
    terminal();
    t.aux = aux, t.aux_len = sizeof aux;
    EXPECT(0x9000, term_prove(&t));
    EXPECT(0x6982, term_hex(&t, 0x80208000, "060904007F000703010402", NO_LE)); /* only after chip authentication */
    EXPECT(0x9000, term_chip(&t, 2));
    EXPECT(0x9000, term_hex(&t, 0x80208000, "060904007F000703010402", NO_LE));
    EXPECT(0x6A88, term_hex(&t, 0x80208000, "060904007F000703010401", NO_LE));
    t.aux_len = 0;
}

static void row_24_length(void)
{
    uint8_t rs[65] = { 1 };
    for (size_t len = 63; len <= 65; len += 2) {
        term_reset(&t);
        terminal();
        EXPECT(0x9000, term_at(&t, "USSDCAT0100001"));
        EXPECT(0x9000, term_challenge(&t));
        EXPECT(0x6700, term_send(&t, 0x00820000, rs, len, NO_LE));
        EXPECT(0x6985, term_at(&t, "USSDCAT0100001"));
    }
}

static void rows_25_27_chip(void)
{
    channel();
    EXPECT(0x6985, term_chip_set(&t, 2));
    proven();
    EXPECT(0x6985, term_send(&t, 0x00860000, "\x7C\x00", 2, 0));
    EXPECT(0x9000, term_chip_set(&t, 2));
    uint8_t scalar[32], data[69] = { 0x7C, 0x43, 0x80, 0x41 };
    key_scalar("another", scalar);
    ck_assert(p256_multiply(NULL, scalar, data + 4));
    EXPECT(0x6300, term_send(&t, 0x00860000, data, sizeof data, 0));
    EXPECT(0x6985, term_chip_set(&t, 2));
    EXPECT(0x6982, term_send(&t, 0x00B09D00, NULL, 0, 0));
    term_reset(&t);
    proven();
    EXPECT(0x9000, term_chip_set(&t, 2)); /* the same x: -P has the same Z */
    memcpy(data + 4, t.chip_key, 65);
    static const char prime[] = "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF";
    uint8_t p[32];
    talk_unhex(prime, p, 32);
    for (int i = 31, borrow = 0; i >= 0; i--) {
        int d = p[i] - t.chip_key[33 + i] - borrow;
        borrow = d < 0;
        data[4 + 33 + i] = (uint8_t)d;
    }
    EXPECT(0x9000, term_send(&t, 0x00860000, data, sizeof data, 0));
}

static void row_28_once(void)
{
    uint8_t scalar[32], key[65];
    proven();
    memcpy(scalar, t.chip_scalar, sizeof scalar);
    memcpy(key, t.chip_key, sizeof key);
    EXPECT(0x6985, term_dst(&t, "USSDCCVCA00001"));
    EXPECT(0x6985, term_at(&t, "USSDCAT0100001"));
    memcpy(t.chip_scalar, scalar, sizeof scalar);
    memcpy(t.chip_key, key, sizeof key);
    EXPECT(0x6985, term_pace_set(&t, PASSWORD, &officer));
    EXPECT(0x9000, term_chip(&t, 2));
    EXPECT(0x6985, term_pace_set(&t, PASSWORD, &officer));
    EXPECT(0x6985, term_dst(&t, "USSDCCVCA00001"));
    EXPECT(0x6985, term_chip_set(&t, 2));
}

static void rows_29_30_rights(void)
{
    const uint64_t wide = EAC_READ(18) | EAC_READ(22) | EAC_READ(21) | EAC_CAN;
    proven();
    EXPECT(0x9000, term_select(&t, 'D'));
    EXPECT(0x6982, term_send(&t, 0x00B09100, NULL, 0, 0)); /* before chip authentication */
    term_reset(&t);
    EXPECT(0x9000, term_run(&t, PASSWORD, wide));
    EXPECT(0x9000, term_select(&t, 'D'));
    for (uint32_t sfi = 1; sfi < 0x1F; sfi++) {
        EXPECT(sfi == 0x15 ? 0x9000 : 0x6982, term_send(&t, 0x00B08000 | sfi << 8, NULL, 0, 0));
        const uint8_t fid[] = { 0x01, (uint8_t)sfi };
        EXPECT(sfi == 0x15 ? 0x9000 : 0x6982, term_send(&t, 0x00A4020C, fid, 2, NO_LE));
    }
}

static unsigned update(uint8_t sfi, uint32_t version, size_t size, size_t piece)
{
    static uint8_t file[2048];
    for (size_t i = 0; i < sizeof file; i++)
        file[i] = (uint8_t)(i + version);
    const uint8_t head[] = { (uint8_t)(0x71 + sfi - 0x11),
                             0x82,
                             (uint8_t)((size - 4) >> 8),
                             (uint8_t)(size - 4),
                             0x80,
                             4,
                             0,
                             0,
                             (uint8_t)(version >> 8),
                             (uint8_t)version };
    memcpy(file, head, sizeof head);
    size_t at = 0;
    for (; size - at > piece; at += piece) {
        unsigned sw = term_send(&t, 0x10D68000 | (uint32_t)sfi << 8, file + at, piece, NO_LE);
        if (sw != 0x9000)
            return sw;
    }
    return term_send(&t, 0x00D68000 | (uint32_t)sfi << 8, file + at, size - at, NO_LE);
}

static uint32_t version_of(uint8_t sfi)
{
    EXPECT(0x9000, term_send(&t, 0x00B08000 | (uint32_t)sfi << 8, NULL, 0, 0));
    return (uint32_t)t.out[8] << 8 | t.out[9];
}

static void rows_31_33_update(void)
{
    EXPECT(0x9000, term_run(&t, PASSWORD, EAC_OFFICER));
    EXPECT(0x9000, term_select(&t, 'D'));
    EXPECT(0x6982, update(0x11, 2, DG17_LEN, 239));
    term_reset(&t);
    EXPECT(0x9000, term_run(&t, PASSWORD, EAC_WRITER));
    EXPECT(0x9000, term_select(&t, 'D'));
    EXPECT(0x6985, update(0x11, 1, DG17_LEN, 239));
    EXPECT(0x6985, update(0x11, 0, DG17_LEN, 239));
    EXPECT(0x6985, update(0x11, 258, DG17_LEN, 239));
    EXPECT(0x6700, update(0x11, 2, DG17_LEN - 1, 239));
    EXPECT(0x6700, update(0x11, 2, DG17_LEN + 1, 239));
    EXPECT(0x6982, update(0x12, 2, DG17_LEN, 239));
    EXPECT(0x9000, update(0x11, 257, DG17_LEN, 239));
    ck_assert_uint_eq(version_of(0x11), 257);
    EXPECT(0x6985, update(0x11, 257, DG17_LEN, 239));
    EXPECT(0x9000, update(0x13, 2, DG19_LEN, 200));
    EXPECT(0x9000, term_hex(&t, 0x10D69100, "718203FC 800400000110 55555555", NO_LE)); /* broken off */
    ck_assert_uint_eq(version_of(0x11), 257);
    EXPECT(0x6A80, term_hex(&t, 0x00D69100, "5555", NO_LE));
    ck_assert_uint_eq(version_of(0x11), 257);
}

/* ---- rows 34 to 40 ---- */

static void row_34_plain(void)
{
    EXPECT(0x9000, term_run(&t, PASSWORD, EAC_OFFICER));
    EXPECT(0x9000, term_select(&t, 'D'));
    EXPECT(0x9000, term_send(&t, 0x00B09100, NULL, 0, 0));
    EXPECT(0x6982, talk_hex(t.talk, "00B0910000")); /* runs, and is nobody's */
    EXPECT(0x6985, talk_hex(t.talk, "0CB09C000D9701008E08000000000000000000"));
    t.open = false;
}

static void row_35_selected_plain(void)
{
    EXPECT(0x9000, term_run(&t, PASSWORD, EAC_OFFICER));
    t.open = false;
    EXPECT(0x9000, term_select(&t, 'D'));
    EXPECT(0x6982, term_send(&t, 0x00B09100, NULL, 0, 0));
    EXPECT(0x9000, term_select(&t, 'T'));
    EXPECT(0x6982, term_send(&t, 0x00B08100, NULL, 0, 0));
    term_reset(&t);
    EXPECT(0x9000, term_pace(&t, PASSWORD, NULL, NULL));
    EXPECT(0x9000, term_hex(&t, 0x00A4040C, "A000000308", NO_LE)); /* protected, and the channel ends */
    ck_assert(!t.plain);
    EXPECT(0x6985, talk_hex(t.talk, "0CB09C000D9701008E08000000000000000000"));
    t.open = false;
}

static void row_36_counter_and_header(void)
{
    uint8_t cmd[300];
    size_t len;
    channel();
    len = term_wrap(&t, 0x00B09C00, NULL, 0, 0, cmd);
    EXPECT(0x9000, term_raw(&t, cmd, len));
    plain_and_wiped(0x6988, term_raw(&t, cmd, len)); /* replayed */
    channel();
    (void)term_wrap(&t, 0x00B09C00, NULL, 0, 0, cmd); /* skipped */
    len = term_wrap(&t, 0x00B09C00, NULL, 0, 0, cmd);
    plain_and_wiped(0x6988, term_raw(&t, cmd, len));
    for (size_t byte = 1; byte < 4; byte++) {
        channel();
        len = term_wrap(&t, 0x00B09C00, NULL, 0, 0, cmd);
        cmd[byte] ^= byte == 1 ? 0x02 : 1;
        plain_and_wiped(0x6988, term_raw(&t, cmd, len));
    }
}

static void row_37_missing(void)
{
    uint8_t cmd[300];
    size_t len;
    channel();
    (void)term_wrap(&t, 0x00B09C00, NULL, 0, 0, cmd);
    cmd[4] = 3; /* 97 alone */
    cmd[8] = 0;
    plain_and_wiped(0x6987, term_raw(&t, cmd, 9));
    channel();
    plain_and_wiped(0x6987, term_raw(&t, (const uint8_t *)"\x0C\xA4\x00\x0C", 4));
    channel();
    len = term_wrap(&t, 0x00B1011C, "\x54\x02\x00\x00", 4, 0, cmd);
    cmd[5] = 0x87;
    plain_and_wiped(0x6987, term_raw(&t, cmd, len));
    channel();
    len = term_wrap(&t, 0x00A4020C, "\x2F\x00", 2, NO_LE, cmd);
    cmd[5] = 0x85;
    plain_and_wiped(0x6987, term_raw(&t, cmd, len));
}

static void row_38_changed(void)
{
    uint8_t cmd[300];
    size_t len, whole;
    channel();
    whole = term_wrap(&t, 0x00A4020C, "\x2F\x00", 2, NO_LE, cmd);
    EXPECT(0x9000, term_raw(&t, cmd, whole));
    for (size_t at = 4; at + 1 < whole; at++) { /* each byte: never done, never protected, always the end */
        term_reset(&t);
        EXPECT(0x9000, term_pace(&t, PASSWORD, NULL, NULL));
        len = term_wrap(&t, 0x00A4020C, "\x2F\x00", 2, NO_LE, cmd);
        cmd[at] ^= 0x01;
        unsigned sw = term_raw(&t, cmd, len);
        ck_assert_msg(sw == 0x6988 || sw == 0x6987 || (at == 4 && sw == 0x6700), "byte %zu: %04X", at, sw);
        plain_and_wiped(sw, sw);
    }
    channel();
    len = term_wrap(&t, 0x00B09C00, NULL, 0, 4, cmd);
    cmd[7] = 0; /* 97 enlarged */
    plain_and_wiped(0x6988, term_raw(&t, cmd, len));
    channel();
    len = term_wrap(&t, 0x00B09C00, NULL, 0, 4, cmd);
    memmove(cmd + 5, cmd + 8, len - 8); /* 97 removed */
    cmd[4] = 10;
    plain_and_wiped(0x6988, term_raw(&t, cmd, len - 3));
}

static void row_39_old_keys(void)
{
    proven();
    uint8_t enc[16], mac[16], ssc[16];
    memcpy(enc, t.enc, 16);
    memcpy(mac, t.mac, 16);
    memcpy(ssc, t.ssc, 16);
    ssc[15] = (uint8_t)(ssc[15] + 4);
    EXPECT(0x9000, term_chip(&t, 2));
    memcpy(t.enc, enc, 16);
    memcpy(t.mac, mac, 16);
    memcpy(t.ssc, ssc, 16);
    plain_and_wiped(0x6988, term_send(&t, 0x00B09C00, NULL, 0, 0));
}

static void row_40_intersection(void)
{
    static const struct {
        uint64_t dv, at, chat;
    } rights[] = {
        { EAC_READ(17) | EAC_CAN, EAC_OFFICER, EAC_OFFICER },
        { EAC_OFFICER, EAC_READ(17) | EAC_CAN, EAC_OFFICER },
        { EAC_OFFICER, EAC_OFFICER, EAC_READ(17) | EAC_CAN },
    };
    for (size_t i = 0; i < 3; i++) {
        struct cert dv = dv_good, at = at_good;
        term_reset(&t);
        dv.rights = rights[i].dv;
        at.rights = rights[i].at;
        EXPECT(0x9000, term_pace(&t, PASSWORD, NULL, &rights[i].chat));
        EXPECT(0x9000, term_import(&t, &dv));
        EXPECT(0x9000, term_import(&t, &at));
        EXPECT(0x9000, term_prove(&t));
        EXPECT(0x9000, term_chip(&t, 2));
        EXPECT(0x9000, term_select(&t, 'D'));
        EXPECT(0x9000, term_send(&t, 0x00B09100, NULL, 0, 0));
        EXPECT(0x6982, term_send(&t, 0x00B09300, NULL, 0, 0));
    }
}

static void (*const rows[])(void) = {
    row_1_no_channel,     row_2_order,       row_3_read_before_pace, rows_4_5_chat,         row_6_passwords,
    rows_7_8_mse,         rows_9_10_points,  row_12_wrong_token,     row_13_last_try,       row_14_unknown_authority,
    rows_15_17_chain,     row_16_link,       row_18_signatures,      rows_19_20_algorithms, row_21_challenge,
    row_22_other_channel, row_23_auxiliary,  row_24_length,          rows_25_27_chip,       row_28_once,
    rows_29_30_rights,    rows_31_33_update, row_34_plain,           row_35_selected_plain, row_36_counter_and_header,
    row_37_missing,       row_38_changed,    row_39_old_keys,        row_40_intersection,
};

START_TEST(hostile)
{
    term_start(&t, eac_card());
    rows[_i]();
    t.aux_len = 0;
    term_lawful(&t);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { hostile, sizeof rows / sizeof rows[0] } };
    return suite_run("lds hostile", tests, sizeof tests / sizeof tests[0]);
}
