/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_crypto.h"

#include <bearssl.h>

/* BearSSL offers AES in modes only: CBC of one block with an IV of zeros is the block itself. */

void crypto_aes128_encrypt(const uint8_t key[static 16], const uint8_t in[static 16], uint8_t out[static 16])
{
    br_aes_ct_cbcenc_keys ctx;
    uint8_t iv[CRYPTO_AES_BLOCK] = { 0 }, block[CRYPTO_AES_BLOCK];
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = in[i];
    br_aes_ct_cbcenc_init(&ctx, key, 16);
    br_aes_ct_cbcenc_run(&ctx, iv, block, sizeof block);
    for (size_t i = 0; i < sizeof block; i++)
        out[i] = block[i];
    crypto_wipe(block, sizeof block);
    crypto_wipe(&ctx, sizeof ctx);
}

void crypto_aes128_decrypt(const uint8_t key[static 16], const uint8_t in[static 16], uint8_t out[static 16])
{
    br_aes_ct_cbcdec_keys ctx;
    uint8_t iv[CRYPTO_AES_BLOCK] = { 0 }, block[CRYPTO_AES_BLOCK];
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = in[i];
    br_aes_ct_cbcdec_init(&ctx, key, 16);
    br_aes_ct_cbcdec_run(&ctx, iv, block, sizeof block);
    for (size_t i = 0; i < sizeof block; i++)
        out[i] = block[i];
    crypto_wipe(block, sizeof block);
    crypto_wipe(&ctx, sizeof ctx);
}
