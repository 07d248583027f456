/* SPDX-License-Identifier: BSD-2-Clause */
#include "format.h"

#include "bytes.h"
#include "card_edge.h"
#include "records.h"
#include "reference.h"

static bool issue(struct core *core, enum reference_id id, const char *value, size_t len, uint8_t tries)
{
    struct digits digits = { .len = (uint8_t)len };
    bytes_copy(digits.digit, value, len);
    return reference_issue(core, id, &digits, tries) == SW_OK;
}

bool format_blank(struct core *core)
{
    static const uint8_t management[] = { BLANK_MANAGEMENT_KEY };
    /* PIV's AID; the PIV PIN alone satisfies the access rules (SP 800-73-4 part 1, 3.3.2) */
    static const uint8_t discovery[] = { 0x4F, PIV_AID_LEN, PIV_AID, 0x5F, 0x2F, 0x02, 0x40, 0x00 };
    enum store_status status = store_begin(&core->store, 2, sizeof management + sizeof discovery);
    if (status == STORE_OK)
        status = store_put(&core->store, RECORD_MANAGEMENT, management, sizeof management);
    if (status == STORE_OK)
        status = store_put(&core->store, RECORD_OBJECT_DISCOVERY, discovery, sizeof discovery);
    if (status == STORE_OK)
        status = store_commit(&core->store);
    return status == STORE_OK && issue(core, REFERENCE_PUK, BLANK_PUK, sizeof BLANK_PUK - 1, PUK_TRIES) &&
           issue(core, REFERENCE_PIN, BLANK_TRANSPORT_PIN, sizeof BLANK_TRANSPORT_PIN - 1, PIN_TRIES);
}
