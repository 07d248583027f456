/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/codes.h"
#include "sdc/bytes.h"
#include "codes_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODES_FILE_MAX ((size_t)1024 * 1024)
#define CODES_TABLES   (SDC_CODE_CALENDAR + 1)

/* One table: where its codes stand, and which rows count. */
struct source {
    enum sdc_code_table table;
    const char *file;
    char separator;
    const char *header[CODES_COLUMNS_MAX]; /* exactly these columns, in this order */
    size_t code;                           /* column of the code */
    size_t filter;                         /* rows count where this column ... */
    const char *value;                     /* ... says this; NULL: all rows count */
    size_t code_max;                       /* characters */
    bool repeats;                          /* one code may stand in several rows */
};

#define COURT_COLUMNS  "code", "name", "street", "city", "state", "zip", "phone", "region", "active"
#define LOOKUP_COLUMNS "table", "code", "description"
#define OFFICE_COLUMNS                                                                                                 \
    "office_name", "office_name_short", "agency", "field_office_name", "sub_office", "address", "city", "state",       \
        "zip", "zip_4", "address_full", "area", "office_latitude", "office_longitude"

static const struct source sources[] = {
    { SDC_CODE_STATE, "icao-states.tsv", '\t', { "code", "name" }, 0, 0, NULL, 3, false },
    /* the closed courts and EOIR's own test rows (OIT, OIN) aren't active */
    { SDC_CODE_COURT, "eoir-courts.tsv", '\t', { COURT_COLUMNS }, 0, 8, "1", 3, false },
    { SDC_CODE_ERO_OFFICE, "ice-offices.csv", ',', { OFFICE_COLUMNS }, 0, 2, "ERO", 96, false },
    { SDC_CODE_CASE_TYPE, "eoir-lookups.tsv", '\t', { LOOKUP_COLUMNS }, 1, 0, "eoir_case_types", 3, false },
    { SDC_CODE_CALENDAR, "eoir-lookups.tsv", '\t', { LOOKUP_COLUMNS }, 1, 0, "eoir_calendar_types", 1, true },
};
_Static_assert(sizeof sources / sizeof sources[0] == CODES_TABLES, "one source for each table");

struct table {
    char **codes; /* sorted, none twice */
    size_t len, cap;
};

struct sdc_codes {
    struct table tables[CODES_TABLES];
};

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool add(struct table *t, const char *code)
{
    if (t->len == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 64;
        char **codes = realloc(t->codes, cap * sizeof *codes);
        if (!codes)
            return false;
        t->codes = codes;
        t->cap = cap;
    }
    t->codes[t->len] = strdup(code);
    return t->codes[t->len] && ++t->len;
}

/* Sorts the codes and drops repeated ones; false where they may not repeat. */
static bool settle(struct table *t, bool repeats)
{
    size_t kept = 0;
    qsort(t->codes, t->len, sizeof *t->codes, compare);
    bool good = true;
    for (size_t i = 0; i < t->len; i++) {
        if (kept > 0 && strcmp(t->codes[kept - 1], t->codes[i]) == 0) {
            good = good && repeats;
            free(t->codes[i]);
            continue;
        }
        t->codes[kept++] = t->codes[i];
    }
    t->len = kept;
    return good;
}

static size_t columns_of(const struct source *s)
{
    size_t n = 0;
    while (n < CODES_COLUMNS_MAX && s->header[n])
        n++;
    return n;
}

static bool header_matches(const struct source *s, struct codes_rows *rows)
{
    const char *column[CODES_COLUMNS_MAX];
    size_t n = codes_row(rows, column);
    bool good = n == columns_of(s);
    for (size_t i = 0; good && i < n; i++)
        good = strcmp(column[i], s->header[i]) == 0;
    return good;
}

static enum sdc_status read_rows(const struct source *s, char *text, struct table *t, struct sdc_error *e)
{
    struct codes_rows rows = { .at = text, .separator = s->separator };
    if (!header_matches(s, &rows))
        return sdc_fail(e, SDC_E_INPUT, "%s: the first line must name its columns as documented", s->file);
    const char *column[CODES_COLUMNS_MAX];
    for (size_t n; (n = codes_row(&rows, column)) > 0;) {
        if (n != columns_of(s))
            return sdc_fail(e, SDC_E_INPUT, "%s line %u: %zu columns, not %zu", s->file, rows.line, n, columns_of(s));
        if (s->value && strcmp(column[s->filter], s->value) != 0)
            continue;
        size_t len = strlen(column[s->code]);
        if (len == 0 || len > s->code_max)
            return sdc_fail(e, SDC_E_INPUT, "%s line %u: a code has 1 to %zu characters", s->file, rows.line,
                            s->code_max);
        if (!add(t, column[s->code]))
            return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    }
    if (rows.fault)
        return sdc_fail(e, SDC_E_INPUT, "%s line %u: malformed", s->file, rows.line);
    if (t->len == 0)
        return sdc_fail(e, SDC_E_INPUT, "%s has no row that counts", s->file);
    if (!settle(t, s->repeats))
        return sdc_fail(e, SDC_E_INPUT, "%s names one code twice", s->file);
    return SDC_OK;
}

static enum sdc_status load_table(const char *dir, const struct source *s, struct table *t, struct sdc_error *e)
{
    char path[4200];
    struct sdc_buf text = SDC_BUF_INIT;
    if (snprintf(path, sizeof path, "%s/%s", dir, s->file) >= (int)sizeof path)
        return sdc_fail(e, SDC_E_USAGE, "the path of the code tables is too long");
    enum sdc_status status = sdc_file_read(path, CODES_FILE_MAX, &text, e);
    if (status == SDC_OK && memchr(text.data ? text.data : (const uint8_t *)"", '\0', text.len))
        status = sdc_fail(e, SDC_E_INPUT, "%s holds a NUL", path);
    sdc_buf_u8(&text, '\0');
    if (status == SDC_OK)
        status = sdc_buf_status(&text, e);
    if (status == SDC_OK)
        status = read_rows(s, (char *)text.data, t, e);
    sdc_buf_free(&text);
    return status;
}

enum sdc_status sdc_codes_load(const char *dir, struct sdc_codes **codes, struct sdc_error *e)
{
    *codes = NULL;
    if (!dir)
        return sdc_fail(e, SDC_E_INPUT, "no code tables: set SDC_DATA to their folder (share/sdc of the installation)");
    struct sdc_codes *c = calloc(1, sizeof *c);
    if (!c)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < CODES_TABLES; i++) {
        enum sdc_status status = load_table(dir, &sources[i], &c->tables[sources[i].table], e);
        if (status != SDC_OK) {
            sdc_codes_free(c);
            return status;
        }
    }
    *codes = c;
    return SDC_OK;
}

void sdc_codes_free(struct sdc_codes *codes)
{
    if (!codes)
        return;
    for (size_t i = 0; i < CODES_TABLES; i++) {
        for (size_t k = 0; k < codes->tables[i].len; k++)
            free(codes->tables[i].codes[k]);
        free(codes->tables[i].codes);
    }
    free(codes);
}

bool sdc_code_known(const struct sdc_codes *codes, enum sdc_code_table table, const char *code)
{
    const struct table *t = &codes->tables[table];
    return bsearch(&code, t->codes, t->len, sizeof *t->codes, compare) != NULL;
}
