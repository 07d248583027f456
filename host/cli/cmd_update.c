/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

enum { GROUP_FILE_MAX = 4096 };

/* ---- at a terminal ---- */

static enum sdc_status carry(struct cli *cli, const struct sdc_password *password, struct sdc_rd file, unsigned *dg,
                             struct sdc_error *e)
{
    struct cli_desk desk;
    enum sdc_status status = cli_desk_open(cli, password, &desk, e);
    if (status == SDC_OK)
        status = sdc_docket_write(desk.link, &desk.request, file, dg, e);
    cli_desk_close(cli, &desk);
    return status;
}

static int by_terminal(struct cli *cli)
{
    struct sdc_error e = { .tries = -1 };
    struct cli_access access = { .typed = { .len = 0 } };
    struct sdc_buf file = SDC_BUF_INIT;
    unsigned dg = 0;
    enum sdc_status status = sdc_file_read(cli->operand, GROUP_FILE_MAX, &file, &e);
    if (status == SDC_OK)
        status = cli_access_read(cli, &access, &e);
    if (status == SDC_OK)
        status = carry(cli, &access.password, sdc_buf_rd(&file), &dg, &e);
    cli_secret_wipe(&access.typed);
    sdc_wipe(&access, sizeof access);
    sdc_buf_free(&file);
    if (status != SDC_OK)
        return cli_fail(cli, &e);
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, json_pack("{s:[i]}", "written", (int)dg), EXIT_ACCEPT);
    printf("DG%u of the card is the new version.\n", dg);
    return EXIT_ACCEPT;
}

/* ---- at the issuer's station ---- */

static enum sdc_status sign_and_write(struct cli *cli, const struct sdc_batch *batch, char path[static 4096],
                                      unsigned *written, struct sdc_error *e)
{
    size_t index = 0;
    struct sdc_station *station = NULL;
    struct sdc_link *link = NULL;
    enum sdc_status status = cli_record_choose(cli, batch, &index, e);
    if (status == SDC_OK)
        status = cli_record_refuse(batch, index, e);
    if (status == SDC_OK)
        status = sdc_station_open(sdc_home(), &station, e);
    if (status == SDC_OK && !cli->value[OPT_SIGN])
        status = cli_card_open(cli, &link, e);
    if (status == SDC_OK)
        status = sdc_update_sign(station, batch, index, path, e);
    if (status == SDC_OK && link)
        status = sdc_update_card(station, batch, index, link, written, e);
    if (link)
        cli_card_close(cli, link);
    sdc_station_close(station);
    return status;
}

static int by_issuer(struct cli *cli)
{
    char path[4096] = "";
    struct sdc_error e = { .tries = -1 };
    struct sdc_codes *codes = NULL;
    struct sdc_batch batch = { .records = NULL };
    unsigned written = 0;
    enum sdc_status status = cli_batch_read(cli, &codes, &batch, &e);
    if (status == SDC_OK)
        status = sign_and_write(cli, &batch, path, &written, &e);
    sdc_batch_free(&batch);
    sdc_codes_free(codes);
    if (status != SDC_OK)
        return cli_fail(cli, &e);
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, json_pack("{s:o, s:i}", "signed", cli_json_text(path), "groups", (int)written),
                              EXIT_ACCEPT);
    printf("Signed: ");
    cli_print_text(stdout, path);
    printf(".dg17, .dg19, .dg20, .dg21\n");
    if (!cli->value[OPT_SIGN])
        printf("Written to the card: %u groups\n", written);
    return EXIT_ACCEPT;
}

int cmd_update(struct cli *cli)
{
    cli_catch_signals();
    return cli->value[OPT_TERMINAL] ? by_terminal(cli) : by_issuer(cli);
}
