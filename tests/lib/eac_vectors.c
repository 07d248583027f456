/* SPDX-License-Identifier: BSD-2-Clause */
#include "eac_vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "suite.h"

const char *vector_hex(const char *name)
{
    static json_t *all; /* as long as the program */
    if (!all)
        all = json_load_file(suite_data("eac-vectors.json"), 0, NULL);
    const char *hex = json_string_value(json_object_get(all, name));
    if (!hex) {
        fprintf(stderr, "no vector %s\n", name);
        abort();
    }
    return hex;
}

struct sdc_buf vector(const char *name)
{
    const char *hex = vector_hex(name);
    struct sdc_buf b = SDC_BUF_INIT;
    sdc_buf_fill(&b, 0, strlen(hex) / 2);
    if (b.err || !sdc_unhex(hex, b.data, b.len))
        abort();
    return b;
}

void vector_copy(const char *name, void *out, size_t len)
{
    if (!sdc_unhex(vector_hex(name), out, len)) {
        fprintf(stderr, "vector %s has another length\n", name);
        abort();
    }
}

static EVP_PKEY *private_key(const char *name)
{
    char field[16];
    uint8_t scalar[32], point[SDC_P256_POINT_LEN];
    snprintf(field, sizeof field, "d_%s", name);
    vector_copy(field, scalar, sizeof scalar);
    snprintf(field, sizeof field, "Q_%s", name);
    vector_copy(field, point, sizeof point);
    BIGNUM *d = BN_bin2bn(scalar, sizeof scalar, NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, d);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    if (EVP_PKEY_fromdata_init(ctx) != 1 || EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
        abort();
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(ctx);
    BN_free(d);
    return key;
}

static enum sdc_status sign(void *ctx, const uint8_t hash[static 32], uint8_t rs[static SDC_RS_LEN],
                            struct sdc_error *e)
{
    uint8_t der[80];
    size_t len = sizeof der;
    EVP_PKEY *key = private_key(ctx);
    EVP_PKEY_CTX *sign_ctx = EVP_PKEY_CTX_new(key, NULL);
    if (EVP_PKEY_sign_init(sign_ctx) != 1 || EVP_PKEY_sign(sign_ctx, der, &len, hash, 32) != 1)
        abort();
    const uint8_t *at = der;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
    BN_bn2binpad(ECDSA_SIG_get0_r(sig), rs, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(sig), rs + 32, 32);
    ECDSA_SIG_free(sig);
    EVP_PKEY_CTX_free(sign_ctx);
    EVP_PKEY_free(key);
    (void)e;
    return SDC_OK;
}

struct sdc_cvc_signer vector_signer(const char *name)
{
    union {
        const char *in;
        void *out;
    } name_of = { name };
    return (struct sdc_cvc_signer) { sign, name_of.out };
}
