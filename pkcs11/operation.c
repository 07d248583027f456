/* SPDX-License-Identifier: BSD-2-Clause */
#include "operation.h"

#include "session.h"
#include "slot.h"

CK_RV p11_operation_start(struct p11_session *session, enum p11_kind kind, const struct p11_mechanism *mechanism,
                          const struct p11_object *key)
{
    struct p11_operation *o = &session->operation[kind];
    if (o->mechanism)
        return CKR_OPERATION_ACTIVE;
    *o = (struct p11_operation) { .mechanism = mechanism, .key = key, .input = { .cap_max = P11_HASH_MAX } };
    if (!mechanism->digest)
        return CKR_OK;
    o->md = EVP_MD_CTX_new();
    EVP_MD *md = EVP_MD_fetch(NULL, mechanism->digest, NULL);
    bool ok = o->md && md && EVP_DigestInit_ex2(o->md, md, NULL);
    EVP_MD_free(md);
    return ok ? CKR_OK : p11_operation_end(session, kind, CKR_HOST_MEMORY);
}

CK_RV p11_operation_end(struct p11_session *session, enum p11_kind kind, CK_RV rv)
{
    struct p11_operation *o = &session->operation[kind];
    EVP_MD_CTX_free(o->md);
    sdc_buf_free(&o->input);
    *o = (struct p11_operation) { 0 };
    if (kind == P11_SIGN)
        p11_token_release(session->slot, session->handle);
    return rv;
}

CK_RV p11_operation_step(struct p11_session *session, enum p11_kind kind, enum p11_step step)
{
    struct p11_operation *o = &session->operation[kind];
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
    if (len > P11_HASH_MAX - o->input.len)
        return CKR_DATA_LEN_RANGE;
    sdc_buf_put(&o->input, data, len);
    return o->input.err ? CKR_HOST_MEMORY : CKR_OK;
}

CK_RV p11_operation_hash(struct p11_operation *o, uint8_t hash[static P11_HASH_MAX], size_t *len)
{
    if (o->md) {
        unsigned int md_len = 0;
        if (!EVP_DigestFinal_ex(o->md, hash, &md_len))
            return CKR_FUNCTION_FAILED;
        *len = md_len;
        return CKR_OK;
    }
    if (o->input.len == 0)
        return CKR_DATA_LEN_RANGE;
    struct sdc_rd r = sdc_buf_rd(&o->input);
    *len = o->input.len;
    sdc_rd_copy(&r, hash, *len);
    return CKR_OK;
}
