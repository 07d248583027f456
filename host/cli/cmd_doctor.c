/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <stdarg.h>

enum { READERS_MAX = 16, FINDINGS_MAX = 64 };

struct examination {
    struct sdc_finding findings[FINDINGS_MAX];
    size_t count;
};

static void SDC_PRINTF(4, 5) add(struct examination *x, int level, const char *name, const char *format, ...)
{
    if (x->count == FINDINGS_MAX)
        return;
    struct sdc_finding *f = &x->findings[x->count++];
    *f = (struct sdc_finding) { .level = SDC_FINDING_GOOD };
    if (level == SDC_FINDING_WARN)
        f->level = SDC_FINDING_WARN;
    if (level == SDC_FINDING_BAD)
        f->level = SDC_FINDING_BAD;
    snprintf(f->name, sizeof f->name, "%s", name);
    va_list args;
    va_start(args, format);
    vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
}

/* Which card: by SELECT and the GUID, no more. */
static enum sdc_status ask_card(struct sdc_link *link, uint8_t guid[static SDC_GUID_LEN], bool *blank,
                                struct sdc_error *e)
{
    enum sdc_status status = sdc_link_begin_anew(link, e);
    if (status != SDC_OK)
        return status;
    status = sdc_piv_select(link, e);
    if (status == SDC_OK) {
        status = sdc_piv_get_guid(link, guid, e);
        *blank = status == SDC_E_NOT_FOUND;
        if (*blank)
            status = SDC_OK;
    }
    sdc_link_end(link);
    return status;
}

static void examine_card(struct cli *cli, struct examination *x, const struct sdc_reader *reader, const char *name)
{
    struct sdc_error e = { .tries = -1 };
    struct sdc_link *link = NULL;
    uint8_t guid[SDC_GUID_LEN] = { 0 };
    char text[37];
    bool blank = false;
    cli->value[OPT_READER] = reader->name;
    enum sdc_status status = cli_card_open(cli, &link, &e);
    if (status == SDC_OK)
        status = ask_card(link, guid, &blank, &e);
    cli_card_close(cli, link);
    cli_guid_text(guid, text);
    if (status == SDC_E_NOT_FOUND)
        add(x, SDC_FINDING_WARN, name, "%s: a card that is no PIV card", reader->name);
    else if (status != SDC_OK)
        add(x, SDC_FINDING_WARN, name, "%s", e.text);
    else if (blank)
        add(x, SDC_FINDING_GOOD, name, "%s: a blank card", reader->name);
    else
        add(x, SDC_FINDING_GOOD, name, "%s: card %s", reader->name, text);
}

static void examine_readers(struct cli *cli, struct examination *x)
{
    struct sdc_reader readers[READERS_MAX];
    struct sdc_error e = { .tries = -1 };
    size_t count = 0;
    if (sdc_reader_list(readers, READERS_MAX, &count, &e) != SDC_OK) {
        add(x, SDC_FINDING_BAD, "service", "%s: start it (systemctl start pcscd.socket)", e.text);
        return;
    }
    add(x, SDC_FINDING_GOOD, "service", "the smart card service (pcscd) answers");
    if (count == 0)
        add(x, SDC_FINDING_BAD, "readers", "no card reader is connected");
    for (size_t i = 0; i < count && i < READERS_MAX; i++) {
        char name[32];
        snprintf(name, sizeof name, "reader %zu", i);
        if (readers[i].card)
            examine_card(cli, x, &readers[i], name);
        else
            add(x, SDC_FINDING_GOOD, name, "%s: empty", readers[i].name);
    }
}

static void examine_data(struct examination *x)
{
    struct sdc_codes *codes = NULL;
    struct sdc_error e = { .tries = -1 };
    const char *folder = sdc_data_dir();
    if (!folder)
        add(x, SDC_FINDING_BAD, "code tables", "they are missing: set SDC_DATA to their folder");
    else if (sdc_codes_load(folder, &codes, &e) != SDC_OK)
        add(x, SDC_FINDING_BAD, "code tables", "%s", e.text);
    else
        add(x, SDC_FINDING_GOOD, "code tables", "%s", folder);
    sdc_codes_free(codes);
}

static const char *const level_words[] = {
    [SDC_FINDING_GOOD] = "good",
    [SDC_FINDING_WARN] = "warning",
    [SDC_FINDING_BAD] = "BAD",
};

static json_t *findings_json(const struct examination *x, bool bad)
{
    static const char *const levels[] = {
        [SDC_FINDING_GOOD] = "good", [SDC_FINDING_WARN] = "warning", [SDC_FINDING_BAD] = "bad"
    };
    json_t *findings = json_array();
    for (size_t i = 0; i < x->count; i++)
        json_array_append_new(findings, json_pack("{s:s, s:o, s:o}", "level", levels[x->findings[i].level], "name",
                                                  cli_json_text(x->findings[i].name), "text",
                                                  cli_json_text(x->findings[i].text)));
    return json_pack("{s:b, s:o}", "good", !bad, "findings", findings);
}

int cmd_doctor(struct cli *cli)
{
    static struct examination x;
    x.count = 0;
    examine_readers(cli, &x);
    examine_data(&x);
    x.count += sdc_station_examine(sdc_home(), x.findings + x.count, FINDINGS_MAX - x.count);
    bool bad = false;
    for (size_t i = 0; i < x.count; i++)
        bad = bad || x.findings[i].level == SDC_FINDING_BAD;
    int code = bad ? EXIT_SERVICE : EXIT_ACCEPT;
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, findings_json(&x, bad), code);
    for (size_t i = 0; i < x.count; i++) {
        printf("%-8s %-14s ", level_words[x.findings[i].level], x.findings[i].name);
        cli_print_text(stdout, x.findings[i].text);
        putchar('\n');
    }
    printf(bad ? "\nSomething is bad: see above.\n" : "\nNothing is bad.\n");
    return code;
}
