/* SPDX-License-Identifier: BSD-2-Clause */
/* Attestation: a certificate, made here and now, that says of a public key that it was made on this chip
 * (card_edge.h). RFC 5280, 4.1; written from the end to the front. Validity and issuer are those of the maker's
 * certificate, since the card has no clock; it is read piece by piece from the store. */
#include "bytes.h"
#include "card_edge.h"
#include "life_cycle.h"
#include "piv_private.h"
#include "piv_secret.h"
#include "tlv.h"
#include "wr_back.h"

enum { DER_INTEGER = 0x02, DER_BIT_STRING = 0x03, DER_OCTET_STRING = 0x04, DER_OID = 0x06 };
enum { DER_UTF8_STRING = 0x0C, DER_SEQUENCE = 0x30, DER_SET = 0x31, DER_VERSION = 0xA0, DER_EXTENSIONS = 0xA3 };

#define NAME_MAX     160 /* the maker's certificate: subject, validity */
#define VALIDITY_MAX 40
#define NUMBER_LEN   8
#define TBS_MAX      640

static const uint8_t ecdsa_sha256[] = { 0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02 };

/* What the maker's certificate gives. */
struct maker {
    uint8_t subject[NAME_MAX], validity[VALIDITY_MAX];
    size_t subject_len, validity_len;
};

/* Reads the header at *at and leaves *at behind it; len: of the value. */
static bool header_at(const struct core *core, size_t *at, uint32_t *tag, size_t *len)
{
    uint8_t head[5];
    size_t all = store_len(&core->store, RECORD_OBJECT_CERT_ATTESTATION);
    size_t n = *at >= all ? 0 : all - *at < sizeof head ? all - *at : sizeof head;
    if (n == 0 || !store_read(&core->store, RECORD_OBJECT_CERT_ATTESTATION, *at, head, n))
        return false;
    struct rd r = rd_init(head, n);
    if (!tlv_read_header(&r, tag, len))
        return false;
    *at += n - r.left;
    return *len <= all - *at;
}

static bool skip(const struct core *core, size_t *at, uint32_t tag)
{
    uint32_t got;
    size_t len;
    if (!header_at(core, at, &got, &len) || got != tag)
        return false;
    *at += len;
    return true;
}

static bool enter(const struct core *core, size_t *at, uint32_t tag)
{
    uint32_t got;
    size_t len;
    return header_at(core, at, &got, &len) && got == tag;
}

/* A whole SEQUENCE with its header. */
static bool take(const struct core *core, size_t *at, uint8_t *out, size_t cap, size_t *out_len)
{
    size_t start = *at;
    if (!skip(core, at, DER_SEQUENCE) || *at - start > cap)
        return false;
    *out_len = *at - start;
    return store_read(&core->store, RECORD_OBJECT_CERT_ATTESTATION, start, out, *out_len);
}

/* 70{Certificate{TBSCertificate{[0] version, serial, algorithm, issuer, validity, subject, ...}}} */
static bool maker_read(const struct core *core, struct maker *m)
{
    size_t at = 0;
    return enter(core, &at, TAG_CERTIFICATE) && enter(core, &at, DER_SEQUENCE) && enter(core, &at, DER_SEQUENCE) &&
           skip(core, &at, DER_VERSION) && skip(core, &at, DER_INTEGER) && skip(core, &at, DER_SEQUENCE) &&
           skip(core, &at, DER_SEQUENCE) && take(core, &at, m->validity, sizeof m->validity, &m->validity_len) &&
           take(core, &at, m->subject, sizeof m->subject, &m->subject_len);
}

static void put_extension(struct wr_back *w, const uint8_t *oid, size_t oid_len, const uint8_t *value, size_t len)
{
    size_t since = wr_back_len(w);
    wr_back_bytes(w, value, len);
    wr_back_header(w, DER_OCTET_STRING, since);
    size_t name = wr_back_len(w);
    wr_back_bytes(w, oid, oid_len);
    wr_back_header(w, DER_OID, name);
    wr_back_header(w, DER_SEQUENCE, since);
}

static void put_extensions(struct wr_back *w, const struct core *core, uint8_t ref, const struct piv_secret *key)
{
    static const uint8_t oid_policy[] = { ATTEST_OID_POLICY }, oid_card[] = { ATTEST_OID_CARD };
    const uint8_t policy[ATTEST_POLICY_LEN] = { key->pin, TOUCH_POLICY_NEVER };
    uint8_t card[ATTEST_CARD_LEN] = { 0 };
    size_t since = wr_back_len(w);
    if (!store_read(&core->store, RECORD_SERIAL, 0, card, CARD_SERIAL_LEN))
        w->err = true;
    card[CARD_SERIAL_LEN] = ref;
    card[CARD_SERIAL_LEN + 1] = life_cycle(core);
    put_extension(w, oid_card, sizeof oid_card, card, sizeof card);
    put_extension(w, oid_policy, sizeof oid_policy, policy, sizeof policy);
    wr_back_header(w, DER_SEQUENCE, since);
    wr_back_header(w, DER_EXTENSIONS, since);
}

/* SubjectPublicKeyInfo of an RSA key; of 'public' the modulus is used, at 4. */
static void put_rsa(struct wr_back *w, const uint8_t *public)
{
    static const uint8_t algorithm[] = { 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
                                         0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00 };
    static const uint8_t exponent[] = { DER_INTEGER, 0x03, CRYPTO_RSA_EXPONENT };
    size_t since = wr_back_len(w);
    wr_back_bytes(w, exponent, sizeof exponent);
    size_t number = wr_back_len(w);
    wr_back_bytes(w, public + 4, CRYPTO_RSA_LEN);
    wr_back_u8(w, 0x00); /* its high bit is set */
    wr_back_header(w, DER_INTEGER, number);
    wr_back_header(w, DER_SEQUENCE, since);
    wr_back_u8(w, 0x00);
    wr_back_header(w, DER_BIT_STRING, since);
    wr_back_bytes(w, algorithm, sizeof algorithm);
    wr_back_header(w, DER_SEQUENCE, since);
}

/* The same of an EC key; of 'public' the point, behind 86 L. */
static void put_ec(struct wr_back *w, enum crypto_curve curve, const uint8_t *public)
{
    static const uint8_t p256[] = { 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
                                    0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
    static const uint8_t p384[] = { 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D,
                                    0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22 };
    size_t since = wr_back_len(w);
    wr_back_bytes(w, public + 2, crypto_ec_point_len(curve));
    wr_back_u8(w, 0x00);
    wr_back_header(w, DER_BIT_STRING, since);
    if (curve == CRYPTO_P256)
        wr_back_bytes(w, p256, sizeof p256);
    else
        wr_back_bytes(w, p384, sizeof p384);
    wr_back_header(w, DER_SEQUENCE, since);
}

/* CN=PIV attestation 9a, as other PIV tools name it */
static void put_subject(struct wr_back *w, uint8_t ref)
{
    static const uint8_t common_name[] = { DER_OID, 0x03, 0x55, 0x04, 0x03 };
    static const uint8_t digits[] = "0123456789abcdef", text[] = "PIV attestation ";
    size_t since = wr_back_len(w);
    wr_back_u8(w, digits[ref & 0x0F]);
    wr_back_u8(w, digits[ref >> 4]);
    wr_back_bytes(w, text, sizeof text - 1);
    wr_back_header(w, DER_UTF8_STRING, since);
    wr_back_bytes(w, common_name, sizeof common_name);
    wr_back_header(w, DER_SEQUENCE, since);
    wr_back_header(w, DER_SET, since);
    wr_back_header(w, DER_SEQUENCE, since);
}

static void put_head(struct wr_back *w, struct core *core, const struct maker *maker)
{
    static const uint8_t version_3[] = { DER_VERSION, 0x03, DER_INTEGER, 0x01, 0x02 };
    uint8_t number[NUMBER_LEN];
    crypto_drbg_generate(&core->drbg, number, sizeof number);
    number[0] = (uint8_t)((number[0] & 0x3F) | 0x40); /* positive, in the fewest bytes */
    wr_back_bytes(w, maker->validity, maker->validity_len);
    wr_back_bytes(w, maker->subject, maker->subject_len);
    wr_back_bytes(w, ecdsa_sha256, sizeof ecdsa_sha256);
    size_t since = wr_back_len(w);
    wr_back_bytes(w, number, sizeof number);
    wr_back_header(w, DER_INTEGER, since);
    wr_back_bytes(w, version_3, sizeof version_3);
}

/* TBSCertificate at the end of the buffer; false where something is not as it should be. */
static bool tbs_write(struct core *core, uint8_t ref, const struct piv_secret *key, struct wr_back *w)
{
    struct maker maker;
    uint8_t public[PIV_PUBLIC_MAX];
    enum crypto_curve curve;
    if (!maker_read(core, &maker) || piv_secret_public(key, public) == 0)
        return false;
    put_extensions(w, core, ref, key);
    if (piv_secret_curve(key->alg, &curve))
        put_ec(w, curve, public);
    else
        put_rsa(w, public);
    put_subject(w, ref);
    put_head(w, core, &maker);
    wr_back_header(w, DER_SEQUENCE, 0);
    return !w->err;
}

static bool certify(struct core *core, const uint8_t *tbs, size_t len, struct wr *answer)
{
    struct piv_secret maker;
    uint8_t hash[CRYPTO_SHA256_LEN], sig[CRYPTO_EC_SIG_MAX];
    size_t sig_len = 0;
    crypto_sha256(tbs, len, hash);
    if (piv_secret_load(core, KEY_ATTESTATION, &maker) && maker.alg == ALG_ECC_P256)
        sig_len = crypto_ec_sign(CRYPTO_P256, maker.key, hash, sig);
    crypto_wipe(&maker, sizeof maker);
    if (sig_len == 0)
        return false;
    tlv_write_header(answer, DER_SEQUENCE,
                     len + sizeof ecdsa_sha256 + tlv_header_len(DER_BIT_STRING, 1 + sig_len) + 1 + sig_len);
    wr_bytes(answer, tbs, len);
    wr_bytes(answer, ecdsa_sha256, sizeof ecdsa_sha256);
    tlv_write_header(answer, DER_BIT_STRING, 1 + sig_len);
    wr_u8(answer, 0x00);
    wr_bytes(answer, sig, sig_len);
    return true;
}

/* P1 is the reference. Of a key that was imported nothing is said. */
uint16_t cmd_attest(struct core *core, const struct request *request, struct wr *answer)
{
    struct piv_secret key;
    uint8_t tbs[TBS_MAX];
    struct wr_back w = wr_back_init(tbs, sizeof tbs);
    if (piv_key_find(request->p1) == NULL || piv_secret_alg(core, KEY_ATTESTATION) == 0 ||
        !piv_secret_load(core, request->p1, &key))
        return SW_REFERENCE_NOT_FOUND;
    uint16_t sw = SW_CONDITIONS;
    if (key.origin == ORIGIN_GENERATED)
        sw = tbs_write(core, request->p1, &key, &w) && certify(core, tbs + w.left, wr_back_len(&w), answer)
                 ? SW_OK
                 : SW_SELF_TEST_FAILED;
    crypto_wipe(&key, sizeof key);
    return sw;
}
