/* SPDX-License-Identifier: BSD-2-Clause */
/* Transliteration of Latin characters with diacritics, ICAO 9303-3 section 6 A. */
#ifndef ISSUE_TRANSLIT_H
#define ISSUE_TRANSLIT_H

#include <stddef.h>
#include <stdint.h>

/* What one character of a name becomes in an MRZ: A-Z, "<" for what separates parts of a name, "" for what is left out
 * (apostrophes, other punctuation, combining marks); NULL where ICAO has no rule for it. Either case. Static string or
 * one in one[2]. */
const char *translit_character(uint32_t character, char one[static 2]);

#endif
