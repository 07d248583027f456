/* SPDX-License-Identifier: BSD-2-Clause */
/* What the issuer's session does to files and secrets of the travel document and the docket; delays of the printed
 * passwords; extended lengths. */
#include <string.h>

#include "card_edge.h"
#include "domain_talk.h"
#include "eac_talk.h"
#include "p256.h"
#include "suite.h"

static struct terminal t;
static struct domain_session s;
static uint32_t waited; /* milliseconds since it was set to 0 */
static const uint64_t officer = EAC_OFFICER;

static void delay(void *ctx, uint32_t ms)
{
    (void)ctx;
    waited += ms;
}

static void begin(void)
{
    term_start(&t, eac_card());
    t.talk->memory.port.delay_ms = delay;
}

static void session(const char *select)
{
    static const uint8_t known[] = { BLANK_TRANSPORT_KEY };
    struct domain_keys keys = { .version = KEY_VERSION_TRANSPORT, .len = sizeof known };
    for (size_t i = 0; i < 3; i++)
        memcpy(keys.key[i], known, sizeof known);
    t.open = false;
    ck_assert_uint_eq(talk_hex(t.talk, select), 0x9000);
    domain_open(&s, t.talk, &keys, 8, 0x33);
}

#define DOMAIN "00A40400 08 A000000151000000"
#define ROOT   "00A4000C"
#define DOCKET "00A4040C 0A F0534443444F434B4554"

START_TEST(data_groups_refused)
{
    static const struct {
        uint8_t p1;
        uint16_t dgi;
        const char *value;
        unsigned sw;
    } groups[] = {
        { STORE_SENSITIVE, DGI_CHIP_KEY_2, "0000000000000000000000000000000000000000000000000000000000000000", 0x6A80 },
        { STORE_SENSITIVE, DGI_CHIP_KEY_2, "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 0x6A80 },
        { STORE_SENSITIVE, DGI_CHIP_KEY_1, "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550", 0x9000 },
        { STORE_PLAIN, DGI_CARD_DATE, "020601030101", 0x6A80 }, /* month 13 */
        { STORE_PLAIN, DGI_CARD_DATE, "02060101030A", 0x6A80 },
        { STORE_PLAIN, DGI_CARD_DATE, "0206010103", 0x6A80 },
        { STORE_PLAIN, DGI_CARD_DATE, "020601010301", 0x9000 },
        { STORE_PLAIN, DGI_SUITE, "03", 0x6A80 },
        { STORE_PLAIN, DGI_SUITE, "02", 0x9000 },
        { STORE_PLAIN, DGI_TRUST_POINT, "8600", 0x6A80 },
    };
    uint8_t value[64];
    begin();
    session(DOMAIN);
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        const char *hex = groups[i].value;
        size_t len = talk_unhex(strlen(hex) % 2 == 0 ? hex : hex + 1, value, sizeof value);
        unsigned sw = domain_store(&s, groups[i].p1, groups[i].dgi, value, len);
        ck_assert_msg(sw == groups[i].sw, "row %zu: %04X", i, sw);
    }
    term_lawful(&t);
}
END_TEST

/* A trust point needs a CVCA's role and a point of the curve. */
START_TEST(trust_point)
{
    uint8_t value[160], scalar[32];
    begin();
    session(DOMAIN);
    key_scalar("CVCA9", scalar);
    value[0] = 0x86;
    value[1] = 65;
    ck_assert(p256_multiply(NULL, scalar, value + 2));
    size_t len =
        67 + talk_unhex("5F200E5553534443435643413030303039 7F4C12060904007F0007030102025305EE1D000030 5F2506020600"
                        "010001 5F2406030600010001",
                        value + 67, 93);
    value[5] ^= 1;
    ck_assert_uint_eq(domain_store(&s, STORE_PLAIN, DGI_TRUST_POINT, value, len), 0x6A80);
    value[5] ^= 1;
    value[67 + 17 + 3 + 13] ^= 0x40; /* the role */
    ck_assert_uint_eq(domain_store(&s, STORE_PLAIN, DGI_TRUST_POINT, value, len), 0x6A80);
    value[67 + 17 + 3 + 13] ^= 0x40;
    ck_assert_uint_eq(domain_store(&s, STORE_PLAIN, DGI_TRUST_POINT, value, len), 0x9000);
    term_reset(&t);
    ck_assert_uint_eq(term_pace(&t, EAC_CAN_PASSWORD, NULL, &officer), 0x9000);
    ck_assert_mem_eq(t.car, "USSDCCVCA00009", 14);
    ck_assert_uint_eq(term_dst(&t, "USSDCCVCA00001"), 0x6A88);
}
END_TEST

/* The chip's key is made on the card, and by nobody else. */
START_TEST(chip_key)
{
    static const uint8_t template[] = { 0xAC, 0x03, 0x80, 0x01, 0x11 };
    begin();
    ck_assert_uint_eq(talk_command(t.talk, 0x00470002, template, sizeof template, false), 0x6982);
    session(ROOT);
    ck_assert_uint_eq(domain_send(&s, 0x00470003, template, sizeof template), 0x6A86);
    ck_assert_uint_eq(domain_send(&s, 0x00470002, (const uint8_t[]) { 0xAC, 3, 0x80, 1, 0x14 }, 5), 0x6A80);
    ck_assert_uint_eq(domain_send(&s, 0x00470002, template, sizeof template), 0x9000);
    ck_assert_uint_eq(t.talk->got.len, 70);
    ck_assert_mem_eq(t.talk->got.data, "\x7F\x49\x43\x86\x41\x04", 6);
    ck_assert(p256_is_point(t.talk->got.data + 5, 65));
    session(DOCKET);
    ck_assert_uint_eq(domain_send(&s, 0x00470002, template, sizeof template), 0x6985);
}
END_TEST

/* Any version, any file; read without a channel; no PACE inside. */
START_TEST(files)
{
    uint8_t file[DG19_LEN] = { 0x73, 0x82, 0x02, 0xFC, 0x80, 0x04, 0, 0, 0, 0 };
    begin();
    session(DOCKET);
    ck_assert_uint_eq(domain_chained(&s, 0x00D69300, file, sizeof file, 100), 0x9000);
    ck_assert_uint_eq(domain_send(&s, 0x00B09300, NULL, 0), 0x9000);
    ck_assert_mem_eq(t.talk->got.data, file, t.talk->got.len);
    ck_assert_uint_eq(domain_send(&s, 0x00D69300, file, 9), 0x6A80); /* the version isn't there */
    ck_assert_uint_eq(domain_chained(&s, 0x00D69300, file, sizeof file - 1, 100), 0x6700);
    ck_assert_uint_eq(domain_send(&s, 0x00D69200, file, 200), 0x6A82);
    file[0] = 0x74;
    ck_assert_uint_eq(domain_send(&s, 0x00D69300, file, 200), 0x6A80);
    session(ROOT);
    ck_assert_uint_eq(domain_send(&s, 0x00D69C00, file, 87), 0x6982); /* constant */
    ck_assert_uint_eq(domain_send(&s, 0x0022C1A4, (const uint8_t *)"\x83\x01\x02", 3), 0x6985);
    term_lawful(&t);
}
END_TEST

/* Printed passwords never block; they take time, also after a reset, until one is right. */
START_TEST(delays)
{
    static const uint32_t expected[] = { 0, 0, 0, 0, 2000, 4000, 8000, 8000, 8000 };
    begin();
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        waited = 0;
        term_reset(&t);
        bool mrz = i % 2 != 0; /* they share the count */
        ck_assert_uint_eq(term_pace(&t, mrz ? EAC_MRZ : EAC_CAN_PASSWORD, mrz ? "SDC" : "000000", NULL), 0x6300);
        ck_assert_msg(waited == expected[i], "failure %zu: %u ms", i, waited);
    }
    waited = 0;
    ck_assert_uint_eq(term_pace(&t, EAC_PIN, NULL, NULL), 0x9000); /* has its own count */
    ck_assert_uint_eq(waited, 0);
    term_reset(&t);
    ck_assert_uint_eq(term_pace(&t, EAC_CAN_PASSWORD, NULL, NULL), 0x9000);
    ck_assert_uint_eq(waited, 8000);
    term_reset(&t);
    ck_assert_uint_eq(term_pace(&t, EAC_CAN_PASSWORD, NULL, NULL), 0x9000);
    ck_assert_uint_eq(waited, 8000);
}
END_TEST

/* A PIN that the issuer set can only be changed with PIV. */
START_TEST(transport_pin)
{
    begin();
    session(DOMAIN);
    ck_assert_uint_eq(domain_store(&s, STORE_SENSITIVE, DGI_TRANSPORT_PIN,
                                   "\3"
                                   "123456",
                                   7),
                      0x9000);
    term_reset(&t);
    ck_assert_uint_eq(term_pace_set(&t, EAC_PIN, NULL), 0x6283);
    ck_assert_uint_eq(term_pace_nonce(&t, NULL, EAC_PIN), 0x6984);
    ck_assert_uint_eq(term_pace(&t, EAC_PUK, NULL, NULL), 0x9000);
    ck_assert_uint_eq(term_send(&t, 0x002C0303, NULL, 0, NO_LE), 0x6985);
    ck_assert_uint_eq(term_send(&t, 0x002C0203, "654321", 6, NO_LE), 0x6985);
    term_reset(&t);
    ck_assert_uint_eq(talk_select(t.talk), 0x9000);
    ck_assert_uint_eq(talk_two(t.talk, 0x24, 0x80, "123456", "123456"), 0x9000);
    term_lawful(&t);
}
END_TEST

START_TEST(extended_lengths)
{
    begin();
    t.extended = true;
    ck_assert_uint_eq(term_run(&t, EAC_CAN_PASSWORD, EAC_WRITER), 0x9000);
    ck_assert_uint_eq(term_select(&t, 'D'), 0x9000);
    ck_assert_uint_eq(term_send(&t, 0x00B09400, NULL, 0, 0), 0x9000);
    ck_assert_uint_eq(t.out_len, DG20_LEN); /* at once */
    static uint8_t file[DG20_LEN];
    memcpy(file, t.out, sizeof file);
    file[9]++;
    ck_assert_uint_eq(term_send(&t, 0x00D69400, file, sizeof file, NO_LE), 0x9000);
    ck_assert_uint_eq(term_send(&t, 0x00B09400, NULL, 0, 0), 0x9000);
    ck_assert_mem_eq(t.out, file, sizeof file);
    ck_assert_uint_eq(term_send(&t, 0x00B09400, NULL, 0, 3000), 0x6282);
    ck_assert_uint_eq(t.out_len, DG20_LEN);
    ck_assert_uint_eq(term_send(&t, 0x00B09400, NULL, 0, 300), 0x9000);
    ck_assert_uint_eq(t.out_len, 300);
    ck_assert_uint_eq(term_hex(&t, 0x00B10014, "54020100", 20), 0x9000);
    ck_assert_uint_eq(t.out_len, 20);
    ck_assert_mem_eq(t.out + 2, file + 0x100, 18);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { data_groups_refused, 0 }, { trust_point, 0 },      { chip_key, 0 }, { files, 0 }, { delays, 0 },
        { transport_pin, 0 },       { extended_lengths, 0 },
    };
    return suite_run("lds issuer", tests, sizeof tests / sizeof tests[0]);
}
