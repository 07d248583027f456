/* SPDX-License-Identifier: BSD-2-Clause */
/* A station: the folder $SDC_HOME with its configuration, PKCS#11 token, certificates and registry.
 *
 *   station.conf     configuration, `key = value`, each key explained by a comment (written by sdc init)
 *   token/           SoftHSM2's token folder and softhsm2.conf (the default; station.conf can name any PKCS#11 module)
 *   token.pin        the token's user PIN, mode 0600 (another is refused); SDC_TOKEN_PIN in the environment wins
 *   trust/           what a reader needs, PEM: csca.pem, ds-*.pem, card-ca.pem, content-signer-*.pem
 *   terminals/       readers of cards: what they ask and their certificates (terminal.h)
 *   letters/         PIN letters, mode 0600
 *   stock/           deliveries of blank cards: BATCH.p7, BATCH.pem
 *   registry.sqlite  which card was made from which request
 */
#ifndef SDC_STATION_H
#define SDC_STATION_H

#include "codes.h"

#include <signal.h>

/* $SDC_HOME, else /var/lib/sdc. Static string. */
const char *sdc_home(void);

/* What may be said of a new station; all of it may be left out. */
struct sdc_init {
    const char *delivery;                          /* folder of a delivery of blanks (stock.h) that it begins with */
    void (*progress)(void *ctx, const char *line); /* gets one short line a step */
    void *ctx;
    const volatile sig_atomic_t *cancel; /* where it is not 0 the work ends: SDC_E_CANCELLED */
};

/* Makes a new station in an empty or missing folder, or in one that holds nothing but a station.conf, whose settings
 * are then taken: token, keys, certificates, configuration, registry, stock. It is built beside and moved into its
 * place whole; an existing station is never touched (SDC_E_CONFLICT). A failure leaves nothing behind. 'init' may be
 * NULL. */
enum sdc_status sdc_station_init(const char *home, const struct sdc_init *init, struct sdc_error *e) SDC_WARN_UNUSED;

/* Opened configuration, token session, certificates, registry. One thread at a time, and one station at a time in a
 * process: SoftHSM2 takes its folder from the process's environment. */
struct sdc_station;
enum sdc_status sdc_station_open(const char *home, struct sdc_station **station, struct sdc_error *e) SDC_WARN_UNUSED;
void sdc_station_close(struct sdc_station *station);

/* One finding of sdc doctor about a station. */
struct sdc_finding {
    enum { SDC_FINDING_GOOD, SDC_FINDING_WARN, SDC_FINDING_BAD } level;
    char name[32];  /* "token", "registry", "certificates", "clock", "disk" */
    char text[200]; /* what is so, and what to do where it isn't good */
};
/* Examines a station without changing it; at most cap findings. */
size_t sdc_station_examine(const char *home, struct sdc_finding *findings, size_t cap);

#endif
