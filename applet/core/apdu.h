/* SPDX-License-Identifier: BSD-2-Clause */
/* A command APDU taken apart (ISO/IEC 7816-3 12.1.3, 7816-4 5.1): all cases, short and extended. */
#ifndef APDU_H
#define APDU_H

#include "rd.h"

struct apdu {
    uint8_t cla, ins, p1, p2;
    struct rd data; /* Lc bytes; empty where Lc is absent */
    size_t sealed;  /* not 0: data are encrypted still, and so many bytes of plain text (secure_channel.h) */
    bool extended;  /* its lengths are extended fields */
    size_t le;      /* bytes the sender takes at most; where Le is absent, what the form of the length allows */
};

/* False where the lengths contradict each other: the sender is answered 6700. Le absent is taken as the longest: PIV
 * clients leave it out of commands that have an answer (T=1 lets the card give it). */
bool apdu_parse(const uint8_t *cmd, size_t len, struct apdu *apdu);

#endif
