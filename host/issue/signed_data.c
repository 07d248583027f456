/* SPDX-License-Identifier: BSD-2-Clause */
#include "signed_data.h"

#include "certificate.h"
#include "der_build.h"

#include "sdc/lds.h"
#include "sdc/tlv.h"

#include <string.h>

#include <openssl/evp.h>

#define SEQUENCE 0x30
#define SET      0x31
#define INTEGER  0x02
#define OCTETS   0x04
#define OID      0x06
#define CONTEXT0 0xA0

const struct signed_oid signed_oid_chuid = { 8, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x06, 0x01 } };
const struct signed_oid signed_oid_biometric = { 8, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x06, 0x02 } };
const struct signed_oid signed_oid_lds = { 5, { 0x2B, 0x1B, 0x01, 0x01, 0x01 } };
const struct signed_oid signed_oid_signer_dn = { 8, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x06, 0x05 } };
const struct signed_oid signed_oid_fascn = { 8, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x06, 0x06 } };
const struct signed_oid signed_oid_security_object = { 8, { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02, 0x01 } };
const struct signed_oid signed_oid_docket = { SDC_OID_OWN_LEN, { SDC_OID_DOCKET } };
const struct signed_oid signed_oid_uuid = { 6, { 0x2B, 0x06, 0x01, 0x01, 0x10, 0x04 } };

static const struct signed_oid oid_signed_data = { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02 } };
static const struct signed_oid oid_content_type = { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03 } };
static const struct signed_oid oid_message_digest = { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04 } };
static const struct signed_oid oid_sha256 = { 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 } };
static const struct signed_oid oid_ecdsa_sha256 = { 8, { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02 } };
static const struct signed_oid oid_rsa = { 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01 } };

static void put_oid(struct sdc_buf *b, const struct signed_oid *oid)
{
    sdc_tlv_put(b, OID, oid->der, oid->len);
}

static void put_algorithm(struct sdc_buf *b, const struct signed_oid *oid, bool null)
{
    static const uint8_t null_der[] = { 0x05, 0x00 };
    struct sdc_buf algorithm = SDC_BUF_INIT;
    put_oid(&algorithm, oid);
    if (null)
        sdc_buf_put(&algorithm, null_der, sizeof null_der);
    der_put_part(b, SEQUENCE, &algorithm);
}

/* Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue } */
static void put_attribute(struct sdc_buf *b, const struct signed_oid *oid, const void *value, size_t len)
{
    struct sdc_buf attribute = SDC_BUF_INIT;
    put_oid(&attribute, oid);
    sdc_tlv_put(&attribute, SET, value, len);
    der_put_part(b, SEQUENCE, &attribute);
}

static enum sdc_status signed_attributes(const struct signed_request *request, struct sdc_buf *out, struct sdc_error *e)
{
    uint8_t hash[32];
    if (request->attributes_len > SIGNED_ATTRIBUTES_MAX - 2)
        return sdc_fail(e, SDC_E_BUG, "too many signed attributes");
    if (EVP_Digest(request->content, request->content_len, hash, NULL, EVP_sha256(), NULL) != 1)
        return crypto_fail(e, "can't hash");
    struct sdc_buf parts[SIGNED_ATTRIBUTES_MAX] = { { 0 } }, value = SDC_BUF_INIT;
    size_t count = 0;
    put_oid(&value, request->type);
    put_attribute(&parts[count++], &oid_content_type, value.data, value.len);
    sdc_buf_clear(&value);
    sdc_tlv_put(&value, OCTETS, hash, sizeof hash);
    put_attribute(&parts[count++], &oid_message_digest, value.data, value.len);
    sdc_buf_free(&value);
    for (size_t i = 0; i < request->attributes_len; i++)
        put_attribute(&parts[count++], request->attributes[i].oid, request->attributes[i].value,
                      request->attributes[i].value_len);
    der_put_sorted(out, parts, count);
    return sdc_buf_status(out, e);
}

static enum sdc_status make_signature(EVP_PKEY *key, const struct sdc_buf *attributes, struct sdc_buf *out,
                                      struct sdc_error *e)
{
    struct sdc_buf input = SDC_BUF_INIT;
    sdc_tlv_put(&input, SET, attributes->data, attributes->len); /* signed as a SET, stored as [0]: RFC 5652 5.4 */
    uint8_t signature[512];
    size_t len = sizeof signature;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && !input.err && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestSign(ctx, signature, &len, input.data, input.len) == 1;
    EVP_MD_CTX_free(ctx);
    sdc_buf_free(&input);
    if (!ok)
        return crypto_fail(e, "can't sign with the token");
    sdc_buf_put(out, signature, len);
    return sdc_buf_status(out, e);
}

/* IssuerAndSerialNumber ::= SEQUENCE { issuer Name, serialNumber INTEGER } */
static enum sdc_status issuer_and_serial(const X509 *certificate, struct sdc_buf *out, struct sdc_error *e)
{
    uint8_t *issuer = NULL, *serial = NULL;
    int issuer_len = i2d_X509_NAME(X509_get_issuer_name(certificate), &issuer);
    int serial_len = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate), &serial);
    enum sdc_status status = SDC_OK;
    if (issuer_len <= 0 || serial_len <= 0) {
        status = crypto_fail(e, "can't name the signer");
    } else {
        struct sdc_buf name = SDC_BUF_INIT;
        sdc_buf_put(&name, issuer, (size_t)issuer_len);
        sdc_buf_put(&name, serial, (size_t)serial_len);
        der_put_part(out, SEQUENCE, &name);
    }
    OPENSSL_free(issuer);
    OPENSSL_free(serial);
    return status;
}

/* SignerInfo, version 1 because the signer is named by issuer and serial number (RFC 5652 5.3) */
static enum sdc_status signer_info(const X509 *certificate, EVP_PKEY *key, const struct signed_request *request,
                                   struct sdc_buf *out, struct sdc_error *e)
{
    static const uint8_t version = 1;
    const bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
    struct sdc_buf info = SDC_BUF_INIT, attributes = SDC_BUF_INIT, signature = SDC_BUF_INIT;
    sdc_tlv_put(&info, INTEGER, &version, 1);
    enum sdc_status status = issuer_and_serial(certificate, &info, e);
    put_algorithm(&info, &oid_sha256, false);
    if (status == SDC_OK)
        status = signed_attributes(request, &attributes, e);
    if (status == SDC_OK)
        status = make_signature(key, &attributes, &signature, e);
    if (status == SDC_OK) {
        der_put_part(&info, CONTEXT0, &attributes);
        put_algorithm(&info, rsa ? &oid_rsa : &oid_ecdsa_sha256, rsa);
        der_put_part(&info, OCTETS, &signature);
        der_put_part(out, SEQUENCE, &info);
    }
    sdc_buf_free(&info);
    sdc_buf_free(&attributes);
    sdc_buf_free(&signature);
    return status;
}

static void put_encapsulated(struct sdc_buf *b, const struct signed_request *request)
{
    struct sdc_buf encapsulated = SDC_BUF_INIT;
    put_oid(&encapsulated, request->type);
    if (request->attached) {
        struct sdc_buf octets = SDC_BUF_INIT;
        sdc_tlv_put(&octets, OCTETS, request->content, request->content_len);
        der_put_part(&encapsulated, CONTEXT0, &octets);
    }
    der_put_part(b, SEQUENCE, &encapsulated);
}

enum sdc_status signed_data_make(const X509 *certificate, EVP_PKEY *key, const struct signed_request *request,
                                 struct sdc_buf *out, struct sdc_error *e)
{
    static const uint8_t version = 3;
    struct sdc_buf data = SDC_BUF_INIT, part = SDC_BUF_INIT, info = SDC_BUF_INIT;
    sdc_tlv_put(&data, INTEGER, &version, 1);
    put_algorithm(&part, &oid_sha256, false);
    der_put_part(&data, SET, &part);
    put_encapsulated(&data, request);
    enum sdc_status status = SDC_OK;
    if (request->certificate) {
        status = certificate_der(certificate, &part, e);
        der_put_part(&data, CONTEXT0, &part);
    }
    if (status == SDC_OK)
        status = signer_info(certificate, key, request, &part, e);
    der_put_part(&data, SET, &part);
    if (status == SDC_OK) {
        der_put_part(&part, SEQUENCE, &data);
        put_oid(&info, &oid_signed_data);
        der_put_part(&info, CONTEXT0, &part);
        der_put_part(out, SEQUENCE, &info);
        status = sdc_buf_status(out, e);
    }
    sdc_buf_free(&data);
    sdc_buf_free(&info);
    return status;
}
