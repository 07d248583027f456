/* SPDX-License-Identifier: BSD-2-Clause */
/* What existing PIV tools do to a card of their own, before it is SECURED: set the management key, set the numbers of
 * tries, reset. */
#include "bytes.h"
#include "card_edge.h"
#include "life_cycle.h"
#include "piv_private.h"
#include "piv_secret.h"
#include "reference.h"
#include "reference_management.h"

/* alg 9B len key. 3DES only where the card has it already: the profile legacy-3des. */
uint16_t cmd_set_management(struct core *core, const struct request *request, struct wr *answer)
{
    struct rd r = request->data;
    struct management old, new;
    (void)answer;
    if (!life_before_secured(core))
        return SW_CONDITIONS;
    uint8_t alg = rd_u8(&r), ref = rd_u8(&r), len = rd_u8(&r);
    if (r.err || r.left != len || ref != KEY_MANAGEMENT || !management_make(&new, alg, r.p, len))
        return SW_WRONG_DATA;
    bool legacy = management_read(core, &old) && old.alg == ALG_3DES;
    uint16_t sw = alg == ALG_3DES && !legacy ? SW_WRONG_DATA : management_put(core, &new);
    crypto_wipe(&old, sizeof old);
    crypto_wipe(&new, sizeof new);
    return sw;
}

/* The blank card's digits with new numbers of tries. */
static uint16_t digits_reset(struct core *core, enum reference_id id, uint8_t tries)
{
    static const char pin[] = BLANK_TRANSPORT_PIN, puk[] = BLANK_PUK;
    const char *from = id == REFERENCE_PIN ? pin : puk;
    struct digits digits = { .len = id == REFERENCE_PIN ? sizeof pin - 1 : sizeof puk - 1 };
    bytes_copy(digits.digit, from, digits.len);
    /* what was the holder's stays so */
    return reference_is_transport(core, id) ? reference_issue(core, id, &digits, tries)
                                            : reference_give(core, id, &digits, tries);
}

/* P1 tries of the PIN, P2 of the PUK; both become the blank card's. */
uint16_t cmd_set_tries(struct core *core, const struct request *request, struct wr *answer)
{
    (void)answer;
    if (!life_before_secured(core))
        return SW_CONDITIONS;
    if (!core->security.pin)
        return SW_SECURITY_STATUS;
    if (request->p1 < 1 || request->p1 > TRIES_MAX || request->p2 < 1 || request->p2 > TRIES_MAX)
        return SW_WRONG_P1P2;
    access_pin_forget(&core->security);
    uint16_t sw = digits_reset(core, REFERENCE_PUK, request->p2);
    return sw == SW_OK ? digits_reset(core, REFERENCE_PIN, request->p1) : sw;
}

static uint16_t record_delete(struct core *core, uint16_t record)
{
    return store_len(&core->store, record) == 0 ? SW_OK : core_record_put(core, record, NULL, 0);
}

static uint16_t keys_delete(struct core *core)
{
    uint16_t sw = SW_OK;
    for (uint8_t i = 0; i < piv_key_count; i++)
        for (uint8_t ref = piv_keys[i].first; ref <= piv_keys[i].last && sw == SW_OK; ref++)
            sw = record_delete(core, PIV_KEY_RECORD(ref));
    return sw;
}

/* The maker's certificate and the Discovery object are the blank card's too. */
static uint16_t objects_delete(struct core *core)
{
    uint16_t sw = SW_OK;
    for (uint8_t i = 0; i < piv_object_count && sw == SW_OK; i++)
        if (piv_objects[i].tag != OBJ_DISCOVERY && piv_objects[i].tag != OBJ_CERT_ATTESTATION)
            sw = record_delete(core, piv_objects[i].record);
    return sw;
}

uint16_t piv_taken_over(struct core *core)
{
    uint16_t sw = keys_delete(core);
    return sw == SW_OK ? objects_delete(core) : sw;
}

static uint16_t management_reset(struct core *core)
{
    struct management management;
    bool legacy = management_read(core, &management) && management.alg == ALG_3DES;
    management_blank(&management, legacy);
    uint16_t sw = management_put(core, &management);
    crypto_wipe(&management, sizeof management);
    return sw;
}

/* Only where PIN and PUK are blocked. They are reset last: a card that lost its power on the way can be reset again. */
uint16_t cmd_reset(struct core *core, const struct request *request, struct wr *answer)
{
    uint8_t max, pin, puk;
    (void)request;
    (void)answer;
    reference_tries(core, REFERENCE_PIN, &max, &pin);
    reference_tries(core, REFERENCE_PUK, &max, &puk);
    if (!life_before_secured(core) || pin > 0 || puk > 0)
        return SW_CONDITIONS;
    access_pin_forget(&core->security);
    core->security.admin = false;
    uint16_t sw = piv_taken_over(core);
    if (sw == SW_OK)
        sw = management_reset(core);
    if (sw == SW_OK)
        sw = digits_reset(core, REFERENCE_PUK, PUK_TRIES);
    return sw == SW_OK ? digits_reset(core, REFERENCE_PIN, PIN_TRIES) : sw;
}
