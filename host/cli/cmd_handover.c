/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <unistd.h>

/* A desk without a station can hand over too: then no registry is told. */
static enum sdc_status open_station(struct sdc_station **station, struct sdc_error *e)
{
    char path[4096];
    *station = NULL;
    if ((size_t)snprintf(path, sizeof path, "%s/station.conf", sdc_home()) >= sizeof path || access(path, F_OK) != 0)
        return SDC_OK;
    return sdc_station_open(sdc_home(), station, e);
}

static const char *source(const struct cli *cli, enum cli_option option)
{
    return cli->value[option] ? cli->value[option] : "ask";
}

/* The holder's PIN: typed twice where a person types it. */
static enum sdc_status read_new_pin(const struct cli *cli, struct cli_secret *pin, struct sdc_error *e)
{
    int fd;
    struct cli_secret again = { .len = 0 };
    enum sdc_status status = cli_secret_read(source(cli, OPT_PIN), "New PIN, 6 to 8 digits", pin, e);
    if (status != SDC_OK || (cli_secret_source(source(cli, OPT_PIN), &fd) && fd >= 0))
        return status;
    status = cli_secret_read("ask", "New PIN once more", &again, e);
    if (status == SDC_OK && (again.len != pin->len || !sdc_equal(again.text, pin->text, pin->len)))
        status = sdc_fail(e, SDC_E_PIN_FORMAT, "the two entries differ; nothing was sent to the card");
    cli_secret_wipe(&again);
    return status;
}

static enum sdc_status hand_over(struct cli *cli, struct sdc_station *station, const struct cli_secret *transport,
                                 const struct cli_secret *pin, struct sdc_error *e)
{
    struct sdc_link *link = NULL;
    enum sdc_status status = cli_card_open(cli, &link, e);
    if (status == SDC_OK)
        status = sdc_handover(station, link, transport->text, transport->len, pin->text, pin->len, e);
    if (status != SDC_OK)
        (void)sdc_fail_in(e, "not handed over");
    cli_card_close(cli, link);
    return status;
}

int cmd_handover(struct cli *cli)
{
    struct cli_secret transport = { .len = 0 }, pin = { .len = 0 };
    struct sdc_station *station = NULL;
    struct sdc_error e = { .tries = -1 };
    enum sdc_status status = open_station(&station, &e);
    bool registered = station != NULL;
    if (status == SDC_OK)
        status = cli_secret_read(source(cli, OPT_TRANSPORT), "Transport PIN, from the letter", &transport, &e);
    if (status == SDC_OK)
        status = read_new_pin(cli, &pin, &e);
    if (status == SDC_OK)
        status = hand_over(cli, station, &transport, &pin, &e);
    cli_secret_wipe(&transport);
    cli_secret_wipe(&pin);
    if (station)
        sdc_station_close(station);
    if (status != SDC_OK)
        return cli_fail(cli, &e);
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, json_pack("{s:b, s:b}", "handed_over", 1, "registry", registered), EXIT_ACCEPT);
    printf("Handed over: the holder's PIN is set, the transport PIN is gone.\n");
    if (!registered)
        printf("There is no station here, so no registry was told.\n");
    return EXIT_ACCEPT;
}
