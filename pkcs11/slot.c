/* SPDX-License-Identifier: BSD-2-Clause */
#include "slot.h"

#include <stdlib.h>
#include <string.h>

#include "session.h"
#include "text.h"

/* ---- the table ---- */
static struct p11_slot *slot_by_name(struct p11_module *m, const char *reader)
{
    for (size_t i = 0; i < m->slots_len; i++)
        if (strcmp(m->slots[i]->reader, reader) == 0)
            return m->slots[i];
    return NULL;
}

static struct p11_slot *slot_add(struct p11_module *m, const char *reader)
{
    struct p11_slot *s = m->slots_len < P11_SLOTS_MAX ? calloc(1, sizeof *s) : NULL;
    if (!s)
        return NULL;
    s->module = m;
    s->id = m->slots_len;
    memcpy(s->reader, reader, strnlen(reader, sizeof s->reader - 1));
    pthread_mutex_init(&s->lock, NULL);
    m->slots[m->slots_len++] = s;
    return s;
}

static void slot_update(struct p11_module *m, struct p11_slot *s, bool there, bool card, uint16_t events)
{
    if (s->there == there && s->card == card && s->events == events)
        return;
    s->there = there;
    s->card = card;
    s->events = events;
    s->changed = m->looked;
}

static void merge(struct p11_module *m, const struct sdc_watch_state *states, size_t count)
{
    bool seen[P11_SLOTS_MAX] = { false };
    pthread_mutex_lock(&m->table);
    for (size_t i = 0; i < count; i++) {
        if (!p11_config_reader(&m->config, states[i].reader))
            continue;
        struct p11_slot *s = slot_by_name(m, states[i].reader);
        if (!s)
            s = slot_add(m, states[i].reader);
        if (!s)
            continue; /* no memory or no number left: this reader stays unseen */
        seen[s->id] = true;
        slot_update(m, s, true, states[i].card, states[i].events);
    }
    for (size_t i = 0; i < m->slots_len; i++)
        if (!seen[i])
            slot_update(m, m->slots[i], false, false, m->slots[i]->events);
    m->looked = true;
    pthread_cond_broadcast(&m->moved);
    pthread_mutex_unlock(&m->table);
}

/* Look and merge are one step: what another watch saw earlier must not come into the table later. */
bool p11_slots_look_by(struct p11_module *m, void *watch)
{
    struct sdc_watch_state states[SDC_WATCH_READERS];
    size_t count = 0;
    pthread_mutex_lock(&m->look);
    bool service = m->desk.look(watch, states, &count, NULL) == SDC_OK;
    merge(m, states, service ? count : 0);
    pthread_mutex_unlock(&m->look);
    return service;
}

void p11_slots_look(struct p11_module *m)
{
    (void)p11_slots_look_by(m, m->look_watch);
}

struct p11_slot *p11_slot_find(struct p11_module *m, CK_SLOT_ID id)
{
    pthread_mutex_lock(&m->table);
    struct p11_slot *s = id < m->slots_len ? m->slots[id] : NULL;
    pthread_mutex_unlock(&m->table);
    return s;
}

/* ---- one slot ---- */
void p11_slot_sync(struct p11_slot *s)
{
    pthread_mutex_lock(&s->module->table);
    bool card = s->there && s->card;
    uint16_t events = s->events;
    pthread_mutex_unlock(&s->module->table);

    if (s->token.state != P11_EMPTY && (!card || s->token.events != events))
        s->token.state = P11_LOST;
    if (s->token.state == P11_LOST)
        p11_token_drop(s);
    s->token.closed = CKR_OK;
    if (card && s->token.state == P11_EMPTY)
        p11_token_open(s, events);
}

CK_RV p11_slot_enter_as(const char *function, CK_SLOT_ID id, struct p11_slot **slot)
{
    p11_trace_call(function);
    struct p11_module *m = NULL;
    CK_RV rv = p11_enter(&m);
    if (rv != CKR_OK)
        return rv;
    p11_slots_look(m);
    *slot = p11_slot_find(m, id);
    if (!*slot)
        return p11_leave(m, CKR_SLOT_ID_INVALID);
    pthread_mutex_lock(&(*slot)->lock);
    p11_slot_sync(*slot);
    return CKR_OK;
}

CK_RV p11_slot_leave(struct p11_slot *s, CK_RV rv)
{
    p11_token_settle(s);
    if (s->token.state == P11_LOST)
        p11_token_drop(s);
    pthread_mutex_unlock(&s->lock);
    return p11_leave(s->module, rv);
}

void p11_slot_info(struct p11_slot *s, CK_SLOT_INFO *info)
{
    memset(info, 0, sizeof *info);
    p11_text(info->slotDescription, sizeof info->slotDescription, s->reader);
    p11_text(info->manufacturerID, sizeof info->manufacturerID, "PC/SC reader");
    info->flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT;
    if (s->token.state == P11_READY)
        info->flags |= CKF_TOKEN_PRESENT;
}

/* ---- C_GetSlotList ---- */
static void count_slots(struct p11_module *m, bool present)
{
    p11_slots_look(m);
    struct p11_slot *s;
    for (CK_SLOT_ID id = 0; (s = p11_slot_find(m, id)) != NULL; id++) {
        bool token = false;
        if (present) {
            pthread_mutex_lock(&s->lock);
            p11_slot_sync(s);
            token = s->token.state == P11_READY;
            pthread_mutex_unlock(&s->lock);
        }
        pthread_mutex_lock(&m->table);
        s->listed[present] = !present || token;
        pthread_mutex_unlock(&m->table);
    }
}

/* The call with a buffer gives what the call without one promised, so that a card that comes in between doesn't
 * overflow it; only the call without one looks. */
CK_RV p11_slots_list(struct p11_module *m, bool present, CK_SLOT_ID *list, CK_ULONG *count)
{
    pthread_mutex_lock(&m->table);
    bool counted = m->counted[present];
    m->counted[present] = true;
    pthread_mutex_unlock(&m->table);
    if (!list || !counted)
        count_slots(m, present);

    CK_ULONG found = 0, given = 0;
    pthread_mutex_lock(&m->table);
    for (size_t i = 0; i < m->slots_len; i++)
        found += m->slots[i]->listed[present];
    bool room = list && *count >= found;
    for (size_t i = 0; room && i < m->slots_len; i++)
        if (m->slots[i]->listed[present])
            list[given++] = m->slots[i]->id;
    pthread_mutex_unlock(&m->table);
    *count = found;
    return list && !room ? CKR_BUFFER_TOO_SMALL : CKR_OK;
}

void p11_slots_logout(struct p11_module *m)
{
    for (size_t i = 0; i < m->slots_len; i++) {
        struct p11_slot *s = m->slots[i];
        if (pthread_mutex_trylock(&s->lock) != 0)
            continue;
        p11_token_logout(s);
        pthread_mutex_unlock(&s->lock);
    }
}

void p11_slots_free(struct p11_module *m)
{
    for (size_t i = 0; i < m->slots_len; i++) {
        struct p11_slot *s = m->slots[i];
        p11_token_logout(s);
        p11_token_drop(s);
        pthread_mutex_destroy(&s->lock);
        free(s);
    }
    m->slots_len = 0;
}
