/* SPDX-License-Identifier: BSD-2-Clause */
/* GENERAL AUTHENTICATE with the management key (A.1). Mutual: the card asks for its witness, then answers the issuer's
 * challenge. Single: the issuer encrypts the card's challenge. The card never encrypts for a stranger (no internal
 * authentication): that would answer its own challenge. Each witness and challenge serves once. */
#include "bytes.h"
#include "card_edge.h"
#include "piv_private.h"
#include "records.h"
#include "tlv.h"

#define BLOCK CRYPTO_AES_BLOCK

static void answer_block(struct wr *answer, uint32_t tag, const uint8_t block[static BLOCK])
{
    tlv_write_header(answer, TAG_DYNAMIC_AUTH, tlv_header_len(tag, BLOCK) + BLOCK);
    tlv_write(answer, tag, block, BLOCK);
}

static bool key_read(const struct core *core, uint8_t key[static BLOCK])
{
    return store_len(&core->store, RECORD_MANAGEMENT) == BLOCK &&
           store_read(&core->store, RECORD_MANAGEMENT, 0, key, BLOCK);
}

/* A fresh random block: as it is where the issuer must encrypt it, encrypted where it must decrypt it. */
static uint16_t begin(struct core *core, const uint8_t *key, enum piv_auth_step step, struct wr *answer)
{
    struct piv_auth *auth = &piv_state(core)->auth;
    uint8_t shown[BLOCK];
    crypto_drbg_generate(&core->drbg, auth->challenge, sizeof auth->challenge);
    auth->step = step;
    if (step == AUTH_WITNESS_SENT) {
        crypto_aes128_encrypt(key, auth->challenge, shown);
        answer_block(answer, TAG_AUTH_WITNESS, shown);
    } else {
        answer_block(answer, TAG_AUTH_CHALLENGE, auth->challenge);
    }
    return SW_OK;
}

static uint16_t finish_mutual(struct core *core, const uint8_t *key, const struct piv_auth *auth,
                              const struct piv_template *t, struct wr *answer)
{
    uint8_t response[BLOCK];
    if (!crypto_equal(t->witness.p, auth->challenge, BLOCK))
        return SW_SECURITY_STATUS;
    crypto_aes128_encrypt(key, t->challenge.p, response);
    answer_block(answer, TAG_AUTH_RESPONSE, response);
    core->security.admin = true;
    return SW_OK;
}

static uint16_t finish_single(struct core *core, const uint8_t *key, const struct piv_auth *auth,
                              const struct piv_template *t)
{
    uint8_t expected[BLOCK];
    crypto_aes128_encrypt(key, auth->challenge, expected);
    bool right = crypto_equal(t->response.p, expected, BLOCK);
    crypto_wipe(expected, sizeof expected);
    if (right)
        core->security.admin = true;
    return right ? SW_OK : SW_SECURITY_STATUS;
}

/* Which step of the protocol a template is. */
enum asked { ASKED_WITNESS, ASKED_CHALLENGE, ASKED_MUTUAL, ASKED_SINGLE, ASKED_NONSENSE };

static enum asked asked(const struct piv_template *t)
{
    if (t->has_exponentiation)
        return ASKED_NONSENSE;
    if (t->has_witness && t->has_challenge) /* an empty 82 may stand for the answer that is wanted */
        return t->witness.left == BLOCK && t->challenge.left == BLOCK && t->response.left == 0 ? ASKED_MUTUAL
                                                                                               : ASKED_NONSENSE;
    if (t->has_witness)
        return t->witness.left == 0 && !t->has_response ? ASKED_WITNESS : ASKED_NONSENSE;
    if (t->has_challenge)
        return t->challenge.left == 0 && !t->has_response ? ASKED_CHALLENGE : ASKED_NONSENSE;
    return t->has_response && t->response.left == BLOCK ? ASKED_SINGLE : ASKED_NONSENSE;
}

static uint16_t step(struct core *core, const uint8_t *key, const struct piv_template *t, struct wr *answer)
{
    struct piv_auth *state = &piv_state(core)->auth, auth = *state;
    crypto_wipe(state, sizeof *state); /* whatever comes now, it served */
    core->security.admin = false;
    uint16_t sw = SW_WRONG_DATA;
    switch (asked(t)) {
    case ASKED_WITNESS:
        sw = begin(core, key, AUTH_WITNESS_SENT, answer);
        break;
    case ASKED_CHALLENGE:
        sw = begin(core, key, AUTH_CHALLENGE_SENT, answer);
        break;
    case ASKED_MUTUAL:
        sw = auth.step == AUTH_WITNESS_SENT ? finish_mutual(core, key, &auth, t, answer) : SW_CONDITIONS;
        break;
    case ASKED_SINGLE:
        sw = auth.step == AUTH_CHALLENGE_SENT ? finish_single(core, key, &auth, t) : SW_CONDITIONS;
        break;
    case ASKED_NONSENSE:
        break;
    }
    crypto_wipe(&auth, sizeof auth);
    return sw;
}

uint16_t cmd_authenticate_admin(struct core *core, const struct request *request, struct wr *answer)
{
    struct piv_template template;
    struct rd data = request->data;
    uint8_t key[BLOCK];
    if (!piv_template_read(&data, &template))
        return SW_WRONG_DATA;
    uint16_t sw = key_read(core, key) ? step(core, key, &template, answer) : SW_REFERENCE_NOT_FOUND;
    crypto_wipe(key, sizeof key);
    return sw;
}
