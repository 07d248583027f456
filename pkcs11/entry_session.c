/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry points: sessions, login, random numbers (PKCS#11 3.0, 5.6, 5.20 and 5.21). */
#include "library.h"
#include "login.h"

CK_RV C_OpenSession(CK_SLOT_ID id, CK_FLAGS flags, void *application, CK_NOTIFY notify, CK_SESSION_HANDLE *session)
{
    struct p11_slot *slot = NULL;
    (void)application;
    (void)notify; /* no callback is ever made: there is nothing to surrender */
    CK_RV rv = p11_slot_enter(id, &slot);
    if (rv != CKR_OK)
        return rv;
    if (!session)
        return p11_slot_leave(slot, CKR_ARGUMENTS_BAD);
    if (!(flags & CKF_SERIAL_SESSION))
        return p11_slot_leave(slot, CKR_SESSION_PARALLEL_NOT_SUPPORTED);
    return p11_slot_leave(slot, p11_session_open(slot, flags, session));
}

CK_RV C_CloseSession(CK_SESSION_HANDLE session)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    if (rv != CKR_OK)
        return rv;
    struct p11_slot *slot = s->slot; /* the session is gone when it is closed */
    return p11_slot_leave(slot, p11_session_close(s));
}

CK_RV C_CloseAllSessions(CK_SLOT_ID id)
{
    struct p11_slot *slot = NULL;
    CK_RV rv = p11_slot_enter(id, &slot);
    return rv == CKR_OK ? p11_slot_leave(slot, p11_session_close_all(slot)) : rv;
}

CK_RV C_GetSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO *info)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_look(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, info ? p11_session_info(s, info) : CKR_ARGUMENTS_BAD) : rv;
}

CK_RV C_SessionCancel(CK_SESSION_HANDLE session, CK_FLAGS flags)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_session_cancel(s, flags)) : rv;
}

CK_RV C_GetOperationState(CK_SESSION_HANDLE session, CK_BYTE *state, CK_ULONG *state_len)
{
    (void)state;
    return p11_session_refuse(session, state_len, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SetOperationState(CK_SESSION_HANDLE session, CK_BYTE *state, CK_ULONG state_len,
                          CK_OBJECT_HANDLE encryption_key, CK_OBJECT_HANDLE authentication_key)
{
    (void)state_len;
    (void)encryption_key;
    (void)authentication_key;
    return p11_session_refuse(session, state, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG pin_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_look(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_login(s, user, pin, pin_len)) : rv;
}

/* A card has one user and no names. */
CK_RV C_LoginUser(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG pin_len,
                  CK_UTF8CHAR_PTR username, CK_ULONG username_len)
{
    (void)user;
    (void)pin_len;
    return p11_session_refuse(session, pin && (username || username_len == 0), CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_Logout(CK_SESSION_HANDLE session)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_logout(s)) : rv;
}

CK_RV C_InitPIN(CK_SESSION_HANDLE session, CK_UTF8CHAR *pin, CK_ULONG pin_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_init_pin(s, pin, pin_len)) : rv;
}

CK_RV C_SetPIN(CK_SESSION_HANDLE session, CK_UTF8CHAR *old_pin, CK_ULONG old_len, CK_UTF8CHAR *new_pin,
               CK_ULONG new_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_set_pin(s, old_pin, old_len, new_pin, new_len)) : rv;
}

CK_RV C_SeedRandom(CK_SESSION_HANDLE session, CK_BYTE *seed, CK_ULONG seed_len)
{
    return p11_session_refuse(session, seed || seed_len == 0, CKR_RANDOM_SEED_NOT_SUPPORTED);
}

CK_RV C_GenerateRandom(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    if (rv != CKR_OK)
        return rv;
    if (!data && len > 0)
        return p11_session_leave(s, CKR_ARGUMENTS_BAD);
    return p11_session_leave(s, len == 0 || p11_random(data, len) ? CKR_OK : CKR_FUNCTION_FAILED);
}

/* Parallel functions are a relic of version 1 (PKCS#11 3.0, 5.21). */
CK_RV C_GetFunctionStatus(CK_SESSION_HANDLE session)
{
    return p11_session_refuse(session, true, CKR_FUNCTION_NOT_PARALLEL);
}

CK_RV C_CancelFunction(CK_SESSION_HANDLE session)
{
    return p11_session_refuse(session, true, CKR_FUNCTION_NOT_PARALLEL);
}
