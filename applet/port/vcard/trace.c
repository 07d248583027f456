/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace.h"

#include <stdbool.h>

#define HEADER_LEN 4
#define SW_LEN     2

/* INS whose data can be shown in both directions; everything else is taken for a secret. */
static bool is_plain(const uint8_t *cmd, size_t len)
{
    return len >= HEADER_LEN && cmd[1] == 0xA4; /* SELECT */
}

static void hex(FILE *file, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        fprintf(file, "%02X", data[i]);
}

void trace_event(FILE *file, const char *event)
{
    if (file == NULL)
        return;
    fprintf(file, "# %s\n", event);
    fflush(file);
}

void trace_apdu(FILE *file, const uint8_t *cmd, size_t cmd_len, const uint8_t *resp, size_t resp_len)
{
    if (file == NULL)
        return;
    bool plain = is_plain(cmd, cmd_len);
    size_t shown = plain || cmd_len < HEADER_LEN ? cmd_len : HEADER_LEN;
    fputs("> ", file);
    hex(file, cmd, shown);
    if (shown < cmd_len)
        fprintf(file, " [%zu bytes]", cmd_len - shown);
    fputs("\n< ", file);
    size_t data_len = resp_len - SW_LEN;
    if (plain)
        hex(file, resp, data_len);
    else if (data_len > 0)
        fprintf(file, "[%zu bytes] ", data_len);
    hex(file, resp + data_len, SW_LEN);
    fputc('\n', file);
    fflush(file);
}
