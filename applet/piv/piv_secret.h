/* SPDX-License-Identifier: BSD-2-Clause */
/* An asymmetric key as it is stored, by its reference, and what is told of it. */
#ifndef PIV_SECRET_H
#define PIV_SECRET_H

#include "card_crypto_keys.h"
#include "core.h"

enum piv_origin { ORIGIN_GENERATED = 1, ORIGIN_IMPORTED = 2 };

/* The record, byte for byte: the head and as much of the key as the algorithm has. */
struct piv_secret {
    uint8_t alg;
    uint8_t pin;                     /* PIN_POLICY_*: never less than its reference asks */
    uint8_t origin;                  /* enum piv_origin */
    uint8_t key[CRYPTO_RSA_PRIVATE]; /* a scalar; or p, q, d mod p-1, d mod q-1, 1/q mod p */
};

#define PIV_PUBLIC_MAX 265 /* 81 82 0100 modulus, 82 03 exponent */

/* True where keys may have this algorithm. */
bool piv_secret_alg_known(uint8_t alg);
/* Bytes of the key; 0 for an unknown algorithm. */
size_t piv_secret_key_len(uint8_t alg);
/* The curve of an algorithm; false for RSA. */
bool piv_secret_curve(uint8_t alg, enum crypto_curve *curve);

/* Algorithm of the key that a reference has, 0 where it has none. */
uint8_t piv_secret_alg(const struct core *core, uint8_t ref);
/* Reads a key. False where there is none. Wipe it. */
bool piv_secret_load(const struct core *core, uint8_t ref, struct piv_secret *secret);
/* Puts a key in one transaction: 9000, 6A84 or 6581. */
uint16_t piv_secret_store(struct core *core, uint8_t ref, const struct piv_secret *secret);
/* Writes the public key's data objects: 86 point, or 81 modulus and 82 exponent. Returns their length; 0 where the
 * key is none. */
size_t piv_secret_public(const struct piv_secret *secret, uint8_t out[static PIV_PUBLIC_MAX]);

#endif
