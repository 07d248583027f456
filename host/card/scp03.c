/* SPDX-License-Identifier: BSD-2-Clause */
/* INITIALIZE UPDATE, EXTERNAL AUTHENTICATE and session keys (amendment D 6.2.2, 7.1). */
#include "scp03_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card_edge.h"

enum { SHORT_ANSWER = 256, CHALLENGE_MAX = 16, SEQUENCE_LEN = 3 };

struct opening {
    const struct sdc_scp03_keys *keys;
    size_t width;                       /* bytes of a challenge, cryptogram or MAC on the wire */
    uint8_t context[2 * CHALLENGE_MAX]; /* host challenge, card challenge */
    uint8_t card[CHALLENGE_MAX];        /* the card's cryptogram */
};

static enum sdc_status parse_update(struct sdc_scp03 *s, struct opening *o, const struct sdc_buf *answer,
                                    struct sdc_error *e)
{
    struct sdc_rd r = sdc_buf_rd(answer);
    sdc_rd_copy(&r, s->serial, sizeof s->serial);
    uint8_t version = sdc_rd_u8(&r), protocol = sdc_rd_u8(&r), i = sdc_rd_u8(&r);
    sdc_rd_copy(&r, o->context + o->width, o->width);
    sdc_rd_copy(&r, o->card, o->width);
    if (i & SCP_I_PSEUDO_RANDOM)
        sdc_rd_skip(&r, SEQUENCE_LEN);
    if (!sdc_rd_end(&r) || protocol != SCP_03)
        return sdc_fail(e, SDC_E_REPLY, "secure channel: the card's answer has not the right form");
    if (version != o->keys->version)
        return sdc_fail(e, SDC_E_NOT_FOUND, "secure channel: the card answers for key version %02X", version);
    if (((i & SCP_I_S16) != 0) != (o->width == SCP03_BLOCK))
        return sdc_fail(e, SDC_E_REPLY, "secure channel: the card works with MACs of another length");
    uint8_t lacking =
        (uint8_t)(((s->level & SCP_R_MAC) && !(i & SCP_I_R_MAC)) || ((s->level & SCP_R_ENC) && !(i & SCP_I_R_ENC)));
    return lacking ? sdc_fail(e, SDC_E_CARD, "secure channel: the card can't protect its answers") : SDC_OK;
}

static enum sdc_status initialize_update(struct sdc_scp03 *s, struct opening *o, struct sdc_error *e)
{
    struct sdc_buf answer = SDC_BUF_INIT;
    const struct sdc_apdu apdu = { .cla = CLA_GP,
                                   .ins = INS_INITIALIZE_UPDATE,
                                   .p1 = o->keys->version,
                                   .data = o->context,
                                   .data_len = o->width,
                                   .le = true,
                                   .le_max = SHORT_ANSWER };
    enum sdc_status status = sdc_piv_command(s->below, &apdu, "opening the secure channel", &answer, e);
    if (status == SDC_OK)
        status = parse_update(s, o, &answer, e);
    sdc_buf_free(&answer);
    return status;
}

static enum sdc_status make_keys(struct sdc_scp03 *s, const struct opening *o, struct sdc_error *e)
{
    const struct {
        const uint8_t *from;
        uint8_t constant, *to;
    } plan[] = {
        { o->keys->enc, SCP_KDF_S_ENC, s->enc },
        { o->keys->mac, SCP_KDF_S_MAC, s->mac },
        { o->keys->mac, SCP_KDF_S_RMAC, s->rmac },
    };
    enum sdc_status status = SDC_OK;
    for (size_t i = 0; i < sizeof plan / sizeof *plan && status == SDC_OK; i++)
        status = sdc_scp03_derive(plan[i].from, s->key_len, plan[i].constant, o->context, 2 * o->width, plan[i].to,
                                  s->key_len, e);
    memcpy(s->dek, o->keys->dek, s->key_len);
    return status;
}

/* The card proves its keys before the host does: keys that aren't the card's end here, where nothing is counted. */
static enum sdc_status check_card(const struct sdc_scp03 *s, const struct opening *o, struct sdc_error *e)
{
    uint8_t expected[CHALLENGE_MAX];
    enum sdc_status status =
        sdc_scp03_derive(s->mac, s->key_len, SCP_KDF_CARD_CRYPTOGRAM, o->context, 2 * o->width, expected, o->width, e);
    if (status == SDC_OK && !sdc_equal(expected, o->card, o->width))
        status = sdc_fail(e, SDC_E_SIGNATURE, "secure channel: the card has other keys");
    sdc_wipe(expected, sizeof expected);
    return status;
}

static enum sdc_status external_authenticate(struct sdc_scp03 *s, const struct opening *o, struct sdc_error *e)
{
    uint8_t cryptogram[CHALLENGE_MAX];
    const uint8_t head[4] = { CLA_GP, INS_EXTERNAL_AUTHENTICATE, s->level, 0 };
    struct sdc_buf wrapped = SDC_BUF_INIT;
    enum sdc_status status = sdc_scp03_derive(s->mac, s->key_len, SCP_KDF_HOST_CRYPTOGRAM, o->context, 2 * o->width,
                                              cryptogram, o->width, e);
    if (status == SDC_OK && !scp03_command_mac(s, head, false, cryptogram, o->width, &wrapped))
        status = sdc_fail(e, SDC_E_CRYPTO, "secure channel: no MAC can be made");
    if (status == SDC_OK) {
        struct sdc_rd r = sdc_buf_rd(&wrapped);
        sdc_rd_skip(&r, sizeof head + 1);
        const struct sdc_apdu apdu = {
            .cla = CLA_GP | CLA_SM, .ins = INS_EXTERNAL_AUTHENTICATE, .p1 = s->level, .data = r.p, .data_len = r.left
        };
        status = sdc_piv_command(s->below, &apdu, "opening the secure channel", NULL, e);
    }
    sdc_wipe(cryptogram, sizeof cryptogram);
    sdc_buf_free(&wrapped);
    return status;
}

/* What a short command carries beside the MAC; encrypted, one byte of padding goes off at least. */
static size_t data_max(const struct sdc_scp03 *s)
{
    size_t room = 255 - s->mac_len;
    return s->level & SCP_C_ENC ? room / SCP03_BLOCK * SCP03_BLOCK - 1 : room;
}

static struct sdc_scp03 *session_new(struct sdc_link *link, const struct sdc_scp03_keys *keys,
                                     enum sdc_scp03_level level, size_t width)
{
    struct sdc_scp03 *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->below = link;
    s->key_len = keys->len;
    s->mac_len = width;
    s->level = (uint8_t)level;
    s->link = sdc_link_new(&scp03_link_ops, s);
    if (!s->link) {
        free(s);
        return NULL;
    }
    snprintf(s->link->reader, sizeof s->link->reader, "%s", link->reader);
    sdc_link_set_atr(s->link, link->atr, link->atr_len);
    s->link->extended = link->extended;
    s->link->cancel = link->cancel;
    s->link->data_max = data_max(s);
    return s;
}

enum sdc_status scp03_open_with(struct sdc_link *link, const struct sdc_scp03_keys *keys, enum sdc_scp03_level level,
                                bool wide, const uint8_t *challenge, struct sdc_scp03 **session, struct sdc_error *e)
{
    struct opening o = { .keys = keys, .width = wide ? SCP03_BLOCK : SCP03_BLOCK / 2 };
    memcpy(o.context, challenge, o.width);
    *session = NULL;
    if (keys->len != 16 && keys->len != 24 && keys->len != 32)
        return sdc_fail(e, SDC_E_BUG, "secure channel: keys of %zu bytes", keys->len);
    struct sdc_scp03 *s = session_new(link, keys, level, o.width);
    if (!s)
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory for a secure channel");
    enum sdc_status status = initialize_update(s, &o, e);
    if (status == SDC_OK)
        status = make_keys(s, &o, e);
    if (status == SDC_OK)
        status = check_card(s, &o, e);
    if (status == SDC_OK)
        status = external_authenticate(s, &o, e);
    if (status != SDC_OK) {
        sdc_scp03_close(s);
        return status;
    }
    *session = s;
    return SDC_OK;
}

enum sdc_status sdc_scp03_open(struct sdc_link *link, const struct sdc_scp03_keys *keys, enum sdc_scp03_level level,
                               bool wide, struct sdc_scp03 **session, struct sdc_error *e)
{
    uint8_t challenge[CHALLENGE_MAX];
    *session = NULL;
    enum sdc_status status = sdc_random(challenge, sizeof challenge, e);
    return status != SDC_OK ? status : scp03_open_with(link, keys, level, wide, challenge, session, e);
}

void sdc_scp03_close(struct sdc_scp03 *session)
{
    if (!session)
        return;
    sdc_link_close(session->link);
    sdc_wipe(session, sizeof *session);
    free(session);
}

struct sdc_link *sdc_scp03_link(struct sdc_scp03 *session)
{
    return session->link;
}

void sdc_scp03_serial(const struct sdc_scp03 *session, uint8_t serial[static SDC_SCP03_SERIAL])
{
    memcpy(serial, session->serial, SDC_SCP03_SERIAL);
}

enum sdc_status sdc_scp03_protect(const struct sdc_scp03 *session, const void *data, size_t len, struct sdc_buf *out,
                                  struct sdc_error *e)
{
    const uint8_t zero[SCP03_BLOCK] = { 0 };
    size_t before = out->len;
    sdc_buf_put(out, data, len);
    enum sdc_status status = sdc_buf_status(out, e);
    if (status == SDC_OK && (len == 0 || !scp03_cbc(session->dek, session->key_len, true, zero, out->data + before, len,
                                                    out->data + before)))
        status = sdc_fail(e, SDC_E_CRYPTO, "a secret can't be encrypted for the card");
    if (status != SDC_OK)
        sdc_buf_cut(out, before);
    return status;
}
