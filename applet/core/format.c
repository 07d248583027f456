/* SPDX-License-Identifier: BSD-2-Clause */
#include "format.h"

#include "bytes.h"
#include "card_edge.h"
#include "key_set.h"
#include "piv_secret.h"
#include "records.h"
#include "reference.h"
#include "reference_management.h"

static bool put_puk(struct core *core)
{
    struct digits digits = { .len = sizeof BLANK_PUK - 1 };
    bytes_copy(digits.digit, BLANK_PUK, digits.len);
    return reference_issue(core, REFERENCE_PUK, &digits, PUK_TRIES) == SW_OK;
}

/* The tools that the legacy profile is for know no transport PIN: it is the holder's. */
static bool put_pin(struct core *core, bool legacy)
{
    struct digits digits = { .len = sizeof BLANK_TRANSPORT_PIN - 1 };
    bytes_copy(digits.digit, BLANK_TRANSPORT_PIN, digits.len);
    uint16_t sw = legacy ? reference_give(core, REFERENCE_PIN, &digits, PIN_TRIES)
                         : reference_issue(core, REFERENCE_PIN, &digits, PIN_TRIES);
    return sw == SW_OK;
}

void card_blank_default(struct card_blank *blank)
{
    static const uint8_t serial[CARD_SERIAL_LEN] = { BLANK_SERIAL };
    static const uint8_t key[] = { BLANK_TRANSPORT_KEY };
    bytes_fill(blank, 0, sizeof *blank);
    bytes_copy(blank->serial, serial, sizeof serial);
    blank->scp_i = BLANK_SCP_I;
    blank->key_len = sizeof key;
    for (size_t i = 0; i < COUNT(blank->keys); i++)
        bytes_copy(blank->keys[i], key, sizeof key);
}

/* S16 and pseudo-random challenges are a matter of choice, R-MAC and R-ENC are not. */
static bool blank_valid(const struct card_blank *blank)
{
    const uint8_t choice = SCP_I_S16 | SCP_I_PSEUDO_RANDOM;
    return (blank->scp_i & ~choice) == (SCP_I_R_MAC | SCP_I_R_ENC) && (blank->key_len == 16 || blank->key_len == 32) &&
           (blank->attestation_key == NULL || blank->attestation_certificate != NULL);
}

static bool put_domain(struct core *core, const struct card_blank *blank)
{
    static const uint8_t life = LIFE_OP_READY;
    struct key_set keys = { .version = KEY_VERSION_TRANSPORT, .len = blank->key_len };
    for (size_t i = 0; i < KEY_COUNT; i++)
        bytes_copy(keys.key[i], blank->keys[i], blank->key_len);
    enum store_status status = store_begin(&core->store, 4, KEY_SET_MAX + sizeof blank->serial + 2);
    if (status == STORE_OK)
        status = key_set_stage(core, &keys);
    if (status == STORE_OK)
        status = store_put(&core->store, RECORD_LIFE_CYCLE, &life, sizeof life);
    if (status == STORE_OK)
        status = store_put(&core->store, RECORD_DOMAIN_I, &blank->scp_i, sizeof blank->scp_i);
    if (status == STORE_OK)
        status = store_put(&core->store, RECORD_SERIAL, blank->serial, sizeof blank->serial);
    if (status == STORE_OK)
        status = store_commit(&core->store);
    crypto_wipe(&keys, sizeof keys);
    return status == STORE_OK;
}

static bool put_object(struct core *core, uint16_t record, const uint8_t *content, size_t len)
{
    return core_record_put(core, record, content, len) == SW_OK;
}

static bool put_attestation(struct core *core, const struct card_blank *blank)
{
    struct piv_secret secret = { .alg = ALG_ECC_P256, .pin = PIN_POLICY_NEVER, .origin = ORIGIN_IMPORTED };
    if (blank->attestation_key == NULL)
        return true;
    bytes_copy(secret.key, blank->attestation_key, CRYPTO_P256_SCALAR);
    bool ok = piv_secret_store(core, KEY_ATTESTATION, &secret) == SW_OK;
    crypto_wipe(&secret, sizeof secret);
    return ok && put_object(core, RECORD_OBJECT_CERT_ATTESTATION, blank->attestation_certificate,
                            blank->attestation_certificate_len);
}

bool format_blank(struct core *core, const struct card_blank *blank)
{
    /* PIV's AID; the PIV PIN alone satisfies the access rules (SP 800-73-4 part 1, 3.3.2) */
    static const uint8_t discovery[] = { 0x4F, PIV_AID_LEN, PIV_AID, 0x5F, 0x2F, 0x02, 0x40, 0x00 };
    struct management management;
    if (!blank_valid(blank))
        return false;
    management_blank(&management, blank->legacy_3des);
    return put_domain(core, blank) && management_put(core, &management) == SW_OK &&
           put_object(core, RECORD_OBJECT_DISCOVERY, discovery, sizeof discovery) && put_attestation(core, blank) &&
           put_puk(core) && put_pin(core, blank->legacy_3des);
}
