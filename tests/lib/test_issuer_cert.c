/* SPDX-License-Identifier: BSD-2-Clause */
#include "test_issuer.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test_issuer test_issuer;

static void must(int good)
{
    if (!good)
        abort();
}

/* What each certificate of an issued card has. */
static const struct {
    const char *usage, *eku;
    bool san, ocsp, guid_subject;
} kinds[] = {
    { "critical,digitalSignature", NULL, true, true, true },                             /* 9A */
    { "critical,digitalSignature,nonRepudiation", NULL, false, false, true },            /* 9C */
    { "critical,keyAgreement", NULL, false, false, true },                               /* 9D */
    { "critical,digitalSignature", "critical,2.16.840.1.101.3.6.8", true, false, true }, /* 9E */
    { "critical,digitalSignature", "2.16.840.1.101.3.8.7", false, false, false },        /* content signer */
};

static void extension(X509 *cert, X509 *ca, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, ca, cert, NULL, NULL, 0);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    must(ext && X509_add_ext(cert, ext, -1) == 1);
    X509_EXTENSION_free(ext);
}

static void guid_text(const uint8_t *guid, char out[static 37])
{
    char hex[33];
    sdc_hex(guid, 16, hex);
    for (char *p = hex; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'F' ? *p + 32 : *p);
    snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static void name_add(X509_NAME *name, const char *field, const char *value)
{
    must(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0));
}

static void subject(X509 *cert, enum test_fault fault, bool card)
{
    uint8_t guid[16];
    char text[37];
    X509_NAME *name = X509_get_subject_name(cert);
    memcpy(guid, test_issuer.guid, 16);
    if (fault == CERT_SUBJECT_GUID)
        guid[0] ^= 1;
    guid_text(guid, text);
    name_add(name, "O", "Test Issuer");
    if (card)
        name_add(name, "serialNumber", text);
    if (!card || fault == CERT_SUBJECT_NAME)
        name_add(name, "CN", card ? TEST_NAME : "Content Signer");
}

static void set_time(ASN1_TIME *time, const struct sdc_date *date, const char *clock)
{
    char text[32];
    snprintf(text, sizeof text, "%04d%02d%02d%sZ", date->year, date->month, date->day, clock);
    must(ASN1_TIME_set_string_X509(time, text));
}

static void dates(X509 *cert, enum test_fault fault)
{
    const struct sdc_date *today = &test_issuer.today;
    struct sdc_date from = { today->year, today->month, today->day - 2 }, until = test_issuer.expiry;
    struct sdc_date yesterday = { today->year, today->month, today->day - 1 };
    struct sdc_date tomorrow = { today->year, today->month, today->day + 1 };
    const char *first = "120000", *last = "120000";
    if (fault == CERT_EXPIRED)
        until = yesterday;
    if (fault == CERT_NOT_YET)
        from = tomorrow;
    if (fault == CERT_FIRST_DAY) {
        from = *today;
        first = "235959";
    }
    if (fault == CERT_LAST_DAY) {
        until = *today;
        last = "000000";
    }
    if (fault == CERT_BEYOND_CARD) {
        until.day++;
        last = "000000";
    }
    set_time(X509_getm_notBefore(cert), &from, first);
    set_time(X509_getm_notAfter(cert), &until, last);
    if (fault == CERT_BAD_DATE)
        must(ASN1_STRING_set(X509_getm_notAfter(cert), "301131120000Z", 13));
}

/* A public key whose point is on no curve. */
static void break_key(X509 *cert)
{
    const unsigned char *bytes;
    int len;
    X509_PUBKEY *key = X509_get_X509_PUBKEY(cert);
    must(X509_PUBKEY_get0_param(NULL, &bytes, &len, NULL, key) == 1 && len == 65);
    unsigned char *other = OPENSSL_memdup(bytes, (size_t)len);
    other[64] ^= 1;
    must(X509_PUBKEY_set0_param(key, OBJ_nid2obj(NID_X9_62_id_ecPublicKey), V_ASN1_OBJECT,
                                OBJ_nid2obj(NID_X9_62_prime256v1), other, len) == 1);
}

static void usage(X509 *cert, X509 *ca, enum test_fault fault, size_t kind)
{
    const char *value = kinds[kind].usage;
    if (fault == CERT_RSA && kind == 2)
        value = "critical,keyEncipherment";
    if (fault == CERT_USAGE)
        value = kind == 2 ? "critical,digitalSignature" : "critical,keyAgreement";
    if (fault == CERT_USAGE_MORE)
        value = "critical,digitalSignature,keyAgreement,nonRepudiation";
    if (fault == CERT_IS_CA)
        extension(cert, ca, NID_basic_constraints, "critical,CA:TRUE");
    if (fault != CERT_NO_USAGE)
        extension(cert, ca, NID_key_usage, value);
    value = kinds[kind].eku;
    if (fault == CERT_EKU)
        value = "critical,clientAuth";
    if (fault == CERT_EKU_TWO)
        value = kind == 3 ? "critical,2.16.840.1.101.3.6.8,clientAuth" : "2.16.840.1.101.3.8.7,clientAuth";
    if (fault == CERT_EKU_CRITICALITY)
        value = "2.16.840.1.101.3.6.8";
    if (value && fault != CERT_EKU_NONE)
        extension(cert, ca, NID_ext_key_usage, value);
}

/* A URI with a NUL in it, which a C string would hide. */
static AUTHORITY_INFO_ACCESS *hidden_aia(void)
{
    static const char uri[] = "http://pki.example.org/\0card-ca.p7c";
    AUTHORITY_INFO_ACCESS *aia = sk_ACCESS_DESCRIPTION_new_null();
    ACCESS_DESCRIPTION *access = ACCESS_DESCRIPTION_new();
    ASN1_IA5STRING *string = ASN1_IA5STRING_new();
    must(aia && access && string && ASN1_STRING_set(string, uri, sizeof uri - 1));
    access->method = OBJ_nid2obj(NID_ad_ca_issuers);
    GENERAL_NAME_set0_value(access->location, GEN_URI, string);
    must(sk_ACCESS_DESCRIPTION_push(aia, access) > 0);
    return aia;
}

/* A distribution point that is named relative to the issuer, not by a URI. */
static CRL_DIST_POINTS *relative_point(void)
{
    CRL_DIST_POINTS *points = sk_DIST_POINT_new_null();
    DIST_POINT *point = DIST_POINT_new();
    must(points && point && (point->distpoint = DIST_POINT_NAME_new()) != NULL);
    point->distpoint->type = 1;
    point->distpoint->name.relativename = sk_X509_NAME_ENTRY_new_null();
    X509_NAME_ENTRY *entry =
        X509_NAME_ENTRY_create_by_txt(NULL, "CN", MBSTRING_UTF8, (const unsigned char *)"http://a/b.crl", -1);
    must(entry && sk_X509_NAME_ENTRY_push(point->distpoint->name.relativename, entry) > 0);
    must(sk_DIST_POINT_push(points, point) > 0);
    return points;
}

static void crl_points(X509 *cert, X509 *ca, enum test_fault fault)
{
    if (fault == CERT_CRL_RELATIVE) {
        CRL_DIST_POINTS *points = relative_point();
        must(X509_add1_ext_i2d(cert, NID_crl_distribution_points, points, 0, X509V3_ADD_DEFAULT) == 1);
        CRL_DIST_POINTS_free(points);
    } else if (fault == CERT_CRL_NAME) {
        extension(cert, ca, NID_crl_distribution_points,
                  "URI:http://pki.example.org/card-ca.crl,URI:http://pki.example.org/card-ca.txt");
    } else if (fault != CERT_NO_CRLDP) {
        extension(cert, ca, NID_crl_distribution_points, "URI:http://pki.example.org/card-ca.crl");
    }
}

static void names(X509 *cert, X509 *ca, enum test_fault fault, size_t kind)
{
    uint8_t guid[16];
    char text[37], value[200];
    memcpy(guid, test_issuer.guid, 16);
    if (fault == CERT_SAN_GUID)
        guid[15] ^= 1;
    guid_text(guid, text);
    snprintf(value, sizeof value, "URI:urn:uuid:%s%s", text,
             fault == CERT_SAN_MORE ? ",email:jane.doe@example.org" : "");
    if ((kinds[kind].san && fault != CERT_NO_SAN) || fault == CERT_SAN_MORE || fault == CERT_SAN_GUID)
        extension(cert, ca, NID_subject_alt_name, value);
    if (fault == CERT_AIA_NUL) {
        AUTHORITY_INFO_ACCESS *aia = hidden_aia();
        must(X509_add1_ext_i2d(cert, NID_info_access, aia, 0, X509V3_ADD_DEFAULT) == 1);
        AUTHORITY_INFO_ACCESS_free(aia);
    } else if (fault == CERT_AIA_OTHER_NAME) {
        extension(cert, ca, NID_info_access, "caIssuers;DNS:http://pki.example.org/card-ca.p7c");
    }
    snprintf(value, sizeof value, "caIssuers;URI:%s://pki.example.org/card-ca.%s%s",
             fault == CERT_AIA_HTTPS ? "https" : "http", fault == CERT_AIA_NAME ? "cer" : "p7c",
             kinds[kind].ocsp && fault != CERT_NO_OCSP ? ",OCSP;URI:http://ocsp.example.org/" : "");
    if (fault != CERT_NO_AIA && fault != CERT_AIA_NUL && fault != CERT_AIA_OTHER_NAME)
        extension(cert, ca, NID_info_access, value);
    crl_points(cert, ca, fault);
    if (fault == CERT_CRITICAL)
        extension(cert, ca, NID_netscape_comment, "critical,nobody understands this");
}

static EVP_PKEY *subject_key(enum test_fault fault, EVP_PKEY *key)
{
    switch (fault) {
    case CERT_P384:
        return test_issuer.p384;
    case CERT_P521:
        return test_issuer.p521;
    case CERT_RSA:
        return test_issuer.rsa;
    case CERT_RSA_1024:
        return test_issuer.rsa_1024;
    case CERT_OF_9E:
        return test_issuer.keys[3];
    default:
        return key;
    }
}

static void sign(X509 *cert, enum test_fault fault, EVP_PKEY *own)
{
    EVP_PKEY *key = test_issuer.ca_key;
    if (fault == CERT_OTHER_CA)
        key = test_issuer.other_ca_key;
    if (fault == CERT_NAMESAKE_CA)
        key = test_issuer.namesake_key;
    if (fault == CERT_SELF_SIGNED)
        key = own;
    must(X509_sign(cert, key, fault == CERT_SHA1 ? EVP_sha1() : EVP_sha256()) > 0);
    if (fault == CERT_SIGNATURE) {
        const ASN1_BIT_STRING *signature;
        X509_get0_signature(&signature, NULL, cert);
        signature->data[signature->length - 1] ^= 1;
    }
}

X509 *test_cert(const struct test_recipe *recipe, enum test_part part, EVP_PKEY *key)
{
    static long serial = 0x1000;
    enum test_fault fault = recipe->fault[part];
    size_t kind = part == PART_SIGNER ? 4 : (size_t)(part - PART_9A);
    X509 *cert = X509_new();
    X509 *ca = fault == CERT_OTHER_CA ? test_issuer.other_ca : test_issuer.ca;
    EVP_PKEY *own = subject_key(fault, key);
    must(cert && X509_set_version(cert, X509_VERSION_3) && X509_set_pubkey(cert, own));
    must(ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++));
    subject(cert, fault, part != PART_SIGNER);
    must(X509_set_issuer_name(cert, X509_get_subject_name(fault == CERT_SELF_SIGNED ? cert : ca)));
    dates(cert, fault);
    usage(cert, ca, fault, kind);
    names(cert, ca, fault, kind);
    extension(cert, ca, NID_subject_key_identifier, "hash");
    if (fault != CERT_NAMESAKE_CA && fault != CERT_SELF_SIGNED)
        extension(cert, ca, NID_authority_key_identifier, "keyid:always");
    if (fault == CERT_BAD_KEY)
        break_key(cert);
    sign(cert, fault, own);
    return cert;
}

static X509 *make_ca(const char *common_name, EVP_PKEY *key)
{
    X509 *ca = X509_new();
    struct sdc_date from = { 2026, 1, 1 }, until = { 2036, 1, 1 };
    must(ca && X509_set_version(ca, X509_VERSION_3) && X509_set_pubkey(ca, key));
    must(ASN1_INTEGER_set(X509_get_serialNumber(ca), 1));
    name_add(X509_get_subject_name(ca), "O", "Test Issuer");
    name_add(X509_get_subject_name(ca), "CN", common_name);
    must(X509_set_issuer_name(ca, X509_get_subject_name(ca)));
    set_time(X509_getm_notBefore(ca), &from, "000000");
    set_time(X509_getm_notAfter(ca), &until, "000000");
    extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    extension(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign");
    extension(ca, ca, NID_subject_key_identifier, "hash");
    must(X509_sign(ca, key, EVP_sha256()) > 0);
    return ca;
}

void test_issuer_roll(EVP_PKEY *ca_key)
{
    X509_free(test_issuer.ca);
    EVP_PKEY_free(test_issuer.ca_key);
    must(EVP_PKEY_up_ref(ca_key));
    test_issuer.ca_key = ca_key;
    test_issuer.ca = make_ca("Card CA", ca_key);
}

void test_issuer_init(void)
{
    struct test_issuer *i = &test_issuer;
    i->today = (struct sdc_date) { 2026, 11, 25 };
    i->expiry = (struct sdc_date) { 2031, 11, 20 };
    memcpy(i->guid, "\x3F\x2A\x11\x7C\x90\x5B\x4E\x21\xA8\x0D\x6C\x44\x19\xF3\x55\x02", 16);
    EVP_PKEY **p256[] = { &i->ca_key,  &i->other_ca_key, &i->namesake_key, &i->signer_key, &i->stranger_key,
                          &i->keys[0], &i->keys[1],      &i->keys[2],      &i->keys[3] };
    for (size_t k = 0; k < sizeof p256 / sizeof p256[0]; k++)
        *p256[k] = EVP_EC_gen("P-256");
    i->p384 = EVP_EC_gen("P-384");
    i->p521 = EVP_EC_gen("P-521");
    i->rsa = EVP_RSA_gen(2048);
    i->rsa_1024 = EVP_RSA_gen(1024);
    i->ca = make_ca("Card CA", i->ca_key);
    i->other_ca = make_ca("Other CA", i->other_ca_key);
    i->namesake = make_ca("Card CA", i->namesake_key);
    must(i->p384 && i->p521 && i->rsa && i->rsa_1024 && i->keys[3]);
    test_fascn(FAULT_NONE, i->fascn);
}
