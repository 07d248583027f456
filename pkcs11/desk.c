/* SPDX-License-Identifier: BSD-2-Clause */
#include "desk.h"

static enum sdc_status watch_open(void *ctx, void **watch, struct sdc_error *e)
{
    (void)ctx;
    struct sdc_watch *w = NULL;
    enum sdc_status status = sdc_watch_open(&w, e);
    *watch = w;
    return status;
}

static void watch_close(void *watch)
{
    sdc_watch_close(watch);
}

static enum sdc_status look(void *watch, struct sdc_watch_state states[static SDC_WATCH_READERS], size_t *count,
                            struct sdc_error *e)
{
    return sdc_watch_look(watch, states, count, e);
}

static enum sdc_status wait(void *watch, uint32_t timeout_ms, struct sdc_error *e)
{
    return sdc_watch_wait(watch, timeout_ms, e);
}

static void cancel(void *watch)
{
    sdc_watch_cancel(watch);
}

static enum sdc_status link_open(void *ctx, const char *reader, struct sdc_link **link, struct sdc_error *e)
{
    (void)ctx;
    return sdc_link_open_pcsc(reader, link, e);
}

const struct p11_desk p11_desk_pcsc = {
    .watch_open = watch_open,
    .watch_close = watch_close,
    .look = look,
    .wait = wait,
    .cancel = cancel,
    .link_open = link_open,
};
