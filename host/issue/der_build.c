/* SPDX-License-Identifier: BSD-2-Clause */
#include "der_build.h"

#include <string.h>

#include "sdc/tlv.h"

void der_put_part(struct sdc_buf *b, uint32_t tag, struct sdc_buf *part)
{
    b->err = b->err || part->err;
    sdc_tlv_put(b, tag, part->data, part->len);
    sdc_buf_free(part);
}

/* A prefix stands first. */
static bool stands_before(const struct sdc_buf *a, const struct sdc_buf *b)
{
    size_t common = a->len < b->len ? a->len : b->len;
    int order = common > 0 ? memcmp(a->data, b->data, common) : 0;
    return order != 0 ? order < 0 : a->len < b->len;
}

void der_put_sorted(struct sdc_buf *out, struct sdc_buf *parts, size_t count)
{
    for (size_t done = 0; done < count; done++) {
        size_t least = done;
        for (size_t i = done + 1; i < count; i++)
            if (stands_before(&parts[i], &parts[least]))
                least = i;
        struct sdc_buf part = parts[least];
        parts[least] = parts[done];
        parts[done] = part;
        out->err = out->err || part.err;
        sdc_buf_put(out, part.data, part.len);
    }
    for (size_t i = 0; i < count; i++)
        sdc_buf_free(&parts[i]);
}
