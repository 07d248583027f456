/* SPDX-License-Identifier: BSD-2-Clause */
/* A JSON text from a stranger: bounded before a parser builds anything from it. */
#ifndef ISSUE_BATCH_JSON_H
#define ISSUE_BATCH_JSON_H

#include "sdc/bytes.h"

#include <jansson.h>

#define BATCH_JSON_DEPTH_MAX  16
#define BATCH_JSON_VALUES_MAX 1000000 /* ten thousand full records have 800,000 */

/* Parses a JSON object or list. SDC_E_INPUT with the place of the fault and no content: not JSON (RFC 8259), not UTF-8,
 * a member named twice, too deep, too many values. Free *value with json_decref. */
enum sdc_status batch_json_parse(const struct sdc_buf *text, json_t **value, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
