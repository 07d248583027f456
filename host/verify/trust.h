/* SPDX-License-Identifier: BSD-2-Clause */
/* Trust anchors: the certificates of the reader's folder and nothing else; no default folders, no network. */
#ifndef VERIFY_TRUST_H
#define VERIFY_TRUST_H

#include "sdc/verify.h"

#include <openssl/x509.h>

struct sdc_trust {
    STACK_OF(X509) * csca;
    STACK_OF(X509) * card_ca;
    X509_STORE *store;        /* the card CAs */
    X509_STORE *csca_store;   /* the CSCAs */
    STACK_OF(X509) * signers; /* document signers: no anchors, but known where a card doesn't bring its own */
};

enum vf_chain { VF_CHAIN_GOOD, VF_CHAIN_UNKNOWN, VF_CHAIN_BAD };
/* Is cert signed by one of the card CAs, directly? UNKNOWN: it names another issuer. BAD: it names one of them, but its
 * signature is wrong or something critical in it isn't understood. Dates aren't looked at. *ca (may be NULL; not owned)
 * is set where GOOD. *why is a constant text, NULL where GOOD. */
enum vf_chain vf_trust_chain(const struct sdc_trust *trust, X509 *cert, const X509 **ca, const char **why);

/* NULL where cert is a document signer (P-256, may sign, no CA) that one of the CSCAs issued and that is valid today;
 * otherwise what is wrong, a constant text. ICAO 9303-12 7.1.1 */
const char *vf_trust_signer(const struct sdc_trust *trust, X509 *cert, const struct sdc_date *today) SDC_WARN_UNUSED;

#endif
