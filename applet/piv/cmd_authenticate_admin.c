/* SPDX-License-Identifier: BSD-2-Clause */
/* GENERAL AUTHENTICATE with the management key (A.1). Mutual: the card asks for its witness, then answers the issuer's
 * challenge. Single: the issuer encrypts the card's challenge. The card never encrypts for a stranger (no internal
 * authentication): that would answer its own challenge. Each witness and challenge serves once. */
#include "bytes.h"
#include "card_edge.h"
#include "piv_private.h"
#include "reference_management.h"
#include "tlv.h"

static void answer_block(const struct management *m, struct wr *answer, uint32_t tag, const uint8_t *block)
{
    tlv_write_header(answer, TAG_DYNAMIC_AUTH, tlv_header_len(tag, m->block_len) + m->block_len);
    tlv_write(answer, tag, block, m->block_len);
}

/* A fresh random block: as it is where the issuer must encrypt it, encrypted where it must decrypt it. */
static uint16_t begin(struct core *core, const struct management *m, enum piv_auth_step step, struct wr *answer)
{
    struct piv_auth *auth = &piv_state(core)->auth;
    uint8_t shown[MANAGEMENT_BLOCK_MAX];
    crypto_drbg_generate(&core->drbg, auth->challenge, m->block_len);
    auth->step = step;
    if (step == AUTH_WITNESS_SENT) {
        management_encrypt(m, auth->challenge, shown);
        answer_block(m, answer, TAG_AUTH_WITNESS, shown);
    } else {
        answer_block(m, answer, TAG_AUTH_CHALLENGE, auth->challenge);
    }
    return SW_OK;
}

static uint16_t finish_mutual(struct core *core, const struct management *m, const struct piv_auth *auth,
                              const struct piv_template *t, struct wr *answer)
{
    uint8_t response[MANAGEMENT_BLOCK_MAX];
    if (!crypto_equal(t->witness.p, auth->challenge, m->block_len))
        return SW_SECURITY_STATUS;
    management_encrypt(m, t->challenge.p, response);
    answer_block(m, answer, TAG_AUTH_RESPONSE, response);
    core->security.admin = true;
    return SW_OK;
}

static uint16_t finish_single(struct core *core, const struct management *m, const struct piv_auth *auth,
                              const struct piv_template *t)
{
    uint8_t expected[MANAGEMENT_BLOCK_MAX];
    management_encrypt(m, auth->challenge, expected);
    bool right = crypto_equal(t->response.p, expected, m->block_len);
    crypto_wipe(expected, sizeof expected);
    if (right)
        core->security.admin = true;
    return right ? SW_OK : SW_SECURITY_STATUS;
}

/* Which step of the protocol a template is. */
enum asked { ASKED_WITNESS, ASKED_CHALLENGE, ASKED_MUTUAL, ASKED_SINGLE, ASKED_NONSENSE };

static enum asked asked(const struct piv_template *t, size_t block)
{
    if (t->has_exponentiation)
        return ASKED_NONSENSE;
    if (t->has_witness && t->has_challenge) /* an empty 82 may stand for the answer that is wanted */
        return t->witness.left == block && t->challenge.left == block && t->response.left == 0 ? ASKED_MUTUAL
                                                                                               : ASKED_NONSENSE;
    if (t->has_witness)
        return t->witness.left == 0 && !t->has_response ? ASKED_WITNESS : ASKED_NONSENSE;
    if (t->has_challenge)
        return t->challenge.left == 0 && !t->has_response ? ASKED_CHALLENGE : ASKED_NONSENSE;
    return t->has_response && t->response.left == block ? ASKED_SINGLE : ASKED_NONSENSE;
}

static uint16_t step(struct core *core, const struct management *m, const struct piv_template *t, struct wr *answer)
{
    struct piv_auth *state = &piv_state(core)->auth, auth = *state;
    crypto_wipe(state, sizeof *state); /* whatever comes now, it served */
    core->security.admin = false;
    uint16_t sw = SW_WRONG_DATA;
    switch (asked(t, m->block_len)) {
    case ASKED_WITNESS:
        sw = begin(core, m, AUTH_WITNESS_SENT, answer);
        break;
    case ASKED_CHALLENGE:
        sw = begin(core, m, AUTH_CHALLENGE_SENT, answer);
        break;
    case ASKED_MUTUAL:
        sw = auth.step == AUTH_WITNESS_SENT ? finish_mutual(core, m, &auth, t, answer) : SW_CONDITIONS;
        break;
    case ASKED_SINGLE:
        sw = auth.step == AUTH_CHALLENGE_SENT ? finish_single(core, m, &auth, t) : SW_CONDITIONS;
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
    struct management management;
    uint16_t sw = SW_REFERENCE_NOT_FOUND;
    if (management_read(core, &management)) {
        sw = SW_WRONG_DATA;
        if (management.alg != request->p1)
            sw = SW_WRONG_P1P2;
        else if (piv_template_read(&data, &template))
            sw = step(core, &management, &template, answer);
    }
    crypto_wipe(&management, sizeof management);
    return sw;
}
