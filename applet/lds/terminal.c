/* SPDX-License-Identifier: BSD-2-Clause */
/* Terminal authentication 2 (TR-03110-3 3.3, B.14): the chain of certificates from a trust point to a terminal, then
 * its signature over this channel's ID, a challenge, the key of chip authentication and the auxiliary data. */
#include "bytes.h"
#include "card_edge.h"
#include "cv_certificate.h"
#include "lds_private.h"
#include "mse.h"
#include "tlv.h"

static const uint8_t oid_ecdsa[] = { OID_TERMINAL_ECDSA };

/* ---- the verifying key ---- */

static bool signer_read(const struct core *core, enum eac_signer by, struct cv_holder *signer)
{
    const struct eac *eac = eac_look(core);
    if (by != SIGNER_IMPORTED)
        return trust_read(core, by == SIGNER_CURRENT ? TRUST_CURRENT : TRUST_PREVIOUS, signer);
    *signer = eac->run.ta.last;
    return eac->phase >= PHASE_CHAIN && signer->name.len > 0;
}

uint16_t cmd_mse_certificate(struct core *core, const struct request *request, struct wr *answer)
{
    static const enum eac_signer signers[] = { SIGNER_IMPORTED, SIGNER_CURRENT, SIGNER_PREVIOUS };
    struct eac *eac = eac_state(core);
    struct rd data = request->data;
    struct mse mse;
    struct cv_name name;
    struct cv_holder signer;
    (void)answer;
    uint16_t sw = eac_allows(core, EAC_DST);
    if (sw != SW_OK)
        return sw;
    if (!mse_read(&data, MSE_HAS_NAME, 0, &mse))
        return SW_WRONG_DATA;
    cv_name_read(&mse.name, &name);
    if (!rd_end(&mse.name))
        return SW_WRONG_DATA;
    for (size_t i = 0; i < COUNT(signers); i++) {
        if (!signer_read(core, signers[i], &signer) || !cv_name_same(&name, &signer.name))
            continue;
        eac->run.ta.by = (uint8_t)signers[i];
        eac->step = STEP_DST;
        return SW_OK;
    }
    return SW_REFERENCE_NOT_FOUND;
}

/* ---- certificates ---- */

/* Who may sign whom; by the roles of a signer and of what it signed. */
static bool roles_fit(enum eac_signer by, unsigned signer, unsigned holder)
{
    if (by == SIGNER_IMPORTED)
        return signer == ROLE_DV && holder == ROLE_TERMINAL;
    /* a new trust point by the current one alone: the previous one's word is history */
    return holder == ROLE_DV || (holder == ROLE_CVCA && by == SIGNER_CURRENT);
}

/* D: the card's date, E: the earlier of the ends of what stands above. A link may come from an authority that has
 * ended: it is how a card that lay in a drawer finds the way back. */
static bool dates_fit(const struct core *core, const struct cv_certificate *c, const struct cv_holder *signer)
{
    struct cv_date now;
    card_date_read(core, &now);
    bool inside = cv_date_compare(&c->holder.effective, &signer->effective) >= 0 &&
                  cv_date_compare(&c->holder.effective, &signer->expiry) <= 0 &&
                  cv_date_compare(&c->holder.effective, &c->holder.expiry) <= 0;
    bool alive = cv_date_compare(&c->holder.expiry, &now) >= 0 && cv_date_compare(&signer->expiry, &now) >= 0;
    return inside && (alive || cv_role(c->holder.rights) == ROLE_CVCA);
}

/* The certificate holds: its effect, in one transaction where it is for ever. */
static uint16_t import(struct core *core, const struct cv_certificate *c, const struct cv_holder *signer)
{
    struct eac *eac = eac_state(core);
    struct eac_terminal *ta = &eac->run.ta;
    bool link = cv_role(c->holder.rights) == ROLE_CVCA, by_authority = ta->by != SIGNER_IMPORTED;
    uint16_t sw = link           ? trust_link(core, &c->holder)
                  : by_authority ? card_date_advance(core, &c->holder.effective)
                                 : SW_OK;
    if (sw != SW_OK)
        return sw;
    if (eac->phase == PHASE_CHAT)
        ta->links = UINT64_MAX;
    if (link)
        ta->links &= signer->rights & c->holder.rights;
    eac->phase = cv_role(c->holder.rights) == ROLE_TERMINAL ? PHASE_TERMINAL : PHASE_CHAIN;
    ta->last = c->holder;
    if (link)
        ta->last.name.len = 0; /* known by its trust point alone */
    /* what the chain leaves; the role stays the holder's own */
    uint64_t all = signer->rights & (by_authority ? ta->links : UINT64_MAX) & c->holder.rights;
    uint64_t role = (uint64_t)3 << RIGHT_ROLE;
    ta->last.rights = (all & ~role) | (c->holder.rights & role);
    return SW_OK;
}

static uint16_t judge(struct core *core, const struct cv_certificate *c)
{
    enum eac_signer by = (enum eac_signer)eac_state(core)->run.ta.by;
    struct cv_holder signer;
    if (!signer_read(core, by, &signer))
        return SW_NV_FAILURE;
    if (!cv_name_same(&c->authority, &signer.name))
        return SW_REFERENCE_NOT_FOUND;
    /* of itself: public, and as a link it would drive the previous trust point out */
    bool itself = cv_name_same(&c->authority, &c->holder.name);
    if (!c->known || itself || !roles_fit(by, cv_role(signer.rights), cv_role(c->holder.rights)) ||
        !dates_fit(core, c, &signer) || !cv_certificate_verify(c, signer.point))
        return SW_REFERENCE_UNUSABLE;
    return import(core, c, &signer);
}

uint16_t cmd_verify_certificate(struct core *core, const struct request *request, struct wr *answer)
{
    struct eac *eac = eac_state(core);
    struct cv_certificate certificate;
    (void)answer;
    uint16_t sw = eac_allows(core, EAC_CERTIFICATE);
    if (sw != SW_OK)
        return sw;
    sw = cv_certificate_read(request->data, &certificate) ? judge(core, &certificate) : SW_WRONG_DATA;
    eac->step = STEP_NONE;
    if (sw != SW_OK) { /* nothing of the chain stays */
        crypto_wipe(&eac->run, sizeof eac->run);
        eac->phase = PHASE_CHAT;
    }
    return sw;
}

/* ---- the terminal ---- */

/* 67{73{06 OID, 53 data}..} */
static bool auxiliary_right(struct rd r)
{
    struct rd template, oid, value;
    while (rd_more(&r)) {
        tlv_read_tag(&r, TAG_AUX_TEMPLATE, &template);
        tlv_read_tag(&template, 0x06, &oid);
        tlv_read_tag(&template, 0x53, &value);
        if (!rd_end(&template))
            return false;
    }
    return rd_end(&r);
}

static bool take_auxiliary(const struct mse *mse, struct eac_terminal *ta)
{
    struct wr w = wr_init(ta->aux, sizeof ta->aux);
    if ((mse->has & MSE_HAS_AUX) != 0)
        tlv_write(&w, TAG_AUX, mse->aux.p, mse->aux.left); /* as it was sent: lengths are minimal */
    ta->aux_len = (uint8_t)w.len;
    return !w.err && auxiliary_right(mse->aux);
}

uint16_t cmd_mse_terminal(struct core *core, const struct request *request, struct wr *answer)
{
    struct eac *eac = eac_state(core);
    struct eac_terminal *ta = &eac->run.ta;
    struct rd data = request->data;
    struct mse mse;
    struct cv_name name;
    (void)answer;
    uint16_t sw = eac_allows(core, EAC_AT);
    if (sw != SW_OK)
        return sw;
    if (!mse_read(&data, MSE_HAS_OID | MSE_HAS_NAME | MSE_HAS_X, MSE_HAS_AUX, &mse) ||
        mse.oid.left != sizeof oid_ecdsa || !bytes_same(mse.oid.p, oid_ecdsa, sizeof oid_ecdsa))
        return SW_WRONG_DATA;
    cv_name_read(&mse.name, &name);
    rd_copy(&mse.x, ta->key_x, sizeof ta->key_x);
    if (!rd_end(&mse.name) || !rd_end(&mse.x) || !take_auxiliary(&mse, ta))
        return SW_WRONG_DATA;
    if (eac->phase != PHASE_TERMINAL || !cv_name_same(&name, &ta->last.name))
        return SW_REFERENCE_NOT_FOUND;
    eac->step = STEP_AT;
    return SW_OK;
}

uint16_t cmd_get_challenge(struct core *core, const struct request *request, struct wr *answer)
{
    struct eac *eac = eac_state(core);
    uint16_t sw = eac_allows(core, EAC_CHALLENGE_GET);
    if (sw != SW_OK)
        return sw;
    if (request->data.left > 0 || request->le != EAC_CHALLENGE)
        return SW_WRONG_LENGTH;
    crypto_drbg_generate(&core->drbg, eac->run.ta.challenge, EAC_CHALLENGE);
    wr_bytes(answer, eac->run.ta.challenge, EAC_CHALLENGE);
    eac->step = STEP_CHALLENGED;
    return SW_OK;
}

/* ID_PICC || r_PICC || x(ePK) || 67 */
static bool signature_right(const struct eac *eac, const uint8_t *signature)
{
    const struct eac_terminal *ta = &eac->run.ta;
    uint8_t input[EAC_X_LEN + EAC_CHALLENGE + EAC_X_LEN + EAC_AUX_MAX], hash[CRYPTO_SHA256_LEN];
    struct wr w = wr_init(input, sizeof input);
    wr_bytes(&w, eac->id_picc, EAC_X_LEN);
    wr_bytes(&w, ta->challenge, EAC_CHALLENGE);
    wr_bytes(&w, ta->key_x, EAC_X_LEN);
    wr_bytes(&w, ta->aux, ta->aux_len);
    crypto_sha256(input, w.len, hash);
    return crypto_ec_verify(CRYPTO_P256, ta->last.point, hash, signature);
}

uint16_t cmd_authenticate_terminal(struct core *core, const struct request *request, struct wr *answer)
{
    struct eac *eac = eac_state(core);
    (void)answer;
    uint16_t sw = eac_allows(core, EAC_EXTERNAL);
    if (sw != SW_OK)
        return sw;
    sw = request->data.left != CV_SIGNATURE_LEN   ? SW_WRONG_LENGTH
         : !signature_right(eac, request->data.p) ? SW_AUTHENTICATION_FAILED
                                                  : SW_OK;
    if (sw != SW_OK) {
        eac_fail(core);
        return sw;
    }
    crypto_wipe(eac->run.ta.challenge, EAC_CHALLENGE);
    eac->phase = PHASE_TA_DONE;
    eac->step = STEP_NONE;
    return SW_OK;
}
