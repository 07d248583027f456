/* SPDX-License-Identifier: BSD-2-Clause */
#include "look_cert.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* The escapes of RFC 2253 leave nothing but printable ASCII, also of a hostile name. */
static void put_name(const X509_NAME *name, char *out, size_t cap)
{
    BIO *bio = BIO_new(BIO_s_mem());
    *out = '\0';
    if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0) {
        int len = BIO_read(bio, out, (int)(cap - 1 < INT_MAX ? cap - 1 : INT_MAX));
        out[len > 0 ? len : 0] = '\0';
    }
    BIO_free(bio);
}

static void put_date(const ASN1_TIME *time, char out[static 11])
{
    struct tm tm;
    if (ASN1_TIME_to_tm(time, &tm) != 1 || strftime(out, 11, "%Y-%m-%d", &tm) != 10)
        *out = '\0';
}

static void put_usage(X509 *x, char *out, size_t cap)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } bits[] = {
        { KU_DIGITAL_SIGNATURE, "digitalSignature" },
        { KU_NON_REPUDIATION, "nonRepudiation" },
        { KU_KEY_ENCIPHERMENT, "keyEncipherment" },
        { KU_DATA_ENCIPHERMENT, "dataEncipherment" },
        { KU_KEY_AGREEMENT, "keyAgreement" },
        { KU_KEY_CERT_SIGN, "keyCertSign" },
        { KU_CRL_SIGN, "cRLSign" },
    };
    *out = '\0';
    uint32_t usage = X509_get_key_usage(x);
    if (usage == UINT32_MAX)
        return;
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        size_t len = strlen(out);
        if (usage & bits[i].bit)
            snprintf(out + len, cap - len, "%s%s", len > 0 ? ", " : "", bits[i].name);
    }
}

static void put_algorithm(X509 *x, char *out, size_t cap)
{
    char group[32] = "";
    EVP_PKEY *key = X509_get0_pubkey(x);
    if (!key)
        snprintf(out, cap, "unknown");
    else if (EVP_PKEY_is_a(key, "RSA"))
        snprintf(out, cap, "RSA-%d", EVP_PKEY_get_bits(key));
    else if (EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 && strcmp(group, "prime256v1") == 0)
        snprintf(out, cap, "P-256");
    else
        snprintf(out, cap, "%.20s", *group ? group : "unknown");
}

bool sdc_look_cert_read(struct sdc_rd der, struct sdc_look_cert *cert)
{
    if (der.err || der.left == 0 || der.left > INT_MAX)
        return false;
    const unsigned char *at = der.p;
    X509 *x = d2i_X509(NULL, &at, (long)der.left);
    bool whole = x && at == der.p + der.left;
    if (whole) {
        put_name(X509_get_subject_name(x), cert->subject, sizeof cert->subject);
        put_name(X509_get_issuer_name(x), cert->issuer, sizeof cert->issuer);
        put_date(X509_get0_notBefore(x), cert->from);
        put_date(X509_get0_notAfter(x), cert->until);
        put_usage(x, cert->usage, sizeof cert->usage);
        put_algorithm(x, cert->algorithm, sizeof cert->algorithm);
    }
    X509_free(x);
    ERR_clear_error();
    return whole;
}
