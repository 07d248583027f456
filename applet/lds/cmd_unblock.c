/* SPDX-License-Identifier: BSD-2-Clause */
/* RESET RETRY COUNTER in a channel that the PUK or the PIN opened. The PIN's new value and its tries are one
 * transaction. */
#include "card_edge.h"
#include "lds_private.h"
#include "reference.h"

static uint16_t set_pin(struct core *core, struct rd data)
{
    uint8_t max, left;
    struct digits digits;
    reference_tries(core, REFERENCE_PIN, &max, &left);
    uint16_t sw =
        digits_read(&data, REFERENCE_PIN, &digits) ? reference_give(core, REFERENCE_PIN, &digits, max) : SW_WRONG_DATA;
    crypto_wipe(&digits, sizeof digits);
    return sw;
}

uint16_t cmd_unblock(struct core *core, const struct request *request, struct wr *answer)
{
    const struct eac *eac = eac_look(core);
    bool puk = eac->phase == PHASE_PUK, pin = eac->phase > PHASE_PUK && eac->password == PASSWORD_PIN;
    bool new = request->data.left > 0;
    (void)answer;
    if (!puk && !(pin && new))
        return SW_SECURITY_STATUS;
    if (reference_is_transport(core, REFERENCE_PIN))
        return SW_CONDITIONS;
    return new ? set_pin(core, request->data) : reference_restore(core, REFERENCE_PIN);
}
