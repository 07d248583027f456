/* SPDX-License-Identifier: BSD-2-Clause */
/* Reference data: the cardholder PIN and its unblocking key, with their counters of tries.
 *
 * Stored is what PACE needs too, the key K_pi of the card's suite: the first 16 bytes of SHA-1(digits || 00000003), or
 * SHA-256 of the same (BSI TR-03110-3 A.2.3.1); from given digits the same is derived, and the keys are compared in
 * constant time. The counter is decremented in non-volatile memory before the comparison and restored after it, so that
 * a power cut never gives a try back. A suite that the issuer chooses after the digits serves PACE when they are put
 * anew; what compares digits works on.
 *
 * A PIN that the issuer put is a transport PIN: it can do nothing but be changed by its holder. */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "core.h"

#define DIGITS_MAX 8
#define TRIES_MAX  15 /* 63Cx has room for no more */

enum reference_id { REFERENCE_PIN, REFERENCE_PUK };

/* Digits as given, ASCII, without filler. A secret: wipe it. */
struct digits {
    uint8_t digit[DIGITS_MAX];
    uint8_t len;
};

/* Reads 8 bytes: digits and filler FF, as VERIFY has them (SP 800-73-4 part 2, 2.4.3). False, with the reader's error
 * set, where they are not as the reference asks: PIN 6 to 8 digits, PUK 8. */
bool digits_read_filled(struct rd *r, enum reference_id id, struct digits *digits);
/* The same, for digits alone: all that the reader has. */
bool digits_read(struct rd *r, enum reference_id id, struct digits *digits);

/* What VERIFY without data says: 63Cx with the tries left; 6983 where none is; 6985 for a transport PIN. */
uint16_t reference_status(const struct core *core, enum reference_id id);
/* Tries altogether and left; zeros where there is no such reference. */
void reference_tries(const struct core *core, enum reference_id id, uint8_t *max, uint8_t *left);
/* True for a PIN that its holder has not changed yet. */
bool reference_is_transport(const struct core *core, enum reference_id id);
/* Takes one try and compares; gives all tries back where it is right. 9000: right. 63Cx: wrong, x left. 6983: no try
 * was left, 6985: a transport PIN, 6581: the memory failed; these three not compared. */
uint16_t reference_verify(struct core *core, enum reference_id id, const struct digits *digits);
/* Takes one try of the old digits, a transport PIN's too, and where they are right puts the holder's new ones, with all
 * tries, in a transaction of their own. Statuses as reference_verify, and 6A84. */
uint16_t reference_change(struct core *core, enum reference_id id, const struct digits *old, const struct digits *new);
/* The same with the PUK for a new PIN: 6985 where it is a transport PIN. Both have all their tries afterwards. */
uint16_t reference_unblock(struct core *core, const struct digits *puk, const struct digits *pin);
/* Digits of the holder's own, with this number of tries (1..15), in one transaction: 9000, 6A84 or 6581. */
uint16_t reference_give(struct core *core, enum reference_id id, const struct digits *digits, uint8_t tries);
/* The same of the issuer's: a PIN becomes a transport PIN. */
uint16_t reference_issue(struct core *core, enum reference_id id, const struct digits *digits, uint8_t tries);

/* ---- for PACE, where the comparison is one of tokens ---- */
/* True where there is a key of the card's suite. */
bool reference_serves(const struct core *core, enum reference_id id);
/* K_pi, of 16 or 32 bytes: a secret. False where there is none of this length. */
bool reference_key(const struct core *core, enum reference_id id, uint8_t *key, size_t len);
/* One try less, before anything is compared: 9000; 6983 where none was left; 6581. */
uint16_t reference_take(struct core *core, enum reference_id id);
/* All tries. */
uint16_t reference_restore(struct core *core, enum reference_id id);

#endif
