/* SPDX-License-Identifier: BSD-2-Clause */
/* What is decided of a command before it is looked up: its class, the issuer's session, the life cycle. */
#ifndef RECEIVE_H
#define RECEIVE_H

#include "core.h"

/* 9000: apdu has class 00, 10, 80 or 90 and no wrapping, and the security status says how it came; else the first SW
 * of steps 2 to 4 in dispatch.h. 'clear' holds decrypted data as long as apdu is used. */
uint16_t receive(struct core *core, struct apdu *apdu, uint8_t clear[static SEALED_PART]);
/* The lengths of an APDU contradict each other: no session survives that, and nothing else is said in a dead one. */
uint16_t receive_malformed(struct core *core);

#endif
