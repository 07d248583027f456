/* SPDX-License-Identifier: BSD-2-Clause */
#include "cert.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <time.h>

static bool signature_algorithm_allowed(const X509 *cert)
{
    switch (X509_get_signature_nid(cert)) {
    case NID_ecdsa_with_SHA256:
    case NID_ecdsa_with_SHA384:
    case NID_sha256WithRSAEncryption:
    case NID_sha384WithRSAEncryption:
        return true;
    default:
        return false;
    }
}

/* OpenSSL reads some BER too: what doesn't encode back to the same bytes isn't the certificate that was signed. (The
 * signed part itself is kept as bytes by OpenSSL, and the signature covers it.) */
static bool encodes_back(X509 *cert, const struct sdc_rd *der)
{
    unsigned char *again = NULL;
    int len = i2d_X509(cert, &again);
    bool same = len > 0 && sdc_rd_equal(der, again, (size_t)len);
    OPENSSL_free(again);
    return same;
}

X509 *vf_cert_parse(struct sdc_rd der, const char **why)
{
    const unsigned char *at = der.p;
    *why = "no certificate";
    if (der.err || der.left == 0 || der.left > 65536)
        return NULL;
    X509 *cert = d2i_X509(NULL, &at, (long)der.left);
    if (!cert)
        return NULL;
    *why = NULL;
    if (!encodes_back(cert, &der))
        *why = "the certificate is not in DER";
    else if (X509_get_version(cert) != X509_VERSION_3)
        *why = "the certificate is not of version 3";
    else if (!signature_algorithm_allowed(cert))
        *why = "the certificate's signature algorithm is not allowed";
    else if (X509_get_extension_flags(cert) & EXFLAG_INVALID)
        *why = "the certificate has a malformed extension";
    if (*why) {
        X509_free(cert);
        cert = NULL;
    }
    return cert;
}

bool vf_cert_date(const ASN1_TIME *time, struct sdc_date *date)
{
    struct tm tm;
    if (ASN1_TIME_to_tm(time, &tm) != 1)
        return false;
    *date = (struct sdc_date) { tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
    return true;
}

const char *vf_cert_dates(const X509 *cert, const struct sdc_date *today)
{
    struct sdc_date from, until;
    if (!vf_cert_date(X509_get0_notBefore(cert), &from) || !vf_cert_date(X509_get0_notAfter(cert), &until))
        return "has no dates";
    if (sdc_date_compare(today, &from) < 0)
        return "is not valid yet";
    if (sdc_date_compare(today, &until) > 0)
        return "has expired";
    return NULL;
}

bool vf_cert_is_p256(X509 *cert)
{
    EVP_PKEY *key = X509_get0_pubkey(cert);
    char group[32] = "";
    return key && EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
           OBJ_sn2nid(group) == NID_X9_62_prime256v1;
}
