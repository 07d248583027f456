/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_maker.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "card.h"
#include "sdc/bytes.h"
#include "temp_station.h"

static void extend(X509 *x, int nid, const char *value)
{
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    ck_assert(ext && X509_add_ext(x, ext, -1));
    X509_EXTENSION_free(ext);
}

static void name_add(X509_NAME *name, const char *field, const char *text)
{
    ck_assert(X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC, (const unsigned char *)text, -1, -1, 0));
}

/* serial NULL: the maker's own */
static X509 *certify(const struct card_maker *maker, EVP_PKEY *key, const char *serial)
{
    X509 *x = X509_new();
    X509_NAME *name = X509_get_subject_name(x);
    ck_assert(X509_set_version(x, X509_VERSION_3) && ASN1_INTEGER_set(X509_get_serialNumber(x), serial ? 9 : 1));
    name_add(name, "O", "Test Maker");
    name_add(name, "CN", serial ? "Chip" : "CA");
    if (serial)
        name_add(name, "serialNumber", serial);
    ck_assert(X509_set_issuer_name(x, serial ? X509_get_subject_name(maker->certificate) : name) &&
              X509_time_adj_ex(X509_getm_notBefore(x), -1, 0, NULL) &&
              X509_time_adj_ex(X509_getm_notAfter(x), 30, 0, NULL) && X509_set_pubkey(x, key));
    extend(x, NID_basic_constraints, "critical,CA:TRUE");
    ck_assert(X509_sign(x, maker->key, EVP_sha256()));
    return x;
}

void card_maker_open(struct card_maker *maker)
{
    maker->key = EVP_EC_gen("P-256");
    ck_assert(maker->key && RAND_bytes(maker->transport, sizeof maker->transport) == 1);
    maker->certificate = certify(maker, maker->key, NULL);
}

void card_maker_close(struct card_maker *maker)
{
    EVP_PKEY_free(maker->key);
    X509_free(maker->certificate);
}

/* host/issue/key_derivation.h: SP 800-108 in counter mode, with the batch in the issuer's place and version 7F */
static void derive(const struct card_maker *maker, const char *batch, const uint8_t serial[static 10],
                   const char *label, uint8_t out[static 32])
{
    for (uint8_t i = 1; i <= 2; i++) {
        const uint8_t tail[] = { 0, 0x7F, 0, 0, 1, 0 };
        uint8_t input[200] = { 0, 0, 0, i };
        size_t len = 4, mac_len = 0;
        memcpy(input + len, label, strlen(label) + 1);
        len += strlen(label) + 1;
        memcpy(input + len, batch, strlen(batch));
        len += strlen(batch);
        memcpy(input + len, serial, 10);
        memcpy(input + len + 10, tail, sizeof tail);
        len += 10 + sizeof tail;
        ck_assert(EVP_Q_mac(NULL, "CMAC", NULL, "AES-256-CBC", NULL, maker->transport, 32, input, len,
                            out + 16 * (i - 1), 16, &mac_len));
    }
}

static size_t certificate_object(X509 *x, uint8_t out[static 1000])
{
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    ck_assert(len >= 256 && len < 900);
    memcpy(out, (const uint8_t[]) { 0x70, 0x82, (uint8_t)(len >> 8), (uint8_t)len }, 4);
    memcpy(out + 4, der, (size_t)len);
    memcpy(out + 4 + len, "\x71\x01\x00\xFE\x00", 5);
    OPENSSL_free(der);
    return (size_t)len + 9;
}

void card_maker_chip(const struct card_maker *maker, struct card_memory *memory, const char *batch, const char *serial,
                     const struct card_flaw *flaw, EVP_PKEY **key)
{
    static const char *const labels[] = { "SCP03 ENC", "SCP03 MAC", "SCP03 DEK" };
    static const struct card_flaw none;
    const struct card_flaw *f = flaw ? flaw : &none;
    uint8_t scalar[32], object[1000];
    struct card_blank blank;
    BIGNUM *bn = NULL;
    EVP_PKEY *chip = EVP_EC_gen("P-256");
    card_blank_default(&blank);
    ck_assert(sdc_unhex(serial, blank.serial, sizeof blank.serial));
    blank.key_len = 32;
    for (size_t i = 0; i < 3; i++)
        derive(maker, f->batch ? f->batch : batch, blank.serial, labels[i], blank.keys[i]);
    ck_assert(EVP_PKEY_get_bn_param(chip, OSSL_PKEY_PARAM_PRIV_KEY, &bn) && BN_bn2binpad(bn, scalar, 32) == 32);
    BN_free(bn);
    X509 *x = certify(f->certified_by ? f->certified_by : maker, f->certified_key ? f->certified_key : chip,
                      f->certified_for ? f->certified_for : serial);
    if (!f->no_attestation) {
        blank.attestation_key = scalar;
        blank.attestation_certificate = object;
        blank.attestation_certificate_len = certificate_object(x, object);
    }
    card_memory_port(memory);
    ck_assert(card_format_as(&memory->port, &blank));
    card_memory_reset(memory);
    X509_free(x);
    if (key)
        *key = chip;
    else
        EVP_PKEY_free(chip);
}

/* ---- the delivery ---- */

static void save(const char *folder, const char *name, BIO *bio)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    ck_assert_int_eq(sdc_file_write(temp_path(folder, name), data, (size_t)len, 0600, NULL), SDC_OK);
    BIO_free(bio);
}

void card_maker_deliver(const struct card_maker *maker, const char *folder, const char *batch,
                        const char *const serials[], size_t count, const struct card_maker *signed_by)
{
    const struct card_maker *signer = signed_by ? signed_by : maker;
    char hex[65];
    BIO *content = BIO_new(BIO_s_mem()), *p7 = BIO_new(BIO_s_mem()), *pem = BIO_new(BIO_s_mem()),
        *key = BIO_new(BIO_s_mem());
    BIO_printf(content,
               "{\"format\":\"sdc-delivery-1\",\"batch\":\"%s\",\"created\":\"2026-11-25\",\"transport_key\":\"%s\","
               "\"chips\":[",
               batch, batch);
    for (size_t i = 0; i < count; i++)
        BIO_printf(content, "%s\"%s\"", i > 0 ? "," : "", serials[i]);
    BIO_puts(content, "]}");
    CMS_ContentInfo *cms = CMS_sign(signer->certificate, signer->key, NULL, content, CMS_BINARY);
    ck_assert(cms && i2d_CMS_bio(p7, cms) == 1 && PEM_write_bio_X509(pem, maker->certificate) == 1);
    CMS_ContentInfo_free(cms);
    BIO_free(content);
    sdc_hex(maker->transport, sizeof maker->transport, hex);
    BIO_puts(key, hex);
    save(folder, "manifest.p7", p7);
    save(folder, "maker.pem", pem);
    save(folder, "transport.key", key);
}
