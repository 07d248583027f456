/* SPDX-License-Identifier: BSD-2-Clause */
/* The issuer's side of SCP03 for tests of the card: written from amendment D on OpenSSL, shares no code with the card
 * or the host. What the card must do right (its cryptogram, its MACs, its padding) ends the test where it is wrong. */
#ifndef TESTS_DOMAIN_TALK_H
#define TESTS_DOMAIN_TALK_H

#include "card_talk.h"

struct domain_keys {
    uint8_t version;
    size_t len;
    uint8_t key[3][32]; /* ENC, MAC, DEK */
};

#define DOMAIN_WRAPPED_MAX 34000 /* bytes of the longest wrapped command */

struct domain_session {
    struct talk *talk;
    struct domain_keys keys;
    size_t n; /* bytes of challenges, cryptograms and MACs */
    unsigned level;
    uint8_t enc[32], mac[32], rmac[32];
    uint8_t chaining[16];
    uint8_t host_cryptogram[16], context[32];
    uint8_t serial[10], i;
    unsigned version, sequence; /* as INITIALIZE UPDATE answered */
    uint32_t counter;
    bool extended; /* its commands have extended lengths */
};

/* A card of this parameter i and key length, with the transport keys that domain_transport() gives. */
struct talk *domain_card(uint8_t i, size_t key_len);
struct domain_keys domain_transport(size_t key_len);
/* Others, of this version. */
struct domain_keys domain_other(uint8_t version, size_t key_len);

unsigned domain_select(struct talk *talk);
/* INITIALIZE UPDATE with key version P1; n is 8 or 16. Returns SW. */
unsigned domain_initialize(struct domain_session *s, struct talk *talk, const struct domain_keys *keys, unsigned p1,
                           size_t n);
unsigned domain_authenticate(struct domain_session *s, unsigned level);
/* Both, and 9000 is expected. */
void domain_open(struct domain_session *s, struct talk *talk, const struct domain_keys *keys, size_t n, unsigned level);
/* One command, wrapped, into out (of 300 bytes, or DOMAIN_WRAPPED_MAX where the session is extended); header without
 * CLA_SM. Returns its length. */
size_t domain_wrap(struct domain_session *s, uint32_t header, const uint8_t *data, size_t len, uint8_t *out);
/* Looks at the answer in talk->got: checks and takes off its protection. Returns SW. */
unsigned domain_unwrap(struct domain_session *s);
/* Wraps, sends, unwraps. */
unsigned domain_send(struct domain_session *s, uint32_t header, const uint8_t *data, size_t len);
/* The same, by command chaining, block bytes each. */
unsigned domain_chained(struct domain_session *s, uint32_t header, const uint8_t *data, size_t len, size_t block);

/* The data of PUT KEY for these keys, encrypted with the session's DEK, into out (of 255). Returns the length. */
size_t domain_put_key_data(const struct domain_session *s, const struct domain_keys *keys, uint8_t *out);
unsigned domain_put_key(struct domain_session *s, const struct domain_keys *keys);
/* STORE DATA of one DGI, encrypted with the DEK where P1 is E8. */
unsigned domain_store(struct domain_session *s, uint8_t p1, uint16_t dgi, const void *value, size_t len);
/* The issuer replaces a secret of a card that talk_new() made: DGI 8010 transport PIN, 8011 PUK, with this number of
 * tries; 8014 management key, where tries are 0. In a session of its own; PIV is selected afterwards. Returns the SW.
 */
unsigned domain_secret(struct talk *talk, uint16_t dgi, uint8_t tries, const void *value, size_t len);

/* Amendment D 4.1.5, with the CMAC of OpenSSL. */
void domain_kdf(const uint8_t *key, size_t key_len, uint8_t constant, const uint8_t *context, size_t context_len,
                uint8_t *out, size_t len);
void domain_cmac(const uint8_t *key, size_t key_len, const uint8_t *data, size_t len, uint8_t mac[static 16]);

#endif
