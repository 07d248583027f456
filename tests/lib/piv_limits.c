/* SPDX-License-Identifier: BSD-2-Clause */
#include "piv_limits.h"

#include "limits_parse.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include <openssl/sha.h>

/* SS 9999 FS 9999 FS 999999 FS 0 FS 1 FS 0000000000 1 9999 6 ES LRC, worked out by hand character by character */
static const uint8_t fascn[25] = { 0xD4, 0xE7, 0x39, 0xDA, 0x73, 0x9C, 0xED, 0x39, 0xCE, 0x73, 0x9D, 0x83, 0x68,
                                   0x58, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21, 0x84, 0xE7, 0x39, 0xB7, 0xFF };

void limits_chuid(struct limits *l, const struct sdc_buf *object)
{
    struct bytes b = bytes_of(object), head = b;
    char expiry[40];
    snprintf(expiry, sizeof expiry, "%04d%02d%02d", l->expiry.year, l->expiry.month, l->expiry.day);
    struct item number = item_take(&b, 0x30, 25, 25), guid = item_take(&b, 0x34, 16, 16),
                date = item_take(&b, 0x35, 8, 8);
    head.len -= b.len;
    struct item signature = item_take(&b, 0x3E, 1, 3200);
    item_take(&b, 0xFE, 0, 0);
    ck_assert_uint_eq(b.len, 0);
    (void)number;
    ck_assert_mem_eq(guid.value.p, l->guid, 16);
    ck_assert_uint_eq(guid.value.p[6] >> 4, 4); /* RFC 4122 version 4 */
    ck_assert_uint_eq(guid.value.p[8] >> 6, 2);
    ck_assert_mem_eq(date.value.p, expiry, 8);
    uint8_t content[128];
    memcpy(content, head.p, head.len);
    memcpy(content + head.len, "\xFE\x00", 2);
    struct cms_wanted wanted = {
        .type = "2.16.840.1.101.3.6.1", .certificates = 1, .attributes = 3, .content = { content, head.len + 2 }
    };
    l->signer = cms_check(signature.value, &wanted, NULL);
    cms_attribute_is(signature.value, "2.16.840.1.101.3.6.5", name_der(l->signer));
    limits_any_certificate(l->signer);
    certificate_usage_is(l->signer, "80", "2.16.840.1.101.3.8.7", false);
    certificate_access_is(l->signer, true, false);
    ck_assert_int_eq(X509_verify(l->signer, X509_get0_pubkey(l->ca)), 1);
}

void limits_ccc(const struct sdc_buf *object)
{
    static const struct {
        unsigned tag;
        size_t len;
        uint8_t value;
    } wanted[] = { { 0xF0, 0, 0 },    { 0xF1, 1, 0x21 }, { 0xF2, 1, 0x21 }, { 0xF3, 0, 0 }, { 0xF4, 1, 0x00 },
                   { 0xF5, 1, 0x10 }, { 0xF6, 0, 0 },    { 0xF7, 0, 0 },    { 0xFA, 0, 0 }, { 0xFB, 0, 0 },
                   { 0xFC, 0, 0 },    { 0xFD, 0, 0 },    { 0xFE, 0, 0 } };
    struct bytes b = bytes_of(object);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        struct item item = item_take(&b, wanted[i].tag, wanted[i].len, wanted[i].len);
        if (wanted[i].len)
            ck_assert_uint_eq(item.value.p[0], wanted[i].value);
    }
    ck_assert_uint_eq(b.len, 0);
}

void limits_discovery(const struct sdc_buf *object)
{
    static const uint8_t wanted[] = { 0x7E, 0x12, 0x4F, 0x0B, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x00,
                                      0x00, 0x10, 0x00, 0x01, 0x00, 0x5F, 0x2F, 0x02, 0x40, 0x00 };
    ck_assert_uint_eq(object->len, sizeof wanted);
    ck_assert_mem_eq(object->data, wanted, sizeof wanted);
}

void limits_key_history(const struct sdc_buf *object)
{
    static const uint8_t wanted[] = { 0xC1, 0x01, 0x00, 0xC2, 0x01, 0x00, 0xFE, 0x00 };
    ck_assert_uint_eq(object->len, sizeof wanted);
    ck_assert_mem_eq(object->data, wanted, sizeof wanted);
}

static void time_is(const uint8_t *p, const struct sdc_date *date)
{
    ck_assert_uint_eq(p[0] * 100u + p[1], (unsigned)date->year);
    ck_assert_uint_eq(p[2], (unsigned)date->month);
    ck_assert_uint_eq(p[3], (unsigned)date->day);
    ck_assert(p[4] < 24 && p[5] < 60 && p[6] < 60);
    ck_assert_uint_eq(p[7], 'Z');
}

static size_t number(const uint8_t *p, size_t len)
{
    size_t value = 0;
    for (size_t i = 0; i < len; i++)
        value = value << 8 | p[i];
    return value;
}

static void cbeff_is(const struct limits *l, const uint8_t *p)
{
    ck_assert_mem_eq(p, "\x03\x0D", 2);
    ck_assert_mem_eq(p + 8, "\x00\x1B\x05\x01", 4);
    time_is(p + 12, &l->issued);
    time_is(p + 20, &l->issued);
    time_is(p + 28, &l->expiry);
    ck_assert_mem_eq(p + 36, "\x00\x00\x02\x20", 4);
    ck_assert(p[40] == 0xFE || p[40] <= 100);
    size_t creator = strnlen((const char *)p + 41, 18);
    ck_assert(creator > 0 && creator < 18);
    for (size_t i = creator; i < 18; i++)
        ck_assert_uint_eq(p[41 + i], 0);
    ck_assert_mem_eq(p + 59, fascn, 25);
    ck_assert_mem_eq(p + 84, "\0\0\0\0", 4);
}

void limits_face(const struct limits *l, const struct sdc_buf *object, struct sdc_rd *image)
{
    struct bytes b = bytes_of(object);
    struct item whole = item_take(&b, 0xBC, 88 + 46, 32000);
    item_take(&b, 0xFE, 0, 0);
    ck_assert_uint_eq(b.len, 0);
    const uint8_t *p = whole.value.p;
    size_t record = number(p + 2, 4), signature = number(p + 6, 2);
    cbeff_is(l, p);
    ck_assert_uint_eq(88 + record + signature, whole.value.len);
    const uint8_t *r = p + 88;
    ck_assert_mem_eq(r,
                     "FAC\0"
                     "010\0",
                     8);
    ck_assert_uint_eq(number(r + 8, 4), record);
    ck_assert_uint_eq(number(r + 12, 2), 1);
    ck_assert_uint_eq(number(r + 14, 4), record - 14);
    for (size_t i = 18; i < 34; i++) /* nothing beside the image tells of the person */
        ck_assert_uint_eq(r[i], 0);
    ck_assert_uint_eq(r[34], 1);
    ck_assert_uint_eq(r[35], 1);
    ck_assert_uint_eq(r[40], 1);
    ck_assert(r[41] == 2 || r[41] == 6);
    ck_assert_mem_eq(r + 46, "\0\0\0\x0CjP  ", 8); /* JP2 signature box */
    ck_assert(number(r + 36, 2) > 0 && number(r + 38, 2) > 0);
    struct cms_wanted wanted = { .type = "2.16.840.1.101.3.6.2", .attributes = 5, .content = { p, 88 + record } };
    struct bytes cms = { r + record, signature };
    X509_free(cms_check(cms, &wanted, l->signer));
    cms_attribute_is(cms, "2.16.840.1.101.3.6.5", name_der(l->signer));
    cms_attribute_is(cms, "2.16.840.1.101.3.6.6", octets_der(fascn, sizeof fascn));
    cms_attribute_is(cms, "1.3.6.1.1.16.4", octets_der(l->guid, sizeof l->guid));
    *image = sdc_rd_init(r + 46, record - 46);
}

void limits_printed(const struct limits *l, const struct sdc_buf *object, const char *name)
{
    static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    char expiry[40];
    struct bytes b = bytes_of(object);
    struct item holder = item_take(&b, 0x01, 1, 125);
    item_take(&b, 0x02, 1, 20);
    struct item date = item_take(&b, 0x04, 9, 9), serial = item_take(&b, 0x05, 20, 20);
    item_take(&b, 0x06, 1, 15);
    item_take(&b, 0xFE, 0, 0);
    ck_assert_uint_eq(b.len, 0);
    ck_assert_uint_eq(holder.value.len, strlen(name));
    ck_assert_mem_eq(holder.value.p, name, strlen(name));
    snprintf(expiry, sizeof expiry, "%04d%.3s%02d", l->expiry.year, months + 3 * (l->expiry.month - 1), l->expiry.day);
    ck_assert_mem_eq(date.value.p, expiry, 9);
    for (size_t i = 0; i < 20; i++)
        ck_assert_ptr_nonnull(memchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", serial.value.p[i], 32));
}

static const struct sdc_buf *content_of(const struct limits_content *contents, size_t count, unsigned container)
{
    for (size_t i = 0; i < count; i++)
        if (contents[i].container == container)
            return contents[i].content;
    ck_abort_msg("container %04X doesn't belong here", container);
}

void limits_security(const struct limits *l, const struct sdc_buf *object, const struct limits_content *contents,
                     size_t count)
{
    struct bytes b = bytes_of(object);
    struct item mapping = item_take(&b, 0xBA, 3, 30), security = item_take(&b, 0xBB, 1, 1298);
    item_take(&b, 0xFE, 0, 0);
    ck_assert_uint_eq(b.len, 0);
    ck_assert_uint_eq(mapping.value.len, 3 * count);
    struct cms_wanted wanted = { .type = "1.3.27.1.1.1", .attributes = 2, .attached = true };
    X509_free(cms_check(security.value, &wanted, l->signer));
    /* LDSSecurityObject { 0, { SHA-256 }, { { number, hash } … } } */
    struct bytes lds = wanted.content, inside = item_take(&lds, 0x30, 1, 1000).value;
    ck_assert_uint_eq(lds.len, 0);
    ck_assert_uint_eq(item_take(&inside, 0x02, 1, 1).value.p[0], 0);
    struct bytes algorithm = item_take(&inside, 0x30, 11, 11).value;
    oid_is(item_take(&algorithm, 0x06, 9, 9).value, "2.16.840.1.101.3.4.2.1");
    struct bytes hashes = item_take(&inside, 0x30, 1, 1000).value;
    ck_assert_uint_eq(inside.len, 0);
    for (size_t i = 0; i < count; i++) {
        struct bytes entry = item_take(&hashes, 0x30, 37, 37).value;
        uint8_t group = item_take(&entry, 0x02, 1, 1).value.p[0], hash[32];
        struct item held = item_take(&entry, 0x04, 32, 32);
        ck_assert(group >= 1 && group <= 16);
        ck_assert_uint_eq(mapping.value.p[3 * i], group);
        const struct sdc_buf *content =
            content_of(contents, count, mapping.value.p[3 * i + 1] * 256u + mapping.value.p[3 * i + 2]);
        for (size_t j = 0; j < i; j++)
            ck_assert_uint_ne(mapping.value.p[3 * j], group);
        SHA256(content->data, content->len, hash);
        ck_assert_mem_eq(held.value.p, hash, sizeof hash);
    }
    ck_assert_uint_eq(hashes.len, 0);
}

/* keyUsage as the hex of its first byte */
static const struct {
    uint8_t ref;
    const char *usage, *purpose;
    bool urn, ocsp, bounded;
} keys[] = {
    { 0x9A, "80", NULL, true, true, true },
    { 0x9C, "C0", NULL, false, false, true },
    { 0x9D, "08", NULL, false, false, false },
    { 0x9E, "80", "2.16.840.1.101.3.6.8", true, false, false },
};

X509 *limits_certificate(const struct limits *l, uint8_t ref, const struct sdc_buf *object)
{
    struct bytes b = bytes_of(object);
    struct item der = item_take(&b, 0x70, 1, 1858);
    ck_assert_uint_eq(item_take(&b, 0x71, 1, 1).value.p[0], 0);
    item_take(&b, 0xFE, 0, 0);
    ck_assert_uint_eq(b.len, 0);
    const unsigned char *p = der.value.p;
    X509 *certificate = d2i_X509(NULL, &p, (long)der.value.len);
    ck_assert_ptr_nonnull(certificate);
    ck_assert_ptr_eq(p, der.value.p + der.value.len);
    limits_any_certificate(certificate);
    size_t i = 0;
    while (keys[i].ref != ref)
        i++;
    certificate_usage_is(certificate, keys[i].usage, keys[i].purpose, ref == 0x9E);
    certificate_access_is(certificate, true, keys[i].ocsp);
    certificate_urn_is(certificate, keys[i].urn ? l->guid_text : NULL);
    certificate_subject_is(certificate, l->ca, l->guid_text);
    certificate_dates_are(certificate, &l->expiry, keys[i].bounded);
    ck_assert_int_eq(X509_verify(certificate, X509_get0_pubkey(l->ca)), 1);
    return certificate;
}

void limits_free(struct limits *l)
{
    X509_free(l->signer);
    l->signer = NULL;
}
