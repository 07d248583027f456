/* SPDX-License-Identifier: BSD-2-Clause */
/* CRC-32 (IEEE 802.3), for the store: finds what a cut left half written, keeps nobody out. */
#ifndef CRC32_H
#define CRC32_H

#include <stddef.h>
#include <stdint.h>

#define CRC32_START 0xFFFFFFFFu

/* Carries 'crc' on over len bytes. Begin with CRC32_START; the running value serves as the sum. */
uint32_t crc32_update(uint32_t crc, const uint8_t *data, size_t len);

#endif
