/* SPDX-License-Identifier: BSD-2-Clause */
#include "cv_certificate.h"

#include "bytes.h"
#include "card_crypto_keys.h"
#include "tlv.h"

#define TAG_BODY       0x7F4E
#define TAG_SIGNATURE  0x5F37
#define TAG_PROFILE    0x5F29
#define TAG_CAR        0x42
#define TAG_CHR        0x5F20
#define TAG_CHAT       0x7F4C
#define TAG_EFFECTIVE  0x5F25
#define TAG_EXPIRY     0x5F24
#define TAG_EXTENSIONS 0x65
#define TAG_OID        0x06

/* Domain parameters of P-256 (SEC 2, 2.4.2), by tag */
static const uint8_t prime[] = { 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
                                 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF,
                                 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };
static const uint8_t coefficient_a[] = { 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
                                         0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF,
                                         0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFC };
static const uint8_t coefficient_b[] = { 0x5A, 0xC6, 0x35, 0xD8, 0xAA, 0x3A, 0x93, 0xE7, 0xB3, 0xEB, 0xBD,
                                         0x55, 0x76, 0x98, 0x86, 0xBC, 0x65, 0x1D, 0x06, 0xB0, 0xCC, 0x53,
                                         0xB0, 0xF6, 0x3B, 0xCE, 0x3C, 0x3E, 0x27, 0xD2, 0x60, 0x4B };
static const uint8_t base[] = { 0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5,
                                0x63, 0xA4, 0x40, 0xF2, 0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4,
                                0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A,
                                0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33,
                                0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5 };
static const uint8_t order[] = { 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF,
                                 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17,
                                 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51 };
static const uint8_t cofactor[] = { 0x01 };
static const struct {
    uint8_t tag;
    const uint8_t *value;
    size_t len;
} parameters[] = {
    { 0x81, prime, sizeof prime },
    { 0x82, coefficient_a, sizeof coefficient_a },
    { 0x83, coefficient_b, sizeof coefficient_b },
    { 0x84, base, sizeof base },
    { 0x85, order, sizeof order },
};

static bool same(struct rd value, const uint8_t *expected, size_t len)
{
    return value.left == len && bytes_same(value.p, expected, len);
}

/* 81 to 85 in front of the point and 87 behind it: those of a CVCA, all of them or none. */
static bool read_parameters(struct rd *key, bool *known)
{
    struct rd value;
    for (size_t i = 0; i < COUNT(parameters); i++) {
        if (!tlv_read_tag(key, parameters[i].tag, &value))
            return false;
        *known &= same(value, parameters[i].value, parameters[i].len);
    }
    return true;
}

static bool read_key(struct rd key, struct cv_certificate *c, bool *has_parameters)
{
    static const uint8_t ecdsa[] = { OID_TERMINAL_ECDSA };
    struct rd value, look;
    tlv_read_tag(&key, TAG_OID, &value);
    c->known &= same(value, ecdsa, sizeof ecdsa);
    look = key;
    *has_parameters = rd_u8(&look) == parameters[0].tag;
    if (*has_parameters && !read_parameters(&key, &c->known))
        return false;
    tlv_read_tag(&key, TAG_EC_POINT, &value);
    bool whole = value.left == CV_POINT_LEN;
    rd_copy(&value, c->holder.point, whole ? CV_POINT_LEN : 0);
    c->known = c->known && whole && crypto_ec_valid(CRYPTO_P256, c->holder.point);
    if (*has_parameters) {
        tlv_read_tag(&key, 0x87, &value);
        c->known &= same(value, cofactor, sizeof cofactor);
    }
    return rd_end(&key);
}

static bool read_body(struct rd r, struct cv_certificate *c)
{
    struct rd profile, car, key, chr, chat, effective, expiry;
    bool at, has_parameters;
    tlv_read_tag(&r, TAG_PROFILE, &profile);
    tlv_read_tag(&r, TAG_CAR, &car);
    tlv_read_tag(&r, TAG_PUBLIC_KEY, &key);
    tlv_read_tag(&r, TAG_CHR, &chr);
    tlv_read_tag(&r, TAG_CHAT, &chat);
    tlv_read_tag(&r, TAG_EFFECTIVE, &effective);
    tlv_read_tag(&r, TAG_EXPIRY, &expiry);
    if (rd_more(&r)) { /* parsed, and nothing to this card */
        struct rd extensions;
        tlv_read_tag(&r, TAG_EXTENSIONS, &extensions);
    }
    bool version = rd_u8(&profile) == 0;
    cv_name_read(&car, &c->authority);
    cv_name_read(&chr, &c->holder.name);
    cv_chat_read(&chat, &c->holder.rights, &at);
    cv_date_read(&effective, &c->holder.effective);
    cv_date_read(&expiry, &c->holder.expiry);
    if (!rd_end(&r) || !version || !rd_end(&profile) || !rd_end(&car) || !rd_end(&chr) || !rd_end(&chat) ||
        !rd_end(&effective) || !rd_end(&expiry) || !read_key(key, c, &has_parameters))
        return false;
    c->known = c->known && at && has_parameters == (cv_role(c->holder.rights) == ROLE_CVCA);
    return true;
}

bool cv_certificate_read(struct rd data, struct cv_certificate *c)
{
    struct rd body, start = data;
    *c = (struct cv_certificate) { .known = true };
    tlv_read_tag(&data, TAG_BODY, &body);
    c->body = rd_take(&start, start.left - data.left);
    tlv_read_tag(&data, TAG_SIGNATURE, &c->signature);
    return rd_end(&data) && c->signature.left == CV_SIGNATURE_LEN && read_body(body, c);
}

bool cv_certificate_verify(const struct cv_certificate *c, const uint8_t point[static CV_POINT_LEN])
{
    uint8_t hash[CRYPTO_SHA256_LEN];
    crypto_sha256(c->body.p, c->body.left, hash);
    return crypto_ec_verify(CRYPTO_P256, point, hash, c->signature.p);
}
