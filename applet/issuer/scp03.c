/* SPDX-License-Identifier: BSD-2-Clause */
#include "bytes.h"
#include "card_edge.h"
#include "issuer_private.h"
#include "records.h"

#define LABEL_LEN 12 /* eleven zeros and the constant */

bool scp03_i(const struct core *core, uint8_t *i)
{
    return store_read(&core->store, RECORD_DOMAIN_I, 0, i, 1);
}

void scp03_derive(const uint8_t *key, size_t key_len, uint8_t constant, const uint8_t *context, size_t context_len,
                  uint8_t *out, size_t len)
{
    uint8_t fixed[LABEL_LEN + 4] = { 0 }, block[CRYPTO_AES_BLOCK];
    fixed[LABEL_LEN - 1] = constant; /* then the separator 00 and the length in bits */
    fixed[LABEL_LEN + 1] = (uint8_t)(len * 8 >> 8);
    fixed[LABEL_LEN + 2] = (uint8_t)(len * 8);
    for (uint8_t i = 1; len > 0; i++) {
        struct crypto_cmac cmac;
        size_t part = len < sizeof block ? len : sizeof block;
        fixed[LABEL_LEN + 3] = i;
        crypto_cmac_init(&cmac, key, key_len);
        crypto_cmac_add(&cmac, fixed, sizeof fixed);
        crypto_cmac_add(&cmac, context, context_len);
        crypto_cmac_end(&cmac, block);
        bytes_copy(out, block, part);
        out += part;
        len -= part;
    }
    crypto_wipe(block, sizeof block);
}
