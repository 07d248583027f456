/* SPDX-License-Identifier: BSD-2-Clause */
/* Short words for tests that talk to a card in memory: build a command, send it, look at the answer. Independent of
 * the card's own code: cryptography by OpenSSL. */
#ifndef TESTS_CARD_TALK_H
#define TESTS_CARD_TALK_H

#include "card_memory.h"

/* The answer to the last command: data and SW apart. */
struct answer_seen {
    uint8_t data[66000];
    size_t len;
    unsigned sw;
};

/* Commands as they were sent, of a short session. */
struct talk_tape {
    size_t count;
    struct {
        uint8_t bytes[300];
        size_t len;
    } of[64];
};

struct talk {
    struct card_memory memory;
    struct answer_seen got;
    struct talk_tape *tape; /* where commands are kept; NULL: nowhere */
    struct talk *older;     /* all are kept, and so are no leaks */
};

/* A blank card, switched on, on the heap; ends with the program. */
struct talk *talk_new(void);
/* Sends hex ("00A40400 05 A000000308"); returns SW. */
unsigned talk_hex(struct talk *talk, const char *hex);
/* Sends bytes; returns SW. */
unsigned talk_bytes(struct talk *talk, const uint8_t *cmd, size_t len);
/* Sends header and data with short or, where it is longer than 255 or asked, extended lengths and Le 0; returns SW. */
unsigned talk_command(struct talk *talk, uint32_t header, const uint8_t *data, size_t len, bool extended);
/* The same by command chaining, block bytes each; returns the SW of the last block sent, the first that isn't 9000. */
unsigned talk_chained(struct talk *talk, uint32_t header, const uint8_t *data, size_t len, size_t block);

/* SELECT PIV. */
unsigned talk_select(struct talk *talk);
/* Mutual authentication with the management key, NULL for the blank card's; returns the last SW. */
unsigned talk_admin(struct talk *talk, const uint8_t *key);
/* VERIFY 80 with the digits filled up. */
unsigned talk_verify(struct talk *talk, const char *pin);
/* CHANGE REFERENCE DATA (0x24) or RESET RETRY COUNTER (0x2C) of ref. */
unsigned talk_two(struct talk *talk, uint8_t ins, uint8_t ref, const char *first, const char *second);
/* PUT DATA 5C tag 53 content, extended. */
unsigned talk_put(struct talk *talk, uint32_t tag, const uint8_t *content, size_t len);
/* GET DATA; with Le 0 short and GET RESPONSE, or extended; got.data is 53 L content (7E for Discovery). */
unsigned talk_get(struct talk *talk, uint32_t tag, bool extended);

/* One AES-128 block. */
void talk_aes(const uint8_t key[static 16], bool encrypt, const uint8_t in[static 16], uint8_t out[static 16]);
/* Bytes of hex with blanks; returns their number. */
size_t talk_unhex(const char *hex, uint8_t *out, size_t cap);

#endif
