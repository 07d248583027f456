/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the last committed state. What a seal stands behind is taken without a look at its crc: a word in it may have
 * been torn when it was accepted, and read differently now. */
#include "bytes.h"
#include "crc32.h"
#include "rd.h"
#include "store_layout.h"

/* A transaction as its heads tell it. */
struct found {
    size_t first;  /* offset of the first record */
    size_t commit; /* of the commit */
    uint16_t records;
};

static uint32_t word_at(const struct store *store, size_t at)
{
    return word_read(store->port, store->bank, at);
}

/* Behind the zero word and the extents, which belong to no transaction. */
static size_t space_skip(const struct store *store, size_t at)
{
    if (store->bank_len - at >= CARD_NV_WORD && word_at(store, at) == 0)
        at += CARD_NV_WORD;
    while (store->bank_len - at >= EXTENT_HEAD_LEN && word_at(store, at) == (uint32_t)EXTENT_ID << 16) {
        uint32_t len = word_at(store, at + 4);
        if (word_at(store, at + 8) != ~len || len > STORE_VALUE_MAX ||
            word_align(len) > store->bank_len - at - EXTENT_HEAD_LEN)
            break;
        at += EXTENT_HEAD_LEN + word_align(len);
    }
    return at;
}

/* Follows the heads from 'at' on to the commit. */
static bool transaction_walk(const struct store *store, size_t at, struct found *found)
{
    found->first = at = space_skip(store, at);
    for (uint16_t records = 0; store->bank_len - at >= RECORD_EXTRA; records++) {
        struct record_head head = record_head_read(store->port, store->bank, at);
        if (head.seq != store->seq + 1 || head.id == ERASED_ID || head.id == EXTENT_ID)
            return false;
        found->commit = at;
        found->records = records;
        if (head.id == COMMIT_ID)
            return records > 0 && head.len == records && store->bank_len - at >= COMMIT_ALL;
        if (head.len > STORE_VALUE_MAX || word_align(head.len) > store->bank_len - at - RECORD_EXTRA)
            return false;
        at += RECORD_EXTRA + word_align(head.len);
    }
    return false;
}

/* What the commit's crc begins with: the crc of its records. */
static uint32_t records_crc(const struct store *store, const struct found *found)
{
    uint32_t crc = CRC32_START;
    for (size_t at = found->first; at < found->commit;) {
        at += RECORD_HEAD_LEN + word_align(record_head_read(store->port, store->bank, at).len);
        crc = crc_range(store, crc, at, 4);
        at += 4;
    }
    return crc;
}

static bool transaction_whole(const struct store *store, const struct found *found)
{
    for (size_t at = found->first; at < found->commit;) {
        size_t len = RECORD_HEAD_LEN + word_align(record_head_read(store->port, store->bank, at).len);
        if (len > found->commit - at || crc_range(store, CRC32_START, at, len) != word_at(store, at + len))
            return false;
        at += len + 4;
    }
    return crc_range(store, records_crc(store, found), found->commit, RECORD_HEAD_LEN) ==
           word_at(store, found->commit + RECORD_HEAD_LEN);
}

/* What a record says about the index. False where it names an extent that can't be. */
static bool record_apply(struct store *store, size_t at, const struct record_head *head)
{
    size_t value = at + RECORD_HEAD_LEN;
    struct store_entry entry = { .id = head->id, .word = (uint16_t)(value / CARD_NV_WORD), .len = head->len };
    if (head->id == LINK_ID) {
        uint8_t bytes[LINK_LEN];
        store->port->nv_read(store->port->ctx, store->bank, value, bytes, sizeof bytes);
        struct rd r = rd_init(bytes, head->len == LINK_LEN ? sizeof bytes : 0);
        entry.id = rd_u16(&r);
        entry.len = rd_u16(&r);
        uint32_t word = rd_u32(&r);
        entry.word = (uint16_t)word;
        if (!rd_end(&r) || word > 0xFFFF || (size_t)word * CARD_NV_WORD + entry.len > store->bank_len)
            return false;
    }
    return index_set(store, entry);
}

static bool transaction_apply(struct store *store, const struct found *found)
{
    for (size_t at = found->first; at < found->commit;) {
        struct record_head head = record_head_read(store->port, store->bank, at);
        if (!record_apply(store, at, &head))
            return false;
        at += RECORD_EXTRA + word_align(head.len);
    }
    store->seq++;
    store->end = found->commit + COMMIT_ALL;
    return true;
}

/* Whether the next transaction of the bank took effect. One without a seal does where it adds up, unless an earlier
 * mount refused it; *seals says what it lacks. */
static bool transaction_accept(const struct store *store, bool closed, struct found *found, unsigned *seals)
{
    if (!transaction_walk(store, store->end, found))
        return false;
    *seals = pair_read(store->port, store->bank, found->commit + COMMIT_LEN, COMMIT_SEAL ^ (store->seq + 1));
    return *seals != 0 || (!closed && transaction_whole(store, found));
}

static bool erased_at_end(const struct store *store)
{
    return store->bank_len - store->end < CARD_NV_WORD || word_at(store, store->end) == ERASED_WORD;
}

/* Makes an accepted transaction firm: first the commit, so that from then on every mount accepts it, then the seals.
 * The other way round a mount that refused it could come between the two. */
static bool transaction_seal(const struct store *store, const struct found *found, unsigned seals)
{
    uint8_t bytes[COMMIT_LEN];
    if (seals == PAIR_WHOLE)
        return true;
    if (seals == 0) {
        const struct record_head head = { .id = COMMIT_ID, .len = found->records, .seq = store->seq + 1 };
        commit_encode(&head, records_crc(store, found), bytes);
        if (!words_program(store->port, store->bank, found->commit, bytes, sizeof bytes))
            return false;
    }
    return pair_program(store->port, store->bank, found->commit + COMMIT_LEN, COMMIT_SEAL ^ (store->seq + 1));
}

/* Takes every transaction of the current bank; what is refused is refused for ever by the bank's marks. */
static bool bank_replay(struct store *store)
{
    const struct card_port *port = store->port;
    bool closed = word_at(store, BANK_CLOSED_AT) != ERASED_WORD || word_at(store, BANK_CLOSED_AT + 4) != ERASED_WORD;
    struct found found;
    unsigned seals;
    while (!erased_at_end(store) && transaction_accept(store, closed, &found, &seals)) {
        if (!transaction_seal(store, &found, seals) || !transaction_apply(store, &found))
            return false;
    }
    store->dirty = closed || !erased_at_end(store);
    return !store->dirty || pair_read(port, store->bank, BANK_CLOSED_AT, BANK_MARK) == PAIR_WHOLE ||
           pair_program(port, store->bank, BANK_CLOSED_AT, BANK_MARK);
}

bool store_mount(struct store *store, const struct card_port *port)
{
    struct bank_header header;
    unsigned bank;
    if (!bank_choose(port, &bank, &header))
        return false;
    bytes_fill(store, 0, sizeof *store);
    store->port = port;
    store->bank_len = bank_usable(port);
    store->bank = bank;
    store->generation = header.generation;
    store->seq = header.seq;
    bytes_copy(store->wear, header.wear, sizeof store->wear);
    store->end = BANK_START;
    store->fresh = true;
    return bank_replay(store);
}
