/* SPDX-License-Identifier: BSD-2-Clause */
/* Mutual authentication with the card management key (SP 800-73-4 part 2, 3.2.4 and A.1.2). */
#include "private.h"

#include <openssl/evp.h>

#include "card_edge.h"
#include "sdc/tlv.h"

enum { BLOCK = 16, SHORT_ANSWER = 256 };

static enum sdc_status aes_block(const uint8_t key[static 16], bool encrypt, const uint8_t in[static BLOCK],
                                 uint8_t out[static BLOCK], struct sdc_error *e)
{
    int len = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool ok = ctx && EVP_CipherInit_ex(ctx, EVP_aes_128_ecb(), NULL, key, NULL, encrypt ? 1 : 0) == 1 &&
              EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 && EVP_CipherUpdate(ctx, out, &len, in, BLOCK) == 1 &&
              len == BLOCK;
    EVP_CIPHER_CTX_free(ctx);
    return ok ? SDC_OK : sdc_fail(e, SDC_E_CRYPTO, "AES failed");
}

/* One step: 7C { template } out, one block under 'tag' back. */
static enum sdc_status step(struct sdc_link *link, const struct sdc_buf *template, uint32_t tag,
                            uint8_t block[static BLOCK], struct sdc_error *e)
{
    struct sdc_buf data = SDC_BUF_INIT, answer = SDC_BUF_INIT;
    sdc_tlv_put(&data, TAG_DYNAMIC_AUTH, template->data, template->len);
    data.err = data.err || template->err;
    enum sdc_status status = sdc_buf_status(&data, e);
    if (status == SDC_OK) {
        const struct sdc_apdu apdu = { .ins = INS_GENERAL_AUTHENTICATE,
                                       .p1 = ALG_AES_128,
                                       .p2 = KEY_MANAGEMENT,
                                       .data = data.data,
                                       .data_len = data.len,
                                       .le = true,
                                       .le_max = SHORT_ANSWER,
                                       .secret = true };
        status = sdc_piv_command(link, &apdu, "management key", &answer, e);
    }
    if (status == SDC_OK) {
        struct sdc_rd r = sdc_buf_rd(&answer);
        struct sdc_rd inner = sdc_tlv_take(&r, TAG_DYNAMIC_AUTH);
        struct sdc_rd value = sdc_tlv_take(&inner, tag);
        if (!sdc_rd_end(&r) || !sdc_rd_end(&inner) || value.left != BLOCK)
            status = sdc_fail(e, SDC_E_REPLY, "management key: the answer has not the right form");
        else
            sdc_rd_copy(&value, block, BLOCK);
    }
    sdc_buf_free(&data);
    sdc_buf_free(&answer);
    return status;
}

/* Step 1: the card's witness, decrypted: only who has the key can send it back in clear. */
static enum sdc_status get_witness(struct sdc_link *link, const uint8_t key[static 16], uint8_t witness[static BLOCK],
                                   struct sdc_error *e)
{
    uint8_t encrypted[BLOCK];
    struct sdc_buf template = SDC_BUF_INIT;
    sdc_tlv_put(&template, TAG_AUTH_WITNESS, NULL, 0);
    enum sdc_status status = step(link, &template, TAG_AUTH_WITNESS, encrypted, e);
    if (status == SDC_OK)
        status = aes_block(key, false, encrypted, witness, e);
    sdc_buf_free(&template);
    return status;
}

/* Step 2: our witness and challenge go out; the card must send the challenge back encrypted. */
static enum sdc_status prove(struct sdc_link *link, const uint8_t key[static 16], const uint8_t witness[static BLOCK],
                             struct sdc_error *e)
{
    uint8_t challenge[BLOCK], expected[BLOCK], response[BLOCK];
    struct sdc_buf template = SDC_BUF_INIT;
    enum sdc_status status = sdc_random(challenge, sizeof challenge, e);
    if (status == SDC_OK)
        status = aes_block(key, true, challenge, expected, e);
    if (status == SDC_OK) {
        sdc_tlv_put(&template, TAG_AUTH_WITNESS, witness, BLOCK);
        sdc_tlv_put(&template, TAG_AUTH_CHALLENGE, challenge, BLOCK);
        sdc_tlv_put(&template, TAG_AUTH_RESPONSE, NULL, 0);
        status = step(link, &template, TAG_AUTH_RESPONSE, response, e);
    }
    if (status == SDC_OK && !sdc_equal(response, expected, BLOCK))
        status = sdc_fail(e, SDC_E_SIGNATURE, "management key: the card doesn't know it");
    sdc_wipe(expected, sizeof expected);
    sdc_buf_free(&template);
    return status;
}

enum sdc_status sdc_piv_admin(struct sdc_link *link, const uint8_t key[static 16], struct sdc_error *e)
{
    uint8_t witness[BLOCK];
    enum sdc_status status = get_witness(link, key, witness, e);
    if (status == SDC_OK)
        status = prove(link, key, witness, e);
    sdc_wipe(witness, sizeof witness);
    return status;
}
