/* SPDX-License-Identifier: BSD-2-Clause */
/* What existing PIV tools ask of a card beyond the standard: version, serial number, what a key is. Harmless: public
 * knowledge, by anybody, at any time; but what is the chip's own only before it is SECURED. */
#include "bytes.h"
#include "card_edge.h"
#include "life_cycle.h"
#include "piv_private.h"
#include "piv_secret.h"
#include "reference.h"
#include "reference_management.h"
#include "tlv.h"

uint16_t cmd_version(struct core *core, const struct request *request, struct wr *answer)
{
    static const uint8_t version[] = { EXTENSIONS_VERSION };
    (void)core;
    (void)request;
    wr_bytes(answer, version, sizeof version);
    return SW_OK;
}

/* The last four bytes of the chip's serial number; zeros where the maker gave none, and once the card is SECURED: it
 * would tell its holder from others. */
uint16_t cmd_serial(struct core *core, const struct request *request, struct wr *answer)
{
    uint8_t serial[4] = { 0 };
    size_t len = store_len(&core->store, RECORD_SERIAL);
    (void)request;
    if (life_before_secured(core) && len >= sizeof serial &&
        !store_read(&core->store, RECORD_SERIAL, len - sizeof serial, serial, sizeof serial))
        return SW_NV_FAILURE;
    wr_bytes(answer, serial, sizeof serial);
    return SW_OK;
}

static void put_byte(struct wr *answer, uint32_t tag, uint8_t value)
{
    tlv_write(answer, tag, &value, 1);
}

static uint16_t of_reference(const struct core *core, enum reference_id id, struct wr *answer)
{
    uint8_t tries[2];
    reference_tries(core, id, &tries[0], &tries[1]);
    put_byte(answer, TAG_META_ALGORITHM, META_ALGORITHM_PIN);
    put_byte(answer, TAG_META_DEFAULT, reference_is_transport(core, id));
    tlv_write(answer, TAG_META_TRIES, tries, sizeof tries);
    return SW_OK;
}

static uint16_t of_management(const struct core *core, struct wr *answer)
{
    static const uint8_t policy[] = { PIN_POLICY_DEFAULT, TOUCH_POLICY_NEVER };
    struct management management;
    if (!management_read(core, &management))
        return SW_REFERENCE_NOT_FOUND;
    put_byte(answer, TAG_META_ALGORITHM, management.alg);
    tlv_write(answer, TAG_META_POLICY, policy, sizeof policy);
    put_byte(answer, TAG_META_DEFAULT, management_is_blank(&management));
    crypto_wipe(&management, sizeof management);
    return SW_OK;
}

static uint16_t of_key(const struct core *core, uint8_t ref, struct wr *answer)
{
    struct piv_secret secret;
    uint8_t public[PIV_PUBLIC_MAX];
    if (!piv_secret_load(core, ref, &secret))
        return SW_REFERENCE_NOT_FOUND;
    const uint8_t policy[] = { secret.pin, TOUCH_POLICY_NEVER };
    size_t len = piv_secret_public(&secret, public);
    put_byte(answer, TAG_META_ALGORITHM, secret.alg);
    tlv_write(answer, TAG_META_POLICY, policy, sizeof policy);
    put_byte(answer, TAG_META_ORIGIN, secret.origin);
    tlv_write(answer, TAG_META_PUBLIC, public, len);
    crypto_wipe(&secret, sizeof secret);
    return len > 0 ? SW_OK : SW_SELF_TEST_FAILED;
}

/* The attestation key is the chip's own, and told like its serial number. */
static uint16_t of_attestation(const struct core *core, struct wr *answer)
{
    bool told = life_before_secured(core) || core->security.channel;
    return told ? of_key(core, KEY_ATTESTATION, answer) : SW_REFERENCE_NOT_FOUND;
}

uint16_t cmd_metadata(struct core *core, const struct request *request, struct wr *answer)
{
    switch (request->p2) {
    case REF_PIN:
        return of_reference(core, REFERENCE_PIN, answer);
    case REF_PUK:
        return of_reference(core, REFERENCE_PUK, answer);
    case KEY_MANAGEMENT:
        return of_management(core, answer);
    case KEY_ATTESTATION:
        return of_attestation(core, answer);
    default:
        return piv_key_find(request->p2) != NULL ? of_key(core, request->p2, answer) : SW_REFERENCE_NOT_FOUND;
    }
}
