/* SPDX-License-Identifier: BSD-2-Clause */
#include "session.h"

#include <stdlib.h>

#include "store.h"

#define SLOT_BITS 8
#define SLOT_MASK 0xFFUL
_Static_assert(P11_SLOTS_MAX <= SLOT_MASK + 1, "a slot's number fits into a session's handle");

static CK_RV enter(CK_SESSION_HANDLE handle, bool look, struct p11_session **session)
{
    struct p11_module *m = NULL;
    CK_RV rv = p11_enter(&m);
    if (rv != CKR_OK)
        return rv;
    struct p11_slot *slot = p11_slot_find(m, handle & SLOT_MASK);
    if (!slot) {
        (void)p11_leave(m, rv);
        return CKR_SESSION_HANDLE_INVALID;
    }
    if (look)
        p11_slots_look(m);
    pthread_mutex_lock(&slot->lock);
    if (look)
        p11_slot_sync(slot);
    struct p11_session *s = slot->sessions;
    while (s && s->handle != handle)
        s = s->next;
    *session = s;
    if (s)
        return CKR_OK;
    (void)p11_slot_leave(slot, rv);
    return CKR_SESSION_HANDLE_INVALID;
}

CK_RV p11_session_enter_as(const char *function, CK_SESSION_HANDLE handle, struct p11_session **session)
{
    p11_trace_call(function);
    return enter(handle, false, session);
}

CK_RV p11_session_look_as(const char *function, CK_SESSION_HANDLE handle, struct p11_session **session)
{
    p11_trace_call(function);
    return enter(handle, true, session);
}

CK_RV p11_session_leave(struct p11_session *session, CK_RV rv)
{
    return p11_slot_leave(session->slot, rv);
}

CK_RV p11_session_open(struct p11_slot *slot, CK_FLAGS flags, CK_SESSION_HANDLE *handle)
{
    CK_RV rv = p11_token_there(slot);
    if (rv != CKR_OK)
        return rv;
    if (!(flags & CKF_RW_SESSION) && slot->token.user == P11_SO)
        return CKR_SESSION_READ_WRITE_SO_EXISTS;
    struct p11_session *s = calloc(1, sizeof *s);
    if (!s)
        return CKR_HOST_MEMORY;
    s->slot = slot;
    s->flags = flags;
    s->handle = ++slot->session_count << SLOT_BITS | slot->id;
    s->next = slot->sessions;
    slot->sessions = s;
    *handle = s->handle;
    return CKR_OK;
}

static void session_free(struct p11_session *s)
{
    for (enum p11_kind kind = 0; kind < P11_KINDS; kind++)
        p11_operation_end(s, kind, CKR_OK);
    p11_search_end(&s->search);
    p11_stored_free_of(s->slot, s->handle);
    free(s);
}

CK_RV p11_session_close(struct p11_session *session)
{
    struct p11_slot *slot = session->slot;
    struct p11_session **at = &slot->sessions;
    while (*at != session)
        at = &(*at)->next;
    *at = session->next;
    session_free(session);
    /* The session is closed whatever the card says to the logout. */
    if (!slot->sessions)
        (void)p11_token_logout(slot);
    return CKR_OK;
}

CK_RV p11_session_close_all(struct p11_slot *slot)
{
    bool any = slot->sessions != NULL;
    p11_sessions_free(slot);
    if (any)
        (void)p11_token_logout(slot);
    return CKR_OK;
}

void p11_sessions_free(struct p11_slot *slot)
{
    while (slot->sessions) {
        struct p11_session *s = slot->sessions;
        slot->sessions = s->next;
        session_free(s);
    }
}

CK_RV p11_session_info(struct p11_session *session, CK_SESSION_INFO *info)
{
    bool rw = session->flags & CKF_RW_SESSION;
    static const CK_STATE states[][2] = {
        [P11_NOBODY] = { CKS_RO_PUBLIC_SESSION, CKS_RW_PUBLIC_SESSION },
        [P11_USER] = { CKS_RO_USER_FUNCTIONS, CKS_RW_USER_FUNCTIONS },
        [P11_SO] = { CKS_RW_SO_FUNCTIONS, CKS_RW_SO_FUNCTIONS },
    };
    *info = (CK_SESSION_INFO) {
        .slotID = session->slot->id,
        .state = states[session->slot->token.user][rw],
        .flags = session->flags,
    };
    return CKR_OK;
}

CK_RV p11_session_cancel(struct p11_session *session, CK_FLAGS flags)
{
    static const CK_FLAGS kinds[P11_KINDS] = {
        [P11_DIGEST] = CKF_DIGEST,   [P11_SIGN] = CKF_SIGN,       [P11_VERIFY] = CKF_VERIFY,
        [P11_ENCRYPT] = CKF_ENCRYPT, [P11_DECRYPT] = CKF_DECRYPT,
    };
    for (enum p11_kind kind = 0; kind < P11_KINDS; kind++)
        if (flags & kinds[kind])
            p11_operation_end(session, kind, CKR_OK);
    if (flags & CKF_FIND_OBJECTS)
        p11_search_end(&session->search);
    return CKR_OK;
}

void p11_sessions_count(const struct p11_slot *slot, CK_ULONG *all, CK_ULONG *read_write)
{
    *all = *read_write = 0;
    for (const struct p11_session *s = slot->sessions; s; s = s->next) {
        *all += 1;
        *read_write += (s->flags & CKF_RW_SESSION) != 0;
    }
}

CK_RV p11_session_refuse_as(const char *function, CK_SESSION_HANDLE handle, bool pointers, CK_RV refusal)
{
    p11_trace_call(function);
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(handle, &s);
    return rv == CKR_OK ? p11_session_leave(s, pointers ? refusal : CKR_ARGUMENTS_BAD) : rv;
}

CK_RV p11_session_refuse_keys_as(const char *function, CK_SESSION_HANDLE handle, bool pointers, CK_OBJECT_HANDLE key,
                                 CK_OBJECT_HANDLE other)
{
    p11_trace_call(function);
    struct p11_session *s = NULL;
    struct p11_item item;
    CK_RV rv = p11_session_enter(handle, &s);
    if (rv != CKR_OK)
        return rv;
    if (!pointers)
        return p11_session_leave(s, CKR_ARGUMENTS_BAD);
    bool keys = p11_item_find(s, key, &item) && p11_item_find(s, other, &item);
    return p11_session_leave(s, keys ? CKR_FUNCTION_NOT_SUPPORTED : CKR_KEY_HANDLE_INVALID);
}
