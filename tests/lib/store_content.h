/* SPDX-License-Identifier: BSD-2-Clause */
/* What a card's memory holds, as its next start sees it: for tests that cut its power. */
#ifndef TESTS_STORE_CONTENT_H
#define TESTS_STORE_CONTENT_H

#include "card_memory.h"

struct store_content {
    uint32_t values;              /* a sum over all values but the counters; the order in the index says nothing */
    uint8_t pin_tries, puk_tries; /* left */
    uint8_t failures;             /* of PACE with MRZ or CAN, in a row */
};

/* False where the memory can't be mounted or a value isn't what was written. */
bool store_content(const struct card_port *port, struct store_content *content);

#endif
