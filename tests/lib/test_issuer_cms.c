/* SPDX-License-Identifier: BSD-2-Clause */
/* SignedData written out by hand, so that each part of it can be made wrong. */
#include "test_issuer.h"

#include "sdc/tlv.h"

#include <stdlib.h>
#include <string.h>

#define OID(...) (const uint8_t[]) { __VA_ARGS__ }, sizeof((const uint8_t[]) { __VA_ARGS__ })
#define PKCS9    0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09
#define PIV      0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x06

struct maker {
    enum test_fault fault;
    enum test_cms_kind kind;
    X509 *signer;
    const struct sdc_buf *content;
    const EVP_MD *md;
};

static void must(int good)
{
    if (!good)
        abort();
}

/* Closes a constructed value: out gets tag, length and what inner holds; inner is freed. */
static void wrap(struct sdc_buf *out, uint32_t tag, struct sdc_buf *inner)
{
    sdc_tlv_put(out, tag, inner->data, inner->len);
    sdc_buf_free(inner);
}

static void oid(struct sdc_buf *out, const uint8_t *bytes, size_t len)
{
    sdc_tlv_put(out, 0x06, bytes, len);
}

static void small(struct sdc_buf *out, uint8_t value)
{
    sdc_tlv_put(out, 0x02, &value, 1);
}

static void hash_algorithm(struct sdc_buf *out, const struct maker *m, bool null)
{
    struct sdc_buf inner = SDC_BUF_INIT;
    if (m->fault == CMS_SHA1)
        oid(&inner, OID(0x2B, 0x0E, 0x03, 0x02, 0x1A));
    else if (m->fault == CMS_SHA384)
        oid(&inner, OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02));
    else
        oid(&inner, OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01));
    if (null || m->fault == CMS_HASH_NULL || m->fault == CMS_HASH_NULLS)
        sdc_tlv_put(&inner, 0x05, NULL, 0);
    if (m->fault == CMS_HASH_NULLS)
        sdc_tlv_put(&inner, 0x05, NULL, 0);
    if (m->fault == CMS_HASH_NULL_FILLED)
        sdc_tlv_put(&inner, 0x05, "", 1);
    if (m->fault == CMS_HASH_PARAMETERS)
        small(&inner, 1);
    wrap(out, 0x30, &inner);
}

static void content_type(struct sdc_buf *out, const struct maker *m, bool other)
{
    if (other)
        oid(out, OID(0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01));
    else if (m->kind == CMS_OF_CHUID)
        oid(out, OID(PIV, 0x01));
    else if (m->kind == CMS_OF_FACE)
        oid(out, OID(PIV, 0x02));
    else
        oid(out, OID(0x2B, 0x1B, 0x01, 0x01, 0x01));
}

/* ---- signed attributes ---- */

#define ATTRS_MAX 8
struct attrs {
    struct sdc_buf list[ATTRS_MAX];
    size_t count;
};

/* type, and the value's whole encoding */
static void attr_add(struct attrs *attrs, const uint8_t *type, size_t type_len, struct sdc_buf *value)
{
    struct sdc_buf inner = SDC_BUF_INIT;
    oid(&inner, type, type_len);
    wrap(&inner, 0x31, value);
    attrs->list[attrs->count] = (struct sdc_buf)SDC_BUF_INIT;
    wrap(&attrs->list[attrs->count++], 0x30, &inner);
}

static void attr_octets(struct attrs *attrs, const uint8_t *type, size_t type_len, const uint8_t *data, size_t len,
                        bool wrong)
{
    struct sdc_buf value = SDC_BUF_INIT;
    sdc_tlv_put(&value, 0x04, data, len);
    if (wrong)
        value.data[value.len - 1] ^= 1;
    attr_add(attrs, type, type_len, &value);
}

static void attr_name(struct attrs *attrs, const struct maker *m)
{
    struct sdc_buf value = SDC_BUF_INIT;
    const unsigned char *der;
    size_t len;
    const X509_NAME *name = m->fault == CMS_DN ? X509_get_issuer_name(m->signer) : X509_get_subject_name(m->signer);
    must(X509_NAME_get0_der(name, &der, &len));
    sdc_buf_put(&value, der, len);
    attr_add(attrs, OID(PIV, 0x05), &value);
}

static int by_bytes(const void *a, const void *b)
{
    const struct sdc_buf *x = a, *y = b;
    size_t common = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->data, y->data, common);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

static void collect(struct attrs *attrs, const struct maker *m)
{
    uint8_t digest[64];
    unsigned len;
    struct sdc_buf value = SDC_BUF_INIT;
    content_type(&value, m, m->fault == CMS_SIGNED_TYPE);
    attr_add(attrs, OID(PKCS9, 0x03), &value);
    must(EVP_Digest(m->content->data, m->content->len, digest, &len, m->md, NULL));
    attr_octets(attrs, OID(PKCS9, 0x04), digest, len, m->fault == CMS_DIGEST);
    if (m->kind != CMS_OF_SECURITY)
        attr_name(attrs, m);
    if (m->kind == CMS_OF_FACE) {
        attr_octets(attrs, OID(PIV, 0x06), test_issuer.fascn, 25, m->fault == CMS_FASCN);
        attr_octets(attrs, OID(0x2B, 0x06, 0x01, 0x01, 0x10, 0x04), test_issuer.guid, 16, m->fault == CMS_UUID);
    }
    if (m->fault == CMS_ATTR_MISSING)
        sdc_buf_free(&attrs->list[--attrs->count]);
    if (m->fault == CMS_ATTR_EXTRA)
        attr_octets(attrs, OID(PKCS9, 0x07), test_issuer.guid, 16, false);
    if (m->fault == CMS_ATTR_TWICE)
        attr_octets(attrs, OID(PKCS9, 0x04), test_issuer.guid, 16, false);
    if (m->fault == CMS_SIGNING_TIME) {
        sdc_tlv_put(&value, 0x17, "261125120000Z", 13);
        attr_add(attrs, OID(PKCS9, 0x05), &value);
    }
}

/* What stands under SET or [0]: the attributes in DER order. */
static void attributes(struct sdc_buf *out, const struct maker *m)
{
    struct attrs attrs = { .count = 0 };
    collect(&attrs, m);
    qsort(attrs.list, attrs.count, sizeof attrs.list[0], by_bytes);
    if (m->fault == CMS_ATTR_ORDER) {
        struct sdc_buf first = attrs.list[0];
        attrs.list[0] = attrs.list[1];
        attrs.list[1] = first;
    }
    for (size_t i = 0; i < attrs.count; i++) {
        sdc_buf_put(out, attrs.list[i].data, attrs.list[i].len);
        sdc_buf_free(&attrs.list[i]);
    }
}

/* ---- signer ---- */

static void signature(struct sdc_buf *out, const struct maker *m, const struct sdc_buf *signed_bytes, bool rsa)
{
    uint8_t sig[512];
    size_t len = sizeof sig;
    EVP_PKEY *key = rsa ? test_issuer.rsa : test_issuer.signer_key;
    if (m->fault == CMS_OTHER_KEY)
        key = test_issuer.stranger_key;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    must(ctx && EVP_DigestSignInit(ctx, NULL, m->md, NULL, key) == 1);
    must(EVP_DigestSign(ctx, sig, &len, signed_bytes->data, signed_bytes->len) == 1);
    EVP_MD_CTX_free(ctx);
    if (m->fault == CMS_SIGNATURE)
        sig[len - 1] ^= 1;
    sdc_tlv_put(out, 0x04, sig, len);
}

static void signature_algorithm(struct sdc_buf *out, const struct maker *m, bool rsa)
{
    struct sdc_buf inner = SDC_BUF_INIT;
    if (rsa || m->fault == CMS_ALGORITHM) {
        oid(&inner, OID(0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01));
        sdc_tlv_put(&inner, 0x05, NULL, 0);
    } else if (m->fault == CMS_SHA384) {
        oid(&inner, OID(0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03));
    } else {
        oid(&inner, OID(0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02));
    }
    if (m->fault == CMS_SIGNATURE_PARAMETERS)
        sdc_tlv_put(&inner, 0x05, NULL, 0);
    wrap(out, 0x30, &inner);
}

static void signer_id(struct sdc_buf *out, const struct maker *m)
{
    struct sdc_buf sid = SDC_BUF_INIT;
    const unsigned char *der;
    unsigned char *serial = NULL;
    size_t len;
    const X509_NAME *issuer =
        m->fault == CMS_ISSUER ? X509_get_subject_name(m->signer) : X509_get_issuer_name(m->signer);
    must(X509_NAME_get0_der(issuer, &der, &len));
    sdc_buf_put(&sid, der, len);
    int serial_len = i2d_ASN1_INTEGER(X509_get0_serialNumber(m->signer), &serial);
    must(serial_len > 0);
    if (m->fault == CMS_SERIAL)
        serial[serial_len - 1] ^= 1;
    sdc_buf_put(&sid, serial, (size_t)serial_len);
    OPENSSL_free(serial);
    if (m->fault == CMS_SID_SURPLUS)
        small(&sid, 1);
    wrap(out, 0x30, &sid);
}

static void signer_info(struct sdc_buf *out, const struct maker *m)
{
    struct sdc_buf info = SDC_BUF_INIT, attrs = SDC_BUF_INIT, set = SDC_BUF_INIT;
    bool rsa = EVP_PKEY_is_a(X509_get0_pubkey(m->signer), "RSA");
    small(&info, m->fault == CMS_SIGNER_VERSION ? 3 : 1);
    signer_id(&info, m);
    hash_algorithm(&info, m, m->fault == CMS_HASH_ENCODING);
    attributes(&attrs, m);
    sdc_tlv_put(&set, 0x31, attrs.data, attrs.len);
    if (m->fault == CMS_NO_ATTRS) {
        signature_algorithm(&info, m, rsa);
        signature(&info, m, m->content, rsa);
    } else {
        sdc_tlv_put(&info, 0xA0, attrs.data, attrs.len);
        signature_algorithm(&info, m, rsa);
        signature(&info, m, &set, rsa);
    }
    if (m->fault == CMS_UNSIGNED_ATTRS)
        sdc_tlv_put(&info, 0xA1, attrs.data, attrs.len);
    sdc_buf_free(&attrs);
    sdc_buf_free(&set);
    wrap(out, 0x30, &info);
}

/* ---- the whole ---- */

static void encapsulated(struct sdc_buf *out, const struct maker *m)
{
    struct sdc_buf inner = SDC_BUF_INIT, octets = SDC_BUF_INIT;
    content_type(&inner, m, m->fault == CMS_CONTENT_TYPE);
    if ((m->kind == CMS_OF_SECURITY) != (m->fault == CMS_EMBEDDED)) {
        sdc_tlv_put(&octets, 0x04, m->content->data, m->content->len);
        if (m->fault == CMS_CONTENT_SURPLUS)
            sdc_tlv_put(&octets, 0x04, NULL, 0);
        wrap(&inner, 0xA0, &octets);
    }
    wrap(out, 0x30, &inner);
}

static void signed_data(struct sdc_buf *out, const struct maker *m)
{
    struct sdc_buf inner = SDC_BUF_INIT, set = SDC_BUF_INIT;
    if (m->fault == CMS_LONG_VERSION)
        sdc_tlv_put(&inner, 0x02, "\x03", 2);
    else
        small(&inner, m->fault == CMS_VERSION ? 1 : 3);
    hash_algorithm(&set, m, false);
    if (m->fault == CMS_TWO_HASHES)
        hash_algorithm(&set, m, true);
    wrap(&inner, 0x31, &set);
    encapsulated(&inner, m);
    if (m->kind == CMS_OF_CHUID)
        test_put_cert(&set, m->signer);
    if (m->fault == CMS_CERTS)
        test_put_cert(&set, test_issuer.ca);
    if (set.len > 0)
        wrap(&inner, 0xA0, &set);
    if (m->fault == CMS_CRLS)
        sdc_tlv_put(&inner, 0xA1, NULL, 0);
    signer_info(&set, m);
    if (m->fault == CMS_TWO_SIGNERS)
        signer_info(&set, m);
    wrap(&inner, 0x31, &set);
    if (m->fault == CMS_SURPLUS_INSIDE)
        sdc_tlv_put(&inner, 0x05, NULL, 0);
    if (m->fault == CMS_INDEFINITE) {
        sdc_buf_u16(out, 0x3080);
        sdc_buf_put(out, inner.data, inner.len);
        sdc_buf_u16(out, 0);
        sdc_buf_free(&inner);
    } else {
        wrap(out, 0x30, &inner);
    }
}

void test_cms(enum test_fault fault, enum test_cms_kind kind, X509 *signer, const struct sdc_buf *content,
              struct sdc_buf *out)
{
    const struct maker m = { fault, kind, signer, content, fault == CMS_SHA384 ? EVP_sha384() : EVP_sha256() };
    struct sdc_buf data = SDC_BUF_INIT, info = SDC_BUF_INIT;
    oid(&info, OID(0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02));
    signed_data(&data, &m);
    wrap(&info, 0xA0, &data);
    wrap(out, 0x30, &info);
    if (fault == CMS_SURPLUS)
        sdc_buf_u16(out, 0x0500);
}
