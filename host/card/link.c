/* SPDX-License-Identifier: BSD-2-Clause */
#include "private.h"

#include <stdlib.h>

struct sdc_link *sdc_link_new(const struct sdc_link_ops *ops, void *ctx)
{
    struct sdc_link *link = calloc(1, sizeof *link);
    if (link) {
        link->ops = ops;
        link->ctx = ctx;
    }
    return link;
}

void sdc_link_set_atr(struct sdc_link *link, const uint8_t *atr, size_t atr_len)
{
    link->atr_len = atr_len < sizeof link->atr ? atr_len : sizeof link->atr;
    struct sdc_rd r = sdc_rd_init(atr, atr_len);
    sdc_rd_copy(&r, link->atr, link->atr_len);
    link->extended = sdc_atr_extended(link->atr, link->atr_len);
}

void sdc_link_close(struct sdc_link *link)
{
    if (!link)
        return;
    if (link->ops->close)
        link->ops->close(link->ctx);
    free(link);
}

enum sdc_status sdc_link_begin(struct sdc_link *link, struct sdc_error *e)
{
    return link->ops->begin ? link->ops->begin(link->ctx, e) : SDC_OK;
}

enum sdc_status sdc_link_begin_anew(struct sdc_link *link, struct sdc_error *e)
{
    enum sdc_status status = sdc_link_begin(link, e);
    return status == SDC_E_RESET ? sdc_link_begin(link, e) : status;
}

void sdc_link_end(struct sdc_link *link)
{
    if (link->ops->end)
        link->ops->end(link->ctx);
}

enum sdc_status sdc_link_reset(struct sdc_link *link, struct sdc_error *e)
{
    return link->ops->reset ? link->ops->reset(link->ctx, e) : SDC_OK;
}

enum sdc_status sdc_link_carry(struct sdc_link *below, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                               size_t *resp_len, struct sdc_error *e)
{
    uint64_t start = sdc_link_now_micros();
    enum sdc_status status = below->ops->transmit(below->ctx, cmd, cmd_len, resp, cap, resp_len, e);
    below->stats.micros += sdc_link_now_micros() - start;
    if (status != SDC_E_RESET)
        sdc_stats_count(&below->stats, cmd_len, status == SDC_OK ? *resp_len : 0);
    return status;
}

/* ---- what it costs ---- */

/* Blocks of at most 254 bytes */
static uint64_t blocks(size_t len)
{
    return (len + 253) / 254;
}

/* A character is 12 etu; a block adds prologue, epilogue and turn-round, 58 for each way, the first of both apart. */
void sdc_stats_count(struct sdc_stats *stats, size_t cmd_len, size_t resp_len)
{
    stats->apdus++;
    stats->bytes_out += cmd_len;
    stats->bytes_in += resp_len;
    stats->etus += 12 * (uint64_t)(cmd_len + resp_len) + 58 * 2 * (blocks(cmd_len) + blocks(resp_len) - 1);
}

uint64_t sdc_stats_line_ms(const struct sdc_stats *stats, unsigned f_by_d)
{
    return stats->etus * f_by_d / 4800 + stats->apdus;
}
