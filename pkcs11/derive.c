/* SPDX-License-Identifier: BSD-2-Clause */
/* CKM_ECDH1_DERIVE (PKCS#11 3.0 current mechanisms, 2.3.6) with 9D: the shared X coordinate becomes a session secret.
 */
#include <string.h>

#include "crypto.h"
#include "ec.h"
#include "sdc/tlv.h"
#include "store.h"

#define TAG_OCTET_STRING 0x04

struct work {
    uint8_t key;
    uint8_t point[SDC_P256_POINT_LEN];
    uint8_t z[P11_P256_LEN];
};

static enum sdc_status derive_action(struct sdc_link *link, void *arg, struct sdc_error *e)
{
    struct work *work = arg;
    return sdc_piv_derive(link, work->key, work->point, work->z, e);
}

/* The peer's point comes raw or in an OCTET STRING: 65 bytes begin with 04 both ways, only the length tells. */
static CK_RV read_point(const CK_MECHANISM *mechanism, uint8_t point[static SDC_P256_POINT_LEN])
{
    struct ck_ecdh1_derive_params p;
    if (!mechanism->pParameter || mechanism->ulParameterLen != sizeof p)
        return CKR_MECHANISM_PARAM_INVALID;
    memcpy(&p, mechanism->pParameter, sizeof p);
    if (p.kdf != CKD_NULL || p.ulSharedDataLen > 0 || !p.pPublicData)
        return CKR_MECHANISM_PARAM_INVALID;
    struct sdc_rd r = sdc_rd_init(p.pPublicData, p.ulPublicDataLen);
    if (p.ulPublicDataLen != SDC_P256_POINT_LEN) {
        struct sdc_rd whole = r;
        r = sdc_tlv_take(&whole, TAG_OCTET_STRING);
        if (!sdc_rd_end(&whole))
            return CKR_MECHANISM_PARAM_INVALID;
    }
    sdc_rd_copy(&r, point, SDC_P256_POINT_LEN);
    return sdc_rd_end(&r) && p11_ec_on_curve(point) ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
}

/* What the template says of class and length; without CKA_VALUE_LEN the whole field. Other lengths cut the secret on
 * the left (2.3.6: bytes are taken from the trailing end). */
static CK_RV read_template(const CK_ATTRIBUTE *template, CK_ULONG count, CK_ULONG *len)
{
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    *len = P11_P256_LEN;
    for (CK_ULONG i = 0; i < count; i++) {
        if (template[i].type == CKA_CLASS && template[i].ulValueLen == sizeof class)
            memcpy(&class, template[i].pValue, sizeof class);
        if (template[i].type == CKA_VALUE_LEN && template[i].ulValueLen == sizeof *len)
            memcpy(len, template[i].pValue, sizeof *len);
    }
    if (class != CKO_SECRET_KEY)
        return CKR_TEMPLATE_INCONSISTENT;
    return *len >= 1 && *len <= P11_P256_LEN ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

CK_RV p11_derive(struct p11_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE handle,
                 const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *result)
{
    const struct p11_mechanism *m = NULL;
    const struct p11_object *key = NULL;
    struct work work = { 0 };
    CK_ULONG len = 0;
    if (!mechanism || !result || !p11_template_readable(template, count))
        return CKR_ARGUMENTS_BAD;
    CK_RV rv = p11_mechanism_check(mechanism, CKF_DERIVE, true, &m);
    if (rv == CKR_OK)
        rv = p11_key_find(s, handle, CKO_PRIVATE_KEY, m, CKA_DERIVE, &key);
    if (rv == CKR_OK)
        rv = read_point(mechanism, work.point);
    if (rv == CKR_OK)
        rv = read_template(template, count, &len);
    if (rv != CKR_OK)
        return rv;

    struct sdc_error e;
    work.key = key->key;
    if (p11_token_run(s->slot, P11_REPEAT, s->handle, derive_action, &work, &e) == SDC_E_DENIED)
        s->slot->token.user = P11_NOBODY; /* somebody else logged out, or reset the card */
    rv = p11_rv(&e, P11_ABOUT_OPERATION);
    if (rv == CKR_OBJECT_HANDLE_INVALID)
        rv = CKR_DEVICE_ERROR; /* a certificate whose key isn't on the card */
    struct sdc_buf value = { 0 };
    if (rv == CKR_OK) {
        sdc_buf_put(&value, work.z + (P11_P256_LEN - len), len);
        rv = value.err ? CKR_HOST_MEMORY : p11_stored_create(s, CKO_SECRET_KEY, template, count, &value, result);
    }
    sdc_buf_free(&value);
    sdc_wipe(&work, sizeof work);
    return rv;
}
