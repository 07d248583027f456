/* SPDX-License-Identifier: BSD-2-Clause */
#include <bearssl.h>

#include "card_crypto_keys.h"

/* BearSSL offers block ciphers in modes only: CBC of one block with an IV of zeros is the block itself. */

static void copy(uint8_t *to, const uint8_t *from, size_t len)
{
    for (size_t i = 0; i < len; i++)
        to[i] = from[i];
}

void crypto_aes_block(const uint8_t *key, size_t key_len, const uint8_t in[static CRYPTO_AES_BLOCK],
                      uint8_t out[static CRYPTO_AES_BLOCK])
{
    br_aes_ct_cbcenc_keys ctx;
    uint8_t iv[CRYPTO_AES_BLOCK] = { 0 }, block[CRYPTO_AES_BLOCK];
    copy(block, in, sizeof block);
    br_aes_ct_cbcenc_init(&ctx, key, key_len);
    br_aes_ct_cbcenc_run(&ctx, iv, block, sizeof block);
    copy(out, block, sizeof block);
    crypto_wipe(block, sizeof block);
    crypto_wipe(&ctx, sizeof ctx);
}

void crypto_tdes_block(const uint8_t key[static CRYPTO_TDES_KEY], const uint8_t in[static CRYPTO_TDES_BLOCK],
                       uint8_t out[static CRYPTO_TDES_BLOCK])
{
    br_des_ct_cbcenc_keys ctx;
    uint8_t iv[CRYPTO_TDES_BLOCK] = { 0 }, block[CRYPTO_TDES_BLOCK];
    copy(block, in, sizeof block);
    br_des_ct_cbcenc_init(&ctx, key, CRYPTO_TDES_KEY);
    br_des_ct_cbcenc_run(&ctx, iv, block, sizeof block);
    copy(out, block, sizeof block);
    crypto_wipe(block, sizeof block);
    crypto_wipe(&ctx, sizeof ctx);
}
