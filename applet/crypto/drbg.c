/* SPDX-License-Identifier: BSD-2-Clause */
#include "drbg.h"

#include <assert.h>

static_assert(sizeof(br_hmac_drbg_context) <= sizeof(struct crypto_drbg), "the generator's state fits");

br_hmac_drbg_context *drbg_context(struct crypto_drbg *drbg)
{
    return (br_hmac_drbg_context *)(void *)drbg->state;
}

void crypto_drbg_init(struct crypto_drbg *drbg, const uint8_t *seed, size_t seed_len)
{
    br_hmac_drbg_init(drbg_context(drbg), &br_sha256_vtable, seed, seed_len);
}

void crypto_drbg_generate(struct crypto_drbg *drbg, uint8_t *out, size_t len)
{
    br_hmac_drbg_generate(drbg_context(drbg), out, len);
}

void crypto_drbg_reseed(struct crypto_drbg *drbg, const uint8_t *seed, size_t seed_len)
{
    br_hmac_drbg_update(drbg_context(drbg), seed, seed_len);
}
