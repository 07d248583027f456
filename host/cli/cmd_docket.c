/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <string.h>

/* ---- the password ---- */

/* Exactly one of --can, --mrz and --pin. */
enum sdc_status cli_access_read(const struct cli *cli, struct cli_access *secret, struct sdc_error *e)
{
    static const struct {
        enum cli_option option;
        enum sdc_password_kind kind;
        const char *prompt;
    } kinds[] = {
        { OPT_CAN, SDC_PASSWORD_CAN, "Card access number, 6 digits on the card's face" },
        { OPT_MRZ, SDC_PASSWORD_MRZ, "Document number, date of birth, date of expiry (YYMMDD), with spaces between" },
        { OPT_PIN, SDC_PASSWORD_PIN, "PIN" },
    };
    size_t chosen = sizeof kinds / sizeof *kinds;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (cli->value[kinds[i].option]) {
            if (chosen < sizeof kinds / sizeof *kinds)
                return sdc_fail(e, SDC_E_USAGE, "--can, --mrz and --pin: one of them");
            chosen = i;
        }
    if (chosen == sizeof kinds / sizeof *kinds)
        return sdc_fail(e, SDC_E_USAGE, "say with --can, --mrz or --pin what opens the card");
    enum sdc_status status = cli_secret_read(cli->value[kinds[chosen].option], kinds[chosen].prompt, &secret->typed, e);
    if (status != SDC_OK)
        return status;
    secret->password = (struct sdc_password) { kinds[chosen].kind, secret->typed.text, secret->typed.len };
    if (kinds[chosen].kind != SDC_PASSWORD_MRZ)
        return SDC_OK;
    if (!sdc_mrz_information(secret->typed.text, secret->mrz))
        return sdc_fail(e, SDC_E_PIN_FORMAT, "not an MRZ's number and dates, or a check digit is wrong");
    secret->password.text = secret->mrz;
    secret->password.len = SDC_MRZ_INFORMATION;
    return SDC_OK;
}

/* ---- reading ---- */

enum sdc_status cli_desk_open(struct cli *cli, const struct sdc_password *password, struct cli_desk *desk,
                              struct sdc_error *e)
{
    char folder[4096];
    enum sdc_status status = SDC_OK;
    *desk = (struct cli_desk) { .request = { .password = password, .today = sdc_date_today() } };
    snprintf(folder, sizeof folder, "%.4000s/trust", sdc_home());
    if (cli->value[OPT_TERMINAL]) {
        status = sdc_station_open(sdc_home(), &desk->station, e);
        if (status == SDC_OK)
            status = sdc_terminal_open(desk->station, cli->value[OPT_TERMINAL], &desk->use, e);
    }
    if (status == SDC_OK)
        status = sdc_trust_load(cli->value[OPT_TRUST] ? cli->value[OPT_TRUST] : folder, &desk->trust, e);
    if (status == SDC_OK)
        status = cli_card_open(cli, &desk->link, e);
    desk->request.trust = desk->trust;
    if (desk->use) {
        desk->request.terminal = sdc_terminal_of(desk->use);
        desk->request.rights = sdc_terminal_rights(desk->use);
    }
    return status;
}

void cli_desk_close(struct cli *cli, struct cli_desk *desk)
{
    if (desk->link)
        cli_card_close(cli, desk->link);
    sdc_trust_free(desk->trust);
    sdc_terminal_close(desk->use);
    sdc_station_close(desk->station);
}

static enum sdc_status read_card(struct cli *cli, const struct sdc_password *password, struct sdc_docket_view *view,
                                 struct sdc_error *e)
{
    struct cli_desk desk;
    enum sdc_status status = cli_desk_open(cli, password, &desk, e);
    desk.request.travel = cli->value[OPT_TRAVEL] != NULL;
    if (status == SDC_OK)
        status = sdc_docket_read(desk.link, &desk.request, view, e);
    cli_desk_close(cli, &desk);
    return status;
}

/* ---- printing ---- */

static void print_statement(const struct sdc_docket_group *group, const struct sdc_statement *s)
{
    struct sdc_field_walk walk = sdc_statement_walk(s);
    const struct sdc_docket_field *field;
    char text[SDC_FIELD_MAX + 1];
    unsigned entry = 0;
    printf("%s (DG%u, version %u, signed %s%s)\n", group->name, group->dg, (unsigned)s->version, s->signed_at,
           s->stale ? ", NOT CURRENT any more: ask the issuer" : "");
    while (sdc_statement_next(s, &walk, &field, text)) {
        printf("  %c %-20s", walk.entry != entry ? '-' : ' ', field->name);
        entry = walk.entry;
        cli_print_text(stdout, text);
        putchar('\n');
    }
    sdc_wipe(text, sizeof text);
}

static void print_view(const struct sdc_docket_view *view)
{
    char guid[37];
    cli_guid_text(view->guid, guid);
    printf("card %s: genuine chip, every signature below is checked\n", guid);
    if (view->has_travel) {
        printf("travel document\n    name                ");
        cli_print_text(stdout, view->name);
        for (size_t i = 0; i < 3; i++)
            printf("\n    MRZ                 %.30s", view->mrz + 30 * i);
        printf("\n    portrait            %zu bytes\n", view->portrait.len);
    }
    for (size_t i = 0; i < SDC_DOCKET_GROUPS; i++)
        if (view->has_statement[i])
            print_statement(&sdc_docket_groups[i], &view->statement[i]);
}

static json_t *statement_json(const struct sdc_statement *s)
{
    struct sdc_field_walk walk = sdc_statement_walk(s);
    const struct sdc_docket_field *field;
    char text[SDC_FIELD_MAX + 1];
    unsigned entry = 0;
    json_t *fields = json_object(), *entries = json_array(), *at = fields;
    while (sdc_statement_next(s, &walk, &field, text)) {
        if (walk.entry != entry) {
            at = json_object();
            json_array_append_new(entries, at);
            entry = walk.entry;
        }
        json_object_set_new(at, field->name, cli_json_text(text));
    }
    sdc_wipe(text, sizeof text);
    return json_pack("{s:i, s:I, s:s, s:s, s:b, s:o, s:o}", "dg", s->dg, "version", (json_int_t)s->version, "signed_at",
                     s->signed_at, "not_after", s->not_after, "stale", s->stale, "fields", fields, "entries", entries);
}

static json_t *view_json(const struct sdc_docket_view *view)
{
    char guid[37];
    json_t *docket = json_object();
    cli_guid_text(view->guid, guid);
    for (size_t i = 0; i < SDC_DOCKET_GROUPS; i++)
        if (view->has_statement[i])
            json_object_set_new(docket, sdc_docket_groups[i].name, statement_json(&view->statement[i]));
    json_t *root = json_pack("{s:s, s:b, s:o}", "guid", guid, "chip", view->chip, "docket", docket);
    if (view->has_travel)
        json_object_set_new(root, "travel",
                            json_pack("{s:o, s:o, s:I}", "name", cli_json_text(view->name), "mrz",
                                      cli_json_text(view->mrz), "portrait", (json_int_t)view->portrait.len));
    return root;
}

int cmd_docket_read(struct cli *cli)
{
    struct sdc_error e = { .tries = -1 };
    struct cli_access secret = { .typed = { .len = 0 } };
    struct sdc_docket_view view = { .chip = false };
    int code = EXIT_ACCEPT;
    cli_catch_signals();
    enum sdc_status status = cli_access_read(cli, &secret, &e);
    if (status == SDC_OK)
        status = read_card(cli, &secret.password, &view, &e);
    cli_secret_wipe(&secret.typed);
    sdc_wipe(&secret, sizeof secret);
    if (status != SDC_OK)
        code = cli_fail(cli, &e);
    else if (cli->value[OPT_JSON])
        code = cli_print_json(cli, view_json(&view), EXIT_ACCEPT);
    else
        print_view(&view);
    sdc_docket_view_free(&view);
    return code;
}
