/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables as text: tab-separated values, or comma-separated values of RFC 4180. One row after the other, in place. */
#ifndef ISSUE_CODES_ROWS_H
#define ISSUE_CODES_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#define CODES_COLUMNS_MAX 16

struct codes_rows {
    char *at;       /* NUL-terminated, changed while it is read; advances */
    char separator; /* '\t': no quoting; ',': RFC 4180, a quoted field may hold separators, line ends and "" */
    unsigned line;  /* of the row read last, from 1 */
    bool fault;     /* a stray quote, a quoted field that never ends, or too many columns */
};
/* The next row's fields into column[] (NUL-terminated, inside the text). Returns their number; 0 at the end or on a
 * fault. Empty lines are rows of one empty field. */
size_t codes_row(struct codes_rows *rows, const char *column[static CODES_COLUMNS_MAX]);

#endif
