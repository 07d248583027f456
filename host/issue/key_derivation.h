/* SPDX-License-Identifier: BSD-2-Clause */
/* A card's own secrets, derived inside the token from the card master key: SP 800-108r1 4.1, counter mode with
 * AES-CMAC,
 *
 *   K(i) = CMAC(master, [i]32 || label || 00 || issuer || chip serial || [key version]16 || [L]32)
 *
 * with i from 1, L the bits asked for, both big-endian. Issuer is the only field of free length before two of fixed
 * length, and label holds no 00, so that no two contexts have one encoding. */
#ifndef ISSUE_KEY_DERIVATION_H
#define ISSUE_KEY_DERIVATION_H

#include "token.h"

#include "sdc/domain.h"

#define CARD_KEY_VERSION     1
#define CARD_KEY_ISSUER_MAX  64
#define CARD_MANAGEMENT_LEN  16
#define CARD_DOMAIN_LEN      32
#define CARD_PUK_LEN         8
#define CARD_MASTER_LABEL    "card-master-1"
#define CARD_DERIVED_LEN_MAX 128 /* bytes in one derivation */

struct card_context {
    const char *master; /* label of the key in the token: CARD_MASTER_LABEL, or a delivery's transport key */
    const char *issuer; /* 1 to CARD_KEY_ISSUER_MAX bytes */
    uint8_t serial[SDC_SERIAL_LEN]; /* the chip's */
    uint16_t version;
};

/* len bytes (at most CARD_DERIVED_LEN_MAX) of key material for this card and purpose. */
enum sdc_status card_key_derive(struct token *token, const struct card_context *context, const char *label,
                                uint8_t *out, size_t len, struct sdc_error *e) SDC_WARN_UNUSED;
/* The card's own key set of the issuer domain, AES-256; its version is the context's. */
enum sdc_status card_key_domain(struct token *token, const struct card_context *context, struct sdc_scp03_keys *keys,
                                struct sdc_error *e) SDC_WARN_UNUSED;
/* The card management key 9B. */
enum sdc_status card_key_management(struct token *token, const struct card_context *context,
                                    uint8_t key[static CARD_MANAGEMENT_LEN], struct sdc_error *e) SDC_WARN_UNUSED;
/* The PUK: eight ASCII digits without NUL, each of the 10^8 equally likely. */
enum sdc_status card_key_puk(struct token *token, const struct card_context *context, char puk[static CARD_PUK_LEN],
                             struct sdc_error *e) SDC_WARN_UNUSED;
/* Eight decimal digits from a stream of random bytes, by rejection: the first 27-bit number below 10^8. False where the
 * stream has none. */
bool card_digits_from(const uint8_t *stream, size_t len, char digits[static CARD_PUK_LEN]);

#endif
