/* SPDX-License-Identifier: BSD-2-Clause */
/* Security object, SP 800-73-4 part 1 3.1.7 and table 13: which data group number means which container, and the LDS
 * security object of ICAO 9303-10 4.6.2.3 with their hashes. */
#include "objects.h"

#include "cms.h"

enum { MAP_ENTRY_LEN = 3, DG_MAX = 16 };

static const char *read_map(struct sdc_rd map, struct vf_security *security)
{
    security->count = 0;
    if (map.left % MAP_ENTRY_LEN != 0)
        return "a mapping of incomplete entries";
    while (map.left > 0 && security->count < VF_LIST_MAX) {
        uint8_t dg = sdc_rd_u8(&map);
        uint16_t container = sdc_rd_u16(&map);
        if (dg < 1 || dg > DG_MAX)
            return "a data group number outside 1 to 16";
        for (size_t i = 0; i < security->count; i++)
            if (security->map[i].dg == dg || security->map[i].container == container)
                return "a data group or container listed twice";
        security->map[security->count].dg = dg;
        security->map[security->count++].container = container;
    }
    return sdc_rd_end(&map) ? NULL : "more entries than allowed";
}

const char *vf_security_parse(struct sdc_rd object, struct vf_security *security)
{
    struct sdc_rd r = object;
    struct sdc_rd map = vf_field(&r, 0xBA, MAP_ENTRY_LEN, VF_LIST_MAX * MAP_ENTRY_LEN);
    security->signature = vf_field(&r, 0xBB, 1, 1298);
    if (!vf_field_last(&r))
        return "fields missing, surplus, out of order or of a length that is not allowed";
    return read_map(map, security);
}

static bool read_hash(struct sdc_rd *list, struct vf_lds *lds)
{
    struct sdc_rd entry = sdc_tlv_take(list, DER_SEQUENCE);
    unsigned dg = vf_der_small(&entry);
    struct sdc_rd value = sdc_tlv_take(&entry, DER_OCTET_STRING);
    if (!sdc_rd_end(&entry) || dg < 1 || dg > DG_MAX || value.left != lds->hash->len || !lds->value[dg].err)
        return false;
    lds->value[dg] = value;
    lds->count++;
    return true;
}

const char *vf_lds_parse(struct sdc_rd content, struct vf_lds *lds)
{
    lds->count = 0;
    for (size_t i = 0; i <= DG_MAX; i++)
        lds->value[i] = (struct sdc_rd) { NULL, 0, true };
    struct sdc_rd object = sdc_tlv_take(&content, DER_SEQUENCE);
    if (vf_der_small(&object) != 0 || object.err)
        return "LDS security object not of version 0";
    lds->hash = vf_hash_read(&object, NULL);
    struct sdc_rd list = sdc_tlv_take(&object, DER_SEQUENCE);
    if (!sdc_rd_end(&content) || !sdc_rd_end(&object))
        return "LDS security object malformed";
    while (list.left > 0)
        if (!read_hash(&list, lds))
            return "LDS security object with a malformed or repeated hash";
    return lds->count >= 2 ? NULL : "LDS security object with fewer than two hashes";
}
