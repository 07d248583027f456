/* SPDX-License-Identifier: BSD-2-Clause */
#include "private.h"

#include <stdio.h>

enum sdc_status sdc_link_open_process(const struct sdc_link_ops *ops, void *ctx, const uint8_t *atr, size_t atr_len,
                                      struct sdc_link **link, struct sdc_error *e)
{
    *link = sdc_link_new(ops, ctx);
    if (!*link)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    snprintf((*link)->reader, sizeof(*link)->reader, "in this process");
    sdc_link_set_atr(*link, atr, atr_len);
    return SDC_OK;
}
