/* SPDX-License-Identifier: BSD-2-Clause */
/* Copying and filling for a freestanding core, which has no <string.h>. Not constant time in 'len'; secrets are wiped
 * with crypto_wipe() and compared with crypto_equal() instead. */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Number of elements of an array. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Copies len bytes; the ranges don't overlap. */
void bytes_copy(void *to, const void *from, size_t len);
/* Sets len bytes to value. */
void bytes_fill(void *to, uint8_t value, size_t len);
/* True where the len bytes are the same. For public data only: stops at the first difference. */
bool bytes_same(const void *a, const void *b, size_t len);

#endif
