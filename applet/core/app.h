/* SPDX-License-Identifier: BSD-2-Clause */
/* An application on the card. The core knows applications through this struct alone; app_list.c is the one place that
 * names them. */
#ifndef APP_H
#define APP_H

#include "command.h"

struct card_app {
    const uint8_t *aid;       /* NULL: has none; not selected by name */
    uint8_t aid_len, aid_min; /* any prefix of aid_min to aid_len bytes selects */
    uint16_t only_with;       /* 0; or this name selects only where the store has this value */
    const struct command *commands;
    uint8_t command_count;
    const struct command *gp_commands; /* those of class 80; NULL: none */
    uint8_t gp_command_count;
    bool shares_channel; /* the channel of messaging.h goes on when it is selected in it; else ends with the answer */
    bool administers;    /* the issuer domain: is there in CARD_LOCKED too, and alone in TERMINATED */
    /* Writes the answer to SELECT. */
    command_run *select;
    /* A chained command (CHAIN_STREAM) of this application ended, failed or was broken off: forgets its parts. */
    void (*chain_end)(struct core *core);
    /* A command begins that is not the next block of an open chain; with NULL, also again: no row fits, or what the row
     * says keeps it from running. NULL: nothing to do. */
    void (*next)(struct core *core, const struct command *command);
    /* The card goes from its maker to its issuer: deletes what anybody could have put there by what a blank card
     * answers to. May be repeated. 9000, 6A84, 6581; NULL: there is nothing of that kind. */
    uint16_t (*taken_over)(struct core *core);
};

extern const struct card_app *const card_apps[];
extern const uint8_t card_app_count;
/* What is selected after reset: the MF. */
extern const struct card_app *const card_root;

/* Commands of class 80 that are taken with any application selected: they open a session (applet/issuer/). */
extern const struct command session_commands[];
extern const uint8_t session_command_count;

#endif
