/* SPDX-License-Identifier: BSD-2-Clause */
#include "piv_secret.h"

#include <assert.h>
#include <stddef.h>

#include "bytes.h"
#include "card_edge.h"
#include "piv_private.h"
#include "tlv.h"

#define HEAD_LEN offsetof(struct piv_secret, key)
static_assert(HEAD_LEN == 3 && sizeof(struct piv_secret) == HEAD_LEN + CRYPTO_RSA_PRIVATE, "the record has no holes");

static const struct {
    uint8_t alg;
    bool curved;
    enum crypto_curve curve;
    uint16_t key_len;
} algorithms[] = {
    { ALG_RSA_2048, false, CRYPTO_P256, CRYPTO_RSA_PRIVATE },
    { ALG_ECC_P256, true, CRYPTO_P256, 32 },
    { ALG_ECC_P384, true, CRYPTO_P384, 48 },
};

size_t piv_secret_key_len(uint8_t alg)
{
    for (size_t i = 0; i < COUNT(algorithms); i++)
        if (algorithms[i].alg == alg)
            return algorithms[i].key_len;
    return 0;
}

bool piv_secret_alg_known(uint8_t alg)
{
    return piv_secret_key_len(alg) > 0;
}

bool piv_secret_curve(uint8_t alg, enum crypto_curve *curve)
{
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        if (algorithms[i].alg != alg || !algorithms[i].curved)
            continue;
        *curve = algorithms[i].curve;
        return true;
    }
    return false;
}

uint8_t piv_secret_alg(const struct core *core, uint8_t ref)
{
    uint8_t alg;
    return store_read(&core->store, PIV_KEY_RECORD(ref), 0, &alg, 1) ? alg : 0;
}

bool piv_secret_load(const struct core *core, uint8_t ref, struct piv_secret *secret)
{
    size_t len = store_len(&core->store, PIV_KEY_RECORD(ref));
    bytes_fill(secret, 0, sizeof *secret);
    return len > HEAD_LEN && len <= sizeof *secret &&
           store_read(&core->store, PIV_KEY_RECORD(ref), 0, (uint8_t *)secret, len) &&
           len == HEAD_LEN + piv_secret_key_len(secret->alg);
}

uint16_t piv_secret_store(struct core *core, uint8_t ref, const struct piv_secret *secret)
{
    return core_record_put(core, PIV_KEY_RECORD(ref), (const uint8_t *)secret,
                           HEAD_LEN + piv_secret_key_len(secret->alg));
}

static bool public_rsa(const struct piv_secret *secret, struct wr *w)
{
    static const uint8_t exponent[] = { CRYPTO_RSA_EXPONENT };
    tlv_write_header(w, TAG_RSA_MODULUS, CRYPTO_RSA_LEN);
    uint8_t *n = wr_space(w, CRYPTO_RSA_LEN);
    bool ok = n != NULL && crypto_rsa_modulus(secret->key, n);
    tlv_write(w, TAG_RSA_EXPONENT, exponent, sizeof exponent);
    return ok;
}

size_t piv_secret_public(const struct piv_secret *secret, uint8_t out[static PIV_PUBLIC_MAX])
{
    struct wr w = wr_init(out, PIV_PUBLIC_MAX);
    enum crypto_curve curve;
    bool ok;
    if (piv_secret_curve(secret->alg, &curve)) {
        size_t len = crypto_ec_point_len(curve);
        tlv_write_header(&w, TAG_EC_POINT, len);
        uint8_t *point = wr_space(&w, len);
        ok = point != NULL && crypto_ec_public(curve, secret->key, point);
    } else {
        ok = public_rsa(secret, &w);
    }
    return ok && !w.err ? w.len : 0;
}
