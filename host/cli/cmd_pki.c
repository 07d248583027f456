/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <string.h>

#include "sdc/pki.h"

enum { EXPORTED_MAX = 256 };

static json_t *key_json(const struct sdc_pki_key *key)
{
    const struct sdc_date today = sdc_date_today();
    char from[CLI_DATE_LEN], sign_until[CLI_DATE_LEN], until[CLI_DATE_LEN];
    json_t *json =
        json_pack("{s:s, s:s, s:i}", "key", key->name, "what", key->what, "generation", (int)key->generation);
    if (key->file[0] == '\0')
        return json;
    cli_date(&key->from, from);
    cli_date(&key->sign_until, sign_until);
    cli_date(&key->until, until);
    json_object_set_new(json, "file", json_string(key->file));
    json_object_set_new(json, "from", json_string(from));
    json_object_set_new(json, "signs_until", json_string(sign_until));
    json_object_set_new(json, "until", json_string(until));
    json_object_set_new(json, "days", json_integer(sdc_date_days(&today, &key->sign_until)));
    return json;
}

static bool is_over(const struct sdc_pki_key *key)
{
    const struct sdc_date today = sdc_date_today();
    return key->file[0] != '\0' && sdc_date_compare(&key->sign_until, &today) < 0;
}

static void print_key(const struct sdc_pki_key *key)
{
    char from[CLI_DATE_LEN], sign_until[CLI_DATE_LEN], until[CLI_DATE_LEN];
    const struct sdc_date today = sdc_date_today();
    const int days = sdc_date_days(&today, &key->sign_until);
    if (key->file[0] == '\0') {
        printf("%s: %s %u; its certificates are made with those of terminals\n", key->name, key->what, key->generation);
        return;
    }
    cli_date(&key->from, from);
    cli_date(&key->sign_until, sign_until);
    cli_date(&key->until, until);
    printf("%s: %s %u, from %s, ", key->name, key->what, key->generation, from);
    if (days < 0)
        printf("its time to sign is OVER since %s", sign_until);
    else
        printf("signs until %s (%d %s left)", sign_until, days, days == 1 ? "day" : "days");
    printf(", valid until %s: %s\n", until, key->file);
}

int cmd_pki_status(struct cli *cli)
{
    struct sdc_pki_key keys[SDC_PKI_KEYS];
    struct sdc_error e = { .tries = -1 };
    struct sdc_station *station = NULL;
    int code = EXIT_ACCEPT;
    enum sdc_status status = sdc_station_open(sdc_home(), &station, &e);
    if (status == SDC_OK)
        status = sdc_pki_list(station, keys, &e);
    sdc_station_close(station);
    if (status != SDC_OK)
        return cli_fail(cli, &e);
    json_t *list = json_array();
    for (size_t i = 0; i < SDC_PKI_KEYS; i++) {
        if (is_over(&keys[i]))
            code = EXIT_REFER;
        if (cli->value[OPT_JSON])
            json_array_append_new(list, key_json(&keys[i]));
        else
            print_key(&keys[i]);
    }
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, json_pack("{s:o}", "keys", list), code);
    json_decref(list);
    return code;
}

int cmd_pki_roll(struct cli *cli)
{
    struct sdc_pki_key keys[SDC_PKI_KEYS];
    struct sdc_error e = { .tries = -1 };
    struct sdc_station *station = NULL;
    enum sdc_status status = sdc_station_open(sdc_home(), &station, &e);
    if (status == SDC_OK)
        status = sdc_pki_roll(station, cli->operand, &e);
    if (status == SDC_OK)
        status = sdc_pki_list(station, keys, &e);
    sdc_station_close(station);
    if (status != SDC_OK)
        return cli_fail(cli, &e);
    for (size_t i = 0; i < SDC_PKI_KEYS; i++) {
        if (strcmp(keys[i].name, cli->operand) != 0)
            continue;
        if (cli->value[OPT_JSON])
            return cli_print_json(cli, key_json(&keys[i]), EXIT_ACCEPT);
        printf("New from now on. ");
        print_key(&keys[i]);
    }
    return EXIT_ACCEPT;
}

int cmd_pki_export(struct cli *cli)
{
    static struct sdc_pki_exported out[EXPORTED_MAX];
    struct sdc_error e = { .tries = -1 };
    size_t count = 0;
    if (sdc_pki_export(sdc_home(), cli->operand, out, EXPORTED_MAX, &count, &e) != SDC_OK)
        return cli_fail(cli, &e);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(
            list, json_pack("{s:o, s:s}", "file", cli_json_text(out[i].file), "sha256", out[i].fingerprint));
        if (!cli->value[OPT_JSON])
            printf("%s  %s\n", out[i].fingerprint, out[i].file);
    }
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, json_pack("{s:o}", "certificates", list), EXIT_ACCEPT);
    json_decref(list);
    return EXIT_ACCEPT;
}
