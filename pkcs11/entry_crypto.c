/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry points: digest, sign, verify, encrypt, decrypt (PKCS#11 3.0, 5.8 to 5.15). */
#include "crypto.h"

CK_RV C_DigestInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_digest_init(s, mechanism)) : rv;
}

CK_RV C_Digest(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len, CK_BYTE *digest, CK_ULONG *digest_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_digest(s, data, data_len, digest, digest_len)) : rv;
}

CK_RV C_DigestUpdate(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_digest_update(s, data, data_len)) : rv;
}

CK_RV C_DigestKey(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_digest_key(s, key)) : rv;
}

CK_RV C_DigestFinal(CK_SESSION_HANDLE session, CK_BYTE *digest, CK_ULONG *digest_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_digest_final(s, digest, digest_len)) : rv;
}

CK_RV C_SignInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_sign_init(s, mechanism, key)) : rv;
}

CK_RV C_Sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len, CK_BYTE *signature, CK_ULONG *signature_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_sign(s, data, data_len, signature, signature_len)) : rv;
}

CK_RV C_SignUpdate(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_sign_update(s, data, data_len)) : rv;
}

CK_RV C_SignFinal(CK_SESSION_HANDLE session, CK_BYTE *signature, CK_ULONG *signature_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_sign_final(s, signature, signature_len)) : rv;
}

CK_RV C_VerifyInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_verify_init(s, mechanism, key)) : rv;
}

CK_RV C_Verify(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len, CK_BYTE *signature, CK_ULONG signature_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_verify(s, data, data_len, signature, signature_len)) : rv;
}

CK_RV C_VerifyUpdate(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_verify_update(s, data, data_len)) : rv;
}

CK_RV C_VerifyFinal(CK_SESSION_HANDLE session, CK_BYTE *signature, CK_ULONG signature_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_verify_final(s, signature, signature_len)) : rv;
}

CK_RV C_EncryptInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_crypt_init(s, P11_ENCRYPT, mechanism, key)) : rv;
}

CK_RV C_Encrypt(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_crypt(s, P11_ENCRYPT, in, in_len, out, out_len)) : rv;
}

CK_RV C_EncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
{
    (void)out;
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_crypt_update(s, P11_ENCRYPT, in, in_len, out_len)) : rv;
}

CK_RV C_EncryptFinal(CK_SESSION_HANDLE session, CK_BYTE *out, CK_ULONG *out_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_crypt_final(s, P11_ENCRYPT, out, out_len)) : rv;
}

CK_RV C_DecryptInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_crypt_init(s, P11_DECRYPT, mechanism, key)) : rv;
}

CK_RV C_Decrypt(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_crypt(s, P11_DECRYPT, in, in_len, out, out_len)) : rv;
}

CK_RV C_DecryptUpdate(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
{
    (void)out;
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_crypt_update(s, P11_DECRYPT, in, in_len, out_len)) : rv;
}

CK_RV C_DecryptFinal(CK_SESSION_HANDLE session, CK_BYTE *out, CK_ULONG *out_len)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_crypt_final(s, P11_DECRYPT, out, out_len)) : rv;
}

CK_RV C_SignRecoverInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_refuse_init(s, mechanism, key)) : rv;
}

/* None of this kind can be running. */
CK_RV C_SignRecover(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
{
    (void)out;
    return p11_session_refuse(session, p11_readable(in, in_len) && out_len, CKR_OPERATION_NOT_INITIALIZED);
}

CK_RV C_VerifyRecoverInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_refuse_init(s, mechanism, key)) : rv;
}

/* None of this kind can be running. */
CK_RV C_VerifyRecover(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
{
    (void)out;
    return p11_session_refuse(session, p11_readable(in, in_len) && out_len, CKR_OPERATION_NOT_INITIALIZED);
}
