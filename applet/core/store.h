/* SPDX-License-Identifier: BSD-2-Clause */
/* Transactional store over the port's non-volatile memory: values of up to STORE_VALUE_MAX bytes by number. A
 * transaction writes or deletes several values; after a power cut at any moment each transaction is there whole or
 * not at all, and the values outside it are as they were.
 *
 * Life of a transaction: store_begin, then for each value store_open and as many store_write as its length takes (or
 * store_put), then store_commit; store_abort drops it at any point. Values read are always the committed ones. There
 * is one transaction at a time.
 *
 * Errors: STORE_FULL says that the memory or the index has no room and that nothing changed. STORE_FAILED says that
 * the memory failed, or that the calls were out of order; the open transaction is gone, and where the memory failed
 * nothing is written any more until the next store_mount, which decides once whether the last commit took effect.
 *
 * Layout (all numbers big-endian): each bank begins with a header {magic, generation, seq, crc}; the valid header with
 * the highest generation makes its bank the current one. Records follow, word aligned, append only:
 * {id, len, seq, len bytes filled up to words, crc}; a transaction ends with the commit record
 * {0, count, seq, crc over the crc of its records}. A record of length 0 deletes. What doesn't add up after the last
 * commit is no part of the store; the next transaction then starts in the other bank, after a compaction, so that
 * nothing is ever written behind it. */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "card_port.h"

#define STORE_VALUE_MAX 32768 /* bytes in a value */
#define STORE_ENTRIES   96    /* values at a time */
#define STORE_STAGED    8     /* values in one transaction */
#define STORE_SMALL     256   /* a transaction with at most so many bytes may use the reserve ... */
#define STORE_RESERVE   2048  /* ... of so many, so that counters can be written when objects fill the memory */

enum store_status { STORE_OK, STORE_FULL, STORE_FAILED };

struct store_entry {
    uint16_t id;   /* 1..FFFE */
    uint16_t word; /* where the value begins in the bank, in words */
    uint16_t len;  /* bytes */
};

/* All private to the store. */
struct store {
    const struct card_port *port;
    size_t bank_len;     /* bytes used of a bank */
    size_t end;          /* offset behind the last commit of the current bank */
    unsigned bank;       /* the current one */
    uint32_t generation; /* of the current bank */
    uint32_t seq;        /* of the last transaction */
    bool dirty;          /* what is behind 'end' may not be erased */
    bool failed;         /* the memory failed */
    uint16_t count;      /* entries */
    struct store_entry entry[STORE_ENTRIES];
    struct {
        bool open;
        uint16_t count; /* values staged */
        struct store_entry staged[STORE_STAGED];
        size_t at;     /* where the next byte is programmed */
        size_t budget; /* bytes of the bank that store_begin promised and are left */
        size_t left;   /* bytes still missing in the value being written */
        uint32_t record_crc, commit_crc;
        uint8_t carry[CARD_NV_WORD]; /* bytes that don't fill a word yet */
        size_t carry_len;
    } tx;
};

/* Erases both banks and leaves an empty store in them. False where the memory fails. Does not mount. */
bool store_format(const struct card_port *port);
/* Finds the state after the last committed transaction. False where neither bank holds a store. Reads only. */
bool store_mount(struct store *store, const struct card_port *port);

/* Bytes in the value; 0 where there is none. */
size_t store_len(const struct store *store, uint16_t id);
/* Reads len bytes of the value from offset on. False where they are not there. */
bool store_read(const struct store *store, uint16_t id, size_t offset, uint8_t *data, size_t len);

/* Opens a transaction of at most 'values' values (1..STORE_STAGED) with 'bytes' bytes between them; makes room. */
enum store_status store_begin(struct store *store, size_t values, size_t bytes);
/* Begins the next value; the one before is complete. A length of 0 deletes the value. */
enum store_status store_open(struct store *store, uint16_t id, size_t len);
/* The next len bytes of the value that store_open began. */
enum store_status store_write(struct store *store, const uint8_t *data, size_t len);
/* store_open and all of its bytes. */
enum store_status store_put(struct store *store, uint16_t id, const uint8_t *data, size_t len);
/* Makes the transaction take effect; the last value is complete. */
enum store_status store_commit(struct store *store);
/* Drops the open transaction, if there is one. */
void store_abort(struct store *store);

#endif
