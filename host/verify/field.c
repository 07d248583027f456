/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parsers of the data objects share. */
#include "objects.h"

#include <stdio.h>
#include <string.h>

struct sdc_rd vf_field(struct sdc_rd *r, uint32_t tag, size_t min, size_t max)
{
    struct sdc_rd value = sdc_tlv_take(r, tag);
    if (value.left < min || value.left > max)
        r->err = true;
    return r->err ? (struct sdc_rd) { NULL, 0, true } : value;
}

bool vf_field_last(struct sdc_rd *r)
{
    (void)vf_field(r, 0xFE, 0, 0);
    return sdc_rd_end(r);
}

/* One code point of UTF-8; 0 for anything that isn't one, in its shortest form (RFC 3629 3, 4). */
static uint32_t read_point(struct sdc_rd *r)
{
    static const uint32_t least[4] = { 0, 0x80, 0x800, 0x10000 };
    uint8_t first = sdc_rd_u8(r);
    unsigned more = first < 0x80 ? 0 : first < 0xC2 ? 4 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : first < 0xF5 ? 3 : 4;
    if (more == 4)
        return 0;
    uint32_t point = more == 0 ? first : first & (0x3FU >> more);
    for (unsigned i = 0; i < more; i++) {
        uint8_t next = sdc_rd_u8(r);
        if ((next & 0xC0) != 0x80)
            return 0;
        point = point << 6 | (next & 0x3F);
    }
    bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    return point < least[more] || point > 0x10FFFF || surrogate ? 0 : point;
}

bool vf_text_good(struct sdc_rd text)
{
    if (text.err || text.left == 0)
        return false;
    while (text.left > 0) {
        uint32_t point = read_point(&text);
        if (text.err || point < 0x20 || (point >= 0x7F && point < 0xA0))
            return false;
    }
    return true;
}

void vf_text_copy(struct sdc_rd text, char *out, size_t cap)
{
    struct sdc_rd from = text;
    size_t keep = 0;
    while (text.left > 0 && !text.err) {
        (void)read_point(&text);
        if (from.left - text.left >= cap)
            break;
        keep = from.left - text.left;
    }
    sdc_rd_copy(&from, out, keep);
    out[keep] = '\0';
}

bool vf_date_read(struct sdc_rd *r, struct sdc_date *date)
{
    char digits[9] = "", text[11];
    sdc_rd_copy(r, digits, 8);
    snprintf(text, sizeof text, "%.4s-%.2s-%.2s", digits, digits + 4, digits + 6);
    if (r->err || strlen(digits) != 8 || !sdc_date_parse(text, false, date)) {
        r->err = true;
        return false;
    }
    return true;
}
