/* SPDX-License-Identifier: BSD-2-Clause */
#include <bearssl.h>

#include "card_crypto_keys.h"
#include "drbg.h"

#define BITS     2048
#define EXPONENT 65537

/* The library's struct over a copy of the five numbers, since it wants them writable. */
struct own {
    br_rsa_private_key key;
    uint8_t part[5][CRYPTO_RSA_PART];
};

static void own_init(struct own *own, const uint8_t *key)
{
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < CRYPTO_RSA_PART; k++)
            own->part[i][k] = key[i * CRYPTO_RSA_PART + k];
    own->key = (br_rsa_private_key) {
        .n_bitlen = BITS,
        .p = own->part[0],
        .plen = CRYPTO_RSA_PART,
        .q = own->part[1],
        .qlen = CRYPTO_RSA_PART,
        .dp = own->part[2],
        .dplen = CRYPTO_RSA_PART,
        .dq = own->part[3],
        .dqlen = CRYPTO_RSA_PART,
        .iq = own->part[4],
        .iqlen = CRYPTO_RSA_PART,
    };
}

/* A number of the library at the end of a field. */
static bool put(uint8_t *field, const uint8_t *number, size_t len)
{
    if (len > CRYPTO_RSA_PART)
        return false;
    for (size_t i = 0; i < CRYPTO_RSA_PART; i++)
        field[i] = i < CRYPTO_RSA_PART - len ? 0 : number[i - (CRYPTO_RSA_PART - len)];
    return true;
}

bool crypto_rsa_generate(struct crypto_drbg *drbg, uint8_t key[static CRYPTO_RSA_PRIVATE])
{
    br_rsa_private_key made;
    uint8_t numbers[BR_RSA_KBUF_PRIV_SIZE(BITS)];
    bool ok = br_rsa_i31_keygen(&drbg_context(drbg)->vtable, &made, numbers, NULL, NULL, BITS, EXPONENT) == 1 &&
              put(key, made.p, made.plen) && put(key + CRYPTO_RSA_PART, made.q, made.qlen) &&
              put(key + 2 * CRYPTO_RSA_PART, made.dp, made.dplen) &&
              put(key + 3 * CRYPTO_RSA_PART, made.dq, made.dqlen) &&
              put(key + 4 * CRYPTO_RSA_PART, made.iq, made.iqlen);
    crypto_wipe(numbers, sizeof numbers);
    return ok && crypto_rsa_valid(key);
}

bool crypto_rsa_modulus(const uint8_t key[static CRYPTO_RSA_PRIVATE], uint8_t n[static CRYPTO_RSA_LEN])
{
    struct own own;
    own_init(&own, key);
    /* the library's length is that of the product, which may have 2047 bits where p and q begin with ones */
    bool ok = (key[0] & 0x80) != 0 && (key[CRYPTO_RSA_PART] & 0x80) != 0 && (key[CRYPTO_RSA_PART - 1] & 1) != 0 &&
              (key[2 * CRYPTO_RSA_PART - 1] & 1) != 0 && br_rsa_i31_compute_modulus(n, &own.key) == CRYPTO_RSA_LEN &&
              (n[0] & 0x80) != 0;
    crypto_wipe(&own, sizeof own);
    return ok;
}

bool crypto_rsa_private(const uint8_t key[static CRYPTO_RSA_PRIVATE], uint8_t x[static CRYPTO_RSA_LEN])
{
    static const uint8_t exponent[] = { CRYPTO_RSA_EXPONENT };
    uint8_t n[CRYPTO_RSA_LEN], e[sizeof exponent], check[CRYPTO_RSA_LEN], input[CRYPTO_RSA_LEN];
    for (size_t i = 0; i < sizeof e; i++)
        e[i] = exponent[i];
    for (size_t i = 0; i < sizeof input; i++)
        input[i] = x[i];
    struct own own;
    own_init(&own, key);
    bool ok = crypto_rsa_modulus(key, n) && br_rsa_i31_private(x, &own.key) == 1;
    crypto_wipe(&own, sizeof own);
    const br_rsa_public_key public = { .n = n, .nlen = sizeof n, .e = e, .elen = sizeof e };
    for (size_t i = 0; i < sizeof check; i++)
        check[i] = x[i];
    ok = ok && br_rsa_i31_public(check, sizeof check, &public) == 1 && crypto_equal(check, input, sizeof check);
    crypto_wipe(check, sizeof check);
    crypto_wipe(input, sizeof input);
    if (!ok)
        crypto_wipe(x, CRYPTO_RSA_LEN);
    return ok;
}

bool crypto_rsa_valid(const uint8_t key[static CRYPTO_RSA_PRIVATE])
{
    uint8_t x[CRYPTO_RSA_LEN];
    for (size_t i = 0; i < sizeof x; i++)
        x[i] = (uint8_t)(0x35 + 7 * i); /* any number below 2^2047 that is no small power */
    bool ok = crypto_rsa_private(key, x);
    crypto_wipe(x, sizeof x);
    return ok;
}
