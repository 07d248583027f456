/* SPDX-License-Identifier: BSD-2-Clause */
#include "reference.h"

#include "bytes.h"
#include "card_edge.h"
#include "card_suite.h"
#include "kdf.h"
#include "records.h"

#define FLAG_TRANSPORT 0x01

static const struct {
    uint16_t key; /* record */
    uint8_t len_min;
    bool transport; /* the issuer's value can only be changed */
} references[] = {
    [REFERENCE_PIN] = { RECORD_PIN, PIN_MIN_LEN, true },
    [REFERENCE_PUK] = { RECORD_PUK, PUK_LEN, false },
};

/* A value of their own, so that a try doesn't write the secrets, and a question about tries doesn't read them; one for
 * both, so that an unblocking reads and writes one. */
struct counter {
    uint8_t left, max, flags;
};
struct counters {
    struct counter of[COUNT(references)];
};

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

/* Zeros, no try left among them, where the memory holds none, which a formatted card doesn't know. */
static struct counters load(const struct core *core)
{
    struct counters counters = { 0 };
    uint8_t bytes[sizeof counters];
    bool ok = store_len(&core->store, RECORD_TRIES) == sizeof bytes &&
              store_read(&core->store, RECORD_TRIES, 0, bytes, sizeof bytes);
    struct rd r = rd_init(bytes, ok ? sizeof bytes : 0);
    for (size_t i = 0; ok && i < COUNT(references); i++) {
        counters.of[i].left = rd_u8(&r);
        counters.of[i].max = rd_u8(&r);
        counters.of[i].flags = rd_u8(&r);
    }
    return counters;
}

static enum store_status stage(struct core *core, const struct counters *counters)
{
    uint8_t bytes[sizeof *counters];
    struct wr w = wr_init(bytes, sizeof bytes);
    for (size_t i = 0; i < COUNT(references); i++) {
        wr_u8(&w, counters->of[i].left);
        wr_u8(&w, counters->of[i].max);
        wr_u8(&w, counters->of[i].flags);
    }
    return store_put(&core->store, RECORD_TRIES, bytes, sizeof bytes);
}

static uint16_t write_tries(struct core *core, enum reference_id id, struct counters *counters, uint8_t left)
{
    counters->of[id].left = left;
    enum store_status status = store_begin(&core->store, 1, sizeof *counters);
    if (status == STORE_OK)
        status = stage(core, counters);
    if (status == STORE_OK)
        status = store_commit(&core->store);
    return core_store_sw(status);
}

static uint16_t tries_sw(uint8_t left)
{
    return (uint16_t)(SW_TRIES | (left & 0x0F));
}

bool reference_is_transport(const struct core *core, enum reference_id id)
{
    return (load(core).of[id].flags & FLAG_TRANSPORT) != 0;
}

uint16_t reference_status(const struct core *core, enum reference_id id)
{
    const struct counter counter = load(core).of[id];
    if (counter.left == 0)
        return SW_AUTH_BLOCKED;
    return counter.flags & FLAG_TRANSPORT ? SW_CONDITIONS : tries_sw(counter.left);
}

void reference_tries(const struct core *core, enum reference_id id, uint8_t *max, uint8_t *left)
{
    const struct counter counter = load(core).of[id];
    *max = counter.max;
    *left = counter.left;
}

static size_t key_len(const struct core *core, enum reference_id id)
{
    const size_t len = store_len(&core->store, references[id].key);
    return len == KDF_KEY_AES_128 || len == KDF_KEY_AES_256 ? len : 0;
}

/* The digits of a reference that is there. */
static bool matches(const struct core *core, enum reference_id id, const struct digits *digits)
{
    uint8_t key[KDF_KEY_AES_256], stored[KDF_KEY_AES_256];
    const size_t len = key_len(core, id);
    bool ok = len > 0 && store_read(&core->store, references[id].key, 0, stored, len);
    if (ok) {
        kdf(digits->digit, digits->len, KDF_PASSWORD, key, len);
        ok = crypto_equal(key, stored, len);
    }
    crypto_wipe(key, sizeof key);
    crypto_wipe(stored, sizeof stored);
    return ok;
}

/* Takes one try and compares. */
static uint16_t take_try(struct core *core, enum reference_id id, struct counters *counters,
                         const struct digits *digits)
{
    const uint8_t left = counters->of[id].left;
    if (left == 0)
        return SW_AUTH_BLOCKED;
    uint16_t sw = write_tries(core, id, counters, (uint8_t)(left - 1));
    if (sw == SW_OK && !matches(core, id, digits))
        sw = tries_sw((uint8_t)(left - 1));
    return sw;
}

uint16_t reference_verify(struct core *core, enum reference_id id, const struct digits *digits)
{
    struct counters counters = load(core);
    const struct counter counter = counters.of[id];
    if (counter.left > 0 && (counter.flags & FLAG_TRANSPORT) != 0)
        return SW_CONDITIONS;
    uint16_t sw = take_try(core, id, &counters, digits);
    return sw == SW_OK ? write_tries(core, id, &counters, counter.max) : sw;
}

/* New digits and the counters in one transaction. */
static uint16_t put(struct core *core, enum reference_id id, const struct digits *digits, size_t len,
                    const struct counters *counters)
{
    uint8_t key[KDF_KEY_AES_256];
    kdf(digits->digit, digits->len, KDF_PASSWORD, key, len);
    enum store_status status = store_begin(&core->store, 2, len + sizeof *counters);
    if (status == STORE_OK)
        status = store_put(&core->store, references[id].key, key, len);
    if (status == STORE_OK)
        status = stage(core, counters);
    if (status == STORE_OK)
        status = store_commit(&core->store);
    crypto_wipe(key, sizeof key);
    return core_store_sw(status);
}

/* The holder's own digits, with all tries. */
static uint16_t put_own(struct core *core, enum reference_id id, const struct digits *digits, struct counters *counters)
{
    counters->of[id].left = counters->of[id].max;
    counters->of[id].flags = 0;
    return put(core, id, digits, key_len(core, id), counters);
}

uint16_t reference_change(struct core *core, enum reference_id id, const struct digits *old, const struct digits *new)
{
    struct counters counters = load(core);
    uint16_t sw = take_try(core, id, &counters, old);
    return sw == SW_OK ? put_own(core, id, new, &counters) : sw;
}

uint16_t reference_unblock(struct core *core, const struct digits *puk, const struct digits *pin)
{
    struct counters counters = load(core);
    if ((counters.of[REFERENCE_PIN].flags & FLAG_TRANSPORT) != 0)
        return SW_CONDITIONS;
    uint16_t sw = take_try(core, REFERENCE_PUK, &counters, puk);
    if (sw == SW_OK && counters.of[REFERENCE_PIN].max == 0)
        sw = SW_NV_FAILURE;
    if (sw != SW_OK)
        return sw;
    counters.of[REFERENCE_PUK].left = counters.of[REFERENCE_PUK].max;
    return put_own(core, REFERENCE_PIN, pin, &counters);
}

static uint16_t put_new(struct core *core, enum reference_id id, const struct digits *digits, uint8_t tries,
                        uint8_t flags)
{
    struct counters counters = load(core);
    counters.of[id] = (struct counter) { .left = tries, .max = tries, .flags = flags };
    return put(core, id, digits, suite_key_len(core), &counters);
}

uint16_t reference_give(struct core *core, enum reference_id id, const struct digits *digits, uint8_t tries)
{
    return put_new(core, id, digits, tries, 0);
}

uint16_t reference_issue(struct core *core, enum reference_id id, const struct digits *digits, uint8_t tries)
{
    return put_new(core, id, digits, tries, references[id].transport ? FLAG_TRANSPORT : 0);
}

bool reference_serves(const struct core *core, enum reference_id id)
{
    return key_len(core, id) == suite_key_len(core);
}

bool reference_key(const struct core *core, enum reference_id id, uint8_t *key, size_t len)
{
    return key_len(core, id) == len && store_read(&core->store, references[id].key, 0, key, len);
}

uint16_t reference_take(struct core *core, enum reference_id id)
{
    struct counters counters = load(core);
    const uint8_t left = counters.of[id].left;
    return left > 0 ? write_tries(core, id, &counters, (uint8_t)(left - 1)) : SW_AUTH_BLOCKED;
}

uint16_t reference_restore(struct core *core, enum reference_id id)
{
    struct counters counters = load(core);
    return write_tries(core, id, &counters, counters.of[id].max);
}
