/* SPDX-License-Identifier: BSD-2-Clause */
/* A PIV card that is nothing but a table of objects and four software keys, behind an in-process link: for tests of
 * readers. It is independent of the applet, answers what it is told to, and can be made to misbehave. */
#ifndef TESTS_FAKE_PIV_H
#define TESTS_FAKE_PIV_H

#include "sdc/link.h"

#include <openssl/evp.h>

#define FAKE_OBJECTS 11
#define FAKE_KEYS    4 /* 9A 9C 9D 9E */

struct fake_object {
    uint32_t tag;
    struct sdc_buf content; /* value of tag 53; Discovery: the whole 7E. Empty = not on the card */
};

struct fake_piv {
    struct fake_object objects[FAKE_OBJECTS];
    EVP_PKEY *keys[FAKE_KEYS]; /* owned by whoever made them; NULL = 6A88 */
    char pin[9];
    int tries;      /* 0 = blocked */
    bool transport; /* the transport PIN stands */
    bool verified;
    /* misbehaviour */
    uint16_t select_sw;          /* 0 = as it should */
    uint16_t sign_sw[FAKE_KEYS]; /* the same */
    int leaves_after;            /* APDUs until the card is pulled; 0 = never */
    void (*tamper)(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap, size_t *len);
    void *tamper_ctx;
    bool was_reset; /* the next begin says so, once */
    /* what happened */
    int held;            /* begins without their ends */
    int apdus, verifies; /* verifies: PINs that were shown */
    struct sdc_buf pending;
    size_t sent; /* bytes of pending that were given */
};

extern const struct sdc_link_ops fake_piv_ops;
/* ATRs: with and without extended length. */
extern const uint8_t fake_piv_atr[9], fake_piv_atr_short[9];

struct sdc_buf *fake_piv_object(struct fake_piv *card, uint32_t tag);
/* A link to the card; aborts on failure. Close it with sdc_link_close. */
struct sdc_link *fake_piv_link(struct fake_piv *card, bool extended);
void fake_piv_free(struct fake_piv *card); /* the objects, not the keys */

#endif
