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

/* Checks both certificates (DER, nothing behind). SDC_E_SIGNATURE: not so, and the text says which link of the chain;
 * SDC_E_INPUT: 'ca' is no CA certificate. The card has no clock: the dates of what it made tell nothing and are not
 * looked at; those of the chip's certificate and the CA's are. */
enum sdc_status attestation_check(X509 *ca, struct sdc_rd chip, struct sdc_rd key, const struct attested *what,
                                  struct sdc_error *e) SDC_WARN_UNUSED;
/* Asks the card, with PIV selected, and checks. */
enum sdc_status attestation_read(struct sdc_link *link, X509 *ca, const struct attested *what,
                                 struct sdc_error *e) SDC_WARN_UNUSED;

#endif
