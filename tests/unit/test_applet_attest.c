/* SPDX-License-Identifier: BSD-2-Clause */
/* Attestation as the card makes it: OpenSSL and the host's own check judge it. */
#include "attestation.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/x509v3.h>

#include "card_edge.h"
#include "domain_talk.h"
#include "memory_link.h"
#include "suite.h"

#define SERIAL "53444300010203040506"

static EVP_PKEY *ca_key, *chip_key;
static X509 *ca, *chip;
static struct sdc_error error;

static X509 *certificate(const X509_NAME *issuer, EVP_PKEY *key, EVP_PKEY *by, const char *serial)
{
    X509 *x = X509_new();
    X509_NAME *n = X509_get_subject_name(x);
    X509_EXTENSION *basic = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");
    ck_assert(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC, (const unsigned char *)"Maker", -1, -1, 0));
    if (serial != NULL)
        ck_assert(
            X509_NAME_add_entry_by_txt(n, "serialNumber", MBSTRING_ASC, (const unsigned char *)serial, -1, -1, 0));
    ck_assert(X509_set_version(x, X509_VERSION_3) && ASN1_INTEGER_set(X509_get_serialNumber(x), 5) &&
              X509_set_issuer_name(x, issuer != NULL ? issuer : n) &&
              X509_time_adj_ex(X509_getm_notBefore(x), -1, 0, NULL) &&
              X509_time_adj_ex(X509_getm_notAfter(x), 9, 0, NULL) && X509_set_pubkey(x, key) &&
              X509_add_ext(x, basic, -1) && X509_sign(x, by, EVP_sha256()));
    X509_EXTENSION_free(basic);
    return x;
}

/* The content of the maker's object for a certificate; returns its length. */
static size_t object_of(X509 *x, uint8_t out[static 2048])
{
    static const uint8_t tail[] = { 0x71, 0x01, 0x00, 0xFE, 0x00 };
    uint8_t *at = out + 4;
    int len = i2d_X509(x, &at);
    ck_assert(len > 0xFF && len < 2000);
    out[0] = 0x70, out[1] = 0x82, out[2] = (uint8_t)(len >> 8), out[3] = (uint8_t)len;
    memcpy(at, tail, sizeof tail);
    return 4 + (size_t)len + sizeof tail;
}

/* A card that attests with chip_key, by this object, PIV selected and the issuer authenticated. */
static void card_with(struct talk *talk, const uint8_t *object, size_t len)
{
    struct card_blank blank;
    struct domain_keys transport = domain_transport(16);
    uint8_t scalar[32];
    BIGNUM *bn = NULL;
    ck_assert(EVP_PKEY_get_bn_param(chip_key, OSSL_PKEY_PARAM_PRIV_KEY, &bn) && BN_bn2binpad(bn, scalar, 32) == 32);
    BN_free(bn);
    card_blank_default(&blank);
    talk_unhex(SERIAL, blank.serial, sizeof blank.serial);
    memcpy(blank.keys, transport.key, sizeof blank.keys);
    blank.attestation_key = scalar;
    blank.attestation_certificate = object;
    blank.attestation_certificate_len = len;
    ck_assert(card_format_as(&talk->memory.port, &blank));
    card_memory_reset(&talk->memory);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_admin(talk, NULL), 0x9000);
}

static struct talk *attesting(void)
{
    struct talk *talk = talk_new();
    uint8_t object[2048];
    ca_key = EVP_EC_gen("P-256");
    chip_key = EVP_EC_gen("P-256");
    ca = certificate(NULL, ca_key, ca_key, NULL);
    chip = certificate(X509_get_subject_name(ca), chip_key, ca_key, SERIAL);
    card_with(talk, object, object_of(chip, object));
    return talk;
}

static unsigned generate(struct talk *talk, unsigned ref, uint8_t alg, const char *policy)
{
    char hex[64];
    snprintf(hex, sizeof hex, "004700%02X 00 00%02X AC%02X 8001%02X %s 0000", ref, 5 + (unsigned)strlen(policy) / 2,
             3 + (unsigned)strlen(policy) / 2, alg, policy);
    return talk_hex(talk, hex);
}

static unsigned attest(struct talk *talk, unsigned ref)
{
    char hex[32];
    snprintf(hex, sizeof hex, "00F9%02X00 00 0000", ref);
    return talk_hex(talk, hex);
}

/* The attestation in talk->got, parsed to its end. */
static X509 *parsed(const struct talk *talk)
{
    const unsigned char *p = talk->got.data;
    X509 *x = d2i_X509(NULL, &p, (long)talk->got.len);
    ck_assert_ptr_nonnull(x);
    ck_assert_ptr_eq(p, talk->got.data + talk->got.len);
    return x;
}

/* A verifier with the chip's certificate as its anchor, as `openssl verify -partial_chain`. */
static bool chain_good(X509 *x)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    ck_assert(X509_STORE_add_cert(store, chip) && X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) &&
              X509_STORE_CTX_init(ctx, store, x, NULL));
    bool good = X509_verify_cert(ctx) == 1;
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return good;
}

/* The public key in the answer to GENERATE: 7F49{86 point} or 7F49{81 modulus ...}, as much of it as identifies it. */
static void expect_key(X509 *x, const uint8_t *answer, uint8_t alg)
{
    uint8_t got[256];
    size_t len = 0;
    EVP_PKEY *key = X509_get0_pubkey(x);
    ck_assert_ptr_nonnull(key);
    if (alg == ALG_RSA_2048) {
        BIGNUM *n = NULL, *e = NULL;
        ck_assert(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) && BN_bn2binpad(n, got, 256) == 256);
        ck_assert(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) && BN_is_word(e, 65537));
        ck_assert_mem_eq(answer + 9, got, 256); /* 7F49 82 xxxx 81 82 0100 */
        BN_free(n);
        BN_free(e);
        return;
    }
    ck_assert(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, got, sizeof got, &len));
    ck_assert_uint_eq(len, alg == ALG_ECC_P256 ? 65 : 97);
    ck_assert_mem_eq(answer + 5, got, len);
}

static const uint8_t *value_of(X509 *x, const char *oid, int len)
{
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    int at = X509_get_ext_by_OBJ(x, object, -1);
    ck_assert_int_ge(at, 0);
    ck_assert_int_lt(X509_get_ext_by_OBJ(x, object, at), 0);
    ck_assert_int_eq(X509_EXTENSION_get_critical(X509_get_ext(x, at)), 0);
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(X509_get_ext(x, at));
    ck_assert_int_eq(ASN1_STRING_length(value), len);
    ASN1_OBJECT_free(object);
    return ASN1_STRING_get0_data(value);
}

static const uint8_t refs[] = { 0x9A, 0x9C, 0x9D, 0x9E, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
                                0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95 };

/* Each reference, and each key type on the first: making an RSA key takes longest. */
static const struct {
    uint8_t alg, first, count;
} kinds[] = { { ALG_ECC_P256, 0, sizeof refs }, { ALG_ECC_P384, 0, sizeof refs }, { ALG_RSA_2048, 0, 1 } };

START_TEST(each_key)
{
    struct talk *talk = attesting();
    uint8_t answer[300];
    for (uint8_t i = kinds[_i].first; i < kinds[_i].first + kinds[_i].count; i++) {
        char subject[64];
        uint8_t card[12];
        uint8_t policy = refs[i] == 0x9C ? PIN_POLICY_ALWAYS : refs[i] == 0x9E ? PIN_POLICY_NEVER : PIN_POLICY_ONCE;
        ck_assert_uint_eq(generate(talk, refs[i], kinds[_i].alg, ""), 0x9000);
        memcpy(answer, talk->got.data, sizeof answer);
        ck_assert_uint_eq(attest(talk, refs[i]), 0x9000);
        X509 *x = parsed(talk);
        ck_assert(chain_good(x));
        ck_assert_int_eq(X509_get_version(x), X509_VERSION_3);
        ck_assert_int_eq(ASN1_TIME_compare(X509_get0_notAfter(x), X509_get0_notAfter(chip)), 0);
        ck_assert_int_eq(ASN1_TIME_compare(X509_get0_notBefore(x), X509_get0_notBefore(chip)), 0);
        expect_key(x, answer, kinds[_i].alg);
        snprintf(subject, sizeof subject, "/CN=PIV attestation %02x", refs[i]);
        char *name = X509_NAME_oneline(X509_get_subject_name(x), NULL, 0);
        ck_assert_str_eq(name, subject);
        OPENSSL_free(name);
        const uint8_t *told = value_of(x, "1.3.6.1.4.1.41482.3.8", 2);
        ck_assert(told[0] == policy && told[1] == TOUCH_POLICY_NEVER);
        talk_unhex(SERIAL, card, 10);
        card[10] = refs[i], card[11] = LIFE_OP_READY;
        ck_assert_mem_eq(value_of(x, "2.25.166301136262461358633308419742068037892", 12), card, sizeof card);
        X509_free(x);
    }
}
END_TEST

/* A policy above the reference's own is told; two attestations of one key have different numbers. */
START_TEST(policy_and_number)
{
    struct talk *talk = attesting();
    ck_assert_uint_eq(generate(talk, 0x9E, ALG_ECC_P256, "AA0103"), 0x9000);
    ck_assert_uint_eq(attest(talk, 0x9E), 0x9000);
    X509 *one = parsed(talk);
    ck_assert_uint_eq(value_of(one, "1.3.6.1.4.1.41482.3.8", 2)[0], PIN_POLICY_ALWAYS);
    ck_assert_uint_eq(attest(talk, 0x9E), 0x9000);
    X509 *two = parsed(talk);
    ck_assert_int_ne(ASN1_INTEGER_cmp(X509_get0_serialNumber(one), X509_get0_serialNumber(two)), 0);
    X509_free(one);
    X509_free(two);
}
END_TEST

/* Short answers are fetched by GET RESPONSE and are the same length. */
START_TEST(short_answers)
{
    struct talk *talk = attesting();
    ck_assert_uint_eq(generate(talk, 0x9A, ALG_ECC_P256, ""), 0x9000);
    ck_assert_uint_eq(attest(talk, 0x9A), 0x9000);
    size_t len = talk->got.len;
    ck_assert_uint_eq(talk_hex(talk, "00F99A00 00") >> 8, 0x61);
    size_t got = talk->got.len;
    for (; talk->got.sw >> 8 == 0x61; got += talk->got.len)
        (void)talk_hex(talk, "00C00000 00");
    ck_assert_uint_eq(talk->got.sw, 0x9000);
    ck_assert(got + 8 >= len && got <= len + 8); /* an ECDSA signature in DER is not always as long */
}
END_TEST

/* ---- the host's check ---- */

static enum sdc_status host_says(const struct talk *talk, X509 *by, uint8_t ref, const uint8_t *point)
{
    struct attested what = { .ref = ref, .point = point };
    struct sdc_rd der = sdc_rd_init(talk->got.data, talk->got.len);
    talk_unhex(SERIAL, what.serial, sizeof what.serial);
    return attestation_check_key(by, der, &what, &error);
}

/* Asked over the link the host accepts chip and keys; what is said of one key serves for no other. */
START_TEST(host_accepts)
{
    struct talk *talk = attesting();
    struct sdc_link *link = memory_link_open(&talk->memory);
    uint8_t serial[SDC_SERIAL_LEN], points[4][65];
    X509 *found = NULL, *other = certificate(NULL, ca_key, ca_key, SERIAL);
    talk_unhex(SERIAL, serial, sizeof serial);
    ck_assert_msg(attestation_chip(link, ca, serial, &found, &error) == SDC_OK, "%s", error.text);
    for (size_t i = 0; i < 4; i++) {
        struct attested what = { .ref = refs[i], .point = points[i] };
        memcpy(what.serial, serial, sizeof serial);
        ck_assert_uint_eq(generate(talk, refs[i], ALG_ECC_P256, ""), 0x9000);
        memcpy(points[i], talk->got.data + 5, 65);
        ck_assert_msg(attestation_key(link, found, &what, &error) == SDC_OK, "%s", error.text);
    }
    ck_assert_uint_eq(attest(talk, 0x9A), 0x9000);
    ck_assert_int_eq(host_says(talk, found, 0x9A, points[0]), SDC_OK);
    ck_assert_int_eq(host_says(talk, found, 0x9D, points[0]), SDC_E_SIGNATURE);
    ck_assert_int_eq(host_says(talk, found, 0x9A, points[2]), SDC_E_SIGNATURE);
    ck_assert_int_eq(host_says(talk, other, 0x9A, points[0]), SDC_E_SIGNATURE);
    ck_assert_uint_eq(generate(talk, 0x9A, ALG_ECC_P256, "AA0103"), 0x9000); /* not the policy that is asked for */
    memcpy(points[0], talk->got.data + 5, 65);
    ck_assert_uint_eq(attest(talk, 0x9A), 0x9000);
    ck_assert_int_eq(host_says(talk, found, 0x9A, points[0]), SDC_E_SIGNATURE);
    X509_free(found);
    X509_free(other);
    sdc_link_close(link);
}
END_TEST

/* Every byte of it counts. */
START_TEST(host_refuses_changes)
{
    struct talk *talk = attesting();
    uint8_t point[65];
    ck_assert_uint_eq(generate(talk, 0x9A, ALG_ECC_P256, ""), 0x9000);
    memcpy(point, talk->got.data + 5, sizeof point);
    ck_assert_uint_eq(attest(talk, 0x9A), 0x9000);
    ck_assert_int_eq(host_says(talk, chip, 0x9A, point), SDC_OK);
    for (size_t i = 0; i < talk->got.len; i++) {
        talk->got.data[i] ^= 0x01;
        ck_assert_msg(host_says(talk, chip, 0x9A, point) == SDC_E_SIGNATURE, "byte %zu", i);
        talk->got.data[i] ^= 0x01;
    }
    ck_assert_int_eq(host_says(talk, chip, 0x9A, point), SDC_OK);
}
END_TEST

/* ---- refused ---- */

START_TEST(refused)
{
    struct talk *talk = attesting();
    uint8_t import[34] = { 0x06, 0x20, 0x01 };
    ck_assert_uint_eq(talk_command(talk, 0x00FE119A, import, sizeof import, false), 0x9000);
    ck_assert_uint_eq(attest(talk, 0x9A), 0x6985);
    ck_assert_uint_eq(attest(talk, 0x9C), 0x6A88); /* none */
    for (unsigned ref = 0; ref < 0x100; ref++)
        if (memchr(refs, (int)ref, sizeof refs) == NULL)
            ck_assert_uint_eq(attest(talk, ref), 0x6A88);
    ck_assert_uint_eq(generate(talk, 0x9C, ALG_ECC_P256, ""), 0x9000);
    ck_assert_uint_eq(talk_hex(talk, "00F99C01 00"), 0x6A86);
    ck_assert_uint_eq(talk_hex(talk, "00F99C00 01 00 00"), 0x6700);
    ck_assert_uint_eq(talk_hex(talk, "10F99C00"), 0x6884);
    ck_assert_uint_eq(attest(talk, 0x9C), 0x9000);

    talk = talk_new(); /* without a key of its maker's */
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_admin(talk, NULL), 0x9000);
    ck_assert_uint_eq(generate(talk, 0x9C, ALG_ECC_P256, ""), 0x9000);
    ck_assert_uint_eq(attest(talk, 0x9C), 0x6A88);
}
END_TEST

/* It names the chip: from SECURED on for the issuer alone, who reads another state in it. */
START_TEST(secured)
{
    struct talk *talk = attesting();
    struct domain_keys transport = domain_transport(16), keys = domain_other(0x01, 16);
    static struct domain_session s;
    ck_assert_uint_eq(domain_select(talk), 0x9000);
    domain_open(&s, talk, &transport, 8, 0x33);
    ck_assert_uint_eq(domain_put_key(&s, &keys), 0x9000);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_admin(talk, NULL), 0x9000);
    ck_assert_uint_eq(generate(talk, 0x9A, ALG_ECC_P256, ""), 0x9000);
    ck_assert_uint_eq(domain_select(talk), 0x9000);
    domain_open(&s, talk, &keys, 8, 0x33);
    ck_assert_uint_eq(domain_send(&s, 0x80F08007, NULL, 0), 0x9000);
    ck_assert_uint_eq(domain_send(&s, 0x80F0800F, NULL, 0), 0x9000);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(attest(talk, 0x9A), 0x6982);
    domain_open(&s, talk, &keys, 8, 0x33);
    unsigned sw = domain_send(&s, 0x00F99A00, NULL, 0);
    uint8_t whole[1024];
    size_t len = 0;
    for (;;) {
        memcpy(whole + len, talk->got.data, talk->got.len);
        len += talk->got.len;
        if (sw >> 8 != 0x61)
            break;
        sw = domain_send(&s, 0x00C00000, NULL, 0);
    }
    ck_assert_uint_eq(sw, 0x9000);
    memcpy(talk->got.data, whole, len);
    talk->got.len = len;
    X509 *x = parsed(talk);
    ck_assert(chain_good(x));
    ck_assert_uint_eq(value_of(x, "2.25.166301136262461358633308419742068037892", 12)[11], LIFE_SECURED);
    X509_free(x);
}
END_TEST

/* A maker's certificate that ends too early or has other tags up to its subject: 6F00, never half an answer. */
START_TEST(maker_certificate_broken)
{
    struct talk *talk = attesting();
    uint8_t object[2048], broken[2048];
    size_t len = object_of(chip, object), subject = 0;
    uint8_t *der = NULL;
    int der_len = i2d_X509_NAME(X509_get_subject_name(chip), &der);
    for (size_t at = 0; at + (size_t)der_len <= len; at++) /* the subject ends behind its last occurrence */
        if (memcmp(object + at, der, (size_t)der_len) == 0)
            subject = at;
    ck_assert_uint_gt(subject, 0);
    for (size_t cut = 1; cut < subject + (size_t)der_len; cut++) {
        card_with(talk, object, cut);
        ck_assert_uint_eq(generate(talk, 0x9E, ALG_ECC_P256, ""), 0x9000);
        ck_assert_uint_eq(attest(talk, 0x9E), 0x6F00);
        ck_assert_uint_eq(talk->got.len, 0);
    }
    static const size_t tags[] = { 0, 4, 8 }; /* 70, Certificate, TBSCertificate */
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        memcpy(broken, object, len);
        broken[tags[i]] ^= 0x01;
        card_with(talk, broken, len);
        ck_assert_uint_eq(generate(talk, 0x9E, ALG_ECC_P256, ""), 0x9000);
        ck_assert_uint_eq(attest(talk, 0x9E), 0x6F00);
    }
    OPENSSL_free(der);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { each_key, sizeof kinds / sizeof *kinds },
        { policy_and_number, 0 },
        { short_answers, 0 },
        { host_accepts, 0 },
        { host_refuses_changes, 0 },
        { refused, 0 },
        { secured, 0 },
        { maker_certificate_broken, 0 },
    };
    return suite_run("applet attestation", tests, sizeof tests / sizeof tests[0]);
}
