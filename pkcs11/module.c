/* SPDX-License-Identifier: BSD-2-Clause */
#include "module.h"

#include <stdlib.h>
#include <string.h>

#include "slot.h"

/* The module's only statics: one program, one module (PKCS#11 has no handle for it). */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t drained = PTHREAD_COND_INITIALIZER;
static struct p11_module *current;
static struct p11_module *abandoned;
static const struct p11_desk *next_desk = &p11_desk_pcsc;
static bool fork_handled;

/* The module is void and stays reachable, so that leak checkers know it. */
static void abandon(void)
{
    if (!current)
        return;
    current->inherited = abandoned;
    abandoned = current;
    current = NULL;
}

/* In a forked child the parent's threads, locks and PC/SC handles are copies that answer wrongly or never: nothing of
 * them is used or released. */
static void after_fork_in_child(void)
{
    pthread_mutex_init(&gate, NULL);
    pthread_cond_init(&drained, NULL);
    abandon();
}

/* Many programs end without C_Finalize. PC/SC leaves the card as it is, and with the PIN verified it would sign for
 * whoever comes next. Locks that other threads hold aren't waited for: those threads never go on. */
__attribute__((destructor)) static void at_exit(void)
{
    if (pthread_mutex_trylock(&gate) != 0)
        return;
    struct p11_module *m = current;
    abandon();
    pthread_mutex_unlock(&gate);
    if (m)
        p11_slots_logout(m);
}

CK_RV p11_enter_as(const char *function, struct p11_module **module)
{
    p11_trace_call(function);
    pthread_mutex_lock(&gate);
    *module = current;
    if (current)
        current->users++;
    pthread_mutex_unlock(&gate);
    return *module ? CKR_OK : CKR_CRYPTOKI_NOT_INITIALIZED;
}

CK_RV p11_leave(struct p11_module *module, CK_RV rv)
{
    p11_trace_result(&module->trace, rv);
    pthread_mutex_lock(&gate);
    if (--module->users == 0)
        pthread_cond_broadcast(&drained);
    pthread_mutex_unlock(&gate);
    return rv;
}

void p11_set_desk(const struct p11_desk *desk)
{
    next_desk = desk;
}

static void module_free(struct p11_module *m)
{
    if (!m)
        return;
    p11_slots_free(m);
    p11_cache_free(&m->cache);
    if (m->look_watch)
        m->desk.watch_close(m->look_watch);
    if (m->wait_watch)
        m->desk.watch_close(m->wait_watch);
    p11_trace_close(&m->trace);
    pthread_mutex_destroy(&m->look);
    pthread_mutex_destroy(&m->table);
    pthread_cond_destroy(&m->moved);
    free(m);
}

static struct p11_module *module_new(void)
{
    struct p11_module *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->desk = *next_desk;
    p11_config_load(&m->config);
    m->check = m->config.check;
    p11_trace_open(&m->trace, &m->config);
    p11_cache_init(&m->cache);
    pthread_mutex_init(&m->look, NULL);
    pthread_mutex_init(&m->table, NULL);
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&m->moved, &clock);
    pthread_condattr_destroy(&clock);
    if (m->desk.watch_open(m->desk.ctx, &m->look_watch, NULL) != SDC_OK ||
        m->desk.watch_open(m->desk.ctx, &m->wait_watch, NULL) != SDC_OK) {
        module_free(m);
        return NULL;
    }
    return m;
}

/* CKF_LIBRARY_CANT_CREATE_OS_THREADS is welcome: no thread is ever made here. */
static CK_RV check_arguments(const CK_C_INITIALIZE_ARGS *args)
{
    if (!args)
        return CKR_OK;
    int callbacks = (args->CreateMutex != NULL) + (args->DestroyMutex != NULL) + (args->LockMutex != NULL) +
                    (args->UnlockMutex != NULL);
    if (args->pReserved || (callbacks != 0 && callbacks != 4))
        return CKR_ARGUMENTS_BAD;
    if (callbacks == 4 && !(args->flags & CKF_OS_LOCKING_OK))
        return CKR_CANT_LOCK;
    return CKR_OK;
}

CK_RV p11_initialize(const CK_C_INITIALIZE_ARGS *args)
{
    pthread_mutex_lock(&gate);
    CK_RV rv = current ? CKR_CRYPTOKI_ALREADY_INITIALIZED : check_arguments(args);
    if (rv == CKR_OK && !fork_handled) {
        fork_handled = pthread_atfork(NULL, NULL, after_fork_in_child) == 0;
        rv = fork_handled ? CKR_OK : CKR_HOST_MEMORY;
    }
    if (rv == CKR_OK) {
        current = module_new();
        rv = current ? CKR_OK : CKR_HOST_MEMORY;
    }
    pthread_mutex_unlock(&gate);
    return rv;
}

CK_RV p11_finalize(void)
{
    pthread_mutex_lock(&gate);
    struct p11_module *m = current;
    current = NULL;
    pthread_mutex_unlock(&gate);
    if (!m)
        return CKR_CRYPTOKI_NOT_INITIALIZED;

    p11_slots_stop(m);
    pthread_mutex_lock(&gate);
    while (m->users > 0)
        pthread_cond_wait(&drained, &gate);
    pthread_mutex_unlock(&gate);
    module_free(m);
    return CKR_OK;
}
