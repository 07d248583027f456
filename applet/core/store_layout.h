/* SPDX-License-Identifier: BSD-2-Clause */
/* The store's layout in the memory, shared by its own files. Described in store.h. */
#ifndef STORE_LAYOUT_H
#define STORE_LAYOUT_H

#include "store.h"

#define BANK_MAGIC      0x53444331u /* "SDC1" */
#define BANK_HEADER_LEN 16
#define RECORD_HEAD_LEN 8
#define RECORD_EXTRA    12 /* head and crc */
#define COMMIT_LEN      12
#define COMMIT_ID       0x0000
#define ERASED_ID       0xFFFF
/* an entry names a word by 16 bits */
#define BANK_LEN_MAX ((size_t)65536 * CARD_NV_WORD)

/* Head of a record or a commit. */
struct record_head {
    uint16_t id, len;
    uint32_t seq;
};
void record_head_encode(const struct record_head *head, uint8_t out[static RECORD_HEAD_LEN]);
struct record_head record_head_decode(const uint8_t in[static RECORD_HEAD_LEN]);

/* Bytes in a bank that the store uses. */
size_t bank_usable(const struct card_port *port);
/* Bytes that len bytes take when filled up to words. */
size_t word_align(size_t len);
/* Programs the header that makes a bank count. */
bool bank_header_write(const struct card_port *port, unsigned bank, uint32_t generation, uint32_t seq);

/* Sets or, with len 0, removes an entry of the index. False where the index is full. */
bool index_set(struct store *store, struct store_entry entry);
const struct store_entry *index_find(const struct store *store, uint16_t id);

/* Copies the committed values into the other bank, which becomes the current one. False where the memory fails. */
bool store_compact(struct store *store);

#endif
