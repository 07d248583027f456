/* SPDX-License-Identifier: BSD-2-Clause */
#include "link_time.h"

#include <string.h>

#define BLOCK_LEN     254 /* IFSC and IFSD */
#define CHARACTER_ETU 12  /* start, eight bits, parity, guard time 2 */
#define BLOCK_ETU     58  /* prologue, epilogue, block guard time */
#define OVERLAP_ETU   22  /* block guard time: the card may compute meanwhile */
#define EXTENSION_ETU 140 /* S(WTX request) and response */
#define WAITING_US    ((uint64_t)16 * 960 * 372 * 1000000 / LINK_CLOCK_HZ) /* BWT with BWI 4 */
#define US_PER_S      1000000

unsigned link_divisor(const char *ta1)
{
    static const struct {
        const char *name;
        unsigned divisor;
    } known[] = { { "11", 372 }, { "18", 31 }, { "95", 32 }, { "96", 16 }, { "97", 8 } };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].name, ta1) == 0)
            return known[i].divisor;
    return 0;
}

static uint64_t etu_us(unsigned divisor, uint64_t etu)
{
    return (etu * divisor * US_PER_S + LINK_CLOCK_HZ / 2) / LINK_CLOCK_HZ;
}

uint64_t link_time_us(unsigned divisor, size_t in, size_t out, uint64_t card_us)
{
    uint64_t blocks_in = (in + BLOCK_LEN - 1) / BLOCK_LEN, blocks_out = (out + BLOCK_LEN - 1) / BLOCK_LEN;
    uint64_t blocks = 2 * blocks_in + 2 * blocks_out; /* each but the last is acknowledged by an R-block */
    uint64_t etu = CHARACTER_ETU * (uint64_t)(in + out) + BLOCK_ETU * (blocks > 2 ? blocks - 2 : 0);
    uint64_t overlap = etu_us(divisor, OVERLAP_ETU);
    etu += EXTENSION_ETU * (card_us / WAITING_US);
    return etu_us(divisor, etu) + (card_us > overlap ? card_us - overlap : 0);
}
