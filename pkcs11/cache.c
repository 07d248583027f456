/* SPDX-License-Identifier: BSD-2-Clause */
#include "cache.h"

#include <string.h>

void p11_cache_init(struct p11_cache *cache)
{
    memset(cache, 0, sizeof *cache);
    pthread_mutex_init(&cache->lock, NULL);
}

/* The cache is locked in what follows. */
static void forget(struct p11_cached *entry)
{
    p11_certificate_free(entry->certificate);
    *entry = (struct p11_cached) { .used = 0 };
}

static bool of_card(const struct p11_cached *entry, const uint8_t guid[static SDC_GUID_LEN])
{
    return entry->used != 0 && memcmp(entry->guid, guid, SDC_GUID_LEN) == 0;
}

static struct p11_cached *find(struct p11_cache *cache, const uint8_t guid[static SDC_GUID_LEN], uint32_t container)
{
    for (size_t i = 0; i < P11_CACHE_MAX; i++)
        if (of_card(&cache->entries[i], guid) && cache->entries[i].container == container)
            return &cache->entries[i];
    return NULL;
}

/* A free place, or the one that wasn't wanted for longest, made free. */
static struct p11_cached *place(struct p11_cache *cache)
{
    struct p11_cached *oldest = &cache->entries[0];
    for (size_t i = 1; i < P11_CACHE_MAX; i++)
        if (cache->entries[i].used < oldest->used)
            oldest = &cache->entries[i];
    forget(oldest);
    return oldest;
}

void p11_cache_free(struct p11_cache *cache)
{
    for (size_t i = 0; i < P11_CACHE_MAX; i++)
        forget(&cache->entries[i]);
    pthread_mutex_destroy(&cache->lock);
}

struct p11_certificate *p11_cache_find(struct p11_cache *cache, const uint8_t guid[static SDC_GUID_LEN],
                                       uint32_t container)
{
    struct p11_certificate *found = NULL;
    pthread_mutex_lock(&cache->lock);
    struct p11_cached *entry = find(cache, guid, container);
    if (entry) {
        entry->used = ++cache->clock;
        found = p11_certificate_keep(entry->certificate);
    }
    pthread_mutex_unlock(&cache->lock);
    return found;
}

bool p11_cache_knows(struct p11_cache *cache, const uint8_t guid[static SDC_GUID_LEN])
{
    bool knows = false;
    pthread_mutex_lock(&cache->lock);
    for (size_t i = 0; i < P11_CACHE_MAX && !knows; i++)
        knows = of_card(&cache->entries[i], guid);
    pthread_mutex_unlock(&cache->lock);
    return knows;
}

void p11_cache_put(struct p11_cache *cache, const uint8_t guid[static SDC_GUID_LEN], uint32_t container,
                   struct p11_certificate *certificate)
{
    static const uint8_t nobody[SDC_GUID_LEN];
    if (memcmp(guid, nobody, sizeof nobody) == 0)
        return;
    pthread_mutex_lock(&cache->lock);
    struct p11_cached *entry = find(cache, guid, container);
    if (entry)
        forget(entry);
    else
        entry = place(cache);
    memcpy(entry->guid, guid, sizeof entry->guid);
    entry->container = container;
    entry->used = ++cache->clock;
    entry->certificate = p11_certificate_keep(certificate);
    pthread_mutex_unlock(&cache->lock);
}

void p11_cache_drop(struct p11_cache *cache, const uint8_t guid[static SDC_GUID_LEN], uint32_t container)
{
    pthread_mutex_lock(&cache->lock);
    struct p11_cached *entry = find(cache, guid, container);
    if (entry)
        forget(entry);
    pthread_mutex_unlock(&cache->lock);
}
