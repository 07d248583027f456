/* SPDX-License-Identifier: BSD-2-Clause */
/* Key history, SP 800-73-4 part 1 3.3.3 and table 19: at most 20 retired keys, and a URL where some of their
 * certificates stand off the card. */
#include "objects.h"

enum { RETIRED_KEYS_MAX = 20 };

const char *vf_history_parse(struct sdc_rd object)
{
    struct sdc_rd r = object, url;
    struct sdc_rd on_card = vf_field(&r, 0xC1, 1, 1), off_card = vf_field(&r, 0xC2, 1, 1);
    bool has_url = sdc_tlv_try(&r, 0xF3, &url);
    if (!vf_field_last(&r) || (has_url && url.left > 118))
        return "fields missing, surplus or out of order";
    unsigned on = sdc_rd_u8(&on_card), off = sdc_rd_u8(&off_card);
    if (on + off > RETIRED_KEYS_MAX)
        return "more retired keys than a card has";
    if (off > 0 && (!has_url || url.left == 0))
        return "no address of the certificates off the card";
    return NULL;
}
