/* SPDX-License-Identifier: BSD-2-Clause */
#include <bearssl.h>

#include "card_crypto_keys.h"
#include "drbg.h"

/* Named, not br_*_get_default(): the same code on host and chip, and constant time on both. */
#define EC (&br_ec_all_m31)

static const struct {
    int id;
    size_t len;
    const br_hash_class *hash; /* of RFC 6979's generator, and as long as a scalar */
} curves[] = {
    [CRYPTO_P256] = { BR_EC_secp256r1, 32, &br_sha256_vtable },
    [CRYPTO_P384] = { BR_EC_secp384r1, 48, &br_sha384_vtable },
};

size_t crypto_ec_len(enum crypto_curve curve)
{
    return curves[curve].len;
}

size_t crypto_ec_point_len(enum crypto_curve curve)
{
    return 1 + 2 * curves[curve].len;
}

static void copy(uint8_t *to, const uint8_t *from, size_t len)
{
    for (size_t i = 0; i < len; i++)
        to[i] = from[i];
}

bool crypto_ec_generate(struct crypto_drbg *drbg, enum crypto_curve curve, uint8_t *scalar)
{
    return br_ec_keygen(&drbg_context(drbg)->vtable, EC, NULL, scalar, curves[curve].id) == curves[curve].len;
}

/* In 1..n-1, in constant time. */
static bool scalar_good(enum crypto_curve curve, const uint8_t *scalar)
{
    size_t order_len;
    const uint8_t *order = EC->order(curves[curve].id, &order_len);
    unsigned borrow = 0, any = 0;
    for (size_t i = curves[curve].len; i-- > 0;) {
        borrow = ((unsigned)scalar[i] - order[i] - borrow) >> 8 & 1;
        any |= scalar[i];
    }
    return (borrow & (0u - any) >> 31) != 0;
}

bool crypto_ec_public(enum crypto_curve curve, const uint8_t *scalar, uint8_t *point)
{
    return scalar_good(curve, scalar) &&
           EC->mulgen(point, scalar, curves[curve].len, curves[curve].id) == crypto_ec_point_len(curve);
}

size_t crypto_ec_sign(enum crypto_curve curve, const uint8_t *scalar, const uint8_t *hash, uint8_t *sig)
{
    uint8_t own[CRYPTO_EC_SCALAR_MAX]; /* the library's struct wants it writable */
    copy(own, scalar, curves[curve].len);
    const br_ec_private_key key = { .curve = curves[curve].id, .x = own, .xlen = curves[curve].len };
    size_t len = br_ecdsa_i31_sign_asn1(EC, curves[curve].hash, hash, &key, sig);
    crypto_wipe(own, sizeof own);
    return len;
}

bool crypto_ecdh(enum crypto_curve curve, const uint8_t *scalar, const uint8_t *point, uint8_t *x)
{
    uint8_t product[CRYPTO_EC_POINT_MAX];
    size_t len = crypto_ec_point_len(curve);
    copy(product, point, len);
    bool ok = point[0] == 0x04 && EC->mul(product, len, scalar, curves[curve].len, curves[curve].id) == 1;
    size_t x_len, x_at = EC->xoff(curves[curve].id, &x_len);
    for (size_t i = 0; i < curves[curve].len; i++)
        x[i] = ok ? product[x_at + i] : 0;
    crypto_wipe(product, sizeof product);
    return ok;
}

bool crypto_ec_multiply(enum crypto_curve curve, const uint8_t *scalar, uint8_t *point)
{
    return point[0] == 0x04 &&
           EC->mul(point, crypto_ec_point_len(curve), scalar, curves[curve].len, curves[curve].id) == 1;
}

bool crypto_ec_valid(enum crypto_curve curve, const uint8_t *point)
{
    static const uint8_t one[] = { 1 };
    uint8_t same[CRYPTO_EC_POINT_MAX];
    copy(same, point, crypto_ec_point_len(curve));
    return point[0] == 0x04 && EC->mul(same, crypto_ec_point_len(curve), one, sizeof one, curves[curve].id) == 1;
}

bool crypto_ec_map(enum crypto_curve curve, const uint8_t *nonce, size_t nonce_len, uint8_t *point)
{
    static const uint8_t one[] = { 1 };
    return point[0] == 0x04 && EC->muladd(point, NULL, crypto_ec_point_len(curve), one, sizeof one, nonce, nonce_len,
                                          curves[curve].id) == 1;
}

bool crypto_ec_verify(enum crypto_curve curve, const uint8_t *point, const uint8_t *hash, const uint8_t *sig)
{
    uint8_t own[CRYPTO_EC_POINT_MAX]; /* the library's struct wants it writable */
    copy(own, point, crypto_ec_point_len(curve));
    const br_ec_public_key key = { .curve = curves[curve].id, .q = own, .qlen = crypto_ec_point_len(curve) };
    return br_ecdsa_i31_vrfy_raw(EC, hash, curves[curve].len, &key, sig, 2 * curves[curve].len) == 1;
}
