/* SPDX-License-Identifier: BSD-2-Clause */
/* The card management key 9B: symmetric, authenticates the issuer. */
#ifndef REFERENCE_MANAGEMENT_H
#define REFERENCE_MANAGEMENT_H

#include "core.h"

#define MANAGEMENT_KEY_MAX   32
#define MANAGEMENT_BLOCK_MAX 16

/* A secret: wipe it. */
struct management {
    uint8_t alg; /* 08 0A 0C: AES-128, 192, 256; 03: 3DES, of the profile legacy-3des */
    uint8_t key_len, block_len;
    uint8_t key[MANAGEMENT_KEY_MAX];
};

/* Fills in a key. False for an algorithm that is none of the above or another length than it has. */
bool management_make(struct management *management, uint8_t alg, const uint8_t *key, size_t len);
/* The blank card's key: AES-128, or 3DES in the profile legacy-3des. */
void management_blank(struct management *management, bool legacy);
/* Whether it is one of those; in constant time. */
bool management_is_blank(const struct management *management);
/* Reads the card's key. False where there is none, and for 3DES once the card is SECURED. */
bool management_read(const struct core *core, struct management *management);
/* Replaces it in one transaction: 9000, 6A84 or 6581. */
uint16_t management_put(struct core *core, const struct management *management);
/* Encrypts one block. */
void management_encrypt(const struct management *management, const uint8_t *in, uint8_t *out);

#endif
