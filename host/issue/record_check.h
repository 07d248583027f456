/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks of single fields (record_check of record_walk.h), and of what concerns several fields. */
#ifndef ISSUE_RECORD_CHECK_H
#define ISSUE_RECORD_CHECK_H

#include "record_walk.h"

/* Copy the text to char[limits.max + 1]: */
bool record_check_uuid(struct record_walk *, const struct record_field *, const char *, void *,
                       char reason[static 160]);
bool record_check_a_number(struct record_walk *, const struct record_field *, const char *, void *,
                           char reason[static 160]);
bool record_check_name(struct record_walk *, const struct record_field *, const char *, void *,
                       char reason[static 160]); /* with an MRZ form */
bool record_check_text(struct record_walk *, const struct record_field *, const char *, void *,
                       char reason[static 160]);
bool record_check_label(struct record_walk *, const struct record_field *, const char *, void *,
                        char reason[static 160]); /* A-Z a-z 0-9 . _ - */
bool record_check_word(struct record_walk *, const struct record_field *, const char *, void *,
                       char reason[static 160]); /* one of words */
bool record_check_code(struct record_walk *, const struct record_field *, const char *, void *,
                       char reason[static 160]); /* of table */
bool record_check_zip(struct record_walk *, const struct record_field *, const char *, void *, char reason[static 160]);
bool record_check_time(struct record_walk *, const struct record_field *, const char *, void *,
                       char reason[static 160]);
bool record_check_category(struct record_walk *, const struct record_field *, const char *, void *,
                           char reason[static 160]);
bool record_check_photo(struct record_walk *, const struct record_field *, const char *, void *,
                        char reason[static 160]); /* the file too */
/* One character of words: */
bool record_check_letter(struct record_walk *, const struct record_field *, const char *, void *,
                         char reason[static 160]);
/* A struct sdc_date: */
bool record_check_birth(struct record_walk *, const struct record_field *, const char *, void *,
                        char reason[static 160]); /* past; XX */
bool record_check_date(struct record_walk *, const struct record_field *, const char *, void *,
                       char reason[static 160]); /* at most 20 years ahead */
bool record_check_done(struct record_walk *, const struct record_field *, const char *, void *,
                       char reason[static 160]); /* not after the batch was made */
bool record_check_expiry(struct record_walk *, const struct record_field *, const char *, void *,
                         char reason[static 160]);
bool record_check_created(struct record_walk *, const struct record_field *, const char *, void *,
                          char reason[static 160]); /* RFC 3339 UTC */

/* What several fields of one record say together; only fields that are right themselves are compared. */
void record_check_together(struct record_walk *w, const json_t *value, const struct sdc_record *r);

#endif
