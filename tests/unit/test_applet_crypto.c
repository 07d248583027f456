/* SPDX-License-Identifier: BSD-2-Clause */
/* The card's cryptography against published vectors and against OpenSSL. */
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>

#include "card_crypto_keys.h"
#include "card_talk.h"
#include "suite.h"

#define HEX(name, hex)                                                                                                 \
    uint8_t name[256];                                                                                                 \
    size_t name##_len = talk_unhex(hex, name, sizeof name);                                                            \
    (void)name##_len

START_TEST(hashes)
{
    uint8_t hash[32];
    HEX(sha1, "A9993E36 4706816A BA3E2571 7850C26C 9CD0D89D"); /* FIPS 180-2 A.1 */
    crypto_sha1((const uint8_t *)"abc", 3, hash);
    ck_assert_mem_eq(hash, sha1, 20);
    HEX(sha256, "BA7816BF 8F01CFEA 414140DE 5DAE2223 B00361A3 96177A9C B410FF61 F20015AD"); /* B.1 */
    crypto_sha256((const uint8_t *)"abc", 3, hash);
    ck_assert_mem_eq(hash, sha256, 32);
}
END_TEST

START_TEST(aes)
{
    HEX(key, "000102030405060708090A0B0C0D0E0F"); /* FIPS 197 C.1 */
    HEX(plain, "00112233445566778899AABBCCDDEEFF");
    HEX(cipher, "69C4E0D86A7B0430D8CDB78070B4C55A");
    uint8_t block[16];
    crypto_aes128_encrypt(key, plain, block);
    ck_assert_mem_eq(block, cipher, 16);
    crypto_aes128_decrypt(key, block, block); /* in place */
    ck_assert_mem_eq(block, plain, 16);
}
END_TEST

/* RFC 6979 A.2.5: P-256, SHA-256, message "sample" */
START_TEST(ecdsa_deterministic)
{
    HEX(x, "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
    HEX(r, "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716");
    HEX(s, "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");
    uint8_t hash[32], sig[CRYPTO_EC_SIG_MAX];
    crypto_sha256((const uint8_t *)"sample", 6, hash);
    ck_assert_uint_eq(crypto_ec_sign(CRYPTO_P256, x, hash, sig), 72);
    ck_assert_mem_eq(sig, "\x30\x46\x02\x21\x00", 5); /* both numbers have their high bit set */
    ck_assert_mem_eq(sig + 5, r, 32);
    ck_assert_mem_eq(sig + 37, "\x02\x21\x00", 3);
    ck_assert_mem_eq(sig + 40, s, 32);
}
END_TEST

START_TEST(scalars_out_of_range)
{
    HEX(n, "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
    uint8_t zero[32] = { 0 }, hash[32] = { 1 }, sig[CRYPTO_EC_SIG_MAX];
    ck_assert_uint_eq(crypto_ec_sign(CRYPTO_P256, n, hash, sig), 0);
    ck_assert_uint_eq(crypto_ec_sign(CRYPTO_P256, zero, hash, sig), 0);
    n[31]--;
    ck_assert_uint_gt(crypto_ec_sign(CRYPTO_P256, n, hash, sig), 0);
}
END_TEST

/* NIST CAVS, ECC CDH primitive, P-256, count 0 */
START_TEST(ecdh)
{
    HEX(d, "7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534");
    HEX(q, "04 700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
           "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac");
    HEX(z, "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b");
    uint8_t x[32];
    ck_assert(crypto_ecdh(CRYPTO_P256, d, q, x));
    ck_assert_mem_eq(x, z, 32);
    q[64] ^= 1; /* not on the curve */
    ck_assert(!crypto_ecdh(CRYPTO_P256, d, q, x));
    q[64] ^= 1;
    q[0] = 0x02;
    ck_assert(!crypto_ecdh(CRYPTO_P256, d, q, x));
    uint8_t zeros[65] = { 4 };
    ck_assert(!crypto_ecdh(CRYPTO_P256, d, zeros, x));
}
END_TEST

static EVP_PKEY *public_key(const uint8_t *point)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    ck_assert(OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1);
    ck_assert(OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, 65) == 1);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    ck_assert(EVP_PKEY_fromdata_init(ctx) == 1 && EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

START_TEST(generated_keys_work_for_others)
{
    struct crypto_drbg drbg;
    crypto_drbg_init(&drbg, (const uint8_t *)"seed", 4);
    for (int i = 0; i < 20; i++) {
        uint8_t scalar[32], point[65], hash[32], sig[CRYPTO_EC_SIG_MAX];
        ck_assert(crypto_ec_generate(&drbg, CRYPTO_P256, scalar) && crypto_ec_public(CRYPTO_P256, scalar, point));
        crypto_sha256(point, sizeof point, hash);
        size_t len = crypto_ec_sign(CRYPTO_P256, scalar, hash, sig);
        EVP_PKEY *key = public_key(point);
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
        ck_assert(EVP_PKEY_verify_init(ctx) == 1);
        ck_assert(EVP_PKEY_verify(ctx, sig, len, hash, sizeof hash) == 1);
        hash[0] ^= 1;
        ck_assert(EVP_PKEY_verify(ctx, sig, len, hash, sizeof hash) != 1);
        EVP_PKEY_CTX_free(ctx);
        EVP_PKEY_free(key);
    }
}
END_TEST

/* HMAC-DRBG with SHA-256 written down from SP 800-90A 10.1.2, without reseeding and additional input. */
struct reference_drbg {
    uint8_t k[32], v[32];
};

static void mac(struct reference_drbg *d, const uint8_t *data, size_t len, uint8_t out[static 32])
{
    unsigned n;
    ck_assert_ptr_nonnull(HMAC(EVP_sha256(), d->k, 32, data, len, out, &n));
}

static void update(struct reference_drbg *d, const uint8_t *data, size_t len)
{
    uint8_t input[33 + 64];
    for (unsigned round = 0; round < (len > 0 ? 2u : 1u); round++) {
        memcpy(input, d->v, 32);
        input[32] = (uint8_t)round;
        memcpy(input + 33, data, len);
        mac(d, input, 33 + len, d->k);
        mac(d, d->v, 32, d->v);
    }
}

START_TEST(drbg)
{
    static const uint8_t seed[48] = "a seed of 48 bytes: entropy and nonce together.";
    struct crypto_drbg ours;
    struct reference_drbg theirs;
    uint8_t got[64], expected[64];
    memset(theirs.k, 0x00, 32);
    memset(theirs.v, 0x01, 32);
    update(&theirs, seed, sizeof seed);
    crypto_drbg_init(&ours, seed, sizeof seed);
    for (int i = 0; i < 3; i++) {
        crypto_drbg_generate(&ours, got, sizeof got);
        mac(&theirs, theirs.v, 32, theirs.v);
        memcpy(expected, theirs.v, 32);
        mac(&theirs, theirs.v, 32, theirs.v);
        memcpy(expected + 32, theirs.v, 32);
        update(&theirs, seed, 0);
        ck_assert_mem_eq(got, expected, sizeof got);
    }
}
END_TEST

START_TEST(compare_and_wipe)
{
    uint8_t a[16] = { 1, 2, 3 }, b[16] = { 1, 2, 3 };
    ck_assert(crypto_equal(a, b, sizeof a));
    for (size_t i = 0; i < sizeof a * 8; i++) {
        b[i / 8] ^= (uint8_t)(1 << i % 8);
        ck_assert(!crypto_equal(a, b, sizeof a));
        b[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    ck_assert(crypto_equal(a, b, 0));
    crypto_wipe(a, 2);
    ck_assert_mem_eq(a, "\0\0\x03", 3);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { hashes, 0 },
        { aes, 0 },
        { ecdsa_deterministic, 0 },
        { scalars_out_of_range, 0 },
        { ecdh, 0 },
        { drbg, 0 },
        { generated_keys_work_for_others, 0 },
        { compare_and_wipe, 0 },
    };
    return suite_run("applet crypto", tests, sizeof tests / sizeof tests[0]);
}
