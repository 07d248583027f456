/* SPDX-License-Identifier: BSD-2-Clause */
/* Code tables (host/data/, installed to share/sdc): immigration courts, ICE offices, EOIR case and calendar types, ICAO
 * states. And calendar dates. */
#ifndef SDC_CODES_H
#define SDC_CODES_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>

struct sdc_codes; /* read-only after loading; may be shared by threads */

/* Folder of the code tables: $SDC_DATA, else share/sdc beside the folder of the library or program that runs (looked
 * for once). Static string; NULL where none is found. Thread-safe as long as nobody changes the environment. */
const char *sdc_data_dir(void);
/* Loads and checks all tables: SDC_E_INPUT for a missing or malformed file, or dir NULL (from sdc_data_dir). */
enum sdc_status sdc_codes_load(const char *dir, struct sdc_codes **codes, struct sdc_error *e) SDC_WARN_UNUSED;
void sdc_codes_free(struct sdc_codes *codes);

enum sdc_code_table {
    SDC_CODE_STATE,      /* icao-states.tsv */
    SDC_CODE_COURT,      /* eoir-courts.tsv, active courts only */
    SDC_CODE_ERO_OFFICE, /* ice-offices.csv: office_name of the ERO rows */
    SDC_CODE_CASE_TYPE,  /* eoir-lookups.tsv: eoir_case_types */
    SDC_CODE_CALENDAR    /* eoir-lookups.tsv: eoir_calendar_types */
};
bool sdc_code_known(const struct sdc_codes *codes, enum sdc_code_table table, const char *code);

/* A date of the Gregorian calendar. month and day 0 = unknown (dates of birth only). */
struct sdc_date {
    int year, month, day;
};
/* "YYYY-MM-DD", all ten characters, a date that exists, years 1900 to 2199; with 'unknown', XX for day or for month and
 * day. */
bool sdc_date_parse(const char *text, bool unknown, struct sdc_date *date);
/* <0, 0, >0; an unknown month or day counts as the first of its range. */
int sdc_date_compare(const struct sdc_date *a, const struct sdc_date *b);
struct sdc_date sdc_date_today(void);                                       /* UTC */
struct sdc_date sdc_date_add_years(const struct sdc_date *date, int years); /* 29 February becomes 28 where it has to */
struct sdc_date sdc_date_next_day(const struct sdc_date *date);
/* How many days after 'from' is 'to'; negative where it is before. Both are whole dates. */
int sdc_date_days(const struct sdc_date *from, const struct sdc_date *to);

#endif
