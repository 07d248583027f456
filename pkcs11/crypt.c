/* SPDX-License-Identifier: BSD-2-Clause */
/* RSA: encryption by the host, decryption by the card with the padding taken away in the host. */
#include <string.h>

#include "crypto.h"

CK_RV p11_crypt_init(struct p11_session *s, enum p11_kind kind, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    static const struct p11_begin encrypt = { P11_ENCRYPT, CKF_ENCRYPT, CKO_PUBLIC_KEY, CKA_ENCRYPT };
    static const struct p11_begin decrypt = { P11_DECRYPT, CKF_DECRYPT, CKO_PRIVATE_KEY, CKA_DECRYPT };
    return p11_operation_start(s, kind == P11_ENCRYPT ? &encrypt : &decrypt, mechanism, key);
}

static CK_RV pad(const struct p11_operation *o, uint8_t block[static P11_RSA_LEN])
{
    const struct sdc_buf *in = &o->input;
    struct sdc_rd r = sdc_buf_rd(in);
    bool ok = true;
    if (o->mechanism->scheme == P11_PKCS1)
        ok = p11_rsa_encrypt_pad(in->data, in->len, block);
    else if (o->mechanism->scheme == P11_OAEP)
        ok = p11_oaep_pad(&o->padding, in->data, in->len, block);
    else
        sdc_rd_copy(&r, block, P11_RSA_LEN);
    return ok ? CKR_OK : CKR_FUNCTION_FAILED;
}

static CK_RV encrypt(struct p11_operation *o)
{
    uint8_t block[P11_RSA_LEN], out[P11_RSA_LEN];
    CK_RV rv = pad(o, block);
    if (rv == CKR_OK && !p11_rsa_public(o->certificate->key, block, out))
        rv = CKR_DATA_INVALID; /* without padding: not below the modulus */
    sdc_wipe(block, sizeof block);
    if (rv == CKR_OK)
        sdc_buf_put(&o->result, out, sizeof out);
    return rv == CKR_OK && o->result.err ? CKR_HOST_MEMORY : rv;
}

static bool unpad(const struct p11_operation *o, uint8_t block[static P11_RSA_LEN], size_t *len)
{
    *len = P11_RSA_LEN;
    if (o->mechanism->scheme == P11_PKCS1)
        return p11_rsa_decrypt_unpad(block, len);
    return o->mechanism->scheme != P11_OAEP || p11_oaep_unpad(&o->padding, block, len);
}

/* Whatever is wrong with the ciphertext is one error. */
static CK_RV decrypt(struct p11_session *s, struct p11_operation *o)
{
    struct sdc_buf reply = SDC_BUF_INIT;
    uint8_t block[P11_RSA_LEN];
    size_t len = 0;
    if (memcmp(o->input.data, o->certificate->modulus.data, P11_RSA_LEN) >= 0)
        return CKR_ENCRYPTED_DATA_INVALID;
    CK_RV rv = p11_key_use(s, o->key, o->certificate, P11_KEY_POWER, sdc_buf_rd(&o->input), &reply);
    if (rv == CKR_OK) {
        struct sdc_rd r = sdc_buf_rd(&reply);
        sdc_rd_copy(&r, block, P11_RSA_LEN);
        if (unpad(o, block, &len))
            p11_keep_secret(&o->result, block, len);
        else
            rv = CKR_ENCRYPTED_DATA_INVALID;
    }
    sdc_buf_free(&reply);
    sdc_wipe(block, sizeof block);
    return rv == CKR_OK && o->result.err ? CKR_HOST_MEMORY : rv;
}

/* The longest result; of a decryption the true length shows only once it is done. */
static size_t result_max(const struct p11_operation *o, enum p11_kind kind)
{
    if (kind == P11_ENCRYPT || o->mechanism->scheme == P11_RAW)
        return P11_RSA_LEN;
    return o->mechanism->scheme == P11_PKCS1 ? P11_PKCS1_MAX : P11_RSA_LEN - 2 * o->padding.hash_len - 2;
}

/* Makes the result, or where it was made for a buffer that was too small and the same data come again, keeps it. */
static CK_RV make(struct p11_session *s, enum p11_kind kind, enum p11_step step, const CK_BYTE *data, CK_ULONG len)
{
    struct p11_operation *o = &s->operation[kind];
    struct sdc_rd had = sdc_buf_rd(&o->input);
    bool again = o->made && (step == P11_LAST || sdc_rd_equal(&had, data, len));
    if (again)
        return CKR_OK;
    if (step == P11_ONE_SHOT)
        sdc_buf_clear(&o->input);
    sdc_buf_clear(&o->result);
    CK_RV rv = p11_operation_feed(o, data, len);
    if (rv == CKR_OK)
        rv = p11_operation_close(o);
    if (rv == CKR_OK)
        rv = kind == P11_ENCRYPT ? encrypt(o) : decrypt(s, o);
    o->made = rv == CKR_OK;
    return rv;
}

static CK_RV finish(struct p11_session *s, enum p11_kind kind, enum p11_step step, const CK_BYTE *data, CK_ULONG len,
                    CK_BYTE *out, CK_ULONG *out_len)
{
    struct p11_operation *o = &s->operation[kind];
    CK_RV rv = CKR_OK;
    if (!out) {
        (void)p11_operation_room(o, step, NULL, out_len, o->made ? o->result.len : result_max(o, kind), &rv);
        return rv;
    }
    rv = make(s, kind, step, data, len);
    if (rv == CKR_OK && !p11_operation_room(o, step, out, out_len, o->result.len, &rv))
        return rv;
    if (rv == CKR_OK)
        p11_give(o->result.data, o->result.len, out, out_len);
    return p11_operation_end(s, kind, rv);
}

CK_RV p11_crypt(struct p11_session *s, enum p11_kind kind, const CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out,
                CK_ULONG *out_len)
{
    CK_RV rv = p11_operation_step(s, kind, P11_ONE_SHOT, p11_readable(in, in_len) && out_len);
    return rv == CKR_OK ? finish(s, kind, P11_ONE_SHOT, in, in_len, out, out_len) : rv;
}

/* RSA gives everything at the end. */
CK_RV p11_crypt_update(struct p11_session *s, enum p11_kind kind, const CK_BYTE *in, CK_ULONG in_len, CK_ULONG *out_len)
{
    if (!out_len)
        return p11_operation_step(s, kind, P11_PART, false);
    CK_RV rv = p11_operation_part(s, kind, in, in_len);
    if (rv == CKR_OK)
        *out_len = 0;
    return rv;
}

CK_RV p11_crypt_final(struct p11_session *s, enum p11_kind kind, CK_BYTE *out, CK_ULONG *out_len)
{
    CK_RV rv = p11_operation_step(s, kind, P11_LAST, out_len);
    return rv == CKR_OK ? finish(s, kind, P11_LAST, NULL, 0, out, out_len) : rv;
}
