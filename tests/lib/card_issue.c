/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_issue.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "card_edge.h"
#include "sdc/domain.h"
#include "sdc/piv.h"
#include "sdc/tlv.h"

static void must(bool ok)
{
    if (!ok)
        abort();
}

static EVP_PKEY *public_key(const uint8_t point[static SDC_P256_POINT_LEN])
{
    uint8_t bytes[SDC_P256_POINT_LEN];
    char group[] = "prime256v1";
    memcpy(bytes, point, sizeof bytes);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, bytes, sizeof bytes),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    must(EVP_PKEY_fromdata_init(ctx) == 1 && EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static void add_name(X509_NAME *name, const char *field, const char *text)
{
    must(X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC, (const unsigned char *)text, -1, -1, 0) == 1);
}

/* As gzip does it: SP 800-73-4 part 1, 71 = 01. */
static void compress_der(const unsigned char *der, size_t len, struct sdc_buf *out)
{
    enum { GZIP = 31, MEMORY = 8 };
    unsigned char room[4096];
    z_stream z = { .next_in = (unsigned char *)(uintptr_t)der, .avail_in = (uInt)len };
    must(deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_out = room;
    z.avail_out = sizeof room;
    must(deflate(&z, Z_FINISH) == Z_STREAM_END);
    sdc_buf_put(out, room, sizeof room - z.avail_out);
    (void)deflateEnd(&z);
}

static void put_certificate(struct sdc_link *link, const struct sdc_piv_key *info, EVP_PKEY *key, EVP_PKEY *ca,
                            bool compressed)
{
    X509 *x = X509_new();
    unsigned char *der = NULL;
    must(X509_set_version(x, X509_VERSION_3) && ASN1_INTEGER_set(X509_get_serialNumber(x), 1000 + info->ref));
    add_name(X509_get_issuer_name(x), "O", "Test Issuer");
    add_name(X509_get_subject_name(x), "O", "Test Issuer");
    add_name(X509_get_subject_name(x), "CN", info->name);
    must(ASN1_TIME_set_string(X509_getm_notBefore(x), "20260101000000Z") &&
         ASN1_TIME_set_string(X509_getm_notAfter(x), "20310101000000Z"));
    must(X509_set_pubkey(x, key) && X509_sign(x, ca, EVP_sha256()) > 0);
    int len = i2d_X509(x, &der);
    struct sdc_buf object = { 0 }, value = { 0 };
    must(len > 0);
    if (compressed)
        compress_der(der, (size_t)len, &value);
    else
        sdc_buf_put(&value, der, (size_t)len);
    const uint8_t certificate_info = compressed;
    sdc_tlv_put(&object, 0x70, value.data, value.len);
    sdc_tlv_put(&object, 0x71, &certificate_info, 1);
    sdc_tlv_put(&object, 0xFE, NULL, 0);
    must(sdc_piv_put(link, info->cert_object, object.data, object.len, NULL) == SDC_OK);
    sdc_buf_free(&object);
    sdc_buf_free(&value);
    OPENSSL_free(der);
    X509_free(x);
}

/* ---- keys that are imported (applet/SPEC.md, extensions) ---- */
static void put_number(struct sdc_buf *to, const EVP_PKEY *key, uint32_t tag, const char *name, int len)
{
    BIGNUM *n = NULL;
    uint8_t bytes[SDC_PIV_RSA_LEN];
    must(EVP_PKEY_get_bn_param(key, name, &n) && BN_bn2binpad(n, bytes, len) == len);
    BN_free(n);
    sdc_tlv_put(to, tag, bytes, (size_t)len);
}

static EVP_PKEY *import_key(struct sdc_link *link, uint8_t ref, bool rsa)
{
    static const char *const parts[] = { OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
                                         OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
                                         OSSL_PKEY_PARAM_RSA_COEFFICIENT1 };
    static EVP_PKEY *rsa_key; /* one for all: making it takes long */
    if (rsa && !rsa_key)
        must((rsa_key = EVP_RSA_gen(2048)) != NULL);
    EVP_PKEY *key = rsa ? rsa_key : EVP_EC_gen("P-384");
    struct sdc_buf data = { 0 };
    must(key && (!rsa || EVP_PKEY_up_ref(key)));
    for (uint32_t i = 0; rsa && i < 5; i++)
        put_number(&data, key, TAG_IMPORT_P + i, parts[i], SDC_PIV_RSA_LEN / 2);
    if (!rsa)
        put_number(&data, key, TAG_IMPORT_SCALAR, OSSL_PKEY_PARAM_PRIV_KEY, 48);
    const struct sdc_apdu apdu = { .ins = INS_IMPORT_KEY,
                                   .p1 = rsa ? ALG_RSA_2048 : ALG_ECC_P384,
                                   .p2 = ref,
                                   .data = data.data,
                                   .data_len = data.len };
    uint16_t sw = 0;
    must(!data.err && sdc_link_exchange(link, &apdu, NULL, &sw, NULL) == SDC_OK && sw == SW_OK);
    sdc_buf_free(&data);
    return key;
}

static EVP_PKEY *generate_key(struct sdc_link *link, uint8_t ref)
{
    uint8_t point[SDC_P256_POINT_LEN];
    must(sdc_piv_generate(link, ref, point, NULL) == SDC_OK);
    return public_key(point);
}

/* SP 800-73-4 part 1, table 17: two keys with certificates on the card, none off it. */
static void put_history(struct sdc_link *link)
{
    static const uint8_t history[] = { 0xC1, 0x01, 0x02, 0xC2, 0x01, 0x00, 0xFE, 0x00 };
    must(sdc_piv_put(link, OBJ_KEY_HISTORY, history, sizeof history, NULL) == SDC_OK);
}

static void put_objects(struct sdc_link *link, const uint8_t guid[static 16])
{
    static const uint8_t discovery[] = { 0x7E, 0x12, 0x4F, 0x0B, PIV_AID, 0x5F, 0x2F, 0x02, 0x40, 0x00 };
    uint8_t fascn[25] = { 0xD4, 0xE7, 0x39, 0xDA };
    struct sdc_buf chuid = { 0 }, printed = { 0 };
    sdc_tlv_put(&chuid, 0x30, fascn, sizeof fascn);
    sdc_tlv_put(&chuid, 0x34, guid, 16);
    sdc_tlv_put(&chuid, 0x35, "20310101", 8);
    sdc_tlv_put(&chuid, 0x3E, NULL, 0);
    sdc_tlv_put(&chuid, 0xFE, NULL, 0);
    sdc_tlv_put(&printed, 0x01, "DOE, JANE", 9);
    sdc_tlv_put(&printed, 0xFE, NULL, 0);
    must(sdc_piv_put(link, OBJ_CHUID, chuid.data, chuid.len, NULL) == SDC_OK);
    must(sdc_piv_put(link, OBJ_PRINTED, printed.data, printed.len, NULL) == SDC_OK);
    must(sdc_piv_put(link, OBJ_DISCOVERY, discovery, sizeof discovery, NULL) == SDC_OK);
    sdc_buf_free(&chuid);
    sdc_buf_free(&printed);
}

/* Through the issuer domain, with the keys that a blank card is known to have. */
static void put_pin(struct sdc_link *link)
{
    static const uint8_t known[] = { BLANK_TRANSPORT_KEY };
    static const char value[] = "\x03" CARD_ISSUE_TRANSPORT;
    struct sdc_scp03_keys keys = { .version = KEY_VERSION_TRANSPORT, .len = sizeof known };
    struct sdc_scp03 *session = NULL;
    memcpy(keys.enc, known, sizeof known);
    memcpy(keys.mac, known, sizeof known);
    memcpy(keys.dek, known, sizeof known);
    must(sdc_domain_select(link, NULL) == SDC_OK &&
         sdc_scp03_open(link, &keys, SDC_SCP03_FULL, false, &session, NULL) == SDC_OK &&
         sdc_domain_store(session, DGI_TRANSPORT_PIN, true, value, sizeof value - 1, NULL) == SDC_OK);
    sdc_scp03_close(session);
    must(sdc_piv_select(link, NULL) == SDC_OK);
}

void card_issue(struct sdc_link *link, const uint8_t guid[static 16], unsigned without, EVP_PKEY *keys[CARD_ISSUE_KEYS])
{
    static const uint8_t admin[16] = { BLANK_MANAGEMENT_KEY }, garbage[] = { 0x70, 0x03, 1, 2, 3, 0x71, 1, 0, 0xFE, 0 };
    struct sdc_piv_key infos[CARD_ISSUE_KEYS] = { [4] = { KEY_RETIRED_FIRST, OBJ_RETIRED_FIRST, "Retired" },
                                                  [5] = { KEY_RETIRED_FIRST + 1, OBJ_RETIRED_FIRST + 1, "Retired" } };
    memcpy(infos, sdc_piv_keys, 4 * sizeof infos[0]);
    EVP_PKEY *ca = EVP_EC_gen("P-256");
    must(ca && sdc_piv_select(link, NULL) == SDC_OK && sdc_piv_admin(link, admin, NULL) == SDC_OK);
    for (size_t i = 0; i < (without & WITH_RETIRED ? CARD_ISSUE_KEYS : 4); i++) {
        const struct sdc_piv_key *info = &infos[i];
        if (info->ref == KEY_DIGITAL_SIGNATURE && (without & WITHOUT_9C))
            continue;
        EVP_PKEY *key = without & (WITH_RSA | WITH_P384) ? import_key(link, info->ref, without & WITH_RSA)
                                                         : generate_key(link, info->ref);
        put_certificate(link, info, key, ca, info->ref == KEY_RETIRED_FIRST);
        if (info->ref == KEY_KEY_MANAGEMENT && (without & WITHOUT_BAD_9D))
            must(sdc_piv_put(link, info->cert_object, garbage, sizeof garbage, NULL) == SDC_OK);
        if (keys)
            keys[i] = key;
        else
            EVP_PKEY_free(key);
    }
    if (without & WITH_RETIRED)
        put_history(link);
    put_objects(link, guid);
    put_pin(link);
    if (!(without & WITHOUT_HANDOVER))
        must(sdc_piv_change(link, REF_PIN, CARD_ISSUE_TRANSPORT, 6, CARD_ISSUE_PIN, 6, NULL) == SDC_OK);
    EVP_PKEY_free(ca);
    must(sdc_link_reset(link, NULL) == SDC_OK);
}

void card_memory_copy(struct card_memory *to, const struct card_memory *from)
{
    card_memory_port(to);
    memcpy(to->banks, from->banks, sizeof to->banks);
    to->entropy_state = from->entropy_state + 1;
    card_memory_reset(to);
}
