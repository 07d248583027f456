/* SPDX-License-Identifier: BSD-2-Clause */
/* The module's life: initialised once by the program, finalised, and void in a forked child (PKCS#11 3.0, 5.4).
 *
 * Locks, in the order in which they may be taken:
 *   a slot's lock   its token, sessions and objects; held over card I/O
 *   look            a look at the readers by either watch, until its outcome is in the table
 *   table           which slots there are and what the last look saw; never held over card or reader I/O
 *   the cache's lock, for a moment
 * and, taken alone, the gate that counts who is inside. */
#ifndef P11_MODULE_H
#define P11_MODULE_H

#include <pthread.h>
#include <stdbool.h>

#include "cache.h"
#include "cryptoki.h"
#include "desk.h"
#include "trace.h"

#define P11_SLOTS_MAX 128 /* readers ever seen by this process; the slot's number is part of each session's handle */

struct p11_slot;

struct p11_module {
    struct p11_desk desk;
    struct p11_config config;
    bool check; /* of config */
    struct p11_trace trace;
    struct p11_cache cache;

    pthread_mutex_t look;
    void *look_watch;

    pthread_mutex_t table;
    pthread_cond_t moved; /* with table: a slot changed, the waiter left, or the module stops */
    struct p11_slot *slots[P11_SLOTS_MAX];
    size_t slots_len;
    bool looked;     /* the readers were seen once: later differences are events */
    bool counted[2]; /* C_GetSlotList gave a count for tokenPresent false, true */
    bool stopping;
    bool waiting; /* one thread blocks in wait_watch */
    void *wait_watch;

    unsigned users; /* calls inside; guarded by the gate */
    struct p11_module
        *inherited; /* one that was given up before: in a forked child the parent's; never touched again */
};

/* Every entry point but the three that give function lists begins with p11_enter and ends with p11_leave, which
 * returns rv. CKR_CRYPTOKI_NOT_INITIALIZED: not to be left. */
CK_RV p11_enter_as(const char *function, struct p11_module **module);
CK_RV p11_leave(struct p11_module *module, CK_RV rv);
/* Whoever enters, here or by a slot or session, tells the trace who they are. */
#define p11_enter(module) p11_enter_as(__func__, module)

CK_RV p11_initialize(const CK_C_INITIALIZE_ARGS *args);
/* Wakes who waits for slot events, waits until all calls have left, logs out of all cards. */
CK_RV p11_finalize(void);

/* Where the next C_Initialize finds its readers; PC/SC unless set. For tests, which set it before C_Initialize. */
void p11_set_desk(const struct p11_desk *desk);

#endif
