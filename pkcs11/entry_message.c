/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry points: message-based functions, none of which a PIV card has (PKCS#11 3.0, 5.9, 5.11, 5.14, 5.16). */
#include "crypto.h"

static CK_RV unsupported(bool pointers)
{
    return pointers ? CKR_FUNCTION_NOT_SUPPORTED : CKR_ARGUMENTS_BAD;
}

static CK_RV unsupported_key(struct p11_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct p11_item item;
    if (!mechanism)
        return CKR_ARGUMENTS_BAD;
    return p11_item_find(s, key, &item) ? CKR_FUNCTION_NOT_SUPPORTED : CKR_KEY_HANDLE_INVALID;
}

CK_RV C_MessageEncryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported_key(s, mechanism, key)) : rv;
}

CK_RV C_MessageEncryptFinal(CK_SESSION_HANDLE session)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, CKR_FUNCTION_NOT_SUPPORTED) : rv;
}

CK_RV C_MessageDecryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported_key(s, mechanism, key)) : rv;
}

CK_RV C_MessageDecryptFinal(CK_SESSION_HANDLE session)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, CKR_FUNCTION_NOT_SUPPORTED) : rv;
}

CK_RV C_MessageSignInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported_key(s, mechanism, key)) : rv;
}

CK_RV C_MessageSignFinal(CK_SESSION_HANDLE session)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, CKR_FUNCTION_NOT_SUPPORTED) : rv;
}

CK_RV C_MessageVerifyInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported_key(s, mechanism, key)) : rv;
}

CK_RV C_MessageVerifyFinal(CK_SESSION_HANDLE session)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, CKR_FUNCTION_NOT_SUPPORTED) : rv;
}

CK_RV C_EncryptMessage(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR associated,
                       CK_ULONG associated_len, CK_BYTE_PTR in, CK_ULONG in_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
    (void)out;
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported(p11_readable(parameter, parameter_len) &&
                                                           p11_readable(associated, associated_len) &&
                                                           p11_readable(in, in_len) && out_len))
                        : rv;
}

CK_RV C_EncryptMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,
                            CK_BYTE_PTR associated, CK_ULONG associated_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported(p11_readable(parameter, parameter_len) &&
                                                           p11_readable(associated, associated_len)))
                        : rv;
}

CK_RV C_EncryptMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR in,
                           CK_ULONG in_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len, CK_FLAGS flags)
{
    (void)out;
    (void)flags;
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported(p11_readable(parameter, parameter_len) &&
                                                           p11_readable(in, in_len) && out_len))
                        : rv;
}

CK_RV C_DecryptMessage(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR associated,
                       CK_ULONG associated_len, CK_BYTE_PTR in, CK_ULONG in_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
    (void)out;
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported(p11_readable(parameter, parameter_len) &&
                                                           p11_readable(associated, associated_len) &&
                                                           p11_readable(in, in_len) && out_len))
                        : rv;
}

CK_RV C_DecryptMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,
                            CK_BYTE_PTR associated, CK_ULONG associated_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported(p11_readable(parameter, parameter_len) &&
                                                           p11_readable(associated, associated_len)))
                        : rv;
}

CK_RV C_DecryptMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR in,
                           CK_ULONG in_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len, CK_FLAGS flags)
{
    (void)out;
    (void)flags;
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported(p11_readable(parameter, parameter_len) &&
                                                           p11_readable(in, in_len) && out_len))
                        : rv;
}

CK_RV C_SignMessage(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR data,
                    CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG_PTR signature_len)
{
    (void)signature;
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported(p11_readable(parameter, parameter_len) &&
                                                           p11_readable(data, data_len) && signature_len))
                        : rv;
}

CK_RV C_SignMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR data,
                        CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG_PTR signature_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK
               ? p11_session_leave(s, unsupported(p11_readable(parameter, parameter_len) &&
                                                  p11_readable(data, data_len) && (signature_len || !signature)))
               : rv;
}

CK_RV C_VerifyMessage(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR data,
                      CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG signature_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported(p11_readable(parameter, parameter_len) &&
                                                           p11_readable(data, data_len) &&
                                                           p11_readable(signature, signature_len)))
                        : rv;
}

CK_RV C_VerifyMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR data,
                          CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG signature_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported(p11_readable(parameter, parameter_len) &&
                                                           p11_readable(data, data_len) &&
                                                           p11_readable(signature, signature_len)))
                        : rv;
}

CK_RV C_SignMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported(p11_readable(parameter, parameter_len))) : rv;
}

CK_RV C_VerifyMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, unsupported(p11_readable(parameter, parameter_len))) : rv;
}
