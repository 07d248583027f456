/* SPDX-License-Identifier: BSD-2-Clause */
/* A card maker for tests: chips in memory with transport keys and attestation key, and the signed delivery that they
 * come with. Written on OpenSSL, shares no code with card, host or tools/blank-factory. */
#ifndef TESTS_CARD_MAKER_H
#define TESTS_CARD_MAKER_H

#include <openssl/x509.h>

#include "card_memory.h"

#define CARD_MAKER_ISSUER_MAX 160 /* DER bytes of a name that the card can name as issuer */

struct card_maker {
    EVP_PKEY *key; /* the attestation CA's */
    X509 *certificate;
    uint8_t transport[32]; /* what transport keys are derived from */
};

void card_maker_open(struct card_maker *maker);
void card_maker_close(struct card_maker *maker);

/* What is unlike a proper chip. NULL and 0 leave it proper. */
struct card_flaw {
    const struct card_maker *certified_by; /* the chip's certificate is another maker's */
    const char *certified_for;             /* ... for another chip's serial number */
    EVP_PKEY *certified_key;               /* ... for another chip's key */
    const char *batch;                     /* transport keys of another batch */
    bool no_attestation;
};
/* Makes the card behind 'memory' a blank chip of this batch; serial: 20 hex digits. The chip's attestation key, where
 * 'key' isn't NULL, is the caller's to free. */
void card_maker_chip(const struct card_maker *maker, struct card_memory *memory, const char *batch, const char *serial,
                     const struct card_flaw *flaw, EVP_PKEY **key);
/* Writes manifest.p7, maker.pem and transport.key into the folder. 'signed_by' signs the manifest; NULL: the maker. */
void card_maker_deliver(const struct card_maker *maker, const char *folder, const char *batch,
                        const char *const serials[], size_t count, const struct card_maker *signed_by);

#endif
