/* SPDX-License-Identifier: BSD-2-Clause */
/* What a blank card holds. */
#ifndef FORMAT_H
#define FORMAT_H

#include "card.h"
#include "core.h"

/* Writes the values of BLANK_* (card_edge.h), what 'blank' says (NULL: nothing) and the Discovery object into the
 * mounted, empty store. */
bool format_blank(struct core *core, const struct card_blank *blank);

#endif
