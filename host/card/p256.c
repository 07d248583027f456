/* SPDX-License-Identifier: BSD-2-Clause */
#include "p256.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

struct work {
    EC_GROUP *group;
    BN_CTX *bn;
    EC_POINT *in, *out;
    BIGNUM *scalar;
};

static void close_work(struct work *w)
{
    BN_clear_free(w->scalar);
    EC_POINT_clear_free(w->out);
    EC_POINT_free(w->in);
    BN_CTX_free(w->bn);
    EC_GROUP_free(w->group);
}

static bool open_work(struct work *w)
{
    w->group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    w->bn = BN_CTX_secure_new();
    w->in = w->group ? EC_POINT_new(w->group) : NULL;
    w->out = w->group ? EC_POINT_new(w->group) : NULL;
    w->scalar = BN_secure_new();
    if (!w->bn || !w->in || !w->out || !w->scalar)
        return false;
    BN_set_flags(w->scalar, BN_FLG_CONSTTIME);
    return true;
}

/* oct2point refuses what isn't on the curve; one byte 00 would be the identity. */
static bool take_point(struct work *w, const uint8_t *point, size_t len)
{
    return len == P256_POINT && point[0] == POINT_CONVERSION_UNCOMPRESSED &&
           EC_POINT_oct2point(w->group, w->in, point, len, w->bn) == 1 &&
           EC_POINT_is_on_curve(w->group, w->in, w->bn) == 1;
}

static bool give_point(struct work *w, uint8_t out[static P256_POINT])
{
    bool good =
        EC_POINT_is_at_infinity(w->group, w->out) == 0 &&
        EC_POINT_point2oct(w->group, w->out, POINT_CONVERSION_UNCOMPRESSED, out, P256_POINT, w->bn) == P256_POINT;
    if (!good)
        OPENSSL_cleanse(out, P256_POINT);
    return good;
}

bool p256_random(uint8_t scalar[static P256_SCALAR])
{
    struct work w = { 0 };
    bool good = open_work(&w);
    do
        good = good && BN_priv_rand_range(w.scalar, EC_GROUP_get0_order(w.group)) == 1;
    while (good && BN_is_zero(w.scalar));
    good = good && BN_bn2binpad(w.scalar, scalar, P256_SCALAR) == P256_SCALAR;
    close_work(&w);
    return good;
}

bool p256_multiply(const uint8_t *point, const uint8_t scalar[static P256_SCALAR], uint8_t out[static P256_POINT])
{
    struct work w = { 0 };
    memset(out, 0, P256_POINT);
    bool good =
        open_work(&w) && BN_bin2bn(scalar, P256_SCALAR, w.scalar) && (!point || take_point(&w, point, P256_POINT));
    if (good && point)
        good = EC_POINT_mul(w.group, w.out, NULL, w.in, w.scalar, w.bn) == 1;
    else if (good)
        good = EC_POINT_mul(w.group, w.out, w.scalar, NULL, NULL, w.bn) == 1;
    good = good && give_point(&w, out);
    close_work(&w);
    return good;
}

bool p256_map(const uint8_t scalar[static P256_SCALAR], const uint8_t point[static P256_POINT],
              uint8_t out[static P256_POINT])
{
    struct work w = { 0 };
    memset(out, 0, P256_POINT);
    bool good = open_work(&w) && BN_bin2bn(scalar, P256_SCALAR, w.scalar) && take_point(&w, point, P256_POINT) &&
                EC_POINT_mul(w.group, w.out, w.scalar, NULL, NULL, w.bn) == 1 &&
                EC_POINT_add(w.group, w.out, w.out, w.in, w.bn) == 1 && give_point(&w, out);
    close_work(&w);
    return good;
}

bool p256_is_point(const uint8_t *point, size_t len)
{
    struct work w = { 0 };
    bool good = open_work(&w) && take_point(&w, point, len);
    close_work(&w);
    return good;
}

static EVP_PKEY *public_key(const uint8_t point[static P256_POINT])
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    if (build && OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, P256_POINT) == 1)
        params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *ctx = params ? EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL) : NULL;
    if (ctx && EVP_PKEY_fromdata_init(ctx) == 1)
        (void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    return key;
}

/* r || s as the DER that the crypto library takes */
static int signature_der(const uint8_t signature[static P256_SIGNATURE], uint8_t **der)
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, P256_SIGNATURE / 2, NULL);
    BIGNUM *s = BN_bin2bn(signature + P256_SIGNATURE / 2, P256_SIGNATURE / 2, NULL);
    int len = -1;
    if (sig && r && s && ECDSA_SIG_set0(sig, r, s) == 1) {
        r = s = NULL; /* sig's from here on */
        len = i2d_ECDSA_SIG(sig, der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(sig);
    return len;
}

bool p256_verify(const uint8_t point[static P256_POINT], const void *data, size_t len,
                 const uint8_t signature[static P256_SIGNATURE])
{
    uint8_t *der = NULL;
    if (!p256_is_point(point, P256_POINT))
        return false;
    int der_len = signature_der(signature, &der);
    EVP_PKEY *key = public_key(point);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = key && ctx && der_len > 0 && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(ctx, der, (size_t)der_len, data, len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    OPENSSL_free(der);
    return good;
}
