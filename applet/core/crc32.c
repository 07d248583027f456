/* SPDX-License-Identifier: BSD-2-Clause */
#include "crc32.h"

/* A byte at a time, by what each of its bits adds: no table, since keys and PINs are among the data, and a place in a
 * table would depend on them. What the bits add doesn't wait for each other, as it would bit after bit; a product of 32
 * bits takes the same time for all (Cortex-M3: MUL, one cycle). */
#define BIT(n, adds) (adds * (byte >> (n)&1))

uint32_t crc32_update(uint32_t crc, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint32_t byte = (crc ^ data[i]) & 0xFF;
        crc = crc >> 8 ^ BIT(0, 0x77073096u) ^ BIT(1, 0xEE0E612Cu) ^ BIT(2, 0x076DC419u) ^ BIT(3, 0x0EDB8832u) ^
              BIT(4, 0x1DB71064u) ^ BIT(5, 0x3B6E20C8u) ^ BIT(6, 0x76DC4190u) ^ BIT(7, 0xEDB88320u);
    }
    return crc;
}
