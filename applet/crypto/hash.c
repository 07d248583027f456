/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_crypto.h"

#include <bearssl.h>

void crypto_sha1(const uint8_t *data, size_t len, uint8_t hash[static CRYPTO_SHA1_LEN])
{
    br_sha1_context ctx;
    br_sha1_init(&ctx);
    br_sha1_update(&ctx, data, len);
    br_sha1_out(&ctx, hash);
    crypto_wipe(&ctx, sizeof ctx); /* PINs are hashed */
}

void crypto_sha256(const uint8_t *data, size_t len, uint8_t hash[static CRYPTO_SHA256_LEN])
{
    br_sha256_context ctx;
    br_sha256_init(&ctx);
    br_sha256_update(&ctx, data, len);
    br_sha256_out(&ctx, hash);
    crypto_wipe(&ctx, sizeof ctx);
}
