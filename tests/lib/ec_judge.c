/* SPDX-License-Identifier: BSD-2-Clause */
#include "ec_judge.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

static EVP_PKEY *key_of(const uint8_t point[static EC_JUDGE_POINT])
{
    uint8_t bytes[EC_JUDGE_POINT];
    char group[] = "P-256";
    EVP_PKEY *key = NULL;
    memcpy(bytes, point, sizeof bytes);
    OSSL_PARAM parameters[] = { OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                                OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, bytes, sizeof bytes),
                                OSSL_PARAM_construct_end() };
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (EVP_PKEY_fromdata_init(ctx) != 1 || EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    return key;
}

bool ec_judge(const uint8_t point[static EC_JUDGE_POINT], const uint8_t *hash, size_t len,
              const uint8_t signature[static 64])
{
    unsigned char *der = NULL;
    EVP_PKEY *key = key_of(point);
    ECDSA_SIG *sig = ECDSA_SIG_new();
    ECDSA_SIG_set0(sig, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL));
    int der_len = i2d_ECDSA_SIG(sig, &der);
    EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
    bool good = ctx && EVP_PKEY_verify_init(ctx) == 1 && EVP_PKEY_verify(ctx, der, (size_t)der_len, hash, len) == 1;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
    OPENSSL_free(der);
    ECDSA_SIG_free(sig);
    return good;
}
