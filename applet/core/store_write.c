/* SPDX-License-Identifier: BSD-2-Clause */
/* Transactions. */
#include "bytes.h"
#include "card_crypto.h"
#include "crc32.h"
#include "store_layout.h"
#include "wr.h"

/* Drops the transaction alone. */
static void transaction_drop(struct store *store)
{
    if (store->tx.open && store->tx.writer.at != store->end)
        store->dirty = true;
    crypto_wipe(&store->tx, sizeof store->tx);
}

void store_abort(struct store *store)
{
    transaction_drop(store);
    crypto_wipe(&store->stream, sizeof store->stream);
}

static enum store_status give_up(struct store *store)
{
    transaction_drop(store);
    return STORE_FAILED;
}

static bool program(struct store *store, size_t at, const uint8_t *data, size_t len)
{
    if (len > store->tx.budget)
        return false;
    store->tx.budget -= len;
    if (words_program(store->port, store->bank, at, data, len))
        return true;
    store->failed = true;
    return false;
}

/* Programs whole words where the writer stands. */
static bool append(struct store *store, const uint8_t *data, size_t len)
{
    size_t at = store->tx.writer.at;
    store->tx.writer.at += len; /* first: a cut or a failure may leave bytes there */
    return program(store, at, data, len);
}

size_t live_bytes(const struct store *store)
{
    size_t live = BANK_START + COMMIT_ALL;
    for (size_t i = 0; i < store->count; i++)
        live += RECORD_EXTRA + word_align(store->entry[i].len);
    if (store->stream.open)
        live += EXTENT_HEAD_LEN + word_align(store->stream.entry.len);
    return live;
}

/* The word at 'end' may be torn and read as erased now: as zero it can't be mistaken for anything. */
static bool session_begin(struct store *store)
{
    static const uint8_t zero[CARD_NV_WORD] = { 0 };
    if (!store->fresh)
        return true;
    store->fresh = false;
    store->end += CARD_NV_WORD;
    return store->port->nv_program(store->port->ctx, store->bank, store->end - CARD_NV_WORD, zero, sizeof zero);
}

enum store_status room_make(struct store *store, size_t need, size_t reserve)
{
    if (live_bytes(store) + need + reserve > store->bank_len)
        return STORE_FULL;
    bool ok;
    if (store->dirty || need + CARD_NV_WORD > store->bank_len - store->end)
        ok = store_compact(store);
    else
        ok = session_begin(store);
    store->failed = !ok;
    return ok ? STORE_OK : STORE_FAILED;
}

enum store_status store_begin(struct store *store, size_t values, size_t bytes)
{
    if (store->tx.open || store->failed || values == 0 || values > STORE_STAGED)
        return STORE_FAILED;
    if (bytes > STORE_STAGED * (size_t)STORE_VALUE_MAX)
        return STORE_FULL;
    size_t need = word_align(values * (RECORD_EXTRA + CARD_NV_WORD - 1) + bytes + COMMIT_ALL);
    enum store_status status = room_make(store, need, bytes > STORE_SMALL ? STORE_RESERVE : 0);
    if (status != STORE_OK)
        return status;
    store->tx.open = true;
    store->tx.writer.at = store->end;
    store->tx.budget = need;
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

/* The bytes that a value's last word is filled up with are in its crc. */
static void crc_fill(struct store *store)
{
    static const uint8_t zero[CARD_NV_WORD] = { 0 };
    size_t tail = store->tx.writer.carry_len;
    if (tail > 0)
        store->tx.record_crc = crc32_update(store->tx.record_crc, zero, CARD_NV_WORD - tail);
}

/* The value is whole: fills the last word and programs the crc. */
static enum store_status record_close(struct store *store)
{
    uint8_t sum[4];
    struct wr w = wr_init(sum, sizeof sum);
    crc_fill(store);
    wr_u32(&w, store->tx.record_crc);
    store->tx.commit_crc = crc32_update(store->tx.commit_crc, sum, sizeof sum);
    bool ok = writer_close(store, &store->tx.writer, program) && append(store, sum, sizeof sum);
    return ok ? STORE_OK : give_up(store);
}

/* Programs a record's head and stages its entry. */
static enum store_status record_open(struct store *store, uint16_t id, size_t len)
{
    struct record_head head = { .id = id, .len = (uint16_t)len, .seq = store->seq + 1 };
    uint8_t bytes[RECORD_HEAD_LEN];
    record_head_encode(&head, bytes);
    store->tx.record_crc = crc32_update(CRC32_START, bytes, sizeof bytes);
    if (!append(store, bytes, sizeof bytes))
        return give_up(store);
    uint16_t word = (uint16_t)(store->tx.writer.at / CARD_NV_WORD);
    store->tx.staged[store->tx.count++] = (struct store_entry) { .id = id, .word = word, .len = (uint16_t)len };
    store->tx.writer.left = len;
    return len == 0 ? record_close(store) : STORE_OK;
}

enum store_status store_open(struct store *store, uint16_t id, size_t len)
{
    if (!store->tx.open || store->tx.writer.left > 0 || store->tx.count == STORE_STAGED || len > STORE_VALUE_MAX ||
        id == 0 || id > STORE_ID_MAX)
        return give_up(store);
    if (len > 0 && !index_has_room(store, id)) {
        transaction_drop(store);
        return STORE_FULL;
    }
    return record_open(store, id, len);
}

enum store_status store_write(struct store *store, const uint8_t *data, size_t len)
{
    if (!store->tx.open || len > store->tx.writer.left)
        return give_up(store);
    if (len == 0)
        return STORE_OK;
    store->tx.record_crc = crc32_update(store->tx.record_crc, data, len);
    if (!writer_feed(store, &store->tx.writer, data, len, program))
        return give_up(store);
    return store->tx.writer.left == 0 ? record_close(store) : STORE_OK;
}

enum store_status store_put(struct store *store, uint16_t id, const uint8_t *data, size_t len)
{
    enum store_status status = store_open(store, id, len);
    return status == STORE_OK ? store_write(store, data, len) : status;
}

enum store_status transaction_link(struct store *store, const struct store_entry *extent)
{
    uint8_t bytes[LINK_LEN];
    struct wr w = wr_init(bytes, sizeof bytes);
    wr_u16(&w, extent->id);
    wr_u16(&w, extent->len);
    wr_u32(&w, extent->word);
    if (!index_has_room(store, extent->id)) {
        transaction_drop(store);
        return STORE_FULL;
    }
    enum store_status status = record_open(store, LINK_ID, sizeof bytes);
    if (status == STORE_OK)
        status = store_write(store, bytes, sizeof bytes);
    if (status == STORE_OK)
        store->tx.staged[store->tx.count - 1] = *extent;
    return status;
}

enum store_status store_commit(struct store *store)
{
    if (!store->tx.open || store->tx.writer.left > 0 || store->tx.count == 0)
        return give_up(store);
    struct record_head head = { .id = COMMIT_ID, .len = store->tx.count, .seq = store->seq + 1 };
    uint8_t bytes[COMMIT_LEN];
    commit_encode(&head, store->tx.commit_crc, bytes);
    if (!append(store, bytes, sizeof bytes))
        return give_up(store);
    size_t seals = store->tx.writer.at;
    store->tx.writer.at += PAIR_LEN;
    if (!pair_program(store->port, store->bank, seals, COMMIT_SEAL ^ head.seq)) {
        store->failed = true;
        return give_up(store);
    }
    for (size_t i = 0; i < store->tx.count; i++)
        (void)index_set(store, store->tx.staged[i]); /* store_open saw to the room */
    store->end = store->tx.writer.at;
    store->seq++;
    crypto_wipe(&store->tx, sizeof store->tx);
    return STORE_OK;
}
