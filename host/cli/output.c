/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

static double milliseconds(const struct sdc_stats *stats)
{
    return (double)stats->micros / 1000;
}

/* F/D of the speeds that a contact card may have, by its ATR's TA1 */
static const struct {
    const char *ta1;
    unsigned f_by_d;
} speeds[] = { { "96", 16 }, { "95", 32 }, { "11", 372 } };
#define SPEEDS (sizeof speeds / sizeof *speeds)

static json_t *stats_json(const struct sdc_stats *stats)
{
    json_t *line = json_object();
    for (size_t i = 0; i < SPEEDS; i++)
        json_object_set_new(line, speeds[i].ta1, json_integer((json_int_t)sdc_stats_line_ms(stats, speeds[i].f_by_d)));
    return json_pack("{s:I, s:I, s:I, s:f, s:o}", "apdus", (json_int_t)stats->apdus, "bytes_out",
                     (json_int_t)stats->bytes_out, "bytes_in", (json_int_t)stats->bytes_in, "milliseconds",
                     milliseconds(stats), "line_milliseconds", line);
}

void cli_print_stats(const struct cli *cli)
{
    const struct sdc_stats *stats = &cli->stats;
    fflush(stdout); /* the result comes first also where both go into one file */
    fprintf(stderr, "stats: %llu APDUs, %llu bytes out, %llu bytes in, %.1f ms\n", (unsigned long long)stats->apdus,
            (unsigned long long)stats->bytes_out, (unsigned long long)stats->bytes_in, milliseconds(stats));
    fputs("stats: line and reader of a contact card:", stderr);
    for (size_t i = 0; i < SPEEDS; i++)
        fprintf(stderr, "%s %llu ms at TA1 %s", i ? "," : "",
                (unsigned long long)sdc_stats_line_ms(stats, speeds[i].f_by_d), speeds[i].ta1);
    fputc('\n', stderr);
}

int cli_print_json(struct cli *cli, json_t *root, int code)
{
    if (root && cli->value[OPT_STATS])
        json_object_set_new(root, "stats", stats_json(&cli->stats));
    if (!root) {
        fprintf(stderr, "sdc: the result can't be written as JSON: out of memory\n");
        return EXIT_BUG;
    }
    int failed = json_dumpf(root, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
    json_decref(root);
    if (failed != 0 || fputc('\n', stdout) == EOF || fflush(stdout) != 0)
        return EXIT_IO;
    return code;
}

json_t *cli_json_text(const char *text)
{
    json_t *json = json_string(text);
    if (json)
        return json;
    char ascii[512];
    snprintf(ascii, sizeof ascii, "%s", text);
    for (char *c = ascii; *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    return json_string(ascii);
}

/* C0, DEL, and C1 (in UTF-8: C2 80 to C2 9F) steer terminals. */
void cli_print_text(FILE *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        bool c1 = (unsigned char)c[0] == 0xC2 && ((unsigned char)c[1] & 0xE0) == 0x80;
        if (c1)
            c++;
        fputc(c1 || (unsigned char)*c < 0x20 || *c == 0x7F ? '?' : *c, out);
    }
}

void cli_guid_text(const uint8_t guid[static SDC_GUID_LEN], char out[static 37])
{
    char hex[2 * SDC_GUID_LEN + 1];
    sdc_hex(guid, SDC_GUID_LEN, hex);
    for (char *c = hex; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

/* ---- progress ---- */

static bool line_open; /* a terminal's line is being updated in place */

void cli_progress(unsigned step, unsigned steps, const char *name)
{
    bool terminal = isatty(STDERR_FILENO);
    fputs(terminal ? "\r\033[K" : "", stderr);
    if (steps > 0)
        fprintf(stderr, "[%u/%u] ", step, steps);
    fprintf(stderr, "%s%s", name, terminal ? "" : "\n");
    fflush(stderr);
    line_open = terminal;
}

void cli_progress_end(void)
{
    if (line_open)
        fputs("\r\033[K", stderr);
    line_open = false;
}

void cli_date(const struct sdc_date *date, char text[static CLI_DATE_LEN])
{
    snprintf(text, CLI_DATE_LEN, "%04d-%02d-%02d", date->year, date->month, date->day);
}
