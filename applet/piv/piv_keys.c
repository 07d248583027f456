/* SPDX-License-Identifier: BSD-2-Clause */
#include "bytes.h"
#include "card_edge.h"
#include "piv_private.h"
#include "tlv.h"

const struct piv_key piv_keys[] = {
    /* first                    last                     use         PIN */
    { KEY_PIV_AUTHENTICATION, KEY_PIV_AUTHENTICATION, KEY_SIGNS, PIN_POLICY_ONCE },
    { KEY_DIGITAL_SIGNATURE, KEY_DIGITAL_SIGNATURE, KEY_SIGNS, PIN_POLICY_ALWAYS },
    { KEY_KEY_MANAGEMENT, KEY_KEY_MANAGEMENT, KEY_AGREES, PIN_POLICY_ONCE },
    { KEY_CARD_AUTHENTICATION, KEY_CARD_AUTHENTICATION, KEY_SIGNS, PIN_POLICY_NEVER },
    { KEY_RETIRED_FIRST, KEY_RETIRED_LAST, KEY_AGREES, PIN_POLICY_ONCE },
};
const uint8_t piv_key_count = COUNT(piv_keys);

const struct piv_key *piv_key_find(uint8_t ref)
{
    for (uint8_t i = 0; i < piv_key_count; i++)
        if (ref >= piv_keys[i].first && ref <= piv_keys[i].last)
            return &piv_keys[i];
    return NULL;
}

bool piv_pin_policy_met(const struct security *security, uint8_t policy)
{
    return policy == PIN_POLICY_NEVER || access_granted(security, policy == PIN_POLICY_ONCE ? AC_PIN : AC_PIN_ALWAYS);
}

bool piv_policies_read(struct rd *r, const struct piv_key *key, uint8_t *pin)
{
    struct rd value;
    uint8_t touch = TOUCH_POLICY_NEVER, asked = PIN_POLICY_DEFAULT;
    if (rd_more(r) && *r->p == TAG_PIN_POLICY) {
        tlv_read_tag(r, TAG_PIN_POLICY, &value);
        asked = rd_u8(&value);
        if (!rd_end(&value))
            rd_fail(r);
    }
    if (rd_more(r) && *r->p == TAG_TOUCH_POLICY) {
        tlv_read_tag(r, TAG_TOUCH_POLICY, &value);
        touch = rd_u8(&value);
        if (!rd_end(&value))
            rd_fail(r);
    }
    *pin = asked == PIN_POLICY_DEFAULT ? key->pin : asked;
    return rd_end(r) && touch <= TOUCH_POLICY_NEVER && *pin >= key->pin && *pin <= PIN_POLICY_ALWAYS;
}
