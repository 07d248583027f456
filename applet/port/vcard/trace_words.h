/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of the trace: what commands and status words are called, and whose bytes may be shown. */
#ifndef TRACE_WORDS_H
#define TRACE_WORDS_H

#include <stdint.h>

#define TRACE_COMMAND 1 /* no secret and nothing personal in the command */
#define TRACE_ANSWER  2

struct trace_command {
    uint8_t ins;
    uint8_t shown; /* TRACE_COMMAND, TRACE_ANSWER */
    const char *name;
    const char *(*reference)(const uint8_t *header); /* what P1 P2 name; NULL: nothing worth a word */
};

/* NULL for an unknown one, all of whose bytes are taken for a secret. */
const struct trace_command *trace_command(uint8_t ins);
const char *trace_status(unsigned sw);

#endif
