/* SPDX-License-Identifier: BSD-2-Clause */
#include "ec.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/params.h>
#include <string.h>

#include "library.h"

void p11_ec_hash(const uint8_t *hash, size_t len, size_t field, uint8_t *fitted)
{
    size_t used = len < field ? len : field;
    memset(fitted, 0, field - used);
    memcpy(fitted + (field - used), hash, used);
}

bool p11_ec_from_der(const uint8_t *der, size_t len, size_t field, uint8_t *raw)
{
    const unsigned char *p = der;
    const int half = (int)field;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)len);
    bool ok = sig && p == der + len && BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, half) == half &&
              BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + field, half) == half;
    ECDSA_SIG_free(sig);
    return ok;
}

/* NULL without memory; to be freed with OPENSSL_free. */
static unsigned char *to_der(const uint8_t *raw, size_t field, int *len)
{
    unsigned char *der = NULL;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, (int)field, NULL), *s = BN_bin2bn(raw + field, (int)field, NULL);
    if (sig && r && s && ECDSA_SIG_set0(sig, r, s)) {
        *len = i2d_ECDSA_SIG(sig, &der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(sig);
    return der;
}

bool p11_ec_verify(EVP_PKEY *key, const uint8_t *hash, size_t hash_len, size_t field, const uint8_t *raw)
{
    int len = 0;
    unsigned char *der = to_der(raw, field, &len);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(p11_library(), key, NULL);
    bool good = der && len > 0 && ctx && EVP_PKEY_verify_init(ctx) == 1 &&
                EVP_PKEY_verify(ctx, der, (size_t)len, hash, hash_len) == 1;
    EVP_PKEY_CTX_free(ctx);
    OPENSSL_free(der);
    return good;
}

bool p11_ec_on_curve(const uint8_t *point, size_t field)
{
    uint8_t copy[P11_EC_POINT_MAX];
    char p256[] = "prime256v1", p384[] = "secp384r1";
    memcpy(copy, point, 1 + 2 * field);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, field == 32 ? p256 : p384, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, 1 + 2 * field),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *make = EVP_PKEY_CTX_new_from_name(p11_library(), "EC", NULL), *check = NULL;
    bool ok =
        make && EVP_PKEY_fromdata_init(make) == 1 && EVP_PKEY_fromdata(make, &key, EVP_PKEY_PUBLIC_KEY, params) == 1 &&
        (check = EVP_PKEY_CTX_new_from_pkey(p11_library(), key, NULL)) != NULL && EVP_PKEY_public_check(check) == 1;
    EVP_PKEY_CTX_free(check);
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(make);
    return ok;
}
