/* SPDX-License-Identifier: BSD-2-Clause */
/* GENERAL AUTHENTICATE with an asymmetric key (A.4): 7C{82 00, 81 input} signs or decrypts, 7C{82 00, 85 point} agrees
 * on a key. The order of the elements is free. */
#include "bytes.h"
#include "card_edge.h"
#include "piv_private.h"
#include "piv_secret.h"
#include "tlv.h"

static void answer_response(struct wr *answer, const uint8_t *value, size_t len)
{
    tlv_write_header(answer, TAG_DYNAMIC_AUTH, tlv_header_len(TAG_AUTH_RESPONSE, len) + len);
    tlv_write(answer, TAG_AUTH_RESPONSE, value, len);
}

/* A hash shorter than the field stands for the same number with zeros before it (FIPS 186-4 6.4). */
static uint16_t sign(enum crypto_curve curve, const uint8_t *scalar, const struct rd *challenge, struct wr *answer)
{
    uint8_t hash[CRYPTO_EC_SCALAR_MAX] = { 0 }, sig[CRYPTO_EC_SIG_MAX];
    bytes_copy(hash + crypto_ec_len(curve) - challenge->left, challenge->p, challenge->left);
    size_t len = crypto_ec_sign(curve, scalar, hash, sig);
    if (len == 0)
        return SW_SELF_TEST_FAILED;
    answer_response(answer, sig, len);
    return SW_OK;
}

static uint16_t agree(enum crypto_curve curve, const uint8_t *scalar, const struct rd *point, struct wr *answer)
{
    uint8_t x[CRYPTO_EC_SCALAR_MAX];
    bool ok = crypto_ecdh(curve, scalar, point->p, x);
    if (ok)
        answer_response(answer, x, crypto_ec_len(curve));
    crypto_wipe(x, sizeof x);
    return ok ? SW_OK : SW_WRONG_DATA;
}

/* The raw operation: the host pads, and takes padding away. */
static uint16_t power(const uint8_t *key, const struct rd *input, struct wr *answer)
{
    uint8_t x[CRYPTO_RSA_LEN];
    bytes_copy(x, input->p, sizeof x);
    bool ok = crypto_rsa_private(key, x);
    if (ok)
        answer_response(answer, x, sizeof x);
    crypto_wipe(x, sizeof x);
    return ok ? SW_OK : SW_WRONG_DATA;
}

/* One empty response and one input; which of them, and how long. */
static bool asked(const struct piv_template *t, bool point, size_t min, size_t max)
{
    const struct rd *input = point ? &t->exponentiation : &t->challenge;
    return t->has_response && t->response.left == 0 && !t->has_witness && t->has_challenge == !point &&
           t->has_exponentiation == point && input->left >= min && input->left <= max;
}

static uint16_t use(const struct piv_key *key, const struct piv_secret *secret, const struct piv_template *t,
                    struct wr *answer)
{
    enum crypto_curve curve;
    if (!piv_secret_curve(secret->alg, &curve))
        return asked(t, false, CRYPTO_RSA_LEN, CRYPTO_RSA_LEN) ? power(secret->key, &t->challenge, answer)
                                                               : SW_WRONG_DATA;
    if (key->use == KEY_SIGNS)
        return asked(t, false, 1, crypto_ec_len(curve)) ? sign(curve, secret->key, &t->challenge, answer)
                                                        : SW_WRONG_DATA;
    size_t point_len = crypto_ec_point_len(curve);
    return asked(t, true, point_len, point_len) ? agree(curve, secret->key, &t->exponentiation, answer) : SW_WRONG_DATA;
}

uint16_t cmd_authenticate_key(struct core *core, const struct request *request, struct wr *answer)
{
    const struct piv_key *key = piv_key_find(request->p2);
    struct piv_template template;
    struct piv_secret secret;
    struct rd data = request->data;
    uint16_t sw = SW_OK;
    if (key == NULL || !piv_secret_load(core, request->p2, &secret))
        return SW_REFERENCE_NOT_FOUND;
    if (secret.alg != request->p1)
        sw = SW_WRONG_P1P2;
    else if (!piv_pin_policy_met(&core->security, secret.pin))
        sw = SW_SECURITY_STATUS;
    else if (!piv_template_read(&data, &template))
        sw = SW_WRONG_DATA;
    else
        sw = use(key, &secret, &template, answer);
    crypto_wipe(&secret, sizeof secret);
    return sw;
}
