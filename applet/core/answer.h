/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer on its way out: bytes in RAM and behind them, perhaps, a value of the store, which is read as it is sent
 * and never held whole. What one response APDU has no room for waits for GET RESPONSE (ISO/IEC 7816-4 5.3.4, 11.6.1).
 */
#ifndef ANSWER_H
#define ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ANSWER_CAP 768 /* the longest answer that is not an object: the attestation of an RSA-2048 key */

struct answer {
    uint8_t bytes[ANSWER_CAP];
    size_t len;  /* of bytes */
    size_t sent; /* of bytes and value together */
    uint16_t value_id;
    size_t value_at, value_len; /* that part of the value */
};

struct store;

/* The answer goes on with the whole value 'id' of the store, value_len bytes. */
void answer_append_value(struct answer *answer, uint16_t id, size_t value_len);
/* The same with len bytes of it, from offset on. */
void answer_append_part(struct answer *answer, uint16_t id, size_t offset, size_t len);
/* Bytes that are left to send. */
size_t answer_left(const struct answer *answer);
/* True where there is something left to send. */
bool answer_pending(const struct answer *answer);
/* Sends at most le bytes and SW (9000, or 61xx where there is more) into resp, of cap bytes (at least 2). Returns the
 * length. The answer is wiped once it is out. */
size_t answer_send(struct answer *answer, const struct store *store, size_t le, uint8_t *resp, size_t cap);
/* Wipes what is left. */
void answer_drop(struct answer *answer);

#endif
