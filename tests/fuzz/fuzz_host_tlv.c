/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as BER-TLV: reading ends, what is read can be written again to the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "sdc/tlv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void walk(struct sdc_rd r, int depth)
{
    struct sdc_rd value, whole = r;
    uint32_t tag;
    struct sdc_buf again = SDC_BUF_INIT;
    while (sdc_tlv_next(&r, &tag, &value)) {
        sdc_tlv_put(&again, tag, value.p, value.left);
        if (depth > 0)
            walk(value, depth - 1);
    }
    size_t read = whole.left - r.left;
    if (again.err || again.len != read || (read > 0 && memcmp(again.data, whole.p, read) != 0))
        abort();
    if (!r.err && r.left > 0)
        abort();
    sdc_buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len <= 4096)
        walk(sdc_rd_init(data, len), 4);
    return 0;
}
