/* SPDX-License-Identifier: BSD-2-Clause */
/* "This key was made on this chip": a good chain, and every link of it broken once. */
#include "attestation.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/x509v3.h>

#include "card_edge.h"
#include "suite.h"

#define SERIAL "53444300010203040506"

/* How the certificates are made; each case changes one thing of the good ones. */
struct plan {
    const char *name;
    const char *chip_serial, *second_serial; /* in the chip certificate's subject */
    const char *card;                        /* hex of the extension's value; NULL: there is none */
    const char *policy;
    uint8_t ref;
    bool ca_is_none, chip_by_other, chip_over, key_by_ca, key_named_otherwise, other_point, card_twice, tail;
    enum sdc_status status;
};

#define GOOD SERIAL, NULL, SERIAL "9A07", "0201", 0x9A
static const struct plan plans[] = {
    { "good 9A", GOOD, .status = SDC_OK },
    { "good 9C", SERIAL, NULL, SERIAL "9C01", "0301", 0x9C, .status = SDC_OK },
    { "good 9E", SERIAL, NULL, SERIAL "9E0F", "0101", 0x9E, .status = SDC_OK },
    { "the maker's certificate is none of a CA", GOOD, .ca_is_none = true, .status = SDC_E_INPUT },
    { "chip certificate by another CA of that name", GOOD, .chip_by_other = true, .status = SDC_E_SIGNATURE },
    { "chip certificate over", GOOD, .chip_over = true, .status = SDC_E_SIGNATURE },
    { "another chip's certificate", "53444300010203040507", NULL, SERIAL "9A07", "0201", 0x9A,
      .status = SDC_E_SIGNATURE },
    { "shorter serial", "534443000102030405", NULL, SERIAL "9A07", "0201", 0x9A, .status = SDC_E_SIGNATURE },
    { "longer serial", SERIAL "0", NULL, SERIAL "9A07", "0201", 0x9A, .status = SDC_E_SIGNATURE },
    { "two serials", SERIAL, "53444300010203040507", SERIAL "9A07", "0201", 0x9A, .status = SDC_E_SIGNATURE },
    { "key certificate by the CA", GOOD, .key_by_ca = true, .status = SDC_E_SIGNATURE },
    { "key certificate with another issuer", GOOD, .key_named_otherwise = true, .status = SDC_E_SIGNATURE },
    { "another key", GOOD, .other_point = true, .status = SDC_E_SIGNATURE },
    { "another chip in the extension", SERIAL, NULL, "534443000102030405079A07", "0201", 0x9A,
      .status = SDC_E_SIGNATURE },
    { "another slot", SERIAL, NULL, SERIAL "9D07", "0201", 0x9A, .status = SDC_E_SIGNATURE },
    { "a locked card", SERIAL, NULL, SERIAL "9A7F", "0201", 0x9A, .status = SDC_E_SIGNATURE },
    { "extension too short", SERIAL, NULL, SERIAL "9A", "0201", 0x9A, .status = SDC_E_SIGNATURE },
    { "extension too long", SERIAL, NULL, SERIAL "9A0700", "0201", 0x9A, .status = SDC_E_SIGNATURE },
    { "no extension", SERIAL, NULL, NULL, "0201", 0x9A, .status = SDC_E_SIGNATURE },
    { "extension twice", GOOD, .card_twice = true, .status = SDC_E_SIGNATURE },
    { "no PIN asked", SERIAL, NULL, SERIAL "9A07", "0101", 0x9A, .status = SDC_E_SIGNATURE },
    { "PIN once for 9C", SERIAL, NULL, SERIAL "9C07", "0201", 0x9C, .status = SDC_E_SIGNATURE },
    { "no policy", SERIAL, NULL, SERIAL "9A07", NULL, 0x9A, .status = SDC_E_SIGNATURE },
    { "a byte behind", GOOD, .tail = true, .status = SDC_E_SIGNATURE },
};
#define PLANS ((int)(sizeof plans / sizeof *plans))

static void name(X509_NAME *n, const char *cn, const char *serial)
{
    ck_assert(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC, (const unsigned char *)cn, -1, -1, 0));
    if (serial)
        ck_assert(
            X509_NAME_add_entry_by_txt(n, "serialNumber", MBSTRING_ASC, (const unsigned char *)serial, -1, -1, 0));
}

static X509 *certificate(const X509_NAME *issuer, EVP_PKEY *key, int days)
{
    X509 *x = X509_new();
    ck_assert(X509_set_version(x, X509_VERSION_3) && ASN1_INTEGER_set(X509_get_serialNumber(x), 7));
    ck_assert(!issuer || X509_set_issuer_name(x, (X509_NAME *)(uintptr_t)issuer));
    ck_assert(X509_time_adj_ex(X509_getm_notBefore(x), -3, 0, NULL) &&
              X509_time_adj_ex(X509_getm_notAfter(x), days, 0, NULL) && X509_set_pubkey(x, key));
    return x;
}

static void extend(X509 *x, const uint8_t *oid, size_t oid_len, const char *hex)
{
    uint8_t value[64], der[40] = { 0x06, (uint8_t)oid_len };
    const unsigned char *p = der;
    size_t len = hex ? strlen(hex) / 2 : 0;
    if (!hex)
        return;
    ck_assert(sdc_unhex(hex, value, len));
    memcpy(der + 2, oid, oid_len);
    ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &p, (long)oid_len + 2);
    ASN1_OCTET_STRING *string = ASN1_OCTET_STRING_new();
    ck_assert(object && ASN1_OCTET_STRING_set(string, value, (int)len));
    X509_EXTENSION *ext = X509_EXTENSION_create_by_OBJ(NULL, object, 0, string);
    ck_assert(ext && X509_add_ext(x, ext, -1));
    X509_EXTENSION_free(ext);
    ASN1_OCTET_STRING_free(string);
    ASN1_OBJECT_free(object);
}

static void der_of(X509 *x, struct sdc_buf *out)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    ck_assert_int_gt(len, 0);
    sdc_buf_put(out, der, (size_t)len);
    OPENSSL_free(der);
    X509_free(x);
}

START_TEST(chains)
{
    static const uint8_t policy[] = { ATTEST_OID_POLICY }, card[] = { ATTEST_OID_CARD };
    const struct plan *plan = &plans[_i];
    EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256"), *chip_key = EVP_EC_gen("P-256"),
             *key = EVP_EC_gen("P-256");
    uint8_t point[SDC_P256_POINT_LEN];
    size_t len = 0;
    ck_assert(EVP_PKEY_get_octet_string_param(plan->other_point ? other : key, OSSL_PKEY_PARAM_PUB_KEY, point,
                                              sizeof point, &len));
    X509 *ca = certificate(NULL, ca_key, 30);
    name(X509_get_subject_name(ca), "Maker", NULL);
    ck_assert(X509_set_issuer_name(ca, X509_get_subject_name(ca)));
    if (!plan->ca_is_none) {
        X509_EXTENSION *basic = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");
        ck_assert(basic && X509_add_ext(ca, basic, -1));
        X509_EXTENSION_free(basic);
    }
    ck_assert(X509_sign(ca, ca_key, EVP_sha256()));

    X509 *chip = certificate(X509_get_subject_name(ca), chip_key, plan->chip_over ? -1 : 30);
    name(X509_get_subject_name(chip), "Chip", plan->chip_serial);
    if (plan->second_serial)
        name(X509_get_subject_name(chip), "Chip", plan->second_serial);
    ck_assert(X509_sign(chip, plan->chip_by_other ? other : ca_key, EVP_sha256()));

    X509 *made = certificate(X509_get_subject_name(plan->key_named_otherwise ? ca : chip), key, 30);
    name(X509_get_subject_name(made), "Key", NULL);
    extend(made, policy, sizeof policy, plan->policy);
    extend(made, card, sizeof card, plan->card);
    if (plan->card_twice)
        extend(made, card, sizeof card, plan->card);
    ck_assert(X509_sign(made, plan->key_by_ca ? ca_key : chip_key, EVP_sha256()));

    struct attested what = { .ref = plan->ref, .point = point };
    struct sdc_buf chip_der = SDC_BUF_INIT, key_der = SDC_BUF_INIT;
    struct sdc_error e = { .status = SDC_OK };
    ck_assert(sdc_unhex(SERIAL, what.serial, sizeof what.serial));
    der_of(chip, &chip_der);
    der_of(made, &key_der);
    if (plan->tail)
        sdc_buf_u8(&key_der, 0);
    X509 *found = NULL;
    enum sdc_status status = attestation_check_chip(ca, sdc_buf_rd(&chip_der), what.serial, &found, &e);
    ck_assert((status == SDC_OK) == (found != NULL));
    if (status == SDC_OK)
        status = attestation_check_key(found, sdc_buf_rd(&key_der), &what, &e);
    X509_free(found);
    ck_assert_msg(status == plan->status, "%s: %d %s", plan->name, status, e.text);
    sdc_buf_free(&chip_der);
    sdc_buf_free(&key_der);
    X509_free(ca);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(other);
    EVP_PKEY_free(chip_key);
    EVP_PKEY_free(key);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { chains, PLANS } };
    return suite_run("attestation", tests, sizeof tests / sizeof *tests);
}
