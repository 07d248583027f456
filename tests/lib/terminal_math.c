/* SPDX-License-Identifier: BSD-2-Clause */
#include "terminal_math.h"

#include <check.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

/* What each computation needs. */
struct curve {
    EC_GROUP *group;
    BN_CTX *ctx;
    EC_POINT *p, *q;
    BIGNUM *a, *b, *n;
};

static struct curve curve_open(void)
{
    struct curve c = { .group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1), .ctx = BN_CTX_new() };
    c.p = EC_POINT_new(c.group);
    c.q = EC_POINT_new(c.group);
    c.a = BN_new();
    c.b = BN_new();
    c.n = BN_new();
    ck_assert(EC_GROUP_get_order(c.group, c.n, c.ctx) == 1);
    return c;
}

static void curve_close(struct curve *c)
{
    BN_clear_free(c->a);
    BN_clear_free(c->b);
    BN_free(c->n);
    EC_POINT_free(c->p);
    EC_POINT_free(c->q);
    BN_CTX_free(c->ctx);
    EC_GROUP_free(c->group);
}

static void point_in(struct curve *c, EC_POINT *p, const uint8_t point[MATH_POINT])
{
    ck_assert(EC_POINT_oct2point(c->group, p, point, MATH_POINT, c->ctx) == 1);
}

static void point_out(struct curve *c, const EC_POINT *p, uint8_t point[MATH_POINT])
{
    ck_assert(EC_POINT_point2oct(c->group, p, POINT_CONVERSION_UNCOMPRESSED, point, MATH_POINT, c->ctx) == MATH_POINT);
}

void math_key(const char *name, uint8_t scalar[static MATH_SCALAR])
{
    char text[64] = "sdc eac vector ";
    strncat(text, name, sizeof text - strlen(text) - 1);
    ck_assert(EVP_Digest(text, strlen(text), scalar, NULL, EVP_sha256(), NULL) == 1);
}

void math_multiply(const uint8_t *base, const uint8_t scalar[static MATH_SCALAR], uint8_t point[static MATH_POINT])
{
    struct curve c = curve_open();
    BN_bin2bn(scalar, MATH_SCALAR, c.a);
    if (base != NULL)
        point_in(&c, c.q, base);
    ck_assert(base == NULL ? EC_POINT_mul(c.group, c.p, c.a, NULL, NULL, c.ctx) == 1
                           : EC_POINT_mul(c.group, c.p, NULL, c.q, c.a, c.ctx) == 1);
    point_out(&c, c.p, point);
    curve_close(&c);
}

void math_map(const uint8_t nonce[static 16], const uint8_t h[static MATH_POINT], uint8_t point[static MATH_POINT])
{
    struct curve c = curve_open();
    BN_bin2bn(nonce, 16, c.a);
    point_in(&c, c.q, h);
    ck_assert(EC_POINT_mul(c.group, c.p, c.a, c.q, BN_value_one(), c.ctx) == 1);
    point_out(&c, c.p, point);
    curve_close(&c);
}

void math_negate(uint8_t point[static MATH_POINT])
{
    struct curve c = curve_open();
    point_in(&c, c.p, point);
    ck_assert(EC_POINT_invert(c.group, c.p, c.ctx) == 1);
    point_out(&c, c.p, point);
    curve_close(&c);
}

/* k = SHA-256(d || hash) mod n: never the same for two messages, and the same from run to run. */
void math_sign(const uint8_t scalar[static MATH_SCALAR], const void *data, size_t len,
               uint8_t signature[static MATH_SIGNATURE])
{
    struct curve c = curve_open();
    uint8_t input[64], k[32], point[MATH_POINT];
    BIGNUM *r = BN_new(), *s = BN_new();
    memcpy(input, scalar, 32);
    ck_assert(EVP_Digest(data, len, input + 32, NULL, EVP_sha256(), NULL) == 1 &&
              EVP_Digest(input, 64, k, NULL, EVP_sha256(), NULL) == 1);
    math_multiply(NULL, k, point);
    BN_bin2bn(point + 1, 32, r);
    BN_nnmod(r, r, c.n, c.ctx);
    BN_bin2bn(scalar, 32, c.a);
    BN_mod_mul(c.a, c.a, r, c.n, c.ctx);
    BN_bin2bn(input + 32, 32, c.b);
    BN_mod_add(c.a, c.a, c.b, c.n, c.ctx);
    BN_bin2bn(k, 32, c.b);
    ck_assert_ptr_nonnull(BN_mod_inverse(c.b, c.b, c.n, c.ctx));
    BN_mod_mul(s, c.a, c.b, c.n, c.ctx);
    ck_assert(BN_bn2binpad(r, signature, 32) == 32 && BN_bn2binpad(s, signature + 32, 32) == 32);
    BN_free(r);
    BN_free(s);
    curve_close(&c);
}

void math_order(uint8_t n[static MATH_SCALAR])
{
    struct curve c = curve_open();
    ck_assert(BN_bn2binpad(c.n, n, MATH_SCALAR) == MATH_SCALAR);
    curve_close(&c);
}

void math_kdf(const void *secret, size_t len, uint8_t counter, size_t key_len, uint8_t *key)
{
    uint8_t input[128] = { 0 }, hash[32];
    ck_assert_uint_le(len, sizeof input - 4);
    memcpy(input, secret, len);
    input[len + 3] = counter;
    ck_assert(EVP_Digest(input, len + 4, hash, NULL, key_len == 16 ? EVP_sha1() : EVP_sha256(), NULL) == 1);
    memcpy(key, hash, key_len);
}

void math_sha1(const void *data, size_t len, uint8_t hash[static 20])
{
    ck_assert(EVP_Digest(data, len, hash, NULL, EVP_sha1(), NULL) == 1);
}

void math_cbc(bool encrypt, const uint8_t *key, size_t key_len, const uint8_t *iv, uint8_t *data, size_t len)
{
    static const uint8_t zero[16];
    static uint8_t out[4096];
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    ck_assert(len <= sizeof out - 16 && len % 16 == 0);
    ck_assert(EVP_CipherInit_ex(ctx, key_len == 32 ? EVP_aes_256_cbc() : EVP_aes_128_cbc(), NULL, key,
                                iv != NULL ? iv : zero, encrypt) == 1 &&
              EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 && EVP_CipherUpdate(ctx, out, &n, data, (int)len) == 1);
    ck_assert_uint_eq((size_t)n, len);
    memcpy(data, out, len);
    EVP_CIPHER_CTX_free(ctx);
}
