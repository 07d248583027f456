/* SPDX-License-Identifier: BSD-2-Clause */
/* The session: its link, its commands, its beginning. */
#include "eac_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"
#include "sdc/lds.h"
#include "sdc/tlv.h"

enum {
    SHORT_ANSWER = 256,
    RESP_MIN = 256 + 2,
    DATA_MAX = 239,  /* what a short command without Le carries beside padding, heads and MAC */
    ANSWER_ADDS = 37 /* at most: heads, indicator, padding, SW and MAC of an answer */
};

/* ---- the link of a session ---- */

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    struct sdc_eac *s = ctx;
    struct sdc_buf wrapped = SDC_BUF_INIT;
    if (!s->sm.on)
        return sdc_link_carry(s->below, cmd, cmd_len, resp, cap, resp_len, e);
    if (s->sm.over)
        return sdc_fail(e, SDC_E_DENIED, "the secure channel is over");
    enum sdc_status status = SDC_OK;
    if (cap < RESP_MIN || cmd_len < 4 || !eac_sm_wrap(&s->sm, cmd, cmd_len, &wrapped))
        status = sdc_fail(e, SDC_E_BUG, "a command that a secure channel can't carry");
    if (status == SDC_OK)
        status = sdc_link_carry(s->below, wrapped.data, wrapped.len, resp, cap, resp_len, e);
    if (status == SDC_OK)
        status = eac_sm_unwrap(&s->sm, cmd[1], resp, resp_len, e);
    if (status != SDC_OK)
        s->sm.over = true; /* whether the card counted is not known */
    sdc_buf_free(&wrapped);
    return status;
}

static enum sdc_status begin(void *ctx, struct sdc_error *e)
{
    return sdc_link_begin(((struct sdc_eac *)ctx)->below, e);
}

static void end(void *ctx)
{
    sdc_link_end(((struct sdc_eac *)ctx)->below);
}

static enum sdc_status reset(void *ctx, struct sdc_error *e)
{
    struct sdc_eac *s = ctx;
    s->sm.over = true;
    return sdc_link_reset(s->below, e);
}

static const struct sdc_link_ops eac_link_ops = { .transmit = transmit, .begin = begin, .end = end, .reset = reset };

static struct sdc_eac *session_new(struct sdc_link *link)
{
    struct sdc_eac *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->below = link;
    s->link = sdc_link_new(&eac_link_ops, s);
    if (!s->link) {
        free(s);
        return NULL;
    }
    snprintf(s->link->reader, sizeof s->link->reader, "%s", link->reader);
    sdc_link_set_atr(s->link, link->atr, link->atr_len);
    s->link->extended = false;
    s->link->short_only = link->short_only;
    s->link->cancel = link->cancel;
    s->link->data_max = DATA_MAX;
    return s;
}

/* ---- commands ---- */

enum sdc_status eac_command(struct sdc_eac *session, const struct eac_step *step, struct sdc_buf *answer, uint16_t *sw,
                            struct sdc_error *e)
{
    const struct sdc_apdu apdu = { .cla = step->cla,
                                   .ins = step->ins,
                                   .p1 = step->p1,
                                   .p2 = step->p2,
                                   .data = step->data ? step->data->data : NULL,
                                   .data_len = step->data ? step->data->len : 0,
                                   .le = step->le,
                                   .le_max = step->le_max ? step->le_max : SHORT_ANSWER,
                                   .secret = true };
    if (step->data && step->data->err)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    enum sdc_status status = sdc_link_exchange(session->link, &apdu, answer, sw, e);
    if (status != SDC_OK)
        (void)sdc_fail_in(e, "%s", step->what);
    return status;
}

enum sdc_status eac_authenticate(struct sdc_eac *session, bool chain, uint32_t tag, const void *value, size_t len,
                                 struct sdc_buf *answer, struct sdc_rd *inside, uint16_t *sw, struct sdc_error *e)
{
    struct sdc_buf object = SDC_BUF_INIT, data = SDC_BUF_INIT;
    if (tag != 0)
        sdc_tlv_put(&object, tag, value, len);
    sdc_tlv_put(&data, EAC_TEMPLATE, object.data, object.len);
    data.err = data.err || object.err;
    const struct eac_step step = {
        .cla = chain ? 0x10 : 0x00, .ins = EAC_AUTHENTICATE, .data = &data, .le = true, .what = "secure channel"
    };
    sdc_buf_clear(answer);
    enum sdc_status status = eac_command(session, &step, answer, sw, e);
    sdc_buf_free(&object);
    sdc_buf_free(&data);
    if (status != SDC_OK || *sw != 0x9000)
        return status;
    struct sdc_rd r = sdc_buf_rd(answer);
    *inside = sdc_tlv_take(&r, EAC_TEMPLATE);
    return sdc_rd_end(&r) ? SDC_OK : sdc_fail(e, SDC_E_REPLY, "secure channel: the answer has not the right form");
}

/* ---- beginning ---- */

/* Readers use extended length only where the card says in EF.ATR/INFO how much it takes. */
static enum sdc_status learn_lengths(struct sdc_eac *s, struct sdc_error *e)
{
    struct sdc_link *below = s->below;
    enum sdc_status status = SDC_OK;
    if (below->short_only)
        return SDC_OK;
    if (below->answer_max == 0)
        status = sdc_lds_learn_lengths(below, e);
    s->link->extended = below->extended && below->answer_max > ANSWER_ADDS;
    s->link->answer_max = s->link->extended ? below->answer_max - ANSWER_ADDS : 0;
    return status;
}

static enum sdc_status read_card_access(struct sdc_eac *s, struct sdc_error *e)
{
    struct sdc_security_infos infos;
    enum sdc_status status = sdc_lds_select(s->below, SDC_LDS_MF, e);
    if (status == SDC_OK)
        status = learn_lengths(s, e);
    if (status == SDC_OK)
        status = sdc_lds_read(s->below, SDC_EF_CARD_ACCESS, &s->card_access, e);
    if (status == SDC_OK)
        status = sdc_security_infos_parse(sdc_buf_rd(&s->card_access), &infos, e);
    if (status == SDC_OK && infos.pace_suite == 0)
        status = sdc_fail(e, SDC_E_NOT_FOUND, "the card has no PACE on P-256 with AES");
    if (status == SDC_OK)
        s->suite = infos.pace_suite;
    return status;
}

enum sdc_status eac_open_with(struct sdc_link *link, const struct sdc_password *password, const uint64_t *rights,
                              const struct eac_random *random, struct sdc_eac **session, struct sdc_error *e)
{
    *session = NULL;
    struct sdc_eac *s = session_new(link);
    if (!s)
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory for a secure channel");
    memcpy(s->chip_scalar, random->chip, sizeof s->chip_scalar);
    enum sdc_status status = read_card_access(s, e);
    if (status == SDC_OK && !p256_multiply(NULL, s->chip_scalar, s->chip_point))
        status = sdc_fail(e, SDC_E_CRYPTO, "can't make a key");
    if (status == SDC_OK)
        status = eac_pace(s, password, rights, random, e);
    if (status != SDC_OK) {
        sdc_eac_close(s);
        return status;
    }
    *session = s;
    return SDC_OK;
}

enum sdc_status sdc_eac_open(struct sdc_link *link, const struct sdc_password *password, const uint64_t *rights,
                             struct sdc_eac **session, struct sdc_error *e)
{
    struct eac_random random;
    *session = NULL;
    enum sdc_status status = SDC_OK;
    if (!p256_random(random.map) || !p256_random(random.ephemeral) || !p256_random(random.chip))
        status = sdc_fail(e, SDC_E_CRYPTO, "can't make a key");
    if (status == SDC_OK)
        status = eac_open_with(link, password, rights, &random, session, e);
    sdc_wipe(&random, sizeof random);
    return status;
}

void sdc_eac_close(struct sdc_eac *session)
{
    if (!session)
        return;
    sdc_link_close(session->link);
    sdc_buf_free(&session->card_access);
    sdc_wipe(session, sizeof *session);
    free(session);
}

struct sdc_link *sdc_eac_link(struct sdc_eac *session)
{
    return session->link;
}

struct sdc_rd sdc_eac_card_access(const struct sdc_eac *session)
{
    return sdc_buf_rd(&session->card_access);
}

const char *sdc_eac_authority(const struct sdc_eac *session, bool previous)
{
    return session->authority[previous ? 1 : 0];
}
