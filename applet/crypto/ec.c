/* SPDX-License-Identifier: BSD-2-Clause */
#include <bearssl.h>

#include "card_crypto.h"
#include "drbg.h"

/* Named, not br_*_get_default(): the same code on host and chip, and constant time on both. */
#define EC    (&br_ec_all_m31)
#define CURVE BR_EC_secp256r1

bool crypto_p256_generate(struct crypto_drbg *drbg, uint8_t scalar[static CRYPTO_P256_SCALAR],
                          uint8_t point[static CRYPTO_P256_POINT])
{
    br_ec_private_key key;
    return br_ec_keygen(&drbg_context(drbg)->vtable, EC, &key, scalar, CURVE) == CRYPTO_P256_SCALAR &&
           br_ec_compute_pub(EC, NULL, point, &key) == CRYPTO_P256_POINT;
}

size_t crypto_p256_sign(const uint8_t scalar[static CRYPTO_P256_SCALAR], const uint8_t hash[static CRYPTO_SHA256_LEN],
                        uint8_t sig[static CRYPTO_P256_SIG_MAX])
{
    uint8_t copy[CRYPTO_P256_SCALAR]; /* the library's struct wants it writable */
    for (size_t i = 0; i < sizeof copy; i++)
        copy[i] = scalar[i];
    const br_ec_private_key key = { .curve = CURVE, .x = copy, .xlen = sizeof copy };
    size_t len = br_ecdsa_i31_sign_asn1(EC, &br_sha256_vtable, hash, &key, sig);
    crypto_wipe(copy, sizeof copy);
    return len;
}

bool crypto_p256_ecdh(const uint8_t scalar[static CRYPTO_P256_SCALAR], const uint8_t point[static CRYPTO_P256_POINT],
                      uint8_t x[static CRYPTO_P256_SCALAR])
{
    uint8_t product[CRYPTO_P256_POINT];
    for (size_t i = 0; i < sizeof product; i++)
        product[i] = point[i];
    bool ok = point[0] == 0x04 && EC->mul(product, sizeof product, scalar, CRYPTO_P256_SCALAR, CURVE) == 1;
    size_t x_len, x_at = EC->xoff(CURVE, &x_len);
    for (size_t i = 0; i < CRYPTO_P256_SCALAR; i++)
        x[i] = ok ? product[x_at + i] : 0;
    crypto_wipe(product, sizeof product);
    return ok;
}
