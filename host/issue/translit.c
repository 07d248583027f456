/* SPDX-License-Identifier: BSD-2-Clause */
#include "translit.h"

#include <unicase.h>
#include <uninorm.h>

struct rule {
    uint32_t character; /* upper case where it has a case */
    const char *text;
};

/* What isn't its base letter. 9303-3 6 A leaves the issuing State the choice for five letters: AE OE UE for A O U with
 * diaeresis, AA for A with ring, and N for N with tilde (which its decomposition gives). */
static const struct rule letters[] = {
    { 0x00c4, "AE" }, { 0x00c5, "AA" }, { 0x00c6, "AE" }, { 0x00d0, "D" }, { 0x00d6, "OE" }, { 0x00d8, "OE" },
    { 0x00dc, "UE" }, { 0x00de, "TH" }, { 0x00df, "SS" }, { 0x0110, "D" }, { 0x0126, "H" },  { 0x0131, "I" },
    { 0x0132, "IJ" }, { 0x013f, "L" },  { 0x0141, "L" },  { 0x0149, "N" }, { 0x014a, "N" },  { 0x0152, "OE" },
    { 0x0166, "T" },  { 0x1e9e, "SS" }, { 0x212b, "AA" },
};

/* 9303-3 4.6: apostrophes are omitted, hyphens and commas become fillers, other punctuation is omitted. */
static const struct rule punctuation[] = {
    { ' ', "<" }, { '-', "<" },   { ',', "<" },   { 0x2010, "<" }, { 0x2011, "<" }, { '\'', "" },
    { '.', "" },  { 0x2018, "" }, { 0x2019, "" }, { 0x02bb, "" },  { 0x02bc, "" },  { 0x00b7, "" },
};

static const char *look_up(const struct rule *rules, size_t count, uint32_t character)
{
    for (size_t i = 0; i < count; i++)
        if (rules[i].character == character)
            return rules[i].text;
    return NULL;
}

/* The letter below all its diacritics. */
static uint32_t base_letter(uint32_t character)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    while (uc_canonical_decomposition(character, parts) > 0)
        character = parts[0];
    return character;
}

const char *translit_character(uint32_t character, char one[static 2])
{
    uint32_t upper = uc_toupper(character);
    const char *text = look_up(letters, sizeof letters / sizeof letters[0], upper);
    if (!text)
        text = look_up(punctuation, sizeof punctuation / sizeof punctuation[0], character);
    if (text)
        return text;
    if (character >= 0x0300 && character <= 0x036f)
        return ""; /* a diacritic for which there is no composed letter */
    uint32_t base = base_letter(upper);
    if (base < 'A' || base > 'Z')
        return NULL;
    one[0] = (char)base;
    one[1] = '\0';
    return one;
}
