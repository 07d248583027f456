/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of whole issues: a station, the sample batch, cards in memory behind a link that can fail at any APDU. */
#ifndef TESTS_ISSUE_KIT_H
#define TESTS_ISSUE_KIT_H

#include "card_memory.h"
#include "sdc/issue.h"
#include "sdc/verify.h"
#include "temp_station.h"

/* What happens at the APDU that fails; afterwards the card is gone until kit_link is called again. */
enum kit_fault {
    KIT_BEFORE, /* it never reaches the card */
    KIT_AFTER   /* the card carries it out; the answer is lost */
};

struct kit {
    const char *home;
    struct sdc_station *station;
    struct sdc_batch batch;
    /* the link's */
    struct card_memory *card;
    struct sdc_link *link;
    long fail_at; /* APDUs that still work; -1: all */
    enum kit_fault fault;
    bool gone;
    unsigned wrong;                                     /* authentications that the card refused since kit_link */
    void (*after)(struct kit *kit, const uint8_t *cmd); /* called once the card has carried a command out; NULL */
    uint32_t tamper; /* GET DATA of this object (three bytes) gives one bit wrong; 0: none does */
};

void kit_open(struct kit *kit);
void kit_close(struct kit *kit);
/* A blank card, its entropy of its own. */
void kit_blank(struct card_memory *card, unsigned seed);
/* A link to a card after a reset, in place of the one before. fail_at -1: no fault. 'extended' false: no extended
 * length. */
void kit_link(struct kit *kit, struct card_memory *card, long fail_at, enum kit_fault fault, bool extended);
/* sdc_issue of a record over the link; the error's text is left in kit_error. */
enum sdc_status kit_issue(struct kit *kit, size_t index, struct sdc_issued *issued);
extern struct sdc_error kit_error;
/* The verdict of profile chip on the card behind the link, after a reset; pin NULL: without. */
enum sdc_verdict kit_verdict(struct kit *kit, const char *pin);
/* The transport PIN in the letter, NUL-terminated. */
void kit_transport(const struct sdc_issued *issued, char pin[static 9]);
/* Another request with the same content: another transaction and person. */
void kit_rename_request(struct kit *kit, size_t index, unsigned number);

#endif
