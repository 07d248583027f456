/* SPDX-License-Identifier: BSD-2-Clause */
/* The card's state: what is inside struct card. */
#ifndef CORE_H
#define CORE_H

#include "answer.h"
#include "app.h"
#include "card.h"
#include "card_crypto.h"
#include "secure_channel.h"
#include "self_test.h"
#include "store.h"

#define CHAIN_CAP     664 /* bytes of a collected chain: the numbers of an RSA-2048 key, with policies */
#define APP_STATE_LEN 128

/* A chained command that is not whole yet. */
struct chain {
    const struct command *command; /* NULL: none is open */
    uint8_t p1, p2;
    size_t total; /* bytes of data so far */
    uint8_t collected[CHAIN_CAP];
};

struct core {
    const struct card_port *port;
    const struct card_app *app; /* the selected one; NULL after reset */
    struct store store;
    struct health health; /* what failed: a card with a fault answers nothing but its state */
    struct crypto_drbg drbg;
    uint16_t since_seed; /* commands that may have drawn from it */
    struct security security;
    struct channel channel;
    struct chain chain;
    struct answer answer;
    _Alignas(8) uint8_t app_state[APP_STATE_LEN]; /* the selected application's own, zeroed by SELECT */
};

/* SW for what the store says. */
uint16_t core_store_sw(enum store_status status);
/* Puts one value, which len 0 deletes, in a transaction of its own: 9000, 6A84 or 6581. */
uint16_t core_record_put(struct core *core, uint16_t id, const uint8_t *data, size_t len);
/* The selected application's state is left: everything proven to it is forgotten. */
void core_session_end(struct core *core);

#endif
