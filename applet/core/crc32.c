/* SPDX-License-Identifier: BSD-2-Clause */
#include "crc32.h"

/* By bits, without a table: keys and PINs are among the data, and a place in a table would depend on them. */
uint32_t crc32_update(uint32_t crc, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1)));
    }
    return crc;
}
