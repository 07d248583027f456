/* SPDX-License-Identifier: BSD-2-Clause */
/* Reference data of the issuer: 80 01 REF, 81 L VALUE, [82 01 TRIES] (card_edge.h). */
#include "card_edge.h"
#include "piv_private.h"
#include "records.h"
#include "reference.h"
#include "tlv.h"

#define TRIES_MAX 15 /* 63Cx has room for no more */

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

static uint16_t put_management(struct core *core, const struct rd *value)
{
    if (value->left != 16)
        return SW_WRONG_DATA;
    enum store_status status = store_begin(&core->store, 1, value->left);
    if (status == STORE_OK)
        status = store_put(&core->store, RECORD_MANAGEMENT, value->p, value->left);
    if (status == STORE_OK)
        status = store_commit(&core->store);
    return core_store_sw(status);
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
