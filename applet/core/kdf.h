/* SPDX-License-Identifier: BSD-2-Clause */
/* Key derivation of BSI TR-03110-3 A.2.3: KDF(K, c) = H(K || c), c as four bytes; SHA-1, of which 16 bytes are taken,
 * for AES-128; SHA-256 for AES-256. */
#ifndef KDF_H
#define KDF_H

#include <stddef.h>
#include <stdint.h>

#define KDF_ENC         1
#define KDF_MAC         2
#define KDF_PASSWORD    3
#define KDF_SECRET_MAX  40
#define KDF_KEY_AES_128 16
#define KDF_KEY_AES_256 32

/* secret of at most KDF_SECRET_MAX bytes; key_len is 16 or 32. */
void kdf(const uint8_t *secret, size_t len, uint32_t counter, uint8_t *key, size_t key_len);

#endif
