/* SPDX-License-Identifier: BSD-2-Clause */
/* sdc-vcard: the card core as virtual cards for vpcd; each card is a thread. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "card.h"
#include "flash.h"
#include "legacy_attestation.h"
#include "link.h"
#include "options.h"
#include "serve.h"

struct job {
    const struct options *options;
    struct seat *seat;
    size_t index;
    pthread_t thread;
    int status;
};

/* Signals stay blocked. The file that they make readable is read by nobody: it tells every thread, for good. */
static int catch_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

/* From reader to reader, until a signal or until none is there. */
static int insert(const struct options *o, const char *port, struct seat *seat)
{
    bool idle = false;
    card_reset(&seat->card, &seat->port);
    for (;;) {
        int fd = link_connect(o->host, port, o->wait_ms, seat->stop);
        if (fd < 0 && errno == EINTR)
            return EX_OK;
        if (fd < 0) {
            fprintf(stderr, "sdc-vcard: no reader at %s port %s: %s\n", o->host, port, strerror(errno));
            return EX_UNAVAILABLE;
        }
        unsigned long served = serve(fd, seat);
        int why = errno;
        close(fd);
        if (why == EINTR)
            return EX_OK;
        if (served == 0 && idle) { /* something else listens there, and hangs up on us */
            fprintf(stderr, "sdc-vcard: no reader at %s port %s: the line is closed at once\n", o->host, port);
            return EX_UNAVAILABLE;
        }
        idle = served == 0;
        card_reset(&seat->card, &seat->port);
    }
}

static void *run(void *argument)
{
    struct job *job = argument;
    job->status = insert(job->options, job->options->card[job->index].port, job->seat);
    return NULL;
}

/* Each chip its own serial number, after the maker's bytes. */
static bool profile_blank(const struct options *o, struct card_blank *blank)
{
    const size_t fixed = 3;
    card_blank_default(blank);
    blank->legacy_3des = o->legacy_3des;
    blank->eid_alias = o->eid_alias;
    if (o->legacy_3des) {
        blank->attestation_key = legacy_attestation_key;
        blank->attestation_certificate = legacy_attestation_object;
        blank->attestation_certificate_len = legacy_attestation_object_len;
    }
    return getrandom(blank->serial + fixed, sizeof blank->serial - fixed, 0) == (ssize_t)(sizeof blank->serial - fixed);
}

static bool open_card(const struct options *o, size_t index, int stop, FILE *trace, struct seat **made)
{
    struct seat *seat = calloc(1, sizeof *seat);
    struct card_blank blank;
    if (seat == NULL)
        return false;
    seat->flash.fd = -1;
    *made = seat;
    const bool profile = o->legacy_3des || o->eid_alias;
    if (!profile_blank(o, &blank) || !flash_open_as(&seat->flash, o->card[index].flash, profile ? &blank : NULL))
        return false;
    seat->flash.no_sync = o->no_sync;
    seat->port = flash_port(&seat->flash);
    seat->trace = (struct trace) { .file = trace, .card = o->cards > 1 ? (unsigned)index + 1 : 0 };
    seat->divisor = o->divisor;
    seat->stop = stop;
    return true;
}

/* Every card in its thread; the first one runs here. Returns the first status that is not good. */
static int run_all(struct job *jobs, size_t count)
{
    int status = EX_OK;
    for (size_t i = 1; i < count; i++) {
        if (pthread_create(&jobs[i].thread, NULL, run, &jobs[i]) != 0) {
            fputs("sdc-vcard: no more threads\n", stderr);
            exit(EX_OSERR); /* the cards are as after a power cut */
        }
    }
    run(&jobs[0]);
    for (size_t i = 1; i < count; i++)
        pthread_join(jobs[i].thread, NULL);
    for (size_t i = 0; i < count && status == EX_OK; i++)
        status = jobs[i].status;
    return status;
}

static int run_cards(const struct options *o, int stop, FILE *trace)
{
    struct job jobs[OPTIONS_CARDS_MAX] = { { 0 } };
    int status = EX_OK;
    size_t count = 0;
    for (; count < o->cards && status == EX_OK; count++) {
        jobs[count] = (struct job) { .options = o, .index = count };
        if (!open_card(o, count, stop, trace, &jobs[count].seat))
            status = EX_NOINPUT;
    }
    if (status == EX_OK)
        status = run_all(jobs, count);
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].seat == NULL)
            continue;
        flash_close(&jobs[i].seat->flash);
        explicit_bzero(jobs[i].seat, sizeof *jobs[i].seat);
        free(jobs[i].seat);
    }
    return status;
}

int main(int argc, char **argv)
{
    struct options o;
    int status = options_parse(argc, argv, &o);
    if (status != EX_OK || o.cards == 0)
        return status;
    const struct rlimit no_core = { 0, 0 }; /* PINs and keys are in this process's memory */
    (void)setrlimit(RLIMIT_CORE, &no_core);
    int stop = catch_signals();
    if (stop < 0) {
        fprintf(stderr, "sdc-vcard: signals: %s\n", strerror(errno));
        return EX_OSERR;
    }
    FILE *trace = o.trace == NULL ? NULL : fopen(o.trace, "ae");
    if (o.trace != NULL && trace == NULL) {
        fprintf(stderr, "sdc-vcard: %s: %s\n", o.trace, strerror(errno));
        return EX_CANTCREAT;
    }
    status = run_cards(&o, stop, trace);
    if (trace != NULL)
        fclose(trace);
    close(stop);
    return status;
}
