/* SPDX-License-Identifier: BSD-2-Clause */
/* A command APDU taken apart (ISO/IEC 7816-3 12.1.3, 7816-4 5.1): all cases, short and extended. */
#ifndef APDU_H
#define APDU_H

#include "rd.h"

#define APDU_LE_SHORT_MAX    256
#define APDU_LE_EXTENDED_MAX 65536

/* What encrypted data are opened with. */
struct cipher {
    const uint8_t *key;
    size_t key_len;
    uint8_t iv[16];
};

struct apdu {
    uint8_t cla, ins, p1, p2;
    struct rd data; /* Lc bytes; empty where Lc is absent */
    size_t sealed;  /* not 0: data are encrypted still, and so many bytes of plain text (sealed.h) */
    struct cipher cipher;
    bool extended; /* its lengths are extended fields */
    bool le_given; /* Le is there and not 0 */
    size_t le;     /* bytes the sender takes at most; where Le isn't given, what the form of the length allows */
    size_t room;   /* bytes of answer that the response has room for, and the sender takes */
};

/* False where the lengths contradict each other: the sender is answered 6700. Le absent is taken as the longest: PIV
 * clients leave it out of commands that have an answer (T=1 lets the card give it). */
bool apdu_parse(const uint8_t *cmd, size_t len, struct apdu *apdu);

#endif
