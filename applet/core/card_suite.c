/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_suite.h"

#include "card_edge.h"
#include "kdf.h"
#include "records.h"

uint8_t suite_id(const struct core *core)
{
    uint8_t id;
    return store_len(&core->store, RECORD_SUITE) == 1 && store_read(&core->store, RECORD_SUITE, 0, &id, 1)
               ? id
               : SUITE_AES_128;
}

size_t suite_key_len(const struct core *core)
{
    return suite_id(core) == SUITE_AES_256 ? KDF_KEY_AES_256 : KDF_KEY_AES_128;
}
