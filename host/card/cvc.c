/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading and judging CV certificates. */
#include "cvc_private.h"

#include <stdio.h>
#include <string.h>

#include "p256.h"
#include "sdc/tlv.h"

enum { DATE_LEN = 6, COUNTRY_LEN = 2, ROLE_SHIFT = 38 };

const uint8_t cvc_oid_ta[CVC_OID_TA_LEN] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x02, 0x03 };
const uint8_t cvc_oid_at[CVC_OID_AT_LEN] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x01, 0x02, 0x02 };

/* SEC 2, 2.4.2 */
const struct cvc_parameter cvc_parameters[CVC_PARAMETERS] = {
    { 0x81, 32, { 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                  0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF } },
    { 0x82, 32, { 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                  0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFC } },
    { 0x83, 32, { 0x5A, 0xC6, 0x35, 0xD8, 0xAA, 0x3A, 0x93, 0xE7, 0xB3, 0xEB, 0xBD, 0x55, 0x76, 0x98, 0x86, 0xBC,
                  0x65, 0x1D, 0x06, 0xB0, 0xCC, 0x53, 0xB0, 0xF6, 0x3B, 0xCE, 0x3C, 0x3E, 0x27, 0xD2, 0x60, 0x4B } },
    { 0x84, 65, { 0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2,
                  0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F,
                  0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE,
                  0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5 } },
    { 0x85, 32, { 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                  0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51 } },
    { 0x87, 1, { 0x01 } },
};

static bool are_from(const char *text, size_t len, const char *set)
{
    return strspn(text, set) >= len;
}

bool sdc_cvc_is_reference(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t len = strlen(text);
    return len >= SDC_CVC_REF_MIN && len <= SDC_CVC_REF_MAX && are_from(text, COUNTRY_LEN, letters) &&
           are_from(text, len, all);
}

void cvc_read_reference(struct sdc_rd *r, uint32_t tag, char out[static SDC_CVC_REF_MAX + 1])
{
    struct sdc_rd value = sdc_tlv_take(r, tag);
    size_t len = value.left;
    memset(out, 0, SDC_CVC_REF_MAX + 1);
    if (len > SDC_CVC_REF_MAX)
        value.err = true;
    else
        sdc_rd_copy(&value, out, len);
    if (value.err || strlen(out) != len || !sdc_cvc_is_reference(out))
        r->err = true;
}

void cvc_read_profile(struct sdc_rd *r)
{
    static const uint8_t profile[] = { 0x00 };
    struct sdc_rd version = sdc_tlv_take(r, CVC_PROFILE);
    if (!sdc_rd_equal(&version, profile, sizeof profile))
        r->err = true;
}

/* YYMMDD, one digit a byte, of this century */
static void read_date(struct sdc_rd *r, uint32_t tag, struct sdc_date *date)
{
    struct sdc_rd value = sdc_tlv_take(r, tag);
    char text[11];
    uint8_t d[DATE_LEN];
    sdc_rd_copy(&value, d, sizeof d);
    bool good = sdc_rd_end(&value);
    for (size_t i = 0; i < sizeof d; i++)
        good = good && d[i] <= 9;
    if (good) {
        snprintf(text, sizeof text, "20%c%c-%c%c-%c%c", '0' + d[0], '0' + d[1], '0' + d[2], '0' + d[3], '0' + d[4],
                 '0' + d[5]);
        good = sdc_date_parse(text, false, date);
    }
    if (!good)
        r->err = true;
}

static void read_point(struct sdc_rd *r, struct sdc_cvc *cvc)
{
    struct sdc_rd value = sdc_tlv_take(r, CVC_POINT);
    sdc_rd_copy(&value, cvc->point, sizeof cvc->point);
    if (!sdc_rd_end(&value) || !p256_is_point(cvc->point, sizeof cvc->point))
        r->err = true;
}

/* Each parameter must be there and be the curve's. */
static void read_parameters(struct sdc_rd *r, struct sdc_cvc *cvc)
{
    for (size_t i = 0; i < CVC_PARAMETERS; i++) {
        const struct cvc_parameter *p = &cvc_parameters[i];
        if (p->tag > CVC_POINT)
            read_point(r, cvc);
        struct sdc_rd value = sdc_tlv_take(r, p->tag);
        if (!sdc_rd_equal(&value, p->value, p->len))
            r->err = true;
    }
}

static void read_key(struct sdc_rd *r, struct sdc_cvc *cvc)
{
    struct sdc_rd key = sdc_tlv_take(r, CVC_PUBLIC_KEY), prime = { 0 };
    struct sdc_rd oid = sdc_tlv_take(&key, CVC_OID), ahead = key;
    if (!sdc_rd_equal(&oid, cvc_oid_ta, sizeof cvc_oid_ta))
        key.err = true;
    cvc->domain = sdc_tlv_try(&ahead, cvc_parameters[0].tag, &prime);
    if (cvc->domain)
        read_parameters(&key, cvc);
    else
        read_point(&key, cvc);
    if (!sdc_rd_end(&key))
        r->err = true;
}

static void read_chat(struct sdc_rd *r, struct sdc_cvc *cvc)
{
    struct sdc_rd chat = sdc_tlv_take(r, CVC_CHAT);
    struct sdc_rd oid = sdc_tlv_take(&chat, CVC_OID), bits = sdc_tlv_take(&chat, CVC_DISCRETIONARY);
    uint64_t value = (uint64_t)sdc_rd_u8(&bits) << 32;
    value |= sdc_rd_u32(&bits);
    cvc->role = (enum sdc_cvc_role)(value >> ROLE_SHIFT & 3);
    cvc->rights = value & ((1ULL << ROLE_SHIFT) - 1);
    if (!sdc_rd_end(&bits) || !sdc_rd_end(&chat) || !sdc_rd_equal(&oid, cvc_oid_at, sizeof cvc_oid_at))
        r->err = true;
}

static void read_body(struct sdc_rd body, struct sdc_cvc *cvc, struct sdc_rd *outer)
{
    struct sdc_rd extensions;
    cvc_read_profile(&body);
    cvc_read_reference(&body, CVC_CAR, cvc->car);
    read_key(&body, cvc);
    cvc_read_reference(&body, CVC_CHR, cvc->chr);
    read_chat(&body, cvc);
    read_date(&body, CVC_EFFECTIVE, &cvc->effective);
    read_date(&body, CVC_EXPIRY, &cvc->expiry);
    (void)sdc_tlv_try(&body, CVC_EXTENSIONS, &extensions);
    if (!sdc_rd_end(&body))
        outer->err = true;
}

enum sdc_status sdc_cvc_parse(const void *data, size_t len, struct sdc_cvc *cvc, struct sdc_error *e)
{
    *cvc = (struct sdc_cvc) { .role = SDC_CVC_TERMINAL };
    struct sdc_rd r = sdc_rd_init(data, len);
    struct sdc_rd value = sdc_tlv_take(&r, CVC_CERTIFICATE), at = value;
    struct sdc_rd body = sdc_tlv_take(&at, CVC_BODY);
    struct sdc_rd whole = value;
    cvc->value = value;
    cvc->body = sdc_rd_take(&whole, value.left - at.left);
    cvc->signature = sdc_tlv_take(&at, CVC_SIGNATURE);
    if (!at.err)
        read_body(body, cvc, &at);
    if (!sdc_rd_end(&r) || !sdc_rd_end(&at) || cvc->signature.left != SDC_RS_LEN || len > SDC_CVC_MAX)
        return sdc_fail(e, SDC_E_INPUT, "not a card verifiable certificate of ours");
    if (sdc_date_compare(&cvc->effective, &cvc->expiry) > 0)
        return sdc_fail(e, SDC_E_INPUT, "%s: it ends before it begins", cvc->chr);
    if (cvc->domain != (cvc->role == SDC_CVC_CVCA))
        return sdc_fail(e, SDC_E_INPUT, "%s: domain parameters stand in a CVCA's certificate and no other", cvc->chr);
    return SDC_OK;
}

enum sdc_status sdc_cvc_verify(const struct sdc_cvc *cvc, const uint8_t point[static SDC_P256_POINT_LEN],
                               struct sdc_error *e)
{
    uint8_t rs[SDC_RS_LEN];
    struct sdc_rd signature = cvc->signature;
    sdc_rd_copy(&signature, rs, sizeof rs);
    if (!sdc_rd_end(&signature) || !p256_verify(point, cvc->body.p, cvc->body.left, rs))
        return sdc_fail(e, SDC_E_SIGNATURE, "%s: not signed by %s", cvc->chr, cvc->car);
    return SDC_OK;
}

enum sdc_status sdc_cvc_check_issued(const struct sdc_cvc *issuer, const struct sdc_cvc *cvc, struct sdc_error *e)
{
    const bool link = issuer->role == SDC_CVC_CVCA && cvc->role == SDC_CVC_CVCA;
    const bool roles = link || (issuer->role == SDC_CVC_CVCA && cvc->role == SDC_CVC_DV) ||
                       (issuer->role == SDC_CVC_DV && cvc->role == SDC_CVC_TERMINAL);
    if (strcmp(issuer->chr, cvc->car) != 0)
        return sdc_fail(e, SDC_E_SIGNATURE, "%s is issued by %s, not by %s", cvc->chr, cvc->car, issuer->chr);
    if (!roles)
        return sdc_fail(e, SDC_E_SIGNATURE, "%s may not issue %s: wrong role", issuer->chr, cvc->chr);
    if (sdc_date_compare(&cvc->effective, &issuer->effective) < 0 ||
        sdc_date_compare(&cvc->effective, &issuer->expiry) > 0)
        return sdc_fail(e, SDC_E_SIGNATURE, "%s begins outside the time of %s", cvc->chr, issuer->chr);
    return sdc_cvc_verify(cvc, issuer->point, e);
}
