/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of a batch's and a record's fields. */
#ifndef ISSUE_RECORD_FIELDS_H
#define ISSUE_RECORD_FIELDS_H

#include "record_walk.h"

struct record_head {
    char name[65];
    struct sdc_date created;
};
extern const struct record_object record_head_object; /* fills a struct record_head */
extern const struct record_object record_object;      /* fills a struct sdc_record */

#endif
