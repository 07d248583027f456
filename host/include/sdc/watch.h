/* SPDX-License-Identifier: BSD-2-Clause */
/* Watching the readers: which there are and whether a card is in them, without touching any card. A watch is one PC/SC
 * context: one thread at a time, and it is busy while it waits, so that a program which looks while another of its
 * threads waits has two. PC/SC part 5, SCardGetStatusChange. */
#ifndef SDC_WATCH_H
#define SDC_WATCH_H

#include "bytes.h"

#define SDC_WATCH_READERS 16 /* pcscd has no more */

struct sdc_watch;

struct sdc_watch_state {
    char reader[128]; /* the reader's name, as sdc_link_open_pcsc takes it */
    bool card;        /* a card is in it and answered its reset */
    uint16_t events;  /* pcscd's count of insertions and removals in this reader: two looks that differ saw a change,
                         also where a card was exchanged in between */
};

/* Makes a watch. Doesn't talk to pcscd yet: SDC_E_NO_MEMORY is its only failure. */
enum sdc_status sdc_watch_open(struct sdc_watch **watch, struct sdc_error *e) SDC_WARN_UNUSED;
void sdc_watch_close(struct sdc_watch *watch); /* NULL is fine; no other thread may be in it */

/* What is so now: at most SDC_WATCH_READERS states, *count of them, in PC/SC's order. Returns at once, no card traffic.
 * SDC_E_NO_SERVICE: pcscd isn't there; the next look tries again. */
enum sdc_status sdc_watch_look(struct sdc_watch *watch, struct sdc_watch_state states[static SDC_WATCH_READERS],
                               size_t *count, struct sdc_error *e) SDC_WARN_UNUSED;

/* Blocks until something differs from what the last look of this watch saw, or until timeout_ms have passed (SDC_OK
 * both times: look again), or until cancelled (SDC_E_CANCELLED). SDC_E_NO_SERVICE: pcscd isn't there or went away. */
enum sdc_status sdc_watch_wait(struct sdc_watch *watch, uint32_t timeout_ms, struct sdc_error *e) SDC_WARN_UNUSED;

/* Ends a wait of another thread. A cancel before the wait has begun is lost: repeat it until the waiter has left. */
void sdc_watch_cancel(struct sdc_watch *watch);

#endif
