/* SPDX-License-Identifier: BSD-2-Clause */
/* Discovery object, SP 800-73-4 part 1 3.3.2: the PIV application, and a PIN policy of the application PIN alone. */
#include "objects.h"

#include "card_edge.h"

const char *vf_discovery_parse(struct sdc_rd object)
{
    static const uint8_t aid[] = { PIV_AID }, policy[] = { 0x40, 0x00 };
    struct sdc_rd template = sdc_tlv_take(&object, OBJ_DISCOVERY);
    struct sdc_rd id = sdc_tlv_take(&template, 0x4F), pin = sdc_tlv_take(&template, 0x5F2F);
    if (!sdc_rd_end(&object) || !sdc_rd_end(&template))
        return "fields missing, surplus or out of order";
    if (!sdc_rd_equal(&id, aid, sizeof aid))
        return "another application";
    if (!sdc_rd_equal(&pin, policy, sizeof policy))
        return "another PIN policy";
    return NULL;
}
