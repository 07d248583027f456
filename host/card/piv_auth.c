/* SPDX-License-Identifier: BSD-2-Clause */
/* GENERAL AUTHENTICATE and GENERATE ASYMMETRIC KEY PAIR (SP 800-73-4 part 2, 3.2.4 and 3.3.1). */
#include "private.h"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "card_edge.h"
#include "sdc/tlv.h"

enum {
    SHORT_ANSWER = 256,
    RSA_ANSWER = 1024 /* more than 7C, 82 and a block need: a longer reply shows as one */
};

static size_t field_len(enum sdc_piv_alg alg)
{
    return alg == SDC_PIV_P256 ? 32 : alg == SDC_PIV_P384 ? 48 : 0;
}

/* Sends 7C { 82 00, tag input } and gives what the answer's 7C holds under 82, a reader into 'answer'. */
static enum sdc_status authenticate(struct sdc_link *link, enum sdc_piv_alg alg, uint8_t ref, uint32_t tag,
                                    struct sdc_rd input, struct sdc_buf *answer, struct sdc_rd *value,
                                    struct sdc_error *e)
{
    struct sdc_buf data = SDC_BUF_INIT, template = SDC_BUF_INIT;
    sdc_tlv_put(&template, TAG_AUTH_RESPONSE, NULL, 0);
    sdc_tlv_put(&template, tag, input.p, input.left);
    sdc_tlv_put(&data, TAG_DYNAMIC_AUTH, template.data, template.len);
    data.err = data.err || template.err;
    enum sdc_status status = sdc_buf_status(&data, e);
    if (status == SDC_OK) {
        const struct sdc_apdu apdu = { .ins = INS_GENERAL_AUTHENTICATE,
                                       .p1 = (uint8_t)alg,
                                       .p2 = ref,
                                       .data = data.data,
                                       .data_len = data.len,
                                       .le = true,
                                       .le_max = alg == SDC_PIV_RSA_2048 ? RSA_ANSWER : SHORT_ANSWER,
                                       .secret = true };
        status = sdc_piv_command(link, &apdu, "using a key of the card", answer, e);
    }
    sdc_buf_free(&data);
    sdc_buf_free(&template);
    if (status != SDC_OK)
        return status;
    struct sdc_rd r = sdc_buf_rd(answer);
    struct sdc_rd inner = sdc_tlv_take(&r, TAG_DYNAMIC_AUTH);
    *value = sdc_tlv_take(&inner, TAG_AUTH_RESPONSE);
    if (!sdc_rd_end(&r) || !sdc_rd_end(&inner))
        return sdc_fail(e, SDC_E_REPLY, "using a key of the card: the answer has not the right form");
    return SDC_OK;
}

/* A positive INTEGER in DER (X.690 8.3) of at most so many bytes. */
static bool is_der_integer(struct sdc_rd r, size_t most)
{
    size_t len = r.left;
    uint8_t first = sdc_rd_u8(&r), second = r.left > 0 ? sdc_rd_u8(&r) : 0;
    if (len == 0 || first > 0x7F || len > most + 1 || (len == most + 1 && first != 0))
        return false;
    return len == 1 ? first != 0 : first != 0 || second > 0x7F;
}

static bool is_der_signature(struct sdc_rd r, size_t field)
{
    struct sdc_rd sequence = sdc_tlv_take(&r, 0x30);
    struct sdc_rd first = sdc_tlv_take(&sequence, 0x02), second = sdc_tlv_take(&sequence, 0x02);
    return sdc_rd_end(&r) && sdc_rd_end(&sequence) && is_der_integer(first, field) && is_der_integer(second, field);
}

enum sdc_status sdc_piv_key_sign(struct sdc_link *link, enum sdc_piv_alg alg, uint8_t ref, const uint8_t *in,
                                 size_t in_len, struct sdc_buf *out, struct sdc_error *e)
{
    struct sdc_buf answer = SDC_BUF_INIT;
    struct sdc_rd value;
    size_t field = field_len(alg);
    bool rsa = alg == SDC_PIV_RSA_2048;
    if (rsa ? in_len != SDC_PIV_RSA_LEN : in_len == 0 || in_len > field)
        return sdc_fail(e, SDC_E_BUG, "signing: %zu bytes of input", in_len);
    enum sdc_status status =
        authenticate(link, alg, ref, TAG_AUTH_CHALLENGE, sdc_rd_init(in, in_len), &answer, &value, e);
    if (status == SDC_OK && rsa && value.left != SDC_PIV_RSA_LEN)
        status = sdc_fail(e, SDC_E_REPLY, "signing: the answer has %zu bytes", value.left);
    if (status == SDC_OK && !rsa && !is_der_signature(value, field))
        status = sdc_fail(e, SDC_E_REPLY, "signing: the answer is no ECDSA signature");
    if (status == SDC_OK) {
        sdc_buf_put(out, value.p, value.left);
        status = sdc_buf_status(out, e);
    }
    sdc_buf_free(&answer);
    return status;
}

enum sdc_status sdc_piv_key_agree(struct sdc_link *link, enum sdc_piv_alg alg, uint8_t ref, const uint8_t *point,
                                  size_t point_len, struct sdc_buf *out, struct sdc_error *e)
{
    struct sdc_buf answer = SDC_BUF_INIT;
    struct sdc_rd value;
    size_t field = field_len(alg);
    if (field == 0 || point_len != 1 + 2 * field)
        return sdc_fail(e, SDC_E_BUG, "key agreement: a point of %zu bytes", point_len);
    enum sdc_status status =
        authenticate(link, alg, ref, TAG_AUTH_EXPONENTIATION, sdc_rd_init(point, point_len), &answer, &value, e);
    if (status == SDC_OK && value.left != field)
        status = sdc_fail(e, SDC_E_REPLY, "key agreement: the shared secret has %zu bytes", value.left);
    if (status == SDC_OK) {
        sdc_buf_put(out, value.p, value.left);
        status = sdc_buf_status(out, e);
    }
    sdc_buf_free(&answer);
    return status;
}

enum sdc_status sdc_piv_sign(struct sdc_link *link, uint8_t ref, const uint8_t hash[static 32], struct sdc_buf *sig,
                             struct sdc_error *e)
{
    return sdc_piv_key_sign(link, SDC_PIV_P256, ref, hash, 32, sig, e);
}

enum sdc_status sdc_piv_derive(struct sdc_link *link, uint8_t ref, const uint8_t point[static SDC_P256_POINT_LEN],
                               uint8_t z[static 32], struct sdc_error *e)
{
    struct sdc_buf out = SDC_BUF_INIT;
    enum sdc_status status = sdc_piv_key_agree(link, SDC_PIV_P256, ref, point, SDC_P256_POINT_LEN, &out, e);
    if (status == SDC_OK) {
        struct sdc_rd r = sdc_buf_rd(&out);
        sdc_rd_copy(&r, z, 32);
    }
    sdc_buf_free(&out);
    return status;
}

/* OpenSSL's decoding refuses a point that isn't on the curve (SEC 1 2.3.4). */
static bool on_curve(const uint8_t point[static SDC_P256_POINT_LEN])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *decoded = group ? EC_POINT_new(group) : NULL;
    bool ok = decoded && EC_POINT_oct2point(group, decoded, point, SDC_P256_POINT_LEN, NULL) == 1;
    EC_POINT_free(decoded);
    EC_GROUP_free(group);
    return ok;
}

enum sdc_status sdc_piv_generate(struct sdc_link *link, uint8_t ref, uint8_t point[static SDC_P256_POINT_LEN],
                                 struct sdc_error *e)
{
    static const uint8_t template[] = { TAG_KEY_TEMPLATE, 3, TAG_KEY_ALGORITHM, 1, ALG_ECC_P256 };
    const struct sdc_apdu apdu = { .ins = INS_GENERATE_ASYMMETRIC,
                                   .p2 = ref,
                                   .data = template,
                                   .data_len = sizeof template,
                                   .le = true,
                                   .le_max = SHORT_ANSWER };
    struct sdc_buf answer = SDC_BUF_INIT;
    enum sdc_status status = sdc_piv_command(link, &apdu, "making a key", &answer, e);
    if (status == SDC_OK) {
        struct sdc_rd r = sdc_buf_rd(&answer);
        struct sdc_rd key = sdc_tlv_take(&r, TAG_PUBLIC_KEY);
        struct sdc_rd value = sdc_tlv_take(&key, TAG_EC_POINT);
        bool whole = sdc_rd_end(&r) && sdc_rd_end(&key) && value.left == SDC_P256_POINT_LEN;
        sdc_rd_copy(&value, point, SDC_P256_POINT_LEN);
        if (!whole || !sdc_rd_end(&value) || !on_curve(point))
            status = sdc_fail(e, SDC_E_REPLY, "making a key: the answer is no public key of P-256");
    }
    sdc_buf_free(&answer);
    return status;
}

enum sdc_status sdc_piv_attest(struct sdc_link *link, uint8_t ref, struct sdc_buf *out, struct sdc_error *e)
{
    const struct sdc_apdu apdu = { .ins = INS_ATTEST, .p1 = ref, .le = true };
    return sdc_piv_command(link, &apdu, "attestation", out, e);
}
