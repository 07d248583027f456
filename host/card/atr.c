/* SPDX-License-Identifier: BSD-2-Clause */
#include "private.h"

/* Skips TA to TD (7816-3 8.2.3) and leaves r at the historical bytes; returns their number. */
static size_t skip_interface_bytes(struct sdc_rd *r)
{
    sdc_rd_skip(r, 1); /* TS */
    uint8_t y = sdc_rd_u8(r);
    size_t historical = y & 0x0F;
    for (int round = 0; round < 8 && !r->err; round++) {
        for (uint8_t bit = 0x10; bit <= 0x40; bit = (uint8_t)(bit << 1))
            if (y & bit)
                sdc_rd_skip(r, 1);
        if (!(y & 0x80))
            return historical;
        y = sdc_rd_u8(r);
    }
    r->err = true;
    return 0;
}

bool sdc_atr_extended(const uint8_t *atr, size_t atr_len)
{
    enum { TAG_CAPABILITIES = 7, EXTENDED_LENGTH = 0x40 };
    struct sdc_rd r = sdc_rd_init(atr, atr_len);
    size_t historical = skip_interface_bytes(&r);
    struct sdc_rd h = sdc_rd_take(&r, historical);
    uint8_t category = sdc_rd_u8(&h);
    if (category == 0x00 && h.left >= 3)
        h = sdc_rd_take(&h, h.left - 3); /* the last three are a status indicator */
    else if (category != 0x80)
        return false;
    while (!h.err && h.left > 0) {
        uint8_t head = sdc_rd_u8(&h); /* COMPACT-TLV: tag and length in one byte */
        struct sdc_rd value = sdc_rd_take(&h, head & 0x0F);
        if (head >> 4 != TAG_CAPABILITIES || value.left < 3)
            continue;
        sdc_rd_skip(&value, 2);
        return (sdc_rd_u8(&value) & EXTENDED_LENGTH) != 0;
    }
    return false;
}
