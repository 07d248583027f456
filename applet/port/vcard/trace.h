/* SPDX-License-Identifier: BSD-2-Clause */
/* A readable trace of the APDUs, without secrets: what carries or may carry PINs, keys or personal data shows its
 * header, its lengths and, in words, what it is. */
#ifndef TRACE_H
#define TRACE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct trace {
    FILE *file;    /* NULL: none. Cards may share it: an entry is written in one piece */
    unsigned card; /* before each line where it isn't 0 */
};

void trace_event(const struct trace *trace, const char *event);
/* resp_len is at least 2. */
void trace_apdu(const struct trace *trace, const uint8_t *cmd, size_t cmd_len, const uint8_t *resp, size_t resp_len);

#endif
