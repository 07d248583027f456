/* SPDX-License-Identifier: BSD-2-Clause */
#include "signature.h"

#include <string.h>

#include "ec.h"

size_t p11_signature_len(const struct p11_certificate *c)
{
    return c->type == CKK_EC ? 2 * c->unit : c->unit;
}

size_t p11_signature_block_len(const struct p11_certificate *c)
{
    return c->unit;
}

CK_RV p11_signature_block(const struct p11_operation *o, uint8_t block[static P11_SIGNATURE_MAX])
{
    const struct p11_certificate *c = o->certificate;
    const struct sdc_buf *in = &o->input;
    bool ok = true;
    switch (o->mechanism->scheme) {
    case P11_ECDSA:
        p11_ec_hash(in->data, in->len, c->unit, block);
        break;
    case P11_PKCS1:
        ok = p11_rsa_sign_pad(o->mechanism->digest, in->data, in->len, block);
        break;
    case P11_PSS:
        ok = p11_pss_pad(&o->padding, in->data, block);
        break;
    default: {
        struct sdc_rd r = sdc_buf_rd(in);
        sdc_rd_copy(&r, block, P11_RSA_LEN);
        if (memcmp(block, c->modulus.data, P11_RSA_LEN) >= 0)
            return CKR_DATA_INVALID;
        break;
    }
    }
    return ok ? CKR_OK : CKR_FUNCTION_FAILED;
}

bool p11_signature_read(const struct p11_certificate *c, const struct sdc_buf *reply,
                        uint8_t signature[static P11_SIGNATURE_MAX])
{
    if (c->type == CKK_EC)
        return p11_ec_from_der(reply->data, reply->len, c->unit, signature);
    struct sdc_rd r = sdc_buf_rd(reply);
    sdc_rd_copy(&r, signature, P11_RSA_LEN);
    return sdc_rd_end(&r);
}

bool p11_signature_of_block(const struct p11_certificate *c, const uint8_t *block, const uint8_t *signature)
{
    uint8_t opened[P11_RSA_LEN];
    if (c->type == CKK_EC)
        return p11_ec_verify(c->key, block, c->unit, c->unit, signature);
    return p11_rsa_public(c->key, signature, opened) && memcmp(opened, block, P11_RSA_LEN) == 0;
}

bool p11_signature_good(const struct p11_operation *o, const uint8_t *signature)
{
    const struct p11_certificate *c = o->certificate;
    uint8_t block[P11_SIGNATURE_MAX];
    if (o->mechanism->scheme == P11_PSS) /* the salt is random: only the verifier's way round shows */
        return p11_pss_verify(c->key, &o->padding, o->input.data, signature);
    return p11_signature_block(o, block) == CKR_OK && p11_signature_of_block(c, block, signature);
}
