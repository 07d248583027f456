/* SPDX-License-Identifier: BSD-2-Clause */
#include "key_derivation.h"

#include <string.h>

#define DIGITS_LIMIT 100000000u  /* 10^8 */
#define DIGITS_MASK  0x07FFFFFFu /* 27 bits, the fewest that hold it */

static enum sdc_status block(struct token *token, const struct card_context *context, const char *label,
                             uint32_t counter, uint32_t bits, uint8_t mac[static TOKEN_CMAC_LEN], struct sdc_error *e)
{
    struct sdc_buf input = SDC_BUF_INIT;
    sdc_buf_u32(&input, counter);
    sdc_buf_string(&input, label);
    sdc_buf_u8(&input, 0);
    sdc_buf_string(&input, context->issuer);
    sdc_buf_put(&input, context->serial, sizeof context->serial);
    sdc_buf_u16(&input, context->version);
    sdc_buf_u32(&input, bits);
    enum sdc_status status = sdc_buf_status(&input, e);
    if (status == SDC_OK)
        status = token_cmac(token, context->master, input.data, input.len, mac, e);
    sdc_buf_free(&input);
    return status;
}

enum sdc_status card_key_derive(struct token *token, const struct card_context *context, const char *label,
                                uint8_t *out, size_t len, struct sdc_error *e)
{
    size_t issuer_len = strlen(context->issuer);
    if (len == 0 || len > CARD_DERIVED_LEN_MAX || issuer_len == 0 || issuer_len > CARD_KEY_ISSUER_MAX)
        return sdc_fail(e, SDC_E_BUG, "bad key derivation");
    uint8_t mac[TOKEN_CMAC_LEN];
    enum sdc_status status = SDC_OK;
    uint32_t counter = 1;
    for (size_t done = 0; done < len && status == SDC_OK; done += sizeof mac) {
        status = block(token, context, label, counter++, (uint32_t)len * 8, mac, e);
        if (status == SDC_OK)
            memcpy(out + done, mac, len - done < sizeof mac ? len - done : sizeof mac);
    }
    sdc_wipe(mac, sizeof mac);
    if (status != SDC_OK)
        sdc_wipe(out, len);
    return status;
}

enum sdc_status card_key_domain(struct token *token, const struct card_context *context, struct sdc_scp03_keys *keys,
                                struct sdc_error *e)
{
    *keys = (struct sdc_scp03_keys) { .version = (uint8_t)context->version, .len = CARD_DOMAIN_LEN };
    enum sdc_status status = card_key_derive(token, context, "SCP03 ENC", keys->enc, keys->len, e);
    if (status == SDC_OK)
        status = card_key_derive(token, context, "SCP03 MAC", keys->mac, keys->len, e);
    if (status == SDC_OK)
        status = card_key_derive(token, context, "SCP03 DEK", keys->dek, keys->len, e);
    if (status != SDC_OK)
        sdc_wipe(keys, sizeof *keys);
    return status;
}

enum sdc_status card_key_management(struct token *token, const struct card_context *context,
                                    uint8_t key[static CARD_MANAGEMENT_LEN], struct sdc_error *e)
{
    return card_key_derive(token, context, "9B", key, CARD_MANAGEMENT_LEN, e);
}

bool card_digits_from(const uint8_t *stream, size_t len, char digits[static CARD_PUK_LEN])
{
    struct sdc_rd r = sdc_rd_init(stream, len);
    while (r.left >= 4) {
        uint32_t value = sdc_rd_u32(&r) & DIGITS_MASK;
        if (value >= DIGITS_LIMIT)
            continue;
        for (size_t i = CARD_PUK_LEN; i > 0; i--) {
            digits[i - 1] = (char)('0' + value % 10);
            value /= 10;
        }
        return true;
    }
    return false;
}

enum sdc_status card_key_puk(struct token *token, const struct card_context *context, char puk[static CARD_PUK_LEN],
                             struct sdc_error *e)
{
    uint8_t stream[CARD_DERIVED_LEN_MAX]; /* 32 candidates: none fits once in 10^19 cards */
    enum sdc_status status = card_key_derive(token, context, "PUK", stream, sizeof stream, e);
    if (status == SDC_OK && !card_digits_from(stream, sizeof stream, puk))
        status = sdc_fail(e, SDC_E_CRYPTO, "no PUK can be derived for this card");
    sdc_wipe(stream, sizeof stream);
    return status;
}
