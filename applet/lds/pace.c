/* SPDX-License-Identifier: BSD-2-Clause */
/* PACE with generic mapping on P-256 (TR-03110-3 3.2, A.3; ICAO Doc 9303-11 4.4). Each step is one row; what fails ends
 * the protocol and wipes it, and the channel that carried it stays. */
#include "bytes.h"
#include "card_edge.h"
#include "card_suite.h"
#include "lds_private.h"
#include "tlv.h"

#define CURVE       CRYPTO_P256
#define TAG_MAP_IN  0x81
#define TAG_KEY_IN  0x83
#define TAG_TOKEN   0x85
#define TAG_CAR     0x87
#define TAG_CAR_OLD 0x88

static const uint8_t arc_pace[] = { OID_PACE };

/* One object in the template. */
static void write_object(struct wr *answer, uint32_t tag, const uint8_t *value, size_t len)
{
    tlv_write_header(answer, TAG_DYNAMIC_AUTH, tlv_header_len(tag, len) + len);
    tlv_write(answer, tag, value, len);
}

/* z = E(K_pi, s) */
static uint16_t step_nonce(struct core *core, struct rd value, struct wr *answer)
{
    struct eac_pace *pace = &eac_state(core)->run.pace;
    const uint8_t zero[CRYPTO_AES_BLOCK] = { 0 };
    uint8_t key[MESSAGING_KEY_MAX], z[EAC_NONCE];
    (void)value;
    uint16_t sw = password_begin(core, pace->password);
    if (sw == SW_OK && !password_key(core, pace->password, key, suite_key_len(core)))
        sw = SW_NV_FAILURE;
    if (sw == SW_OK) {
        crypto_drbg_generate(&core->drbg, pace->nonce, sizeof pace->nonce);
        bytes_copy(z, pace->nonce, sizeof z);
        crypto_aes_cbc_encrypt(key, suite_key_len(core), zero, z, sizeof z);
        write_object(answer, 0x80, z, sizeof z);
    }
    crypto_wipe(key, sizeof key);
    return sw;
}

/* A key pair of the card's, whose public key is not the other side's. False: it is, or the generator failed. */
static bool make_pair(struct core *core, const uint8_t *peer, uint8_t scalar[static CRYPTO_P256_SCALAR],
                      uint8_t point[static EAC_POINT_LEN], const uint8_t *generator)
{
    if (!crypto_ec_generate(&core->drbg, CURVE, scalar))
        return false;
    if (generator == NULL) {
        if (!crypto_ec_public(CURVE, scalar, point))
            return false;
    } else {
        bytes_copy(point, generator, EAC_POINT_LEN);
        if (!crypto_ec_multiply(CURVE, scalar, point))
            return false;
    }
    return !bytes_same(point, peer, EAC_POINT_LEN);
}

/* H = k * Y1', G~ = s * G + H; neither is the point at infinity. */
static uint16_t step_map(struct core *core, struct rd value, struct wr *answer)
{
    struct eac_pace *pace = &eac_state(core)->run.pace;
    uint8_t scalar[CRYPTO_P256_SCALAR], own[EAC_POINT_LEN];
    rd_copy(&value, pace->generator, EAC_POINT_LEN);
    bool ok = rd_end(&value) && make_pair(core, pace->generator, scalar, own, NULL) &&
              crypto_ec_multiply(CURVE, scalar, pace->generator) &&
              crypto_ec_map(CURVE, pace->nonce, sizeof pace->nonce, pace->generator);
    crypto_wipe(scalar, sizeof scalar);
    crypto_wipe(pace->nonce, sizeof pace->nonce);
    if (ok)
        write_object(answer, TAG_MAP_IN + 1, own, sizeof own);
    return ok ? SW_OK : SW_WRONG_DATA;
}

/* K = x(k * Y2'); the keys, and both tokens, since nothing else is needed of what they are made from. */
static uint16_t step_agree(struct core *core, struct rd value, struct wr *answer)
{
    struct eac_pace *pace = &eac_state(core)->run.pace;
    uint8_t scalar[CRYPTO_P256_SCALAR], own[EAC_POINT_LEN], peer[EAC_POINT_LEN], k[EAC_X_LEN];
    rd_copy(&value, peer, sizeof peer);
    bool ok =
        rd_end(&value) && make_pair(core, peer, scalar, own, pace->generator) && crypto_ecdh(CURVE, scalar, peer, k);
    if (ok) {
        lds_derive(k, sizeof k, suite_key_len(core), &pace->keys);
        lds_token(&pace->keys, arc_pace, suite_id(core), own, pace->expected);
        lds_token(&pace->keys, arc_pace, suite_id(core), peer, pace->own);
        bytes_copy(pace->id_picc, own + 1, EAC_X_LEN);
        write_object(answer, TAG_KEY_IN + 1, own, sizeof own);
    }
    crypto_wipe(scalar, sizeof scalar);
    crypto_wipe(k, sizeof k);
    return ok ? SW_OK : SW_WRONG_DATA;
}

/* The names of the trust points, for a terminal that will show certificates. */
static void write_tokens(const struct core *core, const struct eac_pace *pace, struct wr *answer)
{
    static const struct {
        enum trust trust;
        uint8_t tag;
    } names[] = { { TRUST_CURRENT, TAG_CAR }, { TRUST_PREVIOUS, TAG_CAR_OLD } };
    uint8_t content[64];
    struct cv_name name;
    struct wr w = wr_init(content, sizeof content);
    tlv_write(&w, TAG_TOKEN + 1, pace->own, TOKEN_LEN);
    for (size_t i = 0; i < COUNT(names) && pace->has_chat; i++)
        if (trust_name(core, names[i].trust, &name))
            tlv_write(&w, names[i].tag, name.byte, name.len);
    tlv_write(answer, TAG_DYNAMIC_AUTH, content, w.len);
}

/* The channel is open: what was proven in one before is gone. */
static void open_channel(struct core *core)
{
    struct eac *eac = eac_state(core);
    struct eac_pace pace = eac->run.pace;
    crypto_wipe(eac, sizeof *eac);
    eac->password = pace.password;
    eac->chat = pace.chat;
    eac->phase = pace.password == PASSWORD_PUK ? PHASE_PUK : pace.has_chat ? PHASE_CHAT : PHASE_CHANNEL;
    bytes_copy(eac->id_picc, pace.id_picc, EAC_X_LEN);
    messaging_renew(&core->messaging, &pace.keys);
    crypto_wipe(&pace, sizeof pace);
}

static uint16_t step_token(struct core *core, struct rd value, struct wr *answer)
{
    struct eac_pace *pace = &eac_state(core)->run.pace;
    uint8_t given[TOKEN_LEN];
    rd_copy(&value, given, sizeof given);
    if (!rd_end(&value))
        return SW_WRONG_DATA;
    uint16_t sw = password_take(core, pace->password);
    if (sw == SW_OK && !crypto_equal(given, pace->expected, sizeof given))
        sw = password_wrong(core, pace->password);
    else if (sw == SW_OK)
        sw = password_right(core, pace->password);
    if (sw == SW_OK) {
        write_tokens(core, pace, answer);
        open_channel(core);
    }
    return sw;
}

static const struct {
    uint32_t tag; /* of the one object; 0: none */
    bool last;    /* CLA says that the protocol ends */
    enum eac_step next;
    uint16_t (*run)(struct core *core, struct rd value, struct wr *answer);
} steps[] = {
    [STEP_SET] = { 0, false, STEP_NONCE, step_nonce },
    [STEP_NONCE] = { TAG_MAP_IN, false, STEP_MAPPED, step_map },
    [STEP_MAPPED] = { TAG_KEY_IN, false, STEP_AGREED, step_agree },
    [STEP_AGREED] = { TAG_TOKEN, true, STEP_NONE, step_token },
};

/* The step's class may be 00 where the protocol goes on, for readers that don't chain. */
uint16_t pace_step(struct core *core, uint32_t tag, struct rd value, bool last, struct wr *answer)
{
    enum eac_step step = eac_state(core)->step;
    if (tag != steps[step].tag)
        return SW_CONDITIONS;
    if (steps[step].last && !last)
        return SW_CHAINING_UNSUPPORTED;
    uint16_t sw = steps[step].run(core, value, answer);
    if (sw == SW_OK)
        eac_state(core)->step = steps[step].next;
    return sw;
}
