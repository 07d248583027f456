/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

static void die(const char *what, const char *name)
{
    fprintf(stderr, "applet/SPEC.md, table %s: %s\n", name, what);
    abort();
}

static void row_read(char *line, struct spec_table *table, const char *name)
{
    size_t column = 0;
    if (table->rows == SPEC_ROWS_MAX)
        die("too many rows", name);
    for (char *p = strtok(line + 1, "|\n"); p != NULL; p = strtok(NULL, "|\n")) {
        p += strspn(p, " ");
        size_t len = strlen(p);
        while (len > 0 && p[len - 1] == ' ')
            len--;
        if (column == SPEC_COLUMNS_MAX || len >= sizeof table->cell[0][0])
            die("a cell too many or too long", name);
        memcpy(table->cell[table->rows][column], p, len);
        table->cell[table->rows][column++][len] = '\0';
    }
    if (table->rows > 0 && column != table->columns)
        die("rows of different length", name);
    table->columns = column;
    table->rows++;
}

void spec_table_read(const char *name, struct spec_table *table)
{
    FILE *file = fopen(suite_data("../../applet/SPEC.md"), "re");
    char line[1024], mark[64];
    int skip = -1; /* lines left before the first row; -1: the mark was not seen */
    memset(table, 0, sizeof *table);
    snprintf(mark, sizeof mark, "<!-- table: %s -->", name);
    if (file == NULL)
        die("can't be read", name);
    while (fgets(line, sizeof line, file) != NULL) {
        if (skip < 0) {
            skip = strncmp(line, mark, strlen(mark)) == 0 ? 2 : -1;
        } else if (line[0] != '|') {
            break;
        } else if (skip > 0) {
            skip--;
        } else {
            row_read(line, table, name);
        }
    }
    fclose(file);
    if (table->rows == 0)
        die("not there", name);
}

static struct spec_byte byte_read(const char *cell)
{
    char *end;
    if (strcmp(cell, "any") == 0)
        return (struct spec_byte) { 0, 0 };
    unsigned first = (unsigned)strtoul(cell, &end, 16), last = first;
    if (*end == '-')
        last = (unsigned)strtoul(end + 1, NULL, 16);
    return (struct spec_byte) { first, 0xFF & ~(first ^ last) };
}

size_t spec_commands_read(const char *name, struct spec_command rows[static SPEC_ROWS_MAX])
{
    static struct spec_table tables[8]; /* kept: sections point into them */
    static size_t used;
    if (used == sizeof tables / sizeof tables[0])
        die("too many tables are read", name);
    struct spec_table *table = &tables[used++];
    spec_table_read(name, table);
    if (table->columns != 8)
        die("8 columns are expected", name);
    for (size_t i = 0; i < table->rows; i++) {
        struct spec_command *row = &rows[i];
        char *end;
        row->ins = (unsigned)strtoul(table->cell[i][0], NULL, 16);
        row->p1 = byte_read(table->cell[i][1]);
        row->p2 = byte_read(table->cell[i][2]);
        row->lc_min = row->lc_max = strtoul(table->cell[i][3], &end, 10);
        if (*end == '-')
            row->lc_max = strtoul(end + 1, NULL, 10);
        snprintf(row->access, sizeof row->access, "%.15s", table->cell[i][4]);
        snprintf(row->chaining, sizeof row->chaining, "%.15s", table->cell[i][5]);
        row->section = table->cell[i][7];
    }
    return table->rows;
}
