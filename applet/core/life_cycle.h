/* SPDX-License-Identifier: BSD-2-Clause */
/* The card's life cycle (GlobalPlatform Card Specification 2.3.1, 5.1): OP_READY, INITIALIZED, SECURED, CARD_LOCKED,
 * TERMINATED; LIFE_* in card_edge.h. Kept in the store; a change is one transaction. */
#ifndef LIFE_CYCLE_H
#define LIFE_CYCLE_H

#include "core.h"

/* The state now. A store that holds none is that of a card that was never issued: OP_READY. */
uint8_t life_cycle(const struct core *core);
/* True in OP_READY and INITIALIZED: what helps to make a card is still allowed. */
bool life_before_secured(const struct core *core);
bool life_is_before_secured(uint8_t state);
/* 9000; 6985 for a change that the table of transitions lacks; 6A84 or 6581 from the store. */
uint16_t life_cycle_change(struct core *core, uint8_t to);

#endif
