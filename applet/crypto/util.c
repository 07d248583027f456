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

void crypto_wipe(void *data, size_t len)
{
    volatile uint8_t *p = data;
    while (len-- > 0)
        *p++ = 0;
}
