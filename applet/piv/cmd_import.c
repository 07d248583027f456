/* SPDX-License-Identifier: BSD-2-Clause */
/* Import of a key that was made elsewhere, before the card is SECURED: EC 06 L scalar; RSA 01 p, 02 q, 03 d mod p-1,
 * 04 d mod q-1, 05 1/q mod p; then the policies. P1 is the algorithm, P2 the reference. */
#include "bytes.h"
#include "card_edge.h"
#include "life_cycle.h"
#include "piv_private.h"
#include "piv_secret.h"
#include "tlv.h"

static bool part_read(struct rd *data, uint32_t tag, uint8_t *part, size_t len)
{
    struct rd value;
    tlv_read_tag(data, tag, &value);
    if (value.left != len)
        rd_fail(data);
    rd_copy(&value, part, len);
    return !data->err;
}

static bool secret_read(struct rd *data, struct piv_secret *secret)
{
    enum crypto_curve curve;
    if (piv_secret_curve(secret->alg, &curve))
        return part_read(data, TAG_IMPORT_SCALAR, secret->key, crypto_ec_len(curve));
    for (uint8_t i = 0; i < 5 && !data->err; i++)
        part_read(data, (uint32_t)TAG_IMPORT_P + i, secret->key + i * CRYPTO_RSA_PART, CRYPTO_RSA_PART);
    return !data->err;
}

static bool secret_good(const struct piv_secret *secret)
{
    uint8_t point[CRYPTO_EC_POINT_MAX];
    enum crypto_curve curve;
    return piv_secret_curve(secret->alg, &curve) ? crypto_ec_public(curve, secret->key, point)
                                                 : crypto_rsa_valid(secret->key);
}

uint16_t cmd_import(struct core *core, const struct request *request, struct wr *answer)
{
    const struct piv_key *key = piv_key_find(request->p2);
    struct piv_secret secret = { .alg = request->p1, .origin = ORIGIN_IMPORTED };
    struct rd data = request->data;
    (void)answer;
    if (!life_before_secured(core) && !core->security.channel)
        return SW_CONDITIONS;
    if (!piv_secret_alg_known(request->p1))
        return SW_WRONG_P1P2;
    if (key == NULL)
        return SW_REFERENCE_NOT_FOUND;
    bool good = secret_read(&data, &secret) && piv_policies_read(&data, key, &secret.pin) && secret_good(&secret);
    uint16_t sw = good ? piv_secret_store(core, request->p2, &secret) : SW_WRONG_DATA;
    crypto_wipe(&secret, sizeof secret);
    return sw;
}
