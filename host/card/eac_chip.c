/* SPDX-License-Identifier: BSD-2-Clause */
/* Chip authentication 2 and 1 (BSI TR-03110 part 2, 3.4; part 1, 4.3.1), and PIN management in a PACE channel. */
#include "eac_private.h"

#include <string.h>

#include "card_edge.h"
#include "private.h"
#include "sdc/tlv.h"

enum { DO_PUBLIC_KEY = 0x80, DO_NONCE = 0x81, DO_TOKEN = 0x82, RESET_WITHOUT_PIN = 0x03, RESET_WITH_PIN = 0x02 };

static const char step_name[] = "chip authentication";

static enum sdc_status set_at(struct sdc_eac *s, const struct sdc_chip_key *key, struct sdc_error *e)
{
    struct sdc_buf data = SDC_BUF_INIT;
    uint16_t sw = 0;
    sdc_tlv_put(&data, EAC_DO_OID, eac_oid_chip(key->suite), EAC_OID_LEN);
    if (key->version == 1) /* version 2 has one key on a card, which needs no name */
        sdc_tlv_put(&data, EAC_DO_PARAMETER, &key->id, 1);
    const struct eac_step step = {
        .ins = EAC_MSE, .p1 = EAC_P1_CHIP, .p2 = EAC_SET_AT, .data = &data, .what = step_name
    };
    enum sdc_status status = eac_command(s, &step, NULL, &sw, e);
    sdc_buf_free(&data);
    return status != SDC_OK ? status : sdc_sw_status(sw, step_name, e);
}

/* Sends our public key; new keys from Z and the card's nonce (version 2), or from Z alone. */
static enum sdc_status agree(struct sdc_eac *s, const struct sdc_chip_key *key, struct eac_sm *sm, struct sdc_error *e)
{
    uint8_t shared[P256_POINT], nonce[EAC_CHALLENGE], token[EAC_MAC], expected[EAC_MAC];
    struct sdc_buf answer = SDC_BUF_INIT;
    struct sdc_rd inside = sdc_rd_init(NULL, 0);
    uint16_t sw = 0;
    const bool second = key->version == 2;
    enum sdc_status status =
        eac_authenticate(s, false, DO_PUBLIC_KEY, s->chip_point, sizeof s->chip_point, &answer, &inside, &sw, e);
    if (status == SDC_OK)
        status = sdc_sw_status(sw, step_name, e);
    if (status == SDC_OK && second) {
        struct sdc_rd r = sdc_tlv_take(&inside, DO_NONCE), t = sdc_tlv_take(&inside, DO_TOKEN);
        sdc_rd_copy(&r, nonce, sizeof nonce);
        sdc_rd_copy(&t, token, sizeof token);
        if (!sdc_rd_end(&r) || !sdc_rd_end(&t))
            inside.err = true;
    }
    if (status == SDC_OK && !sdc_rd_end(&inside))
        status = sdc_fail(e, SDC_E_REPLY, "%s: the answer has not the right form", step_name);
    const struct eac_secret secret = { shared + 1, EAC_X, nonce, second ? sizeof nonce : 0 };
    if (status == SDC_OK &&
        (!p256_multiply(key->point, s->chip_scalar, shared) || !eac_sm_begin(sm, &secret, key->suite) ||
         !eac_token(sm->mac, key->suite, eac_oid_chip(key->suite), s->chip_point, expected)))
        status = sdc_fail(e, SDC_E_CRYPTO, "%s: no keys", step_name);
    if (status == SDC_OK && second && !sdc_equal(token, expected, sizeof token))
        status = sdc_fail(e, SDC_E_SIGNATURE, "%s: the chip doesn't have the key that is signed for it", step_name);
    sdc_wipe(shared, sizeof shared);
    sdc_wipe(expected, sizeof expected);
    sdc_buf_free(&answer);
    return status;
}

static enum sdc_status authenticate(struct sdc_eac *s, const struct sdc_chip_key *key, unsigned version,
                                    enum eac_state from, enum eac_state to, struct sdc_error *e)
{
    struct eac_sm sm = { .on = false };
    if (s->state != from)
        return sdc_fail(e, SDC_E_BUG, "%s in the wrong state", step_name);
    if (key->version != version || !key->has_point)
        return sdc_fail(e, SDC_E_REPLY, "%s: the card has no key for version %u", step_name, version);
    enum sdc_status status = set_at(s, key, e);
    if (status == SDC_OK)
        status = agree(s, key, &sm, e);
    if (status == SDC_OK)
        s->sm = sm;
    s->state = status == SDC_OK ? to : EAC_FAILED;
    sdc_wipe(&sm, sizeof sm);
    return status;
}

enum sdc_status sdc_eac_chip(struct sdc_eac *session, const struct sdc_chip_key *key, struct sdc_error *e)
{
    return authenticate(session, key, 2, EAC_TERMINAL, EAC_CHIP, e);
}

enum sdc_status sdc_eac_chip_1(struct sdc_eac *session, const struct sdc_chip_key *key, struct sdc_error *e)
{
    return authenticate(session, key, 1, EAC_CHANNEL, EAC_CHIP_TRAVEL, e);
}

enum sdc_status sdc_eac_set_pin(struct sdc_eac *session, const char *pin, size_t len, struct sdc_error *e)
{
    struct sdc_buf data = SDC_BUF_INIT, field = SDC_BUF_INIT;
    uint16_t sw = 0;
    if (session->password != SDC_PASSWORD_PUK && (session->password != SDC_PASSWORD_PIN || !pin))
        return sdc_fail(e, SDC_E_BUG, "PIN management takes a PUK or PIN");
    if (pin && !sdc_piv_pin_field(&field, pin, len, false)) {
        sdc_buf_free(&field);
        return sdc_fail(e, SDC_E_PIN_FORMAT, "a PIN has 6 to 8 digits; nothing was sent");
    }
    if (pin)
        sdc_buf_put(&data, pin, len); /* digits alone, without PIV's filler */
    const struct eac_step step = { .ins = INS_RESET_RETRY_COUNTER,
                                   .p1 = pin ? RESET_WITH_PIN : RESET_WITHOUT_PIN,
                                   .p2 = SDC_PASSWORD_PIN,
                                   .data = &data,
                                   .what = "setting the PIN" };
    enum sdc_status status = eac_command(session, &step, NULL, &sw, e);
    if (status == SDC_OK)
        status = sdc_sw_status(sw, step.what, e);
    sdc_buf_free(&data);
    sdc_buf_free(&field);
    return status;
}
