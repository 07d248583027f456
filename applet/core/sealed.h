/* SPDX-License-Identifier: BSD-2-Clause */
/* Command data that came encrypted with AES-CBC and padded with 80 00.. (ISO/IEC 9797-1, method 2). What is longer than
 * a buffer stays sealed: its padding was looked at and its length is known before any of it is decrypted, and it is
 * opened a part at a time. */
#ifndef SEALED_H
#define SEALED_H

#include "apdu.h"

#define SEALED_PART 256 /* bytes that are decrypted at a time; all of a short command */

/* apdu->data are whole blocks, at least one, and apdu->cipher says with what. True: apdu->data are plain, in 'clear';
 * or sealed. False: the padding is wrong. */
bool sealed_open(struct apdu *apdu, uint8_t clear[static SEALED_PART]);
/* Takes the next part out of the command's data; all of them where they aren't sealed. The part is in 'clear' where it
 * was. */
struct rd sealed_part(struct apdu *apdu, uint8_t clear[static SEALED_PART]);

#endif
