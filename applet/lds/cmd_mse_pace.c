/* SPDX-License-Identifier: BSD-2-Clause */
/* MSE:Set AT of PACE: 80 OID, 83 password [, 84 0C] [, 7F4C CHAT]. */
#include "bytes.h"
#include "card_edge.h"
#include "lds_private.h"
#include "mse.h"
#include "tlv.h"

static const uint8_t arc_pace[] = { OID_PACE };

static bool read_parameter(struct rd value, uint8_t expected, uint16_t *sw)
{
    uint8_t given = rd_u8(&value);
    if (rd_end(&value) && given != expected)
        *sw = SW_REFERENCE_NOT_FOUND;
    return rd_end(&value);
}

/* With the PUK no rights are asked for. */
static bool read_chat(struct rd value, struct eac_pace *pace)
{
    bool at;
    cv_chat_read(&value, &pace->chat, &at);
    pace->has_chat = true;
    return rd_end(&value) && at && cv_role(pace->chat) == ROLE_TERMINAL && pace->password != PASSWORD_PUK;
}

static uint16_t read(const struct core *core, struct rd data, struct eac_pace *pace)
{
    struct mse mse;
    uint16_t sw = SW_OK;
    if (!mse_read(&data, MSE_HAS_OID | MSE_HAS_NAME, MSE_HAS_KEY | MSE_HAS_CHAT, &mse) ||
        !lds_suite_oid(core, mse.oid, arc_pace))
        return SW_WRONG_DATA;
    pace->password = rd_u8(&mse.name);
    if (!rd_end(&mse.name) || ((mse.has & MSE_HAS_CHAT) != 0 && !read_chat(mse.chat, pace)) ||
        ((mse.has & MSE_HAS_KEY) != 0 && !read_parameter(mse.key, PARAMETER_P256, &sw)))
        return SW_WRONG_DATA;
    return password_known(core, pace->password) ? sw : SW_REFERENCE_NOT_FOUND;
}

uint16_t cmd_mse_pace(struct core *core, const struct request *request, struct wr *answer)
{
    struct eac *eac = eac_state(core);
    struct eac_pace pace = { .has_chat = false };
    (void)answer;
    uint16_t sw = eac_allows(core, EAC_PACE);
    if (sw == SW_OK)
        sw = read(core, request->data, &pace);
    if (sw != SW_OK)
        return sw;
    crypto_wipe(&eac->run, sizeof eac->run); /* and the certificates that this channel has seen */
    if (eac->phase > PHASE_CHAT)
        eac->phase = PHASE_CHAT;
    eac->run.pace = pace;
    eac->step = STEP_SET;
    return password_status(core, pace.password);
}
