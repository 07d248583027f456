/* SPDX-License-Identifier: BSD-2-Clause */
/* The card's suite of PACE, chip authentication and secure messaging: one for all, chosen when the card is made. */
#ifndef CARD_SUITE_H
#define CARD_SUITE_H

#include "core.h"

/* SUITE_AES_128 or SUITE_AES_256 of card_edge.h; AES-128 where nothing was said. */
uint8_t suite_id(const struct core *core);
/* Bytes of its keys: 16 or 32. */
size_t suite_key_len(const struct core *core);

#endif
