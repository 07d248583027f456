/* SPDX-License-Identifier: BSD-2-Clause */
#include "cvc_private.h"

#include <openssl/evp.h>

#include "p256.h"
#include "sdc/tlv.h"

void cvc_put_part(struct sdc_buf *b, uint32_t tag, struct sdc_buf *part)
{
    b->err = b->err || part->err;
    sdc_tlv_put(b, tag, part->data, part->len);
    sdc_buf_free(part);
}

void sdc_cvc_put_chat(enum sdc_cvc_role role, uint64_t rights, struct sdc_buf *out)
{
    struct sdc_buf chat = SDC_BUF_INIT, bits = SDC_BUF_INIT;
    uint64_t value = (uint64_t)role << 38 | (rights & ((1ULL << 38) - 1));
    sdc_tlv_put(&chat, CVC_OID, cvc_oid_at, sizeof cvc_oid_at);
    sdc_buf_u8(&bits, (uint8_t)(value >> 32));
    sdc_buf_u32(&bits, (uint32_t)value);
    cvc_put_part(&chat, CVC_DISCRETIONARY, &bits);
    cvc_put_part(out, CVC_CHAT, &chat);
}

static void put_date(struct sdc_buf *b, uint32_t tag, const struct sdc_date *date)
{
    const int digits[6] = { date->year / 10 % 10, date->year % 10, date->month / 10,
                            date->month % 10,     date->day / 10,  date->day % 10 };
    struct sdc_buf value = SDC_BUF_INIT;
    for (size_t i = 0; i < sizeof digits / sizeof *digits; i++)
        sdc_buf_u8(&value, (uint8_t)digits[i]);
    cvc_put_part(b, tag, &value);
}

static void put_reference(struct sdc_buf *b, uint32_t tag, const char *text)
{
    struct sdc_buf value = SDC_BUF_INIT;
    sdc_buf_string(&value, text);
    cvc_put_part(b, tag, &value);
}

static void put_key(struct sdc_buf *b, const struct sdc_cvc_request *request)
{
    struct sdc_buf key = SDC_BUF_INIT;
    const bool domain = request->role == SDC_CVC_CVCA;
    sdc_tlv_put(&key, CVC_OID, cvc_oid_ta, sizeof cvc_oid_ta);
    for (size_t i = 0; domain && cvc_parameters[i].tag < CVC_POINT; i++)
        sdc_tlv_put(&key, cvc_parameters[i].tag, cvc_parameters[i].value, cvc_parameters[i].len);
    sdc_tlv_put(&key, CVC_POINT, request->point, SDC_P256_POINT_LEN);
    if (domain) {
        const struct cvc_parameter *cofactor = &cvc_parameters[CVC_PARAMETERS - 1];
        sdc_tlv_put(&key, cofactor->tag, cofactor->value, cofactor->len);
    }
    cvc_put_part(b, CVC_PUBLIC_KEY, &key);
}

static void put_body(struct sdc_buf *b, const struct sdc_cvc_request *request)
{
    static const uint8_t profile = 0;
    struct sdc_buf body = SDC_BUF_INIT;
    sdc_tlv_put(&body, CVC_PROFILE, &profile, 1);
    put_reference(&body, CVC_CAR, request->car);
    put_key(&body, request);
    put_reference(&body, CVC_CHR, request->chr);
    sdc_cvc_put_chat(request->role, request->rights, &body);
    put_date(&body, CVC_EFFECTIVE, &request->effective);
    put_date(&body, CVC_EXPIRY, &request->expiry);
    cvc_put_part(b, CVC_BODY, &body);
}

static bool is_usable(const struct sdc_cvc_request *request)
{
    return sdc_cvc_is_reference(request->car) && sdc_cvc_is_reference(request->chr) &&
           request->effective.year >= 2000 && request->expiry.year < 2100 && request->effective.day > 0 &&
           request->expiry.day > 0 && sdc_date_compare(&request->effective, &request->expiry) <= 0 &&
           p256_is_point(request->point, SDC_P256_POINT_LEN);
}

enum sdc_status cvc_sign(struct sdc_buf *body, const struct sdc_cvc_signer *signer, struct sdc_buf *out,
                         struct sdc_error *e)
{
    uint8_t hash[32], rs[SDC_RS_LEN];
    enum sdc_status status = sdc_buf_status(body, e);
    if (status == SDC_OK && EVP_Digest(body->data, body->len, hash, NULL, EVP_sha256(), NULL) != 1)
        status = sdc_fail(e, SDC_E_CRYPTO, "can't hash");
    if (status == SDC_OK)
        status = signer->sign(signer->ctx, hash, rs, e);
    if (status == SDC_OK) {
        sdc_tlv_put(body, CVC_SIGNATURE, rs, sizeof rs);
        cvc_put_part(out, CVC_CERTIFICATE, body);
        status = sdc_buf_status(out, e);
    }
    sdc_buf_free(body);
    return status;
}

enum sdc_status sdc_cvc_make(const struct sdc_cvc_request *request, const struct sdc_cvc_signer *signer,
                             struct sdc_buf *out, struct sdc_error *e)
{
    struct sdc_buf body = SDC_BUF_INIT;
    if (!is_usable(request))
        return sdc_fail(e, SDC_E_USAGE, "a certificate can't be made of these references, dates or this key");
    put_body(&body, request);
    return cvc_sign(&body, signer, out, e);
}
