/* SPDX-License-Identifier: BSD-2-Clause */
/* A delivery manifest: what the card maker says of a batch of blanks. CMS SignedData (RFC 5652), content attached,
 * signed by the maker's attestation CA itself, over a JSON object with exactly these members:
 *
 *   format          "sdc-delivery-1"
 *   batch           1 to 32 of A-Z a-z 0-9 . - _ , not beginning with a dot
 *   created         YYYY-MM-DD
 *   transport_key   which key the batch's transport keys are derived from, as 'batch'
 *   chips           serial numbers, 20 hex digits each, none twice
 */
#ifndef ISSUE_MANIFEST_H
#define ISSUE_MANIFEST_H

#include "sdc/domain.h"

#include <openssl/x509.h>

#define MANIFEST_NAME_MAX  32
#define MANIFEST_CHIPS_MAX 1000000
#define MANIFEST_FILE_MAX  ((size_t)32 * 1024 * 1024)

struct manifest {
    char batch[MANIFEST_NAME_MAX + 1], transport_key[MANIFEST_NAME_MAX + 1];
    char created[11];
    uint8_t (*chips)[SDC_SERIAL_LEN]; /* ascending */
    size_t chips_len;
};

/* Checks the signature against the maker's certificate and reads the content. Whether that certificate is the maker's,
 * the caller knows: sdc_stock_receive takes the one that lies beside the manifest, and keeps it.
 * SDC_E_SIGNATURE, SDC_E_INPUT. manifest_free in the end. */
enum sdc_status manifest_read(struct sdc_rd der, X509 *maker, struct manifest *manifest,
                              struct sdc_error *e) SDC_WARN_UNUSED;
void manifest_free(struct manifest *manifest);
bool manifest_lists(const struct manifest *manifest, const uint8_t serial[static SDC_SERIAL_LEN]);

#endif
