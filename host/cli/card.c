/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

enum sdc_status cli_card_open(struct cli *cli, struct sdc_link **link, struct sdc_error *e)
{
    cli_catch_signals();
    enum sdc_status status = sdc_link_open_pcsc(cli->value[OPT_READER], link, e);
    if (status == SDC_OK)
        (*link)->cancel = &cli_stop;
    return status;
}

void cli_card_close(struct cli *cli, struct sdc_link *link)
{
    if (!link)
        return;
    if (cli_stop) { /* whoever comes next must not find a verified PIN */
        struct sdc_error e;
        link->cancel = NULL;
        if (sdc_link_reset(link, &e) != SDC_OK)
            fprintf(stderr, "sdc: take the card out: it could not be reset\n");
    }
    cli->stats.apdus += link->stats.apdus;
    cli->stats.bytes_out += link->stats.bytes_out;
    cli->stats.bytes_in += link->stats.bytes_in;
    cli->stats.micros += link->stats.micros;
    cli->stats.etus += link->stats.etus;
    sdc_link_close(link);
}
