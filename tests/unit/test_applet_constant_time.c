/* SPDX-License-Identifier: BSD-2-Clause */
/* What touches a PIN, a key or a MAC on its way to a comparison, with the secret marked undefined: under valgrind every
 * branch and every address that depends on it is an error (tests/e2e/constant-time.sh). By itself the program looks
 * at results only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <valgrind/memcheck.h>

#include "card_crypto.h"
#include "crc32.h"
#include "issuer_private.h"
#include "suite.h"

#define SECRET(p, len) ((void)VALGRIND_MAKE_MEM_UNDEFINED(p, len))
#define SHOWN(p, len)  ((void)VALGRIND_MAKE_MEM_DEFINED(p, len))

/* The outcome is what the card answers: no secret any more. */
static bool equal_secret(const uint8_t *a, const uint8_t *b, size_t len)
{
    bool same = crypto_equal(a, b, len);
    SHOWN(&same, sizeof same);
    return same;
}

/* Lengths of MACs of S8 and S16, PIN keys and witnesses. A difference in any byte. */
START_TEST(comparison)
{
    static const size_t lengths[] = { 8, 16, 32 };
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        for (size_t at = 0; at <= lengths[i]; at++) {
            uint8_t a[33] = { 1, 2, 3 }, b[33] = { 1, 2, 3 };
            b[at] ^= 0x80;
            SECRET(a, sizeof a);
            SECRET(b, sizeof b);
            ck_assert_int_eq(equal_secret(a, b, lengths[i]), at == lengths[i]);
        }
}
END_TEST

/* The key that a PIN is compared by: SHA-1 of its digits and a counter. */
START_TEST(pin)
{
    uint8_t digits[] = { '1', '2', '3', '4', '5', '6', 0, 0, 0, 3 }, hash[CRYPTO_SHA1_LEN], stored[CRYPTO_SHA1_LEN];
    crypto_sha1(digits, sizeof digits, stored);
    SECRET(digits, sizeof digits);
    SECRET(stored, sizeof stored);
    crypto_sha1(digits, sizeof digits, hash);
    ck_assert(equal_secret(hash, stored, 16));
    crypto_wipe(hash, sizeof hash);
    ck_assert_uint_eq(hash[0], 0);
}
END_TEST

/* The management key's answer: a block of AES under a secret key. */
START_TEST(management_key)
{
    uint8_t key[16] = { 9, 8, 7 }, block[16] = { 1 }, cipher[16], again[16];
    crypto_aes128_encrypt(key, block, cipher);
    SECRET(key, sizeof key);
    SECRET(block, sizeof block);
    SECRET(cipher, sizeof cipher);
    crypto_aes128_encrypt(key, block, again);
    ck_assert(equal_secret(again, cipher, 16));
    crypto_aes128_decrypt(key, cipher, again);
    ck_assert(equal_secret(again, block, 16));
}
END_TEST

/* A session: derivation of its keys, MACs over secret data, and decryption. */
START_TEST(session)
{
    for (size_t key_len = 16; key_len <= 32; key_len += 16) {
        uint8_t key[32] = { 3, 1, 4 }, context[16] = { 1, 5 }, iv[16] = { 0 }, data[32] = { 9, 2 };
        uint8_t derived[32], again[32], mac[16], expected[16];
        struct crypto_cmac cmac;
        scp03_derive(key, key_len, 6, context, sizeof context, derived, key_len);
        crypto_cmac_init(&cmac, derived, key_len);
        crypto_cmac_add(&cmac, data, 21);
        crypto_cmac_end(&cmac, expected);
        SECRET(key, sizeof key);
        SECRET(data, sizeof data);
        SECRET(expected, sizeof expected);
        scp03_derive(key, key_len, 6, context, sizeof context, again, key_len);
        ck_assert(equal_secret(again, derived, key_len));
        crypto_cmac_init(&cmac, again, key_len);
        crypto_cmac_add(&cmac, data, 21);
        crypto_cmac_end(&cmac, mac);
        ck_assert(equal_secret(mac, expected, sizeof mac));
        crypto_aes_cbc_encrypt(again, key_len, iv, data, sizeof data);
        crypto_aes_cbc_decrypt(again, key_len, iv, data, sizeof data);
        SHOWN(data, sizeof data);
        ck_assert(data[0] == 9 && data[1] == 2);
    }
}
END_TEST

START_TEST(generator)
{
    struct crypto_drbg drbg;
    uint8_t seed[48] = { 5 }, out[40], other[40];
    SECRET(seed, sizeof seed);
    crypto_drbg_init(&drbg, seed, sizeof seed);
    crypto_drbg_generate(&drbg, out, sizeof out);
    crypto_drbg_generate(&drbg, other, sizeof other);
    ck_assert(!equal_secret(out, other, sizeof out));
}
END_TEST

/* The store takes it over keys and PINs. */
START_TEST(checksum)
{
    uint8_t key[32] = { 1 };
    uint32_t expected = crc32_update(CRC32_START, key, sizeof key);
    SECRET(key, sizeof key);
    uint32_t crc = crc32_update(CRC32_START, key, sizeof key);
    SHOWN(&crc, sizeof crc);
    ck_assert_uint_eq(crc, expected);
}
END_TEST

/* Every place and length: all of it, and nothing else. */
START_TEST(wiping)
{
    for (size_t from = 0; from < 9; from++)
        for (size_t len = 0; len < 40; len++) {
            uint8_t bytes[64];
            memset(bytes, 0xA5, sizeof bytes);
            crypto_wipe(bytes + from, len);
            for (size_t i = 0; i < sizeof bytes; i++)
                ck_assert_uint_eq(bytes[i], i >= from && i < from + len ? 0 : 0xA5);
        }
}
END_TEST

/* "--leak" branches on a secret: valgrind has to see it. */
static int leak(void)
{
    uint8_t a = 1;
    SECRET(&a, sizeof a);
    if (a == 1)
        puts("one");
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    const struct suite_test tests[] = {
        { comparison, 0 }, { pin, 0 },      { management_key, 0 }, { session, 0 },
        { generator, 0 },  { checksum, 0 }, { wiping, 0 },
    };
    if (argc == 2 && strcmp(argv[1], "--leak") == 0)
        return leak();
    return suite_run("applet constant time", tests, sizeof tests / sizeof tests[0]);
}
