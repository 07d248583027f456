/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading, and what the store's other files share. */
#include "store.h"

#include "bytes.h"
#include "card_crypto.h"
#include "crc32.h"
#include "rd.h"
#include "store_layout.h"
#include "wr.h"

#define CHUNK 64

void record_head_encode(const struct record_head *head, uint8_t out[static RECORD_HEAD_LEN])
{
    struct wr w = wr_init(out, RECORD_HEAD_LEN);
    wr_u16(&w, head->id);
    wr_u16(&w, head->len);
    wr_u32(&w, head->seq);
}

void commit_encode(const struct record_head *head, uint32_t records_crc, uint8_t out[static COMMIT_LEN])
{
    record_head_encode(head, out);
    struct wr w = wr_init(out + RECORD_HEAD_LEN, COMMIT_LEN - RECORD_HEAD_LEN);
    wr_u32(&w, crc32_update(records_crc, out, RECORD_HEAD_LEN));
}

struct record_head record_head_read(const struct card_port *port, unsigned bank, size_t at)
{
    uint8_t bytes[RECORD_HEAD_LEN];
    port->nv_read(port->ctx, bank, at, bytes, sizeof bytes);
    struct rd r = rd_init(bytes, sizeof bytes);
    struct record_head head;
    head.id = rd_u16(&r);
    head.len = rd_u16(&r);
    head.seq = rd_u32(&r);
    return head;
}

size_t bank_usable(const struct card_port *port)
{
    return port->bank_len < BANK_LEN_MAX ? port->bank_len : BANK_LEN_MAX;
}

size_t word_align(size_t len)
{
    return (len + CARD_NV_WORD - 1) / CARD_NV_WORD * CARD_NV_WORD;
}

uint32_t word_read(const struct card_port *port, unsigned bank, size_t at)
{
    uint8_t bytes[CARD_NV_WORD];
    port->nv_read(port->ctx, bank, at, bytes, sizeof bytes);
    struct rd r = rd_init(bytes, sizeof bytes);
    return rd_u32(&r);
}

bool words_program(const struct card_port *port, unsigned bank, size_t at, const uint8_t *data, size_t len)
{
    while (len > 0) {
        size_t n = CARD_NV_PAGE - at % CARD_NV_PAGE;
        if (n > len)
            n = len;
        if (!port->nv_program(port->ctx, bank, at, data, n))
            return false;
        at += n;
        data += n;
        len -= n;
    }
    return true;
}

const struct store_entry *index_find(const struct store *store, uint16_t id)
{
    for (size_t i = 0; i < store->count; i++)
        if (store->entry[i].id == id)
            return &store->entry[i];
    return NULL;
}

bool index_set(struct store *store, struct store_entry entry)
{
    size_t i = 0;
    while (i < store->count && store->entry[i].id != entry.id)
        i++;
    if (entry.len == 0) {
        if (i < store->count)
            store->entry[i] = store->entry[--store->count];
        return true;
    }
    if (i == STORE_ENTRIES)
        return false;
    if (i == store->count)
        store->count++;
    store->entry[i] = entry;
    return true;
}

bool writer_feed(struct store *store, struct store_writer *writer, const uint8_t *data, size_t len,
                 store_program_fn *program)
{
    writer->left -= len;
    while (len > 0 && (writer->carry_len > 0 || len < CARD_NV_WORD)) { /* by bytes up to a word's end */
        writer->carry[writer->carry_len++] = *data++;
        len--;
        if (writer->carry_len < CARD_NV_WORD)
            continue;
        writer->carry_len = 0;
        writer->at += CARD_NV_WORD;
        if (!program(store, writer->at - CARD_NV_WORD, writer->carry, CARD_NV_WORD))
            return false;
    }
    size_t whole = len / CARD_NV_WORD * CARD_NV_WORD;
    writer->at += whole;
    if (whole > 0 && !program(store, writer->at - whole, data, whole))
        return false;
    if (len > whole)
        bytes_copy(writer->carry + writer->carry_len, data + whole, len - whole);
    writer->carry_len += len - whole;
    return true;
}

bool writer_close(struct store *store, struct store_writer *writer, store_program_fn *program)
{
    if (writer->carry_len == 0)
        return true;
    bytes_fill(writer->carry + writer->carry_len, 0, CARD_NV_WORD - writer->carry_len);
    writer->carry_len = 0;
    writer->at += CARD_NV_WORD;
    return program(store, writer->at - CARD_NV_WORD, writer->carry, CARD_NV_WORD);
}

size_t store_len(const struct store *store, uint16_t id)
{
    const struct store_entry *e = index_find(store, id);
    return e == NULL ? 0 : e->len;
}

uint32_t crc_range(const struct store *store, uint32_t crc, size_t offset, size_t len)
{
    uint8_t chunk[CHUNK];
    size_t used = len < sizeof chunk ? len : sizeof chunk;
    while (len > 0) {
        size_t n = len < sizeof chunk ? len : sizeof chunk;
        store->port->nv_read(store->port->ctx, store->bank, offset, chunk, n);
        crc = crc32_update(crc, chunk, n);
        offset += n;
        len -= n;
    }
    crypto_wipe(chunk, used); /* it may have been a key */
    return crc;
}

/* A record's value that is read as a whole is held against its crc: no changed bit of a key, a secret or a counter goes
 * unseen. Longer values are signed by whoever made them. */
static bool value_whole(const struct store *store, const struct store_entry *e)
{
    size_t at = (size_t)e->word * CARD_NV_WORD, behind = at + word_align(e->len);
    if (word_read(store->port, store->bank, at - 4) == ~(uint32_t)e->len) /* an extent */
        return true;
    return crc_range(store, CRC32_START, at - RECORD_HEAD_LEN, behind - at + RECORD_HEAD_LEN) ==
           word_read(store->port, store->bank, behind);
}

bool store_read(const struct store *store, uint16_t id, size_t offset, uint8_t *data, size_t len)
{
    const struct store_entry *e = index_find(store, id);
    if (e == NULL || offset > e->len || len > e->len - offset)
        return false;
    if (len == e->len && !value_whole(store, e))
        return false;
    store->port->nv_read(store->port->ctx, store->bank, (size_t)e->word * CARD_NV_WORD + offset, data, len);
    return true;
}

uint32_t store_wear(const struct store *store, unsigned bank)
{
    return bank < CARD_NV_BANKS ? store->wear[bank] : 0;
}
