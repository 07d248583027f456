/* SPDX-License-Identifier: BSD-2-Clause */
/* Terminal authentication 2 (BSI TR-03110 part 2, 3.3). */
#include "eac_private.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "card_edge.h"
#include "cvc_private.h"
#include "sdc/tlv.h"

enum { AUXILIARY_OBJECT = 0x73, DATE_TEXT = 8, VERIFY_AUXILIARY = 0x20, VERIFY_P1 = 0x80, CLA_PROPRIETARY = 0x80 };

/* id-DateOfExpiry of id-AuxiliaryData */
static const uint8_t oid_expiry[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x01, 0x04, 0x02 };

/* One command without answer. A refusal is the certificate's or signature's: SDC_E_DENIED with what was tried. */
static enum sdc_status run(struct sdc_eac *s, const struct eac_step *step, struct sdc_error *e)
{
    uint16_t sw = 0;
    enum sdc_status status = eac_command(s, step, NULL, &sw, e);
    if (status == SDC_OK && sw != SW_OK) {
        status = sdc_fail(e, SDC_E_DENIED, "%s: the card refuses (SW %04X)", step->what, sw);
        if (e)
            e->sw = sw;
    }
    return status;
}

/* ---- certificates ---- */

static enum sdc_status import(struct sdc_eac *s, const struct sdc_cvc *cvc, struct sdc_error *e)
{
    struct sdc_buf reference = SDC_BUF_INIT, certificate = SDC_BUF_INIT;
    char what[48];
    snprintf(what, sizeof what, "certificate %s", cvc->chr);
    sdc_tlv_put(&reference, EAC_DO_REFERENCE, cvc->car, strlen(cvc->car));
    sdc_buf_put(&certificate, cvc->value.p, cvc->value.left);
    const struct eac_step dst = {
        .ins = EAC_MSE, .p1 = EAC_P1_VERIFY, .p2 = EAC_SET_DST, .data = &reference, .what = what
    };
    const struct eac_step pso = { .ins = EAC_PSO, .p2 = EAC_P2_CERTIFICATE, .data = &certificate, .what = what };
    enum sdc_status status = run(s, &dst, e);
    if (status == SDC_OK)
        status = run(s, &pso, e);
    sdc_buf_free(&reference);
    sdc_buf_free(&certificate);
    return status;
}

/* Parses the chain and finds where it begins for this card: at the last certificate that a key which it knows issued.
 */
static enum sdc_status place_chain(const struct sdc_eac *s, const struct sdc_terminal *terminal, struct sdc_cvc *chain,
                                   size_t *first, struct sdc_error *e)
{
    *first = terminal->chain_len;
    if (terminal->chain_len == 0 || terminal->chain_len > SDC_TERMINAL_CHAIN_MAX)
        return sdc_fail(e, SDC_E_USAGE, "a terminal has 1 to %d certificates", SDC_TERMINAL_CHAIN_MAX);
    for (size_t i = 0; i < terminal->chain_len; i++) {
        enum sdc_status status = sdc_cvc_parse(terminal->chain[i].p, terminal->chain[i].left, &chain[i], e);
        if (status != SDC_OK)
            return status;
        if (i > 0 && strcmp(chain[i].car, chain[i - 1].chr) != 0)
            return sdc_fail(e, SDC_E_USAGE, "%s isn't issued by the certificate before it", chain[i].chr);
        for (size_t known = 0; known < 2; known++)
            if (chain[i].role != SDC_CVC_TERMINAL && strcmp(chain[i].car, s->authority[known]) == 0)
                *first = i;
    }
    if (chain[terminal->chain_len - 1].role != SDC_CVC_TERMINAL)
        return sdc_fail(e, SDC_E_USAGE, "%s is no terminal's", chain[terminal->chain_len - 1].chr);
    if (*first == terminal->chain_len)
        return sdc_fail(e, SDC_E_NOT_FOUND, "the card trusts %s; no certificate of this terminal is issued by it",
                        s->authority[0]);
    return SDC_OK;
}

/* ---- the proof ---- */

/* 67 { 73 { 06 id-DateOfExpiry, 53 YYYYMMDD } } */
static void put_auxiliary(struct sdc_buf *b, const struct sdc_date *date)
{
    char text[32];
    struct sdc_buf inside = SDC_BUF_INIT, object = SDC_BUF_INIT;
    snprintf(text, sizeof text, "%04d%02d%02d", date->year, date->month, date->day);
    sdc_tlv_put(&inside, CVC_OID, oid_expiry, sizeof oid_expiry);
    sdc_tlv_put(&inside, CVC_DISCRETIONARY, text, DATE_TEXT);
    sdc_tlv_put(&object, AUXILIARY_OBJECT, inside.data, inside.len);
    sdc_tlv_put(b, EAC_DO_AUXILIARY, object.data, object.len);
    b->err = b->err || inside.err || object.err;
    sdc_buf_free(&inside);
    sdc_buf_free(&object);
}

static enum sdc_status set_at(struct sdc_eac *s, const char *chr, const struct sdc_buf *auxiliary, struct sdc_error *e)
{
    struct sdc_buf data = SDC_BUF_INIT;
    struct sdc_rd x = sdc_rd_init(s->chip_point, sizeof s->chip_point);
    sdc_rd_skip(&x, 1);
    sdc_tlv_put(&data, EAC_DO_OID, cvc_oid_ta, sizeof cvc_oid_ta);
    sdc_tlv_put(&data, EAC_DO_REFERENCE, chr, strlen(chr));
    sdc_tlv_put(&data, EAC_DO_EPHEMERAL, x.p, EAC_X);
    sdc_buf_put(&data, auxiliary->data, auxiliary->len);
    const struct eac_step step = {
        .ins = EAC_MSE, .p1 = EAC_P1_VERIFY, .p2 = EAC_SET_AT, .data = &data, .what = "terminal authentication"
    };
    enum sdc_status status = run(s, &step, e);
    sdc_buf_free(&data);
    return status;
}

static enum sdc_status get_challenge(struct sdc_eac *s, uint8_t challenge[static EAC_CHALLENGE], struct sdc_error *e)
{
    struct sdc_buf answer = SDC_BUF_INIT;
    uint16_t sw = 0;
    const struct eac_step step = {
        .ins = EAC_GET_CHALLENGE, .le = true, .le_max = EAC_CHALLENGE, .what = "terminal authentication"
    };
    enum sdc_status status = eac_command(s, &step, &answer, &sw, e);
    if (status == SDC_OK)
        status = sdc_sw_status(sw, step.what, e);
    if (status == SDC_OK) {
        struct sdc_rd r = sdc_buf_rd(&answer);
        sdc_rd_copy(&r, challenge, EAC_CHALLENGE);
        if (!sdc_rd_end(&r))
            status = sdc_fail(e, SDC_E_REPLY, "terminal authentication: the challenge has not the right length");
    }
    sdc_buf_free(&answer);
    return status;
}

/* ID_PICC || r_PICC || Comp(ePK_PCD) || auxiliary data */
static enum sdc_status sign(struct sdc_eac *s, const struct sdc_cvc_signer *signer,
                            const uint8_t challenge[static EAC_CHALLENGE], const struct sdc_buf *auxiliary,
                            struct sdc_buf *signature, struct sdc_error *e)
{
    uint8_t hash[32], rs[SDC_RS_LEN];
    struct sdc_buf input = SDC_BUF_INIT;
    struct sdc_rd x = sdc_rd_init(s->chip_point, sizeof s->chip_point);
    sdc_rd_skip(&x, 1);
    sdc_buf_put(&input, s->id_picc, sizeof s->id_picc);
    sdc_buf_put(&input, challenge, EAC_CHALLENGE);
    sdc_buf_put(&input, x.p, EAC_X);
    sdc_buf_put(&input, auxiliary->data, auxiliary->len);
    enum sdc_status status = sdc_buf_status(&input, e);
    if (status == SDC_OK && EVP_Digest(input.data, input.len, hash, NULL, EVP_sha256(), NULL) != 1)
        status = sdc_fail(e, SDC_E_CRYPTO, "can't hash");
    if (status == SDC_OK)
        status = signer->sign(signer->ctx, hash, rs, e);
    if (status == SDC_OK)
        sdc_buf_put(signature, rs, sizeof rs);
    sdc_buf_free(&input);
    return status;
}

static enum sdc_status prove(struct sdc_eac *s, const struct sdc_terminal *terminal, const char *chr,
                             const struct sdc_date *not_expired, struct sdc_error *e)
{
    uint8_t challenge[EAC_CHALLENGE];
    struct sdc_buf auxiliary = SDC_BUF_INIT, signature = SDC_BUF_INIT;
    if (not_expired)
        put_auxiliary(&auxiliary, not_expired);
    enum sdc_status status = sdc_buf_status(&auxiliary, e);
    if (status == SDC_OK)
        status = set_at(s, chr, &auxiliary, e);
    if (status == SDC_OK)
        status = get_challenge(s, challenge, e);
    if (status == SDC_OK)
        status = sign(s, &terminal->signer, challenge, &auxiliary, &signature, e);
    if (status == SDC_OK) {
        const struct eac_step step = { .ins = EAC_EXTERNAL, .data = &signature, .what = "terminal authentication" };
        status = run(s, &step, e);
    }
    sdc_buf_free(&auxiliary);
    sdc_buf_free(&signature);
    return status;
}

enum sdc_status sdc_eac_terminal(struct sdc_eac *session, const struct sdc_terminal *terminal,
                                 const struct sdc_date *not_expired, struct sdc_error *e)
{
    struct sdc_cvc chain[SDC_TERMINAL_CHAIN_MAX];
    size_t first = 0;
    if (session->state != EAC_CHANNEL || !session->rights)
        return sdc_fail(e, SDC_E_BUG, "terminal authentication in the wrong state");
    enum sdc_status status = place_chain(session, terminal, chain, &first, e);
    for (size_t i = first; i < terminal->chain_len && status == SDC_OK; i++)
        status = import(session, &chain[i], e);
    if (status == SDC_OK)
        status = prove(session, terminal, chain[terminal->chain_len - 1].chr, not_expired, e);
    session->state = status == SDC_OK ? EAC_TERMINAL : EAC_FAILED;
    return status;
}

enum sdc_status sdc_eac_not_expired(struct sdc_eac *session, struct sdc_error *e)
{
    struct sdc_buf data = SDC_BUF_INIT;
    if (session->state != EAC_CHIP)
        return sdc_fail(e, SDC_E_BUG, "auxiliary data in the wrong state");
    sdc_tlv_put(&data, CVC_OID, oid_expiry, sizeof oid_expiry);
    const struct eac_step step = { .cla = CLA_PROPRIETARY,
                                   .ins = VERIFY_AUXILIARY,
                                   .p1 = VERIFY_P1,
                                   .data = &data,
                                   .what = "is the card valid on that day" };
    enum sdc_status status = run(session, &step, e);
    sdc_buf_free(&data);
    return status;
}
