/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto.h"
#include "ec.h"

#define KEY_PIN_ALWAYS 0x9C

CK_RV p11_sign_init(struct p11_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE handle)
{
    const struct p11_mechanism *m = NULL;
    const struct p11_object *key = NULL;
    if (!mechanism)
        return CKR_ARGUMENTS_BAD;
    if (s->operation[P11_SIGN].mechanism)
        return CKR_OPERATION_ACTIVE;
    CK_RV rv = p11_mechanism_check(mechanism, CKF_SIGN, false, &m);
    if (rv == CKR_OK)
        rv = p11_key_find(s, handle, CKO_PRIVATE_KEY, m, CKA_SIGN, &key);
    return rv == CKR_OK ? p11_operation_start(s, P11_SIGN, m, key) : rv;
}

/* ---- on the card ---- */
struct work {
    uint8_t key;
    uint8_t hash[P11_P256_LEN];
    struct sdc_buf der;
};

static enum sdc_status sign_action(struct sdc_link *link, void *arg, struct sdc_error *e)
{
    struct work *work = arg;
    sdc_buf_clear(&work->der);
    return sdc_piv_sign(link, work->key, work->hash, &work->der, e);
}

/* A signature that needs the PIN just before is never tried twice: the first try may have spent it. */
static CK_RV sign_on_card(struct p11_session *s, const struct p11_object *key, const uint8_t *hash, size_t hash_len,
                          uint8_t raw[static P11_P256_SIGNATURE])
{
    struct work work = { .key = key->key };
    struct sdc_error e;
    p11_ec_hash(hash, hash_len, work.hash);
    enum p11_how how = key->key == KEY_PIN_ALWAYS ? P11_ONCE : P11_REPEAT;
    enum sdc_status status = p11_token_run(s->slot, how, s->handle, sign_action, &work, &e);
    CK_RV rv = p11_rv(&e, P11_ABOUT_OPERATION);
    if (rv == CKR_OBJECT_HANDLE_INVALID)
        rv = CKR_DEVICE_ERROR; /* a certificate whose key isn't on the card */
    if (status == SDC_E_DENIED && key->private && key->key != KEY_PIN_ALWAYS)
        s->slot->token.user = P11_NOBODY; /* somebody else logged out, or reset the card */
    if (rv == CKR_OK && !p11_ec_from_der(work.der.data, work.der.len, raw))
        rv = CKR_DEVICE_ERROR;
    if (rv == CKR_OK && s->slot->module->check &&
        p11_ec_verify(p11_object_certificate(s->slot, key)->key, work.hash, sizeof work.hash, raw) != 1)
        rv = CKR_DEVICE_ERROR;
    sdc_buf_free(&work.der);
    return rv;
}

/* ---- the calls ---- */
static CK_RV finish(struct p11_session *s, enum p11_step step, const CK_BYTE *data, CK_ULONG len, CK_BYTE *signature,
                    CK_ULONG *signature_len)
{
    struct p11_operation *o = &s->operation[P11_SIGN];
    CK_RV rv = CKR_OK;
    if (!p11_operation_room(o, step, signature, signature_len, P11_P256_SIGNATURE, &rv))
        return rv;
    uint8_t hash[P11_HASH_MAX], raw[P11_P256_SIGNATURE];
    size_t hash_len = 0;
    rv = p11_operation_feed(o, data, len);
    if (rv == CKR_OK)
        rv = p11_operation_hash(o, hash, &hash_len);
    if (rv == CKR_OK)
        rv = sign_on_card(s, o->key, hash, hash_len, raw);
    if (rv == CKR_OK) {
        struct sdc_rd r = sdc_rd_init(raw, sizeof raw);
        sdc_rd_copy(&r, signature, sizeof raw);
        *signature_len = sizeof raw;
    }
    return p11_operation_end(s, P11_SIGN, rv);
}

CK_RV p11_sign(struct p11_session *s, const CK_BYTE *data, CK_ULONG len, CK_BYTE *signature, CK_ULONG *signature_len)
{
    if (!p11_readable(data, len) || !signature_len)
        return p11_operation_end(s, P11_SIGN, CKR_ARGUMENTS_BAD);
    CK_RV rv = p11_operation_step(s, P11_SIGN, P11_ONE_SHOT);
    return rv == CKR_OK ? finish(s, P11_ONE_SHOT, data, len, signature, signature_len) : rv;
}

CK_RV p11_sign_update(struct p11_session *s, const CK_BYTE *part, CK_ULONG len)
{
    if (!p11_readable(part, len))
        return p11_operation_end(s, P11_SIGN, CKR_ARGUMENTS_BAD);
    CK_RV rv = p11_operation_step(s, P11_SIGN, P11_PART);
    if (rv != CKR_OK)
        return rv;
    s->operation[P11_SIGN].parts = true;
    rv = p11_operation_feed(&s->operation[P11_SIGN], part, len);
    return rv == CKR_OK ? rv : p11_operation_end(s, P11_SIGN, rv);
}

CK_RV p11_sign_final(struct p11_session *s, CK_BYTE *signature, CK_ULONG *signature_len)
{
    if (!signature_len)
        return p11_operation_end(s, P11_SIGN, CKR_ARGUMENTS_BAD);
    CK_RV rv = p11_operation_step(s, P11_SIGN, P11_LAST);
    return rv == CKR_OK ? finish(s, P11_LAST, NULL, 0, signature, signature_len) : rv;
}
