/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificate objects, SP 800-73-4 part 1 table 10. Certificate and CertInfo stand outside every signature of ours, so
 * only the one form that an issued card has is taken: not compressed. */
#include "objects.h"

const char *vf_cert_object_parse(struct sdc_rd object, struct sdc_rd *certificate)
{
    struct sdc_rd r = object;
    *certificate = vf_field(&r, 0x70, 1, 32768);
    struct sdc_rd info = vf_field(&r, 0x71, 1, 1);
    if (!vf_field_last(&r))
        return "fields missing, surplus or out of order";
    if (sdc_rd_u8(&info) != 0)
        return "compressed, which this issuer's never are";
    return NULL;
}
