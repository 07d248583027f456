/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

static void show_step(void *ctx, const char *line)
{
    (void)ctx;
    cli_progress(0, 0, line);
}

int cmd_init(struct cli *cli)
{
    struct sdc_error e = { .tries = -1 };
    const char *home = sdc_home();
    if (sdc_station_init(home, show_step, NULL, &e) != SDC_OK)
        return cli_fail(cli, &e);
    cli_progress_end();
    if (cli->value[OPT_JSON])
        return cli_print_json(cli, json_pack("{s:o}", "home", cli_json_text(home)), EXIT_ACCEPT);
    printf("A new station is ready in ");
    cli_print_text(stdout, home);
    printf("\n  settings          station.conf\n  trust anchors     trust/ (copy them to each reader)\n"
           "  issue a card      sdc issue FILE --record 1\n");
    return EXIT_ACCEPT;
}
