/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/registry.h"

#include <ctype.h>
#include <string.h>

#define TEXT_LEN (SDC_UUID_TEXT - 1)

static bool is_dash(size_t place)
{
    return place == 8 || place == 13 || place == 18 || place == 23;
}

void sdc_uuid_text(const uint8_t uuid[static 16], char text[static SDC_UUID_TEXT])
{
    char hex[33];
    sdc_hex(uuid, 16, hex);
    for (size_t i = 0, from = 0; i < TEXT_LEN; i++)
        text[i] = is_dash(i) ? '-' : (char)tolower((unsigned char)hex[from++]);
    text[TEXT_LEN] = '\0';
}

bool sdc_uuid_parse(const char *text, uint8_t uuid[static 16])
{
    char hex[33];
    size_t used = 0;
    if (strlen(text) != TEXT_LEN)
        return false;
    for (size_t i = 0; i < TEXT_LEN; i++) {
        if (!is_dash(i))
            hex[used++] = text[i];
        else if (text[i] != '-')
            return false;
    }
    hex[used] = '\0';
    return sdc_unhex(hex, uuid, 16);
}

enum sdc_status sdc_uuid_random(uint8_t uuid[static 16], struct sdc_error *e)
{
    enum sdc_status status = sdc_random(uuid, 16, e);
    uuid[6] = (uint8_t)((uuid[6] & 0x0F) | 0x40); /* version 4 */
    uuid[8] = (uint8_t)((uuid[8] & 0x3F) | 0x80); /* variant of RFC 4122 */
    return status;
}
