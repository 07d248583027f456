/* SPDX-License-Identifier: BSD-2-Clause */
/* The store's layout in the memory, shared by its own files. Described in store.h. */
#ifndef STORE_LAYOUT_H
#define STORE_LAYOUT_H

#include "store.h"

#define BANK_MAGIC      0x53444332u /* "SDC2" */
#define BANK_SEAL       0x5EA15EA1u
#define COMMIT_SEAL     0x5EA1C0DEu /* XOR seq */
#define BANK_MARK       0x00000000u /* of void and closed */
#define ERASED_WORD     0xFFFFFFFFu
#define BANK_HEADER_LEN 24
#define BANK_SEAL_AT    24
#define BANK_VOID_AT    32
#define BANK_CLOSED_AT  40
#define BANK_START      48 /* of the first record */
#define RECORD_HEAD_LEN 8
#define RECORD_EXTRA    12 /* head and crc */
#define EXTENT_HEAD_LEN 12
#define LINK_LEN        8 /* what a record LINK_ID holds */
#define COMMIT_LEN      12
#define PAIR_LEN        8
#define COMMIT_ALL      (COMMIT_LEN + PAIR_LEN)
#define COMMIT_ID       0x0000
#define LINK_ID         0xFFFD
#define EXTENT_ID       0xFFFE
#define ERASED_ID       0xFFFF
/* an entry names a word by 16 bits */
#define BANK_LEN_MAX ((size_t)65536 * CARD_NV_WORD)

/* Head of a record or a commit. */
struct record_head {
    uint16_t id, len;
    uint32_t seq;
};
void record_head_encode(const struct record_head *head, uint8_t out[static RECORD_HEAD_LEN]);
/* A commit, with the crc carried on from that of its records. */
void commit_encode(const struct record_head *head, uint32_t records_crc, uint8_t out[static COMMIT_LEN]);
struct record_head record_head_read(const struct card_port *port, unsigned bank, size_t at);

/* Bytes in a bank that the store uses. */
size_t bank_usable(const struct card_port *port);
/* Bytes that len bytes take when filled up to words. */
size_t word_align(size_t len);
uint32_t word_read(const struct card_port *port, unsigned bank, size_t at);
/* Programs any number of words, a call for each page. False where the memory fails. */
bool words_program(const struct card_port *port, unsigned bank, size_t at, const uint8_t *data, size_t len);

/* Two words of the same value. The second is programmed when the first is firm, so a pair that reads whole has at least
 * one firm word. Returns which of them read as 'value': bit 0 the first, bit 1 the second. */
#define PAIR_WHOLE 3u
unsigned pair_read(const struct card_port *port, unsigned bank, size_t at, uint32_t value);
/* Programs both, also over words that were torn while they were programmed with the same value. */
bool pair_program(const struct card_port *port, unsigned bank, size_t at, uint32_t value);

struct bank_header {
    bool valid;     /* magic and crc */
    bool counts;    /* and sealed, and not refused before */
    unsigned seals; /* as pair_read */
    uint32_t generation, seq, wear[CARD_NV_BANKS];
};
struct bank_header bank_header_read(const struct card_port *port, unsigned bank);
/* Programs the header and then the seals that make a bank count. */
bool bank_header_write(const struct card_port *port, unsigned bank, const struct bank_header *header);
/* Chooses the current bank and makes the choice firm. False where there is none or the memory fails. */
bool bank_choose(const struct card_port *port, unsigned *bank, struct bank_header *header);

/* Sets or, with len 0, removes an entry of the index. False where the index is full. */
bool index_set(struct store *store, struct store_entry entry);
const struct store_entry *index_find(const struct store *store, uint16_t id);

/* Takes the next len bytes of a value: whole words are handed to 'program' with the place they belong to. */
typedef bool store_program_fn(struct store *store, size_t at, const uint8_t *data, size_t len);
bool writer_feed(struct store *store, struct store_writer *writer, const uint8_t *data, size_t len,
                 store_program_fn *program);
/* Fills the last word with zeros. */
bool writer_close(struct store *store, struct store_writer *writer, store_program_fn *program);

/* Carries 'crc' on over len bytes of the current bank. */
uint32_t crc_range(const struct store *store, uint32_t crc, size_t offset, size_t len);
/* Bytes that the committed values and the open stream take after a compaction. */
size_t live_bytes(const struct store *store);
/* Sees to 'need' bytes at 'end', in a bank whose words there are erased; a transaction of 'reserve' bytes fits still.
 */
enum store_status room_make(struct store *store, size_t need, size_t reserve);
/* Programs a record whose staged entry is another one than its own value. The transaction is open. */
enum store_status transaction_link(struct store *store, const struct store_entry *extent);

/* Programs the head of an extent at 'at'. */
bool extent_begin(const struct card_port *port, unsigned bank, size_t at, size_t len);
/* Copies the committed values and the open stream into the other bank, which becomes the current one. False where the
 * memory fails. */
bool store_compact(struct store *store);

#endif
