/* SPDX-License-Identifier: BSD-2-Clause */
/* Secure channel protocol 03 (GlobalPlatform 2.3.1, amendment D 1.2), the host's side. A session is a link over the
 * card's own link: drivers that get the session's link work unchanged, and each of their commands is wrapped by itself.
 * A SELECT or a reset ends the session on the card; both end it here.
 *
 * A wrong key costs the card's counter a try, so nothing here tries: the card's cryptogram is checked before the
 * host's is sent, and a set of keys that isn't the card's ends before EXTERNAL AUTHENTICATE. */
#ifndef SDC_SCP03_H
#define SDC_SCP03_H

#include "link.h"

#define SDC_SCP03_KEY_MAX 32
#define SDC_SCP03_SERIAL  10 /* bytes of key diversification data */

/* Security levels (amendment D 7.1.2.1, table 7-6) */
enum sdc_scp03_level {
    SDC_SCP03_MAC = 0x01,  /* commands authentic */
    SDC_SCP03_ENC = 0x03,  /* and secret */
    SDC_SCP03_RMAC = 0x13, /* and answers authentic */
    SDC_SCP03_FULL = 0x33  /* and answers secret */
};

/* One key set. The lengths are equal: 16, 24 or 32. */
struct sdc_scp03_keys {
    uint8_t version; /* 01 to 7F */
    size_t len;
    uint8_t enc[SDC_SCP03_KEY_MAX], mac[SDC_SCP03_KEY_MAX], dek[SDC_SCP03_KEY_MAX];
};

struct sdc_scp03;

/* INITIALIZE UPDATE and EXTERNAL AUTHENTICATE with the application that is selected. 'wide': S16 (cryptograms and MACs
 * of 16 bytes), otherwise S8; the card must say the same. 'link' must outlive the session and must not be used beside
 * it. SDC_E_SIGNATURE: the card doesn't have these keys (nothing counted). SDC_E_NOT_FOUND: not this key version.
 * SDC_E_DENIED: the card refused the host. */
enum sdc_status sdc_scp03_open(struct sdc_link *link, const struct sdc_scp03_keys *keys, enum sdc_scp03_level level,
                               bool wide, struct sdc_scp03 **session, struct sdc_error *e) SDC_WARN_UNUSED;
/* Wipes the keys and frees; the link below stays open. NULL is fine. */
void sdc_scp03_close(struct sdc_scp03 *session);
/* The link through the session. Its stats count what was asked for; those of the link below what went over the wire.
 * Errors: SDC_E_SIGNATURE where an answer's MAC is wrong or missing; SDC_E_DENIED once the session is over. */
struct sdc_link *sdc_scp03_link(struct sdc_scp03 *session);
/* The card's key diversification data as INITIALIZE UPDATE answered: its serial, or zeros once it is secured. */
void sdc_scp03_serial(const struct sdc_scp03 *session, uint8_t serial[static SDC_SCP03_SERIAL]);
/* data, a whole number of blocks, encrypted with the static DEK: AES-CBC with a zero ICV (amendment D 6.2.7, 6.2.8).
 * Appended to out. */
enum sdc_status sdc_scp03_protect(const struct sdc_scp03 *session, const void *data, size_t len, struct sdc_buf *out,
                                  struct sdc_error *e) SDC_WARN_UNUSED;
/* The key check value: the first three bytes of AES(key, 01…01) (GlobalPlatform 2.3.1 B.6). */
enum sdc_status sdc_scp03_check_value(const uint8_t *key, size_t len, uint8_t kcv[static 3],
                                      struct sdc_error *e) SDC_WARN_UNUSED;

/* ---- exposed for tests ---- */
/* SP 800-108 counter mode with AES-CMAC as amendment D 4.1.5 shapes it: constant, context = both challenges. */
enum sdc_status sdc_scp03_derive(const uint8_t *key, size_t key_len, uint8_t constant, const void *context,
                                 size_t context_len, uint8_t *out, size_t out_len, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
