/* SPDX-License-Identifier: BSD-2-Clause */
/* "This public key was made on this chip": the chain maker's attestation CA → the chip's attestation certificate, with
 * its serial number → the certificate that the chip made for one of its keys (card_edge.h, attestation). */
#ifndef ISSUE_ATTESTATION_H
#define ISSUE_ATTESTATION_H

#include "sdc/domain.h"
#include "sdc/piv.h"

#include <openssl/x509.h>

/* What must be attested. */
struct attested {
    uint8_t serial[SDC_SERIAL_LEN];
    uint8_t ref;
    const uint8_t *point; /* SDC_P256_POINT_LEN: the key as GENERATE answered it */
};

/* Checks a certificate (DER, nothing behind): the chip's against the maker's CA and the serial number that the chip
 * tells; *chip is the caller's to free, NULL where it fails. That of a key against the chip's. SDC_E_SIGNATURE: not so,
 * and the text says which link of the chain; SDC_E_INPUT: 'ca' is no CA certificate. The card has no clock: the dates
 * of what it made tell nothing and are not looked at; those of the chip's certificate and the CA's are. */
enum sdc_status attestation_check_chip(X509 *ca, struct sdc_rd der, const uint8_t serial[static SDC_SERIAL_LEN],
                                       X509 **chip, struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status attestation_check_key(X509 *chip, struct sdc_rd der, const struct attested *what,
                                      struct sdc_error *e) SDC_WARN_UNUSED;
/* Ask the card, with PIV selected, and check as above. */
enum sdc_status attestation_chip(struct sdc_link *link, X509 *ca, const uint8_t serial[static SDC_SERIAL_LEN],
                                 X509 **chip, struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status attestation_key(struct sdc_link *link, X509 *chip, const struct attested *what,
                                struct sdc_error *e) SDC_WARN_UNUSED;

#endif
