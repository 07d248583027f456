/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/watch.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "pcsc.h"

#define PNP_READER "\\\\?PnP?\\Notification" /* the pseudo reader that changes when readers come and go */

struct sdc_watch {
    atomic_long context; /* 0: none; atomic because sdc_watch_cancel reads it from another thread */
    SCARD_READERSTATE states[SDC_WATCH_READERS + 1];
    char names[SDC_WATCH_READERS][128];
    size_t count; /* readers of the last look */
};

enum sdc_status sdc_watch_open(struct sdc_watch **watch, struct sdc_error *e)
{
    *watch = calloc(1, sizeof **watch);
    return *watch ? SDC_OK : sdc_fail(e, SDC_E_NO_MEMORY, "no memory for a reader watch");
}

static void forget(struct sdc_watch *w)
{
    SCARDCONTEXT context = atomic_exchange(&w->context, 0);
    if (context != 0)
        SCardReleaseContext(context);
    w->count = 0;
}

void sdc_watch_close(struct sdc_watch *w)
{
    if (!w)
        return;
    forget(w);
    free(w);
}

static enum sdc_status fail(struct sdc_watch *w, LONG rv, struct sdc_error *e)
{
    if (rv == SCARD_E_CANCELLED)
        return sdc_fail(e, SDC_E_CANCELLED, "the wait for a card was cancelled");
    if (rv == SCARD_E_NO_MEMORY)
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory for the list of readers");
    /* Whatever else happened, the context may be dead (pcscd restarted): the next look makes a new one. */
    forget(w);
    return sdc_fail(e, SDC_E_NO_SERVICE, "the smart card service doesn't answer (%s)", pcsc_stringify_error(rv));
}

static LONG establish(struct sdc_watch *w)
{
    if (atomic_load(&w->context) != 0)
        return SCARD_S_SUCCESS;
    SCARDCONTEXT context = 0;
    LONG rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
    if (rv == SCARD_S_SUCCESS)
        atomic_store(&w->context, context);
    return rv;
}

/* PC/SC's list is a multi-string: names that end in NUL, one after the other, and an empty one at the end. */
static LONG list(struct sdc_watch *w)
{
    char names[SDC_WATCH_READERS * 128 + 1];
    DWORD len = sizeof names;
    w->count = 0;
    LONG rv = sdc_pcsc_readers(atomic_load(&w->context), names, &len);
    if (rv != SCARD_S_SUCCESS)
        return rv;
    struct sdc_rd r = sdc_rd_init(names, len);
    while (w->count < SDC_WATCH_READERS && r.left > 0) {
        size_t name_len = strnlen((const char *)r.p, r.left);
        if (name_len == 0)
            break;
        if (name_len < sizeof w->names[0]) {
            char *name = w->names[w->count++];
            sdc_rd_copy(&r, name, name_len);
            name[name_len] = '\0';
        } else {
            sdc_rd_skip(&r, name_len);
        }
        sdc_rd_skip(&r, 1);
    }
    return SCARD_S_SUCCESS;
}

enum sdc_status sdc_watch_look(struct sdc_watch *w, struct sdc_watch_state states[static SDC_WATCH_READERS],
                               size_t *count, struct sdc_error *e)
{
    *count = 0;
    LONG rv = establish(w);
    if (rv == SCARD_S_SUCCESS)
        rv = list(w);
    if (rv != SCARD_S_SUCCESS)
        return fail(w, rv, e);

    memset(w->states, 0, sizeof w->states);
    for (size_t i = 0; i < w->count; i++)
        w->states[i].szReader = w->names[i];
    if (w->count > 0)
        rv = sdc_pcsc_states(atomic_load(&w->context), w->states, (DWORD)w->count);
    if (rv == SCARD_E_UNKNOWN_READER || rv == SCARD_E_READER_UNAVAILABLE) {
        w->count = 0; /* a reader left between the list and here: an empty desk now, the next look is right again */
        rv = SCARD_S_SUCCESS;
    }
    if (rv != SCARD_S_SUCCESS && rv != SCARD_E_TIMEOUT)
        return fail(w, rv, e);

    for (size_t i = 0; i < w->count; i++) {
        SCARD_READERSTATE *s = &w->states[i];
        memcpy(states[i].reader, w->names[i], sizeof states[i].reader);
        states[i].card = (s->dwEventState & SCARD_STATE_PRESENT) && !(s->dwEventState & SCARD_STATE_MUTE);
        states[i].events = (uint16_t)(s->dwEventState >> 16);
        s->dwCurrentState = s->dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
    }
    *count = w->count;
    return SDC_OK;
}

enum sdc_status sdc_watch_wait(struct sdc_watch *w, uint32_t timeout_ms, struct sdc_error *e)
{
    if (atomic_load(&w->context) == 0)
        return sdc_fail(e, SDC_E_NO_SERVICE, "the smart card service isn't there");
    w->states[w->count] =
        (SCARD_READERSTATE) { .szReader = PNP_READER, .dwCurrentState = (DWORD)w->count << 16 | SCARD_STATE_UNAWARE };
    LONG rv = SCardGetStatusChange(atomic_load(&w->context), timeout_ms, w->states, (DWORD)w->count + 1);
    if (rv == SCARD_S_SUCCESS || rv == SCARD_E_TIMEOUT || rv == SCARD_E_UNKNOWN_READER)
        return SDC_OK;
    return fail(w, rv, e);
}

void sdc_watch_cancel(struct sdc_watch *w)
{
    SCARDCONTEXT context = atomic_load(&w->context);
    if (context != 0)
        SCardCancel(context);
}
