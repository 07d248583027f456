/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures between PKCS#11 and the card: what the card gets to sign, and what a signature is judged by. All of it
 * for an operation whose input is closed. */
#ifndef P11_SIGNATURE_H
#define P11_SIGNATURE_H

#include "certificate.h"
#include "operation.h"

#define P11_SIGNATURE_MAX P11_RSA_LEN

/* Bytes of a signature: r and s, or the modulus. */
size_t p11_signature_len(const struct p11_certificate *certificate);
/* What the card signs: the hash fitted to the field, or the padded block; p11_signature_block_len bytes.
 * CKR_DATA_INVALID: a block without padding that isn't below the modulus. */
size_t p11_signature_block_len(const struct p11_certificate *certificate);
CK_RV p11_signature_block(const struct p11_operation *operation, uint8_t block[static P11_SIGNATURE_MAX]);
/* The card's reply as PKCS#11 writes it. False: no signature of this key's size. */
bool p11_signature_read(const struct p11_certificate *certificate, const struct sdc_buf *reply,
                        uint8_t signature[static P11_SIGNATURE_MAX]);
/* True where the signature is of this block by the certificate's key. */
bool p11_signature_of_block(const struct p11_certificate *certificate, const uint8_t *block, const uint8_t *signature);
/* True where the signature is of the operation's input. */
bool p11_signature_good(const struct p11_operation *operation, const uint8_t *signature);

#endif
