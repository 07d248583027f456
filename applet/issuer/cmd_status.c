/* SPDX-License-Identifier: BSD-2-Clause */
/* GET STATUS and SET STATUS of the card, and its state for everybody. */
#include "bytes.h"
#include "card_edge.h"
#include "issuer_private.h"
#include "life_cycle.h"
#include "tlv.h"

#define TAG_AID         0x4F
#define TAG_APPLICATION 0xE3

uint16_t cmd_life_cycle_data(struct core *core, const struct request *request, struct wr *answer)
{
    uint8_t state = life_cycle(core);
    (void)request;
    tlv_write(answer, TAG_LIFE_CYCLE, &state, sizeof state);
    return SW_OK;
}

uint16_t cmd_get_status(struct core *core, const struct request *request, struct wr *answer)
{
    uint8_t state = life_cycle(core), content[DOMAIN_AID_LEN + 8];
    struct rd data = request->data, name;
    if (!tlv_read_tag(&data, TAG_AID, &name) || !rd_end(&data) || name.left > DOMAIN_AID_LEN)
        return SW_WRONG_DATA;
    if (!bytes_same(name.p, issuer_aid, name.left))
        return SW_REFERENCE_NOT_FOUND;
    struct wr w = wr_init(content, sizeof content);
    tlv_write(&w, TAG_AID, issuer_aid, DOMAIN_AID_LEN);
    tlv_write(&w, TAG_LIFE_CYCLE, &state, sizeof state);
    tlv_write(answer, TAG_APPLICATION, content, w.len);
    return w.err ? SW_SELF_TEST_FAILED : SW_OK;
}

uint16_t cmd_set_status(struct core *core, const struct request *request, struct wr *answer)
{
    struct key_set keys;
    (void)answer;
    /* a card that still opens to its maker is not given to anybody */
    bool transport = !key_set_read(core, &keys) || keys.version == KEY_VERSION_TRANSPORT;
    crypto_wipe(&keys, sizeof keys);
    if (transport && request->p2 == LIFE_SECURED)
        return SW_CONDITIONS;
    return life_cycle_change(core, request->p2);
}
