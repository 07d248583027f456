/* SPDX-License-Identifier: BSD-2-Clause */
/* CKM_ECDH1_DERIVE (PKCS#11 3.0 current mechanisms, 2.3.6) with 9D: the shared X coordinate becomes a session secret.
 */
#include <string.h>

#include "crypto.h"
#include "ec.h"
#include "sdc/tlv.h"
#include "store.h"

#define TAG_OCTET_STRING 0x04

/* The peer's point comes raw or in an OCTET STRING: both begin with 04, only the length tells. */
static CK_RV read_point(const CK_MECHANISM *mechanism, size_t field, struct sdc_rd *point)
{
    CK_ECDH1_DERIVE_PARAMS p;
    if (!mechanism->pParameter || mechanism->ulParameterLen != sizeof p)
        return CKR_MECHANISM_PARAM_INVALID;
    memcpy(&p, mechanism->pParameter, sizeof p);
    if (p.kdf != CKD_NULL || p.ulSharedDataLen > 0 || !p.pPublicData)
        return CKR_MECHANISM_PARAM_INVALID;
    *point = sdc_rd_init(p.pPublicData, p.ulPublicDataLen);
    if (point->left != 1 + 2 * field) {
        struct sdc_rd whole = *point;
        *point = sdc_tlv_take(&whole, TAG_OCTET_STRING);
        if (!sdc_rd_end(&whole) || point->left != 1 + 2 * field)
            return CKR_MECHANISM_PARAM_INVALID;
    }
    return p11_ec_on_curve(point->p, field) ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
}

/* What the template says of class and length; without CKA_VALUE_LEN the whole field. Other lengths cut the secret on
 * the left (2.3.6: bytes are taken from the trailing end). */
static CK_RV read_template(const CK_ATTRIBUTE *template, CK_ULONG count, size_t field, CK_ULONG *len)
{
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    *len = field;
    for (CK_ULONG i = 0; i < count; i++) {
        if (template[i].type == CKA_CLASS && template[i].ulValueLen == sizeof class)
            memcpy(&class, template[i].pValue, sizeof class);
        if (template[i].type == CKA_VALUE_LEN && template[i].ulValueLen == sizeof *len)
            memcpy(len, template[i].pValue, sizeof *len);
    }
    if (class != CKO_SECRET_KEY)
        return CKR_TEMPLATE_INCONSISTENT;
    return *len >= 1 && *len <= field ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

/* The shared coordinate, its last 'len' bytes. */
static CK_RV agree(struct p11_session *s, const struct p11_object *key, struct sdc_rd point, CK_ULONG len,
                   struct sdc_buf *secret)
{
    struct sdc_buf z = SDC_BUF_INIT;
    CK_RV rv = p11_key_use(s, key, p11_object_certificate(s->slot, key), P11_KEY_AGREE, point, &z);
    if (rv == CKR_OK) {
        struct sdc_rd r = sdc_buf_rd(&z);
        sdc_rd_skip(&r, z.len - len);
        p11_keep_secret(secret, r.p, r.left);
        rv = secret->err ? CKR_HOST_MEMORY : CKR_OK;
    }
    sdc_buf_free(&z);
    return rv;
}

CK_RV p11_derive(struct p11_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE handle,
                 const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *result)
{
    const struct p11_mechanism *m = NULL;
    const struct p11_object *key = NULL;
    struct p11_padding none;
    struct sdc_rd point = { 0 };
    struct sdc_buf secret = SDC_BUF_INIT;
    CK_ULONG len = 0;
    if (!mechanism || !result || !p11_template_readable(template, count))
        return CKR_ARGUMENTS_BAD;
    CK_RV rv = p11_mechanism_read(mechanism, CKF_DERIVE, &m, &none);
    if (rv == CKR_OK)
        rv = p11_key_find(s, handle, CKO_PRIVATE_KEY, m, CKA_DERIVE, &key);
    if (rv != CKR_OK)
        return rv;
    size_t field = p11_object_certificate(s->slot, key)->unit;
    rv = read_point(mechanism, field, &point);
    if (rv == CKR_OK)
        rv = read_template(template, count, field, &len);
    if (rv == CKR_OK)
        rv = agree(s, key, point, len, &secret);
    if (rv == CKR_OK)
        rv = p11_stored_create(s, CKO_SECRET_KEY, template, count, &secret, result);
    sdc_buf_free(&secret);
    return rv;
}
