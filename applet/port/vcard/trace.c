/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace.h"

#include <stdbool.h>

#include "trace_words.h"

#define HEADER_LEN 4
#define SW_LEN     2

/* Wrapped commands are ciphertext or MAC: nothing to see. */
static unsigned shown_of(const uint8_t *cmd, size_t len)
{
    const struct trace_command *known = len < HEADER_LEN || (cmd[0] & 0x0C) != 0 ? NULL : trace_command(cmd[1]);
    return known == NULL ? 0 : known->shown;
}

static void hex(FILE *file, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        fprintf(file, "%02X", data[i]);
}

static void start_line(const struct trace *trace, char kind)
{
    if (trace->card != 0)
        fprintf(trace->file, "%u ", trace->card);
    fprintf(trace->file, "%c ", kind);
}

static void command_words(FILE *file, const uint8_t *cmd, size_t len)
{
    const struct trace_command *known = len < HEADER_LEN ? NULL : trace_command(cmd[1]);
    if (len < HEADER_LEN)
        fputs("  # too short", file);
    else
        fprintf(file, "  # %s", known == NULL ? "unknown" : known->name);
    if (known != NULL && known->reference != NULL)
        fprintf(file, " %s", known->reference(cmd));
    if (len >= HEADER_LEN && (cmd[0] & 0x10) != 0)
        fputs(", in a chain", file);
    if (len >= HEADER_LEN && (cmd[0] & 0x0C) != 0)
        fputs(", secure messaging", file);
    fputc('\n', file);
}

void trace_event(const struct trace *trace, const char *event)
{
    if (trace->file == NULL)
        return;
    flockfile(trace->file);
    start_line(trace, '#');
    fprintf(trace->file, "%s\n", event);
    fflush(trace->file);
    funlockfile(trace->file);
}

void trace_apdu(const struct trace *trace, const uint8_t *cmd, size_t cmd_len, const uint8_t *resp, size_t resp_len)
{
    FILE *file = trace->file;
    if (file == NULL)
        return;
    unsigned shown = shown_of(cmd, cmd_len);
    size_t cmd_shown = (shown & TRACE_COMMAND) != 0 || cmd_len < HEADER_LEN ? cmd_len : HEADER_LEN;
    size_t data_len = resp_len - SW_LEN;
    flockfile(file);
    start_line(trace, '>');
    hex(file, cmd, cmd_shown);
    if (cmd_shown < cmd_len)
        fprintf(file, " [%zu bytes]", cmd_len - cmd_shown);
    command_words(file, cmd, cmd_len);
    start_line(trace, '<');
    if ((shown & TRACE_ANSWER) != 0)
        hex(file, resp, data_len);
    else if (data_len > 0)
        fprintf(file, "[%zu bytes] ", data_len);
    hex(file, resp + data_len, SW_LEN);
    fprintf(file, "  # %s\n", trace_status((unsigned)resp[data_len] << 8 | resp[data_len + 1]));
    fflush(file);
    funlockfile(file);
}
