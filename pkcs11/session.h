/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions. A handle is a number that is never given twice with the slot's number in its low byte, so that finding a
 * session needs no table of all of them. */
#ifndef P11_SESSION_H
#define P11_SESSION_H

#include "find.h"
#include "operation.h"
#include "slot.h"

struct p11_session {
    struct p11_session *next;
    struct p11_slot *slot;
    CK_SESSION_HANDLE handle;
    CK_FLAGS flags;
    struct p11_operation operation[P11_KINDS];
    struct p11_search search;
};

/* Finds the session and locks its slot; CKR_CRYPTOKI_NOT_INITIALIZED, CKR_SESSION_HANDLE_INVALID. To be left by
 * p11_session_leave, which returns rv. p11_session_look looks at the readers first: a card that went away since voids
 * its sessions. */
CK_RV p11_session_enter_as(const char *function, CK_SESSION_HANDLE handle, struct p11_session **session);
CK_RV p11_session_look_as(const char *function, CK_SESSION_HANDLE handle, struct p11_session **session);
#define p11_session_enter(handle, session) p11_session_enter_as(__func__, handle, session)
#define p11_session_look(handle, session)  p11_session_look_as(__func__, handle, session)
CK_RV p11_session_leave(struct p11_session *session, CK_RV rv);
/* The whole of an entry point that isn't supported: session, pointers (CKR_ARGUMENTS_BAD), keys, then the refusal. */
CK_RV p11_session_refuse_as(const char *function, CK_SESSION_HANDLE handle, bool pointers, CK_RV refusal);
CK_RV p11_session_refuse_keys_as(const char *function, CK_SESSION_HANDLE handle, bool pointers, CK_OBJECT_HANDLE key,
                                 CK_OBJECT_HANDLE other);
#define p11_session_refuse(handle, pointers, refusal) p11_session_refuse_as(__func__, handle, pointers, refusal)
#define p11_session_refuse_keys(handle, pointers, key, other)                                                          \
    p11_session_refuse_keys_as(__func__, handle, pointers, key, other)

/* The slot is locked in all of these. */
CK_RV p11_session_open(struct p11_slot *slot, CK_FLAGS flags, CK_SESSION_HANDLE *handle);
CK_RV p11_session_close(struct p11_session *session); /* the last one logs out; the session is gone afterwards */
CK_RV p11_session_close_all(struct p11_slot *slot);
CK_RV p11_session_info(struct p11_session *session, CK_SESSION_INFO *info);
CK_RV p11_session_cancel(struct p11_session *session, CK_FLAGS flags);
void p11_sessions_free(struct p11_slot *slot); /* without a word to the card */
void p11_sessions_count(const struct p11_slot *slot, CK_ULONG *all, CK_ULONG *read_write);

#endif
