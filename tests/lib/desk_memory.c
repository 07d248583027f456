/* SPDX-License-Identifier: BSD-2-Clause */
#include "desk_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- watches ---- */
struct watch {
    struct desk_memory *desk;
    unsigned long seen;
    bool cancelled;
    bool busy; /* a watch serves one thread at a time */
};

/* The desk is locked. */
static void use(struct watch *w, bool busy)
{
    if (w->busy == busy)
        abort();
    w->busy = busy;
}

static enum sdc_status watch_open(void *ctx, void **watch, struct sdc_error *e)
{
    struct watch *w = calloc(1, sizeof *w);
    if (!w)
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory");
    w->desk = ctx;
    pthread_mutex_lock(&w->desk->lock);
    w->desk->watches++;
    pthread_mutex_unlock(&w->desk->lock);
    *watch = w;
    return SDC_OK;
}

static void watch_close(void *watch)
{
    struct watch *w = watch;
    pthread_mutex_lock(&w->desk->lock);
    w->desk->watches--;
    pthread_mutex_unlock(&w->desk->lock);
    free(w);
}

static enum sdc_status look(void *watch, struct sdc_watch_state states[static SDC_WATCH_READERS], size_t *count,
                            struct sdc_error *e)
{
    struct watch *w = watch;
    struct desk_memory *d = w->desk;
    *count = 0;
    pthread_mutex_lock(&d->lock);
    use(w, true);
    w->seen = d->changes;
    for (size_t i = 0; d->service && i < DESK_READERS; i++) {
        if (!d->readers[i].there)
            continue;
        struct sdc_watch_state *s = &states[(*count)++];
        snprintf(s->reader, sizeof s->reader, "Memory reader %zu", i);
        s->card = d->readers[i].card != NULL;
        s->events = d->readers[i].events;
    }
    bool service = d->service;
    use(w, false);
    pthread_mutex_unlock(&d->lock);
    return service ? SDC_OK : sdc_fail(e, SDC_E_NO_SERVICE, "no service");
}

static enum sdc_status wait(void *watch, uint32_t timeout_ms, struct sdc_error *e)
{
    struct watch *w = watch;
    struct desk_memory *d = w->desk;
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += timeout_ms / 1000;
    pthread_mutex_lock(&d->lock);
    use(w, true);
    w->cancelled = false; /* a cancel before the wait is lost, as PC/SC loses it */
    int timed_out = 0;
    while (d->service && !w->cancelled && w->seen == d->changes && !timed_out)
        timed_out = pthread_cond_timedwait(&d->moved, &d->lock, &end);
    bool cancelled = w->cancelled, service = d->service;
    use(w, false);
    pthread_mutex_unlock(&d->lock);
    if (!service)
        return sdc_fail(e, SDC_E_NO_SERVICE, "no service");
    return cancelled ? sdc_fail(e, SDC_E_CANCELLED, "cancelled") : SDC_OK;
}

static void cancel(void *watch)
{
    struct watch *w = watch;
    pthread_mutex_lock(&w->desk->lock);
    w->cancelled = true;
    pthread_cond_broadcast(&w->desk->moved);
    pthread_mutex_unlock(&w->desk->lock);
}

/* ---- links ---- */
struct wire {
    struct desk_memory *desk;
    struct desk_reader *reader;
    unsigned long inserted;
};

/* The desk is locked. */
static void take_out(struct desk_memory *d, struct desk_reader *r)
{
    r->card = NULL;
    r->events++;
    r->inserted++;
    d->changes++;
    pthread_cond_broadcast(&d->moved);
}

static enum sdc_status gone(const struct wire *w, struct sdc_error *e)
{
    return w->reader->card && w->reader->inserted == w->inserted ? SDC_OK : sdc_fail(e, SDC_E_REMOVED, "removed");
}

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    struct wire *w = ctx;
    struct desk_reader *r = w->reader;
    pthread_mutex_lock(&w->desk->lock);
    enum sdc_status status = gone(w, e);
    if (status == SDC_OK && r->remove_after >= 0 && r->remove_after-- == 0) {
        take_out(w->desk, r);
        status = gone(w, e);
    }
    if (status == SDC_OK) {
        r->apdus++;
        if (r->open_transactions != 1)
            abort(); /* an APDU outside a transaction */
        if (r->reply_sw != 0) {
            resp[0] = (uint8_t)(r->reply_sw >> 8);
            resp[1] = (uint8_t)r->reply_sw;
            *resp_len = 2;
        } else {
            *resp_len = card_memory_apdu(r->card, cmd, cmd_len, resp, cap);
        }
        if (r->tamper)
            r->tamper(r, r->apdus - 1, resp, cap, resp_len);
    }
    pthread_mutex_unlock(&w->desk->lock);
    return status;
}

static enum sdc_status begin(void *ctx, struct sdc_error *e)
{
    struct wire *w = ctx;
    pthread_mutex_lock(&w->desk->lock);
    enum sdc_status status = gone(w, e);
    if (status == SDC_OK && w->reader->reset) {
        w->reader->reset = false;
        status = sdc_fail(e, SDC_E_RESET, "reset");
    }
    if (status == SDC_OK)
        w->reader->open_transactions++;
    pthread_mutex_unlock(&w->desk->lock);
    return status;
}

static void end(void *ctx)
{
    struct wire *w = ctx;
    pthread_mutex_lock(&w->desk->lock);
    w->reader->open_transactions--;
    pthread_mutex_unlock(&w->desk->lock);
}

static enum sdc_status reset(void *ctx, struct sdc_error *e)
{
    struct wire *w = ctx;
    pthread_mutex_lock(&w->desk->lock);
    enum sdc_status status = gone(w, e);
    w->desk->resets++;
    if (status == SDC_OK)
        card_memory_reset(w->reader->card);
    pthread_mutex_unlock(&w->desk->lock);
    return status;
}

/* ---- the PIN pad (PC/SC part 10), as a reader does it ---- */
#define PAD_FEATURES 0x42000D48u
#define PAD_VERIFY   0x42330006u
#define PAD_MODIFY   0x42330007u

/* One PIN from the keys into its place, or the reader's own SW. */
static unsigned type_pin(struct desk_reader *r, unsigned shortest, unsigned longest, uint8_t *place)
{
    size_t len = r->typed ? strcspn(r->typed, "\n") : 0;
    if (len == 0)
        return 0x6401;
    if (len < shortest || len > longest)
        return 0x6403;
    memcpy(place, r->typed, len);
    r->typed += len + (r->typed[len] == '\n');
    return 0x9000;
}

/* The structure's fields at the places that part 10 gives them; the APDU is sent with what was typed. */
static void pad_run(struct desk_reader *r, bool modify, const uint8_t *in, size_t in_len, uint8_t *out)
{
    const size_t head = modify ? 24 : 19;
    const uint8_t *lengths = in + (modify ? 7 : 5);
    uint8_t apdu[32], again[8] = { 0 }, resp[260];
    unsigned sw = 0x6B80;
    size_t len = in_len > head ? in_len - head : 0;
    if (in[2] == 0x82 && in[3] == 8 && len == (modify ? 21u : 13u) && in[head - 4] == len && lengths[0] == 8 &&
        lengths[1] == 6) {
        memcpy(apdu, in + head, len);
        sw = type_pin(r, 6, 8, apdu + 5 + (modify ? in[5] : 0));
        if (sw == 0x9000 && modify)
            sw = type_pin(r, 6, 8, apdu + 5 + in[6]);
        if (sw == 0x9000 && modify && in[9] == 3) {
            memset(again, 0xFF, sizeof again);
            sw = type_pin(r, 6, 8, again);
            if (sw == 0x9000 && memcmp(again, apdu + 13, 8) != 0)
                sw = 0x6402;
        }
    }
    if (sw == 0x9000) {
        size_t got = card_memory_apdu(r->card, apdu, len, resp, sizeof resp);
        sw = (unsigned)(resp[got - 2] << 8 | resp[got - 1]);
        r->apdus++;
    }
    out[0] = (uint8_t)(sw >> 8);
    out[1] = (uint8_t)sw;
}

static enum sdc_status control(void *ctx, uint32_t code, const uint8_t *in, size_t in_len, uint8_t *out, size_t cap,
                               size_t *out_len, struct sdc_error *e)
{
    static const uint8_t features[] = { 0x06, 0x04, 0x42, 0x33, 0x00, 0x06, 0x07, 0x04, 0x42, 0x33, 0x00, 0x07 };
    struct wire *w = ctx;
    pthread_mutex_lock(&w->desk->lock);
    enum sdc_status status = gone(w, e);
    if (status == SDC_OK && (!w->reader->typed || cap < sizeof features))
        status = sdc_fail(e, SDC_E_CARD, "no such control");
    if (status == SDC_OK && code == PAD_FEATURES) {
        memcpy(out, features, sizeof features);
        *out_len = sizeof features;
    } else if (status == SDC_OK && (code == PAD_VERIFY || code == PAD_MODIFY) && w->reader->open_transactions == 1) {
        pad_run(w->reader, code == PAD_MODIFY, in, in_len, out);
        *out_len = 2;
    } else if (status == SDC_OK) {
        abort(); /* a code that wasn't offered, or the card without a transaction */
    }
    pthread_mutex_unlock(&w->desk->lock);
    return status;
}

static void close_wire(void *ctx)
{
    struct wire *w = ctx;
    pthread_mutex_lock(&w->desk->lock);
    w->desk->links--;
    pthread_mutex_unlock(&w->desk->lock);
    free(w);
}

static enum sdc_status link_open(void *ctx, const char *reader, struct sdc_link **link, struct sdc_error *e)
{
    static const struct sdc_link_ops ops = { transmit, begin, end, reset, close_wire, control };
    struct desk_memory *d = ctx;
    unsigned number = DESK_READERS;
    const uint8_t *atr;
    size_t atr_len;
    if (sscanf(reader, "Memory reader %u", &number) != 1 || number >= DESK_READERS)
        return sdc_fail(e, SDC_E_NO_READER, "no such reader");
    if (d->readers[number].busy)
        return sdc_fail(e, SDC_E_BUSY, "another program has the card");
    struct wire *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    pthread_mutex_lock(&d->lock);
    *w = (struct wire) { d, &d->readers[number], d->readers[number].inserted };
    d->readers[number].reset = false;
    enum sdc_status status = gone(w, e);
    d->links += status == SDC_OK;
    pthread_mutex_unlock(&d->lock);
    if (status != SDC_OK) {
        free(w);
        return sdc_fail(e, SDC_E_NO_CARD, "no card");
    }
    card_atr(&atr, &atr_len);
    return sdc_link_open_process(&ops, w, atr, atr_len, link, e);
}

/* ---- what a test does ---- */
void desk_memory_init(struct desk_memory *d, size_t readers)
{
    memset(d, 0, sizeof *d);
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->moved, NULL);
    d->service = true;
    for (size_t i = 0; i < DESK_READERS; i++) {
        d->readers[i].there = i < readers;
        d->readers[i].remove_after = -1;
    }
    d->desk = (struct p11_desk) { d, watch_open, watch_close, look, wait, cancel, link_open };
}

void desk_insert(struct desk_memory *d, size_t reader, struct card_memory *card)
{
    pthread_mutex_lock(&d->lock);
    struct desk_reader *r = &d->readers[reader];
    card_memory_reset(card);
    r->card = card;
    r->remove_after = -1;
    r->events++;
    r->inserted++;
    d->changes++;
    pthread_cond_broadcast(&d->moved);
    pthread_mutex_unlock(&d->lock);
}

void desk_remove(struct desk_memory *d, size_t reader)
{
    pthread_mutex_lock(&d->lock);
    take_out(d, &d->readers[reader]);
    pthread_mutex_unlock(&d->lock);
}

void desk_reset(struct desk_memory *d, size_t reader)
{
    pthread_mutex_lock(&d->lock);
    card_memory_reset(d->readers[reader].card);
    d->readers[reader].reset = true;
    pthread_mutex_unlock(&d->lock);
}

unsigned desk_foreign(struct desk_memory *d, size_t reader, const uint8_t *cmd, size_t len)
{
    uint8_t resp[260];
    pthread_mutex_lock(&d->lock);
    size_t got = card_memory_apdu(d->readers[reader].card, cmd, len, resp, sizeof resp);
    pthread_mutex_unlock(&d->lock);
    return (unsigned)(resp[got - 2] << 8 | resp[got - 1]);
}
