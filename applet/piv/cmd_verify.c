/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_edge.h"
#include "piv_private.h"
#include "reference.h"

static uint16_t status(const struct core *core)
{
    return core->security.pin ? SW_OK : reference_status(core, REFERENCE_PIN);
}

uint16_t cmd_verify(struct core *core, const struct request *request, struct wr *answer)
{
    (void)answer;
    if (request->data.left == 0)
        return status(core);
    struct rd r = request->data;
    struct digits digits;
    digits_read_filled(&r, REFERENCE_PIN, &digits);
    uint16_t sw = SW_WRONG_DATA;
    if (rd_end(&r)) {
        access_pin_forget(&core->security);
        sw = reference_verify(core, REFERENCE_PIN, &digits);
        if (sw == SW_OK)
            access_pin_verified(&core->security);
    }
    crypto_wipe(&digits, sizeof digits);
    return sw;
}

uint16_t cmd_verify_reset(struct core *core, const struct request *request, struct wr *answer)
{
    (void)request;
    (void)answer;
    access_pin_forget(&core->security);
    return SW_OK;
}

uint16_t cmd_reference_unknown(struct core *core, const struct request *request, struct wr *answer)
{
    (void)core;
    (void)request;
    (void)answer;
    return SW_REFERENCE_NOT_FOUND;
}
