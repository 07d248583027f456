/* SPDX-License-Identifier: BSD-2-Clause */
#include "self_test.h"

#include "bytes.h"
#include "card_crypto.h"
#include "card_crypto_keys.h"
#include "card_edge.h"

/* FIPS 180-4, the examples for "abc" */
static const uint8_t abc[] = { 'a', 'b', 'c' };
static const uint8_t abc_sha1[CRYPTO_SHA1_LEN] = { 0xA9, 0x99, 0x3E, 0x36, 0x47, 0x06, 0x81, 0x6A, 0xBA, 0x3E,
                                                   0x25, 0x71, 0x78, 0x50, 0xC2, 0x6C, 0x9C, 0xD0, 0xD8, 0x9D };
static const uint8_t abc_sha256[CRYPTO_SHA256_LEN] = {
    0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA, 0x41, 0x41, 0x40, 0xDE, 0x5D, 0xAE, 0x22, 0x23,
    0xB0, 0x03, 0x61, 0xA3, 0x96, 0x17, 0x7A, 0x9C, 0xB4, 0x10, 0xFF, 0x61, 0xF2, 0x00, 0x15, 0xAD,
};

static bool sha_right(void)
{
    uint8_t hash[CRYPTO_SHA256_LEN];
    crypto_sha1(abc, sizeof abc, hash);
    if (!bytes_same(hash, abc_sha1, sizeof abc_sha1))
        return false;
    crypto_sha256(abc, sizeof abc, hash);
    return bytes_same(hash, abc_sha256, sizeof hash);
}

/* FIPS 197, C.1 and C.3: key 00 01 .. 0F and .. 1F, plaintext 00 11 .. FF; 256 bits as CBC with an IV of zeros */
static bool aes_right(void)
{
    static const uint8_t cipher128[16] = { 0x69, 0xC4, 0xE0, 0xD8, 0x6A, 0x7B, 0x04, 0x30,
                                           0xD8, 0xCD, 0xB7, 0x80, 0x70, 0xB4, 0xC5, 0x5A };
    static const uint8_t cipher256[16] = { 0x8E, 0xA2, 0xB7, 0xCA, 0x51, 0x67, 0x45, 0xBF,
                                           0xEA, 0xFC, 0x49, 0x90, 0x4B, 0x49, 0x60, 0x89 };
    static const uint8_t zero_iv[16] = { 0 };
    uint8_t key[32], plain[16], out[16];
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i * 0x11);
    crypto_aes128_encrypt(key, plain, out);
    bool right = bytes_same(out, cipher128, sizeof out);
    crypto_aes128_decrypt(key, out, out);
    right = right && bytes_same(out, plain, sizeof out);
    crypto_aes_cbc_encrypt(key, sizeof key, zero_iv, out, sizeof out);
    right = right && bytes_same(out, cipher256, sizeof out);
    crypto_aes_cbc_decrypt(key, sizeof key, zero_iv, out, sizeof out);
    return right && bytes_same(out, plain, sizeof out);
}

/* RFC 4493, 4, example 2 */
static bool cmac_right(void)
{
    static const uint8_t key[16] = { 0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6,
                                     0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F, 0x3C };
    static const uint8_t message[16] = { 0x6B, 0xC1, 0xBE, 0xE2, 0x2E, 0x40, 0x9F, 0x96,
                                         0xE9, 0x3D, 0x7E, 0x11, 0x73, 0x93, 0x17, 0x2A };
    static const uint8_t expected[CRYPTO_AES_BLOCK] = { 0x07, 0x0A, 0x16, 0xB4, 0x6B, 0x4D, 0x41, 0x44,
                                                        0xF7, 0x9B, 0xDD, 0x9D, 0xD0, 0x4A, 0x28, 0x7C };
    struct crypto_cmac cmac;
    uint8_t mac[CRYPTO_AES_BLOCK];
    crypto_cmac_init(&cmac, key, sizeof key);
    crypto_cmac_add(&cmac, message, sizeof message);
    crypto_cmac_end(&cmac, mac);
    return bytes_same(mac, expected, sizeof mac);
}

/* The second 32 bytes; seed from CAVP's HMAC_DRBG vectors (SHA-256, no reseed), answer computed from SP 800-90A 10.1.2
 */
static bool drbg_right(void)
{
    static const uint8_t seed[] = {
        0xCA, 0x85, 0x19, 0x11, 0x34, 0x93, 0x84, 0xBF, 0xFE, 0x89, 0xDE, 0x1C, 0xBD, 0xC4, 0x6E, 0x68,
        0x31, 0xE4, 0x4D, 0x34, 0xA4, 0xFB, 0x93, 0x5E, 0xE2, 0x85, 0xDD, 0x14, 0xB7, 0x1A, 0x74, 0x88,
        0x65, 0x9B, 0xA9, 0x6C, 0x60, 0x1D, 0xC6, 0x9F, 0xC9, 0x02, 0x94, 0x08, 0x05, 0xEC, 0x0C, 0xA8,
    };
    static const uint8_t expected[] = {
        0x46, 0xBC, 0xCF, 0xD8, 0x8C, 0x2B, 0x55, 0xCB, 0x0E, 0x0B, 0x0D, 0x14, 0x1E, 0x21, 0x5C, 0x82,
        0x6F, 0x5C, 0xE8, 0xED, 0xA7, 0x9D, 0x33, 0x93, 0x10, 0xD9, 0xDD, 0x16, 0x05, 0xED, 0xDF, 0x22,
    };
    struct crypto_drbg drbg;
    uint8_t out[sizeof expected];
    crypto_drbg_init(&drbg, seed, sizeof seed);
    crypto_drbg_generate(&drbg, out, sizeof out);
    crypto_drbg_generate(&drbg, out, sizeof out);
    return bytes_same(out, expected, sizeof out);
}

/* RFC 6979 A.2.5: P-256, SHA-256 of "sample" */
static bool ec_right(void)
{
    static const uint8_t scalar[CRYPTO_P256_SCALAR] = {
        0xC9, 0xAF, 0xA9, 0xD8, 0x45, 0xBA, 0x75, 0x16, 0x6B, 0x5C, 0x21, 0x57, 0x67, 0xB1, 0xD6, 0x93,
        0x4E, 0x50, 0xC3, 0xDB, 0x36, 0xE8, 0x9B, 0x12, 0x7B, 0x8A, 0x62, 0x2B, 0x12, 0x0F, 0x67, 0x21,
    };
    static const uint8_t expected[] = {
        0x30, 0x46, 0x02, 0x21, 0x00, 0xEF, 0xD4, 0x8B, 0x2A, 0xAC, 0xB6, 0xA8, 0xFD, 0x11, 0x40, 0xDD, 0x9C, 0xD4,
        0x5E, 0x81, 0xD6, 0x9D, 0x2C, 0x87, 0x7B, 0x56, 0xAA, 0xF9, 0x91, 0xC3, 0x4D, 0x0E, 0xA8, 0x4E, 0xAF, 0x37,
        0x16, 0x02, 0x21, 0x00, 0xF7, 0xCB, 0x1C, 0x94, 0x2D, 0x65, 0x7C, 0x41, 0xD4, 0x36, 0xC7, 0xA1, 0xB6, 0xE2,
        0x9F, 0x65, 0xF3, 0xE9, 0x00, 0xDB, 0xB9, 0xAF, 0xF4, 0x06, 0x4D, 0xC4, 0xAB, 0x2F, 0x84, 0x3A, 0xCD, 0xA8,
    };
    static const uint8_t sample[] = { 's', 'a', 'm', 'p', 'l', 'e' };
    uint8_t hash[CRYPTO_SHA256_LEN], sig[CRYPTO_EC_SIG_MAX];
    crypto_sha256(sample, sizeof sample, hash);
    return crypto_ec_sign(CRYPTO_P256, scalar, hash, sig) == sizeof expected &&
           bytes_same(sig, expected, sizeof expected);
}

enum fault self_test_start(void)
{
    static const struct {
        enum fault fault;
        bool (*right)(void);
    } tests[] = {
        { FAULT_SHA, sha_right }, { FAULT_AES, aes_right }, { FAULT_CMAC, cmac_right }, { FAULT_DRBG, drbg_right }
    };
    for (size_t i = 0; i < COUNT(tests); i++)
        if (!tests[i].right())
            return tests[i].fault;
    return FAULT_NONE;
}

void self_test_command(struct health *health, struct rd apdu)
{
    (void)rd_u8(&apdu);
    uint8_t ins = rd_u8(&apdu), p1 = rd_u8(&apdu), p2 = rd_u8(&apdu);
    bool ec =
        ins == INS_GENERATE_ASYMMETRIC || ins == INS_GENERAL_AUTHENTICATE_PROTOCOL || ins == INS_ATTEST ||
        ((ins == INS_GENERAL_AUTHENTICATE || ins == INS_IMPORT_KEY) && (p1 == ALG_ECC_P256 || p1 == ALG_ECC_P384)) ||
        (ins == INS_GET_METADATA && p2 != REF_PIN && p2 != REF_PUK && p2 != KEY_MANAGEMENT);
    if (health->ec_tested || !ec || apdu.err || health->fault != FAULT_NONE)
        return;
    health->ec_tested = true;
    if (!ec_right())
        health->fault = FAULT_EC;
}
