/* SPDX-License-Identifier: BSD-2-Clause */
/* P-256, AES and the derivations of BSI TR-03110-3 for tests that play a terminal: on OpenSSL, shares no code with the
 * card or the host. Points are 04 || x || y; what cannot be computed ends the test. */
#ifndef TESTS_TERMINAL_MATH_H
#define TESTS_TERMINAL_MATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MATH_SCALAR    32
#define MATH_POINT     65
#define MATH_SIGNATURE 64

/* The private key of a name, as the worked run has it: SHA-256("sdc eac vector " || name). */
void math_key(const char *name, uint8_t scalar[static MATH_SCALAR]);
/* scalar * base; base NULL is the generator. */
void math_multiply(const uint8_t *base, const uint8_t scalar[static MATH_SCALAR], uint8_t point[static MATH_POINT]);
/* nonce * G + h */
void math_map(const uint8_t nonce[static 16], const uint8_t h[static MATH_POINT], uint8_t point[static MATH_POINT]);
/* -point */
void math_negate(uint8_t point[static MATH_POINT]);
/* ECDSA with SHA-256, r || s. */
void math_sign(const uint8_t scalar[static MATH_SCALAR], const void *data, size_t len,
               uint8_t signature[static MATH_SIGNATURE]);
/* The order of the curve. */
void math_order(uint8_t n[static MATH_SCALAR]);
/* KDF(secret, counter): SHA-1 for a key of 16 bytes, SHA-256 for 32. */
void math_kdf(const void *secret, size_t len, uint8_t counter, size_t key_len, uint8_t *key);
void math_sha1(const void *data, size_t len, uint8_t hash[static 20]);
/* AES-CBC in place over whole blocks; iv NULL is zeros. */
void math_cbc(bool encrypt, const uint8_t *key, size_t key_len, const uint8_t *iv, uint8_t *data, size_t len);

#endif
