/* SPDX-License-Identifier: BSD-2-Clause */
/* X.509 certificates of an issued card: parsing, the rules for each kind, and dates. RFC 5280, SP 800-78-4, FIPS 201.
 * Texts that come back ("why") are constants; NULL means that all is well. */
#ifndef VERIFY_CERT_H
#define VERIFY_CERT_H

#include "der.h"
#include "sdc/codes.h"
#include "sdc/piv.h"

#include <openssl/x509.h>

/* Parses exactly one DER certificate: version 3, canonical outer encoding, nothing left over, an allowed signature
 * algorithm. NULL and *why otherwise. Free with X509_free. */
X509 *vf_cert_parse(struct sdc_rd der, const char **why) SDC_WARN_UNUSED;

enum vf_cert_kind { VF_CERT_9A, VF_CERT_9C, VF_CERT_9D, VF_CERT_9E, VF_CERT_SIGNER, VF_CERT_KINDS };

/* What the certificates are compared with: the CHUID's. */
struct vf_cert_values {
    uint8_t guid[SDC_GUID_LEN];
    struct sdc_date expiry;
};
/* Key type, keyUsage, extended keyUsage, subject alternative name, AIA, CRL distribution point, subject, and the end
 * of validity against the card's, for this kind. The GUID isn't compared here, see vf_cert_guid. */
const char *vf_cert_profile(X509 *cert, enum vf_cert_kind kind, const struct vf_cert_values *values) SDC_WARN_UNUSED;
/* The GUID in subject (serialNumber) and, for the kinds that have it, in the subject alternative name. */
const char *vf_cert_guid(X509 *cert, enum vf_cert_kind kind, const uint8_t guid[static SDC_GUID_LEN]) SDC_WARN_UNUSED;

/* A certificate is valid on its first and its last day as a whole (UTC): a reader knows the date, not the second. */
const char *vf_cert_dates(const X509 *cert, const struct sdc_date *today) SDC_WARN_UNUSED;
/* Calendar date (UTC) of an ASN.1 time; false where it is none. */
bool vf_cert_date(const ASN1_TIME *time, struct sdc_date *date);
bool vf_cert_is_p256(X509 *cert);

#endif
