/* SPDX-License-Identifier: BSD-2-Clause */
/* A hostile card under each function of the PKCS#11 module; tests/lib/hostile_card.c says how an input reads. */
#include <stdbool.h>

#include "hostile_card.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static bool ready;
    if (!ready)
        hostile_init();
    ready = true;
    hostile_run(data, len);
    return 0;
}
