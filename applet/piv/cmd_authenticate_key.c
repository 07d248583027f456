/* SPDX-License-Identifier: BSD-2-Clause */
/* GENERAL AUTHENTICATE with an asymmetric key (A.4): 7C{82 00, 81 hash} signs, 7C{82 00, 85 point} agrees on a key.
 * The order of the elements is free. */
#include "bytes.h"
#include "card_edge.h"
#include "piv_private.h"
#include "tlv.h"

static void answer_response(struct wr *answer, const uint8_t *value, size_t len)
{
    tlv_write_header(answer, TAG_DYNAMIC_AUTH, tlv_header_len(TAG_AUTH_RESPONSE, len) + len);
    tlv_write(answer, TAG_AUTH_RESPONSE, value, len);
}

/* A hash shorter than the field stands for the same number with zeros before it (FIPS 186-4 6.4). */
static uint16_t sign(const uint8_t *scalar, const struct rd *challenge, struct wr *answer)
{
    uint8_t hash[CRYPTO_SHA256_LEN] = { 0 }, sig[CRYPTO_P256_SIG_MAX];
    bytes_copy(hash + sizeof hash - challenge->left, challenge->p, challenge->left);
    size_t len = crypto_p256_sign(scalar, hash, sig);
    if (len == 0)
        return SW_SELF_TEST_FAILED;
    answer_response(answer, sig, len);
    return SW_OK;
}

static uint16_t agree(const uint8_t *scalar, const struct rd *point, struct wr *answer)
{
    uint8_t x[CRYPTO_P256_SCALAR];
    bool ok = crypto_p256_ecdh(scalar, point->p, x);
    if (ok)
        answer_response(answer, x, sizeof x);
    crypto_wipe(x, sizeof x);
    return ok ? SW_OK : SW_WRONG_DATA;
}

/* Exactly what the key's use asks: one empty response, one input of the right length. */
static bool asked_right(const struct piv_key *key, const struct piv_template *t)
{
    bool empty = t->has_response && t->response.left == 0 && !t->has_witness;
    if (key->use == KEY_SIGNS)
        return empty && t->has_challenge && !t->has_exponentiation && t->challenge.left > 0 &&
               t->challenge.left <= CRYPTO_SHA256_LEN;
    return empty && t->has_exponentiation && !t->has_challenge && t->exponentiation.left == CRYPTO_P256_POINT;
}

uint16_t cmd_authenticate_key(struct core *core, const struct request *request, struct wr *answer)
{
    const struct piv_key *key = piv_key_find(request->p2);
    struct piv_template template;
    struct rd data = request->data;
    uint8_t scalar[CRYPTO_P256_SCALAR];
    if (key == NULL || store_len(&core->store, key->record) != sizeof scalar)
        return SW_REFERENCE_NOT_FOUND;
    if (!piv_template_read(&data, &template) || !asked_right(key, &template))
        return SW_WRONG_DATA;
    uint16_t sw = SW_NV_FAILURE;
    if (store_read(&core->store, key->record, 0, scalar, sizeof scalar))
        sw = key->use == KEY_SIGNS ? sign(scalar, &template.challenge, answer)
                                   : agree(scalar, &template.exponentiation, answer);
    crypto_wipe(scalar, sizeof scalar);
    return sw;
}
