/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_piv.h"

#include "card_edge.h"
#include "sdc/tlv.h"

#include <stdlib.h>
#include <string.h>

/* TS, T0 (T=1 follows, n historical bytes), TD1, category 80, card capabilities 73 */
const uint8_t fake_piv_atr[9] = { 0x3B, 0x85, 0x01, 0x80, 0x73, 0xC8, 0x21, 0x60, 0xFE };
const uint8_t fake_piv_atr_short[9] = { 0x3B, 0x85, 0x01, 0x80, 0x73, 0xC8, 0x21, 0x20, 0xBE };

struct sdc_buf *fake_piv_object(struct fake_piv *card, uint32_t tag)
{
    for (size_t i = 0; i < FAKE_OBJECTS; i++)
        if (card->objects[i].tag == tag)
            return &card->objects[i].content;
    return NULL;
}

struct command {
    uint8_t ins, p1, p2;
    struct sdc_rd data;
    size_t ne;
};

static bool parse(const uint8_t *cmd, size_t len, struct command *c)
{
    struct sdc_rd r = sdc_rd_init(cmd, len);
    if (sdc_rd_u8(&r) != CLA_ISO)
        return false;
    c->ins = sdc_rd_u8(&r);
    c->p1 = sdc_rd_u8(&r);
    c->p2 = sdc_rd_u8(&r);
    c->data = sdc_rd_init(NULL, 0);
    c->ne = 0;
    if (r.left == 0)
        return !r.err;
    struct sdc_rd peek = r;
    bool extended = sdc_rd_u8(&peek) == 0 && r.left >= 3;
    if (extended)
        r = peek;
    size_t width = extended ? 2 : 1;
    if (r.left > width)
        c->data = sdc_rd_take(&r, extended ? sdc_rd_u16(&r) : sdc_rd_u8(&r));
    if (r.left == width) {
        c->ne = extended ? sdc_rd_u16(&r) : sdc_rd_u8(&r);
        if (c->ne == 0)
            c->ne = extended ? 65536 : 256;
    }
    return sdc_rd_end(&r);
}

static uint16_t get_data(struct fake_piv *card, struct command *c)
{
    struct sdc_rd id = sdc_tlv_take(&c->data, TAG_OBJECT_ID);
    uint32_t tag = 0;
    while (id.left > 0)
        tag = tag << 8 | sdc_rd_u8(&id);
    const struct sdc_buf *content = fake_piv_object(card, tag);
    if (!content || content->len == 0)
        return SW_NOT_FOUND;
    if ((tag == OBJ_FACE || tag == OBJ_PRINTED) && !card->verified)
        return SW_SECURITY_STATUS;
    if (tag == OBJ_DISCOVERY)
        sdc_buf_put(&card->pending, content->data, content->len);
    else
        sdc_tlv_put(&card->pending, TAG_OBJECT, content->data, content->len);
    return SW_OK;
}

static uint16_t verify(struct fake_piv *card, const struct command *c)
{
    uint8_t want[PIN_MAX_LEN];
    if (c->p1 == 0xFF) {
        card->verified = false;
        return SW_OK;
    }
    if (card->transport)
        return SW_CONDITIONS;
    if (c->data.left == 0)
        return card->verified ? SW_OK : card->tries == 0 ? SW_AUTH_BLOCKED : (uint16_t)(SW_TRIES | card->tries);
    card->verifies++;
    if (card->tries == 0)
        return SW_AUTH_BLOCKED;
    memset(want, PIN_FILL, sizeof want);
    memcpy(want, card->pin, strlen(card->pin));
    card->verified = sdc_rd_equal(&c->data, want, sizeof want);
    card->tries = card->verified ? PIN_TRIES : card->tries - 1;
    return card->verified ? SW_OK : (uint16_t)(SW_TRIES | card->tries);
}

static uint16_t sign(struct fake_piv *card, struct command *c)
{
    static const uint8_t refs[FAKE_KEYS] = { 0x9A, 0x9C, 0x9D, 0x9E };
    struct sdc_rd template = sdc_tlv_take(&c->data, TAG_DYNAMIC_AUTH), empty;
    (void)sdc_tlv_try(&template, TAG_AUTH_RESPONSE, &empty);
    struct sdc_rd hash = sdc_tlv_take(&template, TAG_AUTH_CHALLENGE);
    uint8_t signature[256];
    size_t len = sizeof signature, at = 0;
    while (at < FAKE_KEYS && refs[at] != c->p2)
        at++;
    if (at == FAKE_KEYS || !card->keys[at])
        return SW_REFERENCE_NOT_FOUND;
    if (card->sign_sw[at])
        return card->sign_sw[at];
    if (c->p2 != 0x9E && !card->verified)
        return SW_SECURITY_STATUS;
    if (c->p1 != ALG_ECC_P256 || hash.left != 32)
        return SW_WRONG_P1P2;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(card->keys[at], NULL);
    bool good = ctx && EVP_PKEY_sign_init(ctx) == 1 && EVP_PKEY_sign(ctx, signature, &len, hash.p, hash.left) == 1;
    EVP_PKEY_CTX_free(ctx);
    if (!good)
        return SW_SELF_TEST_FAILED;
    struct sdc_buf inner = SDC_BUF_INIT;
    sdc_tlv_put(&inner, TAG_AUTH_RESPONSE, signature, len);
    sdc_tlv_put(&card->pending, TAG_DYNAMIC_AUTH, inner.data, inner.len);
    sdc_buf_free(&inner);
    return SW_OK;
}

static uint16_t run(struct fake_piv *card, struct command *c)
{
    static const uint8_t template[] = { 0x61, 0x11, 0x4F, 0x06, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00,
                                        0x79, 0x07, 0x4F, 0x05, 0xA0, 0x00, 0x00, 0x03, 0x08 };
    if (c->ins == INS_GET_RESPONSE)
        return card->pending.len > card->sent ? SW_OK : SW_CONDITIONS;
    sdc_buf_clear(&card->pending);
    card->sent = 0;
    switch (c->ins) {
    case INS_SELECT:
        if (card->select_sw)
            return card->select_sw;
        sdc_buf_put(&card->pending, template, sizeof template);
        return SW_OK;
    case INS_GET_DATA:
        return get_data(card, c);
    case INS_VERIFY:
        return verify(card, c);
    case INS_GENERAL_AUTHENTICATE:
        return sign(card, c);
    default:
        return SW_INS_UNSUPPORTED;
    }
}

/* What is pending goes out as far as Ne reaches, the rest by 61xx. */
static size_t answer(struct fake_piv *card, size_t ne, uint16_t sw, uint8_t *resp, size_t cap)
{
    struct sdc_buf out = SDC_BUF_INIT;
    struct sdc_rd rest = sdc_buf_rd(&card->pending);
    sdc_rd_skip(&rest, card->sent);
    size_t most = ne > 0 ? ne : 256, n = sw != SW_OK ? 0 : rest.left < most ? rest.left : most;
    if (n > cap - 2)
        n = cap - 2;
    struct sdc_rd part = sdc_rd_take(&rest, n);
    sdc_buf_put(&out, part.p, part.left);
    card->sent += n;
    if (sw == SW_OK && rest.left > 0)
        sw = (uint16_t)(SW_MORE | (rest.left < 256 ? rest.left : 0));
    sdc_buf_u16(&out, sw);
    struct sdc_rd all = sdc_buf_rd(&out);
    size_t len = all.left;
    sdc_rd_copy(&all, resp, len);
    sdc_buf_free(&out);
    return len;
}

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    struct fake_piv *card = ctx;
    struct command c = { .ne = 0 };
    if (card->leaves_after > 0 && card->apdus >= card->leaves_after)
        return sdc_fail(e, SDC_E_REMOVED, "the card left");
    card->apdus++;
    uint16_t sw = parse(cmd, cmd_len, &c) ? run(card, &c) : SW_WRONG_LENGTH;
    *resp_len = answer(card, c.ne, sw, resp, cap);
    if (card->tamper)
        card->tamper(card->tamper_ctx, cmd, cmd_len, resp, cap, resp_len);
    return SDC_OK;
}

static enum sdc_status begin(void *ctx, struct sdc_error *e)
{
    struct fake_piv *card = ctx;
    if (card->was_reset) {
        card->was_reset = false;
        return sdc_fail(e, SDC_E_RESET, "somebody reset the card");
    }
    card->held++;
    return SDC_OK;
}

static void end(void *ctx)
{
    struct fake_piv *card = ctx;
    card->held--;
}

const struct sdc_link_ops fake_piv_ops = { .transmit = transmit, .begin = begin, .end = end };

struct sdc_link *fake_piv_link(struct fake_piv *card, bool extended)
{
    struct sdc_link *link;
    const uint8_t *atr = extended ? fake_piv_atr : fake_piv_atr_short;
    if (sdc_link_open_process(&fake_piv_ops, card, atr, sizeof fake_piv_atr, &link, NULL) != SDC_OK)
        abort();
    return link;
}

void fake_piv_free(struct fake_piv *card)
{
    for (size_t i = 0; i < FAKE_OBJECTS; i++)
        sdc_buf_free(&card->objects[i].content);
    sdc_buf_free(&card->pending);
}
