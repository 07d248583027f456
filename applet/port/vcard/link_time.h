/* SPDX-License-Identifier: BSD-2-Clause */
/* What an APDU costs on a real contact reader with T=1: characters of 12 etu, blocks of at most 254 bytes with their
 * prologue, epilogue and turn-round, and waiting time extensions (ISO/IEC 7816-3 clauses 8 and 11). */
#ifndef LINK_TIME_H
#define LINK_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINK_CLOCK_HZ    4800000 /* the usual reader's */
#define LINK_OVERHEAD_US 1000    /* reader and USB, for each APDU */

/* F/D of TA1 as printed ("11", "18", "95", "96", "97"); 0 for another. */
unsigned link_divisor(const char *ta1);
/* Microseconds from the command's first character to the answer's last one: 'in' bytes of command, 'out' bytes of
 * answer with SW, a card that computes for card_us, of which what runs beside the turn-round costs nothing. Without
 * LINK_OVERHEAD_US. */
uint64_t link_time_us(unsigned divisor, size_t in, size_t out, uint64_t card_us);

#endif
