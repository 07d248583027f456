/* SPDX-License-Identifier: BSD-2-Clause */
/* GENERAL AUTHENTICATE: one step of PACE or of chip authentication, 7C{} or 7C{one object}. */
#include "card_edge.h"
#include "lds_private.h"
#include "tlv.h"

static bool read(struct rd data, uint32_t *tag, struct rd *value)
{
    struct rd template;
    *tag = 0;
    *value = rd_init(NULL, 0);
    if (!tlv_read_tag(&data, TAG_DYNAMIC_AUTH, &template))
        return false;
    const bool empty = !rd_more(&template);
    if (!empty)
        tlv_read(&template, tag, value);
    return rd_end(&data) && rd_end(&template) && empty == (*tag == 0) && *tag <= 0x85;
}

uint16_t cmd_general_authenticate(struct core *core, const struct request *request, struct wr *answer)
{
    uint32_t tag;
    struct rd value;
    uint16_t sw = eac_allows(core, EAC_GENERAL);
    if (sw != SW_OK)
        return sw;
    bool chip = eac_state(core)->step == STEP_CHIP;
    if (!read(request->data, &tag, &value))
        sw = SW_WRONG_DATA;
    else
        sw = chip ? chip_step(core, tag, value, request->last, answer)
                  : pace_step(core, tag, value, request->last, answer);
    if (sw != SW_OK && chip)
        eac_fail(core);
    else if (sw != SW_OK)
        eac_step_end(core);
    return sw;
}
