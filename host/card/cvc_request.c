/* SPDX-License-Identifier: BSD-2-Clause */
#include "cvc_private.h"

#include <string.h>

#include "p256.h"
#include "sdc/tlv.h"

enum sdc_status sdc_cvc_ask_make(const struct sdc_cvc_ask *ask, const struct sdc_cvc_signer *signer,
                                 struct sdc_buf *out, struct sdc_error *e)
{
    static const uint8_t profile = 0;
    struct sdc_buf inside = SDC_BUF_INIT, key = SDC_BUF_INIT, body = SDC_BUF_INIT;
    if (!sdc_cvc_is_reference(ask->chr) || !p256_is_point(ask->point, sizeof ask->point))
        return sdc_fail(e, SDC_E_USAGE, "a request can't be made of this reference or key");
    sdc_tlv_put(&inside, CVC_PROFILE, &profile, 1);
    sdc_tlv_put(&key, CVC_OID, cvc_oid_ta, sizeof cvc_oid_ta);
    sdc_tlv_put(&key, CVC_POINT, ask->point, sizeof ask->point);
    cvc_put_part(&inside, CVC_PUBLIC_KEY, &key);
    sdc_tlv_put(&inside, CVC_CHR, ask->chr, strlen(ask->chr));
    cvc_put_part(&body, CVC_BODY, &inside);
    return cvc_sign(&body, signer, out, e);
}

enum sdc_status sdc_cvc_ask_parse(struct sdc_rd data, struct sdc_cvc_ask *ask, struct sdc_error *e)
{
    uint8_t rs[SDC_RS_LEN];
    struct sdc_rd value = sdc_tlv_take(&data, CVC_CERTIFICATE), at = value, whole = value;
    struct sdc_rd inside = sdc_tlv_take(&at, CVC_BODY);
    struct sdc_rd body = sdc_rd_take(&whole, value.left - at.left);
    struct sdc_rd signature = sdc_tlv_take(&at, CVC_SIGNATURE);
    cvc_read_profile(&inside);
    struct sdc_rd key = sdc_tlv_take(&inside, CVC_PUBLIC_KEY);
    struct sdc_rd oid = sdc_tlv_take(&key, CVC_OID), point = sdc_tlv_take(&key, CVC_POINT);
    cvc_read_reference(&inside, CVC_CHR, ask->chr);
    sdc_rd_copy(&point, ask->point, sizeof ask->point);
    sdc_rd_copy(&signature, rs, sizeof rs);
    if (!sdc_rd_end(&data) || !sdc_rd_end(&at) || !sdc_rd_end(&inside) || !sdc_rd_end(&key) || !sdc_rd_end(&point) ||
        !sdc_rd_end(&signature) || !sdc_rd_equal(&oid, cvc_oid_ta, sizeof cvc_oid_ta))
        return sdc_fail(e, SDC_E_INPUT, "not a terminal's request for a certificate");
    if (!p256_verify(ask->point, body.p, body.left, rs))
        return sdc_fail(e, SDC_E_SIGNATURE, "%s: the request isn't signed by its own key", ask->chr);
    return SDC_OK;
}
