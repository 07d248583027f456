/* SPDX-License-Identifier: BSD-2-Clause */
/* The cryptography that the card core uses, adapted to one library in applet/crypto/. Nothing here allocates, keeps
 * file statics or does I/O. Everything that touches a secret runs in constant time, unless its comment says otherwise.
 * Lengths are in bytes. Integers of elliptic curves are big-endian, points are uncompressed: 04 || X || Y. */
#ifndef CARD_CRYPTO_H
#define CARD_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRYPTO_SHA1_LEN    20
#define CRYPTO_SHA256_LEN  32
#define CRYPTO_AES_BLOCK   16
#define CRYPTO_P256_SCALAR 32

/* Random generator: HMAC-DRBG with SHA-256 (SP 800-90A). The state is a secret. */
struct crypto_drbg {
    _Alignas(8) uint8_t state[144];
};
void crypto_drbg_init(struct crypto_drbg *drbg, const uint8_t *seed, size_t seed_len);
/* Mixes in a new seed; what was there before keeps its worth. */
void crypto_drbg_reseed(struct crypto_drbg *drbg, const uint8_t *seed, size_t seed_len);
void crypto_drbg_generate(struct crypto_drbg *drbg, uint8_t *out, size_t len);

void crypto_sha1(const uint8_t *data, size_t len, uint8_t hash[static CRYPTO_SHA1_LEN]);
void crypto_sha256(const uint8_t *data, size_t len, uint8_t hash[static CRYPTO_SHA256_LEN]);

/* One block of AES-128. 'in' and 'out' may be the same. */
void crypto_aes128_encrypt(const uint8_t key[static 16], const uint8_t in[static 16], uint8_t out[static 16]);
void crypto_aes128_decrypt(const uint8_t key[static 16], const uint8_t in[static 16], uint8_t out[static 16]);

/* AES-CBC in place: data of whole blocks; key of 16, 24 or 32 bytes. */
void crypto_aes_cbc_encrypt(const uint8_t *key, size_t key_len, const uint8_t iv[static CRYPTO_AES_BLOCK],
                            uint8_t *data, size_t len);
void crypto_aes_cbc_decrypt(const uint8_t *key, size_t key_len, const uint8_t iv[static CRYPTO_AES_BLOCK],
                            uint8_t *data, size_t len);

/* CMAC with AES (RFC 4493, SP 800-38B): init with a key of 16, 24 or 32 bytes, add any number of times, end, which
 * wipes the state. The state is a secret. */
struct crypto_cmac {
    _Alignas(8) uint8_t state[320];
};
void crypto_cmac_init(struct crypto_cmac *cmac, const uint8_t *key, size_t key_len);
void crypto_cmac_add(struct crypto_cmac *cmac, const uint8_t *data, size_t len);
void crypto_cmac_end(struct crypto_cmac *cmac, uint8_t mac[static CRYPTO_AES_BLOCK]);

/* True where the two are equal. Time depends on len alone. */
bool crypto_equal(const void *a, const void *b, size_t len);
/* Overwrites with zeros; not optimised away. */
void crypto_wipe(void *data, size_t len);

#endif
