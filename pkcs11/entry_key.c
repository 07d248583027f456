/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry points: keys, and two operations at once (PKCS#11 3.0, 5.16 to 5.19). */
#include "crypto.h"

static CK_RV generate_pair(const CK_ATTRIBUTE *public_template, CK_ULONG public_count,
                           const CK_ATTRIBUTE *private_template, CK_ULONG private_count)
{
    CK_RV rv = p11_refuse_generate(public_template, public_count);
    return rv == CKR_ARGUMENTS_BAD ? rv : p11_refuse_generate(private_template, private_count);
}

CK_RV C_GenerateKey(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *template, CK_ULONG count,
                    CK_OBJECT_HANDLE *key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK
               ? p11_session_leave(s, mechanism && key ? p11_refuse_generate(template, count) : CKR_ARGUMENTS_BAD)
               : rv;
}

CK_RV C_GenerateKeyPair(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public_template,
                        CK_ULONG public_count, CK_ATTRIBUTE *private_template, CK_ULONG private_count,
                        CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(
                              s, mechanism && public_key && private_key
                                     ? generate_pair(public_template, public_count, private_template, private_count)
                                     : CKR_ARGUMENTS_BAD)
                        : rv;
}

CK_RV C_DeriveKey(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base_key, CK_ATTRIBUTE *template,
                  CK_ULONG count, CK_OBJECT_HANDLE *key)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, p11_derive(s, mechanism, base_key, template, count, key)) : rv;
}

CK_RV C_WrapKey(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping_key, CK_OBJECT_HANDLE key,
                CK_BYTE *wrapped, CK_ULONG *wrapped_len)
{
    (void)wrapped;
    return p11_session_refuse_keys(session, mechanism && wrapped_len, wrapping_key, key);
}

CK_RV C_UnwrapKey(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping_key, CK_BYTE *wrapped,
                  CK_ULONG wrapped_len, CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *key)
{
    bool pointers = mechanism && p11_readable(wrapped, wrapped_len) && p11_template_readable(template, count) && key;
    return p11_session_refuse_keys(session, pointers, unwrapping_key, unwrapping_key);
}

CK_RV C_DigestEncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
{
    (void)out;
    return p11_session_refuse(session, p11_readable(in, in_len) && out_len, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptDigestUpdate(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
{
    (void)out;
    return p11_session_refuse(session, p11_readable(in, in_len) && out_len, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SignEncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
{
    (void)out;
    return p11_session_refuse(session, p11_readable(in, in_len) && out_len, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptVerifyUpdate(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
{
    (void)out;
    return p11_session_refuse(session, p11_readable(in, in_len) && out_len, CKR_FUNCTION_NOT_SUPPORTED);
}
