/* SPDX-License-Identifier: BSD-2-Clause */
/* PUT KEY: version, then for ENC, MAC and DEK each: 88, length, key length, key encrypted with the DEK, 03, key check
 * value. All three or none, in one transaction: it is the change-over, since there is one key set. */
#include "bytes.h"
#include "card_edge.h"
#include "issuer_private.h"

#define CHECK_BYTE 0x01

static void check_value(const uint8_t *key, size_t len, uint8_t value[static CRYPTO_AES_BLOCK])
{
    const uint8_t zero[CRYPTO_AES_BLOCK] = { 0 };
    bytes_fill(value, CHECK_BYTE, CRYPTO_AES_BLOCK);
    crypto_aes_cbc_encrypt(key, len, zero, value, CRYPTO_AES_BLOCK);
}

/* One key of 'keys->len' bytes, 0: as long as this one says. False: malformed, or the check value is wrong. */
static bool read_key(struct rd *data, const struct channel *channel, struct key_set *keys, unsigned which)
{
    const uint8_t zero[CRYPTO_AES_BLOCK] = { 0 };
    uint8_t value[CRYPTO_AES_BLOCK], given[SCP_CHECK], *key = keys->key[which];
    uint8_t type = rd_u8(data), field = rd_u8(data), len = rd_u8(data);
    if (type != SCP_TYPE || (len != 16 && len != 32) || field != len + 1 || (keys->len != 0 && len != keys->len))
        return false;
    keys->len = len;
    rd_copy(data, key, len);
    crypto_aes_cbc_decrypt(channel->dek, channel->key_len, zero, key, len);
    bool whole = rd_u8(data) == SCP_CHECK;
    rd_copy(data, given, sizeof given);
    check_value(key, len, value);
    bool right = crypto_equal(value, given, sizeof given);
    crypto_wipe(value, sizeof value);
    return right && whole && !data->err;
}

/* 'replaced' is the version of the set there is. */
static uint16_t read_keys(struct rd data, uint8_t replaced, const struct channel *channel, struct key_set *keys)
{
    bytes_fill(keys, 0, sizeof *keys);
    keys->version = rd_u8(&data);
    /* another version, so that the host can see which of the two a card has that was cut off */
    if (keys->version < KEY_VERSION_MIN || keys->version > KEY_VERSION_MAX || keys->version == replaced)
        return SW_WRONG_DATA;
    for (unsigned i = 0; i < KEY_COUNT; i++)
        if (!read_key(&data, channel, keys, i))
            return SW_WRONG_DATA;
    return rd_end(&data) ? SW_OK : SW_WRONG_DATA;
}

/* A blank's management key is known to everybody. What was put into the card by it goes before the transport keys do:
 * so no card has the issuer's keys and anything of a stranger's, wherever the power fails. */
static uint16_t take_over(struct core *core)
{
    uint16_t sw = SW_OK;
    for (uint8_t i = 0; i < card_app_count && sw == SW_OK; i++)
        if (card_apps[i]->taken_over != NULL)
            sw = card_apps[i]->taken_over(core);
    return sw;
}

uint16_t cmd_put_key(struct core *core, const struct request *request, struct wr *answer)
{
    struct key_set keys;
    uint8_t value[CRYPTO_AES_BLOCK];
    uint16_t sw = SW_REFERENCE_NOT_FOUND;
    if (key_set_read(core, &keys) && keys.version == request->p1)
        sw = read_keys(request->data, request->p1, &core->channel, &keys);
    if (sw == SW_OK && request->p1 == KEY_VERSION_TRANSPORT)
        sw = take_over(core);
    if (sw == SW_OK)
        sw = key_set_write(core, &keys);
    if (sw == SW_OK) {
        wr_u8(answer, keys.version);
        for (unsigned i = 0; i < KEY_COUNT; i++) {
            check_value(keys.key[i], keys.len, value);
            wr_bytes(answer, value, SCP_CHECK);
        }
    }
    crypto_wipe(value, sizeof value);
    crypto_wipe(&keys, sizeof keys);
    return sw;
}
