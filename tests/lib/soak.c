/* SPDX-License-Identifier: BSD-2-Clause */
#include "soak.h"

#include <dirent.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ec_judge.h"

#define PATIENCE_S     30    /* until something that must come counts as lost */
#define BYTES_ALLOWED  65536 /* a leak of 8 bytes an insertion would be more, over 10,000 */
#define FINALIZE_MS    100
#define FINALIZE_TRIES 4
#define SIGNERS_MAX    8
#define HURRIED        4 /* every so many-th card leaves at once, in the middle of whatever it is at */

struct run {
    struct soak *s;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    unsigned long events[SOAK_READERS], signatures[SOAK_READERS];
    bool stop;
};
struct worker {
    struct run *run;
    unsigned reader;
    unsigned long from, to; /* a swapper's turns */
    pthread_t thread;
};

static void start(pthread_t *thread, void *(*body)(void *), void *arg)
{
    if (pthread_create(thread, NULL, body, arg) != 0)
        abort();
}

/* ---- events ---- */
static void *wait_for_events(void *arg)
{
    struct run *r = arg;
    CK_SLOT_ID slot = 0;
    CK_RV rv;
    while ((rv = r->s->f->C_WaitForSlotEvent(0, &slot, NULL)) == CKR_OK) {
        pthread_mutex_lock(&r->lock);
        r->s->events++;
        if (slot < r->s->readers)
            r->events[slot]++;
        pthread_cond_broadcast(&r->moved);
        pthread_mutex_unlock(&r->lock);
    }
    pthread_mutex_lock(&r->lock);
    if (rv != CKR_CRYPTOKI_NOT_INITIALIZED) {
        r->s->odd++;
        r->s->odd_rv = rv;
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

static struct timespec in_seconds(long s)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += s;
    return t;
}

/* Waits until the count is beyond 'seen'; false where that never comes. */
static bool await(struct run *r, const unsigned long *count, unsigned long seen)
{
    struct timespec end = in_seconds(PATIENCE_S);
    int late = 0;
    while (*count <= seen && !late)
        late = pthread_cond_timedwait(&r->moved, &r->lock, &end);
    return *count > seen;
}

/* ---- swaps ---- */
/* Moves the card; the event must come, and the slot be as it says. */
static bool move(const struct worker *w, unsigned long turn, bool in)
{
    struct run *r = w->run;
    CK_SLOT_INFO info = { .flags = 0 };
    pthread_mutex_lock(&r->lock);
    unsigned long seen = r->events[w->reader];
    pthread_mutex_unlock(&r->lock);
    r->s->card(r->s->ctx, w->reader, turn, in);
    pthread_mutex_lock(&r->lock);
    bool told = await(r, &r->events[w->reader], seen);
    pthread_mutex_unlock(&r->lock);
    bool right = r->s->f->C_GetSlotInfo(w->reader, &info) == CKR_OK && ((info.flags & CKF_TOKEN_PRESENT) != 0) == in;
    pthread_mutex_lock(&r->lock);
    r->s->lost += !told || !right;
    pthread_mutex_unlock(&r->lock);
    return told;
}

static void *swap(void *arg)
{
    const struct worker *w = arg;
    struct run *r = w->run;
    for (unsigned long turn = w->from; turn < w->to; turn++) {
        pthread_mutex_lock(&r->lock);
        unsigned long signed_before = r->signatures[w->reader];
        pthread_mutex_unlock(&r->lock);
        if (!move(w, turn, true))
            break;
        pthread_mutex_lock(&r->lock);
        if (turn % HURRIED != 0 && !await(r, &r->signatures[w->reader], signed_before))
            r->s->lost++;
        pthread_mutex_unlock(&r->lock);
        if (!move(w, turn, false))
            break;
    }
    return NULL;
}

/* ---- signatures ---- */
static CK_RV find(struct soak *s, CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *found)
{
    CK_BYTE id = 4; /* 9E: signs without a PIN */
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class }, { CKA_ID, &id, 1 } };
    CK_ULONG count = 0;
    CK_RV rv = s->f->C_FindObjectsInit(session, template, 2);
    if (rv == CKR_OK)
        rv = s->f->C_FindObjects(session, found, 1, &count);
    if (rv == CKR_OK)
        rv = s->f->C_FindObjectsFinal(session);
    return rv == CKR_OK && count == 0 ? CKR_OBJECT_HANDLE_INVALID : rv;
}

/* The card that is asked is the one whose public key this session shows. */
static CK_RV sign_with(struct soak *s, CK_SESSION_HANDLE session, CK_BYTE hash[32], CK_BYTE point[67],
                       CK_BYTE signature[64])
{
    CK_OBJECT_HANDLE public = 0, private = 0;
    CK_ATTRIBUTE ec = { CKA_EC_POINT, point, 67 };
    CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
    CK_ULONG len = 64;
    CK_RV rv = find(s, session, CKO_PUBLIC_KEY, &public);
    if (rv == CKR_OK)
        rv = s->f->C_GetAttributeValue(session, public, &ec, 1);
    if (rv == CKR_OK)
        rv = find(s, session, CKO_PRIVATE_KEY, &private);
    if (rv == CKR_OK)
        rv = s->f->C_SignInit(session, &ecdsa, private);
    if (rv == CKR_OK)
        rv = s->f->C_Sign(session, hash, 32, signature, &len);
    return rv;
}

static void count(const struct worker *w, CK_RV rv, bool good)
{
    struct run *r = w->run;
    pthread_mutex_lock(&r->lock);
    if (rv == CKR_OK && good) {
        r->s->signatures++;
        r->signatures[w->reader]++;
        pthread_cond_broadcast(&r->moved);
    } else if (rv == CKR_OK) {
        r->s->wrong++;
    } else if (rv == CKR_TOKEN_NOT_PRESENT || rv == CKR_DEVICE_REMOVED || rv == CKR_SESSION_HANDLE_INVALID) {
        r->s->cut += rv != CKR_TOKEN_NOT_PRESENT;
    } else {
        r->s->odd++;
        r->s->odd_rv = rv;
    }
    pthread_mutex_unlock(&r->lock);
}

/* Until the reader's next event or the end; not for long, since it may have been before. */
static bool pause_signer(struct run *r)
{
    struct timespec soon;
    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_nsec += 2000000;
    if (soon.tv_nsec >= 1000000000) {
        soon.tv_sec++;
        soon.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&r->lock);
    if (!r->stop)
        pthread_cond_timedwait(&r->moved, &r->lock, &soon);
    bool stop = r->stop;
    pthread_mutex_unlock(&r->lock);
    return !stop;
}

static void *keep_signing(void *arg)
{
    const struct worker *w = arg;
    struct soak *s = w->run->s;
    CK_BYTE hash[32] = { 0 }, point[67], signature[64];
    while (pause_signer(w->run)) {
        CK_SESSION_HANDLE session = 0;
        CK_RV rv = s->f->C_OpenSession(w->reader, CKF_SERIAL_SESSION, NULL, NULL, &session);
        if (rv != CKR_OK)
            count(w, rv, false);
        for (int i = 0; rv == CKR_OK && i < 3; i++) {
            hash[0]++;
            rv = sign_with(s, session, hash, point, signature);
            bool good = rv == CKR_OK && ec_judge(point + 2, hash, sizeof hash, signature) &&
                        (!s->known || s->known(s->ctx, point + 2));
            count(w, rv, good);
        }
        (void)s->f->C_CloseSession(session);
    }
    return NULL;
}

/* ---- what grows ---- */
static long open_files(void)
{
    long n = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (!dir)
        return 0;
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n;
}

static long heap(void)
{
    struct mallinfo2 info = mallinfo2();
    return (long)(info.uordblks + info.hblkhd);
}

/* ---- all of it ---- */
static void swap_all(struct run *r, unsigned long from, unsigned long to)
{
    struct worker swappers[SOAK_READERS], signers[SIGNERS_MAX];
    struct soak *s = r->s;
    unsigned signers_len = s->signers < SIGNERS_MAX ? s->signers : SIGNERS_MAX;
    r->stop = false;
    for (unsigned i = 0; i < signers_len; i++) {
        signers[i] = (struct worker) { .run = r, .reader = i % s->readers };
        start(&signers[i].thread, keep_signing, &signers[i]);
    }
    for (unsigned i = 0; i < s->readers; i++) {
        swappers[i] = (struct worker) { .run = r, .reader = i, .from = from, .to = to };
        start(&swappers[i].thread, swap, &swappers[i]);
    }
    for (unsigned i = 0; i < s->readers; i++)
        pthread_join(swappers[i].thread, NULL);
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    pthread_cond_broadcast(&r->moved);
    pthread_mutex_unlock(&r->lock);
    for (unsigned i = 0; i < signers_len; i++)
        pthread_join(signers[i].thread, NULL);
}

static long elapsed_ms(const struct timespec *from)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - from->tv_sec) * 1000 + (now.tv_nsec - from->tv_nsec) / 1000000;
}

static void finalize(struct run *r, pthread_t waiter)
{
    struct timespec from;
    clock_gettime(CLOCK_MONOTONIC, &from);
    if (r->s->f->C_Finalize(NULL) != CKR_OK)
        r->s->odd++;
    long ms = elapsed_ms(&from);
    if (ms < r->s->finalize_ms)
        r->s->finalize_ms = ms;
    pthread_join(waiter, NULL);
}

void soak_run(struct soak *s)
{
    static struct run r;
    CK_ULONG slots = 0;
    pthread_t waiter;
    r = (struct run) { .s = s };
    pthread_mutex_init(&r.lock, NULL);
    pthread_cond_init(&r.moved, NULL);
    if (s->f->C_Initialize(NULL) != CKR_OK || s->f->C_GetSlotList(CK_FALSE, NULL, &slots) != CKR_OK ||
        slots != s->readers)
        abort();
    start(&waiter, wait_for_events, &r);
    unsigned long turns = s->insertions / s->readers, warm = turns / 5 < 2 ? 2 : turns / 5; /* each card used once */
    swap_all(&r, 0, warm);
    s->fds_grown = -open_files();
    s->bytes_grown = -heap();
    swap_all(&r, warm, turns);
    s->fds_grown += open_files();
    s->bytes_grown += heap();
    s->finalize_ms = LONG_MAX;
    finalize(&r, waiter);
    for (int i = 0; i < FINALIZE_TRIES && s->finalize_ms >= FINALIZE_MS; i++) {
        if (s->f->C_Initialize(NULL) != CKR_OK)
            abort();
        start(&waiter, wait_for_events, &r);
        finalize(&r, waiter);
    }
    pthread_mutex_destroy(&r.lock);
    pthread_cond_destroy(&r.moved);
}

bool soak_good(const struct soak *s)
{
    printf("%lu insertions, %lu events, %lu signatures, %lu cut off, %lu lost, %lu wrong, %lu odd (%#lx), %ld "
           "descriptors and "
           "%ld bytes more, C_Finalize in %ld ms\n",
           s->insertions, s->events, s->signatures, s->cut, s->lost, s->wrong, s->odd, s->odd_rv, s->fds_grown,
           s->bytes_grown, s->finalize_ms);
    fflush(stdout);
    return s->events >= s->insertions / s->readers * s->readers * 2 && s->signatures >= s->insertions / 2 &&
           s->lost == 0 && s->wrong == 0 && s->odd == 0 && s->fds_grown <= 0 && s->bytes_grown < BYTES_ALLOWED &&
           s->finalize_ms < FINALIZE_MS;
}
