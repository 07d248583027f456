/* SPDX-License-Identifier: BSD-2-Clause */
/* A card made of OpenPACE: its PACE, terminal authentication 2, chip authentication 2 and secure messaging, with files
 * behind them under the rights that the card's rules give. Chip authentication 1 is the vectors' key with our
 * derivation, because OpenPACE has none. Keys and nonces are random. */
#ifndef TESTS_OPENPACE_CARD_H
#define TESTS_OPENPACE_CARD_H

#include "sdc/eac.h"
#include "sdc/lds.h"

struct openpace_keys;
struct openpace_card {
    /* what it has; set before openpace_card_reset */
    struct sdc_buf file[SDC_LDS_FILES]; /* EF.CardAccess at least */
    struct sdc_buf cvca;                /* certificate of its trust point */
    const char *can, *pin, *mrz;        /* NULL: none; MRZ: 90 characters */
    bool fail_token;                    /* answers PACE with a wrong token */
    /* where it is */
    struct openpace_keys *keys;
    bool secure;
    enum { OPENPACE_CHANNEL, OPENPACE_TERMINAL, OPENPACE_CHIP } state;
    bool new_keys; /* the chip's keys hold from the next command on */
    bool travel_key;
    enum sdc_lds_application selected;
    int current; /* EF: enum sdc_lds_id, -1 none */
    uint64_t rights;
    enum sdc_password_kind password;
    unsigned commands;
    struct sdc_buf written; /* pieces of a file that is being written */
};

/* Power on; everything that is volatile is gone. */
void openpace_card_reset(struct openpace_card *card);
struct sdc_link *openpace_card_link(struct openpace_card *card);
void openpace_card_free(struct openpace_card *card);
/* A key of terminal or chip begins with a byte 00: OpenPACE drops it, and the run can't succeed (1 in 128). */
bool openpace_card_unlucky(const struct openpace_card *card);

#endif
