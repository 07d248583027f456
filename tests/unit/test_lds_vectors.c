/* SPDX-License-Identifier: BSD-2-Clause */
/* The worked run of PACE, terminal and chip authentication, command by command as bytes (tests/data/eac-vectors.json):
 * the card's private keys and random numbers are the vectors', since the test stands in front of the generator. */
#include <stdio.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/sha.h>

#include "card_crypto_keys.h"
#include "card_edge.h"
#include "eac_talk.h"
#include "eac_vectors.h"
#include "p256.h"
#include "records.h"
#include "store.h"
#include "suite.h"

static struct talk *card;
static const char *const *names; /* of what the card draws next; NULL: nothing stands in front */

static void draw(uint8_t *out, size_t len)
{
    char text[64];
    uint8_t hash[32];
    int n = snprintf(text, sizeof text, "sdc eac vector %s", *names++);
    SHA256((const uint8_t *)text, (size_t)n, hash);
    memcpy(out, hash, len);
}

bool __real_crypto_ec_generate(struct crypto_drbg *drbg, enum crypto_curve curve, uint8_t *scalar);
bool __wrap_crypto_ec_generate(struct crypto_drbg *drbg, enum crypto_curve curve, uint8_t *scalar);
bool __wrap_crypto_ec_generate(struct crypto_drbg *drbg, enum crypto_curve curve, uint8_t *scalar)
{
    if (names == NULL)
        return __real_crypto_ec_generate(drbg, curve, scalar);
    draw(scalar, 32);
    return true;
}

void __real_crypto_drbg_generate(struct crypto_drbg *drbg, uint8_t *out, size_t len);
void __wrap_crypto_drbg_generate(struct crypto_drbg *drbg, uint8_t *out, size_t len);
void __wrap_crypto_drbg_generate(struct crypto_drbg *drbg, uint8_t *out, size_t len)
{
    if (names == NULL)
        __real_crypto_drbg_generate(drbg, out, len);
    else
        draw(out, len);
}

/* Sends vector 'command'; the answer's data and SW are vector 'answer' (NULL: only SW 9000), or its data alone. */
static void exchange(const char *command, const char *answer)
{
    uint8_t sent[600], expected[600];
    size_t n = talk_unhex(vector_hex(command), sent, sizeof sent);
    unsigned sw = talk_bytes(card, sent, n);
    ck_assert_msg((sw & 0xF000) == 0x9000 || answer != NULL, "%s: %04X", command, sw);
    if (answer == NULL)
        return;
    size_t len = talk_unhex(vector_hex(answer), expected, sizeof expected);
    bool with_sw = len == card->got.len + 2;
    ck_assert_msg(card->got.len == len - (with_sw ? 2 : 0), "%s: %zu bytes, SW %04X", command, card->got.len, sw);
    ck_assert_msg(memcmp(card->got.data, expected, card->got.len) == 0, "%s: another answer", command);
    if (with_sw)
        ck_assert_uint_eq(sw, (unsigned)expected[len - 2] << 8 | expected[len - 1]);
}

static void send_hex(const char *hex)
{
    unsigned sw = talk_hex(card, hex);
    ck_assert_msg(sw == 0x9000, "%.20s..: %04X", hex, sw);
}

static const char *const random_names[] = { "nonce s", "map card", "pace card", "r TA", "r CA", "none" };

static void pace(void)
{
    exchange("A1", NULL);
    exchange("A2", "R2");
    exchange("A3", "R3");
    exchange("A4", "R4");
    exchange("A5", "R5");
}

/* A file of the run that isn't of the size that the card asks for is put beside it. */
static void put_file(uint16_t record, const uint8_t *data, size_t len)
{
    static struct store store;
    ck_assert(store_mount(&store, &card->memory.port));
    ck_assert_int_eq(store_begin(&store, 1, len), STORE_OK);
    ck_assert_int_eq(store_put(&store, record, data, len), STORE_OK);
    ck_assert_int_eq(store_commit(&store), STORE_OK);
    card_memory_reset(&card->memory);
}

static void terminal_authentication(void)
{
    exchange("S1_dst_C", "S1_dst_R");
    exchange("S2_pso_dv_C", "S2_pso_dv_R");
    exchange("S3_dst_C", "S3_dst_R");
    exchange("S4_pso_at_C", "S4_pso_at_R");
    exchange("S5_setat_C", "S5_setat_R");
    send_hex("0C8400000D9701088E080C8769E07C83B2E000");
    exchange("S7_extauth_C", "S7_extauth_R");
}

START_TEST(worked_run)
{
    uint8_t dg19[0x100 + 13], cs[223];
    card = eac_card();
    memset(dg19, 0, sizeof dg19);
    memcpy(dg19, "\x73\x81\xDC", 3);
    memcpy(dg19 + 0x100, "secure docket", 13);
    memset(cs, 0, sizeof cs);
    memcpy(cs, "\x30\x82", 2);
    put_file(RECORD_FILE_DG + 19, dg19, sizeof dg19);
    put_file(RECORD_FILE_CARD_SECURITY, cs, sizeof cs);
    names = random_names;
    pace();
    terminal_authentication();
    /* between them EF.CardSecurity is read: made by the terminal of the tests with these keys */
    static struct terminal t;
    term_start(&t, card);
    t.open = true;
    vector_copy("K_enc", t.enc, 16);
    vector_copy("K_mac", t.mac, 16);
    t.ssc[15] = 14;
    ck_assert_uint_eq(term_send(&t, 0x00B09D00, NULL, 0, 0), 0x9000);
    ck_assert_uint_eq(t.out_len, 223);
    exchange("S9_setat_C", "S9_setat_R");
    exchange("S10_ga_C", "S10_ga_R");
    exchange("D1_sel_C", "D1_sel_R");
    vector_copy("K_enc2", t.enc, 16);
    vector_copy("K_mac2", t.mac, 16);
    memset(t.ssc, 0, 16);
    t.ssc[15] = 2;
    ck_assert_uint_eq(term_send(&t, 0x00B09300, NULL, 0, 0), 0x9000);
    ck_assert_uint_eq(t.out_len, 223);
    exchange("D3_odd_C", "D3_odd_R");
    if (_i == 0) {
        exchange("D4_selmf_C", "D4_selmf_R");
        return;
    }
    t.ssc[15] = 6; /* instead of the MF's selection: the docket stays current */
    ck_assert_uint_eq(term_send(&t, 0x00B09300, NULL, 0, 0), 0x9000);
    exchange("D5_nor_C", "D5_nor_R");
}
END_TEST

static void fixed_terminal(struct terminal *t, struct talk *talk)
{
    card = talk;
    term_start(t, card);
    t->fixed = true;
    names = random_names;
}

/* GENERAL AUTHENTICATE with this point; returns SW. */
static unsigned point_step(unsigned tag, const uint8_t *point)
{
    uint8_t cmd[75] = { 0x10, 0x86, 0, 0, 0x45, 0x7C, 0x43, (uint8_t)tag, 0x41 };
    memcpy(cmd + 9, point, 65);
    return talk_bytes(card, cmd, sizeof cmd);
}

/* -s / k times G: with it the mapped generator is the point at infinity. */
static void point_that_maps_to_nothing(uint8_t out[65])
{
    uint8_t s[16], k[32], d[32];
    vector_copy("s", s, sizeof s);
    vector_copy("d_map_card", k, sizeof k);
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *n = NULL, *bs = BN_bin2bn(s, sizeof s, NULL), *bk = BN_bin2bn(k, sizeof k, NULL);
    BN_hex2bn(&n, "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
    BN_mod_inverse(bk, bk, n, ctx);
    BN_mod_mul(bs, bs, bk, n, ctx);
    BN_sub(bs, n, bs);
    BN_bn2binpad(bs, d, sizeof d);
    ck_assert(p256_multiply(NULL, d, out));
    BN_free(n);
    BN_free(bs);
    BN_free(bk);
    BN_CTX_free(ctx);
}

/* What can't be reached from outside, since the card's point comes after the terminal's. */
START_TEST(points_of_chance)
{
    static const char *const own[] = { "Q_map_card", "Q_eph_card", NULL };
    uint8_t point[65];
    card = eac_card();
    for (int i = 0; i < 3; i++) {
        names = random_names;
        exchange("A1", NULL);
        exchange("A2", "R2");
        if (i == 1)
            exchange("A3", "R3");
        if (own[i] != NULL)
            vector_copy(own[i], point, sizeof point);
        else
            point_that_maps_to_nothing(point);
        ck_assert_uint_eq(point_step(i == 1 ? 0x83 : 0x81, point), 0x6A80);
        ck_assert_uint_eq(talk_hex(card, "00860000027C0000"), 0x6985);
    }
    names = random_names;
    pace();
}
END_TEST

START_TEST(aes_256)
{
    static struct terminal t;
    uint8_t z[16], enc[32], mac[32];
    const uint64_t officer = EAC_OFFICER;
    fixed_terminal(&t, eac_card_256());
    t.key_len = 32;
    ck_assert_uint_eq(term_pace_set(&t, EAC_CAN_PASSWORD, &officer), 0x9000);
    ck_assert_uint_eq(term_pace_nonce(&t, NULL, EAC_CAN_PASSWORD), 0x9000);
    vector_copy("z_256", z, sizeof z);
    ck_assert_mem_eq(card->got.data + 4, z, sizeof z);
    ck_assert_uint_eq(term_pace_map(&t), 0x9000);
    ck_assert_uint_eq(term_pace_agree(&t), 0x9000);
    ck_assert_uint_eq(term_pace_token(&t, false), 0x9000);
    vector_copy("K_enc_256", enc, sizeof enc);
    vector_copy("K_mac_256", mac, sizeof mac);
    ck_assert_mem_eq(t.enc, enc, sizeof enc);
    ck_assert_mem_eq(t.mac, mac, sizeof mac);
    ck_assert_mem_eq(card->got.data + 4, "\x2C\x93\x24\xD3\x1E\x7E\x54\xED", 8); /* T_PICC */
}
END_TEST

START_TEST(chip_authentication_1)
{
    static struct terminal t;
    uint8_t enc[16];
    fixed_terminal(&t, eac_card());
    ck_assert_uint_eq(term_pace(&t, EAC_MRZ, NULL, NULL), 0x9000);
    ck_assert_uint_eq(term_select(&t, 'T'), 0x9000);
    ck_assert_uint_eq(term_chip(&t, 1), 0x9000);
    vector_copy("K_enc_ca1", enc, sizeof enc);
    ck_assert_mem_eq(t.enc, enc, sizeof enc);
    exchange("CA1_first_C", "CA1_first_R");
}
END_TEST

START_TEST(card_access)
{
    uint8_t expected[87];
    card = eac_card();
    vector_copy("EF_CardAccess", expected, sizeof expected);
    ck_assert_uint_eq(talk_hex(card, "00B09C0000"), 0x9000);
    ck_assert_uint_eq(card->got.len, sizeof expected);
    ck_assert_mem_eq(card->got.data, expected, sizeof expected);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { worked_run, 2 }, { points_of_chance, 0 }, { aes_256, 0 }, { chip_authentication_1, 0 }, { card_access, 0 }
    };
    return suite_run("lds vectors", tests, sizeof tests / sizeof tests[0]);
}
