/* SPDX-License-Identifier: BSD-2-Clause */
/* Secure channel protocol 03, the host's side: exchanges of a real card as published with the tests of Osmocom's pySim,
 * the derivation against OpenSSL's KBKDF, and answers that are not what they should be. */
#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "fake_card.h"
#include "sdc/scp03.h"
#include "scp03_private.h"
#include "suite.h"

/* The keys of the published exchanges: 00 01 …, 10 11 …, 20 21 …, beginning anew after 16 bytes */
static struct sdc_scp03_keys key_set(uint8_t version, size_t len)
{
    struct sdc_scp03_keys keys = { .version = version, .len = len };
    for (size_t i = 0; i < len; i++) {
        keys.enc[i] = (uint8_t)(i % 16);
        keys.mac[i] = (uint8_t)(0x10 + i % 16);
        keys.dek[i] = (uint8_t)(0x20 + i % 16);
    }
    return keys;
}

struct exchange_seen {
    uint8_t version;
    size_t key_len;
    enum sdc_scp03_level level;
    const char *challenge, *update, *authenticate, *command, *answer;
};

static const struct exchange_seen seen[] = {
    { 0x30, 16, SDC_SCP03_ENC, "8E1552D0513C60F3", "0000000000000000000030037030760CD2C47C1DD395065FE5EAD8A9D7000001",
      "8482030010FD4721A14D9B07003C451D2F8AE6BB21", "84E2910018CA9C00F6713D79BC8BAA642BDFF51C3F6A4082D3BD9AD26C00",
      "BF3E125A1089882119900000000000000000000005" },
    { 0x30, 16, SDC_SCP03_FULL, "FDF38259A1E0DE44", "000000000000000000003003703B1ACA81E821F219081CDC01C26B372D000003",
      "84823300108C36F96BCC00724A4E13AD591D7DA3F0", "84E2910018267A85DFE4A98FCA6FB0527E0DFECCE4914E40401433C87F00",
      "F3BA2B1013AA6224F5E1C138D71805C569E5439B47576260B75FC021B25097CB2E68F8A0144975B9" },
    { 0x31, 24, SDC_SCP03_FULL, "9B3F2EEF0E8C9374", "00000000000000000000310370F6BB305A15BAE1A68F79FB08212FBED7000002",
      "84823300109100BC22D58B45B86A26365CE39FF3CF", "84E29100188F7F946C84F70D17994BC6E8791251BB1BB1BF02CF8DE58900",
      "C05176C1B6F72AAE50C32CBEE63B0E95998928FD4DFB2BE9F27FFDE8C8476F5909B4805CC4039599" },
    { 0x32, 32, SDC_SCP03_FULL, "97B2055FE58599FD", "00000000000000000000320370A8439A22CEDF045FA9F1903B2834F26E000002",
      "8482330010508A0FD959D2E547C6B33154A6BE2057", "84E29100187A5EF717EAF1E135AE92FE54429D0E465DECDA65F5FE5AEA00",
      "EA90DBFA648A67C5EB6ABC57F8530B97D0CD5647C5E8732016B55203B078DD2ACE7F8BC5D1C1CD99" },
};
#define SEEN ((int)(sizeof seen / sizeof *seen))

static const uint8_t plain_command[] = { 0xBF, 0x3E, 0x03, 0x5C, 0x01, 0x5A };
static const uint8_t plain_answer[] = { 0xBF, 0x3E, 0x12, 0x5A, 0x10, 0x89, 0x88, 0x21, 0x19, 0x90, 0x00,
                                        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05 };

struct replay {
    char text[5][160];
    struct fake_step steps[3];
    struct fake_card card;
    struct sdc_link *link;
    struct sdc_scp03 *session;
    struct sdc_error error;
};

/* The card of one published exchange; sw: what it answers to the command. */
static void replay_open(struct replay *r, const struct exchange_seen *x, const char *update, const char *answer)
{
    memset(r, 0, sizeof *r);
    snprintf(r->text[0], sizeof r->text[0], "8050%02X0008%s00", x->version, x->challenge);
    snprintf(r->text[1], sizeof r->text[1], "%s9000", update);
    r->steps[0] = (struct fake_step) { r->text[0], r->text[1] };
    r->steps[1] = (struct fake_step) { x->authenticate, "9000" };
    r->steps[2] = (struct fake_step) { x->command, answer };
    r->link = fake_card_open(&r->card, r->steps, 3, false);
}

static enum sdc_status authenticate(struct replay *r, const struct exchange_seen *x)
{
    uint8_t challenge[8];
    const struct sdc_scp03_keys keys = key_set(x->version, x->key_len);
    ck_assert(sdc_unhex(x->challenge, challenge, sizeof challenge));
    return scp03_open_with(r->link, &keys, x->level, false, challenge, &r->session, &r->error);
}

static enum sdc_status command(struct replay *r, struct sdc_buf *answer, uint16_t *sw)
{
    const struct sdc_apdu apdu = { .cla = 0x80,
                                   .ins = 0xE2,
                                   .p1 = 0x91,
                                   .data = plain_command,
                                   .data_len = sizeof plain_command,
                                   .le = true,
                                   .le_max = 256 };
    return sdc_link_exchange(sdc_scp03_link(r->session), &apdu, answer, sw, &r->error);
}

static void replay_close(struct replay *r)
{
    sdc_scp03_close(r->session);
    sdc_link_close(r->link);
}

START_TEST(published_exchanges)
{
    const struct exchange_seen *x = &seen[_i];
    struct replay r;
    char answer[160];
    struct sdc_buf out = SDC_BUF_INIT;
    uint16_t sw = 0;
    snprintf(answer, sizeof answer, "%s9000", x->answer);
    replay_open(&r, x, x->update, answer);
    ck_assert_msg(authenticate(&r, x) == SDC_OK, "%s %s", r.error.text, r.card.text);
    ck_assert_msg(command(&r, &out, &sw) == SDC_OK, "%s %s", r.error.text, r.card.text);
    ck_assert_uint_eq(sw, 0x9000);
    ck_assert_uint_eq(out.len, sizeof plain_answer);
    ck_assert_mem_eq(out.data, plain_answer, sizeof plain_answer);
    ck_assert_uint_eq(r.link->stats.apdus, 3);
    ck_assert_uint_eq(sdc_scp03_link(r.session)->stats.apdus, 1);
    sdc_buf_free(&out);
    replay_close(&r);
}
END_TEST

/* One bit anywhere in the answer, its status word too: not authentic, and the session is over. */
START_TEST(answer_changed)
{
    const struct exchange_seen *x = &seen[1];
    char answer[160];
    snprintf(answer, sizeof answer, "%s9000", x->answer);
    for (size_t i = 0; i < strlen(answer); i++) {
        struct replay r;
        struct sdc_buf out = SDC_BUF_INIT;
        uint16_t sw = 0;
        char changed[160];
        memcpy(changed, answer, sizeof changed);
        changed[i] = changed[i] == '0' ? '1' : '0';
        if (strcmp(changed, answer) == 0)
            changed[i] = '2';
        replay_open(&r, x, x->update, changed);
        ck_assert_int_eq(authenticate(&r, x), SDC_OK);
        ck_assert_int_eq(command(&r, &out, &sw), SDC_E_SIGNATURE);
        ck_assert_uint_eq(out.len, 0);
        ck_assert_int_eq(command(&r, &out, &sw), SDC_E_DENIED);
        ck_assert_uint_eq(r.card.at, 3);
        sdc_buf_free(&out);
        replay_close(&r);
    }
}
END_TEST

/* No MAC: success is not believed, an error is, and ends the session. */
START_TEST(answer_bare)
{
    static const struct {
        const char *answer;
        enum sdc_status status;
    } cases[] = { { "9000", SDC_E_SIGNATURE }, { "6310", SDC_E_SIGNATURE }, { "6110", SDC_E_SIGNATURE },
                  { "6982", SDC_OK },          { "6F00", SDC_OK },          { "F3BA2B1013AA629000", SDC_E_SIGNATURE } };
    const struct exchange_seen *x = &seen[1];
    struct replay r;
    struct sdc_buf out = SDC_BUF_INIT;
    uint16_t sw = 0;
    replay_open(&r, x, x->update, cases[_i].answer);
    ck_assert_int_eq(authenticate(&r, x), SDC_OK);
    ck_assert_int_eq(command(&r, &out, &sw), cases[_i].status);
    ck_assert_int_eq(command(&r, &out, &sw), SDC_E_DENIED);
    ck_assert_uint_eq(r.card.at, 3);
    sdc_buf_free(&out);
    replay_close(&r);
}
END_TEST

/* What is wrong in INITIALIZE UPDATE's answer ends the opening before anything that the card would count. */
START_TEST(opening_refused)
{
    static const struct {
        const char *update;
        enum sdc_status status;
    } cases[] = {
        { "000000000000000000003003703B1ACA81E821F219081CDC01C26B372C000003", SDC_E_SIGNATURE }, /* cryptogram */
        { "000000000000000000003003703B1ACA81E821F218081CDC01C26B372D000003", SDC_E_SIGNATURE }, /* challenge */
        { "000000000000000000003103703B1ACA81E821F219081CDC01C26B372D000003", SDC_E_NOT_FOUND }, /* version */
        { "000000000000000000003002703B1ACA81E821F219081CDC01C26B372D000003", SDC_E_REPLY },     /* protocol */
        { "000000000000000000003003713B1ACA81E821F219081CDC01C26B372D000003", SDC_E_REPLY },     /* S16 */
        { "000000000000000000003003303B1ACA81E821F219081CDC01C26B372D000003", SDC_E_CARD },      /* no R-ENC */
        { "000000000000000000003003703B1ACA81E821F219081CDC01C26B372D0000", SDC_E_REPLY },       /* short */
        { "000000000000000000003003703B1ACA81E821F219081CDC01C26B372D00000300", SDC_E_REPLY },   /* long */
    };
    struct replay r;
    replay_open(&r, &seen[1], cases[_i].update, "9000");
    ck_assert_int_eq(authenticate(&r, &seen[1]), cases[_i].status);
    ck_assert_ptr_null(r.session);
    ck_assert_uint_eq(r.card.at, 1);
    replay_close(&r);
}
END_TEST

START_TEST(check_values)
{
    const struct sdc_scp03_keys keys = key_set(0x30, 16);
    static const uint8_t enc[3] = { 0xC3, 0x52, 0x80 }, mac[3] = { 0x01, 0x38, 0x08 }, dek[3] = { 0x84, 0x0D, 0xE5 };
    uint8_t kcv[3];
    ck_assert_int_eq(sdc_scp03_check_value(keys.enc, 16, kcv, NULL), SDC_OK);
    ck_assert_mem_eq(kcv, enc, 3);
    ck_assert_int_eq(sdc_scp03_check_value(keys.mac, 16, kcv, NULL), SDC_OK);
    ck_assert_mem_eq(kcv, mac, 3);
    ck_assert_int_eq(sdc_scp03_check_value(keys.dek, 16, kcv, NULL), SDC_OK);
    ck_assert_mem_eq(kcv, dek, 3);
    ck_assert_int_eq(sdc_scp03_check_value(keys.dek, 17, kcv, NULL), SDC_E_CRYPTO);
}
END_TEST

/* Amendment D puts the counter behind label and length, OpenSSL's KBKDF before the label. In feedback mode its input is
 * IV || [1]32 || label: with the IV the first 16 bytes of amendment D's input, both are one where the context begins
 * with 00000001. One call makes one block. */
static void kbkdf_block(const char *cipher, const uint8_t *key, size_t key_len, uint8_t iv[16], uint8_t *rest,
                        size_t rest_len, uint8_t out[16])
{
    int off = 0;
    char mac[] = "CMAC", mode[] = "feedback", name[16];
    uint8_t key_copy[32];
    snprintf(name, sizeof name, "%s", cipher);
    memcpy(key_copy, key, key_len);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MAC, mac, 0),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_CIPHER, name, 0),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MODE, mode, 0),
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_KBKDF_USE_L, &off),
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_KBKDF_USE_SEPARATOR, &off),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key_copy, key_len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, iv, 16),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, rest, rest_len),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "KBKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    ck_assert_int_eq(EVP_KDF_derive(ctx, out, 16, params), 1);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
}

START_TEST(derivation_against_kbkdf)
{
    static const struct {
        const char *cipher;
        size_t key_len, out_len, context_len;
        uint8_t constant;
    } cases[] = { { "AES-128-CBC", 16, 16, 16, 0x04 }, { "AES-192-CBC", 24, 24, 16, 0x06 },
                  { "AES-256-CBC", 32, 32, 16, 0x07 }, { "AES-256-CBC", 32, 32, 32, 0x04 },
                  { "AES-128-CBC", 16, 8, 32, 0x00 },  { "AES-128-CBC", 16, 16, 32, 0x01 } };
    uint8_t key[32], context[32] = { 0, 0, 0, 1 }, got[32], want[32];
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)(7 * i + 3);
    for (size_t i = 4; i < sizeof context; i++)
        context[i] = (uint8_t)(0xA5 ^ i);
    for (uint8_t n = 1; (size_t)(n - 1) * 16 < cases[_i].out_len; n++) {
        uint8_t iv[16] = { 0 };
        iv[11] = cases[_i].constant;
        iv[13] = (uint8_t)(cases[_i].out_len * 8 >> 8);
        iv[14] = (uint8_t)(cases[_i].out_len * 8);
        iv[15] = n;
        kbkdf_block(cases[_i].cipher, key, cases[_i].key_len, iv, context + 4, cases[_i].context_len - 4,
                    want + 16 * (n - 1));
    }
    ck_assert_int_eq(sdc_scp03_derive(key, cases[_i].key_len, cases[_i].constant, context, cases[_i].context_len, got,
                                      cases[_i].out_len, NULL),
                     SDC_OK);
    ck_assert_mem_eq(got, want, cases[_i].out_len);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { published_exchanges, SEEN }, { answer_changed, 0 }, { answer_bare, 6 },
        { opening_refused, 8 },        { check_values, 0 },   { derivation_against_kbkdf, 6 },
    };
    return suite_run("scp03", tests, sizeof tests / sizeof *tests);
}
