/* SPDX-License-Identifier: BSD-2-Clause */
#include "kdf.h"

#include "bytes.h"
#include "card_crypto.h"
#include "wr.h"

void kdf(const uint8_t *secret, size_t len, uint32_t counter, uint8_t *key, size_t key_len)
{
    uint8_t input[KDF_SECRET_MAX + 4], hash[CRYPTO_SHA256_LEN];
    struct wr w = wr_init(input, sizeof input);
    wr_bytes(&w, secret, len);
    wr_u32(&w, counter);
    if (key_len == KDF_KEY_AES_128)
        crypto_sha1(input, w.len, hash);
    else
        crypto_sha256(input, w.len, hash);
    bytes_copy(key, hash, key_len);
    crypto_wipe(input, sizeof input);
    crypto_wipe(hash, sizeof hash);
}
