/* SPDX-License-Identifier: BSD-2-Clause */
/* A verification report for people and for programs. */
#ifndef VERIFY_OUTPUT_H
#define VERIFY_OUTPUT_H

#include "cli.h"

/* One line a check, what a verified signature covers, a sentence, and last "verdict: NAME". Where a signature failed no
 * other check is shown as passed. */
void verify_print(FILE *out, const struct sdc_report *report);
/* The same as JSON; NULL without memory. */
json_t *verify_json(const struct sdc_report *report);

#endif
