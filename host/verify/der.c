/* SPDX-License-Identifier: BSD-2-Clause */
#include "der.h"

#include <string.h>

struct sdc_rd vf_der_whole(struct sdc_rd *r, uint32_t tag, struct sdc_rd *value)
{
    struct sdc_rd start = *r;
    struct sdc_rd inner = sdc_tlv_take(r, tag);
    if (value)
        *value = inner;
    if (r->err)
        return inner;
    return sdc_rd_take(&start, start.left - r->left);
}

bool vf_oid_is(const struct sdc_rd *value, const struct vf_oid *oid)
{
    return sdc_rd_equal(value, oid->bytes, oid->len);
}

void vf_der_oid(struct sdc_rd *r, const struct vf_oid *oid)
{
    struct sdc_rd value = sdc_tlv_take(r, DER_OID);
    if (!vf_oid_is(&value, oid))
        r->err = true;
}

unsigned vf_der_small(struct sdc_rd *r)
{
    struct sdc_rd value = sdc_tlv_take(r, DER_INTEGER);
    unsigned number = sdc_rd_u8(&value);
    if (!sdc_rd_end(&value) || number > 127) {
        r->err = true;
        return 0;
    }
    return number;
}

bool vf_rd_same(const struct sdc_rd *a, const struct sdc_rd *b)
{
    return !b->err && sdc_rd_equal(a, b->p, b->left);
}

bool vf_der_before(const struct sdc_rd *a, const struct sdc_rd *b)
{
    if (a->err || b->err)
        return false;
    size_t common = a->left < b->left ? a->left : b->left;
    int order = common > 0 ? memcmp(a->p, b->p, common) : 0;
    return order < 0 || (order == 0 && a->left < b->left);
}
