/* SPDX-License-Identifier: BSD-2-Clause */
/* The PKCS#11 token that holds the issuer's keys. Private and secret keys are made inside it and never leave it.
 *
 * One module is used in two ways in one process: through libp11, which makes its private keys usable as EVP_PKEY, and
 * directly, for what libp11 has no call for (making keys, AES-CMAC). One thread at a time. Every failure is
 * SDC_E_TOKEN with PKCS#11's name of the error, unless said otherwise. */
#ifndef ISSUE_TOKEN_H
#define ISSUE_TOKEN_H

#include "sdc/bytes.h"

#include <openssl/evp.h>

#define TOKEN_CMAC_LEN 16

/* Where the token is. */
struct token_place {
    const char *module;       /* path of the PKCS#11 module */
    const char *label;        /* of the token, at most 32 bytes */
    const char *softhsm_conf; /* SoftHSM2's configuration file for this process; NULL: leave the environment alone */
};

enum token_key { TOKEN_KEY_P256, TOKEN_KEY_P384, TOKEN_KEY_AES256 };

struct token;

/* Initialises a fresh token under this label with this user PIN. The security officer's PIN is random and forgotten:
 * the token's content can't be saved by whoever lost the user PIN, nor its PIN be changed by anybody without it. */
enum sdc_status token_create(const struct token_place *place, const char *pin, struct sdc_error *e) SDC_WARN_UNUSED;

/* Finds the token by its label and logs in with the PIN. Nothing ever prompts; a wrong PIN is tried once. */
enum sdc_status token_open(const struct token_place *place, const char *pin, struct token **token,
                           struct sdc_error *e) SDC_WARN_UNUSED;
/* NULL is fine. Every EVP_PKEY of the token must have been freed. */
void token_close(struct token *token);

/* Makes a key inside the token: sensitive, not extractable, for signing alone (AES: for CMAC alone). */
enum sdc_status token_generate(struct token *token, enum token_key kind, const char *label,
                               struct sdc_error *e) SDC_WARN_UNUSED;

/* Puts an AES key into the token, for CMAC alone, sensitive and not extractable from then on. One of this label that is
 * there already is kept: SDC_OK. */
enum sdc_status token_import_aes(struct token *token, const char *label, const uint8_t *key, size_t len,
                                 struct sdc_error *e) SDC_WARN_UNUSED;

/* A private key of the token by its label, usable for signing while the token is open. The caller frees it. */
enum sdc_status token_private_key(struct token *token, const char *label, EVP_PKEY **key,
                                  struct sdc_error *e) SDC_WARN_UNUSED;
/* The same for a key that may be missing: SDC_OK and NULL then. A token that doesn't answer is an error. */
enum sdc_status token_find_key(struct token *token, const char *label, EVP_PKEY **key,
                               struct sdc_error *e) SDC_WARN_UNUSED;
/* The same for a key that is made where it is missing. */
enum sdc_status token_make_key(struct token *token, enum token_key kind, const char *label, EVP_PKEY **key,
                               struct sdc_error *e) SDC_WARN_UNUSED;

/* AES-CMAC (SP 800-38B) over data with the secret key of this label. */
enum sdc_status token_cmac(struct token *token, const char *label, const void *data, size_t len,
                           uint8_t mac[static TOKEN_CMAC_LEN], struct sdc_error *e) SDC_WARN_UNUSED;

#endif
