/* SPDX-License-Identifier: BSD-2-Clause */
/* What may stand in the text of a record. */
#ifndef ISSUE_RECORD_TEXT_H
#define ISSUE_RECORD_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Text that can be printed as it is: NFC, no control or invisible character (bidi controls, zero width, tags), nothing
 * unassigned or private, no space but single U+0020 between other characters. False with the reason; it names a code
 * point only where that is no letter. */
bool record_text_clean(const char *text, char reason[static 160]);

#endif
