/* SPDX-License-Identifier: BSD-2-Clause */
/* The data objects, built with software keys and held against the data model by a checker of its own. */
#include "data.h"
#include "piv_limits.h"
#include "signed_data.h"
#include "suite.h"

#include "sdc/registry.h"

#include <openssl/ec.h>
#include <openssl/sha.h>
#include <string.h>

static struct config config;
static EVP_PKEY *ca_key, *signer_key;
static struct limits limits;
static struct data_input input;
static struct sdc_buf portrait;
static X509 *signer;

static X509 *certificate(enum certificate_kind kind, const char *common, EVP_PKEY *key, X509 *issuer)
{
    X509_NAME *name = NULL;
    X509 *made = NULL;
    struct sdc_date today = sdc_date_today(), end = sdc_date_add_years(&today, 9);
    ck_assert_int_eq(certificate_name("US", "Example Card Issuer", "CN", common, &name, NULL), SDC_OK);
    struct certificate_request request = { .kind = kind,
                                           .key = key,
                                           .subject = name,
                                           .issuer = issuer,
                                           .issuer_key = ca_key,
                                           .issuer_file = "card-ca",
                                           .not_before = pki_day(&today),
                                           .not_after = pki_day(&end) };
    ck_assert_int_eq(certificate_make(&config, &request, &made, NULL), SDC_OK);
    X509_NAME_free(name);
    return made;
}

static void setup(void)
{
    config_default(&config);
    ca_key = EVP_EC_gen("P-256");
    signer_key = EVP_EC_gen("P-256");
    limits.ca = certificate(CERTIFICATE_CARD_CA, "Card CA 1", ca_key, NULL);
    signer = certificate(CERTIFICATE_CONTENT_SIGNER, "Content Signer 1", signer_key, limits.ca);
    ck_assert_int_eq(sdc_uuid_random(limits.guid, NULL), SDC_OK);
    sdc_uuid_text(limits.guid, limits.guid_text);
    limits.issued = sdc_date_today();
    limits.expiry = (struct sdc_date) { 2032, 2, 29 };
    memcpy(input.guid, limits.guid, 16);
    input.issued = limits.issued;
    input.expiry = limits.expiry;
    data_name("IBÁÑEZ NÚÑEZ", "ITZEL", input.name);
    ck_assert_int_eq(data_serial(input.serial, NULL), SDC_OK);
    sdc_buf_put(&portrait, "\0\0\0\x0CjP  ", 8);
    sdc_buf_fill(&portrait, 0xA5, 9000);
    input.portrait = sdc_buf_rd(&portrait);
    input.portrait_width = 300;
    input.portrait_height = 400;
    input.config = &config;
    input.signer = signer;
    input.signer_key = signer_key;
}

static void teardown(void)
{
    sdc_buf_free(&portrait);
    X509_free(signer);
    X509_free(limits.ca);
    EVP_PKEY_free(signer_key);
    EVP_PKEY_free(ca_key);
}

static void check_set(const struct data_set *set)
{
    struct sdc_rd image;
    const struct limits_content contents[] = {
        { 0xDB00, &set->content[DATA_CCC] },       { 0x3000, &set->content[DATA_CHUID] },
        { 0x6030, &set->content[DATA_FACE] },      { 0x3001, &set->content[DATA_PRINTED] },
        { 0x6050, &set->content[DATA_DISCOVERY] }, { 0x6060, &set->content[DATA_KEY_HISTORY] },
    };
    limits_chuid(&limits, &set->content[DATA_CHUID]);
    limits_ccc(&set->content[DATA_CCC]);
    limits_discovery(&set->content[DATA_DISCOVERY]);
    limits_key_history(&set->content[DATA_KEY_HISTORY]);
    limits_face(&limits, &set->content[DATA_FACE], &image);
    ck_assert(sdc_rd_equal(&image, portrait.data, portrait.len));
    limits_printed(&limits, &set->content[DATA_PRINTED], input.name);
    limits_security(&limits, &set->content[DATA_SECURITY], contents, sizeof contents / sizeof *contents);
    limits_free(&limits);
}

START_TEST(objects_keep_the_limits)
{
    static const struct {
        const char *surname, *given;
        struct sdc_date expiry;
        size_t image;
    } cases[] = {
        { "IBÁÑEZ NÚÑEZ", "ITZEL", { 2032, 2, 29 }, 9000 },
        { "X", "", { 2026, 12, 1 }, 8 },
        { "", "Y", { 2027, 1, 31 }, 12288 - 8 },
        { "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJK",
          "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGH",
          { 2031, 11, 30 },
          10000 },
    };
    setup();
    limits.expiry = input.expiry = cases[_i].expiry;
    data_name(cases[_i].surname, cases[_i].given, input.name);
    sdc_buf_clear(&portrait);
    sdc_buf_put(&portrait, "\0\0\0\x0CjP  ", 8);
    sdc_buf_fill(&portrait, 0x5A, cases[_i].image);
    input.portrait = sdc_buf_rd(&portrait);
    for (int i = 0; i < 40; i++) { /* signatures of every length */
        struct data_set set;
        struct sdc_error e = { .status = SDC_OK };
        ck_assert_msg(data_build(&input, &set, &e) == SDC_OK, "%s", e.text);
        check_set(&set);
        data_free(&set);
    }
    teardown();
}
END_TEST

/* Every object of the table has a builder, and its place in the table is its index. */
START_TEST(objects_table)
{
    unsigned listed = 0;
    for (size_t i = 0; i < DATA_OBJECTS; i++) {
        const struct data_object *o = &data_objects[i];
        ck_assert(o->object != 0 && o->name != NULL && o->build != NULL);
        listed += o->container != 0;
        for (size_t j = 0; j < i; j++) {
            ck_assert_uint_ne(o->object, data_objects[j].object);
            ck_assert(o->container == 0 || o->container != data_objects[j].container);
        }
    }
    ck_assert(listed >= 2 && listed <= 10); /* LDSSecurityObject and BA */
    ck_assert_uint_eq(data_objects[DATA_OBJECTS - 1].container, 0);
    ck_assert(data_objects[DATA_FACE].pin && data_objects[DATA_PRINTED].pin && !data_objects[DATA_CHUID].pin);
}
END_TEST

/* The example of the Technical Implementation Guidance SCEPACS 2.3 */
START_TEST(fascn_example)
{
    uint8_t out[FASCN_LEN], wanted[FASCN_LEN];
    ck_assert(sdc_unhex("D0439458210C2C19A0846D83685A1082108CE73984108CA3FC", wanted, sizeof wanted));
    fascn_encode_fields("S0032F0001F092446F0F1F1112223333112232E", out);
    ck_assert_mem_eq(out, wanted, sizeof out);
    fascn_encode_fields("S0032F0001F092447F0F1F1112223333112232E", out);
    ck_assert_mem_ne(out, wanted, sizeof out);
}
END_TEST

START_TEST(names)
{
    char out[DATA_NAME_MAX + 1], long_name[101], accented[101];
    data_name("DIALLO", "MAME DIARRA", out);
    ck_assert_str_eq(out, "DIALLO, MAME DIARRA");
    data_name("", "MAME", out);
    ck_assert_str_eq(out, "MAME");
    data_name("DIALLO", "", out);
    ck_assert_str_eq(out, "DIALLO");
    memset(long_name, 'A', 100);
    long_name[100] = '\0';
    for (int i = 0; i < 50; i++)
        memcpy(accented + 2 * i, "É", 2);
    accented[100] = '\0';
    data_name(long_name, "BBBBBBBBBBBBBBBBBBBBBBB", out); /* 100 + 2 + 23 */
    ck_assert_uint_eq(strlen(out), 125);
    data_name(long_name, accented, out); /* the 126th byte is the second of a character */
    ck_assert_uint_eq(strlen(out), 124);
    ck_assert_str_eq(out + 102, "ÉÉÉÉÉÉÉÉÉÉÉ");
}
END_TEST

/* Printed information's hash is free to read. Without its random serial a guess at the name would meet it. */
START_TEST(hash_meets_no_guess)
{
    static const char *const surnames[] = { "IBÁÑEZ NÚÑEZ", "NDIAYE", "ATANGANA EBODÉ", "SMITH" };
    static const char *const given[] = { "ITZEL", "MAME DIARRA", "NGOZI-MARTHE", "JOHN" };
    setup();
    struct sdc_buf real = SDC_BUF_INIT, guess = SDC_BUF_INIT;
    uint8_t hash[32], other[32];
    ck_assert_int_eq(data_build_printed(&input, NULL, &real, NULL), SDC_OK);
    SHA256(real.data, real.len, hash);
    struct data_input guessed = input; /* everything known but the serial: the dictionary tries what an outsider can */
    static const char *const serials[] = { "", "AAAAAAAAAAAAAAAAAAAA", "00000000000000000000" };
    unsigned met = 0;
    for (size_t s = 0; s < 4; s++)
        for (size_t g = 0; g < 4; g++)
            for (size_t n = 0; n < 3; n++) {
                data_name(surnames[s], given[g], guessed.name);
                memcpy(guessed.serial, serials[n], strlen(serials[n]) + 1);
                sdc_buf_clear(&guess);
                ck_assert_int_eq(data_build_printed(&guessed, NULL, &guess, NULL), SDC_OK);
                SHA256(guess.data, guess.len, other);
                met += memcmp(hash, other, sizeof hash) == 0;
            }
    ck_assert_uint_eq(met, 0);
    data_name(surnames[0], given[0], guessed.name); /* the same dictionary meets it once the serial is known */
    memcpy(guessed.serial, input.serial, sizeof guessed.serial);
    sdc_buf_clear(&guess);
    ck_assert_int_eq(data_build_printed(&guessed, NULL, &guess, NULL), SDC_OK);
    SHA256(guess.data, guess.len, other);
    ck_assert_mem_eq(hash, other, sizeof hash);
    sdc_buf_free(&real);
    sdc_buf_free(&guess);
    teardown();
}
END_TEST

START_TEST(serials_differ)
{
    char a[DATA_SERIAL_LEN + 1], b[DATA_SERIAL_LEN + 1];
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(data_serial(a, NULL), SDC_OK);
        ck_assert_int_eq(data_serial(b, NULL), SDC_OK);
        ck_assert_uint_eq(strlen(a), DATA_SERIAL_LEN);
        ck_assert_str_ne(a, b);
    }
}
END_TEST

/* A security object that would outgrow 1298 bytes is refused, not written. */
START_TEST(security_object_has_an_end)
{
    setup();
    uint8_t unit[60];
    memset(unit, 'U', sizeof unit);
    struct data_set set = { 0 };
    struct sdc_buf out = SDC_BUF_INIT;
    X509_NAME *long_name = X509_NAME_new();
    for (int i = 0; i < 19; i++)
        ck_assert_int_eq(X509_NAME_add_entry_by_txt(long_name, "OU", MBSTRING_ASC, unit, sizeof unit, -1, 0), 1);
    ck_assert_int_eq(X509_set_issuer_name(signer, long_name), 1);
    for (size_t i = 0; i < DATA_SECURITY; i++)
        sdc_buf_u8(&set.content[i], 1);
    ck_assert_int_eq(data_build_security(&input, &set, &out, NULL), SDC_E_INPUT);
    ck_assert_uint_eq(out.len, 0);
    data_free(&set);
    sdc_buf_free(&out);
    X509_NAME_free(long_name);
    teardown();
}
END_TEST

START_TEST(too_many_attributes)
{
    setup();
    struct signed_attribute many[SIGNED_ATTRIBUTES_MAX - 1] = { { .oid = NULL } };
    struct signed_request request = { .type = &signed_oid_chuid,
                                      .content = (const uint8_t *)"x",
                                      .content_len = 1,
                                      .attributes = many,
                                      .attributes_len = SIGNED_ATTRIBUTES_MAX - 1 };
    struct sdc_buf out = SDC_BUF_INIT;
    ck_assert_int_eq(signed_data_make(signer, signer_key, &request, &out, NULL), SDC_E_BUG);
    ck_assert_uint_eq(out.len, 0);
    teardown();
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { objects_keep_the_limits, 4 },
        { objects_table, 0 },
        { fascn_example, 0 },
        { names, 0 },
        { hash_meets_no_guess, 0 },
        { serials_differ, 0 },
        { security_object_has_an_end, 0 },
        { too_many_attributes, 0 },
    };
    return suite_run("objects", tests, sizeof tests / sizeof *tests);
}
