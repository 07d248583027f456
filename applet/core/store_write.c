/* SPDX-License-Identifier: BSD-2-Clause */
/* Transactions. */
#include "bytes.h"
#include "card_crypto.h"
#include "crc32.h"
#include "store_layout.h"
#include "wr.h"

void store_abort(struct store *store)
{
    if (store->tx.open && store->tx.at != store->end)
        store->dirty = true;
    crypto_wipe(&store->tx, sizeof store->tx);
}

static enum store_status give_up(struct store *store)
{
    store_abort(store);
    return STORE_FAILED;
}

static bool program(struct store *store, const uint8_t *data, size_t len)
{
    if (len > store->tx.budget)
        return false;
    size_t at = store->tx.at;
    store->tx.at += len; /* first: a cut or a failure may leave bytes there */
    store->tx.budget -= len;
    if (store->port->nv_program(store->port->ctx, store->bank, at, data, len))
        return true;
    store->failed = true;
    return false;
}

static size_t live_bytes(const struct store *store)
{
    size_t live = BANK_HEADER_LEN + COMMIT_LEN;
    for (size_t i = 0; i < store->count; i++)
        live += RECORD_EXTRA + word_align(store->entry[i].len);
    return live;
}

enum store_status store_begin(struct store *store, size_t values, size_t bytes)
{
    if (store->tx.open || store->failed || values == 0 || values > STORE_STAGED)
        return STORE_FAILED;
    if (bytes > STORE_STAGED * (size_t)STORE_VALUE_MAX)
        return STORE_FULL;
    size_t need = values * (RECORD_EXTRA + CARD_NV_WORD - 1) + bytes + COMMIT_LEN;
    size_t all = live_bytes(store) + need + (bytes > STORE_SMALL ? STORE_RESERVE : 0);
    if (all > store->bank_len)
        return STORE_FULL;
    if ((store->dirty || need > store->bank_len - store->end) && !store_compact(store)) {
        store->failed = true;
        return STORE_FAILED;
    }
    store->tx.open = true;
    store->tx.at = store->end;
    store->tx.budget = word_align(need);
    store->tx.commit_crc = CRC32_START;
    return STORE_OK;
}

/* Whether the index can take one more staged value. */
static bool index_has_room(const struct store *store, uint16_t id)
{
    size_t fresh = index_find(store, id) == NULL ? 1 : 0;
    for (size_t i = 0; i < store->tx.count; i++)
        if (index_find(store, store->tx.staged[i].id) == NULL)
            fresh++;
    return store->count + fresh <= STORE_ENTRIES;
}

/* The value is whole: fills the last word and programs the crc. */
static enum store_status record_close(struct store *store)
{
    uint8_t tail[2 * CARD_NV_WORD];
    struct wr w = wr_init(tail, sizeof tail);
    if (store->tx.carry_len > 0) {
        uint8_t *pad = store->tx.carry + store->tx.carry_len;
        bytes_fill(pad, 0, CARD_NV_WORD - store->tx.carry_len);
        store->tx.record_crc = crc32_update(store->tx.record_crc, pad, CARD_NV_WORD - store->tx.carry_len);
        wr_bytes(&w, store->tx.carry, CARD_NV_WORD);
        store->tx.carry_len = 0;
    }
    uint8_t *sum = w.p + w.len;
    wr_u32(&w, store->tx.record_crc);
    store->tx.commit_crc = crc32_update(store->tx.commit_crc, sum, 4);
    bool ok = program(store, tail, w.len);
    crypto_wipe(tail, sizeof tail);
    return ok ? STORE_OK : give_up(store);
}

enum store_status store_open(struct store *store, uint16_t id, size_t len)
{
    if (!store->tx.open || store->tx.left > 0 || store->tx.count == STORE_STAGED || len > STORE_VALUE_MAX ||
        id == COMMIT_ID || id == ERASED_ID)
        return give_up(store);
    if (len > 0 && !index_has_room(store, id)) {
        store_abort(store);
        return STORE_FULL;
    }
    struct record_head head = { .id = id, .len = (uint16_t)len, .seq = store->seq + 1 };
    uint8_t bytes[RECORD_HEAD_LEN];
    record_head_encode(&head, bytes);
    store->tx.record_crc = crc32_update(CRC32_START, bytes, sizeof bytes);
    if (!program(store, bytes, sizeof bytes))
        return give_up(store);
    store->tx.staged[store->tx.count++] =
        (struct store_entry) { .id = id, .word = (uint16_t)(store->tx.at / CARD_NV_WORD), .len = (uint16_t)len };
    store->tx.left = len;
    return len == 0 ? record_close(store) : STORE_OK;
}

enum store_status store_write(struct store *store, const uint8_t *data, size_t len)
{
    if (!store->tx.open || len > store->tx.left)
        return give_up(store);
    if (len == 0)
        return STORE_OK;
    store->tx.left -= len;
    store->tx.record_crc = crc32_update(store->tx.record_crc, data, len);
    while (len > 0 && (store->tx.carry_len > 0 || len < CARD_NV_WORD)) { /* by bytes up to a word's end */
        store->tx.carry[store->tx.carry_len++] = *data++;
        len--;
        if (store->tx.carry_len == CARD_NV_WORD) {
            store->tx.carry_len = 0;
            if (!program(store, store->tx.carry, CARD_NV_WORD))
                return give_up(store);
        }
    }
    size_t whole = len / CARD_NV_WORD * CARD_NV_WORD;
    if (whole > 0 && !program(store, data, whole))
        return give_up(store);
    bytes_copy(store->tx.carry + store->tx.carry_len, data + whole, len - whole);
    store->tx.carry_len += len - whole;
    return store->tx.left == 0 ? record_close(store) : STORE_OK;
}

enum store_status store_put(struct store *store, uint16_t id, const uint8_t *data, size_t len)
{
    enum store_status status = store_open(store, id, len);
    return status == STORE_OK ? store_write(store, data, len) : status;
}

enum store_status store_commit(struct store *store)
{
    if (!store->tx.open || store->tx.left > 0 || store->tx.count == 0)
        return give_up(store);
    struct record_head head = { .id = COMMIT_ID, .len = store->tx.count, .seq = store->seq + 1 };
    uint8_t bytes[COMMIT_LEN];
    record_head_encode(&head, bytes);
    struct wr w = wr_init(bytes, sizeof bytes);
    wr_space(&w, RECORD_HEAD_LEN);
    wr_u32(&w, crc32_update(store->tx.commit_crc, bytes, RECORD_HEAD_LEN));
    if (!program(store, bytes, sizeof bytes))
        return give_up(store);
    for (size_t i = 0; i < store->tx.count; i++)
        (void)index_set(store, store->tx.staged[i]); /* store_open saw to the room */
    store->end = store->tx.at;
    store->seq++;
    crypto_wipe(&store->tx, sizeof store->tx);
    return STORE_OK;
}
