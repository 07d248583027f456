/* SPDX-License-Identifier: BSD-2-Clause */
#include "certificate_extensions.h"

#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#define SERIAL_LEN 16

#define CA_USAGE     "keyCertSign,cRLSign"
#define SIGN         "digitalSignature"
#define AGREE        "keyAgreement"
#define SIGN_ONESELF SIGN ",nonRepudiation"
#define CONTENT      "2.16.840.1.101.3.8.7" /* id-PIV-content-signing */
#define CARD         "2.16.840.1.101.3.6.8" /* id-PIV-cardAuth */

#define CA      CERTIFICATE_CA
#define ICAO    CERTIFICATE_ICAO
#define TYPES   CERTIFICATE_TYPES
#define URN     CERTIFICATE_URN
#define ISSUERS CERTIFICATE_ISSUERS
#define OCSP    CERTIFICATE_OCSP
#define LAST    CERTIFICATE_LAST_DAY

/* clang-format off */
const struct certificate_profile certificate_profiles[CERTIFICATE_KINDS] = {
    /*                               name               usage         purpose           flags */
    [CERTIFICATE_CSCA]            = { "CSCA",            CA_USAGE,     NULL,             CA | ICAO },
    [CERTIFICATE_DOCUMENT_SIGNER] = { "document signer", SIGN,         NULL,             ICAO | TYPES },
    [CERTIFICATE_CARD_CA]         = { "card CA",         CA_USAGE,     NULL,             CA },
    [CERTIFICATE_CONTENT_SIGNER]  = { "content signer",  SIGN,         CONTENT,          ISSUERS },
    [CERTIFICATE_9A]              = { "9A",              SIGN,         "clientAuth",     URN | ISSUERS | OCSP },
    [CERTIFICATE_9C]              = { "9C",              SIGN_ONESELF, NULL,             ISSUERS },
    [CERTIFICATE_9D]              = { "9D",              AGREE,        NULL,             ISSUERS | LAST },
    [CERTIFICATE_9E]              = { "9E",              SIGN,         "critical," CARD, URN | ISSUERS | LAST },
};
/* clang-format on */

enum sdc_status crypto_fail(struct sdc_error *e, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    enum sdc_status status = sdc_fail(e, SDC_E_CRYPTO, "%s: %s", what, reason ? reason : "the crypto library failed");
    ERR_clear_error();
    return status;
}

/* 126 random bits after 01: always positive, always as long, never zero. RFC 5280 4.1.2.2 */
static enum sdc_status set_serial(X509 *certificate, struct sdc_error *e)
{
    uint8_t random[SERIAL_LEN];
    enum sdc_status status = sdc_random(random, sizeof random, e);
    if (status != SDC_OK)
        return status;
    random[0] = (uint8_t)((random[0] & 0x3F) | 0x40);
    BIGNUM *number = BN_bin2bn(random, sizeof random, NULL);
    bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return ok ? SDC_OK : crypto_fail(e, "can't make a serial number");
}

static bool set_fields(X509 *certificate, const struct certificate_request *request)
{
    const X509_NAME *issuer = request->issuer ? X509_get_subject_name(request->issuer) : request->subject;
    return X509_set_version(certificate, X509_VERSION_3) == 1 &&
           X509_set_subject_name(certificate, request->subject) == 1 &&
           X509_set_issuer_name(certificate, issuer) == 1 && X509_set_pubkey(certificate, request->key) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(certificate), request->not_before) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), request->not_after) != NULL;
}

enum sdc_status certificate_make(const struct config *config, const struct certificate_request *request, X509 **out,
                                 struct sdc_error *e)
{
    *out = NULL;
    const struct certificate_profile *profile = &certificate_profiles[request->kind];
    if (profile->flags & CERTIFICATE_URN && !request->guid)
        return sdc_fail(e, SDC_E_BUG, "certificate without its GUID");
    X509 *certificate = X509_new();
    if (!certificate)
        return crypto_fail(e, "can't make a certificate");
    const EVP_MD *hash = EVP_PKEY_get_bits(request->issuer_key) > 256 ? EVP_sha384() : EVP_sha256();
    enum sdc_status status = set_serial(certificate, e);
    if (status == SDC_OK &&
        (!set_fields(certificate, request) || !certificate_extensions_add(certificate, config, request)))
        status = crypto_fail(e, "can't make a certificate");
    if (status == SDC_OK && X509_sign(certificate, request->issuer_key, hash) <= 0)
        status = crypto_fail(e, "can't sign a certificate with the token");
    if (status != SDC_OK) {
        X509_free(certificate);
        return status;
    }
    *out = certificate;
    return SDC_OK;
}

static bool add_entry(X509_NAME *name, const char *field, int type, const char *value)
{
    return X509_NAME_add_entry_by_txt(name, field, type, (const uint8_t *)value, -1, -1, 0) == 1;
}

enum sdc_status certificate_name(const char *country, const char *organisation, const char *field, const char *value,
                                 X509_NAME **out, struct sdc_error *e)
{
    X509_NAME *name = X509_NAME_new();
    if (!name || !add_entry(name, "C", V_ASN1_PRINTABLESTRING, country) ||
        !add_entry(name, "O", V_ASN1_UTF8STRING, organisation) || !add_entry(name, field, MBSTRING_UTF8, value)) {
        X509_NAME_free(name);
        return crypto_fail(e, "can't make a name");
    }
    *out = name;
    return SDC_OK;
}

enum sdc_status certificate_save(const X509 *certificate, const char *path, struct sdc_error *e)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data = NULL;
    enum sdc_status status;
    if (!bio || PEM_write_bio_X509(bio, certificate) != 1)
        status = crypto_fail(e, "can't write a certificate");
    else {
        long len = BIO_get_mem_data(bio, &data);
        status = sdc_file_write(path, data, (size_t)len, 0644, e);
        if (status == SDC_OK && chmod(path, 0644) != 0) /* whatever the umask says: everybody may read it */
            status = sdc_fail(e, SDC_E_IO, "can't open %s to readers", path);
    }
    BIO_free(bio);
    return status;
}

enum sdc_status certificate_load(const char *path, X509 **certificate, struct sdc_error *e)
{
    struct sdc_buf file = SDC_BUF_INIT;
    *certificate = NULL;
    enum sdc_status status = sdc_file_read(path, 65536, &file, e);
    if (status == SDC_OK) {
        BIO *bio = BIO_new_mem_buf(file.data, (int)file.len);
        *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
        BIO_free(bio);
        if (!*certificate) {
            ERR_clear_error();
            status = sdc_fail(e, SDC_E_INPUT, "%s holds no certificate", path);
        }
    }
    sdc_buf_free(&file);
    return status;
}

enum sdc_status certificate_der(const X509 *certificate, struct sdc_buf *out, struct sdc_error *e)
{
    uint8_t *der = NULL;
    int len = i2d_X509(certificate, &der);
    if (len <= 0)
        return crypto_fail(e, "can't encode a certificate");
    sdc_buf_put(out, der, (size_t)len);
    OPENSSL_free(der);
    return sdc_buf_status(out, e);
}
