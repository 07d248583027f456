/* SPDX-License-Identifier: BSD-2-Clause */
/* Asymmetric keys and the block cipher of the management key, adapted to one library in applet/crypto/; as
 * card_crypto.h, whose rules hold here too. */
#ifndef CARD_CRYPTO_KEYS_H
#define CARD_CRYPTO_KEYS_H

#include "card_crypto.h"

/* ---- elliptic curves ---- */
enum crypto_curve { CRYPTO_P256, CRYPTO_P384 };
#define CRYPTO_EC_SCALAR_MAX 48
#define CRYPTO_EC_POINT_MAX  97
#define CRYPTO_EC_SIG_MAX    104 /* ECDSA signature as DER */

/* Bytes of a scalar, and of a coordinate: 32 or 48. */
size_t crypto_ec_len(enum crypto_curve curve);
/* Bytes of a point, 04 || X || Y. */
size_t crypto_ec_point_len(enum crypto_curve curve);
/* A fresh scalar in 1..n-1. */
bool crypto_ec_generate(struct crypto_drbg *drbg, enum crypto_curve curve, uint8_t *scalar);
/* The scalar's point. False for a scalar that is not in 1..n-1. */
bool crypto_ec_public(enum crypto_curve curve, const uint8_t *scalar, uint8_t *point);
/* ECDSA over a hash as long as a scalar, deterministic (RFC 6979, with SHA-256 and SHA-384), DER-encoded into sig, of
 * CRYPTO_EC_SIG_MAX bytes. Returns its length, 0 for a bad scalar. */
size_t crypto_ec_sign(enum crypto_curve curve, const uint8_t *scalar, const uint8_t *hash, uint8_t *sig);
/* X coordinate of scalar * point. False where point is not 04||X||Y on the curve. */
bool crypto_ecdh(enum crypto_curve curve, const uint8_t *scalar, const uint8_t *point, uint8_t *x);

/* point becomes scalar * point. False where point is not 04||X||Y on the curve. */
bool crypto_ec_multiply(enum crypto_curve curve, const uint8_t *scalar, uint8_t *point);
/* True for 04||X||Y on the curve; not in constant time, as little as the next: points of signatures are public. */
bool crypto_ec_valid(enum crypto_curve curve, const uint8_t *point);
/* Generic mapping of PACE (TR-03110-3 A.3.4.1): point becomes nonce * G + point. False where point is none, or the
 * result is the point at infinity. */
bool crypto_ec_map(enum crypto_curve curve, const uint8_t *nonce, size_t nonce_len, uint8_t *point);
/* ECDSA: true where sig, r || s each as long as a scalar and in 1..n-1, is the point's over the hash. */
bool crypto_ec_verify(enum crypto_curve curve, const uint8_t *point, const uint8_t *hash, const uint8_t *sig);

/* ---- RSA-2048 ---- */
#define CRYPTO_RSA_LEN      256
#define CRYPTO_RSA_PART     128
#define CRYPTO_RSA_PRIVATE  (5 * CRYPTO_RSA_PART) /* p || q || d mod p-1 || d mod q-1 || 1/q mod p */
#define CRYPTO_RSA_EXPONENT 0x01, 0x00, 0x01      /* the public exponent of every key */

/* A fresh key. Its time depends on chance. */
bool crypto_rsa_generate(struct crypto_drbg *drbg, uint8_t key[static CRYPTO_RSA_PRIVATE]);
/* The modulus. False where it doesn't have 2048 bits. */
bool crypto_rsa_modulus(const uint8_t key[static CRYPTO_RSA_PRIVATE], uint8_t n[static CRYPTO_RSA_LEN]);
/* x becomes x^d mod n. False, and x is wiped, where x is not below n, or where the result, taken to the public
 * exponent, is not x: a fault in one half of the computation would give the key away (Boneh, DeMillo, Lipton 1997). */
bool crypto_rsa_private(const uint8_t key[static CRYPTO_RSA_PRIVATE], uint8_t x[static CRYPTO_RSA_LEN]);
/* True where the five numbers are a key with this exponent: tried with one number. */
bool crypto_rsa_valid(const uint8_t key[static CRYPTO_RSA_PRIVATE]);

/* ---- one block of a management key's cipher ---- */
#define CRYPTO_TDES_KEY   24
#define CRYPTO_TDES_BLOCK 8
/* AES with a key of 16, 24 or 32 bytes. 'in' and 'out' may be the same. */
void crypto_aes_block(const uint8_t *key, size_t key_len, const uint8_t in[static CRYPTO_AES_BLOCK],
                      uint8_t out[static CRYPTO_AES_BLOCK]);
/* Triple DES with three keys: for the profile legacy-3des alone. */
void crypto_tdes_block(const uint8_t key[static CRYPTO_TDES_KEY], const uint8_t in[static CRYPTO_TDES_BLOCK],
                       uint8_t out[static CRYPTO_TDES_BLOCK]);

#endif
