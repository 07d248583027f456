/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

static enum sdc_status receive(const char *folder, size_t *chips, struct sdc_error *e)
{
    struct sdc_station *station = NULL;
    enum sdc_status status = sdc_station_open(sdc_home(), &station, e);
    if (status == SDC_OK)
        status = sdc_stock_receive(station, folder, chips, e);
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

/* ---- stock list ---- */

enum { STATES = SDC_CARD_STATES + 1, BLANK = SDC_CARD_STATES };

static const char *state_name(size_t state)
{
    return state == BLANK ? "blank" : sdc_card_state_name((enum sdc_card_state)state);
}

static size_t state_of(const struct sdc_stock_chip *chip)
{
    return chip->blank ? BLANK : (size_t)chip->state;
}

static void count(const struct sdc_stock_batch *batch, size_t counts[static STATES])
{
    for (size_t i = 0; i < batch->chips_len; i++)
        counts[state_of(&batch->chips[i])]++;
}

static void print_stock(const struct sdc_stock *stock)
{
    size_t chips = 0, blank = 0;
    for (size_t i = 0; i < stock->batches_len; i++) {
        const struct sdc_stock_batch *batch = &stock->batches[i];
        size_t counts[STATES] = { 0 };
        count(batch, counts);
        printf("%s, of %s: %zu chips, %zu blank", batch->batch, batch->created, batch->chips_len, counts[BLANK]);
        for (size_t k = 0; k < BLANK; k++)
            if (counts[k] > 0)
                printf(", %zu %s", counts[k], state_name(k));
        putchar('\n');
        chips += batch->chips_len;
        blank += counts[BLANK];
    }
    if (stock->unlisted > 0)
        printf("in no delivery: %zu chips with a card\n", stock->unlisted);
    printf("in stock: %zu blank cards of %zu that were received\n", blank, chips);
}

static json_t *batch_json(const struct sdc_stock_batch *batch)
{
    size_t counts[STATES] = { 0 };
    json_t *states = json_object(), *chips = json_array();
    count(batch, counts);
    for (size_t k = 0; k < STATES; k++)
        json_object_set_new(states, state_name(k), json_integer((json_int_t)counts[k]));
    for (size_t i = 0; i < batch->chips_len; i++)
        json_array_append_new(chips, json_pack("{s:s, s:s}", "serial", batch->chips[i].serial, "state",
                                               state_name(state_of(&batch->chips[i]))));
    return json_pack("{s:s, s:s, s:o, s:o}", "batch", batch->batch, "created", batch->created, "states", states,
                     "chips", chips);
}

static json_t *stock_json(const struct sdc_stock *stock)
{
    json_t *batches = json_array();
    for (size_t i = 0; i < stock->batches_len; i++)
        json_array_append_new(batches, batch_json(&stock->batches[i]));
    return json_pack("{s:o, s:I}", "batches", batches, "unlisted", (json_int_t)stock->unlisted);
}

int cmd_stock_list(struct cli *cli)
{
    struct sdc_error e = { .tries = -1 };
    struct sdc_stock stock = { .batches = NULL };
    struct sdc_station *station = NULL;
    int code = EXIT_ACCEPT;
    enum sdc_status status = sdc_station_open(sdc_home(), &station, &e);
    if (status == SDC_OK)
        status = sdc_stock_list(station, &stock, &e);
    sdc_station_close(station);
    if (status != SDC_OK)
        code = cli_fail(cli, &e);
    else if (cli->value[OPT_JSON])
        code = cli_print_json(cli, stock_json(&stock), EXIT_ACCEPT);
    else
        print_stock(&stock);
    sdc_stock_list_free(&stock);
    return code;
}
