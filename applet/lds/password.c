/* SPDX-License-Identifier: BSD-2-Clause */
/* Passwords of PACE. PIN and PUK have few tries, which they share with PIV. MRZ and CAN are printed on the card and
 * never block: whoever holds the card for a minute could else lock it; failures cost time, as they do of the issuer's
 * session. All are counted in non-volatile memory before the comparison. */
#include "card_edge.h"
#include "kdf.h"
#include "lds_private.h"
#include "records.h"
#include "reference.h"

#define FREE_FAILURES 4 /* from so many in a row on the next run waits */
#define DELAY_MS      2000
#define DELAY_MAX_MS  8000

static const struct {
    bool counted; /* by its tries */
    enum reference_id reference;
    uint16_t record; /* of the secret, where it is not counted */
    uint8_t len;
} passwords[] = {
    [PASSWORD_MRZ] = { false, REFERENCE_PIN, RECORD_MRZ, MRZ_SECRET_LEN },
    [PASSWORD_CAN] = { false, REFERENCE_PIN, RECORD_CAN, CAN_LEN },
    [PASSWORD_PIN] = { true, REFERENCE_PIN, 0, 0 },
    [PASSWORD_PUK] = { true, REFERENCE_PUK, 0, 0 },
};

bool password_known(const struct core *core, uint8_t password)
{
    if (password < PASSWORD_MRZ || password > PASSWORD_PUK)
        return false;
    if (!passwords[password].counted)
        return store_len(&core->store, passwords[password].record) == passwords[password].len;
    return reference_serves(core, passwords[password].reference);
}

uint16_t password_status(const struct core *core, uint8_t password)
{
    uint8_t max, left;
    if (!passwords[password].counted)
        return SW_OK;
    if (reference_is_transport(core, passwords[password].reference))
        return SW_DEACTIVATED;
    reference_tries(core, passwords[password].reference, &max, &left);
    return left == max ? SW_OK : (uint16_t)(SW_TRIES | left);
}

static uint8_t failures(const struct core *core)
{
    uint8_t n = 0;
    return store_len(&core->store, RECORD_PASSWORD_FAILURES) == 1 &&
                   store_read(&core->store, RECORD_PASSWORD_FAILURES, 0, &n, 1)
               ? n
               : 0;
}

static uint32_t delay(uint8_t n)
{
    uint32_t ms = n < FREE_FAILURES       ? 0
                  : n - FREE_FAILURES < 2 ? (uint32_t)DELAY_MS << (n - FREE_FAILURES)
                                          : DELAY_MAX_MS;
    return ms;
}

uint16_t password_begin(const struct core *core, uint8_t password)
{
    uint8_t max, left;
    if (passwords[password].counted) {
        if (reference_is_transport(core, passwords[password].reference))
            return SW_REFERENCE_UNUSABLE;
        reference_tries(core, passwords[password].reference, &max, &left);
        return left > 0 ? SW_OK : SW_AUTH_BLOCKED;
    }
    uint32_t ms = delay(failures(core));
    if (ms > 0)
        core->port->delay_ms(core->port->ctx, ms);
    return SW_OK;
}

bool password_key(const struct core *core, uint8_t password, uint8_t *key, size_t key_len)
{
    uint8_t secret[MRZ_SECRET_LEN];
    if (passwords[password].counted)
        return reference_key(core, passwords[password].reference, key, key_len);
    bool ok = store_read(&core->store, passwords[password].record, 0, secret, passwords[password].len);
    kdf(secret, passwords[password].len, KDF_PASSWORD, key, key_len);
    crypto_wipe(secret, sizeof secret);
    return ok;
}

uint16_t password_take(struct core *core, uint8_t password)
{
    if (passwords[password].counted)
        return reference_take(core, passwords[password].reference);
    uint8_t n = failures(core);
    n = (uint8_t)(n + (n < UINT8_MAX));
    return core_record_put(core, RECORD_PASSWORD_FAILURES, &n, 1);
}

uint16_t password_wrong(const struct core *core, uint8_t password)
{
    uint8_t max, left;
    if (!passwords[password].counted)
        return SW_AUTHENTICATION_FAILED;
    reference_tries(core, passwords[password].reference, &max, &left);
    return (uint16_t)(SW_TRIES | left);
}

uint16_t password_right(struct core *core, uint8_t password)
{
    static const uint8_t none = 0;
    if (passwords[password].counted)
        return reference_restore(core, passwords[password].reference);
    return core_record_put(core, RECORD_PASSWORD_FAILURES, &none, 1);
}
