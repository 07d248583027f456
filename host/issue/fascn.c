/* SPDX-License-Identifier: BSD-2-Clause */
#include "fascn.h"

#include <string.h>

#define START     0x0B /* SS */
#define SEPARATOR 0x0D /* FS */
#define END       0x0F /* ES */

/* Agency, system, credential number, credential series, issue; then person, organisational category, organisation,
 * association. S starts, F separates, E ends. */
static const char constant[] = "S9999F9999F999999F0F1F0000000000199996E";

static uint8_t character(char c)
{
    return c == 'S' ? START : c == 'F' ? SEPARATOR : c == 'E' ? END : (uint8_t)(c - '0');
}

struct bits {
    uint8_t *out;
    unsigned used;
};

static void put_bit(struct bits *b, unsigned bit)
{
    if (bit)
        b->out[b->used / 8] |= (uint8_t)(0x80u >> b->used % 8);
    b->used++;
}

static void put_character(struct bits *b, uint8_t value)
{
    unsigned ones = 0;
    for (unsigned i = 0; i < 4; i++) {
        unsigned bit = (unsigned)value >> i & 1u;
        ones += bit;
        put_bit(b, bit);
    }
    put_bit(b, ones % 2 == 0);
}

void fascn_encode(uint8_t out[static FASCN_LEN])
{
    fascn_encode_fields(constant, out);
}

void fascn_encode_fields(const char *fields, uint8_t out[static FASCN_LEN])
{
    memset(out, 0, FASCN_LEN);
    struct bits b = { out, 0 };
    uint8_t columns = 0;
    for (const char *c = fields; *c; c++) {
        put_character(&b, character(*c));
        columns ^= character(*c);
    }
    put_character(&b, columns);
}
