/* SPDX-License-Identifier: BSD-2-Clause */
/* Compaction: the committed values, as one transaction, into the other bank; its header comes last, so that until then
 * the old bank counts. */
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
    return c->port->nv_program(c->port->ctx, c->to, at, data, len);
}

static bool copy_crc(struct copy *c, uint32_t crc)
{
    uint8_t sum[4];
    struct wr w = wr_init(sum, sizeof sum);
    wr_u32(&w, crc);
    c->commit_crc = crc32_update(c->commit_crc, sum, sizeof sum);
    return copy_program(c, sum, sizeof sum);
}

static bool copy_value(struct copy *c, const struct store_entry *entry)
{
    uint8_t chunk[CHUNK];
    bool ok = true;
    struct record_head head = { .id = entry->id, .len = entry->len, .seq = c->seq };
    record_head_encode(&head, chunk);
    uint32_t crc = crc32_update(CRC32_START, chunk, RECORD_HEAD_LEN);
    if (!copy_program(c, chunk, RECORD_HEAD_LEN))
        return false;
    size_t from = (size_t)entry->word * CARD_NV_WORD;
    for (size_t left = word_align(entry->len); ok && left > 0;) {
        size_t n = left < sizeof chunk ? left : sizeof chunk;
        c->port->nv_read(c->port->ctx, c->from, from, chunk, n);
        crc = crc32_update(crc, chunk, n);
        ok = copy_program(c, chunk, n);
        from += n;
        left -= n;
    }
    crypto_wipe(chunk, sizeof chunk); /* it may have been a key */
    return ok && copy_crc(c, crc);
}

static bool copy_commit(struct copy *c, uint16_t count)
{
    struct record_head head = { .id = COMMIT_ID, .len = count, .seq = c->seq };
    uint8_t bytes[COMMIT_LEN];
    record_head_encode(&head, bytes);
    struct wr w = wr_init(bytes, sizeof bytes);
    wr_space(&w, RECORD_HEAD_LEN);
    wr_u32(&w, crc32_update(c->commit_crc, bytes, RECORD_HEAD_LEN));
    return copy_program(c, bytes, sizeof bytes);
}

/* Only once the new bank counts: until then the index names places in the old one. */
static void index_move(struct store *store)
{
    size_t at = BANK_HEADER_LEN;
    for (size_t i = 0; i < store->count; i++) {
        store->entry[i].word = (uint16_t)((at + RECORD_HEAD_LEN) / CARD_NV_WORD);
        at += RECORD_EXTRA + word_align(store->entry[i].len);
    }
}

bool store_compact(struct store *store)
{
    const struct card_port *port = store->port;
    struct copy c = { .port = port, .from = store->bank, .to = 1 - store->bank, .at = BANK_HEADER_LEN };
    c.seq = store->seq + 1;
    c.commit_crc = CRC32_START;
    if (!port->nv_erase(port->ctx, c.to))
        return false;
    for (size_t i = 0; i < store->count; i++)
        if (!copy_value(&c, &store->entry[i]))
            return false;
    if (!copy_commit(&c, store->count) || !bank_header_write(port, c.to, store->generation + 1, store->seq))
        return false;
    index_move(store);
    store->bank = c.to;
    store->generation++;
    store->seq++;
    store->end = c.at;
    store->dirty = false;
    return true;
}
