/* SPDX-License-Identifier: BSD-2-Clause */
#include "terminal_certificate.h"

#include <check.h>
#include <string.h>

#include "card_talk.h"
#include "terminal_math.h"

#define OID_ECDSA_256 "04007F00070202020203"
#define OID_ROLE_AT   "04007F000703010202"

const struct certificate shown_link = {
    .authority = NAME_CVCA,
    .holder = NAME_LINK,
    .by = "CVCA",
    .key = "link",
    .chat = 0xEE1D000030,
    .from = "260601",
    .to = "360601",
    .domain = true,
};
const struct certificate shown_dv = {
    .authority = NAME_CVCA,
    .holder = NAME_DV,
    .by = "CVCA",
    .key = "DV",
    .chat = 0xAE1D000030,
    .from = "260101",
    .to = "291231",
};
const struct certificate shown_terminal = {
    .authority = NAME_DV,
    .holder = NAME_AT,
    .by = "DV",
    .key = "AT",
    .chat = CHAT_OFFICER,
    .from = "261101",
    .to = "270131",
};

struct out {
    uint8_t *p;
    size_t len;
};

static void put(struct out *o, uint32_t tag, const void *value, size_t len)
{
    if (tag > 0xFF)
        o->p[o->len++] = (uint8_t)(tag >> 8);
    o->p[o->len++] = (uint8_t)tag;
    if (len > 0xFF) {
        o->p[o->len++] = 0x82;
        o->p[o->len++] = (uint8_t)(len >> 8);
    } else if (len > 0x7F) {
        o->p[o->len++] = 0x81;
    }
    o->p[o->len++] = (uint8_t)len;
    memcpy(o->p + o->len, value, len);
    o->len += len;
}

static void put_hex(struct out *o, uint32_t tag, const char *hex)
{
    uint8_t value[80];
    put(o, tag, value, talk_unhex(hex, value, sizeof value));
}

static void put_date(struct out *o, uint32_t tag, const char *date)
{
    uint8_t digits[6];
    for (size_t i = 0; i < 6; i++)
        digits[i] = (uint8_t)(date[i] - '0');
    put(o, tag, digits, sizeof digits);
}

static void put_chat(struct out *o, const char *role, uint64_t chat)
{
    uint8_t value[32], bits[5];
    struct out inner = { value, 0 };
    for (int i = 0; i < 5; i++)
        bits[i] = (uint8_t)(chat >> (32 - 8 * i));
    put_hex(&inner, 0x06, role);
    put(&inner, 0x53, bits, sizeof bits);
    put(o, 0x7F4C, value, inner.len);
}

/* FIPS 186-4 D.1.2.3, in the order of the tags */
static void put_key(struct out *o, const struct certificate *c)
{
    static const char *const domain[] = {
        "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
        "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC",
        "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
        ("046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
         "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"),
        "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
    };
    uint8_t value[400], scalar[32], point[MATH_POINT], parameter[MATH_POINT];
    struct out inner = { value, 0 };
    math_key(c->key, scalar);
    math_multiply(NULL, scalar, point);
    put_hex(&inner, 0x06, c->algorithm != NULL ? c->algorithm : OID_ECDSA_256);
    for (int i = 0; c->domain && i < 5; i++) {
        size_t len = talk_unhex(domain[i], parameter, sizeof parameter);
        parameter[len - 1] ^= (uint8_t)(c->altered == i + 1);
        put(&inner, 0x81 + (uint32_t)i, parameter, len);
    }
    put(&inner, 0x86, c->point != NULL ? c->point : point, MATH_POINT);
    if (c->domain)
        put(&inner, 0x87, c->altered == 6 ? "\x02" : "\x01", 1);
    put(o, 0x7F49, value, inner.len);
}

size_t terminal_certificate_make(const struct certificate *c, uint8_t out[static CERTIFICATE_CAP])
{
    uint8_t value[CERTIFICATE_CAP], scalar[32], signature[MATH_SIGNATURE];
    struct out body = { value, 0 }, whole = { out, 0 };
    put_hex(&body, 0x5F29, "00");
    put(&body, 0x42, c->authority, strlen(c->authority));
    put_key(&body, c);
    put(&body, 0x5F20, c->holder, strlen(c->holder));
    put_chat(&body, c->role != NULL ? c->role : OID_ROLE_AT, c->chat);
    put_date(&body, 0x5F25, c->from);
    put_date(&body, 0x5F24, c->to);
    if (c->behind != NULL)
        body.len += talk_unhex(c->behind, value + body.len, sizeof value - body.len);
    put(&whole, 0x7F4E, value, body.len);
    math_key(c->by, scalar);
    math_sign(scalar, out, whole.len, signature);
    put(&whole, 0x5F37, signature, sizeof signature);
    ck_assert_uint_le(whole.len, CERTIFICATE_CAP);
    return whole.len;
}

size_t terminal_trust_point(uint64_t chat, const char *to, uint8_t out[static CERTIFICATE_CAP])
{
    uint8_t scalar[32], point[MATH_POINT];
    struct out o = { out, 0 };
    math_key("CVCA", scalar);
    math_multiply(NULL, scalar, point);
    put(&o, 0x86, point, sizeof point);
    put(&o, 0x5F20, NAME_CVCA, strlen(NAME_CVCA));
    put_chat(&o, OID_ROLE_AT, chat);
    put_date(&o, 0x5F25, "260101");
    put_date(&o, 0x5F24, to);
    return o.len;
}
