/* SPDX-License-Identifier: BSD-2-Clause */
/* Beneath piv_limits: walking TLVs, CMS and certificates. Every call ends the test where something is not so. */
#ifndef TESTS_LIMITS_PARSE_H
#define TESTS_LIMITS_PARSE_H

#include "sdc/bytes.h"
#include "sdc/codes.h"

#include <openssl/x509.h>

struct bytes {
    const uint8_t *p;
    size_t len;
};
struct item {
    unsigned tag;
    struct bytes value, whole;
};
struct bytes bytes_of(const struct sdc_buf *b);
/* The next TLV, with a minimal length. */
struct item item_next(struct bytes *b);
/* It has this tag and min to max bytes. */
struct item item_take(struct bytes *b, unsigned tag, size_t min, size_t max);

void oid_is(struct bytes der, const char *text);
/* DER in memory that lives until the next call of the same function. */
struct bytes name_der(const X509 *certificate); /* subject */
struct bytes octets_der(const uint8_t *value, size_t len);

struct cms_wanted {
    const char *type;    /* eContentType */
    size_t certificates; /* 0 or 1 */
    size_t attributes;   /* signed ones, no others */
    bool attached;       /* then content is filled in */
    struct bytes content;
};
/* A whole ContentInfo: SignedData version 3, SHA-256, one SignerInfo, no CRLs, signed attributes in DER order, a right
 * signature by 'signer', or by the certificate inside, which comes back (else NULL). */
X509 *cms_check(struct bytes cms, struct cms_wanted *wanted, X509 *signer);
/* A signed attribute has exactly this value. */
void cms_attribute_is(struct bytes cms, const char *oid, struct bytes value);

void certificate_usage_is(X509 *certificate, const char *usage_hex, const char *purpose, bool purpose_critical);
/* CRL distribution point http://….crl; caIssuers http://….p7c; OCSP http: */
void certificate_access_is(X509 *certificate, bool issuers, bool ocsp);
/* The only subject alternative name is urn:uuid:GUID; NULL: there is none. */
void certificate_urn_is(X509 *certificate, const char *guid);
/* C and O of the CA, then serialNumber = GUID, nothing else. */
void certificate_subject_is(X509 *certificate, X509 *ca, const char *guid);
/* notAfter on or before the card's last day; bounded: not a second into it. */
void certificate_dates_are(X509 *certificate, const struct sdc_date *expiry, bool bounded);

#endif
