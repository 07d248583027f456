/* SPDX-License-Identifier: BSD-2-Clause */
/* What a terminal can't reach from outside, because the card's point comes after its own: the card's random values are
 * fixed here. A point equal to the card's; the first point so that s * G + H is the point at infinity. */
#include <string.h>

#include <openssl/bn.h>

#include "card_crypto_keys.h"
#include "suite.h"
#include "terminal.h"

/* The linker puts these before the card's own (tests.mk). */
bool __real_crypto_ec_generate(struct crypto_drbg *drbg, enum crypto_curve curve, uint8_t *scalar);
bool __wrap_crypto_ec_generate(struct crypto_drbg *drbg, enum crypto_curve curve, uint8_t *scalar);

static const char *next_scalar; /* the name of the card's next one; NULL: random */

bool __wrap_crypto_ec_generate(struct crypto_drbg *drbg, enum crypto_curve curve, uint8_t *scalar)
{
    if (next_scalar == NULL)
        return __real_crypto_ec_generate(drbg, curve, scalar);
    math_key(next_scalar, scalar);
    next_scalar = NULL;
    return true;
}

static struct talk *card;
static struct terminal t;

static void start(void)
{
    card = terminal_card(16);
    t = terminal_at(card, 16);
    ck_assert_uint_eq(terminal_mse(&t, WITH_CAN, NULL), 0x9000);
    ck_assert_uint_eq(terminal_nonce(&t, TERMINAL_CAN), 0x9000);
}

static unsigned send(uint8_t tag, const uint8_t point[static MATH_POINT])
{
    uint8_t data[4 + MATH_POINT] = { 0x7C, 2 + MATH_POINT, tag, MATH_POINT };
    memcpy(data + 4, point, MATH_POINT);
    return terminal_send(&t, 0x10860000, data, sizeof data, 0);
}

START_TEST(first_point_of_the_card)
{
    uint8_t scalar[32], point[MATH_POINT];
    start();
    math_key("card", scalar);
    math_multiply(NULL, scalar, point);
    next_scalar = "card";
    ck_assert_uint_eq(send(0x81, point), 0x6A80);
    ck_assert_uint_eq(terminal_map(&t), 0x6985);
    terminal_lawful(card);
}
END_TEST

START_TEST(second_point_of_the_card)
{
    uint8_t scalar[32], point[MATH_POINT];
    start();
    ck_assert_uint_eq(terminal_map(&t), 0x9000);
    math_key("card", scalar);
    math_multiply(t.generator, scalar, point);
    next_scalar = "card";
    ck_assert_uint_eq(send(0x83, point), 0x6A80);
    ck_assert_uint_eq(terminal_agree(&t), 0x6985);
    /* its negative is another point, and a lawful one */
    start();
    ck_assert_uint_eq(terminal_map(&t), 0x9000);
    math_multiply(t.generator, scalar, point);
    math_negate(point);
    next_scalar = "card";
    ck_assert_uint_eq(send(0x83, point), 0x9000);
    terminal_lawful(card);
}
END_TEST

/* Y1 = -(s / k) * G: then H = k * Y1 is -s * G. */
START_TEST(generator_at_infinity)
{
    uint8_t k[32], order[32], wanted[32], point[MATH_POINT];
    start();
    math_key("card", k);
    math_order(order);
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *n = BN_bin2bn(order, 32, NULL), *a = BN_bin2bn(k, 32, NULL), *s = BN_bin2bn(t.nonce, 16, NULL);
    ck_assert_ptr_nonnull(BN_mod_inverse(a, a, n, ctx));
    ck_assert(BN_mod_mul(a, a, s, n, ctx) && BN_sub(a, n, a) && BN_bn2binpad(a, wanted, 32) == 32);
    BN_free(n);
    BN_free(a);
    BN_free(s);
    BN_CTX_free(ctx);
    math_multiply(NULL, wanted, point);
    next_scalar = "card";
    ck_assert_uint_eq(send(0x81, point), 0x6A80);
    ck_assert_uint_eq(terminal_map(&t), 0x6985);
    /* the same point with another scalar of the card's is nothing special */
    start();
    ck_assert_uint_eq(send(0x81, point), 0x9000);
    terminal_lawful(card);
}
END_TEST

/* The three functions that the protocols are made of, at their edges, against OpenSSL. */
START_TEST(arithmetic)
{
    uint8_t scalar[32], point[MATH_POINT], expected[MATH_POINT], nonce[32] = { 0 }, signature[64], hash[32];
    math_key("a", scalar);
    math_multiply(NULL, scalar, expected);
    for (unsigned i = 1; i < 60; i++) {
        memcpy(point, expected, sizeof point);
        nonce[31] = (uint8_t)i;
        nonce[16] = (uint8_t)(i * 4);
        math_map(nonce + 16, point, expected);
        ck_assert(crypto_ec_map(CRYPTO_P256, nonce + 16, 16, point));
        ck_assert_mem_eq(point, expected, sizeof point);
        math_multiply(point, scalar, expected);
        ck_assert(crypto_ec_multiply(CRYPTO_P256, scalar, point));
        ck_assert_mem_eq(point, expected, sizeof point);
        ck_assert(crypto_ec_valid(CRYPTO_P256, point));
        point[1 + i]++;
        ck_assert(!crypto_ec_valid(CRYPTO_P256, point));
        ck_assert(!crypto_ec_multiply(CRYPTO_P256, scalar, point));
    }
    /* s * G + s * G, and s * G - s * G */
    math_multiply(NULL, nonce, point);
    math_map(nonce + 16, point, expected);
    ck_assert(crypto_ec_map(CRYPTO_P256, nonce + 16, 16, point));
    ck_assert_mem_eq(point, expected, sizeof point);
    math_multiply(NULL, nonce, point);
    math_negate(point);
    ck_assert(!crypto_ec_map(CRYPTO_P256, nonce + 16, 16, point));
    /* signatures */
    for (unsigned i = 0; i < 40; i++) {
        uint8_t message[2] = { 7, (uint8_t)i };
        math_multiply(NULL, scalar, point);
        math_sign(scalar, message, sizeof message, signature);
        crypto_sha256(message, sizeof message, hash);
        ck_assert(crypto_ec_verify(CRYPTO_P256, point, hash, signature));
        signature[i + 12] ^= 1;
        ck_assert(!crypto_ec_verify(CRYPTO_P256, point, hash, signature));
        signature[i + 12] ^= 1;
        hash[i % 32] ^= 1;
        ck_assert(!crypto_ec_verify(CRYPTO_P256, point, hash, signature));
    }
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { first_point_of_the_card, 0 }, { second_point_of_the_card, 0 }, { generator_at_infinity, 0 }, { arithmetic, 0 }
    };
    return suite_run("lds: points", tests, sizeof tests / sizeof tests[0]);
}
