/* SPDX-License-Identifier: BSD-2-Clause */
#include "certificate_extensions.h"

#include "sdc/tlv.h"

#include <stdio.h>
#include <string.h>

#include <openssl/x509v3.h>

/* id-icao-mrtd-security-extensions-documentTypeList 2.23.136.1.1.6.2 (ICAO 9303-12 7.1.1.6) */
#define DOCUMENT_TYPES_OID "2.23.136.1.1.6.2"

static bool add_text(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, certificate, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&ctx);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool ok = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

/* RFC 5280 4.2.1.4 of RFC 2459: only the end is stated; the start is the certificate's own. */
static bool add_usage_period(X509 *certificate, time_t start, time_t end)
{
    if (end == 0)
        return true;
    PKEY_USAGE_PERIOD *period = PKEY_USAGE_PERIOD_new();
    bool ok = period != NULL;
    if (ok) {
        period->notBefore = ASN1_GENERALIZEDTIME_set(NULL, start);
        period->notAfter = ASN1_GENERALIZEDTIME_set(NULL, end);
        ok = period->notBefore && period->notAfter &&
             X509_add1_ext_i2d(certificate, NID_private_key_usage_period, period, 0, X509V3_ADD_APPEND) == 1;
    }
    PKEY_USAGE_PERIOD_free(period);
    return ok;
}

static GENERAL_NAME *country_name(const char *country)
{
    X509_NAME *name = X509_NAME_new();
    GENERAL_NAME *general = GENERAL_NAME_new();
    if (name && general &&
        X509_NAME_add_entry_by_txt(name, "L", MBSTRING_UTF8, (const uint8_t *)country, -1, -1, 0) == 1) {
        GENERAL_NAME_set0_value(general, GEN_DIRNAME, name);
        return general;
    }
    X509_NAME_free(name);
    GENERAL_NAME_free(general);
    return NULL;
}

static GENERAL_NAME *url_name(const char *url)
{
    ASN1_IA5STRING *text = ASN1_IA5STRING_new();
    GENERAL_NAME *general = GENERAL_NAME_new();
    if (text && general && ASN1_STRING_set(text, url, -1) == 1) {
        GENERAL_NAME_set0_value(general, GEN_URI, text);
        return general;
    }
    ASN1_IA5STRING_free(text);
    GENERAL_NAME_free(general);
    return NULL;
}

static bool push_name(GENERAL_NAMES *names, GENERAL_NAME *name)
{
    if (name && sk_GENERAL_NAME_push(names, name) > 0)
        return true;
    GENERAL_NAME_free(name);
    return false;
}

static bool add_icao_names(X509 *certificate, const struct config *config)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    bool ok = names && push_name(names, country_name(config->icao_country)) &&
              push_name(names, url_name(config->contact_url)) &&
              X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_APPEND) == 1 &&
              X509_add1_ext_i2d(certificate, NID_issuer_alt_name, names, 0, X509V3_ADD_APPEND) == 1;
    GENERAL_NAMES_free(names);
    return ok;
}

/* DocumentTypeList ::= SEQUENCE { version INTEGER (0), docTypeList SET OF PrintableString }: the MRZ's document code */
static bool add_document_types(X509 *certificate)
{
    static const uint8_t version[] = { 0x02, 0x01, 0x00 }, types[] = { 0x31, 0x03, 0x13, 0x01, 'I' };
    struct sdc_buf list = SDC_BUF_INIT;
    sdc_tlv_head(&list, 0x30, sizeof version + sizeof types);
    sdc_buf_put(&list, version, sizeof version);
    sdc_buf_put(&list, types, sizeof types);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    ASN1_OBJECT *oid = OBJ_txt2obj(DOCUMENT_TYPES_OID, 1);
    X509_EXTENSION *extension = NULL;
    bool ok = !list.err && value && oid && ASN1_OCTET_STRING_set(value, list.data, (int)list.len) == 1 &&
              (extension = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value)) != NULL &&
              X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    ASN1_OBJECT_free(oid);
    ASN1_OCTET_STRING_free(value);
    sdc_buf_free(&list);
    return ok;
}

static bool add_access(X509 *certificate, X509 *issuer, const struct config *config,
                       const struct certificate_request *request)
{
    const unsigned flags = certificate_profiles[request->kind].flags;
    char text[640];
    snprintf(text, sizeof text, "URI:%s/%s.crl", config->crl_url, request->issuer_file);
    if (!add_text(certificate, issuer, NID_crl_distribution_points, text))
        return false;
    if (!(flags & CERTIFICATE_ISSUERS))
        return true;
    snprintf(text, sizeof text, "caIssuers;URI:%s/%s.p7c%s%s", config->p7c_url, request->issuer_file,
             flags & CERTIFICATE_OCSP ? ",OCSP;URI:" : "", flags & CERTIFICATE_OCSP ? config->ocsp_url : "");
    return add_text(certificate, issuer, NID_info_access, text);
}

static bool add_urn(X509 *certificate, const char *guid)
{
    char urn[64];
    snprintf(urn, sizeof urn, "urn:uuid:%s", guid);
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    bool ok = names && push_name(names, url_name(urn)) &&
              X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_APPEND) == 1;
    GENERAL_NAMES_free(names);
    return ok;
}

bool certificate_extensions_add(X509 *certificate, const struct config *config,
                                const struct certificate_request *request)
{
    const struct certificate_profile *profile = &certificate_profiles[request->kind];
    const unsigned flags = profile->flags;
    X509 *issuer = request->issuer ? request->issuer : certificate;
    char usage[96];
    snprintf(usage, sizeof usage, "critical,%s", profile->usage);
    return (!(flags & CERTIFICATE_CA) ||
            add_text(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE,pathlen:0")) &&
           add_text(certificate, issuer, NID_key_usage, usage) &&
           (!profile->purpose || add_text(certificate, issuer, NID_ext_key_usage, profile->purpose)) &&
           add_text(certificate, issuer, NID_subject_key_identifier, "hash") &&
           add_text(certificate, issuer, NID_authority_key_identifier, "keyid:always") &&
           add_usage_period(certificate, request->not_before, request->usage_end) &&
           (!(flags & CERTIFICATE_ICAO) || add_icao_names(certificate, config)) &&
           (!(flags & CERTIFICATE_TYPES) || add_document_types(certificate)) &&
           (!(flags & CERTIFICATE_URN) || add_urn(certificate, request->guid)) &&
           add_access(certificate, issuer, config, request);
}
