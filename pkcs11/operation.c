/* SPDX-License-Identifier: BSD-2-Clause */
#include "operation.h"

#include "crypto.h"
#include "library.h"
#include "session.h"
#include "slot.h"

#define RAW_HASH_MAX 64 /* SHA-512; ECDSA uses what the field has room for */

/* How much data a mechanism takes that doesn't hash them. */
static void set_limits(struct p11_operation *o, enum p11_kind kind)
{
    bool decrypts = kind == P11_DECRYPT;
    size_t hash = o->padding.hash_len;
    o->wrong_length = decrypts ? CKR_ENCRYPTED_DATA_LEN_RANGE : CKR_DATA_LEN_RANGE;
    o->least = o->most = P11_RSA_LEN;
    switch (o->mechanism->scheme) {
    case P11_ECDSA:
        o->least = 1;
        o->most = RAW_HASH_MAX;
        break;
    case P11_PSS:
        o->least = o->most = hash;
        break;
    case P11_PKCS1:
        o->least = decrypts ? P11_RSA_LEN : 0;
        o->most = decrypts ? P11_RSA_LEN : P11_PKCS1_MAX;
        break;
    case P11_OAEP:
        o->least = decrypts ? P11_RSA_LEN : 0;
        o->most = decrypts ? P11_RSA_LEN : P11_RSA_LEN - 2 * hash - 2;
        break;
    default:
        break;
    }
}

static CK_RV start_hash(struct p11_operation *o)
{
    o->md = EVP_MD_CTX_new();
    EVP_MD *md = EVP_MD_fetch(p11_library(), o->mechanism->digest, NULL);
    bool ok = o->md && md && EVP_DigestInit_ex2(o->md, md, NULL);
    EVP_MD_free(md);
    return ok ? CKR_OK : CKR_MECHANISM_INVALID; /* the crypto library is configured without it */
}

CK_RV p11_operation_start(struct p11_session *session, const struct p11_begin *begin, const CK_MECHANISM *mechanism,
                          CK_OBJECT_HANDLE handle)
{
    struct p11_operation *o = &session->operation[begin->kind];
    const struct p11_mechanism *m = NULL;
    const struct p11_object *key = NULL;
    struct p11_padding padding;
    if (!mechanism)
        return CKR_ARGUMENTS_BAD;
    if (o->mechanism)
        return CKR_OPERATION_ACTIVE;
    CK_RV rv = p11_mechanism_read(mechanism, begin->does, &m, &padding);
    if (rv == CKR_OK && begin->class != CKO_DATA)
        rv = p11_key_find(session, handle, begin->class, m, begin->usage, &key);
    if (rv != CKR_OK)
        return rv;
    *o = (struct p11_operation) { .mechanism = m, .padding = padding, .key = key };
    if (key)
        o->certificate = p11_certificate_keep(p11_object_certificate(session->slot, key));
    set_limits(o, begin->kind);
    if (m->digest)
        rv = start_hash(o);
    return rv == CKR_OK ? rv : p11_operation_end(session, begin->kind, rv);
}

CK_RV p11_operation_end(struct p11_session *session, enum p11_kind kind, CK_RV rv)
{
    struct p11_operation *o = &session->operation[kind];
    p11_certificate_free(o->certificate);
    EVP_MD_CTX_free(o->md);
    sdc_buf_free(&o->input);
    sdc_buf_free(&o->result);
    *o = (struct p11_operation) { 0 };
    if (kind == P11_SIGN)
        p11_token_release(session->slot, session->handle);
    return rv;
}

CK_RV p11_operation_step(struct p11_session *session, enum p11_kind kind, enum p11_step step, bool pointers)
{
    struct p11_operation *o = &session->operation[kind];
    if (!pointers)
        return p11_operation_end(session, kind, CKR_ARGUMENTS_BAD);
    if (!o->mechanism)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (step == P11_ONE_SHOT ? o->parts : o->asked)
        return p11_operation_end(session, kind, CKR_OPERATION_ACTIVE);
    return CKR_OK;
}

bool p11_operation_room(struct p11_operation *o, enum p11_step step, const void *out, CK_ULONG *len, size_t need,
                        CK_RV *rv)
{
    if (out && *len >= need)
        return true;
    *rv = out ? CKR_BUFFER_TOO_SMALL : CKR_OK;
    *len = need;
    o->asked = o->asked || step == P11_ONE_SHOT;
    return false;
}

CK_RV p11_operation_feed(struct p11_operation *o, const void *data, CK_ULONG len)
{
    if (len == 0)
        return CKR_OK;
    if (o->md)
        return EVP_DigestUpdate(o->md, data, len) ? CKR_OK : CKR_FUNCTION_FAILED;
    if (len > o->most - o->input.len)
        return o->wrong_length;
    sdc_buf_put(&o->input, data, len);
    return o->input.err ? CKR_HOST_MEMORY : CKR_OK;
}

CK_RV p11_operation_part(struct p11_session *session, enum p11_kind kind, const void *data, CK_ULONG len)
{
    struct p11_operation *o = &session->operation[kind];
    CK_RV rv = p11_operation_step(session, kind, P11_PART, p11_readable(data, len));
    if (rv != CKR_OK)
        return rv;
    o->parts = true;
    rv = p11_operation_feed(o, data, len);
    return rv == CKR_OK ? rv : p11_operation_end(session, kind, rv);
}

CK_RV p11_operation_close(struct p11_operation *o)
{
    if (!o->md)
        return o->input.len >= o->least ? CKR_OK : o->wrong_length;
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    bool ok = EVP_DigestFinal_ex(o->md, hash, &len);
    if (ok)
        sdc_buf_put(&o->input, hash, len);
    sdc_wipe(hash, sizeof hash); /* it may be of a secret (C_DigestKey) */
    return !ok ? CKR_FUNCTION_FAILED : o->input.err ? CKR_HOST_MEMORY : CKR_OK;
}
