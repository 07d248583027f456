/* SPDX-License-Identifier: BSD-2-Clause */
/* A session's state, shared by its opening and its wrapping. */
#ifndef SDC_SCP03_PRIVATE_H
#define SDC_SCP03_PRIVATE_H

#include "private.h"
#include "scp03_crypto.h"

#include "sdc/scp03.h"

struct sdc_scp03 {
    struct sdc_link *below, *link;
    size_t key_len, mac_len; /* mac_len: 8 (S8) or 16 (S16) */
    uint8_t enc[SDC_SCP03_KEY_MAX], mac[SDC_SCP03_KEY_MAX], rmac[SDC_SCP03_KEY_MAX], dek[SDC_SCP03_KEY_MAX];
    uint8_t chaining[SCP03_BLOCK]; /* the whole C-MAC of the last command */
    uint8_t counter[SCP03_BLOCK];  /* commands since EXTERNAL AUTHENTICATE, big-endian */
    uint8_t serial[SDC_SCP03_SERIAL];
    uint8_t level;
    bool over; /* nothing can be sent through it any more */
};

extern const struct sdc_link_ops scp03_link_ops;

/* Appends a command with its C-MAC to out: header (its class with secure messaging), Lc, short or extended, data, MAC.
 * The chaining value moves on. data is what goes over the wire, encrypted already where the level says so. */
bool scp03_command_mac(struct sdc_scp03 *s, const uint8_t head[static 4], bool extended, const uint8_t *data,
                       size_t len, struct sdc_buf *out);

/* sdc_scp03_open with the host challenge given: 16 bytes where 'wide', otherwise 8. */
enum sdc_status scp03_open_with(struct sdc_link *link, const struct sdc_scp03_keys *keys, enum sdc_scp03_level level,
                                bool wide, const uint8_t *challenge, struct sdc_scp03 **session,
                                struct sdc_error *e) SDC_WARN_UNUSED;

#endif
