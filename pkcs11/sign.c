/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto.h"
#include "signature.h"

CK_RV p11_sign_init(struct p11_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    static const struct p11_begin begin = { P11_SIGN, CKF_SIGN, CKO_PRIVATE_KEY, CKA_SIGN };
    return p11_operation_start(s, &begin, mechanism, key);
}

/* A certificate of an earlier insertion is judged by the first signature: where it doesn't fit, the card's is read, and
 * the signature must fit that. With 'check' every signature is judged. */
static CK_RV judge(struct p11_session *s, const struct p11_operation *o, const uint8_t *block, const uint8_t *signature)
{
    bool doubtful = p11_object_doubtful(s->slot, o->key);
    if (!doubtful && !s->slot->module->check)
        return CKR_OK;
    bool good = p11_signature_of_block(o->certificate, block, signature);
    if (good)
        p11_object_proven(s->slot, o->key);
    if (good || !doubtful)
        return good ? CKR_OK : CKR_DEVICE_ERROR;
    CK_RV rv = p11_object_read_again(s->slot, o->key);
    if (rv != CKR_OK)
        return rv == CKR_OBJECT_HANDLE_INVALID ? CKR_DEVICE_ERROR : rv;
    const struct p11_certificate *fresh = p11_object_certificate(s->slot, o->key);
    return fresh->alg == o->certificate->alg && p11_signature_of_block(fresh, block, signature) ? CKR_OK
                                                                                                : CKR_DEVICE_ERROR;
}

/* Only what parses, and where it is judged proves right, is given away. */
static CK_RV sign_on_card(struct p11_session *s, const struct p11_operation *o,
                          uint8_t signature[static P11_SIGNATURE_MAX])
{
    struct sdc_buf reply = SDC_BUF_INIT;
    uint8_t block[P11_SIGNATURE_MAX];
    size_t len = p11_signature_block_len(o->certificate);
    CK_RV rv = p11_signature_block(o, block);
    if (rv == CKR_OK)
        rv = p11_key_use(s, o->key, o->certificate, P11_KEY_POWER, sdc_rd_init(block, len), &reply);
    if (rv == CKR_OK && !p11_signature_read(o->certificate, &reply, signature))
        rv = CKR_DEVICE_ERROR;
    if (rv == CKR_OK)
        rv = judge(s, o, block, signature);
    sdc_buf_free(&reply);
    return rv;
}

static CK_RV finish(struct p11_session *s, enum p11_step step, const CK_BYTE *data, CK_ULONG len, CK_BYTE *signature,
                    CK_ULONG *signature_len)
{
    struct p11_operation *o = &s->operation[P11_SIGN];
    size_t need = p11_signature_len(o->certificate);
    CK_RV rv = CKR_OK;
    if (!p11_operation_room(o, step, signature, signature_len, need, &rv))
        return rv;
    uint8_t made[P11_SIGNATURE_MAX];
    rv = p11_operation_feed(o, data, len);
    if (rv == CKR_OK)
        rv = p11_operation_close(o);
    if (rv == CKR_OK)
        rv = sign_on_card(s, o, made);
    if (rv == CKR_OK)
        p11_give(made, need, signature, signature_len);
    return p11_operation_end(s, P11_SIGN, rv);
}

CK_RV p11_sign(struct p11_session *s, const CK_BYTE *data, CK_ULONG len, CK_BYTE *signature, CK_ULONG *signature_len)
{
    CK_RV rv = p11_operation_step(s, P11_SIGN, P11_ONE_SHOT, p11_readable(data, len) && signature_len);
    return rv == CKR_OK ? finish(s, P11_ONE_SHOT, data, len, signature, signature_len) : rv;
}

CK_RV p11_sign_update(struct p11_session *s, const CK_BYTE *part, CK_ULONG len)
{
    return p11_operation_part(s, P11_SIGN, part, len);
}

CK_RV p11_sign_final(struct p11_session *s, CK_BYTE *signature, CK_ULONG *signature_len)
{
    CK_RV rv = p11_operation_step(s, P11_SIGN, P11_LAST, signature_len);
    return rv == CKR_OK ? finish(s, P11_LAST, NULL, 0, signature, signature_len) : rv;
}
