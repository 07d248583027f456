/* SPDX-License-Identifier: BSD-2-Clause */
/* A long value beside other transactions: its bytes go into an extent, whose place is set aside at once; what makes
 * them a value is a small transaction at the end. */
#include "card_crypto.h"
#include "store_layout.h"
#include "wr.h"

#define LINK_ALL (RECORD_EXTRA + LINK_LEN + COMMIT_ALL)

bool extent_begin(const struct card_port *port, unsigned bank, size_t at, size_t len)
{
    uint8_t head[EXTENT_HEAD_LEN];
    struct wr w = wr_init(head, sizeof head);
    wr_u16(&w, EXTENT_ID);
    wr_u16(&w, 0);
    wr_u32(&w, (uint32_t)len);
    wr_u32(&w, ~(uint32_t)len);
    return words_program(port, bank, at, head, sizeof head);
}

static void stream_drop(struct store *store)
{
    crypto_wipe(&store->stream, sizeof store->stream);
}

static enum store_status give_up(struct store *store)
{
    stream_drop(store);
    return STORE_FAILED;
}

static bool program(struct store *store, size_t at, const uint8_t *data, size_t len)
{
    store->failed = !words_program(store->port, store->bank, at, data, len);
    return !store->failed;
}

enum store_status store_stream_open(struct store *store, uint16_t id, size_t len)
{
    if (store->tx.open || store->stream.open || store->failed || id == 0 || id > STORE_ID_MAX || len == 0 ||
        len > STORE_VALUE_MAX)
        return STORE_FAILED;
    if (index_find(store, id) == NULL && store->count == STORE_ENTRIES)
        return STORE_FULL;
    size_t need = EXTENT_HEAD_LEN + word_align(len);
    enum store_status status = room_make(store, need, LINK_ALL + STORE_RESERVE);
    if (status != STORE_OK)
        return status;
    size_t at = store->end;
    store->end += need; /* first: a failure may leave bytes there */
    if (!extent_begin(store->port, store->bank, at, len)) {
        store->failed = true;
        return STORE_FAILED;
    }
    at += EXTENT_HEAD_LEN;
    store->stream.open = true;
    store->stream.entry =
        (struct store_entry) { .id = id, .word = (uint16_t)(at / CARD_NV_WORD), .len = (uint16_t)len };
    store->stream.writer = (struct store_writer) { .at = at, .left = len };
    return STORE_OK;
}

enum store_status store_stream_write(struct store *store, const uint8_t *data, size_t len)
{
    struct store_writer *writer = &store->stream.writer;
    if (!store->stream.open || store->failed || len > writer->left)
        return give_up(store);
    if (!writer_feed(store, writer, data, len, program) || (writer->left == 0 && !writer_close(store, writer, program)))
        return give_up(store);
    return STORE_OK;
}

enum store_status store_stream_commit(struct store *store)
{
    if (!store->stream.open || store->tx.open || store->stream.writer.left > 0)
        return give_up(store);
    enum store_status status = store_begin(store, 1, LINK_LEN);
    if (status == STORE_OK)
        status = transaction_link(store, &store->stream.entry);
    if (status == STORE_OK)
        status = store_commit(store);
    stream_drop(store);
    return status;
}
