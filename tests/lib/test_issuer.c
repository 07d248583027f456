/* SPDX-License-Identifier: BSD-2-Clause */
#include "test_issuer.h"

#include "card_edge.h"
#include "sdc/tlv.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const uint8_t test_image[TEST_IMAGE_LEN] = { 0, 0, 0, 12, 'j', 'P', ' ', ' ', 0x0D, 0x0A, 0x87, 0x0A, 1, 2, 3 };

void test_date(const struct sdc_date *date, char out[static 9])
{
    char text[40];
    snprintf(text, sizeof text, "%04d%02d%02d", date->year, date->month, date->day);
    memcpy(out, text, 8);
    out[8] = '\0';
}

void test_put_cert(struct sdc_buf *b, X509 *cert)
{
    unsigned char *der = NULL;
    int len = i2d_X509(cert, &der);
    if (len <= 0)
        abort();
    sdc_buf_put(b, der, (size_t)len);
    OPENSSL_free(der);
}

/* Five bits a character: the digit, least significant bit first, and odd parity. */
void test_fascn(enum test_fault fault, uint8_t out[static 25])
{
    char text[] = "B9999D9999D999999D1D1D0000000000199991F0";
    uint8_t bits[25] = { 0 };
    unsigned lrc = 0;
    if (fault == FASCN_FEDERAL)
        memcpy(text + 1, "1501", 4);
    if (fault == FASCN_PERSON)
        text[24] = '7';
    for (size_t i = 0; i < 40; i++) {
        unsigned digit =
            i == 39 ? lrc ^ (fault == FASCN_LRC ? 1U : 0U) : (unsigned)OPENSSL_hexchar2int((unsigned char)text[i]);
        unsigned parity = 1;
        lrc ^= digit;
        for (unsigned k = 0; k < 5; k++) {
            unsigned bit = k < 4 ? digit >> k & 1 : parity;
            parity ^= bit;
            size_t at = i * 5 + k;
            bits[at / 8] = (uint8_t)(bits[at / 8] | bit << (7 - at % 8));
        }
    }
    if (fault == FASCN_PARITY)
        bits[24] ^= 1;
    memcpy(out, bits, 25);
}

/* The end of every object but Discovery. */
static void last(struct sdc_buf *b, enum test_fault fault)
{
    if (fault == LAST_NOT_EMPTY)
        sdc_tlv_put(b, 0xFE, "", 1);
    else if (fault != NO_LAST)
        sdc_tlv_put(b, 0xFE, NULL, 0);
    if (fault == SURPLUS)
        sdc_tlv_put(b, 0xFE, NULL, 0);
}

/* A field whose length is one byte longer than it has to be. */
static void put_long(struct sdc_buf *b, uint32_t tag, const void *data, size_t len, bool longer)
{
    if (!longer) {
        sdc_tlv_put(b, tag, data, len);
        return;
    }
    sdc_buf_u8(b, (uint8_t)tag);
    sdc_buf_u16(b, (uint16_t)(0x8100 | len));
    sdc_buf_put(b, data, len);
}

/* ---- CHUID ---- */

static void make_chuid(const struct test_recipe *recipe, X509 *signer, struct sdc_buf *out)
{
    enum test_fault fault = recipe->fault[PART_CHUID];
    uint8_t fascn[25], guid[16];
    char expiry[9];
    struct sdc_date date = test_issuer.expiry;
    if (fault == SEVEN_YEARS)
        date.year = test_issuer.today.year + 7;
    struct sdc_buf content = SDC_BUF_INIT, cms = SDC_BUF_INIT;
    test_fascn(fault, fascn);
    memcpy(guid, test_issuer.guid, 16);
    if (fault == GUID_VERSION_1)
        guid[6] = 0x1E;
    if (fault == GUID_VARIANT)
        guid[8] = 0x2D;
    test_date(&date, expiry);
    if (fault == BUFFER_LENGTH)
        sdc_tlv_put(out, 0xEE, "\x00\x10", 2);
    put_long(out, 0x30, fascn, 25, false);
    if (fault == OUT_OF_ORDER)
        sdc_tlv_put(out, 0x35, expiry, 8);
    put_long(out, 0x34, guid, 16, fault == LONG_LENGTH);
    if (fault != OUT_OF_ORDER)
        sdc_tlv_put(out, 0x35, fault == BAD_DATE ? "20311320" : expiry, 8);
    if (fault == HOLDER_UUID)
        sdc_tlv_put(out, 0x36, guid, 16);
    sdc_buf_put(&content, out->data, out->len);
    sdc_buf_u16(&content, 0xFE00);
    test_cms(recipe->fault[PART_CHUID_CMS], CMS_OF_CHUID, signer, &content, &cms);
    sdc_tlv_put(out, 0x3E, cms.data, cms.len);
    last(out, fault);
    sdc_buf_free(&content);
    sdc_buf_free(&cms);
}

/* ---- small objects ---- */

static void make_ccc(enum test_fault fault, struct sdc_buf *out)
{
    static const uint8_t empty[] = { 0xF7, 0xFA, 0xFB, 0xFC, 0xFD };
    uint8_t id[21] = { 0xA0, 0x00, 0x00, 0x01, 0x16, 0xFF, 0x02 }, url[129] = { 0 };
    size_t one = fault == CCC_EMPTY ? 0 : 1;
    put_long(out, 0xF0, id, fault == CCC_SHORT_ID ? 20 : one * 21, fault == LONG_LENGTH);
    sdc_tlv_put(out, 0xF1, fault == CCC_VERSION ? "\x20" : "\x21", one);
    sdc_tlv_put(out, 0xF2, fault == CCC_VERSION ? "\x20" : "\x21", fault == CCC_VERSIONS_DIFFER ? 0 : one);
    if (fault == OUT_OF_ORDER)
        sdc_tlv_put(out, 0xF4, "\x00", one);
    sdc_tlv_put(out, 0xF3, url, fault == CCC_BIG_URL ? 129 : 0);
    if (fault != OUT_OF_ORDER)
        sdc_tlv_put(out, 0xF4, fault == CCC_PKCS15 ? "\x01" : "\x00", one);
    sdc_tlv_put(out, 0xF5, fault == CCC_MODEL ? "\x11" : "\x10", 1);
    sdc_tlv_put(out, 0xF6, id, 0);
    for (size_t i = 0; i < sizeof empty; i++)
        sdc_tlv_put(out, empty[i], NULL, 0);
    last(out, fault);
}

static void make_discovery(enum test_fault fault, struct sdc_buf *out)
{
    uint8_t aid[] = { PIV_AID }, policy[2] = { 0x40, 0x00 };
    struct sdc_buf inner = SDC_BUF_INIT;
    if (fault == DISCOVERY_AID)
        aid[10] = 1;
    if (fault == DISCOVERY_POLICY)
        policy[0] = 0x60;
    if (fault == OUT_OF_ORDER)
        sdc_tlv_put(&inner, 0x5F2F, policy, 2);
    put_long(&inner, 0x4F, aid, sizeof aid, fault == LONG_LENGTH);
    if (fault != OUT_OF_ORDER)
        sdc_tlv_put(&inner, 0x5F2F, policy, 2);
    if (fault == SURPLUS)
        sdc_tlv_put(&inner, 0xFE, NULL, 0);
    sdc_tlv_put(out, 0x7E, inner.data, inner.len);
    sdc_buf_free(&inner);
}

static void make_history(enum test_fault fault, struct sdc_buf *out)
{
    uint8_t zero = 0, off = fault == HISTORY_MANY ? 21 : fault == HISTORY_NO_URL || fault == HISTORY_URL ? 1 : 0;
    char url[119];
    memset(url, 'u', sizeof url);
    if (fault == OUT_OF_ORDER)
        sdc_tlv_put(out, 0xC2, &off, 1);
    put_long(out, 0xC1, &zero, 1, fault == LONG_LENGTH);
    if (fault != OUT_OF_ORDER)
        sdc_tlv_put(out, 0xC2, &off, 1);
    if (fault == HISTORY_URL || fault == HISTORY_LONG_URL || fault == HISTORY_MANY)
        sdc_tlv_put(out, 0xF3, url, fault == HISTORY_LONG_URL ? 119 : 118);
    last(out, fault);
}

static void make_printed(enum test_fault fault, struct sdc_buf *out)
{
    char name[127], expiry[10] = "2031NOV20";
    const char *shown = TEST_NAME;
    size_t len = strlen(TEST_NAME);
    memset(name, 'N', sizeof name);
    if (fault == PRINTED_LONG_NAME || fault == PRINTED_FULL_NAME) {
        shown = name;
        len = fault == PRINTED_LONG_NAME ? 126 : 125;
    }
    if (fault == PRINTED_CONTROL)
        shown = "DOE,\x1b[2J!";
    if (fault == PRINTED_UTF8)
        shown = "DO\xC0\x80, JA!";
    if (fault == PRINTED_OTHER_EXPIRY)
        expiry[8] = '1';
    if (fault == PRINTED_EXPIRY)
        expiry[4] = 'n';
    if (fault == OUT_OF_ORDER)
        sdc_tlv_put(out, 0x02, "Holder", 6);
    if (fault != PRINTED_NO_NAME)
        put_long(out, 0x01, shown, len, fault == LONG_LENGTH);
    if (fault != OUT_OF_ORDER)
        sdc_tlv_put(out, 0x02, "Holder", 6);
    sdc_tlv_put(out, 0x04, expiry, 9);
    sdc_tlv_put(out, 0x05, fault == PRINTED_SERIAL_TEXT ? "0000000000 SD1234567" : "ABCDEFGHIJKLMNOP2345",
                fault == PRINTED_SERIAL ? 19 : 20);
    sdc_tlv_put(out, 0x06, "Test Issuer 1234", fault == PRINTED_ISSUER ? 16 : 11);
    if (fault == PRINTED_LINE)
        sdc_tlv_put(out, 0x07, "line", 4);
    if (fault == PRINTED_LINE || fault == PRINTED_LINE_ALONE)
        sdc_tlv_put(out, 0x08, "line", 4);
    last(out, fault);
}

/* ---- certificates ---- */

static void make_cert(const struct test_recipe *recipe, enum test_part part, EVP_PKEY *key, struct sdc_buf *out)
{
    enum test_fault fault = recipe->fault[part];
    struct sdc_buf der = SDC_BUF_INIT;
    X509 *cert = test_cert(recipe, part, key);
    test_put_cert(&der, cert);
    if (fault == CERT_TRAILING)
        sdc_buf_u8(&der, 0);
    if (fault == OUT_OF_ORDER)
        sdc_tlv_put(out, 0x71, "\x00", 1);
    sdc_tlv_put(out, 0x70, der.data, der.len);
    if (fault != OUT_OF_ORDER)
        put_long(out, 0x71, fault == CERT_COMPRESSED ? "\x01" : "\x00", 1, fault == LONG_LENGTH);
    last(out, fault);
    X509_free(cert);
    sdc_buf_free(&der);
}

/* ---- security object ---- */

static const struct {
    uint16_t container;
    uint32_t tag;
} listed[] = { { 0xDB00, OBJ_CCC },     { 0x3000, OBJ_CHUID },     { 0x6030, OBJ_FACE },
               { 0x3001, OBJ_PRINTED }, { 0x6050, OBJ_DISCOVERY }, { 0x6060, OBJ_KEY_HISTORY } };
enum { LISTED = 6 };

static bool is_left_out(enum test_fault fault, size_t i)
{
    return fault >= LIST_LACKS && fault <= LIST_LACKS_LAST && (size_t)(fault - LIST_LACKS) == i;
}

static void make_map(enum test_fault fault, struct sdc_buf *out)
{
    for (size_t i = 0; i < LISTED; i++) {
        size_t from = fault == LIST_SWAPPED && i < 2 ? 1 - i : i;
        if (is_left_out(fault, i))
            continue;
        sdc_buf_u8(out, (uint8_t)(fault == LIST_DG_ZERO && i == 0 ? 0 : fault == LIST_DG_TWICE && i == 1 ? 1 : i + 1));
        sdc_buf_u16(out, listed[from].container);
    }
    if (fault == LIST_FINGER) {
        sdc_buf_u8(out, 7);
        sdc_buf_u16(out, 0x6010);
    }
    if (fault == LIST_ODD)
        sdc_buf_u8(out, 8);
}

static void put_hash(struct sdc_buf *list, uint8_t dg, const uint8_t *hash, size_t len)
{
    struct sdc_buf entry = SDC_BUF_INIT;
    sdc_tlv_put(&entry, 0x02, &dg, 1);
    sdc_tlv_put(&entry, 0x04, hash, len);
    sdc_tlv_put(list, 0x30, entry.data, entry.len);
    sdc_buf_free(&entry);
}

static void make_lds(enum test_fault fault, struct fake_piv *card, struct sdc_buf *out)
{
    static const uint8_t sha2[] = { 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02 };
    struct sdc_buf list = SDC_BUF_INIT, inner = SDC_BUF_INIT;
    uint8_t hash[64], version = fault == LDS_VERSION;
    unsigned len = 0;
    bool sha384 = fault == LDS_SHA384;
    for (size_t i = 0; i < LISTED; i++) {
        const struct sdc_buf *object = fake_piv_object(card, listed[i].tag);
        if (is_left_out(fault, i))
            continue;
        if (EVP_Digest(object->data, object->len, hash, &len, sha384 ? EVP_sha384() : EVP_sha256(), NULL) != 1)
            abort();
        hash[0] ^= fault >= LIST_HASH && fault <= LIST_HASH_LAST && (size_t)(fault - LIST_HASH) == i;
        put_hash(&list, (uint8_t)(i + 1), hash, len);
    }
    if (fault == LIST_FINGER || fault == LDS_EXTRA)
        put_hash(&list, 7, hash, len);
    if (fault == LDS_TWICE)
        put_hash(&list, 6, hash, len);
    if (fault == LDS_SHORT_HASH)
        put_hash(&list, 7, hash, len - 1);
    sdc_tlv_put(&inner, 0x02, &version, 1);
    sdc_buf_put(&inner, sha2, sizeof sha2);
    sdc_buf_u8(&inner, sha384 ? 2 : 1);
    sdc_tlv_put(&inner, 0x30, list.data, list.len);
    if (fault == LDS_INFO)
        sdc_tlv_put(&inner, 0x30, NULL, 0);
    sdc_tlv_put(out, 0x30, inner.data, inner.len);
    if (fault == LDS_SURPLUS)
        sdc_tlv_put(out, 0x05, NULL, 0);
    sdc_buf_free(&list);
    sdc_buf_free(&inner);
}

static void make_security(const struct test_recipe *recipe, X509 *signer, struct fake_piv *card, struct sdc_buf *out)
{
    enum test_fault fault = recipe->fault[PART_SECURITY];
    struct sdc_buf map = SDC_BUF_INIT, lds = SDC_BUF_INIT, cms = SDC_BUF_INIT;
    make_map(fault, &map);
    make_lds(fault, card, &lds);
    test_cms(recipe->fault[PART_SECURITY_CMS], CMS_OF_SECURITY, signer, &lds, &cms);
    if (fault == OUT_OF_ORDER)
        sdc_tlv_put(out, 0xBB, cms.data, cms.len);
    put_long(out, 0xBA, map.data, map.len, fault == LONG_LENGTH);
    if (fault != OUT_OF_ORDER)
        sdc_tlv_put(out, 0xBB, cms.data, cms.len);
    last(out, fault);
    sdc_buf_free(&map);
    sdc_buf_free(&lds);
    sdc_buf_free(&cms);
}

/* ---- face ---- */

static void put_time(struct sdc_buf *b, struct sdc_date date, unsigned month_add)
{
    const uint8_t time[] = { (uint8_t)(date.year / 100),
                             (uint8_t)(date.year % 100),
                             (uint8_t)(date.month + (int)month_add),
                             (uint8_t)date.day,
                             12,
                             30,
                             59,
                             'Z' };
    sdc_buf_put(b, time, sizeof time);
}

static void put_header(enum test_fault fault, size_t bdb_len, size_t sb_len, struct sdc_buf *out)
{
    struct sdc_date today = test_issuer.today, from = today, until = test_issuer.expiry;
    char creator[18] = "Test Issuer";
    uint8_t fascn[25];
    if (fault == FACE_FROM_TOMORROW)
        from.day++;
    if (fault == FACE_UNTIL_YESTERDAY) {
        from.day -= 2;
        until = today;
        until.day--;
    }
    if (fault == FACE_CREATOR)
        creator[17] = 'x';
    memcpy(fascn, test_issuer.fascn, 25);
    if (fault == FACE_FASCN)
        fascn[12] ^= 0x10;
    sdc_buf_u16(out, fault == FACE_VERSION ? 0x030C : 0x030D);
    sdc_buf_u32(out, (uint32_t)(bdb_len + (fault == FACE_LENGTHS)));
    sdc_buf_u16(out, (uint16_t)sb_len);
    sdc_buf_u32(out, fault == FACE_FORMAT ? 0x001B0201 : 0x001B0501);
    put_time(out, today, fault == FACE_TIME ? 2 : 0);
    put_time(out, from, 0);
    put_time(out, until, 0);
    sdc_buf_u32(out, fault == FACE_TYPE ? 0x00000820 : 0x00000220);
    sdc_buf_u8(out, fault == FACE_QUALITY ? 101 : 0xFE);
    sdc_buf_put(out, creator, sizeof creator);
    sdc_buf_put(out, fascn, 25);
    sdc_buf_u32(out, fault == FACE_RESERVED);
}

static void put_record(enum test_fault fault, struct sdc_buf *out)
{
    static const uint8_t jpeg[TEST_IMAGE_LEN] = { 0xFF, 0xD8, 0xFF, 0xE0 };
    size_t len = 46 + TEST_IMAGE_LEN;
    bool is_jpeg = fault == FACE_JPEG;
    sdc_buf_put(out,
                "FAC\0"
                "010",
                8);
    if (fault == FACE_MAGIC)
        out->data[5] = '2';
    sdc_buf_u32(out, (uint32_t)(len + (fault == FACE_RECORD_LENGTH)));
    sdc_buf_u16(out, fault == FACE_COUNT ? 2 : 1);
    sdc_buf_u32(out, (uint32_t)(len - 14 - (fault == FACE_BLOCK_LENGTH)));
    sdc_buf_u16(out, fault == FACE_POINTS);
    sdc_buf_fill(out, 0, 14);
    sdc_buf_u8(out, fault == FACE_IMAGE_TYPE ? 2 : 1);
    sdc_buf_u8(out, is_jpeg ? 0 : fault == FACE_DATA_TYPE ? 2 : 1);
    sdc_buf_u16(out, 300);
    sdc_buf_u16(out, 400);
    sdc_buf_u8(out, fault == FACE_COLOUR ? 2 : 1);
    sdc_buf_u8(out, fault == FACE_SOURCE ? 3 : 2);
    sdc_buf_fill(out, 0, 4);
    size_t image = out->len;
    sdc_buf_put(out, is_jpeg ? jpeg : test_image, TEST_IMAGE_LEN);
    if (fault == FACE_IMAGE)
        out->data[image + 4] = 'J';
}

static void make_face(const struct test_recipe *recipe, X509 *signer, struct sdc_buf *out)
{
    enum test_fault fault = recipe->fault[PART_FACE];
    struct sdc_buf record = SDC_BUF_INIT, face = SDC_BUF_INIT, cms = SDC_BUF_INIT;
    put_record(fault, &record);
    /* the header names the length of the signature, which signs the header: ECDSA's length varies, so try */
    for (size_t sb_len = 0; cms.len != sb_len || sb_len == 0;) {
        sb_len = cms.len;
        sdc_buf_clear(&face);
        sdc_buf_clear(&cms);
        put_header(fault, record.len, sb_len, &face);
        sdc_buf_put(&face, record.data, record.len);
        test_cms(recipe->fault[PART_FACE_CMS], CMS_OF_FACE, signer, &face, &cms);
    }
    sdc_buf_put(&face, cms.data, cms.len);
    if (fault == FACE_TRAILING)
        sdc_buf_u8(&face, 0);
    sdc_tlv_put(out, 0xBC, face.data, face.len);
    last(out, fault);
    sdc_buf_free(&record);
    sdc_buf_free(&face);
    sdc_buf_free(&cms);
}

/* ---- the card ---- */

static void make_objects(const struct test_recipe *recipe, struct fake_piv *card)
{
    EVP_PKEY *signer_key = recipe->fault[PART_SIGNER] == CERT_RSA ? test_issuer.rsa : test_issuer.signer_key;
    X509 *signer = test_cert(recipe, PART_SIGNER, signer_key);
    make_chuid(recipe, signer, fake_piv_object(card, OBJ_CHUID));
    make_ccc(recipe->fault[PART_CCC], fake_piv_object(card, OBJ_CCC));
    make_discovery(recipe->fault[PART_DISCOVERY], fake_piv_object(card, OBJ_DISCOVERY));
    make_history(recipe->fault[PART_HISTORY], fake_piv_object(card, OBJ_KEY_HISTORY));
    make_face(recipe, signer, fake_piv_object(card, OBJ_FACE));
    make_printed(recipe->fault[PART_PRINTED], fake_piv_object(card, OBJ_PRINTED));
    make_security(recipe, signer, card, fake_piv_object(card, OBJ_SECURITY));
    make_cert(recipe, PART_9A, test_issuer.keys[0], fake_piv_object(card, OBJ_CERT_9A));
    make_cert(recipe, PART_9C, test_issuer.keys[1], fake_piv_object(card, OBJ_CERT_9C));
    make_cert(recipe, PART_9D, test_issuer.keys[2], fake_piv_object(card, OBJ_CERT_9D));
    make_cert(recipe, PART_9E, test_issuer.keys[3], fake_piv_object(card, OBJ_CERT_9E));
    X509_free(signer);
}

void test_issue(const struct test_recipe *recipe, struct fake_piv *card)
{
    static const struct {
        uint32_t tag;
        enum test_part part;
    } objects[FAKE_OBJECTS] = { { OBJ_CHUID, PART_CHUID },         { OBJ_CCC, PART_CCC },
                                { OBJ_DISCOVERY, PART_DISCOVERY }, { OBJ_KEY_HISTORY, PART_HISTORY },
                                { OBJ_FACE, PART_FACE },           { OBJ_PRINTED, PART_PRINTED },
                                { OBJ_SECURITY, PART_SECURITY },   { OBJ_CERT_9A, PART_9A },
                                { OBJ_CERT_9C, PART_9C },          { OBJ_CERT_9D, PART_9D },
                                { OBJ_CERT_9E, PART_9E } };
    *card = (struct fake_piv) { .tries = PIN_TRIES, .pin = TEST_PIN };
    for (size_t i = 0; i < FAKE_OBJECTS; i++)
        card->objects[i].tag = objects[i].tag;
    for (size_t i = 0; i < FAKE_KEYS; i++)
        card->keys[i] = test_issuer.keys[i];
    make_objects(recipe, card);
    for (size_t i = 0; i < FAKE_OBJECTS; i++)
        if (recipe->fault[objects[i].part] == ABSENT)
            sdc_buf_free(&card->objects[i].content);
}

/* ---- a reader's trust ---- */

char *test_trust_folder(X509 *ca)
{
    char *folder = strdup("/tmp/sdc-trust-XXXXXX"), path[64];
    if (!folder || !mkdtemp(folder))
        abort();
    snprintf(path, sizeof path, "%s/card-ca.pem", folder);
    FILE *file = fopen(path, "w");
    if (!file || PEM_write_X509(file, ca) != 1 || fclose(file) != 0)
        abort();
    return folder;
}

void test_trust_remove(char *folder)
{
    char path[64];
    snprintf(path, sizeof path, "%s/card-ca.pem", folder);
    (void)unlink(path);
    (void)rmdir(folder);
    free(folder);
}
