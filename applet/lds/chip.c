/* SPDX-License-Identifier: BSD-2-Clause */
/* Chip authentication (TR-03110-3 3.4, A.4): version 2 in the MF, after terminal authentication and with the key that
 * was named there, brings the rights into force; version 1 in the travel document, for whoever has opened PACE, proves
 * the chip and grants nothing. */
#include "bytes.h"
#include "card_edge.h"
#include "card_suite.h"
#include "lds_private.h"
#include "mse.h"
#include "records.h"
#include "tlv.h"

#define CURVE      CRYPTO_P256
#define TAG_KEY_IN 0x80
#define TAG_RANDOM 0x81
#define TAG_TOKEN  0x82
#define RANDOM_LEN 8

static const uint8_t arc_chip[] = { OID_CHIP };

static bool version_1(const struct core *core)
{
    return lds_df(core) == DF_TRAVEL;
}

uint16_t cmd_mse_chip(struct core *core, const struct request *request, struct wr *answer)
{
    struct rd data = request->data;
    struct mse mse;
    (void)answer;
    uint8_t key = version_1(core) ? KEY_CHIP_1 : KEY_CHIP_2;
    uint16_t sw = eac_allows(core, version_1(core) ? EAC_CHIP_1 : EAC_CHIP_2);
    if (sw != SW_OK)
        return sw;
    if (!mse_read(&data, MSE_HAS_OID, MSE_HAS_KEY, &mse) || !lds_suite_oid(core, mse.oid, arc_chip))
        return SW_WRONG_DATA;
    uint8_t named = (mse.has & MSE_HAS_KEY) != 0 ? rd_u8(&mse.key) : key;
    if ((mse.has & MSE_HAS_KEY) != 0 && !rd_end(&mse.key))
        return SW_WRONG_DATA;
    uint16_t record = version_1(core) ? RECORD_CHIP_KEY_1 : RECORD_CHIP_KEY_2;
    if (named != key || store_len(&core->store, record) != CRYPTO_P256_SCALAR)
        return SW_REFERENCE_NOT_FOUND;
    eac_state(core)->step = STEP_CHIP;
    return SW_OK;
}

/* Z || r: r is nothing in version 1. */
struct agreed {
    uint8_t secret[EAC_X_LEN + RANDOM_LEN];
    size_t len;
};

static uint16_t agree(const struct core *core, const uint8_t *peer, struct agreed *agreed)
{
    uint8_t scalar[CRYPTO_P256_SCALAR];
    uint16_t record = version_1(core) ? RECORD_CHIP_KEY_1 : RECORD_CHIP_KEY_2;
    uint16_t sw = SW_NV_FAILURE;
    if (store_read(&core->store, record, 0, scalar, sizeof scalar))
        sw = crypto_ecdh(CURVE, scalar, peer, agreed->secret) ? SW_OK : SW_WRONG_DATA;
    crypto_wipe(scalar, sizeof scalar);
    agreed->len = EAC_X_LEN;
    return sw;
}

static void answer_2(struct core *core, const uint8_t *peer, const struct messaging_keys *keys, const uint8_t *random,
                     struct wr *answer)
{
    uint8_t token[TOKEN_LEN];
    lds_token(keys, arc_chip, suite_id(core), peer, token);
    tlv_write_header(answer, TAG_DYNAMIC_AUTH, 2 + RANDOM_LEN + 2 + TOKEN_LEN);
    tlv_write(answer, TAG_RANDOM, random, RANDOM_LEN);
    tlv_write(answer, TAG_TOKEN, token, TOKEN_LEN);
}

uint16_t chip_step(struct core *core, uint32_t tag, struct rd value, bool last, struct wr *answer)
{
    struct eac *eac = eac_state(core);
    bool first = version_1(core);
    uint8_t peer[EAC_POINT_LEN];
    struct agreed agreed;
    struct messaging_keys keys;
    if (tag != TAG_KEY_IN)
        return SW_CONDITIONS;
    if (!last)
        return SW_CHAINING_UNSUPPORTED;
    rd_copy(&value, peer, sizeof peer);
    uint16_t sw = rd_end(&value) ? agree(core, peer, &agreed) : SW_WRONG_DATA;
    if (sw == SW_OK && !first && !crypto_equal(peer + 1, eac->run.ta.key_x, EAC_X_LEN))
        sw = SW_AUTHENTICATION_FAILED;
    if (sw == SW_OK) {
        uint8_t *random = agreed.secret + EAC_X_LEN;
        if (!first) {
            crypto_drbg_generate(&core->drbg, random, RANDOM_LEN);
            agreed.len += RANDOM_LEN;
        }
        lds_derive(agreed.secret, agreed.len, suite_key_len(core), &keys);
        if (first)
            tlv_write(answer, TAG_DYNAMIC_AUTH, NULL, 0);
        else
            answer_2(core, peer, &keys, random, answer);
        eac->rights = first ? 0 : eac_effective(core);
        eac->phase = first ? PHASE_CHIP : PHASE_RIGHTS;
        eac->step = STEP_NONE;
        messaging_renew(&core->messaging, &keys);
    }
    crypto_wipe(&agreed, sizeof agreed);
    crypto_wipe(&keys, sizeof keys);
    return sw;
}
