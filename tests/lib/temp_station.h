/* SPDX-License-Identifier: BSD-2-Clause */
/* A station in a folder of its own below $TMPDIR or /dev/shm, which is gone when the test's process ends; and the
 * sample batch. */
#ifndef TESTS_TEMP_STATION_H
#define TESTS_TEMP_STATION_H

#include "sdc/record.h"
#include "sdc/station.h"

/* A fresh folder. Ends the test where that fails. The string lives as long as the process. */
const char *temp_folder(void);
/* FOLDER/NAME in memory that lives as long as the process. */
const char *temp_path(const char *folder, const char *name);

/* A new station, made by sdc_station_init, in temp_folder()/station; its path. */
const char *temp_station(void);
/* The same, opened; the caller closes it. */
struct sdc_station *temp_station_open(const char *home);

/* tests/data/enrolment-sample.json, read today. The caller frees it. */
void sample_batch(struct sdc_batch *batch);

/* Appends a whole file. */
void file_content(const char *path, struct sdc_buf *out);
/* Appends every regular file below a folder, one behind the other; how many there are. */
size_t folder_content(const char *folder, struct sdc_buf *out);
/* The needle is somewhere in the bytes. */
bool bytes_hold(const struct sdc_buf *b, const char *needle);

#endif
