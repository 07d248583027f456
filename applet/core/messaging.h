/* SPDX-License-Identifier: BSD-2-Clause */
/* Secure messaging of ISO/IEC 7816-4 10 in the form of BSI TR-03110-3 F and ICAO Doc 9303-11 9.8: AES-CBC and CMAC with
 * a send sequence counter; classes 0C, 1C and 8C. How the keys are agreed on is applet/lds's.
 *
 *   command  [87 L 01 || C] or, INS odd, [85 L C]   [97 L Le]   8E 08 MAC
 *   answer   [87 L 01 || C] or, INS odd, [85 L C]   99 02 SW    8E 08 MAC
 *
 * The counter is 0 when keys are new and goes up by one before each command and before each answer. */
#ifndef MESSAGING_H
#define MESSAGING_H

#include "sealed.h"

#define MESSAGING_KEY_MAX 32
#define MESSAGING_SSC     16

struct messaging_keys {
    uint8_t len; /* of each: 16 or 32 */
    uint8_t enc[MESSAGING_KEY_MAX], mac[MESSAGING_KEY_MAX];
};

/* Volatile; a secret. */
struct messaging {
    bool open;     /* keys are agreed on */
    bool now;      /* the command that runs came through the channel */
    bool extended; /* and has extended lengths */
    bool renews;   /* 'next' holds from the next command on */
    bool ends;     /* the channel ends with the answer */
    struct messaging_keys keys, next;
    uint8_t ssc[MESSAGING_SSC];
};

/* No channel and nothing left of one. */
void messaging_close(struct messaging *messaging);
/* The command of an open channel without its protection: class without CLA_SM_ISO, data plain or sealed
 * (sealed.h), le from DO 97. 6987: no DO 8E, or 87 and 85 mistaken for one another. 6988: anything else that is not as
 * said, and what does not verify. The caller ends the channel then. */
uint16_t messaging_unwrap(struct messaging *messaging, struct apdu *apdu, uint8_t clear[static SEALED_PART]);
/* Most bytes of answer that a protected response APDU has room for; cap is that of the response. */
size_t messaging_room(const struct messaging *messaging, size_t cap);
/* Where the answer's data belong in the response, before messaging_protect. */
size_t messaging_data_at(uint8_t ins, size_t data_len);
/* Protects an answer whose data are in resp already, and its SW. Returns the length of the response. */
size_t messaging_protect(struct messaging *messaging, uint8_t ins, uint8_t *resp, size_t data_len, uint16_t sw);
/* These keys hold from the next command on, with the counter at 0; the answer to this one has the old ones. */
void messaging_renew(struct messaging *messaging, const struct messaging_keys *keys);
/* The answer is out: what the command asked for takes effect. True: the channel ends. */
bool messaging_settle(struct messaging *messaging);

#endif
