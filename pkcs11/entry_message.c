/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry points: message-based functions, none of which a PIV card has (PKCS#11 3.0, 5.9, 5.11, 5.14, 5.16). */
#include "crypto.h"

CK_RV C_MessageEncryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    return p11_session_refuse_keys(session, mechanism, key, key);
}

CK_RV C_MessageEncryptFinal(CK_SESSION_HANDLE session)
{
    return p11_session_refuse(session, true, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_MessageDecryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    return p11_session_refuse_keys(session, mechanism, key, key);
}

CK_RV C_MessageDecryptFinal(CK_SESSION_HANDLE session)
{
    return p11_session_refuse(session, true, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_MessageSignInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    return p11_session_refuse_keys(session, mechanism, key, key);
}

CK_RV C_MessageSignFinal(CK_SESSION_HANDLE session)
{
    return p11_session_refuse(session, true, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_MessageVerifyInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    return p11_session_refuse_keys(session, mechanism, key, key);
}

CK_RV C_MessageVerifyFinal(CK_SESSION_HANDLE session)
{
    return p11_session_refuse(session, true, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_EncryptMessage(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR associated,
                       CK_ULONG associated_len, CK_BYTE_PTR in, CK_ULONG in_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
    (void)out;
    return p11_session_refuse(session,
                              p11_readable(parameter, parameter_len) && p11_readable(associated, associated_len) &&
                                  p11_readable(in, in_len) && out_len,
                              CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_EncryptMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,
                            CK_BYTE_PTR associated, CK_ULONG associated_len)
{
    return p11_session_refuse(session,
                              p11_readable(parameter, parameter_len) && p11_readable(associated, associated_len),
                              CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_EncryptMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR in,
                           CK_ULONG in_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len, CK_FLAGS flags)
{
    (void)out;
    (void)flags;
    return p11_session_refuse(session, p11_readable(parameter, parameter_len) && p11_readable(in, in_len) && out_len,
                              CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptMessage(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR associated,
                       CK_ULONG associated_len, CK_BYTE_PTR in, CK_ULONG in_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
    (void)out;
    return p11_session_refuse(session,
                              p11_readable(parameter, parameter_len) && p11_readable(associated, associated_len) &&
                                  p11_readable(in, in_len) && out_len,
                              CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,
                            CK_BYTE_PTR associated, CK_ULONG associated_len)
{
    return p11_session_refuse(session,
                              p11_readable(parameter, parameter_len) && p11_readable(associated, associated_len),
                              CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR in,
                           CK_ULONG in_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len, CK_FLAGS flags)
{
    (void)out;
    (void)flags;
    return p11_session_refuse(session, p11_readable(parameter, parameter_len) && p11_readable(in, in_len) && out_len,
                              CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SignMessage(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR data,
                    CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG_PTR signature_len)
{
    (void)signature;
    return p11_session_refuse(session,
                              p11_readable(parameter, parameter_len) && p11_readable(data, data_len) && signature_len,
                              CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SignMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR data,
                        CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG_PTR signature_len)
{
    return p11_session_refuse(session,
                              p11_readable(parameter, parameter_len) && p11_readable(data, data_len) &&
                                  (signature_len || !signature),
                              CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_VerifyMessage(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR data,
                      CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG signature_len)
{
    return p11_session_refuse(session,
                              p11_readable(parameter, parameter_len) && p11_readable(data, data_len) &&
                                  p11_readable(signature, signature_len),
                              CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_VerifyMessageNext(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len, CK_BYTE_PTR data,
                          CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG signature_len)
{
    return p11_session_refuse(session,
                              p11_readable(parameter, parameter_len) && p11_readable(data, data_len) &&
                                  p11_readable(signature, signature_len),
                              CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SignMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len)
{
    return p11_session_refuse(session, p11_readable(parameter, parameter_len), CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_VerifyMessageBegin(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len)
{
    return p11_session_refuse(session, p11_readable(parameter, parameter_len), CKR_FUNCTION_NOT_SUPPORTED);
}
