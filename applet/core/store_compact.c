/* SPDX-License-Identifier: BSD-2-Clause */
/* Compaction: the committed values, as one transaction, into the other bank; its header and seals come last, so that
 * until then the old bank counts. An open stream moves along. */
#include "card_crypto.h"
#include "crc32.h"
#include "store_layout.h"
#include "wr.h"

#define CHUNK 64

struct copy {
    const struct card_port *port;
    unsigned from, to;
    size_t at; /* next byte of 'to' */
    uint32_t seq, commit_crc;
};

static bool copy_program(struct copy *c, const uint8_t *data, size_t len)
{
    size_t at = c->at;
    c->at += len;
    return words_program(c->port, c->to, at, data, len);
}

/* Copies len bytes (whole words); *crc is carried on. */
static bool copy_bytes(struct copy *c, size_t from, size_t len, uint32_t *crc)
{
    uint8_t chunk[CHUNK];
    bool ok = true;
    while (ok && len > 0) {
        size_t n = len < sizeof chunk ? len : sizeof chunk;
        c->port->nv_read(c->port->ctx, c->from, from, chunk, n);
        *crc = crc32_update(*crc, chunk, n);
        ok = copy_program(c, chunk, n);
        from += n;
        len -= n;
    }
    crypto_wipe(chunk, sizeof chunk); /* it may have been a key */
    return ok;
}

static bool copy_value(struct copy *c, const struct store_entry *entry)
{
    uint8_t bytes[RECORD_HEAD_LEN], sum[4];
    struct record_head head = { .id = entry->id, .len = entry->len, .seq = c->seq };
    record_head_encode(&head, bytes);
    uint32_t crc = crc32_update(CRC32_START, bytes, sizeof bytes);
    if (!copy_program(c, bytes, sizeof bytes) ||
        !copy_bytes(c, (size_t)entry->word * CARD_NV_WORD, word_align(entry->len), &crc))
        return false;
    struct wr w = wr_init(sum, sizeof sum);
    wr_u32(&w, crc);
    c->commit_crc = crc32_update(c->commit_crc, sum, sizeof sum);
    return copy_program(c, sum, sizeof sum);
}

static bool copy_commit(struct copy *c, uint16_t count)
{
    struct record_head head = { .id = COMMIT_ID, .len = count, .seq = c->seq };
    uint8_t bytes[COMMIT_LEN];
    commit_encode(&head, c->commit_crc, bytes);
    size_t seals = c->at + COMMIT_LEN;
    if (!copy_program(c, bytes, sizeof bytes))
        return false;
    c->at += PAIR_LEN;
    return pair_program(c->port, c->to, seals, COMMIT_SEAL ^ c->seq);
}

/* Only once the new bank counts: until then the index names places in the old one. */
static void index_move(struct store *store)
{
    size_t at = BANK_START;
    for (size_t i = 0; i < store->count; i++) {
        store->entry[i].word = (uint16_t)((at + RECORD_HEAD_LEN) / CARD_NV_WORD);
        at += RECORD_EXTRA + word_align(store->entry[i].len);
    }
}

/* What the stream wrote so far, behind the committed values. */
static bool stream_move(struct store *store, struct copy *c)
{
    size_t from = (size_t)store->stream.entry.word * CARD_NV_WORD;
    size_t to = c->at + EXTENT_HEAD_LEN, written = store->stream.writer.at - from;
    uint32_t crc = CRC32_START;
    if (!extent_begin(c->port, c->to, c->at, store->stream.entry.len))
        return false;
    c->at = to;
    if (!copy_bytes(c, from, written, &crc))
        return false;
    store->stream.entry.word = (uint16_t)(to / CARD_NV_WORD);
    store->stream.writer.at = to + written;
    store->end = to + word_align(store->stream.entry.len);
    return true;
}

bool store_compact(struct store *store)
{
    const struct card_port *port = store->port;
    struct copy c = { .port = port, .from = store->bank, .to = 1 - store->bank, .at = BANK_START };
    struct bank_header header = { .generation = store->generation + 1, .seq = store->seq };
    c.seq = store->seq + 1;
    c.commit_crc = CRC32_START;
    store->wear[c.to]++;
    for (unsigned i = 0; i < CARD_NV_BANKS; i++)
        header.wear[i] = store->wear[i];
    if (!port->nv_erase(port->ctx, c.to))
        return false;
    for (size_t i = 0; i < store->count; i++)
        if (!copy_value(&c, &store->entry[i]))
            return false;
    if (store->count > 0 && !copy_commit(&c, store->count)) /* there is no transaction without a record */
        return false;
    if (!bank_header_write(port, c.to, &header))
        return false;
    index_move(store);
    store->bank = c.to;
    store->generation++;
    store->seq += store->count > 0 ? 1 : 0;
    store->end = c.at;
    store->dirty = store->fresh = false;
    return !store->stream.open || stream_move(store, &c);
}
