/* SPDX-License-Identifier: BSD-2-Clause */
#include "stock.h"

#include <stdlib.h>
#include <string.h>

static enum sdc_status add_batch(void *ctx, const struct manifest *manifest, X509 *maker, bool *more,
                                 struct sdc_error *e)
{
    struct sdc_stock *stock = ctx;
    (void)maker, (void)more;
    struct sdc_stock_batch *grown = reallocarray(stock->batches, stock->batches_len + 1, sizeof *grown);
    if (!grown)
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory for the stock");
    stock->batches = grown;
    struct sdc_stock_batch *batch = &grown[stock->batches_len];
    *batch = (struct sdc_stock_batch) { .chips = calloc(manifest->chips_len, sizeof *batch->chips) };
    if (!batch->chips)
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory for the stock");
    stock->batches_len++;
    batch->chips_len = manifest->chips_len;
    memcpy(batch->batch, manifest->batch, sizeof batch->batch);
    memcpy(batch->created, manifest->created, sizeof batch->created);
    for (size_t i = 0; i < batch->chips_len; i++) {
        sdc_hex(manifest->chips[i], SDC_SERIAL_LEN, batch->chips[i].serial);
        batch->chips[i].blank = true;
    }
    return SDC_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct sdc_stock_batch *)a)->batch, ((const struct sdc_stock_batch *)b)->batch);
}

static int by_serial(const void *a, const void *b)
{
    return strcmp(((const struct sdc_stock_chip *)a)->serial, ((const struct sdc_stock_chip *)b)->serial);
}

/* The registry tells what was given up first: a later card on the same chip comes over it. */
static void mark(void *ctx, const char *serial, enum sdc_card_state state)
{
    struct sdc_stock *stock = ctx;
    struct sdc_stock_chip key = { .blank = false }, *chip = NULL;
    memccpy(key.serial, serial, 0, sizeof key.serial);
    for (size_t i = 0; i < stock->batches_len && !chip; i++)
        chip = bsearch(&key, stock->batches[i].chips, stock->batches[i].chips_len, sizeof key, by_serial);
    if (!chip) {
        stock->unlisted++;
        return;
    }
    chip->blank = false;
    chip->state = state;
}

enum sdc_status sdc_stock_list(struct sdc_station *station, struct sdc_stock *stock, struct sdc_error *e)
{
    *stock = (struct sdc_stock) { .batches = NULL };
    enum sdc_status status = stock_each(station, add_batch, stock, e);
    if (status != SDC_OK)
        return status;
    if (stock->batches_len > 0)
        qsort(stock->batches, stock->batches_len, sizeof *stock->batches, by_name);
    return sdc_registry_each_chip(station->registry, mark, stock, e);
}

void sdc_stock_list_free(struct sdc_stock *stock)
{
    for (size_t i = 0; i < stock->batches_len; i++)
        free(stock->batches[i].chips);
    free(stock->batches);
    *stock = (struct sdc_stock) { .batches = NULL };
}
