/* SPDX-License-Identifier: BSD-2-Clause */
/* Where pki*.c keep certificates: nobody else's. */
#ifndef ISSUE_PKI_PRIVATE_H
#define ISSUE_PKI_PRIVATE_H

#include "pki.h"

#include <limits.h>

/* TRUST/FILE.pem */
void pki_file_path(const char *trust, const char *file, char out[static PATH_MAX]);
/* Goes on from the generation that *pki has to the newest of this signer, as pki_open does. */
enum sdc_status pki_load_newest(struct token *token, const char *trust, struct pki *pki, enum pki_id id,
                                struct sdc_error *e) SDC_WARN_UNUSED;

#endif
