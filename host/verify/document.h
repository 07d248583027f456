/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VERIFY_DOCUMENT_H
#define VERIFY_DOCUMENT_H

#include "cert.h"
#include "cms.h"
#include "objects.h"
#include "trust.h"

#include "sdc/docket.h"

#define DOCUMENT_KEY_1 1
#define DOCUMENT_KEY_2 2

struct sdc_document {
    const struct sdc_trust *trust;
    struct sdc_date today;
    bool has_guid;
    uint8_t guid[SDC_GUID_LEN];
    struct sdc_chip_key key[2]; /* for chip authentication 1 and 2 */
    X509 *signer;               /* the certificate in EF.CardSecurity */
    struct sdc_buf sod;         /* LDS security object, signature verified; empty: none */
};

#endif
