/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_edge.h"
#include "piv_private.h"
#include "reference.h"

/* The holder's way out of the transport PIN, too. As VERIFY does, it proves the PIN (3.2.2), but not for 9C. */
uint16_t cmd_change_reference(struct core *core, const struct request *request, struct wr *answer)
{
    enum reference_id id = request->p2 == REF_PIN ? REFERENCE_PIN : REFERENCE_PUK;
    struct rd r = request->data;
    struct digits old, new;
    (void)answer;
    digits_read_filled(&r, id, &old);
    digits_read_filled(&r, id, &new);
    uint16_t sw = SW_WRONG_DATA;
    if (rd_end(&r)) {
        sw = reference_change(core, id, &old, &new);
        if (id == REFERENCE_PIN)
            access_pin_forget(&core->security);
        if (sw == SW_OK && id == REFERENCE_PIN)
            core->security.pin = true;
    }
    crypto_wipe(&old, sizeof old);
    crypto_wipe(&new, sizeof new);
    return sw;
}
