/* SPDX-License-Identifier: BSD-2-Clause */
/* The port's entropy with the health tests of SP 800-90B 4.4 on every byte of it, from power on to power off. They hold
 * a source to at least four bits in a byte, and alarm a good one once in 2^30 bytes or windows. */
#ifndef ENTROPY_H
#define ENTROPY_H

#include "card_port.h"

#define ENTROPY_STARTUP 1024 /* bytes looked at and thrown away before the first use (4.3) */

struct entropy {
    bool failed;         /* for ever: until the next reset */
    uint8_t last;        /* repetition count test: this byte ... */
    uint8_t repeats;     /* ... so many times in a row; 0: none yet */
    uint8_t first;       /* adaptive proportion test: this byte ... */
    uint16_t seen;       /* ... so many times ... */
    uint16_t window_len; /* ... in so many of the window; 0: it begins */
};

/* Begins the tests anew and runs them over the first ENTROPY_STARTUP bytes. False where the source failed. */
bool entropy_start(struct entropy *entropy, const struct card_port *port);
/* len bytes. False, and data are zeros, where the source failed now or before. */
bool entropy_read(struct entropy *entropy, const struct card_port *port, uint8_t *data, size_t len);

#endif
