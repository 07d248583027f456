/* SPDX-License-Identifier: BSD-2-Clause */
#include "reference.h"

#include "bytes.h"
#include "card_edge.h"
#include "records.h"

#define PIN_KEY_LEN    16
#define FLAG_TRANSPORT 0x01

static const struct {
    uint16_t value, tries; /* records */
    uint8_t len_min;
    bool transport; /* the issuer's value can only be changed */
} references[] = {
    [REFERENCE_PIN] = { RECORD_PIN, RECORD_PIN_TRIES, PIN_MIN_LEN, true },
    [REFERENCE_PUK] = { RECORD_PUK, RECORD_PUK_TRIES, PUK_LEN, false },
};

/* As stored: flags, number of tries, key. */
struct reference {
    uint8_t flags, tries_max;
    uint8_t key[PIN_KEY_LEN];
};
#define REFERENCE_LEN (2 + PIN_KEY_LEN)

bool digits_read(struct rd *r, enum reference_id id, struct digits *digits)
{
    bytes_fill(digits, 0, sizeof *digits);
    while (rd_more(r)) {
        uint8_t d = rd_u8(r);
        if (d < '0' || d > '9' || digits->len == DIGITS_MAX)
            rd_fail(r);
        else
            digits->digit[digits->len++] = d;
    }
    if (digits->len < references[id].len_min)
        rd_fail(r);
    return !r->err;
}

bool digits_read_filled(struct rd *r, enum reference_id id, struct digits *digits)
{
    struct rd field = rd_take(r, PIN_MAX_LEN), ahead = field;
    size_t len = 0;
    while (rd_more(&ahead) && rd_u8(&ahead) != PIN_FILL)
        len++;
    struct rd digits_only = rd_take(&field, len);
    while (rd_more(&field))
        if (rd_u8(&field) != PIN_FILL)
            rd_fail(&field);
    if (!digits_read(&digits_only, id, digits) || field.err)
        rd_fail(r);
    return !r->err;
}

static void derive(const struct digits *digits, uint8_t key[static PIN_KEY_LEN])
{
    uint8_t input[DIGITS_MAX + 4], hash[CRYPTO_SHA1_LEN];
    struct wr w = wr_init(input, sizeof input);
    wr_bytes(&w, digits->digit, digits->len);
    wr_u32(&w, 3);
    crypto_sha1(input, w.len, hash);
    bytes_copy(key, hash, PIN_KEY_LEN);
    crypto_wipe(input, sizeof input);
    crypto_wipe(hash, sizeof hash);
}

/* False where the memory holds none, which a formatted card doesn't know: then nothing matches. */
static bool load(const struct core *core, enum reference_id id, struct reference *reference)
{
    uint8_t bytes[REFERENCE_LEN];
    bool ok = store_len(&core->store, references[id].value) == sizeof bytes &&
              store_read(&core->store, references[id].value, 0, bytes, sizeof bytes);
    struct rd r = rd_init(bytes, ok ? sizeof bytes : 0);
    reference->flags = rd_u8(&r);
    reference->tries_max = rd_u8(&r);
    rd_copy(&r, reference->key, PIN_KEY_LEN);
    crypto_wipe(bytes, sizeof bytes);
    return ok;
}

static uint8_t tries_left(const struct core *core, enum reference_id id)
{
    uint8_t left;
    return store_read(&core->store, references[id].tries, 0, &left, 1) ? left : 0;
}

static uint16_t tries_sw(uint8_t left)
{
    return (uint16_t)(SW_TRIES | (left & 0x0F));
}

bool reference_is_transport(const struct core *core, enum reference_id id)
{
    struct reference reference;
    bool transport = load(core, id, &reference) && (reference.flags & FLAG_TRANSPORT) != 0;
    crypto_wipe(&reference, sizeof reference);
    return transport;
}

uint16_t reference_status(const struct core *core, enum reference_id id)
{
    uint8_t left = tries_left(core, id);
    if (left == 0)
        return SW_AUTH_BLOCKED;
    return reference_is_transport(core, id) ? SW_CONDITIONS : tries_sw(left);
}

void reference_tries(const struct core *core, enum reference_id id, uint8_t *max, uint8_t *left)
{
    struct reference reference;
    bool ok = load(core, id, &reference);
    *max = ok ? reference.tries_max : 0;
    *left = ok ? tries_left(core, id) : 0;
    crypto_wipe(&reference, sizeof reference);
}

/* A value of one byte: the secret itself is not written anew for each try. */
static enum store_status stage_tries(struct core *core, enum reference_id id, uint8_t left)
{
    return store_put(&core->store, references[id].tries, &left, 1);
}

static uint16_t write_tries(struct core *core, enum reference_id id, uint8_t left)
{
    return core_record_put(core, references[id].tries, &left, 1);
}

/* Takes one try and compares. */
static uint16_t take_try(struct core *core, enum reference_id id, const struct reference *reference, uint8_t left,
                         const struct digits *digits)
{
    uint8_t key[PIN_KEY_LEN] = { 0 };
    uint16_t sw = write_tries(core, id, --left);
    if (sw == SW_OK) {
        derive(digits, key);
        sw = crypto_equal(key, reference->key, sizeof key) ? SW_OK : tries_sw(left);
    }
    crypto_wipe(key, sizeof key);
    return sw;
}

uint16_t reference_verify(struct core *core, enum reference_id id, const struct digits *digits)
{
    struct reference reference;
    uint8_t left = tries_left(core, id);
    uint16_t sw = load(core, id, &reference) && left > 0 ? SW_OK : SW_AUTH_BLOCKED;
    if (sw == SW_OK && (reference.flags & FLAG_TRANSPORT) != 0)
        sw = SW_CONDITIONS;
    if (sw == SW_OK)
        sw = take_try(core, id, &reference, left, digits);
    if (sw == SW_OK)
        sw = write_tries(core, id, reference.tries_max);
    crypto_wipe(&reference, sizeof reference);
    return sw;
}

static enum store_status stage_value(struct core *core, enum reference_id id, const struct reference *reference)
{
    uint8_t bytes[REFERENCE_LEN];
    struct wr w = wr_init(bytes, sizeof bytes);
    wr_u8(&w, reference->flags);
    wr_u8(&w, reference->tries_max);
    wr_bytes(&w, reference->key, PIN_KEY_LEN);
    enum store_status status = store_put(&core->store, references[id].value, bytes, sizeof bytes);
    if (status == STORE_OK)
        status = stage_tries(core, id, reference->tries_max);
    crypto_wipe(bytes, sizeof bytes);
    return status;
}

/* New digits with all tries in one transaction; 'unblocked_by', where it is another one, gets its tries back. */
static uint16_t put(struct core *core, enum reference_id id, struct reference reference, const struct digits *digits,
                    enum reference_id unblocked_by, uint8_t its_tries)
{
    derive(digits, reference.key);
    enum store_status status = store_begin(&core->store, 3, REFERENCE_LEN + 2);
    if (status == STORE_OK)
        status = stage_value(core, id, &reference);
    if (status == STORE_OK && unblocked_by != id)
        status = stage_tries(core, unblocked_by, its_tries);
    if (status == STORE_OK)
        status = store_commit(&core->store);
    crypto_wipe(reference.key, sizeof reference.key);
    return core_store_sw(status);
}

uint16_t reference_change(struct core *core, enum reference_id id, const struct digits *old, const struct digits *new)
{
    struct reference reference;
    uint8_t left = tries_left(core, id);
    bool ok = load(core, id, &reference) && left > 0;
    uint16_t sw = ok ? take_try(core, id, &reference, left, old) : SW_AUTH_BLOCKED;
    if (sw == SW_OK)
        sw = put(core, id, (struct reference) { .tries_max = reference.tries_max }, new, id, 0);
    crypto_wipe(&reference, sizeof reference);
    return sw;
}

uint16_t reference_unblock(struct core *core, const struct digits *puk, const struct digits *pin)
{
    struct reference own, by;
    uint8_t left = tries_left(core, REFERENCE_PUK);
    bool known = load(core, REFERENCE_PIN, &own), ok = load(core, REFERENCE_PUK, &by) && left > 0;
    uint16_t sw = (own.flags & FLAG_TRANSPORT) != 0 ? SW_CONDITIONS : SW_AUTH_BLOCKED;
    if (sw == SW_AUTH_BLOCKED && ok)
        sw = take_try(core, REFERENCE_PUK, &by, left, puk);
    if (sw == SW_OK && !known)
        sw = SW_NV_FAILURE;
    if (sw == SW_OK)
        sw = put(core, REFERENCE_PIN, (struct reference) { .tries_max = own.tries_max }, pin, REFERENCE_PUK,
                 by.tries_max);
    crypto_wipe(&own, sizeof own);
    crypto_wipe(&by, sizeof by);
    return sw;
}

uint16_t reference_give(struct core *core, enum reference_id id, const struct digits *digits, uint8_t tries)
{
    return put(core, id, (struct reference) { .tries_max = tries }, digits, id, 0);
}

uint16_t reference_issue(struct core *core, enum reference_id id, const struct digits *digits, uint8_t tries)
{
    const uint8_t flags = references[id].transport ? FLAG_TRANSPORT : 0;
    return put(core, id, (struct reference) { .flags = flags, .tries_max = tries }, digits, id, 0);
}
