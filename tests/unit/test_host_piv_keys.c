/* SPDX-License-Identifier: BSD-2-Clause */
/* libsdc's use of RSA-2048 and P-384 keys: on a card in memory by extended length and by chains, and what it makes of
 * replies of the wrong form. */
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <string.h>

#include "card_issue.h"
#include "memory_link.h"
#include "sdc/piv.h"
#include "sdc/tlv.h"
#include "suite.h"

#define K SDC_PIV_RSA_LEN

static struct card_memory rsa_card, p384_card;
static EVP_PKEY *rsa_keys[CARD_ISSUE_KEYS], *p384_keys[CARD_ISSUE_KEYS];

static struct sdc_link *open_card(struct card_memory *card, bool short_only)
{
    struct sdc_link *link = memory_link_open(card);
    link->short_only = short_only;
    link->extended = link->extended && !short_only;
    ck_assert_int_eq(sdc_piv_select(link, NULL), SDC_OK);
    return link;
}

/* 9E needs no PIN. One APDU where the link takes long ones; else two blocks, and the answer in two parts. */
START_TEST(does_the_raw_operation)
{
    struct sdc_buf out = SDC_BUF_INIT;
    uint8_t in[K] = { 0, 1, 2, 3 }, again[K];
    size_t len = sizeof again;
    struct sdc_link *link = open_card(&rsa_card, _i);
    uint64_t before = link->stats.apdus;
    ck_assert_int_eq(sdc_piv_key_sign(link, SDC_PIV_RSA_2048, 0x9E, in, K, &out, NULL), SDC_OK);
    ck_assert_uint_eq(link->stats.apdus - before, _i ? 3 : 1);
    ck_assert_uint_eq(out.len, K);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, rsa_keys[3], NULL);
    ck_assert(EVP_PKEY_encrypt_init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
              EVP_PKEY_encrypt(ctx, again, &len, out.data, out.len) == 1);
    ck_assert_mem_eq(again, in, K);
    EVP_PKEY_CTX_free(ctx);
    sdc_buf_free(&out);
    sdc_link_close(link);
}
END_TEST

START_TEST(signs_with_p384)
{
    struct sdc_buf out = SDC_BUF_INIT;
    uint8_t hash[48] = { 7 };
    struct sdc_link *link = open_card(&p384_card, _i);
    ck_assert_int_eq(sdc_piv_key_sign(link, SDC_PIV_P384, 0x9E, hash, sizeof hash, &out, NULL), SDC_OK);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, p384_keys[3], NULL);
    ck_assert(EVP_PKEY_verify_init(ctx) == 1 && EVP_PKEY_verify(ctx, out.data, out.len, hash, sizeof hash) == 1);
    EVP_PKEY_CTX_free(ctx);
    sdc_buf_free(&out);
    struct sdc_error e;
    ck_assert_int_eq(sdc_piv_key_sign(link, SDC_PIV_P256, 0x9E, hash, 32, &out, &e), SDC_E_CARD);
    ck_assert_uint_eq(e.sw, 0x6A86); /* the key is of another algorithm */
    ck_assert_int_eq(sdc_piv_key_sign(link, SDC_PIV_P384, 0x9E, hash, 49, &out, NULL), SDC_E_BUG);
    ck_assert_int_eq(sdc_piv_key_sign(link, SDC_PIV_P384, 0x9E, hash, 0, &out, NULL), SDC_E_BUG);
    ck_assert_int_eq(sdc_piv_key_sign(link, SDC_PIV_RSA_2048, 0x9E, hash, 48, &out, NULL), SDC_E_BUG);
    ck_assert_int_eq(sdc_piv_key_agree(link, SDC_PIV_RSA_2048, 0x9D, hash, 48, &out, NULL), SDC_E_BUG);
    ck_assert_int_eq(sdc_piv_key_agree(link, SDC_PIV_P384, 0x9D, hash, 48, &out, NULL), SDC_E_BUG);
    sdc_link_close(link);
}
END_TEST

/* ---- replies of the wrong form ---- */
static struct sdc_buf reply;

static enum sdc_status answer(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                              size_t *resp_len, struct sdc_error *e)
{
    (void)ctx;
    (void)cmd;
    (void)cmd_len;
    (void)e;
    ck_assert_uint_le(reply.len, cap);
    memcpy(resp, reply.data, reply.len);
    *resp_len = reply.len;
    return SDC_OK;
}

struct reply_case {
    enum sdc_piv_alg alg;
    uint32_t outer, inner;
    size_t len;    /* RSA, and key agreement: of the value; signature: of each integer */
    uint8_t first; /* its first byte */
    bool agree, good;
};
static const struct reply_case replies[] = {
    { SDC_PIV_RSA_2048, 0x7C, 0x82, K, 0x01, false, true },
    { SDC_PIV_RSA_2048, 0x7C, 0x82, K - 1, 0x01, false, false },
    { SDC_PIV_RSA_2048, 0x7C, 0x82, K + 1, 0, false, false },
    { SDC_PIV_RSA_2048, 0x7C, 0x82, 0, 0, false, false },
    { SDC_PIV_RSA_2048, 0x7C, 0x81, K, 0x01, false, false },
    { SDC_PIV_RSA_2048, 0x7D, 0x82, K, 0x01, false, false },
    { SDC_PIV_P384, 0x7C, 0x82, 48, 0x7F, false, true },
    { SDC_PIV_P384, 0x7C, 0x82, 49, 0x00, false, true },
    { SDC_PIV_P384, 0x7C, 0x82, 48, 0x80, false, false },
    { SDC_PIV_P384, 0x7C, 0x82, 49, 0x01, false, false },
    { SDC_PIV_P384, 0x7C, 0x82, 50, 0x00, false, false },
    { SDC_PIV_P256, 0x7C, 0x82, 33, 0x00, false, true },
    { SDC_PIV_P256, 0x7C, 0x82, 48, 0x7F, false, false },
    { SDC_PIV_P384, 0x7C, 0x82, 48, 0x00, true, true },
    { SDC_PIV_P384, 0x7C, 0x82, 32, 0x01, true, false },
    { SDC_PIV_P384, 0x7C, 0x82, 49, 0x00, true, false },
};
#define REPLIES (int)(sizeof replies / sizeof replies[0])

static void build(const struct reply_case *c)
{
    struct sdc_buf value = SDC_BUF_INIT, inner = SDC_BUF_INIT;
    uint8_t bytes[K + 1];
    memset(bytes, 0xA5, sizeof bytes);
    bytes[0] = c->first;
    if (c->agree || c->alg == SDC_PIV_RSA_2048) {
        sdc_buf_put(&value, bytes, c->len);
    } else {
        struct sdc_buf pair = SDC_BUF_INIT;
        sdc_tlv_put(&pair, 0x02, bytes, c->len);
        sdc_tlv_put(&pair, 0x02, bytes, c->len);
        sdc_tlv_put(&value, 0x30, pair.data, pair.len);
        sdc_buf_free(&pair);
    }
    sdc_tlv_put(&inner, c->inner, value.data, value.len);
    sdc_tlv_put(&reply, c->outer, inner.data, inner.len);
    sdc_buf_u16(&reply, 0x9000);
    sdc_buf_free(&value);
    sdc_buf_free(&inner);
}

START_TEST(takes_no_other_form)
{
    static const struct sdc_link_ops ops = { .transmit = answer };
    const struct reply_case *c = &replies[_i];
    struct sdc_link *link = NULL;
    struct sdc_buf out = SDC_BUF_INIT;
    uint8_t in[K] = { 4 };
    ck_assert_int_eq(sdc_link_open_process(&ops, NULL, (const uint8_t *)"\x3B", 1, &link, NULL), SDC_OK);
    link->extended = true;
    build(c);
    size_t len = c->alg == SDC_PIV_RSA_2048 ? K : c->alg == SDC_PIV_P384 ? 48 : 32;
    enum sdc_status status = c->agree ? sdc_piv_key_agree(link, c->alg, 0x9D, in, 1 + 2 * len, &out, NULL)
                                      : sdc_piv_key_sign(link, c->alg, 0x9A, in, len, &out, NULL);
    ck_assert_int_eq(status, c->good ? SDC_OK : SDC_E_REPLY);
    ck_assert_int_eq(out.len > 0, c->good);
    sdc_buf_free(&out);
    sdc_buf_free(&reply);
    sdc_link_close(link);
}
END_TEST

static void make(struct card_memory *card, unsigned with, EVP_PKEY *keys[CARD_ISSUE_KEYS])
{
    static const uint8_t guid[16] = { 1, 2, 3 };
    card_memory_init(card);
    struct sdc_link *link = memory_link_open(card);
    card_issue(link, guid, with, keys);
    sdc_link_close(link);
}

int main(void)
{
    const struct suite_test tests[] = {
        { does_the_raw_operation, 2 },
        { signs_with_p384, 2 },
        { takes_no_other_form, REPLIES },
    };
    make(&rsa_card, WITH_RSA, rsa_keys);
    make(&p384_card, WITH_P384, p384_keys);
    return suite_run("host piv keys", tests, sizeof tests / sizeof tests[0]);
}
