/* SPDX-License-Identifier: BSD-2-Clause */
#include "codes_rows.h"

#include <string.h>

/* A quoted field: the text is moved down over its quotes, and ends with a NUL. Leaves 'at' behind the closing quote. */
static char *quoted(struct codes_rows *rows)
{
    char *start = rows->at + 1, *to = start, *from = start;
    for (; *from != '\0'; from++) {
        if (*from == '\n')
            rows->line++;
        if (*from == '"' && from[1] == '"')
            from++;
        else if (*from == '"')
            break;
        *to++ = *from;
    }
    rows->fault = rows->fault || *from != '"';
    rows->at = *from == '"' ? from + 1 : from;
    *to = '\0';
    return start;
}

static char *plain(struct codes_rows *rows)
{
    char *start = rows->at;
    const char ends[] = { rows->separator, '\n', rows->separator == ',' ? '"' : '\n', '\0' };
    rows->at += strcspn(start, ends);
    return start;
}

/* Takes the separator or line end that closes a field. True where the row goes on. */
static bool close_field(struct codes_rows *rows, const char *start, bool was_quoted)
{
    char *end = rows->at;
    if (!was_quoted && *end == '\n' && end > start && end[-1] == '\r')
        end[-1] = '\0';
    if (was_quoted && *end == '\r' && end[1] == '\n')
        rows->at = ++end;
    char closing = *end;
    if (closing != '\0') {
        *end = '\0';
        rows->at = end + 1;
    }
    rows->fault = rows->fault || (closing != rows->separator && closing != '\n' && closing != '\0');
    return closing == rows->separator;
}

size_t codes_row(struct codes_rows *rows, const char *column[static CODES_COLUMNS_MAX])
{
    if (rows->fault || *rows->at == '\0')
        return 0;
    size_t n = 0;
    bool more = true;
    for (rows->line++; more && !rows->fault; n++) {
        if (n == CODES_COLUMNS_MAX) {
            rows->fault = true;
            break;
        }
        bool is_quoted = rows->separator == ',' && *rows->at == '"';
        column[n] = is_quoted ? quoted(rows) : plain(rows);
        more = close_field(rows, column[n], is_quoted);
    }
    return rows->fault ? 0 : n;
}
