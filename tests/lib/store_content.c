/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_content.h"

#include "crc32.h"
#include "records.h"
#include "store.h"

bool store_content(const struct card_port *port, struct store_content *content)
{
    static struct store store;
    static uint8_t data[STORE_VALUE_MAX];
    *content = (struct store_content) { 0 };
    if (!store_mount(&store, port))
        return false;
    for (size_t i = 0; i < store.count; i++) {
        const uint16_t id = store.entry[i].id, len = store.entry[i].len;
        if (!store_read(&store, id, 0, data, len))
            return false;
        if (id == RECORD_TRIES) { /* left, altogether, flags, twice */
            content->pin_tries = data[0];
            content->puk_tries = data[3];
            data[0] = data[3] = 0;
        }
        if (id == RECORD_PASSWORD_FAILURES)
            content->failures = data[0];
        else
            content->values += crc32_update(crc32_update(CRC32_START, (const uint8_t *)&id, sizeof id), data, len);
    }
    return true;
}
