/* SPDX-License-Identifier: BSD-2-Clause */
/* The PIV data model's limits, held against finished objects: a checker that shares no code with the builders. Each
 * call ends the test at the first thing that is not exactly so. SP 800-73-4 part 1, SP 800-76-2, SP 800-85B. */
#ifndef TESTS_PIV_LIMITS_H
#define TESTS_PIV_LIMITS_H

#include "sdc/bytes.h"
#include "sdc/codes.h"

#include <openssl/x509.h>

struct limits {
    uint8_t guid[16];
    char guid_text[37];
    struct sdc_date issued, expiry;
    X509 *ca;     /* card CA */
    X509 *signer; /* content signer: out of the CHUID, freed by limits_free */
};

/* CHUID first: it gives the signer. */
void limits_chuid(struct limits *l, const struct sdc_buf *object);
void limits_ccc(const struct sdc_buf *object);
void limits_discovery(const struct sdc_buf *object);
void limits_key_history(const struct sdc_buf *object);
/* *image: where the portrait stands in the object. */
void limits_face(const struct limits *l, const struct sdc_buf *object, struct sdc_rd *image);
void limits_printed(const struct limits *l, const struct sdc_buf *object, const char *name);
/* Contents by container id, in any order; every one must be listed, and nothing else. */
struct limits_content {
    unsigned container;
    const struct sdc_buf *content;
};
void limits_security(const struct limits *l, const struct sdc_buf *object, const struct limits_content *contents,
                     size_t count);
/* The certificate of key 9A 9C 9D 9E. The caller frees it. */
X509 *limits_certificate(const struct limits *l, uint8_t ref, const struct sdc_buf *object);
/* What every certificate of ours keeps to: version, serial number, key identifiers, no extension twice. */
void limits_any_certificate(X509 *certificate);
void limits_free(struct limits *l);

#endif
