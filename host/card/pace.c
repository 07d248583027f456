/* SPDX-License-Identifier: BSD-2-Clause */
/* PACE with generic mapping (BSI TR-03110 part 2, 3.2; part 3, B.1). */
#include "eac_private.h"

#include <string.h>

#include <openssl/evp.h>

#include "card_edge.h"
#include "sdc/tlv.h"

enum {
    DO_NONCE = 0x80,
    DO_MAP = 0x81,
    DO_MAPPED = 0x82,
    DO_KEY = 0x83,
    DO_AGREED = 0x84,
    DO_TOKEN = 0x85,
    DO_CONFIRMED = 0x86,
    DO_CAR = 0x87,
    DO_CAR_BEFORE = 0x88,
    KDF_PASSWORD = 3,
    SHA1_LEN = 20,
    SW_TRANSPORT_PIN = 0x6283,
    SW_PIN_UNUSABLE = 0x6984
};

struct pace {
    struct sdc_eac *session;
    const struct eac_random *random;
    const struct sdc_password *password;
    uint8_t nonce[P256_SCALAR];                /* s, led by zeros */
    uint8_t generator[P256_POINT];             /* mapped */
    uint8_t own[P256_POINT], card[P256_POINT]; /* ephemeral public keys */
    struct eac_sm sm;                          /* the new channel, until the card has proven it */
    struct sdc_buf answer;
};

static const char step_name[] = "secure channel";

/* ---- passwords ---- */

static bool is_digits(const struct sdc_password *p, size_t least, size_t most)
{
    bool good = p->len >= least && p->len <= most;
    for (size_t i = 0; i < p->len && good; i++)
        good = p->text[i] >= '0' && p->text[i] <= '9';
    return good;
}

static bool is_password(const struct sdc_password *p)
{
    switch (p->kind) {
    case SDC_PASSWORD_MRZ:
        return p->len == SDC_MRZ_SECRET_LEN;
    case SDC_PASSWORD_CAN:
        return is_digits(p, CAN_LEN, CAN_LEN);
    case SDC_PASSWORD_PIN:
        return is_digits(p, PIN_MIN_LEN, PIN_MAX_LEN);
    case SDC_PASSWORD_PUK:
        return is_digits(p, PUK_LEN, PUK_LEN);
    }
    return false;
}

/* K_pi = KDF(K, 3); K of the MRZ is its hash */
static bool password_key(const struct sdc_password *p, size_t key_len, uint8_t key[static EAC_KEY_MAX])
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    struct eac_secret secret = { .secret = p->text, .len = p->len };
    bool ok = true;
    if (p->kind == SDC_PASSWORD_MRZ) {
        ok = EVP_Digest(p->text, p->len, hash, NULL, EVP_sha1(), NULL) == 1;
        secret = (struct eac_secret) { .secret = hash, .len = SHA1_LEN };
    }
    ok = ok && eac_kdf(&secret, KDF_PASSWORD, key_len, key);
    sdc_wipe(hash, sizeof hash);
    return ok;
}

/* ---- what the card says ---- */

/* A refused step: the PIN's and PUK's counters stand in the SW, the others' 6300 tells nothing but "wrong". */
static enum sdc_status refused(const struct pace *p, uint16_t sw, struct sdc_error *e)
{
    static const char *const names[] = {
        [SDC_PASSWORD_MRZ] = "MRZ", [SDC_PASSWORD_CAN] = "CAN", [SDC_PASSWORD_PIN] = "PIN", [SDC_PASSWORD_PUK] = "PUK"
    };
    const char *name = names[p->password->kind];
    if (sw == SW_AUTHENTICATION_FAILED) {
        enum sdc_status status = sdc_fail(e, SDC_E_DENIED, "%s: wrong", name);
        if (e)
            e->sw = sw;
        return status;
    }
    if (sw == SW_PIN_UNUSABLE)
        return sdc_fail(e, SDC_E_CONDITIONS, "the card still has its transport PIN: hand it over first");
    return sdc_sw_status(sw, name, e);
}

/* One step: our object out, the card's one object in. */
static enum sdc_status step(struct pace *p, uint32_t tag, const void *value, size_t len, uint32_t wanted, void *out,
                            size_t out_len, struct sdc_error *e)
{
    struct sdc_rd inside;
    uint16_t sw = 0;
    enum sdc_status status = eac_authenticate(p->session, true, tag, value, len, &p->answer, &inside, &sw, e);
    if (status != SDC_OK)
        return status;
    if (sw != SW_OK)
        return refused(p, sw, e);
    struct sdc_rd object = sdc_tlv_take(&inside, wanted);
    sdc_rd_copy(&object, out, out_len);
    if (!sdc_rd_end(&object) || !sdc_rd_end(&inside))
        return sdc_fail(e, SDC_E_REPLY, "%s: the answer has not the right form", step_name);
    return SDC_OK;
}

/* MSE:Set AT. A counter in the warning is no refusal; whether the password is usable shows with the first step. */
static enum sdc_status set_at(struct pace *p, const uint64_t *rights, struct sdc_error *e)
{
    const uint8_t kind = (uint8_t)p->password->kind, parameter = EAC_PARAMETER;
    struct sdc_buf data = SDC_BUF_INIT;
    uint16_t sw = 0;
    sdc_tlv_put(&data, EAC_DO_OID, eac_oid_pace(p->session->suite), EAC_OID_LEN);
    sdc_tlv_put(&data, EAC_DO_REFERENCE, &kind, 1);
    sdc_tlv_put(&data, EAC_DO_PARAMETER, &parameter, 1);
    if (rights)
        sdc_cvc_put_chat(SDC_CVC_TERMINAL, *rights, &data);
    const struct eac_step command = {
        .ins = EAC_MSE, .p1 = EAC_P1_PACE, .p2 = EAC_SET_AT, .data = &data, .what = step_name
    };
    enum sdc_status status = eac_command(p->session, &command, NULL, &sw, e);
    sdc_buf_free(&data);
    if (status != SDC_OK || sw == SW_OK || sw == SW_TRANSPORT_PIN || (sw & 0xFFF0) == SW_TRIES)
        return status;
    return sdc_sw_status(sw, step_name, e);
}

static enum sdc_status get_nonce(struct pace *p, struct sdc_error *e)
{
    const uint8_t zero[EAC_BLOCK] = { 0 };
    uint8_t encrypted[EAC_NONCE], key[EAC_KEY_MAX];
    enum sdc_status status = step(p, 0, NULL, 0, DO_NONCE, encrypted, sizeof encrypted, e);
    if (status == SDC_OK && (!password_key(p->password, p->session->suite, key) ||
                             !scp03_cbc(key, p->session->suite, false, zero, encrypted, sizeof encrypted,
                                        p->nonce + P256_SCALAR - EAC_NONCE)))
        status = sdc_fail(e, SDC_E_CRYPTO, "%s: no nonce", step_name);
    sdc_wipe(key, sizeof key);
    return status;
}

/* Y1; G~ = s·G + k·Y1 */
static enum sdc_status map(struct pace *p, struct sdc_error *e)
{
    uint8_t own[P256_POINT], card[P256_POINT], shared[P256_POINT];
    if (!p256_multiply(NULL, p->random->map, own))
        return sdc_fail(e, SDC_E_CRYPTO, "%s: no key", step_name);
    enum sdc_status status = step(p, DO_MAP, own, sizeof own, DO_MAPPED, card, sizeof card, e);
    if (status == SDC_OK && (sdc_equal(own, card, sizeof own) || !p256_multiply(card, p->random->map, shared) ||
                             !p256_map(p->nonce, shared, p->generator)))
        status = sdc_fail(e, SDC_E_REPLY, "%s: the card's point can't be used", step_name);
    sdc_wipe(shared, sizeof shared);
    return status;
}

/* Y2; K = x(k·Y2) */
static enum sdc_status agree(struct pace *p, struct sdc_error *e)
{
    uint8_t shared[P256_POINT];
    if (!p256_multiply(p->generator, p->random->ephemeral, p->own))
        return sdc_fail(e, SDC_E_CRYPTO, "%s: no key", step_name);
    enum sdc_status status = step(p, DO_KEY, p->own, sizeof p->own, DO_AGREED, p->card, sizeof p->card, e);
    if (status == SDC_OK &&
        (sdc_equal(p->own, p->card, sizeof p->own) || !p256_multiply(p->card, p->random->ephemeral, shared)))
        status = sdc_fail(e, SDC_E_REPLY, "%s: the card's point can't be used", step_name);
    const struct eac_secret secret = { .secret = shared + 1, .len = EAC_X };
    if (status == SDC_OK && !eac_sm_begin(&p->sm, &secret, p->session->suite))
        status = sdc_fail(e, SDC_E_CRYPTO, "%s: no keys", step_name);
    sdc_wipe(shared, sizeof shared);
    return status;
}

static bool take_authority(struct sdc_rd *inside, uint32_t tag, char out[static SDC_CVC_REF_MAX + 1])
{
    struct sdc_rd value;
    memset(out, 0, SDC_CVC_REF_MAX + 1);
    if (!sdc_tlv_try(inside, tag, &value))
        return true;
    size_t len = value.left;
    if (len > SDC_CVC_REF_MAX)
        return false;
    sdc_rd_copy(&value, out, len);
    return strlen(out) == len && sdc_cvc_is_reference(out);
}

/* The card's token and, where rights were asked for, the CVCA keys it knows. */
static enum sdc_status take_confirmation(struct pace *p, struct sdc_rd inside, struct sdc_error *e)
{
    uint8_t expected[EAC_MAC], token[EAC_MAC];
    struct sdc_eac *s = p->session;
    struct sdc_rd object = sdc_tlv_take(&inside, DO_CONFIRMED);
    sdc_rd_copy(&object, token, sizeof token);
    bool form = sdc_rd_end(&object);
    form = take_authority(&inside, DO_CAR, s->authority[0]) &&
           take_authority(&inside, DO_CAR_BEFORE, s->authority[1]) && sdc_rd_end(&inside) && form;
    if (!form || (s->rights && s->authority[0][0] == '\0'))
        return sdc_fail(e, SDC_E_REPLY, "%s: the answer has not the right form", step_name);
    if (!eac_token(p->sm.mac, s->suite, eac_oid_pace(s->suite), p->own, expected))
        return sdc_fail(e, SDC_E_CRYPTO, "%s: no token", step_name);
    if (!sdc_equal(token, expected, sizeof token))
        return sdc_fail(e, SDC_E_SIGNATURE, "%s: the card doesn't know the password", step_name);
    return SDC_OK;
}

static enum sdc_status confirm(struct pace *p, struct sdc_error *e)
{
    uint8_t token[EAC_MAC];
    struct sdc_rd inside;
    uint16_t sw = 0;
    struct sdc_eac *s = p->session;
    if (!eac_token(p->sm.mac, s->suite, eac_oid_pace(s->suite), p->card, token))
        return sdc_fail(e, SDC_E_CRYPTO, "%s: no token", step_name);
    enum sdc_status status = eac_authenticate(s, false, DO_TOKEN, token, sizeof token, &p->answer, &inside, &sw, e);
    if (status != SDC_OK)
        return status;
    if (sw != SW_OK)
        return refused(p, sw, e);
    status = take_confirmation(p, inside, e);
    if (status == SDC_OK) {
        struct sdc_rd point = sdc_rd_init(p->card, sizeof p->card);
        sdc_rd_skip(&point, 1);
        sdc_rd_copy(&point, s->id_picc, sizeof s->id_picc);
        s->sm = p->sm;
        s->state = EAC_CHANNEL;
    }
    return status;
}

enum sdc_status eac_pace(struct sdc_eac *session, const struct sdc_password *password, const uint64_t *rights,
                         const struct eac_random *random, struct sdc_error *e)
{
    struct pace p = { .session = session, .random = random, .password = password };
    if (!is_password(password))
        return sdc_fail(e, SDC_E_PIN_FORMAT, "not of the form that a CAN, MRZ, PIN or PUK has; nothing was sent");
    session->password = password->kind;
    session->rights = rights != NULL;
    enum sdc_status status = set_at(&p, rights, e);
    if (status == SDC_OK)
        status = get_nonce(&p, e);
    if (status == SDC_OK)
        status = map(&p, e);
    if (status == SDC_OK)
        status = agree(&p, e);
    if (status == SDC_OK)
        status = confirm(&p, e);
    sdc_buf_free(&p.answer);
    sdc_wipe(&p, sizeof p);
    return status;
}
