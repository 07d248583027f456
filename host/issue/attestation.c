/* SPDX-License-Identifier: BSD-2-Clause */
#include "attestation.h"

#include "card_edge.h"

#include "sdc/tlv.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

/* What the chip must say of each key's PIN policy (SP 800-73-4 part 1, table 4b). */
static const struct {
    uint8_t ref, policy;
} policies[] = {
    { KEY_PIV_AUTHENTICATION, PIN_POLICY_ONCE },
    { KEY_DIGITAL_SIGNATURE, PIN_POLICY_ALWAYS },
    { KEY_KEY_MANAGEMENT, PIN_POLICY_ONCE },
    { KEY_CARD_AUTHENTICATION, PIN_POLICY_NEVER },
};

static enum sdc_status not_so(struct sdc_error *e, const char *what)
{
    ERR_clear_error();
    return sdc_fail(e, SDC_E_SIGNATURE, "attestation: %s", what);
}

static X509 *parse(struct sdc_rd der)
{
    const unsigned char *p = der.p;
    X509 *x = der.err || der.left == 0 ? NULL : d2i_X509(NULL, &p, (long)der.left);
    if (x && p != der.p + der.left) {
        X509_free(x);
        x = NULL;
    }
    return x;
}

static bool in_time(const X509 *x)
{
    return X509_cmp_current_time(X509_get0_notBefore(x)) < 0 && X509_cmp_current_time(X509_get0_notAfter(x)) > 0;
}

static bool made_by(X509 *x, X509 *issuer)
{
    EVP_PKEY *key = X509_get0_pubkey(issuer);
    return key && X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(issuer)) == 0 &&
           X509_verify(x, key) == 1;
}

/* The one serialNumber of the subject is the chip's. */
static bool names_chip(const X509 *x, const uint8_t serial[static SDC_SERIAL_LEN])
{
    char hex[SDC_SERIAL_TEXT], text[SDC_SERIAL_TEXT + 1];
    const X509_NAME *name = X509_get_subject_name(x);
    int at = X509_NAME_get_index_by_NID(name, NID_serialNumber, -1);
    sdc_hex(serial, SDC_SERIAL_LEN, hex);
    return at >= 0 && X509_NAME_get_index_by_NID(name, NID_serialNumber, at) < 0 &&
           X509_NAME_get_text_by_NID((X509_NAME *)(uintptr_t)name, NID_serialNumber, text, sizeof text) ==
               (int)strlen(hex) &&
           strcmp(text, hex) == 0;
}

/* The value of the one extension with this identifier, of exactly len bytes; NULL otherwise. */
static const uint8_t *extension(const X509 *x, const uint8_t *oid, size_t oid_len, size_t len)
{
    const uint8_t *found = NULL;
    int count = 0;
    for (int i = 0; i < X509_get_ext_count(x); i++) {
        X509_EXTENSION *ext = X509_get_ext(x, i);
        const ASN1_OBJECT *object = X509_EXTENSION_get_object(ext);
        if (OBJ_length(object) != oid_len || memcmp(OBJ_get0_data(object), oid, oid_len) != 0)
            continue;
        const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(ext);
        count++;
        if ((size_t)ASN1_STRING_length(value) == len)
            found = ASN1_STRING_get0_data(value);
    }
    return count == 1 ? found : NULL;
}

static bool policy_right(const X509 *x, uint8_t ref)
{
    static const uint8_t oid[] = { ATTEST_OID_POLICY };
    const uint8_t *value = extension(x, oid, sizeof oid, ATTEST_POLICY_LEN);
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
        if (policies[i].ref == ref)
            return value && value[0] == policies[i].policy;
    return false;
}

static bool card_right(const X509 *x, const struct attested *what)
{
    static const uint8_t oid[] = { ATTEST_OID_CARD };
    const uint8_t *value = extension(x, oid, sizeof oid, ATTEST_CARD_LEN);
    uint8_t serial[SDC_SERIAL_LEN];
    if (!value)
        return false;
    struct sdc_rd r = sdc_rd_init(value, ATTEST_CARD_LEN);
    sdc_rd_copy(&r, serial, sizeof serial);
    uint8_t ref = sdc_rd_u8(&r), state = sdc_rd_u8(&r);
    return sdc_rd_end(&r) && memcmp(serial, what->serial, sizeof serial) == 0 && ref == what->ref &&
           (state == LIFE_OP_READY || state == LIFE_INITIALIZED || state == LIFE_SECURED);
}

static bool has_point(const X509 *x, const uint8_t *point)
{
    uint8_t got[SDC_P256_POINT_LEN + 1];
    size_t len = 0;
    EVP_PKEY *key = X509_get0_pubkey(x);
    return key && EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, got, sizeof got, &len) == 1 &&
           len == SDC_P256_POINT_LEN && memcmp(got, point, len) == 0;
}

static enum sdc_status check_chip(X509 *ca, X509 *chip, const uint8_t serial[static SDC_SERIAL_LEN],
                                  struct sdc_error *e)
{
    if (X509_check_ca(ca) != 1)
        return sdc_fail(e, SDC_E_INPUT, "attestation: the maker's certificate is no CA certificate");
    if (!chip)
        return not_so(e, "the card's answer is no certificate");
    if (!in_time(ca) || !in_time(chip))
        return not_so(e, "a certificate's time is over, or has not begun");
    if (!made_by(chip, ca))
        return not_so(e, "the chip's certificate is not of the card maker's CA");
    return names_chip(chip, serial) ? SDC_OK : not_so(e, "the chip's certificate is for another chip");
}

static enum sdc_status check_key(X509 *chip, X509 *key, const struct attested *what, struct sdc_error *e)
{
    if (!key)
        return not_so(e, "the card's answer is no certificate");
    if (!made_by(key, chip))
        return not_so(e, "the key's certificate was not made by this chip");
    if (!has_point(key, what->point))
        return not_so(e, "the certificate is for another key");
    if (!card_right(key, what))
        return not_so(e, "the certificate names another chip, key or state");
    return policy_right(key, what->ref) ? SDC_OK : not_so(e, "the key has another PIN policy");
}

enum sdc_status attestation_check_chip(X509 *ca, struct sdc_rd der, const uint8_t serial[static SDC_SERIAL_LEN],
                                       X509 **chip, struct sdc_error *e)
{
    *chip = parse(der);
    enum sdc_status status = check_chip(ca, *chip, serial, e);
    ERR_clear_error();
    if (status != SDC_OK) {
        X509_free(*chip);
        *chip = NULL;
    }
    return status;
}

enum sdc_status attestation_check_key(X509 *chip, struct sdc_rd der, const struct attested *what, struct sdc_error *e)
{
    X509 *key = parse(der);
    enum sdc_status status = check_key(chip, key, what, e);
    X509_free(key);
    ERR_clear_error();
    return status;
}

enum sdc_status attestation_chip(struct sdc_link *link, X509 *ca, const uint8_t serial[static SDC_SERIAL_LEN],
                                 X509 **chip, struct sdc_error *e)
{
    struct sdc_buf object = SDC_BUF_INIT;
    *chip = NULL;
    enum sdc_status status = sdc_piv_get(link, OBJ_CERT_ATTESTATION, &object, e);
    if (status == SDC_OK) {
        struct sdc_rd r = sdc_buf_rd(&object);
        status = attestation_check_chip(ca, sdc_tlv_take(&r, 0x70), serial, chip, e);
    } else if (status == SDC_E_NOT_FOUND) {
        status = not_so(e, "the chip has no certificate of its maker");
    }
    sdc_buf_free(&object);
    return status;
}

enum sdc_status attestation_key(struct sdc_link *link, X509 *chip, const struct attested *what, struct sdc_error *e)
{
    struct sdc_buf key = SDC_BUF_INIT;
    enum sdc_status status = sdc_piv_attest(link, what->ref, &key, e);
    if (status == SDC_OK)
        status = attestation_check_key(chip, sdc_buf_rd(&key), what, e);
    else if (status == SDC_E_CONDITIONS)
        status = not_so(e, "the chip says that it didn't make the key");
    sdc_buf_free(&key);
    return status;
}
