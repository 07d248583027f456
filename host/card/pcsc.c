/* SPDX-License-Identifier: BSD-2-Clause */
#include "pcsc.h"

#include <pthread.h>

static pthread_once_t forks = PTHREAD_ONCE_INIT;
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t states_read = PTHREAD_MUTEX_INITIALIZER;

/* Whoever held them is not in the child. */
static void after_fork_in_child(void)
{
    pthread_mutex_init(&opening, NULL);
    pthread_mutex_init(&states_read, NULL);
}

static void heed_forks(void)
{
    (void)pthread_atfork(NULL, NULL, after_fork_in_child);
}

void sdc_pcsc_opening(void)
{
    pthread_once(&forks, heed_forks);
    pthread_mutex_lock(&opening);
}

void sdc_pcsc_opened(void)
{
    pthread_mutex_unlock(&opening);
}

LONG sdc_pcsc_readers(SCARDCONTEXT context, char *names, DWORD *len)
{
    pthread_once(&forks, heed_forks);
    pthread_mutex_lock(&states_read);
    LONG rv = SCardListReaders(context, NULL, names, len);
    pthread_mutex_unlock(&states_read);
    if (rv == SCARD_E_NO_READERS_AVAILABLE) {
        *len = 0;
        rv = SCARD_S_SUCCESS;
    }
    return rv;
}

LONG sdc_pcsc_states(SCARDCONTEXT context, SCARD_READERSTATE *states, DWORD count)
{
    pthread_once(&forks, heed_forks);
    pthread_mutex_lock(&states_read);
    LONG rv = SCardGetStatusChange(context, 0, states, count);
    pthread_mutex_unlock(&states_read);
    return rv;
}
