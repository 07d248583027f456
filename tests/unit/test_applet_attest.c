/* SPDX-License-Identifier: BSD-2-Clause */
/* INS F9: what the card says of a key that it made, read by OpenSSL; and of what it says nothing. */
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/x509v3.h>

#include "card_edge.h"
#include "domain_talk.h"
#include "suite.h"

static const uint8_t serial[10] = { 'S', 'D', 'C', 0, 1, 2, 3, 4, 5, 6 };

static EVP_PKEY *chip_key;
static X509 *chip;

/* The maker's certificate of a key; of the chip's own, or another. */
static X509 *certificate_of(EVP_PKEY *key, const char *organization)
{
    X509 *x = X509_new();
    X509_NAME *name = X509_get_subject_name(x);
    ck_assert(X509_set_version(x, X509_VERSION_3) && ASN1_INTEGER_set(X509_get_serialNumber(x), 7) &&
              X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)organization, -1, -1, 0) &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"Chip", -1, -1, 0) &&
              X509_set_issuer_name(x, name) && X509_set_pubkey(x, key) &&
              X509_time_adj_ex(X509_getm_notBefore(x), -3, 0, NULL) &&
              ASN1_TIME_set_string_X509(X509_getm_notAfter(x), "20560101000000Z") && X509_sign(x, key, EVP_sha256()));
    return x;
}

/* A blank card with this attestation key; content: of its certificate object. */
static struct talk *card_with(EVP_PKEY *key, const uint8_t *content, size_t len, bool legacy)
{
    struct talk *talk = talk_new();
    struct card_blank blank;
    uint8_t scalar[32];
    BIGNUM *private = NULL;
    ck_assert(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &private) &&
              BN_bn2binpad(private, scalar, sizeof scalar) == sizeof scalar);
    BN_free(private);
    card_blank_default(&blank);
    memcpy(blank.serial, serial, sizeof serial);
    blank.legacy_3des = legacy;
    blank.attestation_key = scalar;
    blank.attestation_certificate = content;
    blank.attestation_certificate_len = len;
    ck_assert(card_format_as(&talk->memory.port, &blank));
    card_memory_reset(&talk->memory);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    return talk;
}

/* 70 L certificate 71 01 00 FE 00 */
static size_t object_of(X509 *x, uint8_t out[static 2048])
{
    unsigned char *at = out + 4;
    int len = i2d_X509(x, NULL);
    ck_assert_int_gt(len, 255);
    ck_assert_int_lt(len, 2000);
    const uint8_t head[] = { 0x70, 0x82, (uint8_t)(len >> 8), (uint8_t)len }, tail[] = { 0x71, 0x01, 0x00, 0xFE, 0x00 };
    memcpy(out, head, sizeof head);
    i2d_X509(x, &at);
    memcpy(at, tail, sizeof tail);
    return sizeof head + (size_t)len + sizeof tail;
}

/* A subject that makes the certificate longer than what the card reads at once, and the name as long as it takes. */
static struct talk *card(void)
{
    uint8_t object[2048];
    chip_key = EVP_EC_gen("P-256");
    chip = certificate_of(chip_key, "A card maker with quite a long name, for whom 64 letters are few");
    size_t len = object_of(chip, object);
    struct talk *talk = card_with(chip_key, object, len, false);
    ck_assert_uint_eq(talk_admin(talk, NULL), 0x9000);
    return talk;
}

static void end(void)
{
    X509_free(chip);
    EVP_PKEY_free(chip_key);
}

/* The value of the extension with these content octets of its OID. */
static void extension_is(const X509 *x, const uint8_t *oid, size_t oid_len, const uint8_t *value, size_t len)
{
    int found = 0;
    for (int i = 0; i < X509_get_ext_count(x); i++) {
        X509_EXTENSION *ext = X509_get_ext(x, i);
        const ASN1_OBJECT *name = X509_EXTENSION_get_object(ext);
        const ASN1_OCTET_STRING *got = X509_EXTENSION_get_data(ext);
        if (OBJ_length(name) != oid_len || memcmp(OBJ_get0_data(name), oid, oid_len) != 0)
            continue;
        found++;
        ck_assert(!X509_EXTENSION_get_critical(ext));
        ck_assert_uint_eq((unsigned)ASN1_STRING_length(got), len);
        ck_assert_mem_eq(ASN1_STRING_get0_data(got), value, len);
    }
    ck_assert_int_eq(found, 1);
}

static unsigned send(struct talk *talk, struct domain_session *session, uint32_t header, bool extended)
{
    return session ? domain_send(session, header, NULL, 0) : talk_command(talk, header, NULL, 0, extended);
}

/* Asks, in a session where there is one, and puts the parts together: one certificate, nothing behind. */
static X509 *attest(struct talk *talk, struct domain_session *session, uint8_t ref, bool extended)
{
    uint8_t der[1024];
    const unsigned char *p = der;
    size_t len = 0;
    unsigned sw = send(talk, session, 0x00F90000U | (uint32_t)ref << 8, extended);
    for (;; sw = send(talk, session, 0x00C00000, false)) {
        ck_assert_uint_le(len + talk->got.len, sizeof der);
        memcpy(der + len, talk->got.data, talk->got.len);
        len += talk->got.len;
        if (sw >> 8 != 0x61)
            break;
        ck_assert(!extended);
    }
    ck_assert_uint_eq(sw, 0x9000);
    X509 *x = d2i_X509(NULL, &p, (long)len);
    ck_assert_ptr_nonnull(x);
    ck_assert_ptr_eq(p, der + len);
    return x;
}

static const struct made {
    uint8_t ref, alg, asked, policy; /* PIN policy: asked for, and the key's */
} keys[] = {
    { KEY_PIV_AUTHENTICATION, ALG_ECC_P256, PIN_POLICY_DEFAULT, PIN_POLICY_ONCE },
    { KEY_PIV_AUTHENTICATION, ALG_ECC_P256, PIN_POLICY_ALWAYS, PIN_POLICY_ALWAYS },
    { KEY_DIGITAL_SIGNATURE, ALG_ECC_P384, PIN_POLICY_DEFAULT, PIN_POLICY_ALWAYS },
    { KEY_KEY_MANAGEMENT, ALG_RSA_2048, PIN_POLICY_DEFAULT, PIN_POLICY_ONCE },
    { KEY_CARD_AUTHENTICATION, ALG_ECC_P256, PIN_POLICY_DEFAULT, PIN_POLICY_NEVER },
    { 0x82, ALG_ECC_P256, PIN_POLICY_DEFAULT, PIN_POLICY_ONCE },
    { 0x95, ALG_ECC_P384, PIN_POLICY_DEFAULT, PIN_POLICY_ONCE },
};

/* Makes the key; its public half as OpenSSL has it. */
static EVP_PKEY *make(struct talk *talk, const struct made *made)
{
    const uint8_t command[] = { 0xAC, 0x06, 0x80, 0x01, made->alg, 0xAA, 0x01, made->asked };
    ck_assert_uint_eq(talk_command(talk, 0x00470000U | made->ref, command, sizeof command, true), 0x9000);
    EVP_PKEY *key = NULL;
    const uint8_t *got = talk->got.data;
    OSSL_PARAM params[3] = { OSSL_PARAM_END, OSSL_PARAM_END, OSSL_PARAM_END };
    uint8_t modulus[256], exponent[3] = { 1, 0, 1 };
    bool rsa = made->alg == ALG_RSA_2048;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, rsa ? "RSA" : "EC", NULL);
    if (rsa) {
        ck_assert_uint_eq(got[5], 0x81);            /* 7F49 82 xxxx 81 82 0100 */
        for (size_t i = 0; i < sizeof modulus; i++) /* little-endian, as OSSL_PARAM wants numbers */
            modulus[i] = got[9 + sizeof modulus - 1 - i];
        params[0] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, modulus, sizeof modulus);
        params[1] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, exponent, sizeof exponent);
    } else {
        char *curve = made->alg == ALG_ECC_P256 ? (char[]) { "P-256" } : (char[]) { "P-384" };
        params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
        params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)(got + 5), got[4]);
    }
    ck_assert(EVP_PKEY_fromdata_init(ctx) == 1 && EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

START_TEST(attested)
{
    static const uint8_t oid_policy[] = { ATTEST_OID_POLICY }, oid_card[] = { ATTEST_OID_CARD };
    const struct made *made = &keys[_i];
    struct talk *talk = card();
    EVP_PKEY *key = make(talk, made);
    X509 *x = attest(talk, NULL, made->ref, false);
    ck_assert_int_eq(X509_get_version(x), X509_VERSION_3);
    ck_assert_int_eq(X509_verify(x, chip_key), 1);
    ck_assert_int_eq(X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(chip)), 0);
    ck_assert_int_eq(ASN1_TIME_compare(X509_get0_notBefore(x), X509_get0_notBefore(chip)), 0);
    ck_assert_int_eq(ASN1_TIME_compare(X509_get0_notAfter(x), X509_get0_notAfter(chip)), 0);
    ck_assert_int_eq(EVP_PKEY_eq(X509_get0_pubkey(x), key), 1);

    uint8_t says[ATTEST_CARD_LEN];
    memcpy(says, serial, sizeof serial);
    says[10] = made->ref;
    says[11] = LIFE_OP_READY;
    const uint8_t policy[] = { made->policy, TOUCH_POLICY_NEVER };
    extension_is(x, oid_policy, sizeof oid_policy, policy, sizeof policy);
    extension_is(x, oid_card, sizeof oid_card, says, sizeof says);

    char name[64], expected[64];
    snprintf(expected, sizeof expected, "PIV attestation %02x", made->ref);
    ck_assert_int_gt(X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, name, sizeof name), 0);
    ck_assert_str_eq(name, expected);

    /* the next one has another number; extended length gives it in one answer */
    X509 *next = attest(talk, NULL, made->ref, true);
    ck_assert_int_ne(ASN1_INTEGER_cmp(X509_get0_serialNumber(x), X509_get0_serialNumber(next)), 0);
    X509_free(next);
    X509_free(x);
    EVP_PKEY_free(key);
    end();
}
END_TEST

START_TEST(says_nothing)
{
    struct talk *talk = card();
    const uint8_t import[] = { 0x06, 0x20, [33] = 7 };
    ck_assert_uint_eq(talk_hex(talk, "00F99A00 00"), 0x6A88); /* no key */
    ck_assert_uint_eq(talk_hex(talk, "00F9F900 00"), 0x6A88); /* not itself, */
    ck_assert_uint_eq(talk_hex(talk, "00F99B00 00"), 0x6A88); /* no management key, */
    ck_assert_uint_eq(talk_hex(talk, "00F98000 00"), 0x6A88); /* no PIN */
    ck_assert_uint_eq(talk_command(talk, 0x00FE119A, import, sizeof import, false), 0x9000);
    ck_assert_uint_eq(talk_hex(talk, "00F99A00 00"), 0x6985); /* it was imported */
    EVP_PKEY_free(make(talk, &keys[0]));
    X509_free(attest(talk, NULL, KEY_PIV_AUTHENTICATION, false));
    ck_assert_uint_eq(talk_hex(talk, "00F99A01 00"), 0x6A86);
    end();

    struct talk *bare = talk_new(); /* its maker gave it no key */
    ck_assert_uint_eq(talk_select(bare), 0x9000);
    ck_assert_uint_eq(talk_admin(bare, NULL), 0x9000);
    EVP_PKEY_free(make(bare, &keys[0]));
    ck_assert_uint_eq(talk_hex(bare, "00F99A00 00"), 0x6A88);
}
END_TEST

/* It names the chip: from SECURED on for the issuer alone. */
START_TEST(secured)
{
    static const uint8_t oid_card[] = { ATTEST_OID_CARD };
    struct talk *talk = card();
    struct domain_session s;
    struct domain_keys keys_own = domain_other(0x30, 16);
    const struct domain_keys transport = {
        .version = KEY_VERSION_TRANSPORT,
        .len = 16,
        .key = { { BLANK_TRANSPORT_KEY }, { BLANK_TRANSPORT_KEY }, { BLANK_TRANSPORT_KEY } },
    };
    EVP_PKEY *key = make(talk, &keys[0]);
    domain_select(talk);
    domain_open(&s, talk, &transport, 8, 0x33);
    ck_assert_uint_eq(domain_put_key(&s, &keys_own), 0x9000);
    domain_select(talk);
    domain_open(&s, talk, &keys_own, 8, 0x33);
    ck_assert_uint_eq(domain_send(&s, 0x80F08007, NULL, 0), 0x9000);
    ck_assert_uint_eq(domain_send(&s, 0x80F0800F, NULL, 0), 0x9000);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_hex(talk, "00F99A00 00"), 0x6982);
    domain_open(&s, talk, &keys_own, 8, 0x33);
    X509 *x = attest(talk, &s, KEY_PIV_AUTHENTICATION, false);
    uint8_t says[ATTEST_CARD_LEN];
    memcpy(says, serial, sizeof serial);
    says[10] = KEY_PIV_AUTHENTICATION;
    says[11] = LIFE_SECURED;
    ck_assert_int_eq(X509_verify(x, chip_key), 1);
    extension_is(x, oid_card, sizeof oid_card, says, sizeof says);
    X509_free(x);
    EVP_PKEY_free(key);
    end();
}
END_TEST

/* A maker's certificate that is none, or whose name is too long: an error, and the card goes on. Every length of a
 * certificate that was cut, too. */
START_TEST(bad_maker)
{
    uint8_t object[2048];
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = certificate_of(key, "maker");
    size_t len = object_of(x, object);
    for (size_t cut = 0; cut < 200; cut++) { /* subject and validity end before */
        struct talk *talk = card_with(key, object, cut + 1, false);
        ck_assert_uint_eq(talk_admin(talk, NULL), 0x9000);
        EVP_PKEY_free(make(talk, &keys[0]));
        ck_assert_uint_eq(talk_hex(talk, "00F99A00 00"), 0x6F00);
        ck_assert_uint_eq(talk_hex(talk, "00FD0000 00"), 0x9000);
    }
    for (size_t at = 0; at < 24; at++) { /* the headers before the number */
        if (at == 2 || at == 3)
            continue; /* of the object's length, which may be more than is read */
        object[at] ^= 0x40;
        struct talk *talk = card_with(key, object, len, false);
        ck_assert_uint_eq(talk_admin(talk, NULL), 0x9000);
        EVP_PKEY_free(make(talk, &keys[0]));
        unsigned sw = talk_hex(talk, "00F99A00 00");
        ck_assert(sw == 0x6F00 || sw == 0x9000 || (sw & 0xFF00) == 0x6100);
        object[at] ^= 0x40;
    }
    X509_free(x);
    EVP_PKEY_free(key);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { attested, sizeof keys / sizeof *keys },
        { says_nothing, 0 },
        { secured, 0 },
        { bad_maker, 0 },
    };
    return suite_run("attest", tests, sizeof tests / sizeof *tests);
}
