/* SPDX-License-Identifier: BSD-2-Clause */
/* Reference data of the issuer: 80 01 REF, 81 L VALUE, [82 01 TRIES] (card_edge.h). */
#include "card_edge.h"
#include "piv_private.h"
#include "reference.h"
#include "reference_management.h"
#include "tlv.h"

static uint16_t put_digits(struct core *core, enum reference_id id, struct rd *value, uint8_t tries)
{
    struct digits digits;
    uint16_t sw = SW_WRONG_DATA;
    if (digits_read(value, id, &digits) && tries >= 1 && tries <= TRIES_MAX) {
        sw = reference_issue(core, id, &digits, tries);
        if (id == REFERENCE_PIN) /* what the old PIN opened is closed */
            access_pin_forget(&core->security);
    }
    crypto_wipe(&digits, sizeof digits);
    return sw;
}

/* Of this length it is AES-128, 192 or 256. */
static uint16_t put_management(struct core *core, const struct rd *value)
{
    static const uint8_t algorithms[] = { ALG_AES_128, ALG_AES_192, ALG_AES_256 };
    struct management management;
    uint16_t sw = SW_WRONG_DATA;
    for (size_t i = 0; i < sizeof algorithms; i++)
        if (management_make(&management, algorithms[i], value->p, value->left))
            sw = management_put(core, &management);
    crypto_wipe(&management, sizeof management);
    return sw;
}

uint16_t piv_reference_put(struct core *core, const uint8_t *content, size_t len)
{
    struct rd r = rd_init(content, len), reference, value, tries = { 0 };
    tlv_read_tag(&r, TAG_REFERENCE, &reference);
    tlv_read_tag(&r, TAG_REFERENCE_VALUE, &value);
    bool has_tries = rd_more(&r);
    if (has_tries)
        tlv_read_tag(&r, TAG_REFERENCE_TRIES, &tries);
    uint8_t ref = rd_u8(&reference);
    uint8_t count = has_tries ? rd_u8(&tries) : 0;
    if (!rd_end(&r) || !rd_end(&reference) || (has_tries && !rd_end(&tries)))
        return SW_WRONG_DATA;
    switch (ref) {
    case REF_PIN:
        return put_digits(core, REFERENCE_PIN, &value, has_tries ? count : PIN_TRIES);
    case REF_PUK:
        return put_digits(core, REFERENCE_PUK, &value, has_tries ? count : PUK_TRIES);
    case KEY_MANAGEMENT:
        return has_tries ? SW_WRONG_DATA : put_management(core, &value);
    default:
        return SW_REFERENCE_NOT_FOUND;
    }
}
