/* SPDX-License-Identifier: BSD-2-Clause */
#include "scp03_crypto.h"

#include <limits.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "sdc/scp03.h"

static const char *cipher_name(size_t key_len)
{
    return key_len == 16 ? "AES-128-CBC" : key_len == 24 ? "AES-192-CBC" : key_len == 32 ? "AES-256-CBC" : NULL;
}

bool scp03_cmac(const uint8_t *key, size_t key_len, const struct scp03_part *parts, size_t count,
                uint8_t mac[static SCP03_BLOCK])
{
    char cipher[16] = "";
    size_t len = 0;
    const char *name = cipher_name(key_len);
    if (!name)
        return false;
    OPENSSL_strlcpy(cipher, name, sizeof cipher);
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher, 0),
                            OSSL_PARAM_construct_end() };
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "CMAC", NULL);
    EVP_MAC_CTX *ctx = algorithm ? EVP_MAC_CTX_new(algorithm) : NULL;
    bool ok = ctx && EVP_MAC_init(ctx, key, key_len, params) == 1;
    for (size_t i = 0; i < count && ok; i++)
        ok = parts[i].len == 0 || EVP_MAC_update(ctx, parts[i].data, parts[i].len) == 1;
    ok = ok && EVP_MAC_final(ctx, mac, &len, SCP03_BLOCK) == 1 && len == SCP03_BLOCK;
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(algorithm);
    return ok;
}

bool scp03_cbc(const uint8_t *key, size_t key_len, bool encrypt, const uint8_t icv[static SCP03_BLOCK],
               const uint8_t *in, size_t len, uint8_t *out)
{
    int done = 0;
    const char *name = cipher_name(key_len);
    if (!name || len % SCP03_BLOCK != 0 || len > INT_MAX)
        return false;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *ctx = cipher ? EVP_CIPHER_CTX_new() : NULL;
    bool ok = ctx && EVP_CipherInit_ex2(ctx, cipher, key, icv, encrypt ? 1 : 0, NULL) == 1 &&
              EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 && EVP_CipherUpdate(ctx, out, &done, in, (int)len) == 1 &&
              (size_t)done == len;
    EVP_CIPHER_CTX_free(ctx);
    EVP_CIPHER_free(cipher);
    return ok;
}

/* [00 × 11, constant] 00 [L]16 [i]8 context (amendment D 4.1.5): label, separator, length and counter in this order,
 * which SP 800-108 leaves free */
enum sdc_status sdc_scp03_derive(const uint8_t *key, size_t key_len, uint8_t constant, const void *context,
                                 size_t context_len, uint8_t *out, size_t out_len, struct sdc_error *e)
{
    uint8_t block[SCP03_BLOCK];
    bool ok = out_len > 0 && out_len <= 2 * sizeof block;
    for (size_t done = 0; done < out_len && ok; done += sizeof block) {
        const size_t bits = out_len * 8;
        const uint8_t head[16] = { [11] = constant,
                                   [13] = (uint8_t)(bits >> 8),
                                   [14] = (uint8_t)bits,
                                   [15] = (uint8_t)(done / sizeof block + 1) };
        const struct scp03_part parts[] = { { head, sizeof head }, { context, context_len } };
        ok = scp03_cmac(key, key_len, parts, 2, block);
        for (size_t i = 0; i < sizeof block && done + i < out_len && ok; i++)
            out[done + i] = block[i];
    }
    sdc_wipe(block, sizeof block);
    if (ok)
        return SDC_OK;
    sdc_wipe(out, out_len);
    return sdc_fail(e, SDC_E_CRYPTO, "a key of the secure channel can't be derived");
}

enum sdc_status sdc_scp03_check_value(const uint8_t *key, size_t len, uint8_t kcv[static 3], struct sdc_error *e)
{
    uint8_t block[SCP03_BLOCK];
    const uint8_t zero[SCP03_BLOCK] = { 0 };
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = 0x01;
    if (!scp03_cbc(key, len, true, zero, block, sizeof block, block))
        return sdc_fail(e, SDC_E_CRYPTO, "a key check value can't be made");
    struct sdc_rd r = sdc_rd_init(block, sizeof block);
    sdc_rd_copy(&r, kcv, 3);
    sdc_wipe(block, sizeof block);
    return SDC_OK;
}
