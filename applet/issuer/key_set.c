/* SPDX-License-Identifier: BSD-2-Clause */
#include "bytes.h"
#include "issuer_private.h"
#include "records.h"

#define COUNTERS_LEN 4

bool key_set_read(const struct core *core, struct key_set *keys)
{
    uint8_t bytes[KEY_SET_MAX];
    size_t len = store_len(&core->store, RECORD_DOMAIN_KEYS);
    bool ok = len <= sizeof bytes && store_read(&core->store, RECORD_DOMAIN_KEYS, 0, bytes, len);
    struct rd r = rd_init(bytes, ok ? len : 0);
    bytes_fill(keys, 0, sizeof *keys);
    keys->version = rd_u8(&r);
    keys->len = rd_u8(&r);
    for (size_t i = 0; i < KEY_COUNT && keys->len <= CHANNEL_KEY_MAX; i++)
        rd_copy(&r, keys->key[i], keys->len);
    crypto_wipe(bytes, sizeof bytes);
    return rd_end(&r) && keys->len > 0;
}

enum store_status key_set_stage(struct core *core, const struct key_set *keys)
{
    uint8_t bytes[KEY_SET_MAX];
    struct wr w = wr_init(bytes, sizeof bytes);
    wr_u8(&w, keys->version);
    wr_u8(&w, keys->len);
    for (size_t i = 0; i < KEY_COUNT; i++)
        wr_bytes(&w, keys->key[i], keys->len);
    enum store_status status = store_put(&core->store, RECORD_DOMAIN_KEYS, bytes, w.len);
    crypto_wipe(bytes, sizeof bytes);
    return status;
}

uint16_t key_set_write(struct core *core, const struct key_set *keys)
{
    enum store_status status = store_begin(&core->store, 1, KEY_SET_MAX);
    if (status == STORE_OK)
        status = key_set_stage(core, keys);
    if (status == STORE_OK)
        status = store_commit(&core->store);
    return core_store_sw(status);
}

bool counters_read(const struct core *core, struct counters *counters)
{
    uint8_t bytes[COUNTERS_LEN];
    bool none = store_len(&core->store, RECORD_DOMAIN_COUNTERS) == 0;
    bool ok = !none && store_read(&core->store, RECORD_DOMAIN_COUNTERS, 0, bytes, sizeof bytes);
    struct rd r = rd_init(bytes, ok ? sizeof bytes : 0);
    uint32_t both = rd_u32(&r);
    *counters = (struct counters) { .failures = (uint8_t)(both >> 24), .sequence = both & SEQUENCE_MAX };
    return ok || none;
}

uint16_t counters_write(struct core *core, const struct counters *counters)
{
    uint8_t bytes[COUNTERS_LEN];
    struct wr w = wr_init(bytes, sizeof bytes);
    wr_u32(&w, (uint32_t)counters->failures << 24 | counters->sequence);
    return core_record_put(core, RECORD_DOMAIN_COUNTERS, bytes, sizeof bytes);
}
