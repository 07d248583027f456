/* SPDX-License-Identifier: BSD-2-Clause */
/* Secure messaging of SCP03 (GlobalPlatform Card Specification 2.3.1, amendment D 1.2, 6.2): unwraps commands and
 * protects answers, whatever application is selected. How a session is opened is applet/issuer's.
 *
 * What does not verify in a session ends it for good: no command but SELECT and those that open a new session is then
 * taken (6.2.4; 'dead'). */
#ifndef SECURE_CHANNEL_H
#define SECURE_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sealed.h"

#define CHANNEL_KEY_MAX 32
#define CHANNEL_MAC_MAX 16 /* also of challenges and cryptograms: S16; 8 with S8 */

enum channel_state {
    CHANNEL_NONE,
    CHANNEL_PENDING, /* INITIALIZE UPDATE was answered */
    CHANNEL_OPEN,
};

/* Volatile; a secret. */
struct channel {
    enum channel_state state;
    bool dead;
    uint8_t level; /* SCP_C_MAC ... */
    uint8_t mac_len, key_len;
    uint8_t enc[CHANNEL_KEY_MAX], mac[CHANNEL_KEY_MAX], rmac[CHANNEL_KEY_MAX]; /* session keys */
    uint8_t dek[CHANNEL_KEY_MAX];        /* static, of the set that opened the session */
    uint8_t chaining[CHANNEL_MAC_MAX];   /* MAC chaining value, whole */
    uint8_t cryptogram[CHANNEL_MAC_MAX]; /* while pending: what the host has to show */
    uint32_t counter;                    /* commands since the session was opened: encryption counter */
};

/* No session and nothing left of one. */
void channel_close(struct channel *channel);
/* The same, but a dead one stays dead. */
void channel_end(struct channel *channel);
/* A command didn't verify. */
void channel_kill(struct channel *channel);

/* Checks the MAC that 'data' ends with over the chaining value, the header with class 'cla', Lc and the rest of data.
 * True: the chaining value goes on, and the MAC is off the end of data. Lc is as long as the command's (6.2.4). */
bool channel_check_mac(struct channel *channel, uint8_t cla, const struct apdu *apdu, struct rd *data);
/* The command of an open session without its wrapping: class without CLA_SM, data decrypted, into 'clear' where they
 * were encrypted; or left sealed (sealed.h). False: it doesn't verify; the caller kills
 * the session. */
bool channel_unwrap(struct channel *channel, struct apdu *apdu, uint8_t clear[static SEALED_PART]);
/* True where answers are protected. */
bool channel_protects(const struct channel *channel);
/* Most bytes of answer that a protected response APDU has room for. */
size_t channel_room(const struct channel *channel);
/* Protects the response of len bytes, SW at its end; resp has room for 258. Returns the new length. */
size_t channel_protect(const struct channel *channel, uint8_t *resp, size_t len);

#endif
