/* SPDX-License-Identifier: BSD-2-Clause */
/* Delivery manifests: who signed them, and what they may say. */
#include "manifest.h"

#include <string.h>

#include <openssl/cms.h>

#include "suite.h"

static EVP_PKEY *key, *other_key;
static X509 *maker, *other;

static X509 *certificate(EVP_PKEY *of, long serial)
{
    X509 *x = X509_new();
    X509_NAME *n = X509_get_subject_name(x);
    ck_assert(X509_set_version(x, X509_VERSION_3) && ASN1_INTEGER_set(X509_get_serialNumber(x), serial));
    ck_assert(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC, (const unsigned char *)"Maker", -1, -1, 0));
    ck_assert(X509_set_issuer_name(x, n) && X509_time_adj_ex(X509_getm_notBefore(x), -1, 0, NULL) &&
              X509_time_adj_ex(X509_getm_notAfter(x), 9, 0, NULL) && X509_set_pubkey(x, of) &&
              X509_sign(x, of, EVP_sha256()));
    return x;
}

static void setup(void)
{
    key = EVP_EC_gen("P-256");
    other_key = EVP_EC_gen("P-256");
    maker = certificate(key, 1);
    other = certificate(other_key, 1); /* of the same name and number */
}

static void sign(const char *text, X509 *signer, EVP_PKEY *with, struct sdc_buf *out)
{
    unsigned char *der = NULL;
    BIO *content = BIO_new_mem_buf(text, -1);
    CMS_ContentInfo *cms = CMS_sign(signer, with, NULL, content, CMS_BINARY);
    int len = i2d_CMS_ContentInfo(cms, &der);
    ck_assert_int_gt(len, 0);
    sdc_buf_put(out, der, (size_t)len);
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    BIO_free(content);
}

#define HEAD                                                                                                           \
    "{\"format\":\"sdc-delivery-1\",\"batch\":\"B-1\",\"created\":\"2026-11-25\",\"transport_key\":\"T1\",\"chips\":"
#define GOOD HEAD "[\"53444300000000000002\",\"53444300000000000001\"]}"

static enum sdc_status read_text(const char *text, struct manifest *m)
{
    struct sdc_buf der = SDC_BUF_INIT;
    sign(text, maker, key, &der);
    enum sdc_status status = manifest_read(sdc_buf_rd(&der), maker, m, NULL);
    sdc_buf_free(&der);
    return status;
}

START_TEST(good)
{
    static const uint8_t one[10] = { 0x53, 0x44, 0x43, 0, 0, 0, 0, 0, 0, 1 }, three[10] = { 0x53, 0x44, 0x43, [9] = 3 };
    struct manifest m;
    setup();
    ck_assert_int_eq(read_text(GOOD, &m), SDC_OK);
    ck_assert_str_eq(m.batch, "B-1");
    ck_assert_str_eq(m.transport_key, "T1");
    ck_assert_uint_eq(m.chips_len, 2);
    ck_assert(manifest_lists(&m, one));
    ck_assert(!manifest_lists(&m, three));
    manifest_free(&m);
    ck_assert(!manifest_lists(&m, one));
}
END_TEST

START_TEST(signers)
{
    struct manifest m;
    struct sdc_buf der = SDC_BUF_INIT;
    setup();
    sign(GOOD, other, other_key, &der); /* its own certificate stands inside */
    ck_assert_int_eq(manifest_read(sdc_buf_rd(&der), maker, &m, NULL), SDC_E_SIGNATURE);
    ck_assert_int_eq(manifest_read(sdc_buf_rd(&der), other, &m, NULL), SDC_OK);
    manifest_free(&m);
    sdc_buf_clear(&der);
    sign(GOOD, maker, key, &der);
    uint8_t *at = memmem(der.data, der.len, "000002", 6);
    ck_assert_ptr_nonnull(at);
    at[5] = '3';
    ck_assert_int_eq(manifest_read(sdc_buf_rd(&der), maker, &m, NULL), SDC_E_SIGNATURE);
    at[5] = '2';
    sdc_buf_u8(&der, 0);
    ck_assert_int_eq(manifest_read(sdc_buf_rd(&der), maker, &m, NULL), SDC_E_INPUT);
    ck_assert_int_eq(manifest_read(sdc_rd_init("{}", 2), maker, &m, NULL), SDC_E_INPUT);
    sdc_buf_free(&der);
}
END_TEST

START_TEST(contents)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        HEAD "[]}",
        HEAD "[\"5344430000000000000\"]}",
        HEAD "[\"534443000000000000011\"]}",
        HEAD "[\"5344430000000000000g\"]}",
        HEAD "[1]}",
        HEAD "\"53444300000000000001\"}",
        HEAD "[\"53444300000000000001\",\"53444300000000000001\"]}",
        HEAD "[\"53444300000000000001\"],\"more\":1}",
        "{\"format\":\"sdc-delivery-2\",\"batch\":\"B\",\"created\":\"2026-11-25\",\"transport_key\":\"T\",\"chips\":"
        "[\"53444300000000000001\"]}",
        "{\"format\":\"sdc-delivery-1\",\"batch\":\"../"
        "B\",\"created\":\"2026-11-25\",\"transport_key\":\"T\",\"chips\":"
        "[\"53444300000000000001\"]}",
        "{\"format\":\"sdc-delivery-1\",\"batch\":\"B/C\",\"created\":\"2026-11-25\",\"transport_key\":\"T\",\"chips\":"
        "[\"53444300000000000001\"]}",
        "{\"format\":\"sdc-delivery-1\",\"batch\":\"B\",\"created\":\"2026-02-30\",\"transport_key\":\"T\",\"chips\":"
        "[\"53444300000000000001\"]}",
        "{\"format\":\"sdc-delivery-1\",\"batch\":\"B\",\"created\":\"2026-11-25\",\"transport_key\":\"\",\"chips\":"
        "[\"53444300000000000001\"]}",
    };
    struct manifest m;
    setup();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(read_text(bad[i], &m) == SDC_E_INPUT, "%s", bad[i]);
        ck_assert_ptr_null(m.chips);
    }
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { good, 0 }, { signers, 0 }, { contents, 0 } };
    return suite_run("issue-manifest", tests, sizeof tests / sizeof *tests);
}
