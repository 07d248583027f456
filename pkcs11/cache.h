/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates that were read, in memory only, for cards that come again: keyed by the card's GUID and the container.
 * Bounded; the one that wasn't wanted for longest makes room. A certificate may be out of date: who signs with one from
 * here checks the first signature with it (sign.c). */
#ifndef P11_CACHE_H
#define P11_CACHE_H

#include <pthread.h>
#include <stdbool.h>

#include "certificate.h"

#define P11_CACHE_MAX 128

struct p11_cache {
    pthread_mutex_t lock; /* taken last, for a moment */
    unsigned long clock;
    struct p11_cached {
        uint8_t guid[SDC_GUID_LEN];
        uint32_t container;
        unsigned long used;                  /* 0: the place is free */
        struct p11_certificate *certificate; /* one reference */
    } entries[P11_CACHE_MAX];
};

void p11_cache_init(struct p11_cache *cache);
void p11_cache_free(struct p11_cache *cache);

/* A reference of the caller's own; NULL where it isn't known. */
struct p11_certificate *p11_cache_find(struct p11_cache *cache, const uint8_t guid[static SDC_GUID_LEN],
                                       uint32_t container);
/* True where any certificate of this card is known. */
bool p11_cache_knows(struct p11_cache *cache, const uint8_t guid[static SDC_GUID_LEN]);
/* Takes a reference of its own. A GUID of zeroes is no name and isn't kept. */
void p11_cache_put(struct p11_cache *cache, const uint8_t guid[static SDC_GUID_LEN], uint32_t container,
                   struct p11_certificate *certificate);
void p11_cache_drop(struct p11_cache *cache, const uint8_t guid[static SDC_GUID_LEN], uint32_t container);

#endif
