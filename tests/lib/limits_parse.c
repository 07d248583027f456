/* SPDX-License-Identifier: BSD-2-Clause */
#include "limits_parse.h"

#include <check.h>
#include <string.h>

#include <openssl/cms.h>

struct bytes bytes_of(const struct sdc_buf *b)
{
    return (struct bytes) { b->data, b->len };
}

static uint8_t byte(struct bytes *b)
{
    ck_assert_uint_gt(b->len, 0);
    b->len--;
    return *b->p++;
}

struct item item_next(struct bytes *b)
{
    struct item item = { .whole = *b };
    item.tag = byte(b);
    if ((item.tag & 0x1F) == 0x1F)
        item.tag = item.tag << 8 | byte(b);
    size_t len = byte(b);
    if (len > 0x80) {
        size_t count = len & 0x7F;
        ck_assert(count >= 1 && count <= 3);
        len = 0;
        for (size_t i = 0; i < count; i++)
            len = len << 8 | byte(b);
        ck_assert_uint_ge(len, count == 1 ? 0x80 : (size_t)1 << 8 * (count - 1)); /* no shorter form */
    } else {
        ck_assert_uint_lt(len, 0x80);
    }
    ck_assert_uint_le(len, b->len);
    item.value = (struct bytes) { b->p, len };
    b->p += len;
    b->len -= len;
    item.whole.len -= b->len;
    return item;
}

struct item item_take(struct bytes *b, unsigned tag, size_t min, size_t max)
{
    struct item item = item_next(b);
    ck_assert_msg(item.tag == tag, "tag %X where %X belongs", item.tag, tag);
    ck_assert_msg(item.value.len >= min && item.value.len <= max, "tag %X has %zu bytes", tag, item.value.len);
    return item;
}

void oid_is(struct bytes der, const char *text)
{
    ASN1_OBJECT *wanted = OBJ_txt2obj(text, 1);
    ck_assert_uint_eq(OBJ_length(wanted), der.len);
    ck_assert_mem_eq(OBJ_get0_data(wanted), der.p, der.len);
    ASN1_OBJECT_free(wanted);
}

struct bytes name_der(const X509 *certificate)
{
    static uint8_t der[512];
    uint8_t *p = der;
    int len = i2d_X509_NAME(X509_get_subject_name(certificate), NULL);
    ck_assert(len > 0 && (size_t)len <= sizeof der);
    i2d_X509_NAME(X509_get_subject_name(certificate), &p);
    return (struct bytes) { der, (size_t)len };
}

struct bytes octets_der(const uint8_t *value, size_t len)
{
    static uint8_t der[64];
    der[0] = 0x04;
    der[1] = (uint8_t)len;
    memcpy(der + 2, value, len);
    return (struct bytes) { der, len + 2 };
}

/* ---- CMS ---- */

static const char sha256_oid[] = "2.16.840.1.101.3.4.2.1";

static struct bytes signed_data(struct bytes cms)
{
    struct bytes info = item_take(&cms, 0x30, 1, 4000).value;
    ck_assert_uint_eq(cms.len, 0);
    oid_is(item_take(&info, 0x06, 9, 9).value, "1.2.840.113549.1.7.2");
    struct bytes outer = item_take(&info, 0xA0, 1, 4000).value;
    ck_assert_uint_eq(info.len, 0);
    struct bytes data = item_take(&outer, 0x30, 1, 4000).value;
    ck_assert_uint_eq(outer.len, 0);
    return data;
}

static struct bytes check_content(struct bytes *data, struct cms_wanted *wanted)
{
    ck_assert_uint_eq(item_take(data, 0x02, 1, 1).value.p[0], 3);
    struct bytes digests = item_take(data, 0x31, 1, 40).value;
    struct item algorithm = item_take(&digests, 0x30, 11, 13);
    ck_assert_uint_eq(digests.len, 0);
    struct bytes oid = algorithm.value;
    oid_is(item_take(&oid, 0x06, 9, 9).value, sha256_oid);
    struct bytes content = item_take(data, 0x30, 1, 4000).value;
    oid_is(item_take(&content, 0x06, 1, 20).value, wanted->type);
    if (wanted->attached) {
        struct bytes octets = item_take(&content, 0xA0, 1, 4000).value;
        wanted->content = item_take(&octets, 0x04, 1, 4000).value;
    }
    ck_assert_uint_eq(content.len, 0);
    return algorithm.whole;
}

/* SignerInfo: its signed attributes, each in its place of DER's order */
static struct bytes check_signer(struct bytes info, struct bytes algorithm, const struct cms_wanted *wanted)
{
    ck_assert_uint_eq(item_take(&info, 0x02, 1, 1).value.p[0], 1);
    item_take(&info, 0x30, 1, 400); /* issuerAndSerialNumber */
    struct item digest = item_take(&info, 0x30, 11, 13);
    ck_assert_uint_eq(digest.whole.len, algorithm.len);
    ck_assert_mem_eq(digest.whole.p, algorithm.p, algorithm.len);
    struct bytes attributes = item_take(&info, 0xA0, 1, 1000).value, all = attributes;
    struct bytes before = { NULL, 0 };
    size_t count = 0;
    for (; attributes.len > 0; count++) {
        struct item attribute = item_take(&attributes, 0x30, 1, 400);
        size_t common = before.len < attribute.whole.len ? before.len : attribute.whole.len;
        int order = common ? memcmp(before.p, attribute.whole.p, common) : -1;
        ck_assert(order < 0 || (order == 0 && before.len < attribute.whole.len));
        before = attribute.whole;
    }
    ck_assert_uint_eq(count, wanted->attributes);
    struct bytes method = item_take(&info, 0x30, 10, 10).value;
    oid_is(item_take(&method, 0x06, 8, 8).value, "1.2.840.10045.4.3.2"); /* no parameters */
    ck_assert_uint_eq(method.len, 0);
    item_take(&info, 0x04, 8, 72);
    ck_assert_uint_eq(info.len, 0); /* no unsigned attributes */
    return all;
}

X509 *cms_check(struct bytes cms, struct cms_wanted *wanted, X509 *signer)
{
    struct bytes data = signed_data(cms), algorithm = check_content(&data, wanted);
    X509 *inside = NULL;
    if (wanted->certificates) {
        struct bytes list = item_take(&data, 0xA0, 1, 2000).value;
        struct item only = item_take(&list, 0x30, 1, 2000);
        ck_assert_uint_eq(list.len, 0);
        const unsigned char *p = only.whole.p;
        inside = d2i_X509(NULL, &p, (long)only.whole.len);
        ck_assert_ptr_nonnull(inside);
    }
    struct bytes signers = item_take(&data, 0x31, 1, 2000).value; /* no [1]: no CRLs */
    ck_assert_uint_eq(data.len, 0);
    struct bytes info = item_take(&signers, 0x30, 1, 2000).value;
    ck_assert_uint_eq(signers.len, 0);
    check_signer(info, algorithm, wanted);

    const unsigned char *p = cms.p;
    CMS_ContentInfo *parsed = d2i_CMS_ContentInfo(NULL, &p, (long)cms.len);
    ck_assert_ptr_nonnull(parsed);
    STACK_OF(X509) *known = sk_X509_new_null();
    sk_X509_push(known, inside ? inside : signer);
    BIO *content = wanted->attached ? NULL : BIO_new_mem_buf(wanted->content.p, (int)wanted->content.len);
    ck_assert_int_eq(
        CMS_verify(parsed, known, NULL, content, NULL, CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY | CMS_NOINTERN), 1);
    BIO_free(content);
    sk_X509_free(known);
    CMS_ContentInfo_free(parsed);
    return inside;
}

void cms_attribute_is(struct bytes cms, const char *oid, struct bytes value)
{
    const unsigned char *p = cms.p;
    CMS_ContentInfo *parsed = d2i_CMS_ContentInfo(NULL, &p, (long)cms.len);
    CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(parsed), 0);
    ASN1_OBJECT *type = OBJ_txt2obj(oid, 1);
    int at = CMS_signed_get_attr_by_OBJ(signer, type, -1);
    ck_assert_int_ge(at, 0);
    ck_assert_int_lt(CMS_signed_get_attr_by_OBJ(signer, type, at), 0);
    X509_ATTRIBUTE *attribute = CMS_signed_get_attr(signer, at);
    ck_assert_int_eq(X509_ATTRIBUTE_count(attribute), 1);
    uint8_t *der = NULL;
    int len = i2d_ASN1_TYPE(X509_ATTRIBUTE_get0_type(attribute, 0), &der);
    ck_assert_int_eq(len, (int)value.len);
    ck_assert_mem_eq(der, value.p, value.len);
    OPENSSL_free(der);
    ASN1_OBJECT_free(type);
    CMS_ContentInfo_free(parsed);
}
