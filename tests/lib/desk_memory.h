/* SPDX-License-Identifier: BSD-2-Clause */
/* The PKCS#11 module's desk with readers and cards in this process: cards come and go, are reset by somebody else,
 * fail; every APDU is counted. */
#ifndef TESTS_DESK_MEMORY_H
#define TESTS_DESK_MEMORY_H

#include <pthread.h>

#include "card_memory.h"
#include "desk.h"

#define DESK_READERS 4

struct desk_reader {
    bool there;
    uint16_t events;
    struct card_memory *card; /* NULL: empty */
    unsigned long apdus;      /* since desk_memory_init, of all links */
    unsigned long inserted;   /* a link opened on an earlier card is dead */
    bool busy;                /* another program has the card alone */
    bool reset;               /* the next sdc_link_begin says that somebody reset the card */
    long remove_after;        /* the card leaves instead of answering the APDU after so many; -1: it stays */
    unsigned reply_sw;        /* not 0: every APDU is answered by this SW alone */
    int open_transactions;
    /* A PIN pad: what the holder types, digits and then a newline for each PIN; NULL: the reader has none. Where it is
     * empty the holder gives up. */
    const char *typed;
    /* What a hostile card makes of the right reply to the APDU of this number (from 0, by 'apdus'); NULL: nothing. */
    void (*tamper)(struct desk_reader *reader, unsigned long number, uint8_t *resp, size_t cap, size_t *len);
    unsigned long tamper_at;
    int tamper_how;
};
struct desk_memory {
    struct p11_desk desk;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    unsigned long changes;
    bool service; /* pcscd runs */
    int watches;  /* open now */
    int links;    /* open now */
    int resets;   /* sdc_link_reset calls */
    struct desk_reader readers[DESK_READERS];
};

/* A desk with this many empty readers. */
void desk_memory_init(struct desk_memory *desk, size_t readers);
void desk_insert(struct desk_memory *desk, size_t reader, struct card_memory *card); /* powers it on */
void desk_remove(struct desk_memory *desk, size_t reader);
/* Another program resets the card. */
void desk_reset(struct desk_memory *desk, size_t reader);
/* Another program sends a command. Returns SW. */
unsigned desk_foreign(struct desk_memory *desk, size_t reader, const uint8_t *cmd, size_t len);

#endif
