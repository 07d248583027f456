/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of applet/SPEC.md, read as data: what the card promises, apart from its code. */
#ifndef TESTS_CARD_SPEC_H
#define TESTS_CARD_SPEC_H

#include <stddef.h>

#define SPEC_ROWS_MAX    64
#define SPEC_COLUMNS_MAX 8

/* Cells without the blanks around them. */
struct spec_table {
    char cell[SPEC_ROWS_MAX][SPEC_COLUMNS_MAX][96];
    size_t rows, columns;
};

/* The table behind the mark <!-- table: name -->; aborts with a word where there is none. */
void spec_table_read(const char *name, struct spec_table *table);

/* A row of the command tables, understood. */
struct spec_command {
    unsigned ins;
    struct spec_byte {
        unsigned value, mask; /* any: 0, 0; a range 80-8F: 80, F0 */
    } p1, p2;
    size_t lc_min, lc_max;
    char access[16], chaining[16];
    const char *section; /* lives as long as the program */
};

/* The rows of the command table 'name'; returns their number. */
size_t spec_commands_read(const char *name, struct spec_command rows[static SPEC_ROWS_MAX]);

#endif
