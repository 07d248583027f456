/* SPDX-License-Identifier: BSD-2-Clause */
/* Arithmetic and signatures on P-256 over plain bytes. Points are 04 || x || y, scalars 32 bytes big-endian. Every
 * point that comes in is checked to be on the curve and not the identity. False: it isn't, the result is the identity,
 * or the crypto library failed; the output is zeroed then. Whoever holds a scalar wipes it. */
#ifndef SDC_CARD_P256_H
#define SDC_CARD_P256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define P256_SCALAR    32
#define P256_POINT     65
#define P256_SIGNATURE 64 /* r || s, each whole */

/* A random scalar from 1 to n-1. */
bool p256_random(uint8_t scalar[static P256_SCALAR]);
/* scalar · point; point NULL is the generator. */
bool p256_multiply(const uint8_t *point, const uint8_t scalar[static P256_SCALAR], uint8_t out[static P256_POINT]);
/* scalar · G + point: the mapped generator of PACE. */
bool p256_map(const uint8_t scalar[static P256_SCALAR], const uint8_t point[static P256_POINT],
              uint8_t out[static P256_POINT]);
/* On the curve, uncompressed and not the identity. */
bool p256_is_point(const uint8_t *point, size_t len);
/* ECDSA with SHA-256 over len bytes. */
bool p256_verify(const uint8_t point[static P256_POINT], const void *data, size_t len,
                 const uint8_t signature[static P256_SIGNATURE]);

#endif
