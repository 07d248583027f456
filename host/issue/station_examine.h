/* SPDX-License-Identifier: BSD-2-Clause */
/* The examination behind sdc doctor: private to station_examine*.c. */
#ifndef ISSUE_STATION_EXAMINE_H
#define ISSUE_STATION_EXAMINE_H

#include "station_state.h"

#include <time.h>

struct examination {
    struct sdc_finding *findings;
    size_t cap, len;
    char home[PATH_MAX];
    struct config config;
    time_t now, newest; /* newest: the latest time that the station itself vouches for */
};

/* One finding more, where there is room. */
void examination_add(struct examination *x, int level, const char *name, const char *format, ...) SDC_PRINTF(4, 5);
/* A time that the station itself vouches for: the clock must not stand before it. */
void examination_later(struct examination *x, time_t time);

/* The keys that sign: one finding for each whose time is over or ends within 30 days, else one for all. */
void examine_certificates(struct examination *x, struct token *token, const struct pki *pki);
/* The terminals: certificates that end soon, are over or come from an older CVCA; keys that aren't in the token. */
void examine_terminals(struct examination *x, struct token *token);

#endif
