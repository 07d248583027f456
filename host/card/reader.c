/* SPDX-License-Identifier: BSD-2-Clause */
/* Which reader is meant: a pure decision, without PC/SC. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

static enum sdc_status by_index(const char *which, size_t count, size_t *chosen, struct sdc_error *e)
{
    unsigned long index = strlen(which) < 4 ? strtoul(which, NULL, 10) : 9999;
    if (index >= count)
        return sdc_fail(e, SDC_E_NO_READER, "there is no reader %s: %zu reader%s, counted from 0", which, count,
                        count == 1 ? "" : "s");
    *chosen = index;
    return SDC_OK;
}

static enum sdc_status by_name(const char *which, const struct sdc_reader *readers, size_t count, size_t *chosen,
                               struct sdc_error *e)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(readers[i].name, which) == 0) {
            *chosen = i;
            return SDC_OK;
        }
    }
    return sdc_fail(e, SDC_E_NO_READER, "there is no reader named '%s'", which);
}

static enum sdc_status by_card(const struct sdc_reader *readers, size_t count, size_t *chosen, struct sdc_error *e)
{
    size_t with_card = 0;
    for (size_t i = count; i-- > 0;) {
        if (readers[i].card) {
            *chosen = i;
            with_card++;
        }
    }
    if (with_card == 0)
        return sdc_fail(e, SDC_E_NO_CARD, "no card in any of the %zu reader%s", count, count == 1 ? "" : "s");
    if (with_card > 1)
        return sdc_fail(e, SDC_E_USAGE, "%zu readers hold a card: say which one, by number from 0 or by name",
                        with_card);
    return SDC_OK;
}

enum sdc_status sdc_reader_choose(const char *which, const struct sdc_reader *readers, size_t count, size_t *chosen,
                                  struct sdc_error *e)
{
    if (count == 0)
        return sdc_fail(e, SDC_E_NO_READER, "no card reader is connected");
    if (!which)
        return by_card(readers, count, chosen, e);
    if (*which != '\0' && strspn(which, "0123456789") == strlen(which))
        return by_index(which, count, chosen, e);
    return by_name(which, readers, count, chosen, e);
}
