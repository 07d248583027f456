/* SPDX-License-Identifier: BSD-2-Clause */
/* Names in the MRZ: transliteration of whole names, and truncation to TD1's 30 characters. */
#include "sdc/mrz.h"
#include "mrz_name.h"
#include "translit.h"

#include <stdlib.h>
#include <string.h>
#include <uninorm.h>
#include <unistr.h>

#define NAME_BYTES_MAX 1024 /* far above any name: bounds the work on hostile text */

/* Appends characters, one filler between parts and none at the ends. */
struct mrz_out {
    char *text;
    size_t len, cap;
    bool gap; /* a separator was seen, and a letter before it */
    bool full;
};

static void put(struct mrz_out *o, char c)
{
    if (o->len + 1 >= o->cap)
        o->full = true;
    else
        o->text[o->len++] = c;
}

static void put_text(struct mrz_out *o, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '<') {
            o->gap = o->len > 0;
            continue;
        }
        if (o->gap)
            put(o, '<');
        o->gap = false;
        put(o, *text);
    }
}

static bool transliterate(const uint8_t *text, size_t len, struct mrz_out *o)
{
    while (len > 0 && !o->full) {
        ucs4_t character;
        char one[2];
        int used = u8_mbtoucr(&character, text, len);
        const char *plain = used > 0 ? translit_character(character, one) : NULL;
        if (!plain)
            return false;
        put_text(o, plain);
        text += used;
        len -= (size_t)used;
    }
    return !o->full;
}

bool sdc_mrz_name(const char *utf8, char *out, size_t cap)
{
    if (cap == 0)
        return false;
    out[0] = '\0';
    size_t len = strlen(utf8), composed_len = 0;
    if (len == 0)
        return true;
    if (len > NAME_BYTES_MAX || u8_check((const uint8_t *)utf8, len))
        return false;
    /* composed first, so that the rule for a letter with diaeresis is found however it was typed */
    uint8_t *composed = u8_normalize(UNINORM_NFC, (const uint8_t *)utf8, len, NULL, &composed_len);
    if (!composed)
        return false;
    struct mrz_out o = { .text = out, .cap = cap };
    bool good = transliterate(composed, composed_len, &o);
    out[good ? o.len : 0] = '\0';
    sdc_wipe(composed, composed_len);
    free(composed);
    return good;
}

/* ---- truncation, 9303-5 4.2.3 ---- */

#define PARTS_MAX 128

struct part {
    const char *text;
    size_t full, len; /* characters there are, and that are kept */
};

/* One identifier: its parts with one filler between them. */
struct parts {
    struct part part[PARTS_MAX];
    size_t count;
};

static void split(const char *name, struct parts *p)
{
    p->count = 0;
    while (*name != '\0' && p->count < PARTS_MAX) {
        size_t len = strcspn(name, "<");
        p->part[p->count++] = (struct part) { name, len, len };
        name += len + (name[len] == '<');
    }
}

static size_t length(const struct parts *p)
{
    size_t n = p->count > 0 ? p->count - 1 : 0;
    for (size_t i = 0; i < p->count; i++)
        n += p->part[i].len;
    return n;
}

/* Takes up to 'excess' characters from one part, which keeps its initial. Returns what is still too much. */
static size_t shorten(struct part *part, size_t excess)
{
    size_t cut = part->len - 1 < excess ? part->len - 1 : excess;
    part->len -= cut;
    return excess - cut;
}

/* The primary identifier: parts become initials from the last one on, then the first is cut; parts for which there is
 * no room even so are left out. */
static void fit_primary(struct parts *p, size_t room)
{
    for (size_t i = p->count; i-- > 1 && length(p) > room;)
        p->part[i].len = 1;
    if (length(p) > room)
        shorten(&p->part[0], length(p) - room);
    while (length(p) > room)
        p->count--;
}

/* The secondary identifier: as many parts as have room for their initials, cut from the last one on. */
static void fit_secondary(struct parts *p, size_t room)
{
    while (p->count > 0 && 2 * p->count - 1 > room)
        p->count--;
    size_t excess = length(p) > room ? length(p) - room : 0;
    for (size_t i = p->count; i-- > 0 && excess > 0;)
        excess = shorten(&p->part[i], excess);
}

/* A truncated name ends in the last position, so that a reader sees that it may be truncated: what the primary
 * identifier lost is given back as far as there is room. Returns the room that is left. */
static size_t give_back(struct parts *p, size_t spare)
{
    for (size_t i = 0; i < p->count && spare > 0; i++) {
        size_t more = p->part[i].full - p->part[i].len;
        more = more < spare ? more : spare;
        p->part[i].len += more;
        spare -= more;
    }
    return spare;
}

/* One position is left and a further part of the given names needs two: the surname gives one. */
static void make_room(struct parts *primary, struct parts *secondary)
{
    for (size_t i = primary->count; i-- > 0;) {
        if (primary->part[i].len < 2)
            continue;
        primary->part[i].len--;
        secondary->part[secondary->count++].len = 1;
        return;
    }
}

static size_t total(const struct parts *primary, const struct parts *secondary)
{
    return length(primary) + (secondary->count > 0 ? 2 + length(secondary) : 0);
}

static void truncate_names(struct parts *primary, struct parts *secondary)
{
    size_t given = secondary->count;
    size_t room = SDC_MRZ_LINE - (given > 0 ? 3 : 0); /* << and one character of the given names */
    if (length(primary) > room)
        fit_primary(primary, room);
    if (given > 0)
        fit_secondary(secondary, SDC_MRZ_LINE - 2 - length(primary));
    size_t spare = give_back(primary, SDC_MRZ_LINE - total(primary, secondary));
    if (spare == 1 && secondary->count < given)
        make_room(primary, secondary);
}

static void write_parts(const struct parts *p, struct mrz_out *o)
{
    for (size_t i = 0; i < p->count; i++) {
        if (i > 0)
            put(o, '<');
        for (size_t k = 0; k < p->part[i].len; k++)
            put(o, p->part[i].text[k]);
    }
}

void mrz_name_field(const char *surname, const char *given_names, char field[static SDC_MRZ_LINE + 1])
{
    struct parts primary, secondary;
    /* one name alone is the primary identifier, whichever it is: 9303-3 4.6 */
    split(*surname ? surname : given_names, &primary);
    split(*surname ? given_names : "", &secondary);
    if (total(&primary, &secondary) > SDC_MRZ_LINE)
        truncate_names(&primary, &secondary);
    struct mrz_out o = { .text = field, .cap = SDC_MRZ_LINE + 1 };
    write_parts(&primary, &o);
    if (secondary.count > 0) {
        put(&o, '<');
        put(&o, '<');
    }
    write_parts(&secondary, &o);
    while (o.len < SDC_MRZ_LINE)
        put(&o, '<');
    field[SDC_MRZ_LINE] = '\0';
}
