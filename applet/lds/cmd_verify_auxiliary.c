/* SPDX-License-Identifier: BSD-2-Clause */
/* VERIFY of auxiliary data that terminal authentication brought (TR-03110-3 B.14.9): whether the document is still
 * valid on the day that it names. Nothing is told but yes or no. */
#include "bytes.h"
#include "card_edge.h"
#include "lds_private.h"
#include "records.h"
#include "tlv.h"

#define DATE_LEN      8                /* YYYYMMDD */
#define DG1_EXPIRY_AT (2 + 3 + 30 + 8) /* 61 5D 5F1F 5A, then the MRZ of a TD1, its second line (Doc 9303-5 4.2.2) */
#define MRZ_DATE_LEN  6

static const uint8_t oid_expiry[] = { OID_AUXILIARY, AUXILIARY_EXPIRY };

/* The data of the first template with this identifier. */
static bool find(const struct eac_terminal *ta, struct rd oid, struct rd *value)
{
    struct rd r = rd_init(ta->aux, ta->aux_len), templates, template, name;
    tlv_read_tag(&r, TAG_AUX, &templates);
    while (rd_more(&templates)) {
        tlv_read_tag(&templates, TAG_AUX_TEMPLATE, &template);
        tlv_read_tag(&template, 0x06, &name);
        tlv_read_tag(&template, 0x53, value);
        if (name.left == oid.left && bytes_same(name.p, oid.p, oid.left))
            return true;
    }
    return false;
}

/* Whether the document's expiry is on that day or later. */
static bool valid_on(const struct core *core, struct rd day)
{
    uint8_t expiry[DATE_LEN] = { '2', '0' };
    if (day.left != DATE_LEN ||
        !store_read(&core->store, RECORD_FILE_DG + 1, DG1_EXPIRY_AT, expiry + DATE_LEN - MRZ_DATE_LEN, MRZ_DATE_LEN))
        return false;
    for (size_t i = 0; i < DATE_LEN; i++)
        if (day.p[i] != expiry[i])
            return day.p[i] < expiry[i];
    return true;
}

uint16_t cmd_verify_auxiliary(struct core *core, const struct request *request, struct wr *answer)
{
    const struct eac *eac = eac_look(core);
    struct rd data = request->data, oid, day;
    (void)answer;
    if (!core->messaging.now || eac->phase != PHASE_RIGHTS)
        return SW_SECURITY_STATUS;
    tlv_read_tag(&data, 0x06, &oid);
    if (!rd_end(&data))
        return SW_WRONG_DATA;
    if (oid.left != sizeof oid_expiry || !bytes_same(oid.p, oid_expiry, sizeof oid_expiry) ||
        !find(&eac->run.ta, oid, &day))
        return SW_REFERENCE_NOT_FOUND;
    return valid_on(core, day) ? SW_OK : SW_AUTHENTICATION_FAILED;
}
