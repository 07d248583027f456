/* SPDX-License-Identifier: BSD-2-Clause */
/* The issuer's keys: the card has one set of three. */
#ifndef KEY_SET_H
#define KEY_SET_H

#include "core.h"

enum { KEY_ENC, KEY_MAC, KEY_DEK, KEY_COUNT };

#define KEY_SET_MAX (2 + KEY_COUNT * CHANNEL_KEY_MAX) /* bytes as stored */

struct key_set { /* a secret */
    uint8_t version;
    uint8_t len; /* of each key: 16 or 32 */
    uint8_t key[KEY_COUNT][CHANNEL_KEY_MAX];
};

/* False where there is none. */
bool key_set_read(const struct core *core, struct key_set *keys);
/* In the open transaction. */
enum store_status key_set_stage(struct core *core, const struct key_set *keys);
/* Replaces the one there is, in one transaction. 9000, 6A84, 6581. */
uint16_t key_set_write(struct core *core, const struct key_set *keys);

#endif
