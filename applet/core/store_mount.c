/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the last committed state. */
#include "bytes.h"
#include "crc32.h"
#include "rd.h"
#include "store_layout.h"

#define CHUNK 64

struct bank_header {
    bool valid;
    uint32_t generation, seq;
};

static struct bank_header header_read(const struct card_port *port, unsigned bank)
{
    uint8_t bytes[BANK_HEADER_LEN];
    port->nv_read(port->ctx, bank, 0, bytes, sizeof bytes);
    struct rd r = rd_init(bytes, sizeof bytes);
    uint32_t magic = rd_u32(&r);
    struct bank_header header = { .generation = rd_u32(&r), .seq = rd_u32(&r) };
    uint32_t crc = rd_u32(&r);
    header.valid = magic == BANK_MAGIC && crc == crc32_update(CRC32_START, bytes, BANK_HEADER_LEN - 4);
    return header;
}

static uint32_t read_u32(const struct store *store, size_t offset)
{
    uint8_t bytes[4];
    store->port->nv_read(store->port->ctx, store->bank, offset, bytes, sizeof bytes);
    struct rd r = rd_init(bytes, sizeof bytes);
    return rd_u32(&r);
}

static uint32_t crc_range(const struct store *store, uint32_t crc, size_t offset, size_t len)
{
    uint8_t chunk[CHUNK];
    while (len > 0) {
        size_t n = len < sizeof chunk ? len : sizeof chunk;
        store->port->nv_read(store->port->ctx, store->bank, offset, chunk, n);
        crc = crc32_update(crc, chunk, n);
        offset += n;
        len -= n;
    }
    return crc;
}

enum step { STEP_RECORD, STEP_COMMIT, STEP_ERASED, STEP_BROKEN };

/* One record or commit at 'at', checked; *next is the offset behind it. */
static enum step step_read(const struct store *store, size_t at, uint32_t *commit_crc, struct record_head *head,
                           size_t *next)
{
    uint8_t bytes[RECORD_HEAD_LEN], erased[RECORD_HEAD_LEN];
    if (store->bank_len - at < RECORD_EXTRA)
        return STEP_ERASED;
    store->port->nv_read(store->port->ctx, store->bank, at, bytes, sizeof bytes);
    bytes_fill(erased, 0xFF, sizeof erased);
    if (bytes_same(bytes, erased, sizeof bytes))
        return STEP_ERASED;
    *head = record_head_decode(bytes);
    bool commit = head->id == COMMIT_ID;
    size_t len = commit ? 0 : word_align(head->len);
    if (head->seq != store->seq + 1 || head->id == ERASED_ID || head->len > STORE_VALUE_MAX ||
        len > store->bank_len - at - RECORD_EXTRA)
        return STEP_BROKEN;
    uint32_t crc = crc32_update(commit ? *commit_crc : CRC32_START, bytes, sizeof bytes);
    crc = crc_range(store, crc, at + RECORD_HEAD_LEN, len);
    if (crc != read_u32(store, at + RECORD_HEAD_LEN + len))
        return STEP_BROKEN;
    *next = at + RECORD_EXTRA + len;
    if (commit)
        return STEP_COMMIT;
    const uint8_t sum[4] = { (uint8_t)(crc >> 24), (uint8_t)(crc >> 16), (uint8_t)(crc >> 8), (uint8_t)crc };
    *commit_crc = crc32_update(*commit_crc, sum, sizeof sum);
    return STEP_RECORD;
}

/* Looks for a whole transaction at 'end'. True, with the offset behind its commit, where there is one; else says
 * whether the rest of the bank can be written. */
static bool transaction_find(struct store *store, size_t *behind)
{
    uint32_t commit_crc = CRC32_START;
    size_t at = store->end;
    for (uint16_t records = 0;; records++) {
        struct record_head head;
        enum step step = step_read(store, at, &commit_crc, &head, &at);
        if (step == STEP_RECORD)
            continue;
        store->dirty = step != STEP_ERASED || records > 0;
        *behind = at;
        return step == STEP_COMMIT && head.len == records;
    }
}

static bool transaction_apply(struct store *store, size_t behind)
{
    for (size_t at = store->end; at < behind - COMMIT_LEN;) {
        uint8_t bytes[RECORD_HEAD_LEN];
        store->port->nv_read(store->port->ctx, store->bank, at, bytes, sizeof bytes);
        struct record_head head = record_head_decode(bytes);
        size_t value = at + RECORD_HEAD_LEN;
        struct store_entry entry = { .id = head.id, .word = (uint16_t)(value / CARD_NV_WORD), .len = head.len };
        if (!index_set(store, entry))
            return false;
        at += RECORD_EXTRA + word_align(head.len);
    }
    store->seq++;
    store->end = behind;
    store->dirty = false;
    return true;
}

bool store_mount(struct store *store, const struct card_port *port)
{
    struct bank_header header[CARD_NV_BANKS] = { header_read(port, 0), header_read(port, 1) };
    unsigned bank = header[1].valid && (!header[0].valid || header[1].generation > header[0].generation) ? 1 : 0;
    if (!header[bank].valid)
        return false;
    bytes_fill(store, 0, sizeof *store);
    store->port = port;
    store->bank_len = bank_usable(port);
    store->bank = bank;
    store->generation = header[bank].generation;
    store->seq = header[bank].seq;
    store->end = BANK_HEADER_LEN;
    size_t behind;
    while (transaction_find(store, &behind))
        if (!transaction_apply(store, behind))
            return false;
    return true;
}
