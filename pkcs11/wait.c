/* SPDX-License-Identifier: BSD-2-Clause */
/* C_WaitForSlotEvent. The watch is one loop that runs in the thread of one of the callers; the others wait for what it
 * sees, and one of them goes on with it when that caller returns. No thread is made (NSS and p11-kit forbid it). */
#include "slot.h"

#include <time.h>

#define LOOK_AGAIN_MS 5000 /* a reader plugged in between a look and the wait isn't announced by every pcscd */
#define NO_SERVICE_MS 500
#define CANCEL_MS     10

/* Waits on 'moved' for at most ms; the table is locked. */
static void wait_moved(struct p11_module *m, long ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += (ms % 1000) * 1000000L;
    if (t.tv_nsec >= 1000000000L) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000L;
    }
    pthread_cond_timedwait(&m->moved, &m->table, &t);
}

static bool take_event(struct p11_module *m, CK_SLOT_ID *slot)
{
    for (size_t i = 0; i < m->slots_len; i++) {
        if (m->slots[i]->changed) {
            m->slots[i]->changed = false;
            *slot = m->slots[i]->id;
            return true;
        }
    }
    return false;
}

static bool any_event(struct p11_module *m)
{
    pthread_mutex_lock(&m->table);
    bool any = m->stopping;
    for (size_t i = 0; i < m->slots_len; i++)
        any = any || m->slots[i]->changed;
    pthread_mutex_unlock(&m->table);
    return any;
}

/* One turn of the watch, the table unlocked: look, and where there is nothing new, wait and look again. The states that
 * the wait compares with are those of this look, so nothing falls between. False without pcscd. */
static bool turn(struct p11_module *m)
{
    if (!p11_slots_look_by(m, m->wait_watch))
        return false;
    if (any_event(m))
        return true;
    if (m->desk.wait(m->wait_watch, LOOK_AGAIN_MS, NULL) == SDC_E_NO_SERVICE)
        return false;
    (void)p11_slots_look_by(m, m->wait_watch);
    return true;
}

CK_RV p11_slots_wait(struct p11_module *m, bool block, CK_SLOT_ID *slot)
{
    if (!block)
        p11_slots_look(m);
    CK_RV rv = CKR_OK;
    pthread_mutex_lock(&m->table);
    while (!m->stopping && !take_event(m, slot)) {
        if (!block) {
            rv = CKR_NO_EVENT;
            break;
        }
        if (m->waiting) {
            pthread_cond_wait(&m->moved, &m->table);
            continue;
        }
        m->waiting = true;
        pthread_mutex_unlock(&m->table);
        bool service = turn(m);
        pthread_mutex_lock(&m->table);
        m->waiting = false;
        pthread_cond_broadcast(&m->moved);
        if (!service && !m->stopping)
            wait_moved(m, NO_SERVICE_MS);
    }
    if (m->stopping)
        rv = CKR_CRYPTOKI_NOT_INITIALIZED;
    pthread_mutex_unlock(&m->table);
    return rv;
}

/* A cancel before the wait has begun is lost, so it is repeated until the waiter is out. */
void p11_slots_stop(struct p11_module *m)
{
    pthread_mutex_lock(&m->table);
    m->stopping = true;
    pthread_cond_broadcast(&m->moved);
    while (m->waiting) {
        pthread_mutex_unlock(&m->table);
        m->desk.cancel(m->wait_watch);
        pthread_mutex_lock(&m->table);
        if (m->waiting)
            wait_moved(m, CANCEL_MS);
    }
    pthread_mutex_unlock(&m->table);
}
