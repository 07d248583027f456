/* SPDX-License-Identifier: BSD-2-Clause */
/* CV certificates: the published ones, the same made again, one bit turned, and what a card would refuse. */
#include <stdio.h>
#include <string.h>

#include "cvc_private.h"
#include "eac_vectors.h"
#include "sdc/tlv.h"
#include "suite.h"

static struct sdc_error error;

static const struct {
    const char *name, *certificate, *issuer, *car, *chr;
    enum sdc_cvc_role role;
    uint64_t rights;
    size_t value_len;
    struct sdc_date effective, expiry;
} published[] = {
    { "CVCA",
      "C_CVCA",
      "CVCA",
      "USSDCCVCA00001",
      "USSDCCVCA00001",
      SDC_CVC_CVCA,
      0x2E1D000030,
      438,
      { 2026, 1, 1 },
      { 2036, 1, 1 } },
    { "DV",
      "C_DV",
      "CVCA",
      "USSDCCVCA00001",
      "USSDCDVOF00001",
      SDC_CVC_DV,
      0x2E1D000030,
      229,
      { 2026, 1, 1 },
      { 2029, 12, 31 } },
    { "AT",
      "C_AT",
      "DV",
      "USSDCDVOF00001",
      "USSDCAT0100001",
      SDC_CVC_TERMINAL,
      0x001D000010,
      229,
      { 2026, 11, 1 },
      { 2027, 1, 31 } },
};
#define PUBLISHED ((int)(sizeof published / sizeof *published))

static void point_of(const char *name, uint8_t point[static SDC_P256_POINT_LEN])
{
    char field[16];
    snprintf(field, sizeof field, "Q_%s", name);
    vector_copy(field, point, SDC_P256_POINT_LEN);
}

START_TEST(read_published)
{
    struct sdc_cvc cvc;
    uint8_t point[SDC_P256_POINT_LEN];
    struct sdc_buf bytes = vector(published[_i].certificate);
    ck_assert_int_eq(sdc_cvc_parse(bytes.data, bytes.len, &cvc, &error), SDC_OK);
    ck_assert_str_eq(cvc.car, published[_i].car);
    ck_assert_str_eq(cvc.chr, published[_i].chr);
    ck_assert_int_eq(cvc.role, published[_i].role);
    ck_assert_uint_eq(cvc.rights, published[_i].rights);
    ck_assert_uint_eq(cvc.value.left, published[_i].value_len);
    ck_assert_int_eq(sdc_date_compare(&cvc.effective, &published[_i].effective), 0);
    ck_assert_int_eq(sdc_date_compare(&cvc.expiry, &published[_i].expiry), 0);
    point_of(published[_i].name, point);
    ck_assert_mem_eq(cvc.point, point, sizeof point);
    point_of(published[_i].issuer, point);
    ck_assert_int_eq(sdc_cvc_verify(&cvc, point, &error), SDC_OK);
    point_of("AT", point);
    ck_assert_int_eq(sdc_cvc_verify(&cvc, point, &error), SDC_E_SIGNATURE);
    sdc_buf_free(&bytes);
}
END_TEST

START_TEST(make_again)
{
    struct sdc_cvc cvc, old;
    uint8_t point[SDC_P256_POINT_LEN];
    struct sdc_buf made = SDC_BUF_INIT, bytes = vector(published[_i].certificate);
    point_of(published[_i].name, point);
    const struct sdc_cvc_request request = {
        published[_i].car,       published[_i].chr,   published[_i].role, published[_i].rights, point,
        published[_i].effective, published[_i].expiry
    };
    struct sdc_cvc_signer signer = vector_signer(published[_i].issuer);
    ck_assert_int_eq(sdc_cvc_make(&request, &signer, &made, &error), SDC_OK);
    ck_assert_int_eq(sdc_cvc_parse(bytes.data, bytes.len, &old, &error), SDC_OK);
    ck_assert_int_eq(sdc_cvc_parse(made.data, made.len, &cvc, &error), SDC_OK);
    ck_assert(sdc_rd_equal(&cvc.body, old.body.p, old.body.left));
    point_of(published[_i].issuer, point);
    ck_assert_int_eq(sdc_cvc_verify(&cvc, point, &error), SDC_OK);
    sdc_buf_free(&made);
    sdc_buf_free(&bytes);
}
END_TEST

/* No bit of a certificate is free: it is refused, or its signature is. */
START_TEST(one_bit)
{
    uint8_t point[SDC_P256_POINT_LEN];
    struct sdc_buf bytes = vector(published[_i].certificate);
    point_of(published[_i].issuer, point);
    for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
        struct sdc_cvc cvc;
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (sdc_cvc_parse(bytes.data, bytes.len, &cvc, &error) == SDC_OK)
            ck_assert_msg(sdc_cvc_verify(&cvc, point, &error) == SDC_E_SIGNATURE, "bit %zu", bit);
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    sdc_buf_free(&bytes);
}
END_TEST

START_TEST(lengths)
{
    struct sdc_cvc cvc;
    struct sdc_buf bytes = vector("C_DV");
    for (size_t len = 0; len < bytes.len; len++)
        ck_assert_int_eq(sdc_cvc_parse(bytes.data, len, &cvc, &error), SDC_E_INPUT);
    ck_assert_int_eq(sdc_cvc_parse(bytes.data, bytes.len, &cvc, &error), SDC_OK);
    sdc_buf_u8(&bytes, 0);
    ck_assert_int_eq(sdc_cvc_parse(bytes.data, bytes.len, &cvc, &error), SDC_E_INPUT);
    sdc_buf_free(&bytes);
}
END_TEST

START_TEST(issued)
{
    static const struct {
        enum sdc_cvc_role issuer, role;
        const char *car;
        struct sdc_date effective, expiry;
        bool good;
    } cases[] = {
        { SDC_CVC_CVCA, SDC_CVC_DV, "USTESTCA00001", { 2026, 1, 1 }, { 2030, 1, 1 }, true },
        { SDC_CVC_CVCA, SDC_CVC_CVCA, "USTESTCA00001", { 2027, 1, 1 }, { 2039, 1, 1 }, true }, /* link */
        { SDC_CVC_DV, SDC_CVC_TERMINAL, "USTESTCA00001", { 2026, 1, 1 }, { 2029, 1, 1 }, true },
        { SDC_CVC_CVCA, SDC_CVC_TERMINAL, "USTESTCA00001", { 2026, 1, 1 }, { 2029, 1, 1 }, false },
        { SDC_CVC_CVCA, SDC_CVC_DV_OTHER, "USTESTCA00001", { 2026, 1, 1 }, { 2029, 1, 1 }, false },
        { SDC_CVC_DV, SDC_CVC_DV, "USTESTCA00001", { 2026, 1, 1 }, { 2029, 1, 1 }, false },
        { SDC_CVC_DV, SDC_CVC_CVCA, "USTESTCA00001", { 2026, 1, 1 }, { 2029, 1, 1 }, false },
        { SDC_CVC_TERMINAL, SDC_CVC_TERMINAL, "USTESTCA00001", { 2026, 1, 1 }, { 2029, 1, 1 }, false },
        { SDC_CVC_CVCA, SDC_CVC_DV, "USTESTCA00002", { 2026, 1, 1 }, { 2029, 1, 1 }, false },
        { SDC_CVC_CVCA, SDC_CVC_DV, "USTESTCA00001", { 2025, 12, 31 }, { 2029, 1, 1 }, false },
        { SDC_CVC_CVCA, SDC_CVC_DV, "USTESTCA00001", { 2030, 1, 2 }, { 2031, 1, 1 }, false },
    };
    struct sdc_cvc issuer, cvc;
    uint8_t point[SDC_P256_POINT_LEN];
    struct sdc_buf above = SDC_BUF_INIT, below = SDC_BUF_INIT;
    point_of("DV", point);
    const struct sdc_cvc_request one = { "USTESTCA00001", "USTESTCA00001", cases[_i].issuer, 0,
                                         point,           { 2026, 1, 1 },  { 2030, 1, 1 } };
    const struct sdc_cvc_request two = { cases[_i].car, "USTESTXX00001",     cases[_i].role,  0,
                                         point,         cases[_i].effective, cases[_i].expiry };
    struct sdc_cvc_signer signer = vector_signer("DV");
    ck_assert_int_eq(sdc_cvc_make(&one, &signer, &above, &error), SDC_OK);
    ck_assert_int_eq(sdc_cvc_make(&two, &signer, &below, &error), SDC_OK);
    ck_assert_int_eq(sdc_cvc_parse(above.data, above.len, &issuer, &error), SDC_OK);
    ck_assert_int_eq(sdc_cvc_parse(below.data, below.len, &cvc, &error), SDC_OK);
    ck_assert_int_eq(sdc_cvc_check_issued(&issuer, &cvc, &error), cases[_i].good ? SDC_OK : SDC_E_SIGNATURE);
    issuer.point[64] ^= 1;
    ck_assert_int_eq(sdc_cvc_check_issued(&issuer, &cvc, &error), SDC_E_SIGNATURE);
    sdc_buf_free(&above);
    sdc_buf_free(&below);
}
END_TEST

START_TEST(not_made)
{
    uint8_t point[SDC_P256_POINT_LEN];
    struct sdc_buf out = SDC_BUF_INIT;
    struct sdc_cvc_signer signer = vector_signer("DV");
    point_of("DV", point);
    const struct sdc_cvc_request good = { "USTESTCA00001", "USTESTCA00001", SDC_CVC_DV,    0,
                                          point,           { 2026, 1, 1 },  { 2026, 1, 1 } };
    struct sdc_cvc_request bad[6] = { good, good, good, good, good, good };
    bad[0].car = "USTESTCA0000100001";
    bad[1].chr = "US00001";
    bad[2].chr = "UsTESTCA00001";
    bad[3].chr = "1STESTCA00001";
    bad[4].expiry = (struct sdc_date) { 2025, 12, 31 };
    bad[5].expiry = (struct sdc_date) { 2100, 1, 1 };
    for (size_t i = 0; i < 6; i++)
        ck_assert_int_eq(sdc_cvc_make(&bad[i], &signer, &out, &error), SDC_E_USAGE);
    point[64] ^= 1;
    ck_assert_int_eq(sdc_cvc_make(&good, &signer, &out, &error), SDC_E_USAGE);
    ck_assert_uint_eq(out.len, 0);
    point[64] ^= 1;
    ck_assert_int_eq(sdc_cvc_make(&good, &signer, &out, &error), SDC_OK);
    sdc_buf_free(&out);
}
END_TEST

START_TEST(chat_bits)
{
    /* as the table of terminals prints them */
    ck_assert_uint_eq(SDC_CHAT_READ(17) | SDC_CHAT_READ(19) | SDC_CHAT_READ(20) | SDC_CHAT_READ(21) |
                          SDC_CHAT_CAN_ALLOWED,
                      0x001D000010);
    ck_assert_uint_eq(SDC_CHAT_WRITE(17) | SDC_CHAT_WRITE(19) | SDC_CHAT_WRITE(20) | SDC_CHAT_WRITE(21), 0x2E00000000);
    ck_assert_uint_eq(SDC_CHAT_KNOWN, 0x2E1D000010);
    struct sdc_buf chat = SDC_BUF_INIT;
    char hex[64] = "";
    sdc_cvc_put_chat(SDC_CVC_TERMINAL, 0x001D000010, &chat);
    sdc_hex(chat.data, chat.len, hex);
    ck_assert_str_eq(hex, "7F4C12060904007F0007030102025305001D000010");
    sdc_buf_free(&chat);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { read_published, PUBLISHED },
        { make_again, PUBLISHED },
        { one_bit, PUBLISHED },
        { lengths, 0 },
        { issued, 11 },
        { not_made, 0 },
        { chat_bits, 0 },
    };
    return suite_run("cvc", tests, sizeof tests / sizeof *tests);
}
