/* SPDX-License-Identifier: BSD-2-Clause */
/* A card that follows a script: it expects these commands in this order and gives these replies. For tests of the host
 * side alone: what is sent, byte for byte, and how hostile replies are taken. */
#ifndef TESTS_FAKE_CARD_H
#define TESTS_FAKE_CARD_H

#include "sdc/link.h"

/* Hex, spaces allowed. "*" as a command: any. "XX(N)" in either: the byte XX N times, N decimal. */
struct fake_step {
    const char *command, *reply;
};

struct fake_card {
    const struct fake_step *steps;
    size_t count, at;
    enum sdc_status fault; /* not SDC_OK: every transmit fails with this instead */
    unsigned begins, ends, resets, closes;
    volatile sig_atomic_t *raise; /* set to 1 once raise_at commands were answered; NULL: never */
    size_t raise_at;
    bool wrong; /* a command came that wasn't expected; 'text' says which */
    char text[512];
};
extern const struct sdc_link_ops fake_card_ops;

/* ATRs of a card with chaining only, and of one that takes extended length too. */
extern const uint8_t fake_atr_short[11], fake_atr_extended[11];

/* Opens a link on a script; ends the test where that fails. 'extended' chooses the ATR. */
struct sdc_link *fake_card_open(struct fake_card *card, const struct fake_step *steps, size_t count, bool extended);
/* The script was followed to its end: NULL, or what went wrong. */
const char *fake_card_fault(const struct fake_card *card);
/* Hex as above into a buffer. */
void fake_hex(struct sdc_buf *b, const char *text);

#endif
