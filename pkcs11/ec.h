/* SPDX-License-Identifier: BSD-2-Clause */
/* ECDSA signatures as PKCS#11 writes them (r and s, each of the field's length; PKCS#11 3.0 2.3.1) and as the card and
 * OpenSSL do (DER), and the checks that need no card. 'field' is 32 (P-256) or 48 (P-384) bytes. */
#ifndef P11_EC_H
#define P11_EC_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define P11_EC_FIELD_MAX     48
#define P11_EC_POINT_MAX     97
#define P11_EC_SIGNATURE_MAX 96

/* The hash as an integer of the field's length: cut on the right or padded with zeroes on the left (FIPS 186-4, 6.4).
 */
void p11_ec_hash(const uint8_t *hash, size_t len, size_t field, uint8_t *fitted);
/* DER to r and s. False: not a signature of this field's size. */
bool p11_ec_from_der(const uint8_t *der, size_t len, size_t field, uint8_t *raw);
/* True where r and s sign the hash. */
bool p11_ec_verify(EVP_PKEY *key, const uint8_t *hash, size_t hash_len, size_t field, const uint8_t *raw);
/* True where the uncompressed point (1 + 2 fields) is on the curve of that size. */
bool p11_ec_on_curve(const uint8_t *point, size_t field);

#endif
