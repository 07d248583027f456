/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of sdc-vcard. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#define OPTIONS_CARDS_MAX 16

struct options {
    struct {
        const char *flash, *port;
    } card[OPTIONS_CARDS_MAX];
    size_t cards; /* 0: only the help was asked */
    const char *host, *trace;
    unsigned wait_ms;
    unsigned divisor; /* of --link, 0: none */
    bool legacy_3des, eid_alias, no_sync;
};

/* EX_OK, or the status to end with; the reason is on stderr. */
int options_parse(int argc, char **argv, struct options *o);

#endif
