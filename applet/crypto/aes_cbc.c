/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_crypto.h"

#include <bearssl.h>

static void copy_iv(uint8_t to[static CRYPTO_AES_BLOCK], const uint8_t from[static CRYPTO_AES_BLOCK])
{
    for (size_t i = 0; i < CRYPTO_AES_BLOCK; i++)
        to[i] = from[i];
}

void crypto_aes_cbc_encrypt(const uint8_t *key, size_t key_len, const uint8_t iv[static CRYPTO_AES_BLOCK],
                            uint8_t *data, size_t len)
{
    br_aes_ct_cbcenc_keys ctx;
    uint8_t chain[CRYPTO_AES_BLOCK];
    copy_iv(chain, iv);
    br_aes_ct_cbcenc_init(&ctx, key, key_len);
    br_aes_ct_cbcenc_run(&ctx, chain, data, len);
    crypto_wipe(&ctx, sizeof ctx);
    crypto_wipe(chain, sizeof chain);
}

void crypto_aes_cbc_decrypt(const uint8_t *key, size_t key_len, const uint8_t iv[static CRYPTO_AES_BLOCK],
                            uint8_t *data, size_t len)
{
    br_aes_ct_cbcdec_keys ctx;
    uint8_t chain[CRYPTO_AES_BLOCK];
    copy_iv(chain, iv);
    br_aes_ct_cbcdec_init(&ctx, key, key_len);
    br_aes_ct_cbcdec_run(&ctx, chain, data, len);
    crypto_wipe(&ctx, sizeof ctx);
    crypto_wipe(chain, sizeof chain);
}
