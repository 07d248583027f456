/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto.h"
#include "signature.h"

CK_RV p11_verify_init(struct p11_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    static const struct p11_begin begin = { P11_VERIFY, CKF_VERIFY, CKO_PUBLIC_KEY, CKA_VERIFY };
    return p11_operation_start(s, &begin, mechanism, key);
}

static CK_RV finish(struct p11_session *s, const CK_BYTE *data, CK_ULONG len, const CK_BYTE *signature,
                    CK_ULONG signature_len)
{
    struct p11_operation *o = &s->operation[P11_VERIFY];
    CK_RV rv = p11_operation_feed(o, data, len);
    if (rv == CKR_OK)
        rv = p11_operation_close(o);
    if (rv == CKR_OK && signature_len != p11_signature_len(o->certificate))
        rv = CKR_SIGNATURE_LEN_RANGE;
    if (rv == CKR_OK && !p11_signature_good(o, signature))
        rv = CKR_SIGNATURE_INVALID;
    return p11_operation_end(s, P11_VERIFY, rv);
}

CK_RV p11_verify(struct p11_session *s, const CK_BYTE *data, CK_ULONG len, const CK_BYTE *signature,
                 CK_ULONG signature_len)
{
    CK_RV rv = p11_operation_step(s, P11_VERIFY, P11_ONE_SHOT, p11_readable(data, len) && signature);
    return rv == CKR_OK ? finish(s, data, len, signature, signature_len) : rv;
}

CK_RV p11_verify_update(struct p11_session *s, const CK_BYTE *part, CK_ULONG len)
{
    return p11_operation_part(s, P11_VERIFY, part, len);
}

CK_RV p11_verify_final(struct p11_session *s, const CK_BYTE *signature, CK_ULONG signature_len)
{
    CK_RV rv = p11_operation_step(s, P11_VERIFY, P11_LAST, signature != NULL);
    return rv == CKR_OK ? finish(s, NULL, 0, signature, signature_len) : rv;
}
