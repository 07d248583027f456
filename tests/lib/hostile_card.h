/* SPDX-License-Identifier: BSD-2-Clause */
/* A hostile card under a program that calls any function of the PKCS#11 module: both are written in a string of bytes,
 * so that a fuzzer can look for the worst. */
#ifndef TESTS_HOSTILE_CARD_H
#define TESTS_HOSTILE_CARD_H

#include <stddef.h>
#include <stdint.h>

/* Before the first run: issues the card, switches on the check of signatures. */
void hostile_init(void);
/* Runs one input: {number of lies, lies, calls}. Aborts where a call crashes, spends more APDUs than a whole use of a
 * card may, gives a signature that the certificate shown beside it doesn't verify, writes beyond a length it was given,
 * or leaves a transaction, a link or a watch open. */
void hostile_run(const uint8_t *data, size_t len);

#endif
