/* SPDX-License-Identifier: BSD-2-Clause */
/* CMS SignedData (RFC 5652) as the PIV data model fixes it: version 3, SHA-256, one SignerInfo named by issuer and
 * serial number, ecdsa-with-SHA256 or RSA PKCS #1 v1.5, signed attributes in DER order, no CRLs, no signing time. Built
 * byte by byte, because what is asked for is exact. */
#ifndef ISSUE_SIGNED_DATA_H
#define ISSUE_SIGNED_DATA_H

#include "sdc/bytes.h"

#include <openssl/x509.h>

#define SIGNED_ATTRIBUTES_MAX 6

/* Object identifiers as DER content octets. */
struct signed_oid {
    uint8_t len, der[24];
};
extern const struct signed_oid signed_oid_chuid;     /* 2.16.840.1.101.3.6.1 id-PIV-CHUIDSecurityObject */
extern const struct signed_oid signed_oid_biometric; /* 2.16.840.1.101.3.6.2 id-PIV-biometricObject */
extern const struct signed_oid signed_oid_lds;       /* 1.3.27.1.1.1 ICAO LDS security object */
extern const struct signed_oid signed_oid_signer_dn; /* 2.16.840.1.101.3.6.5 pivSigner-DN */
extern const struct signed_oid signed_oid_fascn;     /* 2.16.840.1.101.3.6.6 pivFASC-N */
extern const struct signed_oid signed_oid_uuid;      /* 1.3.6.1.1.16.4 entryUUID */

extern const struct signed_oid signed_oid_security_object; /* 0.4.0.127.0.7.3.2.1 id-SecurityObject */
extern const struct signed_oid signed_oid_docket;          /* ours: a docket data group's content */

/* One signed attribute beside contentType and messageDigest: its one value as whole DER. */
struct signed_attribute {
    const struct signed_oid *oid;
    const uint8_t *value;
    size_t value_len;
};

struct signed_request {
    const struct signed_oid *type; /* eContentType */
    const uint8_t *content;        /* what is signed */
    size_t content_len;
    bool attached;    /* the content stands inside; otherwise eContent is absent */
    bool certificate; /* the signer's certificate stands inside; otherwise there is none */
    const struct signed_attribute *attributes;
    size_t attributes_len; /* at most SIGNED_ATTRIBUTES_MAX - 2 */
};

/* A ContentInfo, appended to out. */
enum sdc_status signed_data_make(const X509 *certificate, EVP_PKEY *key, const struct signed_request *request,
                                 struct sdc_buf *out, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
