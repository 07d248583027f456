/* SPDX-License-Identifier: BSD-2-Clause */
/* Batch files for tests: the samples of tests/data/, changed, in a folder with their portraits. */
#ifndef TESTS_BATCH_FILES_H
#define TESTS_BATCH_FILES_H

#include "sdc/record.h"

#include <jansson.h>

extern const struct sdc_date records_today; /* the day on which the samples are judged */
extern char records_path[128];              /* the batch file that the functions below write */

void records_set_up(void); /* makes the folder, with portraits/ in it */
void records_tear_down(void);
struct sdc_codes *records_codes(void); /* loaded once */
void records_write_text(const char *text, size_t len);
void records_write(const json_t *batch);
/* What these give lives as long as the test. */
json_t *records_load(const char *file); /* of tests/data/ */
/* A batch of the sample's first record, to which *record then points. */
json_t *records_one(json_t **record);
json_t *records_batch_of(json_t *record); /* takes over the reference */
/* Sets the member that a JSON pointer names to a JSON text, or with NULL removes it. */
void records_change(json_t *record, const char *pointer, const char *value);
void records_print_faults(const struct sdc_batch *batch); /* on stderr */

#endif
