/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules for each kind of certificate, one row each. */
#include "cert.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>

enum san_rule { SAN_NONE_OR_GUID, SAN_GUID, SAN_GUID_ONLY };

struct rule {
    uint32_t usage_ec, usage_rsa; /* keyUsage, exactly */
    const char *eku;              /* the one extended key usage; NULL = free */
    bool eku_critical;
    bool ocsp;        /* AIA names an OCSP responder */
    bool within_card; /* ends no later than the card */
    bool card_key;    /* a key of the card: its subject is the GUID, its RSA keys are 2048 bits */
    enum san_rule san;
};

#define KU_SIGN_REPUDIATE (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)

static const struct rule rules[VF_CERT_KINDS] = {
    [VF_CERT_9A] = { KU_DIGITAL_SIGNATURE, KU_DIGITAL_SIGNATURE, NULL, false, true, true, true, SAN_GUID },
    [VF_CERT_9C] = { KU_SIGN_REPUDIATE, KU_SIGN_REPUDIATE, NULL, false, false, true, true, SAN_NONE_OR_GUID },
    [VF_CERT_9D] = { KU_KEY_AGREEMENT, KU_KEY_ENCIPHERMENT, NULL, false, false, false, true, SAN_NONE_OR_GUID },
    [VF_CERT_9E] = { KU_DIGITAL_SIGNATURE, KU_DIGITAL_SIGNATURE, "2.16.840.1.101.3.6.8", true, false, false, true,
                     SAN_GUID_ONLY },
    [VF_CERT_SIGNER] = { KU_DIGITAL_SIGNATURE, KU_DIGITAL_SIGNATURE, "2.16.840.1.101.3.8.7", false, false, false, false,
                         SAN_NONE_OR_GUID },
};

#define OID_PIV_FASCN "2.16.840.1.101.3.6.6"
#define URN           "urn:uuid:"

static bool object_is(const ASN1_OBJECT *object, const char *oid)
{
    char text[64];
    int len = OBJ_obj2txt(text, sizeof text, object, 1);
    return len > 0 && (size_t)len < sizeof text && strcmp(text, oid) == 0;
}

static bool key_allowed(EVP_PKEY *key, const struct rule *rule)
{
    if (!key)
        return false;
    if (EVP_PKEY_is_a(key, "RSA")) {
        int bits = EVP_PKEY_get_bits(key);
        return bits == 2048 || (bits == 3072 && !rule->card_key);
    }
    char group[32] = "";
    if (!EVP_PKEY_is_a(key, "EC") || EVP_PKEY_get_group_name(key, group, sizeof group, NULL) != 1)
        return false;
    int nid = OBJ_sn2nid(group);
    return nid == NID_X9_62_prime256v1 || nid == NID_secp384r1;
}

static bool eku_good(const X509 *cert, const struct rule *rule)
{
    if (!rule->eku)
        return true;
    int critical = 0;
    EXTENDED_KEY_USAGE *eku = X509_get_ext_d2i(cert, NID_ext_key_usage, &critical, NULL);
    bool good = eku && sk_ASN1_OBJECT_num(eku) == 1 && object_is(sk_ASN1_OBJECT_value(eku, 0), rule->eku) &&
                (!rule->eku_critical || critical == 1);
    EXTENDED_KEY_USAGE_free(eku);
    return good;
}

/* ---- names that are URIs ---- */

/* An http URI that ends so, without bytes that could hide something from a C string. */
static bool uri_is(const GENERAL_NAME *name, const char *end)
{
    if (name->type != GEN_URI)
        return false;
    const ASN1_STRING *uri = name->d.uniformResourceIdentifier;
    size_t len = (size_t)ASN1_STRING_length(uri), end_len = strlen(end);
    struct sdc_rd rest = sdc_rd_init(ASN1_STRING_get0_data(uri), len);
    if (len <= 7 + end_len || memchr(rest.p, 0, len))
        return false;
    struct sdc_rd scheme = sdc_rd_take(&rest, 7);
    sdc_rd_skip(&rest, len - 7 - end_len);
    return sdc_rd_equal(&scheme, "http://", 7) && sdc_rd_equal(&rest, end, end_len);
}

static bool aia_good(const X509 *cert, const struct rule *rule)
{
    AUTHORITY_INFO_ACCESS *aia = X509_get_ext_d2i(cert, NID_info_access, NULL, NULL);
    int issuers = 0, responders = 0, bad = 0;
    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(aia); i++) {
        const ACCESS_DESCRIPTION *access = sk_ACCESS_DESCRIPTION_value(aia, i);
        int method = OBJ_obj2nid(access->method);
        if (method == NID_ad_ca_issuers && uri_is(access->location, ".p7c"))
            issuers++;
        else if (method == NID_ad_OCSP && uri_is(access->location, ""))
            responders++;
        else
            bad++;
    }
    AUTHORITY_INFO_ACCESS_free(aia);
    return bad == 0 && issuers > 0 && (responders > 0 || !rule->ocsp);
}

static bool distribution_point_good(const DIST_POINT *point)
{
    if (!point->distpoint || point->distpoint->type != 0)
        return false;
    const GENERAL_NAMES *names = point->distpoint->name.fullname;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
        if (!uri_is(sk_GENERAL_NAME_value(names, i), ".crl"))
            return false;
    return sk_GENERAL_NAME_num(names) > 0;
}

static bool crldp_good(const X509 *cert)
{
    CRL_DIST_POINTS *points = X509_get_ext_d2i(cert, NID_crl_distribution_points, NULL, NULL);
    bool good = sk_DIST_POINT_num(points) > 0;
    for (int i = 0; good && i < sk_DIST_POINT_num(points); i++)
        good = distribution_point_good(sk_DIST_POINT_value(points, i));
    CRL_DIST_POINTS_free(points);
    return good;
}

/* ---- GUIDs ---- */

/* RFC 4122 text, either case, in an ASN.1 string of exactly that length. */
static bool text_is_guid(const ASN1_STRING *string, const char *prefix, const uint8_t guid[static SDC_GUID_LEN])
{
    char hex[2 * SDC_GUID_LEN + 1], text[64];
    sdc_hex(guid, SDC_GUID_LEN, hex);
    int len =
        snprintf(text, sizeof text, "%s%.8s-%.4s-%.4s-%.4s-%.12s", prefix, hex, hex + 8, hex + 12, hex + 16, hex + 20);
    return ASN1_STRING_length(string) == len &&
           strncasecmp((const char *)ASN1_STRING_get0_data(string), text, (size_t)len) == 0;
}

struct san_count {
    int guids, fascns, others;
};

static void count_name(const GENERAL_NAME *name, const uint8_t *guid, struct san_count *count)
{
    const ASN1_STRING *uri = name->type == GEN_URI ? name->d.uniformResourceIdentifier : NULL;
    if (uri && (!guid || text_is_guid(uri, URN, guid)))
        count->guids++;
    else if (name->type == GEN_OTHERNAME && object_is(name->d.otherName->type_id, OID_PIV_FASCN))
        count->fascns++;
    else
        count->others++;
}

/* With guid NULL any URI counts as one. */
static bool san_good(const X509 *cert, enum san_rule rule, const uint8_t *guid)
{
    int at = X509_get_ext_by_NID(cert, NID_subject_alt_name, -1);
    if (at < 0)
        return rule == SAN_NONE_OR_GUID;
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    struct san_count count = { 0, 0, 0 };
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
        count_name(sk_GENERAL_NAME_value(names, i), guid, &count);
    GENERAL_NAMES_free(names);
    return count.guids == 1 && count.others == 0 && (count.fascns == 0 || rule == SAN_GUID);
}

/* Subject of a card's key: country, organisation, organisational unit, and one serialNumber. No name of a person. */
static const ASN1_STRING *subject_serial(const X509 *cert)
{
    const X509_NAME *subject = X509_get_subject_name(cert);
    const ASN1_STRING *serial = NULL;
    int serials = 0, others = 0;
    for (int i = 0; i < X509_NAME_entry_count(subject); i++) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, i);
        switch (OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry))) {
        case NID_serialNumber:
            serial = X509_NAME_ENTRY_get_data(entry);
            serials++;
            break;
        case NID_countryName:
        case NID_organizationName:
        case NID_organizationalUnitName:
            break;
        default:
            others++;
        }
    }
    return serials == 1 && others == 0 ? serial : NULL;
}

/* ---- the whole ---- */

static const char *end_good(const X509 *cert, const struct rule *rule, const struct vf_cert_values *values)
{
    struct sdc_date until;
    if (!rule->within_card)
        return NULL;
    if (!vf_cert_date(X509_get0_notAfter(cert), &until) || sdc_date_compare(&until, &values->expiry) > 0)
        return "is valid longer than the card";
    return NULL;
}

const char *vf_cert_profile(X509 *cert, enum vf_cert_kind kind, const struct vf_cert_values *values)
{
    const struct rule *rule = &rules[kind];
    EVP_PKEY *key = X509_get0_pubkey(cert);
    if (!key_allowed(key, rule))
        return "has a key of a type or size that is not allowed";
    if (X509_get_key_usage(cert) != (EVP_PKEY_is_a(key, "RSA") ? rule->usage_rsa : rule->usage_ec))
        return "has another keyUsage than this key must have";
    if (X509_get_extension_flags(cert) & EXFLAG_CA)
        return "may sign certificates";
    if (!eku_good(cert, rule))
        return "has another extended key usage than it must have";
    if (!aia_good(cert, rule))
        return "has no proper authority information access";
    if (!crldp_good(cert))
        return "has no proper CRL distribution point";
    if (!san_good(cert, rule->san, NULL))
        return "has no proper subject alternative name";
    if (rule->card_key && !subject_serial(cert))
        return "has a subject other than organisation and serialNumber";
    return end_good(cert, rule, values);
}

const char *vf_cert_guid(X509 *cert, enum vf_cert_kind kind, const uint8_t guid[static SDC_GUID_LEN])
{
    const struct rule *rule = &rules[kind];
    if (!san_good(cert, rule->san, guid))
        return "names another GUID in its subject alternative name";
    const ASN1_STRING *serial = subject_serial(cert);
    if (rule->card_key && (!serial || !text_is_guid(serial, "", guid)))
        return "names another GUID in its subject";
    return NULL;
}
