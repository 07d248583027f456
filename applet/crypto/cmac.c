/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_crypto.h"

#include <assert.h>
#include <bearssl.h>

#define BLOCK CRYPTO_AES_BLOCK

/* What is inside struct crypto_cmac. The key schedule is made once: it costs as much as several blocks. */
struct cmac {
    br_aes_ct_cbcenc_keys key;
    uint8_t chain[BLOCK], last[BLOCK];
    size_t last_len; /* the last block waits here: it is treated differently */
};
static_assert(sizeof(struct cmac) <= sizeof(struct crypto_cmac), "the state fits");

static struct cmac *cmac_of(struct crypto_cmac *cmac)
{
    return (struct cmac *)(void *)cmac->state;
}

/* chain = AES(chain ^ block): one block of CBC whose IV is the chaining value. */
static void step(struct cmac *c, const uint8_t block[static BLOCK])
{
    uint8_t data[BLOCK];
    for (size_t i = 0; i < BLOCK; i++)
        data[i] = block[i];
    br_aes_ct_cbcenc_run(&c->key, c->chain, data, BLOCK); /* leaves the ciphertext in the IV */
    crypto_wipe(data, sizeof data);
}

void crypto_cmac_init(struct crypto_cmac *cmac, const uint8_t *key, size_t key_len)
{
    struct cmac *c = cmac_of(cmac);
    crypto_wipe(cmac, sizeof *cmac);
    br_aes_ct_cbcenc_init(&c->key, key, key_len);
}

void crypto_cmac_add(struct crypto_cmac *cmac, const uint8_t *data, size_t len)
{
    struct cmac *c = cmac_of(cmac);
    for (size_t i = 0; i < len; i++) {
        if (c->last_len == BLOCK) {
            step(c, c->last);
            c->last_len = 0;
        }
        c->last[c->last_len++] = data[i];
    }
}

/* Multiplies by x in GF(2^128) (RFC 4493, 2.3); no branch on a secret bit. */
static void twice(uint8_t k[static BLOCK])
{
    uint8_t carry = k[0] >> 7;
    for (size_t i = 0; i + 1 < BLOCK; i++)
        k[i] = (uint8_t)(k[i] << 1 | k[i + 1] >> 7);
    k[BLOCK - 1] = (uint8_t)(k[BLOCK - 1] << 1 ^ (0x87 & -carry));
}

void crypto_cmac_end(struct crypto_cmac *cmac, uint8_t mac[static BLOCK])
{
    struct cmac *c = cmac_of(cmac);
    uint8_t zero_iv[BLOCK] = { 0 }, subkey[BLOCK] = { 0 };
    br_aes_ct_cbcenc_run(&c->key, zero_iv, subkey, BLOCK);
    twice(subkey);
    if (c->last_len < BLOCK) {
        twice(subkey);
        c->last[c->last_len] = 0x80;
        for (size_t i = c->last_len + 1; i < BLOCK; i++)
            c->last[i] = 0;
    }
    for (size_t i = 0; i < BLOCK; i++)
        c->last[i] ^= subkey[i];
    step(c, c->last);
    for (size_t i = 0; i < BLOCK; i++)
        mac[i] = c->chain[i];
    crypto_wipe(subkey, sizeof subkey);
    crypto_wipe(zero_iv, sizeof zero_iv);
    crypto_wipe(cmac, sizeof *cmac);
}
