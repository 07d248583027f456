/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <string.h>

enum { FILE_MAX = 4096, TERMINALS_MAX = 256 };

static enum sdc_status open_station(struct sdc_station **station, struct sdc_error *e)
{
    return sdc_station_open(sdc_home(), station, e);
}

/* ---- request ---- */

static void file_of(const char *name, const char *kind, char path[static 4096])
{
    snprintf(path, 4096, "%.3900s/terminals/%.16s.%.16s", sdc_home(), name, kind);
}

int cmd_terminal_request(struct cli *cli)
{
    char path[4096];
    struct sdc_error e = { .tries = -1 };
    struct sdc_buf request = SDC_BUF_INIT;
    struct sdc_station *station = NULL;
    enum sdc_status status = open_station(&station, &e);
    if (status == SDC_OK)
        status = sdc_terminal_request(station, cli->operand, &request, &e);
    sdc_station_close(station);
    sdc_buf_free(&request);
    if (status != SDC_OK)
        return cli_fail(cli, &e);
    file_of(cli->operand, "request", path);
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, json_pack("{s:s, s:s}", "name", cli->operand, "request", path), EXIT_ACCEPT);
    printf("The key is in the token. Take this file to the issuer: %s\n", path);
    return EXIT_ACCEPT;
}

/* ---- install ---- */

int cmd_terminal_install(struct cli *cli)
{
    char name[SDC_TERMINAL_NAME_MAX + 1] = "";
    struct sdc_error e = { .tries = -1 };
    struct sdc_buf chain = SDC_BUF_INIT;
    struct sdc_station *station = NULL;
    enum sdc_status status = open_station(&station, &e);
    if (status == SDC_OK)
        status = sdc_file_read(cli->operand, FILE_MAX, &chain, &e);
    if (status == SDC_OK)
        status = sdc_terminal_install(station, sdc_buf_rd(&chain), name, &e);
    sdc_station_close(station);
    sdc_buf_free(&chain);
    if (status != SDC_OK)
        return cli_fail(cli, &e);
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, json_pack("{s:s}", "name", name), EXIT_ACCEPT);
    printf("Terminal %s has its certificates.\n", name);
    return EXIT_ACCEPT;
}

/* ---- renew ---- */

/* The profile that was asked for, or the one whose rights the terminal has. */
static enum sdc_status find_profile(const struct cli *cli, struct sdc_station *station, const char *name,
                                    const struct sdc_terminal_profile **profile, struct sdc_error *e)
{
    struct sdc_terminal_info infos[TERMINALS_MAX];
    size_t count = 0;
    const char *wanted = cli->value[OPT_PROFILE];
    *profile = wanted ? sdc_terminal_profile(wanted) : NULL;
    if (wanted)
        return *profile ? SDC_OK
                        : sdc_fail(e, SDC_E_USAGE, "there is no such kind of terminal: see sdc help terminal renew");
    enum sdc_status status = sdc_terminal_list(station, infos, TERMINALS_MAX, &count, e);
    for (size_t i = 0; i < count && i < TERMINALS_MAX && status == SDC_OK; i++)
        for (size_t k = 0; k < sdc_terminal_profiles_len; k++)
            if (infos[i].installed && strcmp(infos[i].name, name) == 0 &&
                infos[i].rights == sdc_terminal_profiles[k].rights)
                *profile = &sdc_terminal_profiles[k];
    if (status == SDC_OK && !*profile)
        status = sdc_fail(e, SDC_E_USAGE, "say with --profile what the terminal is for");
    return status;
}

/* A terminal of this station by its name, or a request file from elsewhere, beside which the chain is written. */
static enum sdc_status renew(struct cli *cli, struct sdc_station *station, char *name, char chain_path[static 4096],
                             struct sdc_error *e)
{
    const bool own = strpbrk(cli->operand, "./") == NULL;
    const struct sdc_terminal_profile *profile = NULL;
    char path[4096];
    struct sdc_buf request = SDC_BUF_INIT, chain = SDC_BUF_INIT;
    if (own)
        file_of(cli->operand, "request", path);
    else
        snprintf(path, sizeof path, "%.4000s", cli->operand);
    snprintf(chain_path, 4096, "%.4000s.chain", cli->operand);
    enum sdc_status status = find_profile(cli, station, cli->operand, &profile, e);
    if (status == SDC_OK)
        status = sdc_file_read(path, FILE_MAX, &request, e);
    if (status == SDC_OK)
        status = sdc_terminal_grant(station, sdc_buf_rd(&request), profile, &chain, name, e);
    if (status == SDC_OK && own) {
        file_of(cli->operand, "chain", chain_path);
        status = sdc_terminal_install(station, sdc_buf_rd(&chain), name, e);
    } else if (status == SDC_OK) {
        status = sdc_file_write(chain_path, chain.data, chain.len, 0644, e);
    }
    sdc_buf_free(&request);
    sdc_buf_free(&chain);
    return status;
}

int cmd_terminal_renew(struct cli *cli)
{
    char name[SDC_TERMINAL_NAME_MAX + 1] = "", path[4096] = "";
    struct sdc_error e = { .tries = -1 };
    struct sdc_station *station = NULL;
    enum sdc_status status = open_station(&station, &e);
    if (status == SDC_OK)
        status = renew(cli, station, name, path, &e);
    sdc_station_close(station);
    if (status != SDC_OK)
        return cli_fail(cli, &e);
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, json_pack("{s:s, s:s}", "name", name, "chain", path), EXIT_ACCEPT);
    printf("Terminal %s: new certificates in %s\n", name, path);
    return EXIT_ACCEPT;
}

/* ---- status ---- */

static const char *profile_name(uint64_t rights)
{
    for (size_t i = 0; i < sdc_terminal_profiles_len; i++)
        if (sdc_terminal_profiles[i].rights == rights)
            return sdc_terminal_profiles[i].name;
    return "other rights";
}

static json_t *info_json(const struct sdc_terminal_info *info, const struct sdc_date *today)
{
    char rights[16], until[CLI_DATE_LEN];
    snprintf(rights, sizeof rights, "%010llX", (unsigned long long)info->rights);
    cli_date(&info->expiry, until);
    if (!info->installed)
        return json_pack("{s:s, s:b}", "name", info->name, "installed", 0);
    return json_pack("{s:s, s:b, s:s, s:s, s:s, s:i, s:b}", "name", info->name, "installed", 1, "profile",
                     profile_name(info->rights), "rights", rights, "until", until, "days",
                     sdc_date_days(today, &info->expiry), "renew", sdc_terminal_ends_soon(info, today));
}

static void print_info(const struct sdc_terminal_info *info, const struct sdc_date *today)
{
    char until[CLI_DATE_LEN], renew[64] = "";
    const int days = sdc_date_days(today, &info->expiry);
    cli_date(&info->expiry, until);
    if (sdc_terminal_ends_soon(info, today))
        snprintf(renew, sizeof renew, ": sdc terminal renew %.9s", info->name);
    if (!info->installed)
        printf("%s: asked, and has no certificates yet\n", info->name);
    else if (days < 0)
        printf("%s: %s, OVER since %s%s\n", info->name, profile_name(info->rights), until, renew);
    else
        printf("%s: %s, until %s, %d %s left%s\n", info->name, profile_name(info->rights), until, days,
               days == 1 ? "day" : "days", renew);
}

int cmd_terminal_status(struct cli *cli)
{
    struct sdc_terminal_info infos[TERMINALS_MAX];
    struct sdc_error e = { .tries = -1 };
    struct sdc_station *station = NULL;
    const struct sdc_date today = sdc_date_today();
    size_t count = 0;
    int code = EXIT_ACCEPT;
    enum sdc_status status = open_station(&station, &e);
    if (status == SDC_OK)
        status = sdc_terminal_list(station, infos, TERMINALS_MAX, &count, &e);
    sdc_station_close(station);
    if (status != SDC_OK)
        return cli_fail(cli, &e);
    json_t *list = json_array();
    for (size_t i = 0; i < count && i < TERMINALS_MAX; i++) {
        if (infos[i].installed && sdc_date_compare(&infos[i].expiry, &today) < 0)
            code = EXIT_REFER;
        if (cli->value[OPT_JSON])
            json_array_append_new(list, info_json(&infos[i], &today));
        else
            print_info(&infos[i], &today);
    }
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, json_pack("{s:o}", "terminals", list), code);
    json_decref(list);
    if (count == 0)
        printf("There are no terminals here.\n");
    return code;
}

/* ---- trust ---- */

int cmd_trust_add(struct cli *cli)
{
    char what[64] = "";
    struct sdc_error e = { .tries = -1 };
    if (sdc_trust_add(sdc_home(), cli->operand, cli->value[OPT_FINGERPRINT], what, &e) != SDC_OK)
        return cli_fail(cli, &e);
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, json_pack("{s:s}", "added", what), EXIT_ACCEPT);
    printf("This station trusts the %s from now on.\n", what);
    return EXIT_ACCEPT;
}
