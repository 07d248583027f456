/* SPDX-License-Identifier: BSD-2-Clause */
/* The issuer's signing keys with their certificates: one const table of who there is, making them all, loading them. */
#ifndef ISSUE_PKI_H
#define ISSUE_PKI_H

#include "certificate.h"
#include "token.h"

#include "sdc/codes.h"

enum pki_id { PKI_CSCA, PKI_DOCUMENT_SIGNER, PKI_CARD_CA, PKI_CONTENT_SIGNER, PKI_SIGNERS };

struct pki_signer {
    enum certificate_kind kind;
    enum pki_id issuer; /* itself: self-signed */
    enum token_key key;
    const char *stem;   /* of the names of key and certificate: "ds" */
    const char *common; /* CN: neutral, everybody may read it */
    int months;         /* of validity */
    int usage_months;   /* of the private key's use, 0 = not stated */
};
extern const struct pki_signer pki_signers[PKI_SIGNERS];

/* A signer's keys come one after the other: ds-1, ds-2. What its Nth is called. */
struct pki_names {
    char label[32];  /* of the key in the token */
    char file[32];   /* of the certificate in trust/, without .pem; also of its CRL and .p7c */
    char common[64]; /* CN */
};
struct pki_names pki_names(enum pki_id id, unsigned generation);

/* The newest of each. */
struct pki {
    X509 *certificate[PKI_SIGNERS];
    EVP_PKEY *key[PKI_SIGNERS]; /* private, in the token */
    unsigned generation[PKI_SIGNERS];
};

/* Makes every key of the table in the token, and the card master and person tag keys. */
enum sdc_status pki_make_keys(struct token *token, struct sdc_error *e) SDC_WARN_UNUSED;
/* Makes and saves every certificate of the table into the folder 'trust'. Keys must be in the token. */
enum sdc_status pki_make_certificates(struct token *token, const struct config *config, const char *trust,
                                      struct sdc_error *e) SDC_WARN_UNUSED;
/* Loads the newest certificates from 'trust' and their keys from the token, and checks that they belong together
 * (SDC_E_INPUT). A key whose certificate was never made counts for nothing. */
enum sdc_status pki_open(struct token *token, const char *trust, struct pki *pki, struct sdc_error *e) SDC_WARN_UNUSED;
void pki_close(struct pki *pki);
/* The signer's next key and its certificate into 'trust', signed by the newest of its issuer; a CA's with those of
 * whoever it certifies, and a CSCA's also with a link certificate of its old key (ICAO 9303-12 7.1.1). *pki has them
 * then. The last file written makes all of them the newest: interrupted before, nothing has changed, and the same call
 * takes the keys that were made. SDC_E_CONFLICT: a file of that name is another issuer's. */
enum sdc_status pki_roll(struct token *token, const struct config *config, const char *trust, struct pki *pki,
                         enum pki_id id, struct sdc_error *e) SDC_WARN_UNUSED;

/* A certificate of a card's key: subject serialNumber=GUID under the card CA's organisation, not valid after the
 * card's expiry. 'point' is the uncompressed public point of P-256. */
struct pki_card_request {
    enum certificate_kind kind;
    const uint8_t *point; /* SDC_P256_POINT_LEN */
    const char *guid;     /* RFC 4122 text */
    struct sdc_date issued, expiry;
};
enum sdc_status pki_card_certificate(const struct pki *pki, const struct config *config,
                                     const struct pki_card_request *request, X509 **certificate,
                                     struct sdc_error *e) SDC_WARN_UNUSED;

/* SDC_OK where every signer that a card of this expiry needs may sign today and outlives the card. */
enum sdc_status pki_check_dates(const struct pki *pki, const struct sdc_date *today, const struct sdc_date *expiry,
                                struct sdc_error *e) SDC_WARN_UNUSED;

/* Midnight UTC at the start of a day. */
time_t pki_day(const struct sdc_date *date);
/* A certificate's end, as a time. */
time_t pki_not_after(const X509 *certificate);
time_t pki_not_before(const X509 *certificate);
/* The end of the private key's use: stated, or the certificate's end. */
time_t pki_usage_end(const X509 *certificate);

#define PKI_PERSON_LABEL "person-tag-1"

#endif
