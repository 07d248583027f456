/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <string.h>

#include "sdc/pki.h"

static json_t *key_json(const struct sdc_pki_key *key)
{
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
    return json;
}

static bool is_over(const struct sdc_pki_key *key, const struct sdc_date *today)
{
    return key->file[0] != '\0' && sdc_date_compare(&key->sign_until, today) < 0;
}

static void print_key(const struct sdc_pki_key *key, bool over)
{
    char from[CLI_DATE_LEN], sign_until[CLI_DATE_LEN], until[CLI_DATE_LEN];
    if (key->file[0] == '\0') {
        printf("%s: %s %u; its certificates are made with those of terminals\n", key->name, key->what, key->generation);
        return;
    }
    cli_date(&key->from, from);
    cli_date(&key->sign_until, sign_until);
    cli_date(&key->until, until);
    printf("%s: %s %u, from %s, %s %s, valid until %s: %s\n", key->name, key->what, key->generation, from,
           over ? "its time to sign is OVER since" : "signs until", sign_until, until, key->file);
}

int cmd_pki_status(struct cli *cli)
{
    struct sdc_pki_key keys[SDC_PKI_KEYS];
    struct sdc_error e = { .tries = -1 };
    struct sdc_station *station = NULL;
    const struct sdc_date today = sdc_date_today();
    int code = EXIT_ACCEPT;
    enum sdc_status status = sdc_station_open(sdc_home(), &station, &e);
    if (status == SDC_OK)
        status = sdc_pki_list(station, keys, &e);
    sdc_station_close(station);
    if (status != SDC_OK)
        return cli_fail(cli, &e);
    json_t *list = json_array();
    for (size_t i = 0; i < SDC_PKI_KEYS; i++) {
        const bool over = is_over(&keys[i], &today);
        if (over)
            code = EXIT_REFER;
        if (cli->value[OPT_JSON])
            json_array_append_new(list, key_json(&keys[i]));
        else
            print_key(&keys[i], over);
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
        print_key(&keys[i], false);
    }
    return EXIT_ACCEPT;
}
