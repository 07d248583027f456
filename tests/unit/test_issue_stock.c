/* SPDX-License-Identifier: BSD-2-Clause */
/* Deliveries counted in, and what is made of their chips. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "card_edge.h"
#include "issue_kit.h"
#include "key_derivation.h"
#include "station_state.h"
#include "stock.h"
#include "suite.h"

#define CHIP "53444300000000000A01"

static struct kit kit;
static struct card_memory card;
static EVP_PKEY *maker_key;
static X509 *maker;
static struct sdc_error error;

static void make_maker(void)
{
    maker_key = EVP_EC_gen("P-256");
    maker = X509_new();
    X509_NAME *n = X509_get_subject_name(maker);
    X509_EXTENSION *basic = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");
    ck_assert(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC, (const unsigned char *)"Maker", -1, -1, 0));
    ck_assert(X509_set_version(maker, X509_VERSION_3) && ASN1_INTEGER_set(X509_get_serialNumber(maker), 5) &&
              X509_set_issuer_name(maker, n) && X509_time_adj_ex(X509_getm_notBefore(maker), -1, 0, NULL) &&
              X509_time_adj_ex(X509_getm_notAfter(maker), 9, 0, NULL) && X509_set_pubkey(maker, maker_key) &&
              X509_add_ext(maker, basic, -1) && X509_sign(maker, maker_key, EVP_sha256()));
    X509_EXTENSION_free(basic);
}

static void save(const char *name, BIO *bio)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    ck_assert_int_eq(sdc_file_write(temp_path(kit.home, name), data, (size_t)len, 0600, NULL), SDC_OK);
    BIO_free(bio);
}

/* Writes a delivery of one chip into the station's folder. */
static void deliver(const char *batch, const char *chip)
{
    char text[300];
    snprintf(text, sizeof text,
             "{\"format\":\"sdc-delivery-1\",\"batch\":\"%s\",\"created\":\"2026-11-25\",\"transport_key\":\"T\","
             "\"chips\":[\"%s\"]}",
             batch, chip);
    BIO *content = BIO_new_mem_buf(text, -1), *p7 = BIO_new(BIO_s_mem()), *pem = BIO_new(BIO_s_mem()),
        *key = BIO_new_mem_buf("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\n", -1);
    CMS_ContentInfo *cms = CMS_sign(maker, maker_key, NULL, content, CMS_BINARY);
    ck_assert(cms && i2d_CMS_bio(p7, cms) == 1 && PEM_write_bio_X509(pem, maker) == 1);
    CMS_ContentInfo_free(cms);
    BIO_free(content);
    save("manifest.p7", p7);
    save("maker.pem", pem);
    save("transport.key", key);
}

static enum sdc_status receive(size_t *chips)
{
    return sdc_stock_receive(kit.station, kit.home, chips, &error);
}

/* A chip with this serial number and the transport keys of its delivery; it has nothing to attest with. */
static void make_chip(const struct sdc_scp03_keys *keys, const uint8_t serial[static SDC_SERIAL_LEN])
{
    struct card_blank blank;
    card_blank_default(&blank);
    memcpy(blank.serial, serial, sizeof blank.serial);
    blank.key_len = (uint8_t)keys->len;
    memcpy(blank.keys[0], keys->enc, keys->len);
    memcpy(blank.keys[1], keys->mac, keys->len);
    memcpy(blank.keys[2], keys->dek, keys->len);
    card_memory_port(&card);
    ck_assert(card_format_as(&card.port, &blank));
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
}

START_TEST(receiving)
{
    static const char other_key[] = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E20\n";
    size_t count = 0;
    struct stock_chip chip;
    uint8_t serial[SDC_SERIAL_LEN], other[SDC_SERIAL_LEN] = { 1 };
    ck_assert(sdc_unhex(CHIP, serial, sizeof serial));
    make_maker();
    kit_open(&kit);
    deliver("B1", CHIP);
    ck_assert_msg(receive(&count) == SDC_OK, "%s", error.text);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(receive(&count), SDC_OK); /* the same again */
    ck_assert_int_eq(stock_find(kit.station, serial, &chip, NULL), SDC_OK);
    ck_assert(chip.listed && chip.maker);
    ck_assert_str_eq(chip.batch, "B1");
    stock_chip_free(&chip);
    ck_assert_int_eq(stock_find(kit.station, other, &chip, NULL), SDC_OK); /* unlisted_blanks is true */
    ck_assert(!chip.listed);
    strcpy(kit.station->config.unlisted_blanks, "false");
    ck_assert_int_eq(stock_find(kit.station, other, &chip, NULL), SDC_E_DENIED);
    deliver("B2", CHIP);
    ck_assert_int_eq(receive(&count), SDC_E_CONFLICT); /* a chip comes once */
    deliver("B1", "53444300000000000A02");
    ck_assert_int_eq(receive(&count), SDC_E_CONFLICT); /* a batch too */
    deliver("B3", "53444300000000000A03");
    ck_assert_int_eq(sdc_file_write(temp_path(kit.home, "transport.key"), other_key, sizeof other_key - 1, 0600, NULL),
                     SDC_OK);
    ck_assert_int_eq(receive(&count), SDC_E_CONFLICT); /* and a key's name stands for one key */
    ck_assert_ptr_nonnull(strstr(error.text, "another key 'transport-T'"));
    ck_assert_int_ne(access(temp_path(kit.home, "stock/B3.p7"), F_OK), 0);
    deliver("B3", "53444300000000000A03");
    ck_assert_int_eq(receive(&count), SDC_OK);
    kit_close(&kit);
}
END_TEST

/* A chip that is not listed, or listed and without its maker's certificate, is refused after a look: nothing is written
 * to it, and the registry knows of no request. */
START_TEST(chips)
{
    size_t count = 0;
    struct stock_chip chip;
    struct sdc_scp03_keys keys;
    struct sdc_issued issued;
    struct sdc_card_row row;
    bool found = true;
    uint8_t serial[SDC_SERIAL_LEN], version = 0;
    size_t key_len = 0;
    ck_assert(sdc_unhex(CHIP, serial, sizeof serial));
    make_maker();
    kit_open(&kit);
    strcpy(kit.station->config.unlisted_blanks, "false");
    kit_blank(&card, 1);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_DENIED);
    ck_assert_ptr_nonnull(strstr(kit_error.text, "came with no delivery"));
    ck_assert_uint_eq(kit.link->stats.apdus, 4);
    deliver("B1", CHIP);
    ck_assert_int_eq(receive(&count), SDC_OK);
    ck_assert_int_eq(stock_find(kit.station, serial, &chip, NULL), SDC_OK);
    ck_assert_int_eq(stock_transport_keys(kit.station, &chip, serial, &keys, NULL), SDC_OK);
    stock_chip_free(&chip);
    make_chip(&keys, serial);
    ck_assert_int_eq(kit_issue(&kit, 0, &issued), SDC_E_SIGNATURE);
    ck_assert_str_eq(kit_error.text, "attestation: the chip has no certificate of its maker");
    ck_assert_int_eq(sdc_domain_select(kit.link, NULL), SDC_OK);
    ck_assert_int_eq(sdc_domain_key_version(kit.link, &version, &key_len, NULL), SDC_OK);
    ck_assert_uint_eq(version, KEY_VERSION_TRANSPORT);
    ck_assert_int_eq(
        sdc_registry_find_request(kit.station->registry, kit.batch.records[0].transaction_id, &row, &found, NULL),
        SDC_OK);
    ck_assert(!found);
    kit_close(&kit);
}
END_TEST

START_TEST(listing)
{
    size_t count = 0;
    struct sdc_stock stock;
    struct sdc_card_row row = {
        .transaction_id = "t", .record_digest = "d", .person_tag = "p", .expires = "2030-01-31"
    };
    bool known = false;
    make_maker();
    kit_open(&kit);
    ck_assert_int_eq(sdc_stock_list(kit.station, &stock, NULL), SDC_OK);
    ck_assert_uint_eq(stock.batches_len, 0);
    deliver("B2", "53444300000000000A02");
    ck_assert_int_eq(receive(&count), SDC_OK);
    deliver("B1", CHIP "\",\"53444300000000000A00");
    ck_assert_int_eq(receive(&count), SDC_OK);
    ck_assert_int_eq(sdc_registry_assign(kit.station->registry, &row, "2026-11-25", &known, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_bind(kit.station->registry, &row, CHIP, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_reassign(kit.station->registry, &row, NULL), SDC_OK);
    for (int i = 0; i < 2; i++) { /* given up, then taken by a card again */
        ck_assert_int_eq(sdc_stock_list(kit.station, &stock, NULL), SDC_OK);
        ck_assert_uint_eq(stock.batches_len, 2);
        ck_assert_str_eq(stock.batches[0].batch, "B1");
        ck_assert_str_eq(stock.batches[1].created, "2026-11-25");
        ck_assert_uint_eq(stock.batches[0].chips_len, 2);
        ck_assert_str_eq(stock.batches[0].chips[1].serial, CHIP);
        ck_assert(stock.batches[0].chips[0].blank && !stock.batches[0].chips[1].blank &&
                  stock.batches[1].chips[0].blank);
        ck_assert_int_eq(stock.batches[0].chips[1].state, i == 0 ? SDC_CARD_SPOILED : SDC_CARD_ASSIGNED);
        ck_assert_uint_eq(stock.unlisted, 0);
        sdc_stock_list_free(&stock);
        if (i == 0)
            ck_assert_int_eq(sdc_registry_bind(kit.station->registry, &row, CHIP, NULL), SDC_OK);
    }
    ck_assert_int_eq(sdc_registry_reassign(kit.station->registry, &row, NULL), SDC_OK);
    ck_assert_int_eq(sdc_registry_bind(kit.station->registry, &row, "53444300000000000B01", NULL), SDC_OK);
    ck_assert_int_eq(sdc_stock_list(kit.station, &stock, NULL), SDC_OK);
    ck_assert_uint_eq(stock.unlisted, 1);
    sdc_stock_list_free(&stock);
    ck_assert_int_eq(truncate(temp_path(kit.home, "stock/B2.p7"), 300), 0);
    ck_assert_int_ne(sdc_stock_list(kit.station, &stock, NULL), SDC_OK); /* what was changed counts for nothing */
    sdc_stock_list_free(&stock);
    kit_close(&kit);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { receiving, 0 }, { chips, 0 }, { listing, 0 } };
    return suite_run("issue-stock", tests, sizeof tests / sizeof *tests);
}
