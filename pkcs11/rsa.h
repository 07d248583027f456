/* SPDX-License-Identifier: BSD-2-Clause */
/* RSA padding in the host (RFC 8017), around the raw operation that the card does. Every block has P11_RSA_LEN bytes.
 */
#ifndef P11_RSA_H
#define P11_RSA_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define P11_RSA_LEN      256
#define P11_PKCS1_MAX    (P11_RSA_LEN - 11) /* bytes of data that PKCS #1 1.5 padding leaves room for */
#define P11_RSA_HASH_MAX 64

/* The parameter of PSS and OAEP, understood. Names are OpenSSL's. */
struct p11_padding {
    const char *hash, *mgf;
    size_t hash_len;
    size_t salt_len;                      /* PSS */
    uint8_t label_hash[P11_RSA_HASH_MAX]; /* OAEP: the label's hash */
};

/* Block type 1 (9.2) around DigestInfo of a hash, or where 'digest' is NULL around the data as they are. False: too
 * long, or no such digest. */
bool p11_rsa_sign_pad(const char *digest, const uint8_t *data, size_t len, uint8_t block[static P11_RSA_LEN]);
/* EMSA-PSS (9.1.1) of a hash. False: the salt is too long, or no random numbers. */
bool p11_pss_pad(const struct p11_padding *padding, const uint8_t *hash, uint8_t block[static P11_RSA_LEN]);
/* True where the signature of this hash is good (8.1.2). */
bool p11_pss_verify(EVP_PKEY *key, const struct p11_padding *padding, const uint8_t *hash,
                    const uint8_t signature[static P11_RSA_LEN]);

/* Block type 2 (7.2.1) and EME-OAEP (7.1.1). False: too long, or no random numbers. */
bool p11_rsa_encrypt_pad(const uint8_t *data, size_t len, uint8_t block[static P11_RSA_LEN]);
bool p11_oaep_pad(const struct p11_padding *padding, const uint8_t *data, size_t len,
                  uint8_t block[static P11_RSA_LEN]);
/* Takes the padding away in constant time: nothing but the result tells where or whether it is wrong (7.1.2, 7.2.2).
 * The message stands at the beginning of the block afterwards. False: wrong padding. */
bool p11_rsa_decrypt_unpad(uint8_t block[static P11_RSA_LEN], size_t *len);
bool p11_oaep_unpad(const struct p11_padding *padding, uint8_t block[static P11_RSA_LEN], size_t *len);

/* The raw public operation. False: the block isn't below the modulus. */
bool p11_rsa_public(EVP_PKEY *key, const uint8_t in[static P11_RSA_LEN], uint8_t out[static P11_RSA_LEN]);

#endif
