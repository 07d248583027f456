/* SPDX-License-Identifier: BSD-2-Clause */
#include "certificate.h"

#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "library.h"
#include "sdc/tlv.h"

#define TAG_CERTIFICATE      0x70
#define TAG_CERTIFICATE_INFO 0x71
#define TAG_MSCUID           0x72
#define TAG_ERROR_DETECTION  0xFE
#define TAG_INTEGER          0x02
#define TAG_OCTET_STRING     0x04
#define TAG_SEQUENCE         0x30
#define ZLIB_MAX_WINDOW      15
#define ZLIB_ANY_HEADER      32
#define POINT_MAX            133 /* uncompressed, P-521 */

/* The i2d functions of OpenSSL allocate where *out is NULL. */
static bool keep_der(struct sdc_buf *to, unsigned char *der, int len)
{
    if (len > 0)
        sdc_buf_put(to, der, (size_t)len);
    OPENSSL_free(der);
    return len > 0 && !to->err;
}

static bool keep_names(struct p11_certificate *c, const X509 *x)
{
    unsigned char *subject = NULL, *issuer = NULL, *serial = NULL, *spki = NULL;
    int subject_len = i2d_X509_NAME(X509_get_subject_name(x), &subject);
    int issuer_len = i2d_X509_NAME(X509_get_issuer_name(x), &issuer);
    int serial_len = i2d_ASN1_INTEGER(X509_get0_serialNumber(x), &serial);
    int spki_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
    bool ok = keep_der(&c->subject, subject, subject_len);
    ok = keep_der(&c->issuer, issuer, issuer_len) && ok;
    ok = keep_der(&c->serial, serial, serial_len) && ok;
    return keep_der(&c->spki, spki, spki_len) && ok;
}

static bool keep_date(CK_DATE *to, const ASN1_TIME *from)
{
    struct tm t;
    char text[16];
    if (!ASN1_TIME_to_tm(from, &t) || strftime(text, sizeof text, "%Y%m%d", &t) != 8)
        return false;
    memcpy(to->year, text, 4);
    memcpy(to->month, text + 4, 2);
    memcpy(to->day, text + 6, 2);
    return true;
}

/* From the certificate's own bytes: a program that made an engine the default for all keys of its process gets keys
 * here that don't tell their parameters. */
static bool keep_ec(struct p11_certificate *c, const X509_ALGOR *algorithm, struct sdc_rd point)
{
    int kind = 0;
    const void *curve = NULL;
    unsigned char *oid = NULL;
    X509_ALGOR_get0(NULL, &kind, &curve, algorithm);
    if (kind != V_ASN1_OBJECT || point.left < 2 || point.left > POINT_MAX ||
        point.p[0] != POINT_CONVERSION_UNCOMPRESSED)
        return false;
    int oid_len = i2d_ASN1_OBJECT(curve, &oid);
    sdc_tlv_put(&c->ec_point, TAG_OCTET_STRING, point.p, point.left);
    c->type = CKK_EC;
    return keep_der(&c->ec_params, oid, oid_len) && !c->ec_point.err;
}

/* An INTEGER of RSAPublicKey (RFC 8017 A.1.1), which is positive, without its sign. */
static bool keep_number(struct sdc_buf *to, struct sdc_rd *key)
{
    struct sdc_rd number = sdc_tlv_take(key, TAG_INTEGER);
    if (number.left > 1 && number.p[0] == 0)
        sdc_rd_u8(&number);
    sdc_buf_put(to, number.p, number.left);
    return number.left > 0 && !key->err && !to->err;
}

static bool keep_rsa(struct p11_certificate *c, struct sdc_rd bits)
{
    struct sdc_rd key = sdc_tlv_take(&bits, TAG_SEQUENCE);
    c->type = CKK_RSA;
    return sdc_rd_end(&bits) && keep_number(&c->modulus, &key) && keep_number(&c->exponent, &key) && sdc_rd_end(&key);
}

static bool keep_key(struct p11_certificate *c, const X509 *x)
{
    ASN1_OBJECT *type = NULL;
    const unsigned char *bits = NULL;
    int len = 0;
    X509_ALGOR *algorithm = NULL;
    c->key = X509_get_pubkey((X509 *)(uintptr_t)x); /* OpenSSL 3.0 lacks the const */
    if (!c->key || !X509_PUBKEY_get0_param(&type, &bits, &len, &algorithm, X509_get_X509_PUBKEY(x)))
        return false;
    c->bits = (CK_ULONG)EVP_PKEY_get_bits(c->key);
    struct sdc_rd key = sdc_rd_init(bits, (size_t)len);
    int nid = OBJ_obj2nid(type);
    return (nid == NID_X9_62_id_ecPublicKey && keep_ec(c, algorithm, key)) ||
           (nid == NID_rsaEncryption && keep_rsa(c, key));
}

/* Which algorithm of SP 800-78-4 the key is for; others have objects, but nothing is done with them. */
static void name_algorithm(struct p11_certificate *c)
{
    static const uint8_t p256[] = { 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
    static const uint8_t p384[] = { 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22 };
    struct sdc_rd curve = sdc_buf_rd(&c->ec_params);
    c->unit = c->bits / 8;
    if (c->type == CKK_RSA && c->bits == 8 * SDC_PIV_RSA_LEN)
        c->alg = SDC_PIV_RSA_2048;
    else if (c->type == CKK_EC && sdc_rd_equal(&curve, p256, sizeof p256))
        c->alg = SDC_PIV_P256;
    else if (c->type == CKK_EC && sdc_rd_equal(&curve, p384, sizeof p384))
        c->alg = SDC_PIV_P384;
}

static bool keep_all(struct p11_certificate *c, struct sdc_rd der)
{
    const unsigned char *p = der.p;
    X509 *x = X509_new_ex(p11_library(), NULL);
    sdc_buf_put(&c->der, der.p, der.left);
    bool ok = x && d2i_X509(&x, &p, (long)der.left) && p == der.p + der.left && !c->der.err && keep_names(c, x) &&
              keep_date(&c->start, X509_get0_notBefore(x)) && keep_date(&c->end, X509_get0_notAfter(x)) &&
              keep_key(c, x);
    name_algorithm(c);
    X509_free(x);
    return ok;
}

/* A gzip stream whole, RFC 1952, or the zlib stream that some cards have. */
static bool inflate_all(struct sdc_rd in, struct sdc_buf *out)
{
    unsigned char room[P11_INFLATED_MAX];
    z_stream z = { .next_in = (unsigned char *)(uintptr_t)in.p, .avail_in = (uInt)in.left };
    if (inflateInit2(&z, ZLIB_MAX_WINDOW + ZLIB_ANY_HEADER) != Z_OK)
        return false;
    z.next_out = room;
    z.avail_out = sizeof room;
    bool ok = inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0;
    if (ok)
        sdc_buf_put(out, room, sizeof room - z.avail_out);
    (void)inflateEnd(&z);
    return ok && !out->err;
}

static struct p11_certificate *parse_der(struct sdc_rd der)
{
    struct p11_certificate *c = calloc(1, sizeof *c);
    if (c)
        atomic_init(&c->references, 1);
    if (c && !keep_all(c, der)) {
        p11_certificate_free(c);
        c = NULL;
    }
    return c;
}

struct p11_certificate *p11_certificate_parse(struct sdc_rd object)
{
    struct sdc_rd unused, value = sdc_tlv_take(&object, TAG_CERTIFICATE);
    struct sdc_rd info = sdc_tlv_take(&object, TAG_CERTIFICATE_INFO);
    uint8_t compressed = sdc_rd_u8(&info);
    sdc_tlv_try(&object, TAG_MSCUID, &unused);
    sdc_tlv_try(&object, TAG_ERROR_DETECTION, &unused);
    if (!sdc_rd_end(&object) || !sdc_rd_end(&info) || compressed > 1 || value.left > P11_CERTIFICATE_MAX)
        return NULL;
    if (!compressed)
        return parse_der(value);
    struct sdc_buf der = SDC_BUF_INIT;
    struct p11_certificate *c = inflate_all(value, &der) ? parse_der(sdc_buf_rd(&der)) : NULL;
    sdc_buf_free(&der);
    return c;
}

struct p11_certificate *p11_certificate_keep(struct p11_certificate *c)
{
    atomic_fetch_add(&c->references, 1);
    return c;
}

void p11_certificate_free(struct p11_certificate *c)
{
    if (!c || atomic_fetch_sub(&c->references, 1) > 1)
        return;
    struct sdc_buf *all[] = { &c->der,       &c->subject,  &c->issuer,  &c->serial,  &c->spki,
                              &c->ec_params, &c->ec_point, &c->modulus, &c->exponent };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        sdc_buf_free(all[i]);
    EVP_PKEY_free(c->key);
    free(c);
}
