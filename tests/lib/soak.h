/* SPDX-License-Identifier: BSD-2-Clause */
/* A soak of card swaps: cards come and go in several readers at the same moment, threads sign with whatever is there,
 * another one waits for events. Runs against any PKCS#11 module whose readers its caller moves cards in. */
#ifndef TESTS_SOAK_H
#define TESTS_SOAK_H

#include <stdbool.h>

#include "cryptoki.h"

#define SOAK_READERS 4

struct soak {
    CK_FUNCTION_LIST *f;
    unsigned readers, signers;
    unsigned long insertions; /* of all readers together */
    /* Puts a card into a reader, or takes it out; 'turn' counts the reader's insertions. From the reader's own thread.
     */
    void (*card)(void *ctx, unsigned reader, unsigned long turn, bool in);
    /* NULL, or whether this is the public key of the 9E of a card that there is. */
    bool (*known)(void *ctx, const CK_BYTE *point);
    void *ctx;

    /* ---- what it gives ---- */
    unsigned long events;     /* that C_WaitForSlotEvent told */
    unsigned long signatures; /* returned and good */
    unsigned long cut;        /* operations that a removed card ended, by the CK_RV for it */
    unsigned long lost;       /* insertions or removals without an event, or with the wrong slot state after it */
    unsigned long wrong;      /* signatures of another key than that shown in the session, or of no known card */
    unsigned long odd;        /* any other CK_RV */
    CK_RV odd_rv;
    long finalize_ms; /* C_Finalize with a waiter in C_WaitForSlotEvent: of several times, where the first was slow, the
                         fastest, since the machine may have been busy */
    long fds_grown;   /* descriptors, from the first fifth to the end */
    long bytes_grown; /* of the heap, as the fds */
};

/* Initialises the module, swaps, finalises. Readers are empty before and after. */
void soak_run(struct soak *s);
/* Prints the figures; true where nothing was lost, wrong, odd, grown or too slow. */
bool soak_good(const struct soak *s);

#endif
