/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_edge.h"
#include "piv_private.h"
#include "piv_secret.h"
#include "tlv.h"

/* AC{80 01 alg [AA 01 policy] [AB 01 touch]}; a parameter (81) is refused (table 14): there is nothing to choose. */
static bool template_read(struct rd data, const struct piv_key *key, struct piv_secret *secret)
{
    struct rd template, value;
    tlv_read_tag(&data, TAG_KEY_TEMPLATE, &template);
    tlv_read_tag(&template, TAG_KEY_ALGORITHM, &value);
    secret->alg = rd_u8(&value);
    return rd_end(&data) && rd_end(&value) && piv_secret_alg_known(secret->alg) &&
           piv_policies_read(&template, key, &secret->pin);
}

static bool make(struct core *core, struct piv_secret *secret)
{
    enum crypto_curve curve;
    secret->origin = ORIGIN_GENERATED;
    if (piv_secret_curve(secret->alg, &curve))
        return crypto_ec_generate(&core->drbg, curve, secret->key);
    return crypto_rsa_generate(&core->drbg, secret->key);
}

/* The new pair replaces the old one; answers 7F49{86 point} or 7F49{81 modulus, 82 exponent}. */
uint16_t cmd_generate(struct core *core, const struct request *request, struct wr *answer)
{
    const struct piv_key *key = piv_key_find(request->p2);
    struct piv_secret secret = { 0 };
    uint8_t public[PIV_PUBLIC_MAX];
    if (key == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (!template_read(request->data, key, &secret))
        return SW_WRONG_DATA;
    size_t len = make(core, &secret) ? piv_secret_public(&secret, public) : 0;
    uint16_t sw = len > 0 ? piv_secret_store(core, request->p2, &secret) : SW_SELF_TEST_FAILED;
    crypto_wipe(&secret, sizeof secret);
    if (sw == SW_OK)
        tlv_write(answer, TAG_PUBLIC_KEY, public, len);
    return sw;
}
