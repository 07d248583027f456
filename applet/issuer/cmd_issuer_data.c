/* SPDX-License-Identifier: BSD-2-Clause */
/* GET DATA: who may read what is said by the rows of issuer.c. */
#include "bytes.h"
#include "card_edge.h"
#include "issuer_private.h"
#include "records.h"
#include "tlv.h"

#define TAG_KEY 0xC0

/* Object identifiers of GlobalPlatform (Card Specification, H.2), each inside its tag: card recognition data, the
 * version of the specification 2.3.1, no identification by the card's holder, SCP 03 with i behind it. */
#define OID_GP       0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B
#define RECOGNITION  0x06, 0x07, OID_GP, 0x01
#define VERSION      0x60, 0x0C, 0x06, 0x0A, OID_GP, 0x02, 0x02, 0x03, 0x01
#define SCHEME       0x63, 0x09, 0x06, 0x07, OID_GP, 0x03
#define CHANNEL_TYPE 0x64, 0x0B, 0x06, 0x09, OID_GP, 0x04, SCP_03

static uint16_t write_recognition(const struct core *core, struct wr *answer)
{
    static const uint8_t fixed[] = { RECOGNITION, VERSION, SCHEME, CHANNEL_TYPE };
    size_t len = sizeof fixed + 1;
    uint8_t i;
    if (!scp03_i(core, &i))
        return SW_NV_FAILURE;
    tlv_write_header(answer, TAG_CARD_RECOGNITION, tlv_header_len(0x73, len) + len);
    tlv_write_header(answer, 0x73, len);
    wr_bytes(answer, fixed, sizeof fixed);
    wr_u8(answer, i);
    return SW_OK;
}

static uint16_t write_key_information(const struct core *core, struct wr *answer)
{
    struct key_set keys;
    if (!key_set_read(core, &keys))
        return SW_REFERENCE_NOT_FOUND;
    tlv_write_header(answer, TAG_KEY_INFORMATION, KEY_COUNT * 6);
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        const uint8_t key[] = { (uint8_t)(i + 1), keys.version, SCP_TYPE, keys.len };
        tlv_write(answer, TAG_KEY, key, sizeof key);
    }
    crypto_wipe(&keys, sizeof keys);
    return SW_OK;
}

static uint16_t write_record(const struct core *core, uint32_t tag, uint16_t record, struct wr *answer)
{
    size_t len = store_len(&core->store, record);
    if (len == 0)
        return SW_REFERENCE_NOT_FOUND;
    tlv_write_header(answer, tag, len);
    uint8_t *at = wr_space(answer, len);
    return at != NULL && store_read(&core->store, record, 0, at, len) ? SW_OK : SW_NV_FAILURE;
}

uint16_t cmd_issuer_data(struct core *core, const struct request *request, struct wr *answer)
{
    uint16_t tag = (uint16_t)(request->p1 << 8 | request->p2);
    switch (tag) {
    case TAG_ISSUER:
        return write_record(core, tag, RECORD_ISSUER, answer);
    case TAG_CARD_IMAGE:
        return write_record(core, tag, RECORD_SERIAL, answer);
    case TAG_PRODUCTION_DATA:
        return write_record(core, tag, RECORD_PRODUCTION_DATA, answer);
    case TAG_CARD_RECOGNITION:
        return write_recognition(core, answer);
    case TAG_KEY_INFORMATION:
        return write_key_information(core, answer);
    default:
        return SW_REFERENCE_NOT_FOUND;
    }
}
