/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's link to a card in memory: the product's two sides face to face, without pcscd. */
#ifndef TESTS_MEMORY_LINK_H
#define TESTS_MEMORY_LINK_H

#include "card_memory.h"
#include "sdc/link.h"

/* Opens a link on a card that runs (card_memory_init). The card must outlive the link. Ends the test where that fails.
 * A card whose power failed (memory->dead) is SDC_E_REMOVED until sdc_link_reset. To test without extended length set
 * link->extended = false. */
struct sdc_link *memory_link_open(struct card_memory *memory);

#endif
