/* SPDX-License-Identifier: BSD-2-Clause */
/* A signature on P-256 judged by OpenSSL alone, with a public key as bytes. */
#ifndef TESTS_EC_JUDGE_H
#define TESTS_EC_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EC_JUDGE_POINT 65

/* True where r and s (32 bytes each) sign the hash under the uncompressed point. */
bool ec_judge(const uint8_t point[static EC_JUDGE_POINT], const uint8_t *hash, size_t len,
              const uint8_t signature[static 64]);

#endif
