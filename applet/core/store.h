/* SPDX-License-Identifier: BSD-2-Clause */
/* Transactional store over the port's non-volatile memory: values of up to STORE_VALUE_MAX bytes by number. A
 * transaction writes or deletes several values; after a power cut at any moment each transaction is there whole or
 * not at all, and the values outside it are as they were. applet/DESIGN.md proves it.
 *
 * Life of a transaction: store_begin, then for each value store_open and as many store_write as its length takes (or
 * store_put), then store_commit; store_abort drops it at any point. Values read are always the committed ones. There
 * is one transaction at a time. Beside it one stream may be open: a long value that arrives over many commands, while
 * other transactions come and go.
 *
 * Errors: STORE_FULL says that the memory or the index has no room and that nothing changed. STORE_FAILED says that
 * the memory failed, or that the calls were out of order; the open transaction is gone, and where the memory failed
 * nothing is written any more until the next store_mount, which decides once whether the last commit took effect.
 *
 * Layout (all numbers big-endian, everything word aligned): each bank begins with
 *   {magic, generation, seq, erases of bank 0, of bank 1, crc}  seal  seal  void  void  closed  closed
 * and counts once a seal stands and the bank isn't void; the one with the highest generation is current. Behind that,
 * append only: record   {id, len, seq, len bytes filled up to words, crc}; of length 0 deletes; id FFFD names an extent
 *   commit   {0, count, seq, crc over the crc of its records}  seal  seal
 *   extent   {FFFE, 0, len, ~len, len bytes filled up to words}: a stream's bytes, without meaning until a record
 *            FFFD {id, len, word} is committed
 *   zero     one word, in front of what a session (from mount to mount) writes first */
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
#define STORE_ID_MAX    0xFFFC
#define STORE_RESERVE   2048 /* ... of so many, so that counters can be written when objects fill the memory */

enum store_status { STORE_OK, STORE_FULL, STORE_FAILED };

struct store_entry {
    uint16_t id;   /* 1..STORE_ID_MAX */
    uint16_t word; /* where the value begins in the bank, in words */
    uint16_t len;  /* bytes */
};

/* A value on its way into the memory, word by word. */
struct store_writer {
    size_t at;                   /* where the next word is programmed */
    size_t left;                 /* bytes still missing in the value */
    uint8_t carry[CARD_NV_WORD]; /* bytes that don't fill a word yet */
    size_t carry_len;
};

/* All private to the store. */
struct store {
    const struct card_port *port;
    size_t bank_len;              /* bytes used of a bank */
    size_t end;                   /* where the current bank is written next */
    unsigned bank;                /* the current one */
    uint32_t generation;          /* of the current bank */
    uint32_t seq;                 /* of the last transaction */
    uint32_t wear[CARD_NV_BANKS]; /* erases */
    bool fresh;                   /* nothing was written since the mount: the word at 'end' may be torn */
    bool dirty;                   /* what is behind 'end' may not be erased */
    bool failed;                  /* the memory failed */
    uint16_t count;               /* entries */
    struct store_entry entry[STORE_ENTRIES];
    struct {
        bool open;
        uint16_t count; /* values staged */
        struct store_entry staged[STORE_STAGED];
        struct store_writer writer;
        size_t budget; /* bytes of the bank that store_begin promised and are left */
        uint32_t record_crc, commit_crc;
    } tx;
    struct {
        bool open;
        struct store_entry entry;
        struct store_writer writer;
    } stream;
};

/* Erases both banks and leaves an empty store in them. False where the memory fails. Does not mount. */
bool store_format(const struct card_port *port);
/* Finds the state after the last committed transaction, and makes firm what a power cut left undecided, before anything
 * is read: at most eleven words. False where neither bank holds a store, or the memory fails. */
bool store_mount(struct store *store, const struct card_port *port);

/* Bytes in the value; 0 where there is none. */
size_t store_len(const struct store *store, uint16_t id);
/* Reads len bytes of the value from offset on. False where they are not there; a value of a transaction that is read
 * whole also where it isn't what was written. */
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
/* Drops the open transaction and the open stream, if there are any. */
void store_abort(struct store *store);

/* Opens a stream for one value of len bytes (1..STORE_VALUE_MAX); makes room. Not while a transaction is open. */
enum store_status store_stream_open(struct store *store, uint16_t id, size_t len);
/* The next len bytes. Also between the calls of a transaction. On an error the stream is gone. */
enum store_status store_stream_write(struct store *store, const uint8_t *data, size_t len);
/* Makes the value take effect, as a transaction of its own. All bytes are there and no transaction is open. Where a
 * transaction changed the same value while the stream was open, the stream is the later one. */
enum store_status store_stream_commit(struct store *store);

/* How often the bank was erased, as far as a finished compaction could write it down. */
uint32_t store_wear(const struct store *store, unsigned bank);

#endif
