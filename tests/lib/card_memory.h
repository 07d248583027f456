/* SPDX-License-Identifier: BSD-2-Clause */
/* A card in memory, for unit tests, fuzzers and the host's in-process transport: the card core on a flash that is an
 * array, with entropy that repeats from run to run, and a power cut at any flash operation. */
#ifndef TESTS_CARD_MEMORY_H
#define TESTS_CARD_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "card.h"

#define CARD_MEMORY_BANK_LEN (128 * 1024) /* the least that card_port.h promises */

/* What a power cut does to the operation that it falls on: a word of a program, or the erasure of a bank. */
enum card_memory_cut {
    CUT_BEFORE,   /* nothing */
    CUT_AFTER,    /* all of it: the card dies right behind it */
    CUT_TORN,     /* program: half of the bits; erase: half of the bank; both for ever */
    CUT_UNSTABLE, /* each bit that was on its way reads old or new, anew at each read */
    CUT_RANDOM,   /* each word that was on its way reads old or new, anew at each read */
};
#define CUT_WAYS 5

/* Large (256 KiB and more): static or on the heap. Everything may be looked at and set. */
struct card_memory {
    struct card card;
    struct card_port port; /* its ctx is this struct */
    uint8_t banks[CARD_NV_BANKS][CARD_MEMORY_BANK_LEN];
    /* While 'unstable', a bit that differs here is not firm: this is what stood there before the cut. To put banks back
     * that were saved, set them and clear 'unstable', or put both back. */
    uint8_t before[CARD_NV_BANKS][CARD_MEMORY_BANK_LEN];
    bool unstable;
    bool by_words;            /* how it reads: CUT_RANDOM */
    uint64_t noise;           /* what unstable bits read */
    unsigned long erases;     /* since card_memory_port() */
    unsigned long operations; /* words programmed and banks erased since the last card_memory_reset() */
    long cut_at;              /* the power fails at the operation of this number, from 0; -1: never */
    enum card_memory_cut cut;
    bool dead; /* the power failed: no operation has an effect until card_memory_reset() */
    bool entropy_fails;
    uint64_t entropy_state; /* set it for other keys and challenges */
};

/* A blank card, switched on. Aborts where the card can't be made. */
void card_memory_init(struct card_memory *memory);
/* Power off and on: the flash stays; no further cut is planned. */
void card_memory_reset(struct card_memory *memory);
/* One APDU; see card_apdu(). */
size_t card_memory_apdu(struct card_memory *memory, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t resp_cap);
/* The port alone, on erased banks, without a card: for tests of the store. */
void card_memory_port(struct card_memory *memory);

#endif
