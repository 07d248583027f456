/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <limits.h>

/* The names that a delivery's files have. */
enum { MANIFEST, MAKER, TRANSPORT_KEY, FILES };
static const char *const names[FILES] = { "manifest.p7", "maker.pem", "transport.key" };

static enum sdc_status receive(const char *folder, size_t *chips, struct sdc_error *e)
{
    char path[FILES][PATH_MAX];
    struct sdc_station *station = NULL;
    for (size_t i = 0; i < FILES; i++) {
        int n = snprintf(path[i], sizeof path[i], "%s/%s", folder, names[i]);
        if (n < 0 || (size_t)n >= sizeof path[i])
            return sdc_fail(e, SDC_E_INPUT, "the folder's name is too long");
    }
    enum sdc_status status = sdc_station_open(sdc_home(), &station, e);
    if (status == SDC_OK)
        status = sdc_stock_receive(station, path[MANIFEST], path[MAKER], path[TRANSPORT_KEY], chips, e);
    sdc_station_close(station);
    return status;
}

int cmd_stock_receive(struct cli *cli)
{
    struct sdc_error e = { .tries = -1 };
    size_t chips = 0;
    if (receive(cli->operand, &chips, &e) != SDC_OK)
        return cli_fail(cli, &e);
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, json_pack("{s:I}", "chips", (json_int_t)chips), EXIT_ACCEPT);
    printf("%zu blank cards are in stock from this delivery\n", chips);
    return EXIT_ACCEPT;
}
