/* SPDX-License-Identifier: BSD-2-Clause */
/* A small issuer for tests of what reads cards: it puts onto a blank card in memory what a PIV reader needs, with keys
 * made on the card and certificates by a throw-away CA. Not a whole issued card: for that there is test_issuer.h. */
#ifndef TESTS_CARD_ISSUE_H
#define TESTS_CARD_ISSUE_H

#include <openssl/evp.h>

#include "card_memory.h"
#include "sdc/link.h"

#define CARD_ISSUE_PIN       "246810"
#define CARD_ISSUE_TRANSPORT "123456"
#define CARD_ISSUE_PUK       "12345678"

/* What of an issued card is left out. */
enum card_issue_without {
    WITHOUT_NOTHING = 0,
    WITHOUT_HANDOVER = 1, /* the transport PIN stands */
    WITHOUT_9C = 2,       /* no certificate (and key) 9C */
    WITHOUT_BAD_9D = 4,   /* the certificate of 9D is garbage */
    WITH_RSA = 8,         /* RSA-2048 and P-384 keys, imported: not made on the card */
    WITH_P384 = 16,
    WITH_RETIRED = 32, /* two retired keys of that kind, and a history that says so; the first certificate compressed */
};
#define CARD_ISSUE_KEYS 6 /* 9A 9C 9D 9E, then the retired 82 and 83 */

/* Puts keys 9A 9C 9D 9E, their certificates, CHUID with the GUID, discovery, printed information and PIN onto the blank
 * card behind the link. keys, where not NULL, gets the public keys in that order (of those
 * that are not there nothing), to be freed by the caller. Aborts on any failure. */
void card_issue(struct sdc_link *link, const uint8_t guid[static 16], unsigned without,
                EVP_PKEY *keys[CARD_ISSUE_KEYS]);
/* A copy of a card, at rest: as if it were another piece of plastic with the same content. */
void card_memory_copy(struct card_memory *to, const struct card_memory *from);

#endif
