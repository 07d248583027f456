/* SPDX-License-Identifier: BSD-2-Clause */
/* The name field of a TD1 MRZ. */
#ifndef ISSUE_MRZ_NAME_H
#define ISSUE_MRZ_NAME_H

#include "sdc/mrz.h"

/* From names that sdc_mrz_name made (at least one of them not empty, each at most SDC_MRZ_NAME_MAX characters), the 30
 * characters of the field: primary identifier, "<<", secondary identifier, filled up. Too long a name is truncated as
 * 9303-5 4.2.3 describes: parts of the surname become initials from the last on, given names are cut; the last
 * position of a truncated name is a letter. */
void mrz_name_field(const char *surname, const char *given_names, char field[static SDC_MRZ_LINE + 1]);

#endif
