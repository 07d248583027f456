/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/record.h"

#include <stdio.h>

void sdc_fault_text(const struct sdc_fault *fault, char *out, size_t cap)
{
    char who[80] = "batch";
    if (fault->record > 0 && fault->transaction_id[0])
        snprintf(who, sizeof who, "record %zu (%s)", fault->record, fault->transaction_id);
    else if (fault->record > 0)
        snprintf(who, sizeof who, "record %zu", fault->record);
    snprintf(out, cap, "%s%s%s: %s", who, fault->pointer[0] ? " " : "", fault->pointer, fault->reason);
}
