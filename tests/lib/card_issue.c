/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_issue.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

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

static void put_certificate(struct sdc_link *link, const struct sdc_piv_key *info, EVP_PKEY *key, EVP_PKEY *ca)
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
    struct sdc_buf object = { 0 };
    const uint8_t plain = 0;
    sdc_tlv_put(&object, 0x70, der, (size_t)len);
    sdc_tlv_put(&object, 0x71, &plain, 1);
    sdc_tlv_put(&object, 0xFE, NULL, 0);
    must(len > 0 && sdc_piv_put(link, info->cert_object, object.data, object.len, NULL) == SDC_OK);
    sdc_buf_free(&object);
    OPENSSL_free(der);
    X509_free(x);
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

void card_issue(struct sdc_link *link, const uint8_t guid[static 16], unsigned without, EVP_PKEY *keys[4])
{
    static const uint8_t admin[16] = { BLANK_MANAGEMENT_KEY }, garbage[] = { 0x70, 0x03, 1, 2, 3, 0x71, 1, 0, 0xFE, 0 };
    EVP_PKEY *ca = EVP_EC_gen("P-256");
    must(ca && sdc_piv_select(link, NULL) == SDC_OK && sdc_piv_admin(link, admin, NULL) == SDC_OK);
    for (size_t i = 0; i < sdc_piv_keys_len && i < 4; i++) {
        const struct sdc_piv_key *info = &sdc_piv_keys[i];
        uint8_t point[SDC_P256_POINT_LEN];
        if (info->ref == KEY_DIGITAL_SIGNATURE && (without & WITHOUT_9C))
            continue;
        must(sdc_piv_generate(link, info->ref, point, NULL) == SDC_OK);
        EVP_PKEY *key = public_key(point);
        put_certificate(link, info, key, ca);
        if (info->ref == KEY_KEY_MANAGEMENT && (without & WITHOUT_BAD_9D))
            must(sdc_piv_put(link, info->cert_object, garbage, sizeof garbage, NULL) == SDC_OK);
        if (keys)
            keys[i] = key;
        else
            EVP_PKEY_free(key);
    }
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
