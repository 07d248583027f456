/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto.h"
#include "ec.h"

CK_RV p11_verify_init(struct p11_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE handle)
{
    const struct p11_mechanism *m = NULL;
    const struct p11_object *key = NULL;
    if (!mechanism)
        return CKR_ARGUMENTS_BAD;
    if (s->operation[P11_VERIFY].mechanism)
        return CKR_OPERATION_ACTIVE;
    CK_RV rv = p11_mechanism_check(mechanism, CKF_VERIFY, false, &m);
    if (rv == CKR_OK)
        rv = p11_key_find(s, handle, CKO_PUBLIC_KEY, m, CKA_VERIFY, &key);
    return rv == CKR_OK ? p11_operation_start(s, P11_VERIFY, m, key) : rv;
}

static CK_RV finish(struct p11_session *s, const CK_BYTE *data, CK_ULONG len, const CK_BYTE *signature,
                    CK_ULONG signature_len)
{
    struct p11_operation *o = &s->operation[P11_VERIFY];
    uint8_t hash[P11_HASH_MAX], fitted[P11_P256_LEN];
    size_t hash_len = 0;
    CK_RV rv = p11_operation_feed(o, data, len);
    if (rv == CKR_OK)
        rv = p11_operation_hash(o, hash, &hash_len);
    if (rv == CKR_OK && signature_len != P11_P256_SIGNATURE)
        rv = CKR_SIGNATURE_LEN_RANGE;
    if (rv == CKR_OK) {
        p11_ec_hash(hash, hash_len, fitted);
        int good = p11_ec_verify(p11_object_certificate(s->slot, o->key)->key, fitted, sizeof fitted, signature);
        rv = good == 1 ? CKR_OK : good == 0 ? CKR_SIGNATURE_INVALID : CKR_FUNCTION_FAILED;
    }
    return p11_operation_end(s, P11_VERIFY, rv);
}

CK_RV p11_verify(struct p11_session *s, const CK_BYTE *data, CK_ULONG len, const CK_BYTE *signature,
                 CK_ULONG signature_len)
{
    if (!p11_readable(data, len) || !signature)
        return p11_operation_end(s, P11_VERIFY, CKR_ARGUMENTS_BAD);
    CK_RV rv = p11_operation_step(s, P11_VERIFY, P11_ONE_SHOT);
    return rv == CKR_OK ? finish(s, data, len, signature, signature_len) : rv;
}

CK_RV p11_verify_update(struct p11_session *s, const CK_BYTE *part, CK_ULONG len)
{
    if (!p11_readable(part, len))
        return p11_operation_end(s, P11_VERIFY, CKR_ARGUMENTS_BAD);
    CK_RV rv = p11_operation_step(s, P11_VERIFY, P11_PART);
    if (rv != CKR_OK)
        return rv;
    s->operation[P11_VERIFY].parts = true;
    rv = p11_operation_feed(&s->operation[P11_VERIFY], part, len);
    return rv == CKR_OK ? rv : p11_operation_end(s, P11_VERIFY, rv);
}

CK_RV p11_verify_final(struct p11_session *s, const CK_BYTE *signature, CK_ULONG signature_len)
{
    if (!signature)
        return p11_operation_end(s, P11_VERIFY, CKR_ARGUMENTS_BAD);
    CK_RV rv = p11_operation_step(s, P11_VERIFY, P11_LAST);
    return rv == CKR_OK ? finish(s, NULL, 0, signature, signature_len) : rv;
}
