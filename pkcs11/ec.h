/* SPDX-License-Identifier: BSD-2-Clause */
/* ECDSA signatures as PKCS#11 writes them (r and s, each of the field's length; PKCS#11 3.0 2.3.1) and as the card and
 * OpenSSL do (DER), and the checks that need no card. */
#ifndef P11_EC_H
#define P11_EC_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define P11_P256_LEN       32 /* bytes of field, hash and shared secret */
#define P11_P256_SIGNATURE 64

/* The hash as an integer of the field's length: cut on the right or padded with zeroes on the left (FIPS 186-4, 6.4).
 */
void p11_ec_hash(const uint8_t *hash, size_t len, uint8_t fitted[static P11_P256_LEN]);
/* DER to r and s. False: not a signature of this curve's size. */
bool p11_ec_from_der(const uint8_t *der, size_t len, uint8_t raw[static P11_P256_SIGNATURE]);
/* 1: r and s sign the hash; 0: they don't; -1: the crypto library failed. */
int p11_ec_verify(EVP_PKEY *key, const uint8_t *hash, size_t hash_len, const uint8_t raw[static P11_P256_SIGNATURE]);
/* True where the uncompressed point (65 bytes) is on P-256. */
bool p11_ec_on_curve(const uint8_t point[static 65]);

#endif
