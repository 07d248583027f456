/* SPDX-License-Identifier: BSD-2-Clause */
/* What a blank card holds. */
#ifndef FORMAT_H
#define FORMAT_H

#include "core.h"

/* Writes the values of BLANK_* (card_edge.h) and the Discovery object into the mounted, empty store. */
bool format_blank(struct core *core);

#endif
