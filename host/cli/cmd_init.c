/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <stdlib.h>

static void show_step(void *ctx, const char *line)
{
    (void)ctx;
    cli_progress(0, 0, line);
}

int cmd_init(struct cli *cli)
{
    struct sdc_error e = { .tries = -1 };
    const char *home = sdc_home();
    const char *delivery = getenv("SDC_DELIVERY");
    const struct sdc_init init = { .delivery = delivery && *delivery ? delivery : NULL,
                                   .progress = show_step,
                                   .cancel = &cli_stop };
    cli_catch_signals();
    if (sdc_station_init(home, &init, &e) != SDC_OK)
        return cli_fail(cli, &e);
    cli_progress_end();
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, json_pack("{s:o}", "home", cli_json_text(home)), EXIT_ACCEPT);
    printf("A new station is ready in ");
    cli_print_text(stdout, home);
    printf("\n  settings          station.conf\n  trust anchors     trust/ (copy them to each reader)\n");
    printf(init.delivery ? "  blank cards       those of $SDC_DELIVERY are in stock (sdc stock list)\n"
                         : "  blank cards       sdc stock receive FOLDER\n");
    printf("  issue a card      sdc issue FILE --record 1\n");
    return EXIT_ACCEPT;
}
