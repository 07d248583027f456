/* SPDX-License-Identifier: BSD-2-Clause */
/* Making X.509 certificates (RFC 5280). What each kind of certificate holds is one row of a const table. */
#ifndef ISSUE_CERTIFICATE_H
#define ISSUE_CERTIFICATE_H

#include "config.h"

#include <openssl/x509.h>
#include <time.h>

enum certificate_kind {
    CERTIFICATE_CSCA,            /* ICAO 9303-12 7.1.1 */
    CERTIFICATE_DOCUMENT_SIGNER, /* ICAO 9303-12 7.1.1 */
    CERTIFICATE_CARD_CA,
    CERTIFICATE_CONTENT_SIGNER, /* FIPS 201-3 4.2.1, id-PIV-content-signing */
    CERTIFICATE_9A,
    CERTIFICATE_9C,
    CERTIFICATE_9D,
    CERTIFICATE_9E,
    CERTIFICATE_KINDS
};

enum certificate_flags {
    CERTIFICATE_CA = 1,       /* basicConstraints CA, path length 0; otherwise no basicConstraints */
    CERTIFICATE_URN = 2,      /* subjectAltName urn:uuid:GUID */
    CERTIFICATE_ICAO = 4,     /* issuer and subject alternative names with the country (ICAO 9303-12 table 8) */
    CERTIFICATE_TYPES = 8,    /* which documents it signs (ICAO 9303-12 table 8) */
    CERTIFICATE_ISSUERS = 16, /* authority information access: caIssuers */
    CERTIFICATE_OCSP = 32,    /* authority information access: OCSP too */
    CERTIFICATE_LAST_DAY = 64 /* of a card: valid through the card's last day, otherwise no second into it */
};

struct certificate_profile {
    const char *name;
    const char *usage;   /* keyUsage, critical, in OpenSSL's words */
    const char *purpose; /* extKeyUsage, "critical," before it where it is; NULL = none */
    unsigned flags;
};
extern const struct certificate_profile certificate_profiles[CERTIFICATE_KINDS];

struct certificate_request {
    enum certificate_kind kind;
    EVP_PKEY *key; /* the subject's: only the public half is used */
    const X509_NAME *subject;
    X509 *issuer; /* NULL: signed by itself */
    EVP_PKEY *issuer_key;
    const char *issuer_file;      /* name of the issuer's .crl and .p7c, without the extension */
    time_t not_before, not_after; /* both included */
    time_t usage_end;             /* end of the private key's use, 0 = not stated */
    const char *guid;             /* RFC 4122 text where the profile has a URN, else NULL */
};

/* A signed certificate: serial number of 126 random bits, subject and authority key identifiers, CRL distribution
 * point, and what the profile says. SHA-384 where the issuer's key is P-384, else SHA-256. */
enum sdc_status certificate_make(const struct config *config, const struct certificate_request *request,
                                 X509 **certificate, struct sdc_error *e) SDC_WARN_UNUSED;

/* Name under the issuer's organisation: C and O as given, then one more entry (CN, serialNumber). */
enum sdc_status certificate_name(const char *country, const char *organisation, const char *field, const char *value,
                                 X509_NAME **name, struct sdc_error *e) SDC_WARN_UNUSED;

/* PEM file, mode 0644. */
enum sdc_status certificate_save(const X509 *certificate, const char *path, struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status certificate_load(const char *path, X509 **certificate, struct sdc_error *e) SDC_WARN_UNUSED;
/* DER, appended. */
enum sdc_status certificate_der(const X509 *certificate, struct sdc_buf *out, struct sdc_error *e) SDC_WARN_UNUSED;

/* SDC_E_CRYPTO with "WHAT: REASON" from the crypto library's queue, which is emptied. */
enum sdc_status crypto_fail(struct sdc_error *e, const char *what);

#endif
