/* SPDX-License-Identifier: BSD-2-Clause */
#include "format.h"

#include "bytes.h"
#include "card_edge.h"
#include "records.h"
#include "reference.h"

#define SERIAL_FIXED 3 /* bytes of BLANK_SERIAL that every serial number begins with */
#define DOMAIN_LEN   (SCP_SERIAL + 2 + SCP_KEYS * CHANNEL_KEY_MAX)

static bool issue(struct core *core, enum reference_id id, const char *value, size_t len, uint8_t tries)
{
    struct digits digits = { .len = (uint8_t)len };
    bytes_copy(digits.digit, value, len);
    return reference_issue(core, id, &digits, tries) == SW_OK;
}

/* The chip's serial number and the transport keys */
static enum store_status put_domain(struct core *core, const struct card_blank *blank)
{
    static const uint8_t known[] = { BLANK_TRANSPORT_KEY };
    uint8_t serial[SCP_SERIAL] = { BLANK_SERIAL }, keys[2 + SCP_KEYS * CHANNEL_KEY_MAX];
    bool given = blank != NULL && blank->transport_keys != NULL;
    struct wr w = wr_init(keys, sizeof keys);
    if (blank != NULL && blank->serial != NULL)
        bytes_copy(serial, blank->serial, sizeof serial);
    else if (!core->port->entropy(core->port->ctx, serial + SERIAL_FIXED, SCP_SERIAL - SERIAL_FIXED))
        return STORE_FAILED;
    wr_u8(&w, KEY_VERSION_TRANSPORT);
    wr_u8(&w, given ? blank->transport_key_len : sizeof known);
    for (size_t i = 0; i < SCP_KEYS && !given; i++)
        wr_bytes(&w, known, sizeof known);
    if (given)
        wr_bytes(&w, blank->transport_keys, SCP_KEYS * (size_t)blank->transport_key_len);
    enum store_status status = w.err ? STORE_FAILED : store_put(&core->store, RECORD_SERIAL, serial, sizeof serial);
    if (status == STORE_OK)
        status = store_put(&core->store, RECORD_DOMAIN_KEYS, keys, w.len);
    crypto_wipe(keys, sizeof keys);
    return status;
}

bool format_blank(struct core *core, const struct card_blank *blank)
{
    static const uint8_t management[] = { BLANK_MANAGEMENT_KEY };
    /* PIV's AID; the PIV PIN alone satisfies the access rules (SP 800-73-4 part 1, 3.3.2) */
    static const uint8_t discovery[] = { 0x4F, PIV_AID_LEN, PIV_AID, 0x5F, 0x2F, 0x02, 0x40, 0x00 };
    enum store_status status = store_begin(&core->store, 4, sizeof management + sizeof discovery + DOMAIN_LEN);
    if (status == STORE_OK)
        status = store_put(&core->store, RECORD_MANAGEMENT, management, sizeof management);
    if (status == STORE_OK)
        status = store_put(&core->store, RECORD_OBJECT_DISCOVERY, discovery, sizeof discovery);
    if (status == STORE_OK)
        status = put_domain(core, blank);
    if (status == STORE_OK)
        status = store_commit(&core->store);
    return status == STORE_OK && issue(core, REFERENCE_PUK, BLANK_PUK, sizeof BLANK_PUK - 1, PUK_TRIES) &&
           issue(core, REFERENCE_PIN, BLANK_TRANSPORT_PIN, sizeof BLANK_TRANSPORT_PIN - 1, PIN_TRIES);
}
