/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading, and what the store's other files share. */
#include "store.h"

#include "crc32.h"
#include "rd.h"
#include "store_layout.h"
#include "wr.h"

void record_head_encode(const struct record_head *head, uint8_t out[static RECORD_HEAD_LEN])
{
    struct wr w = wr_init(out, RECORD_HEAD_LEN);
    wr_u16(&w, head->id);
    wr_u16(&w, head->len);
    wr_u32(&w, head->seq);
}

struct record_head record_head_decode(const uint8_t in[static RECORD_HEAD_LEN])
{
    struct rd r = rd_init(in, RECORD_HEAD_LEN);
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

bool bank_header_write(const struct card_port *port, unsigned bank, uint32_t generation, uint32_t seq)
{
    uint8_t header[BANK_HEADER_LEN];
    struct wr w = wr_init(header, sizeof header);
    wr_u32(&w, BANK_MAGIC);
    wr_u32(&w, generation);
    wr_u32(&w, seq);
    wr_u32(&w, crc32_update(CRC32_START, header, w.len));
    return port->nv_program(port->ctx, bank, 0, header, sizeof header);
}

bool store_format(const struct card_port *port)
{
    for (unsigned bank = 0; bank < CARD_NV_BANKS; bank++)
        if (!port->nv_erase(port->ctx, bank))
            return false;
    return bank_header_write(port, 0, 1, 0);
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

size_t store_len(const struct store *store, uint16_t id)
{
    const struct store_entry *e = index_find(store, id);
    return e == NULL ? 0 : e->len;
}

bool store_read(const struct store *store, uint16_t id, size_t offset, uint8_t *data, size_t len)
{
    const struct store_entry *e = index_find(store, id);
    if (e == NULL || offset > e->len || len > e->len - offset)
        return false;
    store->port->nv_read(store->port->ctx, store->bank, (size_t)e->word * CARD_NV_WORD + offset, data, len);
    return true;
}
