/* SPDX-License-Identifier: BSD-2-Clause */
/* What an opened station is, and the names of what lies in its folder: private to host/issue. */
#ifndef ISSUE_STATION_STATE_H
#define ISSUE_STATION_STATE_H

#include "config.h"
#include "pki.h"
#include "token.h"

#include "sdc/registry.h"
#include "sdc/station.h"

#include <limits.h>

struct sdc_station {
    char home[PATH_MAX]; /* absolute, without links */
    struct config config;
    struct token *token;
    struct pki pki;
    struct sdc_registry *registry;
};

#define STATION_CONF     "station.conf"
#define STATION_TOKEN    "token"
#define STATION_SOFTHSM  "token/softhsm2.conf"
#define STATION_PIN      "token.pin"
#define STATION_TRUST    "trust"
#define STATION_LETTERS  "letters"
#define STATION_REGISTRY "registry.sqlite"
#define STATION_LOCK     "issue.lock"
#define STATION_PIN_MAX  64

/* HOME/NAME; SDC_E_IO where that is too long. */
enum sdc_status station_path(const char *home, const char *name, char out[static PATH_MAX],
                             struct sdc_error *e) SDC_WARN_UNUSED;
/* SoftHSM2's configuration file for a token folder in 'home', appended: it must name an absolute path. */
enum sdc_status station_softhsm_text(const char *home, struct sdc_buf *out, struct sdc_error *e) SDC_WARN_UNUSED;
/* The token's PIN, from the environment or the file, NUL-terminated. The caller wipes it. SDC_E_INPUT where there is
 * none, or where the file is not this user's alone. */
enum sdc_status station_pin(const char *home, char pin[static STATION_PIN_MAX + 1],
                            struct sdc_error *e) SDC_WARN_UNUSED;
/* Opens the token of a station as its configuration names it. */
enum sdc_status station_open_token(const char *home, const struct config *config, struct token **token,
                                   struct sdc_error *e) SDC_WARN_UNUSED;

/* A lock on one request that ends with this process, however it ends: two processes never issue one request at once.
 * Held by another: SDC_E_CONFLICT. *lock is a file descriptor for station_unlock. */
enum sdc_status station_lock(const struct sdc_station *station, const char *transaction_id, int *lock,
                             struct sdc_error *e) SDC_WARN_UNUSED;
void station_unlock(int lock); /* -1 is fine */

/* SDC_OK unless the clock stands before the newest entry of the registry. */
enum sdc_status station_check_clock(struct sdc_station *station, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
