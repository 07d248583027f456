/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISSUE_CERTIFICATE_EXTENSIONS_H
#define ISSUE_CERTIFICATE_EXTENSIONS_H

#include "certificate.h"

/* Adds every extension of the request's profile. False where the crypto library fails. */
bool certificate_extensions_add(X509 *certificate, const struct config *config,
                                const struct certificate_request *request);

#endif
