/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_edge.h"
#include "piv_private.h"
#include "reference.h"

/* Not for a transport PIN: it can do nothing but be changed by its holder. */
uint16_t cmd_reset_retry(struct core *core, const struct request *request, struct wr *answer)
{
    struct rd r = request->data;
    struct digits puk, pin;
    (void)answer;
    digits_read_filled(&r, REFERENCE_PUK, &puk);
    digits_read_filled(&r, REFERENCE_PIN, &pin);
    uint16_t sw = SW_WRONG_DATA;
    if (rd_end(&r)) {
        sw = reference_unblock(core, &puk, &pin);
        if (sw == SW_OK)
            access_pin_forget(&core->security);
    }
    crypto_wipe(&puk, sizeof puk);
    crypto_wipe(&pin, sizeof pin);
    return sw;
}
