/* SPDX-License-Identifier: BSD-2-Clause */
/* Reference data: the cardholder PIN and its unblocking key, with their counters of tries.
 *
 * Stored is what PACE needs too, the derived key K_pi = first 16 bytes of SHA-1(digits || 00000003) (BSI TR-03110-3
 * A.2.3.1); a given PIN is derived and the keys compared in constant time. The counter is decremented in non-volatile
 * memory before the comparison and restored after it, so that a power cut never gives a try back.
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
/* Takes one try and compares. 9000: right, and the counter still lacks the try until reference_change. 63Cx: wrong, x
 * left. 6983: no try was left, not compared. 6581: the memory failed, not compared. */
uint16_t reference_try(struct core *core, enum reference_id id, const struct digits *digits);
/* The same for what is not a transport PIN (6985, not compared), and gives all tries back where it is right. */
uint16_t reference_verify(struct core *core, enum reference_id id, const struct digits *digits);
/* The holder's new digits, with all tries, in one transaction; where 'unblocked_by' differs from id, its tries come
 * back in the same transaction. 9000, 6A84 or 6581. */
uint16_t reference_change(struct core *core, enum reference_id id, const struct digits *digits,
                          enum reference_id unblocked_by);
/* The issuer's new digits and number of tries (1..15), in one transaction; a PIN becomes a transport PIN. */
uint16_t reference_issue(struct core *core, enum reference_id id, const struct digits *digits, uint8_t tries);

#endif
