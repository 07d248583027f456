/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto.h"
#include "store.h"

CK_RV p11_digest_init(struct p11_session *s, const CK_MECHANISM *mechanism)
{
    static const struct p11_begin begin = { P11_DIGEST, CKF_DIGEST, CKO_DATA, 0 };
    return p11_operation_start(s, &begin, mechanism, CK_INVALID_HANDLE);
}

static CK_RV finish(struct p11_session *s, enum p11_step step, const CK_BYTE *data, CK_ULONG len, CK_BYTE *digest,
                    CK_ULONG *digest_len)
{
    struct p11_operation *o = &s->operation[P11_DIGEST];
    CK_RV rv = CKR_OK;
    size_t need = (size_t)EVP_MD_CTX_get_size(o->md);
    if (!p11_operation_room(o, step, digest, digest_len, need, &rv))
        return rv;
    rv = p11_operation_feed(o, data, len);
    if (rv == CKR_OK)
        rv = p11_operation_close(o);
    if (rv == CKR_OK)
        p11_give(o->input.data, o->input.len, digest, digest_len);
    return p11_operation_end(s, P11_DIGEST, rv);
}

CK_RV p11_digest(struct p11_session *s, const CK_BYTE *data, CK_ULONG len, CK_BYTE *digest, CK_ULONG *digest_len)
{
    CK_RV rv = p11_operation_step(s, P11_DIGEST, P11_ONE_SHOT, p11_readable(data, len) && digest_len);
    return rv == CKR_OK ? finish(s, P11_ONE_SHOT, data, len, digest, digest_len) : rv;
}

CK_RV p11_digest_update(struct p11_session *s, const CK_BYTE *part, CK_ULONG len)
{
    return p11_operation_part(s, P11_DIGEST, part, len);
}

CK_RV p11_digest_key(struct p11_session *s, CK_OBJECT_HANDLE key)
{
    struct p11_item item;
    CK_RV rv = p11_operation_step(s, P11_DIGEST, P11_PART, true);
    if (rv != CKR_OK)
        return rv;
    if (!p11_item_find(s, key, &item))
        return p11_operation_end(s, P11_DIGEST, CKR_KEY_HANDLE_INVALID);
    if (!item.stored || p11_stored_class(item.stored) != CKO_SECRET_KEY)
        return p11_operation_end(s, P11_DIGEST, CKR_KEY_INDIGESTIBLE);
    const struct sdc_buf *value = p11_stored_value(item.stored);
    return p11_digest_update(s, value->data, value->len);
}

CK_RV p11_digest_final(struct p11_session *s, CK_BYTE *digest, CK_ULONG *digest_len)
{
    CK_RV rv = p11_operation_step(s, P11_DIGEST, P11_LAST, digest_len);
    return rv == CKR_OK ? finish(s, P11_LAST, NULL, 0, digest, digest_len) : rv;
}
