/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_crypto.h"

bool crypto_equal(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a, *y = b;
    uint8_t diff = 0;
    while (len-- > 0)
        diff = (uint8_t)(diff | (*x++ ^ *y++));
    return diff == 0;
}

/* By words where it can: whole command buffers are wiped after each command. */
typedef size_t __attribute__((may_alias)) wipe_word;

void crypto_wipe(void *data, size_t len)
{
    volatile uint8_t *p = data;
    for (; len > 0 && (uintptr_t)p % sizeof(wipe_word) != 0; len--)
        *p++ = 0;
    volatile wipe_word *words = (volatile wipe_word *)(volatile void *)p;
    for (; len >= sizeof(wipe_word); len -= sizeof(wipe_word))
        *words++ = 0;
    p = (volatile uint8_t *)words;
    while (len-- > 0)
        *p++ = 0;
}
