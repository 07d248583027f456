/* SPDX-License-Identifier: BSD-2-Clause */
/* The card: command APDU in, response APDU out. Knows no transport, has no heap, no clock, no file statics.
 *
 * A port (applet/port/) makes a struct card, gives it a struct card_port and feeds it APDUs. One struct card is used
 * by one thread at a time; several in one program are independent. */
#ifndef CARD_H
#define CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "card_port.h"

/* All of the card's volatile state; private to applet/core. The caller allocates it (static on a chip), no need to
 * clear it first. Its size is part of the RAM budget. */
#define CARD_STATE_LEN 3712
struct card {
    _Alignas(8) uint8_t state[CARD_STATE_LEN];
};

/* The answer to reset: T=1, TA1 96 (F/D 512/32: 372/1 would be twenty times slower), historical bytes that name
 * the PIV application. 'atr' points to constant bytes. */
void card_atr(const uint8_t **atr, size_t *atr_len);

/* Power on or reset: brings the store to its last committed state, seeds the random generator, forgets every session.
 * 'port' is kept and must outlive the card. A store that can't be mounted or entropy that fails leaves the card mute:
 * every APDU is answered 6F00. Also the way to reset a running card. */
void card_reset(struct card *card, const struct card_port *port);

/* One APDU. 'cmd' is hostile: any length, also 0. 'resp_cap' is at least 258 (256 bytes and SW); a port that takes
 * extended length gives more, and a longer answer is given in parts by 61xx and GET RESPONSE. Returns the length of
 * the response, at least 2; the last two bytes are SW. 'cmd' and 'resp' don't overlap.
 * ISO/IEC 7816-3 12.1.3 (cases and lengths), 7816-4 5.3 (chaining). */
size_t card_apdu(struct card *card, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t resp_cap);

/* What the card's maker puts into a blank card. Secrets: wipe it. */
#define CARD_SERIAL_LEN 10
#define CARD_KEY_MAX    32
struct card_blank {
    uint8_t serial[CARD_SERIAL_LEN]; /* of the chip */
    uint8_t scp_i;                   /* the parameter i of SCP03: 60, 61, 70 or 71 */
    uint8_t key_len;                 /* 16 or 32 */
    uint8_t keys[3][CARD_KEY_MAX];   /* transport keys: ENC, MAC, DEK; key version 7F */
    bool eid_alias;   /* the docket answers to the AID EID_AID too (card_edge.h), for tools that know no other */
    bool legacy_3des; /* management key 9B is 3DES, and the PIN the holder's, for tools that know nothing else */
    const uint8_t *attestation_key;         /* scalar of P-256, 32 bytes; NULL: none, and no certificate */
    const uint8_t *attestation_certificate; /* content of OBJ_CERT_ATTESTATION: 70 L certificate 71 01 00 FE 00 */
    size_t attestation_certificate_len;
};
/* The blank card that everybody knows: BLANK_* in card_edge.h, no attestation. */
void card_blank_default(struct card_blank *blank);

/* Formats an empty non-volatile memory: a blank card, PIN, PUK and management key those of BLANK_*. Whatever it held is
 * lost. card_format: that of card_blank_default, but with a serial number from the port's entropy. False where the
 * memory or the entropy fails, or blank is not as said. */
bool card_format(const struct card_port *port);
bool card_format_as(const struct card_port *port, const struct card_blank *blank);

#endif
