/* SPDX-License-Identifier: BSD-2-Clause */
#include "limits_parse.h"
#include "piv_limits.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include <openssl/x509v3.h>

static void *extension(X509 *certificate, int nid, int *critical)
{
    int at = -1, crit = -1;
    void *value = X509_get_ext_d2i(certificate, nid, &crit, &at);
    ck_assert_int_ge(at, -1);
    if (value)
        ck_assert_int_lt(X509_get_ext_by_NID(certificate, nid, at), 0); /* not twice */
    if (critical)
        *critical = crit;
    return value;
}

void limits_any_certificate(X509 *certificate)
{
    ck_assert_int_eq(X509_get_version(certificate), X509_VERSION_3);
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
    ck_assert_int_ge(ASN1_STRING_length(serial), 8); /* 64 random bits at least */
    ck_assert_int_le(ASN1_STRING_length(serial), 20);
    ck_assert_int_eq(ASN1_STRING_type(serial), V_ASN1_INTEGER); /* positive */
    ASN1_OCTET_STRING *subject = extension(certificate, NID_subject_key_identifier, NULL);
    AUTHORITY_KEYID *authority = extension(certificate, NID_authority_key_identifier, NULL);
    ck_assert_ptr_nonnull(subject);
    ck_assert_ptr_nonnull(authority);
    ck_assert_ptr_nonnull(authority->keyid);
    ASN1_OCTET_STRING_free(subject);
    AUTHORITY_KEYID_free(authority);
}

void certificate_usage_is(X509 *certificate, const char *usage_hex, const char *purpose, bool purpose_critical)
{
    int critical = 0;
    char hex[3];
    ASN1_BIT_STRING *usage = extension(certificate, NID_key_usage, &critical);
    ck_assert_ptr_nonnull(usage);
    ck_assert_int_eq(critical, 1);
    ck_assert_int_eq(ASN1_STRING_length(usage), 1);
    sdc_hex(ASN1_STRING_get0_data(usage), 1, hex);
    ck_assert_str_eq(hex, usage_hex);
    ASN1_BIT_STRING_free(usage);
    EXTENDED_KEY_USAGE *purposes = extension(certificate, NID_ext_key_usage, &critical);
    if (purpose) {
        char text[64];
        ck_assert_ptr_nonnull(purposes);
        ck_assert_int_eq(critical, purpose_critical);
        ck_assert_int_eq(sk_ASN1_OBJECT_num(purposes), 1);
        OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(purposes, 0), 1);
        ck_assert_str_eq(text, purpose);
    }
    EXTENDED_KEY_USAGE_free(purposes);
}

static void url_is(const GENERAL_NAME *name, const char *ending)
{
    int type = 0;
    const ASN1_STRING *url = GENERAL_NAME_get0_value(name, &type);
    ck_assert_int_eq(type, GEN_URI);
    size_t len = (size_t)ASN1_STRING_length(url);
    const char *text = (const char *)ASN1_STRING_get0_data(url);
    ck_assert(len > 7 + strlen(ending) && memcmp(text, "http://", 7) == 0);
    ck_assert_mem_eq(text + len - strlen(ending), ending, strlen(ending));
}

void certificate_access_is(X509 *certificate, bool issuers, bool ocsp)
{
    CRL_DIST_POINTS *points = extension(certificate, NID_crl_distribution_points, NULL);
    ck_assert_ptr_nonnull(points);
    ck_assert_int_eq(sk_DIST_POINT_num(points), 1);
    const GENERAL_NAMES *names = sk_DIST_POINT_value(points, 0)->distpoint->name.fullname;
    ck_assert_int_eq(sk_GENERAL_NAME_num(names), 1);
    url_is(sk_GENERAL_NAME_value(names, 0), ".crl");
    CRL_DIST_POINTS_free(points);
    AUTHORITY_INFO_ACCESS *access = extension(certificate, NID_info_access, NULL);
    int count = access ? sk_ACCESS_DESCRIPTION_num(access) : 0;
    ck_assert_int_eq(count, issuers + ocsp);
    for (int i = 0; i < count; i++) {
        const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(access, i);
        bool for_issuers = OBJ_obj2nid(one->method) == NID_ad_ca_issuers;
        ck_assert(for_issuers ? issuers : OBJ_obj2nid(one->method) == NID_ad_OCSP && ocsp);
        url_is(one->location, for_issuers ? ".p7c" : "");
    }
    AUTHORITY_INFO_ACCESS_free(access);
}

void certificate_urn_is(X509 *certificate, const char *guid)
{
    GENERAL_NAMES *names = extension(certificate, NID_subject_alt_name, NULL);
    if (!guid) {
        ck_assert_ptr_null(names);
        return;
    }
    char urn[64];
    int type = 0;
    snprintf(urn, sizeof urn, "urn:uuid:%s", guid);
    ck_assert_ptr_nonnull(names);
    ck_assert_int_eq(sk_GENERAL_NAME_num(names), 1);
    const ASN1_STRING *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, 0), &type);
    ck_assert_int_eq(type, GEN_URI);
    ck_assert_int_eq(ASN1_STRING_length(value), (int)strlen(urn));
    ck_assert_mem_eq(ASN1_STRING_get0_data(value), urn, strlen(urn));
    GENERAL_NAMES_free(names);
}

static bool same_entry(const X509_NAME *a, const X509_NAME *b, int at, int nid)
{
    const X509_NAME_ENTRY *x = X509_NAME_get_entry(a, at), *y = X509_NAME_get_entry(b, at);
    return OBJ_obj2nid(X509_NAME_ENTRY_get_object(x)) == nid && OBJ_obj2nid(X509_NAME_ENTRY_get_object(y)) == nid &&
           ASN1_STRING_cmp(X509_NAME_ENTRY_get_data(x), X509_NAME_ENTRY_get_data(y)) == 0;
}

void certificate_subject_is(X509 *certificate, X509 *ca, const char *guid)
{
    const X509_NAME *subject = X509_get_subject_name(certificate), *issuer = X509_get_subject_name(ca);
    ck_assert_int_eq(X509_NAME_entry_count(subject), 3);
    ck_assert(same_entry(subject, issuer, 0, NID_countryName));
    ck_assert(same_entry(subject, issuer, 1, NID_organizationName));
    const X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, 2);
    ck_assert_int_eq(OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)), NID_serialNumber);
    const ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);
    ck_assert_int_eq(ASN1_STRING_type(value), V_ASN1_PRINTABLESTRING); /* RFC 5280 A.1 */
    ck_assert_int_eq(ASN1_STRING_length(value), (int)strlen(guid));
    ck_assert_mem_eq(ASN1_STRING_get0_data(value), guid, strlen(guid));
    ck_assert_int_eq(X509_NAME_cmp(X509_get_issuer_name(certificate), issuer), 0);
}

void certificate_dates_are(X509 *certificate, const struct sdc_date *expiry, bool bounded)
{
    struct tm end = { 0 }, start = { 0 };
    ck_assert_int_eq(ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end), 1);
    ck_assert_int_eq(ASN1_TIME_to_tm(X509_get0_notBefore(certificate), &start), 1);
    struct sdc_date last = { end.tm_year + 1900, end.tm_mon + 1, end.tm_mday };
    int order = sdc_date_compare(&last, expiry);
    ck_assert_int_le(order, 0);
    if (bounded && order == 0)
        ck_assert_int_eq(end.tm_hour * 3600 + end.tm_min * 60 + end.tm_sec, 0);
    ck_assert_int_lt(ASN1_TIME_compare(X509_get0_notBefore(certificate), X509_get0_notAfter(certificate)), 0);
}
