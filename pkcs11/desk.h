/* SPDX-License-Identifier: BSD-2-Clause */
/* The desk: where readers and cards come from. One vtable, PC/SC in the product, cards in this process in tests. */
#ifndef P11_DESK_H
#define P11_DESK_H

#include "sdc/link.h"
#include "sdc/watch.h"

struct p11_desk {
    void *ctx; /* handed to watch_open and link_open */
    /* As the functions of sdc/watch.h; a watch is whatever watch_open made. */
    enum sdc_status (*watch_open)(void *ctx, void **watch, struct sdc_error *e);
    void (*watch_close)(void *watch);
    enum sdc_status (*look)(void *watch, struct sdc_watch_state states[static SDC_WATCH_READERS], size_t *count,
                            struct sdc_error *e);
    enum sdc_status (*wait)(void *watch, uint32_t timeout_ms, struct sdc_error *e);
    void (*cancel)(void *watch);
    /* As sdc_link_open_pcsc with the reader's exact name; each link has a context of its own. */
    enum sdc_status (*link_open)(void *ctx, const char *reader, struct sdc_link **link, struct sdc_error *e);
};

extern const struct p11_desk p11_desk_pcsc;

#endif
