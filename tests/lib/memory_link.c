/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory_link.h"

#include <stdlib.h>

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    struct card_memory *memory = ctx;
    *resp_len = card_memory_apdu(memory, cmd, cmd_len, resp, cap);
    if (memory->dead)
        return sdc_fail(e, SDC_E_REMOVED, "the card in memory lost its power");
    return SDC_OK;
}

static enum sdc_status reset(void *ctx, struct sdc_error *e)
{
    (void)e;
    card_memory_reset(ctx);
    return SDC_OK;
}

struct sdc_link *memory_link_open(struct card_memory *memory)
{
    static const struct sdc_link_ops ops = { .transmit = transmit, .reset = reset };
    const uint8_t *atr;
    size_t atr_len;
    card_atr(&atr, &atr_len);
    struct sdc_link *link = NULL;
    if (sdc_link_open_process(&ops, memory, atr, atr_len, &link, NULL) != SDC_OK)
        abort();
    return link;
}
