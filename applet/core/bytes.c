/* SPDX-License-Identifier: BSD-2-Clause */
#include "bytes.h"

void bytes_copy(void *to, const void *from, size_t len)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    while (len-- > 0)
        *t++ = *f++;
}

void bytes_fill(void *to, uint8_t value, size_t len)
{
    uint8_t *t = to;
    while (len-- > 0)
        *t++ = value;
}

bool bytes_same(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a, *y = b;
    for (; len > 0; len--)
        if (*x++ != *y++)
            return false;
    return true;
}
