/* SPDX-License-Identifier: BSD-2-Clause */
#include "cms.h"

#include "sdc/lds.h"

#include <openssl/evp.h>

#define BIT(attr) (1U << (attr))

static const struct vf_oid signed_data = { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02 } };
static const struct vf_oid rsa_encryption = { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01 } };

static const struct vf_oid attr_oids[VF_ATTR_COUNT] = {
    [VF_ATTR_CONTENT_TYPE] = { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03 } },
    [VF_ATTR_MESSAGE_DIGEST] = { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04 } },
    [VF_ATTR_SIGNING_TIME] = { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05 } },
    [VF_ATTR_SIGNER_DN] = { 8, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x06, 0x05 } },
    [VF_ATTR_FASCN] = { 8, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x06, 0x06 } },
    [VF_ATTR_ENTRY_UUID] = { 6, { 0x2B, 0x06, 0x01, 0x01, 0x10, 0x04 } },
};

const struct vf_cms_rule vf_cms_chuid = {
    .content_type = { 8, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x06, 0x01 } },
    .certificate = true,
    .attrs = BIT(VF_ATTR_CONTENT_TYPE) | BIT(VF_ATTR_MESSAGE_DIGEST) | BIT(VF_ATTR_SIGNER_DN),
};
const struct vf_cms_rule vf_cms_biometric = {
    .content_type = { 8, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x06, 0x02 } },
    .attrs = BIT(VF_ATTR_CONTENT_TYPE) | BIT(VF_ATTR_MESSAGE_DIGEST) | BIT(VF_ATTR_SIGNER_DN) | BIT(VF_ATTR_FASCN) |
             BIT(VF_ATTR_ENTRY_UUID),
};
const struct vf_cms_rule vf_cms_security = {
    .content_type = { 5, { 0x2B, 0x1B, 0x01, 0x01, 0x01 } },
    .embedded = true,
    .attrs = BIT(VF_ATTR_CONTENT_TYPE) | BIT(VF_ATTR_MESSAGE_DIGEST),
};

/* ICAO 9303-10 4.6.2.3 */
const struct vf_cms_rule vf_cms_sod = {
    .content_type = { 5, { 0x2B, 0x1B, 0x01, 0x01, 0x01 } },
    .embedded = true,
    .certificate = true,
    .attrs = BIT(VF_ATTR_CONTENT_TYPE) | BIT(VF_ATTR_MESSAGE_DIGEST),
};
/* TR-03110 part 3, A.1.2.5 */
const struct vf_cms_rule vf_cms_card_security = {
    .content_type = { 8, { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02, 0x01 } },
    .embedded = true,
    .certificate = true,
    .attrs = BIT(VF_ATTR_CONTENT_TYPE) | BIT(VF_ATTR_MESSAGE_DIGEST),
};
const struct vf_cms_rule vf_cms_docket = {
    .content_type = { SDC_OID_OWN_LEN, { SDC_OID_DOCKET } },
    .embedded = true,
    .attrs = BIT(VF_ATTR_CONTENT_TYPE) | BIT(VF_ATTR_MESSAGE_DIGEST),
};

static const struct vf_hash hashes[] = {
    { .oid = { 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 } },
      .ecdsa = { 8, { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02 } },
      .md = EVP_sha256,
      .len = 32 },
    { .oid = { 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02 } },
      .ecdsa = { 8, { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03 } },
      .md = EVP_sha384,
      .len = 48 },
};

/* ---- hashes ---- */

/* Parameters absent, or NULL where that is allowed. */
static void read_parameters(struct sdc_rd *algorithm, bool null_allowed)
{
    struct sdc_rd null;
    if (null_allowed && sdc_tlv_try(algorithm, DER_NULL, &null) && !sdc_rd_end(&null))
        algorithm->err = true;
    if (!sdc_rd_end(algorithm))
        algorithm->err = true;
}

const struct vf_hash *vf_hash_read(struct sdc_rd *r, struct sdc_rd *whole)
{
    struct sdc_rd algorithm;
    struct sdc_rd encoding = vf_der_whole(r, DER_SEQUENCE, &algorithm);
    if (whole)
        *whole = encoding;
    struct sdc_rd oid = sdc_tlv_take(&algorithm, DER_OID);
    read_parameters(&algorithm, true); /* RFC 5754 2: both forms are in use */
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0] && !algorithm.err; i++)
        if (vf_oid_is(&oid, &hashes[i].oid))
            return &hashes[i];
    r->err = true;
    return NULL;
}

bool vf_hash_pieces(const struct vf_hash *hash, const struct sdc_rd *pieces, size_t count,
                    uint8_t out[static VF_HASH_MAX])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = ctx && EVP_DigestInit_ex(ctx, hash->md(), NULL) == 1;
    for (size_t i = 0; i < count && good; i++)
        good = !pieces[i].err && EVP_DigestUpdate(ctx, pieces[i].p, pieces[i].left) == 1;
    good = good && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
    EVP_MD_CTX_free(ctx);
    return good;
}

/* ---- reading ---- */

/* Attribute ::= SEQUENCE { type OID, values SET OF ANY }: one value each (RFC 5652 11). */
static void read_attribute(struct sdc_rd attribute, struct vf_cms *cms)
{
    struct sdc_rd oid = sdc_tlv_take(&attribute, DER_OID);
    struct sdc_rd values = sdc_tlv_take(&attribute, DER_SET);
    struct sdc_rd rest = values, value;
    uint32_t tag;
    if (!sdc_tlv_next(&rest, &tag, &value) || !sdc_rd_end(&rest) || !sdc_rd_end(&attribute))
        return;
    for (size_t i = 0; i < VF_ATTR_COUNT; i++)
        if (vf_oid_is(&oid, &attr_oids[i]) && cms->attr[i].err)
            cms->attr[i] = values;
}

static const char *read_attributes(struct vf_cms *cms)
{
    struct sdc_rd rest = cms->attrs, last = { NULL, 0, true };
    for (size_t i = 0; i < VF_ATTR_COUNT; i++)
        cms->attr[i] = last;
    unsigned count = 0, known = 0, mask = 0;
    while (rest.left > 0 && !rest.err) {
        struct sdc_rd attribute;
        struct sdc_rd whole = vf_der_whole(&rest, DER_SEQUENCE, &attribute);
        if (count++ > 0 && !vf_der_before(&last, &whole))
            return "signed attributes not in DER order";
        read_attribute(attribute, cms);
        last = whole;
    }
    for (unsigned i = 0; i < VF_ATTR_COUNT; i++)
        if (!cms->attr[i].err) {
            known++;
            mask |= BIT(i);
        }
    if (!sdc_rd_end(&rest) || known != count || (mask & ~BIT(VF_ATTR_SIGNING_TIME)) != cms->rule->attrs)
        return "signed attributes not those of the profile";
    return NULL;
}

static void read_signature_algorithm(struct sdc_rd *r, struct vf_cms *cms)
{
    struct sdc_rd algorithm = sdc_tlv_take(r, DER_SEQUENCE);
    struct sdc_rd oid = sdc_tlv_take(&algorithm, DER_OID);
    cms->ecdsa = cms->hash && vf_oid_is(&oid, &cms->hash->ecdsa);
    read_parameters(&algorithm, !cms->ecdsa); /* RFC 5754 3.2, 3.3 */
    if (algorithm.err || (!cms->ecdsa && !vf_oid_is(&oid, &rsa_encryption)))
        r->err = true;
}

/* SignerInfos: one, version 1, no unsigned attributes. RFC 5652 5.3 */
static const char *read_signer(struct sdc_rd infos, const struct sdc_rd *hash_encoding, struct vf_cms *cms)
{
    struct sdc_rd info = sdc_tlv_take(&infos, DER_SEQUENCE), encoding;
    if (!sdc_rd_end(&infos) || vf_der_small(&info) != 1)
        return "not exactly one SignerInfo of version 1";
    struct sdc_rd sid = sdc_tlv_take(&info, DER_SEQUENCE);
    cms->issuer = vf_der_whole(&sid, DER_SEQUENCE, NULL);
    cms->serial = vf_der_whole(&sid, DER_INTEGER, NULL);
    if (!sdc_rd_end(&sid))
        return "signer not named by issuer and serial number";
    if (vf_hash_read(&info, &encoding) != cms->hash || !vf_rd_same(&encoding, hash_encoding))
        return "two different digest algorithms";
    cms->attrs = sdc_tlv_take(&info, DER_CONTEXT_0);
    read_signature_algorithm(&info, cms);
    if (info.err)
        return "signature algorithm not allowed";
    cms->signature = sdc_tlv_take(&info, DER_OCTET_STRING);
    if (!sdc_rd_end(&info))
        return "malformed SignerInfo";
    return read_attributes(cms);
}

static const char *read_content(struct sdc_rd encap, struct vf_cms *cms)
{
    vf_der_oid(&encap, &cms->rule->content_type);
    if (encap.err)
        return "another content type";
    if (cms->rule->embedded) {
        struct sdc_rd outer = sdc_tlv_take(&encap, DER_CONTEXT_0);
        cms->content = sdc_tlv_take(&outer, DER_OCTET_STRING);
        if (!sdc_rd_end(&outer))
            return "malformed content";
    }
    return sdc_rd_end(&encap) ? NULL : "content where none belongs";
}

const char *vf_cms_parse(struct sdc_rd der, const struct vf_cms_rule *rule, struct vf_cms *cms)
{
    *cms = (struct vf_cms) { .rule = rule };
    struct sdc_rd info = sdc_tlv_take(&der, DER_SEQUENCE);
    vf_der_oid(&info, &signed_data);
    struct sdc_rd explicit_content = sdc_tlv_take(&info, DER_CONTEXT_0);
    struct sdc_rd data = sdc_tlv_take(&explicit_content, DER_SEQUENCE);
    if (!sdc_rd_end(&der) || !sdc_rd_end(&info) || !sdc_rd_end(&explicit_content))
        return "no SignedData";
    if (vf_der_small(&data) != 3)
        return "SignedData not of version 3";
    struct sdc_rd algorithms = sdc_tlv_take(&data, DER_SET), encoding;
    cms->hash = vf_hash_read(&algorithms, &encoding);
    if (!sdc_rd_end(&algorithms))
        return "not exactly one digest algorithm of SHA-256 and SHA-384";
    const char *why = read_content(sdc_tlv_take(&data, DER_SEQUENCE), cms);
    if (why)
        return why;
    if (rule->certificate) {
        struct sdc_rd certificates = sdc_tlv_take(&data, DER_CONTEXT_0);
        cms->certificate = vf_der_whole(&certificates, DER_SEQUENCE, NULL);
        if (!sdc_rd_end(&certificates))
            return "not exactly one certificate";
    }
    struct sdc_rd infos = sdc_tlv_take(&data, DER_SET);
    if (!sdc_rd_end(&data))
        return "certificates or revocation lists where none belong";
    return read_signer(infos, &encoding, cms);
}

/* ---- verifying ---- */

/* The attribute's value is TAG { value }. */
static bool attr_is(const struct vf_cms *cms, enum vf_attr attr, uint32_t tag, const void *data, size_t len)
{
    struct sdc_rd values = cms->attr[attr];
    struct sdc_rd value = sdc_tlv_take(&values, tag);
    return sdc_rd_end(&values) && sdc_rd_equal(&value, data, len);
}

static bool encoding_is(const struct sdc_rd *encoding, const X509_NAME *name)
{
    const unsigned char *der;
    size_t len;
    return X509_NAME_get0_der(name, &der, &len) == 1 && sdc_rd_equal(encoding, der, len);
}

static bool serial_is(const struct sdc_rd *encoding, const ASN1_INTEGER *serial)
{
    unsigned char *der = NULL;
    int len = i2d_ASN1_INTEGER(serial, &der);
    bool same = len > 0 && sdc_rd_equal(encoding, der, (size_t)len);
    OPENSSL_free(der);
    return same;
}

static const char *check_attributes(const struct vf_cms *cms, const X509 *signer, const uint8_t *digest,
                                    const struct vf_cms_values *values)
{
    const struct vf_cms_rule *rule = cms->rule;
    if (!attr_is(cms, VF_ATTR_CONTENT_TYPE, DER_OID, rule->content_type.bytes, rule->content_type.len))
        return "the signed content type is another";
    if (!attr_is(cms, VF_ATTR_MESSAGE_DIGEST, DER_OCTET_STRING, digest, cms->hash->len))
        return "the signed digest is another: the data were changed";
    if (!encoding_is(&cms->issuer, X509_get_issuer_name(signer)) ||
        !serial_is(&cms->serial, X509_get0_serialNumber(signer)))
        return "signed by another certificate";
    if ((rule->attrs & BIT(VF_ATTR_SIGNER_DN)) &&
        !encoding_is(&cms->attr[VF_ATTR_SIGNER_DN], X509_get_subject_name(signer)))
        return "pivSigner-DN is not the signer's subject";
    if ((rule->attrs & BIT(VF_ATTR_FASCN)) &&
        !attr_is(cms, VF_ATTR_FASCN, DER_OCTET_STRING, values->fascn.p, values->fascn.left))
        return "pivFASC-N is not the card's";
    if ((rule->attrs & BIT(VF_ATTR_ENTRY_UUID)) &&
        !attr_is(cms, VF_ATTR_ENTRY_UUID, DER_OCTET_STRING, values->guid.p, values->guid.left))
        return "entryUUID is not the card's GUID";
    return NULL;
}

/* The signature is over the attributes as a SET, whose tag differs from the one they stand under. RFC 5652 5.4 */
static bool signature_good(const struct vf_cms *cms, X509 *signer)
{
    EVP_PKEY *key = X509_get0_pubkey(signer);
    if (!key || EVP_PKEY_get_base_id(key) != (cms->ecdsa ? EVP_PKEY_EC : EVP_PKEY_RSA))
        return false;
    struct sdc_buf set = SDC_BUF_INIT;
    sdc_tlv_put(&set, DER_SET, cms->attrs.p, cms->attrs.left);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = !set.err && ctx && EVP_DigestVerifyInit(ctx, NULL, cms->hash->md(), NULL, key) == 1 &&
                EVP_DigestVerify(ctx, cms->signature.p, cms->signature.left, set.data, set.len) == 1;
    EVP_MD_CTX_free(ctx);
    sdc_buf_free(&set);
    return good;
}

const char *vf_cms_verify(const struct vf_cms *cms, X509 *signer, const struct sdc_rd *pieces, size_t count,
                          const struct vf_cms_values *values)
{
    uint8_t digest[VF_HASH_MAX];
    if (!vf_hash_pieces(cms->hash, pieces, count, digest))
        return "the crypto library failed";
    const char *why = check_attributes(cms, signer, digest, values);
    if (why)
        return why;
    return signature_good(cms, signer) ? NULL : "the signature is wrong";
}
