/* SPDX-License-Identifier: BSD-2-Clause */
/* A readable trace of the APDUs, without secrets: of commands that carry or may carry PINs, keys or personal data only
 * the header and the lengths are written. */
#ifndef TRACE_H
#define TRACE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Both do nothing where file is NULL. */
void trace_event(FILE *file, const char *event);
void trace_apdu(FILE *file, const uint8_t *cmd, size_t cmd_len, const uint8_t *resp, size_t resp_len);

#endif
