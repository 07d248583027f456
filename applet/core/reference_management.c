/* SPDX-License-Identifier: BSD-2-Clause */
/* As stored: an AES key alone, whose length says which; or 03 and the 24 bytes of a 3DES key. */
#include "reference_management.h"

#include "bytes.h"
#include "card_crypto_keys.h"
#include "card_edge.h"
#include "life_cycle.h"
#include "records.h"

static const struct {
    uint8_t alg, key_len, block_len;
} ciphers[] = {
    { ALG_AES_128, 16, CRYPTO_AES_BLOCK },
    { ALG_AES_192, 24, CRYPTO_AES_BLOCK },
    { ALG_AES_256, 32, CRYPTO_AES_BLOCK },
    { ALG_3DES, CRYPTO_TDES_KEY, CRYPTO_TDES_BLOCK },
};

#define RECORD_MAX (1 + MANAGEMENT_KEY_MAX)

bool management_make(struct management *management, uint8_t alg, const uint8_t *key, size_t len)
{
    for (size_t i = 0; i < COUNT(ciphers); i++) {
        if (ciphers[i].alg != alg || ciphers[i].key_len != len)
            continue;
        *management = (struct management) { alg, ciphers[i].key_len, ciphers[i].block_len, { 0 } };
        bytes_copy(management->key, key, len);
        return true;
    }
    return false;
}

void management_blank(struct management *management, bool legacy)
{
    static const uint8_t key[] = { BLANK_MANAGEMENT_KEY, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08 };
    if (legacy)
        (void)management_make(management, ALG_3DES, key, CRYPTO_TDES_KEY);
    else
        (void)management_make(management, ALG_AES_128, key, 16);
}

bool management_is_blank(const struct management *management)
{
    struct management blank;
    management_blank(&blank, management->alg == ALG_3DES);
    return crypto_equal(&blank, management, sizeof blank);
}

static bool parse(const uint8_t *record, size_t len, struct management *management)
{
    if (len == 1 + CRYPTO_TDES_KEY)
        return record[0] == ALG_3DES && management_make(management, ALG_3DES, record + 1, len - 1);
    for (size_t i = 0; i < COUNT(ciphers); i++)
        if (ciphers[i].alg != ALG_3DES && ciphers[i].key_len == len)
            return management_make(management, ciphers[i].alg, record, len);
    return false;
}

bool management_read(const struct core *core, struct management *management)
{
    uint8_t record[RECORD_MAX];
    size_t len = store_len(&core->store, RECORD_MANAGEMENT);
    bool ok = len > 0 && len <= sizeof record && store_read(&core->store, RECORD_MANAGEMENT, 0, record, len) &&
              parse(record, len, management);
    crypto_wipe(record, sizeof record);
    return ok && (management->alg != ALG_3DES || life_before_secured(core));
}

uint16_t management_put(struct core *core, const struct management *management)
{
    uint8_t record[RECORD_MAX];
    struct wr w = wr_init(record, sizeof record);
    if (management->alg == ALG_3DES)
        wr_u8(&w, ALG_3DES);
    wr_bytes(&w, management->key, management->key_len);
    uint16_t sw = core_record_put(core, RECORD_MANAGEMENT, record, w.len);
    crypto_wipe(record, sizeof record);
    return sw;
}

void management_encrypt(const struct management *management, const uint8_t *in, uint8_t *out)
{
    if (management->alg == ALG_3DES)
        crypto_tdes_block(management->key, in, out);
    else
        crypto_aes_block(management->key, management->key_len, in, out);
}
