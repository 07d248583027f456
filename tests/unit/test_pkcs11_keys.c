/* SPDX-License-Identifier: BSD-2-Clause */
/* The PKCS#11 module with RSA-2048 and P-384 keys and with retired ones; OpenSSL judges. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <string.h>
#include <zlib.h>

#include "cache.h"
#include "mechanism.h"
#include "module_fixture.h"
#include "rsa.h"
#include "sdc/tlv.h"

static CK_BYTE message[] = "The hearing is on Tuesday.";

enum { K = P11_RSA_LEN };

/* Hashes in the order of their mechanisms: SHA-1, 224, 256, 384, 512. */
static const char *const digests[] = { "SHA1", "SHA224", "SHA256", "SHA384", "SHA512" };
static const CK_MECHANISM_TYPE hash_types[] = { CKM_SHA_1, CKM_SHA224, CKM_SHA256, CKM_SHA384, CKM_SHA512 };
static const CK_RSA_PKCS_MGF_TYPE mgf_types[] = { CKG_MGF1_SHA1, CKG_MGF1_SHA224, CKG_MGF1_SHA256, CKG_MGF1_SHA384,
                                                  CKG_MGF1_SHA512 };
static const CK_MECHANISM_TYPE pkcs1_types[] = { CKM_SHA1_RSA_PKCS, CKM_SHA224_RSA_PKCS, CKM_SHA256_RSA_PKCS,
                                                 CKM_SHA384_RSA_PKCS, CKM_SHA512_RSA_PKCS };
static const CK_MECHANISM_TYPE pss_types[] = { CKM_SHA1_RSA_PKCS_PSS, CKM_SHA224_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS_PSS,
                                               CKM_SHA384_RSA_PKCS_PSS, CKM_SHA512_RSA_PKCS_PSS };
#define HASHES 5

static CK_SESSION_HANDLE start(const struct card_memory *card)
{
    module_start(card);
    CK_SESSION_HANDLE s = module_session(0);
    module_login(s);
    return s;
}

static size_t digest(const char *name, const void *data, size_t len, CK_BYTE out[64])
{
    size_t out_len = 0;
    ck_assert(EVP_Q_digest(NULL, name, NULL, data, len, out, &out_len));
    return out_len;
}

/* OpenSSL's verdict; hash NULL: the data are signed as they are. salt < 0: PKCS #1 1.5. */
static bool judge(const char *hash, const char *mgf, int salt, const CK_BYTE *data, size_t len, const CK_BYTE *sig)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, rsa_keys[0], NULL);
    bool good = EVP_PKEY_verify_init(ctx) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(ctx, salt < 0 ? RSA_PKCS1_PADDING : RSA_PKCS1_PSS_PADDING) == 1;
    if (hash)
        good = good && EVP_PKEY_CTX_set_signature_md(ctx, EVP_get_digestbyname(hash)) == 1;
    if (salt >= 0)
        good = good && EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_get_digestbyname(mgf)) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt) == 1;
    good = good && EVP_PKEY_verify(ctx, sig, K, data, len) == 1;
    EVP_PKEY_CTX_free(ctx);
    return good;
}

static void sign(CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key, CK_BYTE *data, CK_ULONG len,
                 CK_BYTE signature[K])
{
    CK_ULONG got = 0;
    RV(C_SignInit(s, m, key), CKR_OK);
    RV(C_Sign(s, data, len, NULL, &got), CKR_OK);
    ck_assert_uint_eq(got, K);
    got = K - 1;
    RV(C_Sign(s, data, len, signature, &got), CKR_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(got, K);
    RV(C_Sign(s, data, len, signature, &got), CKR_OK);
    ck_assert_uint_eq(got, K);
}

static void verify(CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE key, CK_BYTE *data, CK_ULONG len,
                   CK_BYTE signature[K])
{
    RV(C_VerifyInit(s, m, key), CKR_OK);
    RV(C_Verify(s, data, len, signature, K), CKR_OK);
    RV(C_VerifyInit(s, m, key), CKR_OK);
    RV(C_Verify(s, data, len, signature, K - 1), CKR_SIGNATURE_LEN_RANGE);
    signature[100] ^= 1;
    RV(C_VerifyInit(s, m, key), CKR_OK);
    RV(C_Verify(s, data, len, signature, K), CKR_SIGNATURE_INVALID);
    signature[100] ^= 1;
}

START_TEST(signs_pkcs1)
{
    CK_MECHANISM m = { pkcs1_types[_i], NULL, 0 };
    CK_BYTE hash[64], signature[K], parts[K];
    CK_ULONG len = K;
    CK_SESSION_HANDLE s = start(&rsa_card);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 1), public = module_find(s, CKO_PUBLIC_KEY, 1);
    size_t n = digest(digests[_i], message, sizeof message, hash);
    sign(s, &m, key, message, sizeof message, signature);
    ck_assert(judge(digests[_i], NULL, -1, hash, n, signature));
    ck_assert(!judge(digests[(_i + 1) % HASHES], NULL, -1, hash, n, signature));
    verify(s, &m, public, message, sizeof message, signature);
    RV(C_SignInit(s, &m, key), CKR_OK);
    RV(C_SignUpdate(s, message, 5), CKR_OK);
    RV(C_SignUpdate(s, message + 5, sizeof message - 5), CKR_OK);
    RV(C_SignFinal(s, parts, &len), CKR_OK);
    ck_assert_mem_eq(parts, signature, K);
}
END_TEST

/* Every hash with every mask generation function and salt length. */
START_TEST(signs_pss)
{
    CK_BYTE hash[64], signature[K];
    CK_SESSION_HANDLE s = start(&rsa_card);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 1), public = module_find(s, CKO_PUBLIC_KEY, 1);
    size_t n = digest(digests[_i], message, sizeof message, hash);
    const CK_ULONG salts[] = { 0, n, K - n - 2 };
    CK_RSA_PKCS_PSS_PARAMS p = { .hash_alg = hash_types[_i] };
    CK_MECHANISM hashing = { pss_types[_i], &p, sizeof p }, plain = { CKM_RSA_PKCS_PSS, &p, sizeof p };
    for (size_t mgf = 0; mgf < HASHES; mgf++) {
        for (size_t i = 0; i < 3; i++) {
            p.mgf = mgf_types[mgf];
            p.s_len = salts[i];
            sign(s, &hashing, key, message, sizeof message, signature);
            ck_assert(judge(digests[_i], digests[mgf], (int)salts[i], hash, n, signature));
            verify(s, &hashing, public, message, sizeof message, signature);
            sign(s, &plain, key, hash, n, signature);
            ck_assert(judge(digests[_i], digests[mgf], (int)salts[i], hash, n, signature));
            verify(s, &plain, public, hash, n, signature);
        }
    }
    CK_ULONG len = K;
    RV(C_SignInit(s, &plain, key), CKR_OK);
    RV(C_Sign(s, hash, n - 1, signature, &len), CKR_DATA_LEN_RANGE);
    RV(C_Sign(s, hash, n, signature, &len), CKR_OPERATION_NOT_INITIALIZED);
    p.s_len = K - n - 1;
    RV(C_SignInit(s, &plain, key), CKR_MECHANISM_PARAM_INVALID);
    p.s_len = n;
    p.mgf = 99;
    RV(C_SignInit(s, &plain, key), CKR_MECHANISM_PARAM_INVALID);
    p.mgf = CKG_MGF1_SHA256;
    p.hash_alg = hash_types[(_i + 1) % HASHES];
    RV(C_SignInit(s, &hashing, key), CKR_MECHANISM_PARAM_INVALID);
    hashing.ulParameterLen--;
    RV(C_SignInit(s, &hashing, key), CKR_MECHANISM_PARAM_INVALID);
    hashing.pParameter = NULL;
    RV(C_SignInit(s, &hashing, key), CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

START_TEST(signs_what_is_padded_or_not)
{
    CK_MECHANISM pkcs = { CKM_RSA_PKCS, NULL, 0 }, raw = { CKM_RSA_X_509, NULL, 0 };
    CK_BYTE data[K] = { 0 }, signature[K];
    CK_ULONG len = K;
    CK_SESSION_HANDLE s = start(&rsa_card);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 1), public = module_find(s, CKO_PUBLIC_KEY, 1);
    memset(data + 1, 0x5A, K - 1);
    static const CK_ULONG lengths[] = { 1, 51, K - 11 };
    for (size_t i = 0; i < 3; i++) {
        sign(s, &pkcs, key, data, lengths[i], signature);
        ck_assert(judge(NULL, NULL, -1, data, lengths[i], signature));
        verify(s, &pkcs, public, data, lengths[i], signature);
    }
    RV(C_SignInit(s, &pkcs, key), CKR_OK);
    RV(C_Sign(s, data, K - 10, signature, &len), CKR_DATA_LEN_RANGE);
    sign(s, &raw, key, data, K, signature);
    verify(s, &raw, public, data, K, signature);
    RV(C_SignInit(s, &raw, key), CKR_OK);
    RV(C_Sign(s, data, K - 1, signature, &len), CKR_DATA_LEN_RANGE);
    RV(C_SignInit(s, &raw, key), CKR_OK);
    RV(C_SignUpdate(s, data, K), CKR_OK);
    RV(C_SignUpdate(s, data, 1), CKR_DATA_LEN_RANGE);
    memset(data, 0xFF, K); /* not below the modulus */
    module_apdus();
    RV(C_SignInit(s, &raw, key), CKR_OK);
    RV(C_Sign(s, data, K, signature, &len), CKR_DATA_INVALID);
    ck_assert_uint_eq(module_apdus(), 0);
}
END_TEST

/* ---- encryption: OpenSSL makes what the card opens ---- */
struct crypt_case {
    CK_MECHANISM_TYPE mechanism;
    CK_ULONG data_len; /* the most */
    int hash, mgf;     /* OAEP */
    bool label;
};
static const struct crypt_case crypt_cases[] = {
    { CKM_RSA_PKCS, K - 11, 0, 0, false },      { CKM_RSA_PKCS_OAEP, K - 42, 0, 0, false },
    { CKM_RSA_PKCS_OAEP, K - 66, 2, 2, false }, { CKM_RSA_PKCS_OAEP, K - 66, 2, 0, true },
    { CKM_RSA_PKCS_OAEP, K - 130, 4, 3, true },
};
#define CRYPT_CASES (int)(sizeof crypt_cases / sizeof crypt_cases[0])
static char label[] = "label";

static void openssl_encrypt(const struct crypt_case *c, const CK_BYTE *data, size_t len, CK_BYTE out[K])
{
    size_t out_len = K;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, rsa_keys[2], NULL);
    bool oaep = c->mechanism == CKM_RSA_PKCS_OAEP;
    ck_assert(EVP_PKEY_encrypt_init(ctx) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, oaep ? RSA_PKCS1_OAEP_PADDING : RSA_PKCS1_PADDING) == 1);
    if (oaep)
        ck_assert(EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_get_digestbyname(digests[c->hash])) == 1 &&
                  EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_get_digestbyname(digests[c->mgf])) == 1);
    if (c->label)
        ck_assert(EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, OPENSSL_strdup(label), (int)strlen(label)) == 1);
    ck_assert(EVP_PKEY_encrypt(ctx, out, &out_len, data, len) == 1);
    EVP_PKEY_CTX_free(ctx);
}

static CK_MECHANISM crypt_mechanism(const struct crypt_case *c, CK_RSA_PKCS_OAEP_PARAMS *p)
{
    *p = (CK_RSA_PKCS_OAEP_PARAMS) { hash_types[c->hash], mgf_types[c->mgf], CKZ_DATA_SPECIFIED,
                                     c->label ? label : NULL, c->label ? strlen(label) : 0 };
    bool oaep = c->mechanism == CKM_RSA_PKCS_OAEP;
    return (CK_MECHANISM) { c->mechanism, oaep ? p : NULL, oaep ? sizeof *p : 0 };
}

START_TEST(decrypts)
{
    const struct crypt_case *c = &crypt_cases[_i];
    CK_RSA_PKCS_OAEP_PARAMS p;
    CK_MECHANISM m = crypt_mechanism(c, &p);
    CK_BYTE data[K], secret[K], out[K];
    CK_SESSION_HANDLE s = start(&rsa_card);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 3);
    memset(data, 0x33, sizeof data);
    const CK_ULONG lengths[] = { 0, 1, 32, c->data_len };
    for (size_t i = 0; i < 4; i++) {
        CK_ULONG len = 0, need = lengths[i];
        openssl_encrypt(c, data, need, secret);
        RV(C_DecryptInit(s, &m, key), CKR_OK);
        RV(C_Decrypt(s, secret, K, NULL, &len), CKR_OK);
        ck_assert_uint_eq(len, c->data_len);
        module_apdus();
        if (need > 0) { /* the true length, and the card isn't asked twice */
            len = need - 1;
            out[0] = 0x77;
            RV(C_Decrypt(s, secret, K, out, &len), CKR_BUFFER_TOO_SMALL);
            ck_assert_uint_eq(len, need);
            ck_assert_uint_eq(out[0], 0x77);
        }
        len = need;
        RV(C_Decrypt(s, secret, K, out, &len), CKR_OK);
        ck_assert_uint_eq(module_apdus(), 1);
        ck_assert_uint_eq(len, need);
        ck_assert_mem_eq(out, data, need);
        RV(C_Decrypt(s, secret, K, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    }
    CK_ULONG len = 0;
    openssl_encrypt(c, data, 20, secret);
    RV(C_DecryptInit(s, &m, key), CKR_OK);
    RV(C_DecryptUpdate(s, secret, 100, out, &len), CKR_OK);
    RV(C_DecryptUpdate(s, secret + 100, K - 100, out, &len), CKR_OK);
    ck_assert_uint_eq(len, 0);
    len = K;
    RV(C_DecryptFinal(s, out, &len), CKR_OK);
    ck_assert_uint_eq(len, 20);
}
END_TEST

/* The module encrypts, the module decrypts; what the padding doesn't have room for is refused. */
START_TEST(encrypts)
{
    const struct crypt_case *c = &crypt_cases[_i];
    CK_RSA_PKCS_OAEP_PARAMS p;
    CK_MECHANISM m = crypt_mechanism(c, &p);
    CK_BYTE data[K] = { 1, 2, 3 }, secret[K], out[K];
    CK_ULONG len = 0, out_len = K;
    CK_SESSION_HANDLE s = start(&rsa_card);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 3), public = module_find(s, CKO_PUBLIC_KEY, 3);
    RV(C_EncryptInit(s, &m, public), CKR_OK);
    RV(C_Encrypt(s, data, c->data_len, NULL, &len), CKR_OK);
    ck_assert_uint_eq(len, K);
    RV(C_Encrypt(s, data, c->data_len, secret, &len), CKR_OK);
    RV(C_DecryptInit(s, &m, key), CKR_OK);
    RV(C_Decrypt(s, secret, len, out, &out_len), CKR_OK);
    ck_assert_uint_eq(out_len, c->data_len);
    ck_assert_mem_eq(out, data, out_len);
    RV(C_EncryptInit(s, &m, public), CKR_OK);
    RV(C_Encrypt(s, data, c->data_len + 1, secret, &len), CKR_DATA_LEN_RANGE);
    RV(C_Encrypt(s, data, 1, secret, &len), CKR_OPERATION_NOT_INITIALIZED);
    RV(C_EncryptInit(s, &m, key), CKR_KEY_HANDLE_INVALID);
    RV(C_EncryptInit(s, &m, module_find(s, CKO_PUBLIC_KEY, 1)), CKR_KEY_FUNCTION_NOT_PERMITTED);
    RV(C_DecryptInit(s, &m, module_find(s, CKO_PRIVATE_KEY, 1)), CKR_KEY_FUNCTION_NOT_PERMITTED);
}
END_TEST

/* Each way in which a ciphertext is wrong gives the same error, and ends the operation. */
START_TEST(tells_no_more_than_wrong)
{
    const struct crypt_case *c = &crypt_cases[_i];
    CK_RSA_PKCS_OAEP_PARAMS p;
    CK_MECHANISM m = crypt_mechanism(c, &p), raw = { CKM_RSA_X_509, NULL, 0 };
    CK_BYTE plain[K] = { 0 }, secret[K], out[K];
    CK_SESSION_HANDLE s = start(&rsa_card);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 3), public = module_find(s, CKO_PUBLIC_KEY, 3);
    for (int wrong = 0; wrong < 5; wrong++) {
        CK_ULONG len = K;
        memset(plain + 2, 0x11, K - 2);
        plain[0] = wrong == 0;
        plain[1] = wrong == 1 ? 1 : 2;
        plain[wrong == 2 ? 9 : wrong == 3 ? 200 : 20] = wrong == 4 ? 0x11 : 0; /* too early, as is, no end */
        if (wrong == 3 && c->mechanism == CKM_RSA_PKCS)
            plain[5] = 0;
        RV(C_EncryptInit(s, &raw, public), CKR_OK);
        RV(C_Encrypt(s, plain, K, secret, &len), CKR_OK);
        RV(C_DecryptInit(s, &m, key), CKR_OK);
        len = K;
        RV(C_Decrypt(s, secret, K, out, &len), CKR_ENCRYPTED_DATA_INVALID);
        RV(C_Decrypt(s, secret, K, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    }
    CK_ULONG len = K;
    memset(secret, 0xFF, K);
    RV(C_DecryptInit(s, &m, key), CKR_OK);
    RV(C_Decrypt(s, secret, K, out, &len), CKR_ENCRYPTED_DATA_INVALID);
    RV(C_DecryptInit(s, &m, key), CKR_OK);
    RV(C_Decrypt(s, secret, K - 1, out, &len), CKR_ENCRYPTED_DATA_LEN_RANGE);
    RV(C_DecryptInit(s, &m, key), CKR_OK);
    RV(C_DecryptUpdate(s, secret, K, out, &len), CKR_OK);
    RV(C_DecryptUpdate(s, secret, 1, out, &len), CKR_ENCRYPTED_DATA_LEN_RANGE);
}
END_TEST

START_TEST(tells_what_the_card_says)
{
    static const struct {
        unsigned sw;
        CK_RV expected;
    } rows[] = { { 0x6A80, CKR_ENCRYPTED_DATA_INVALID }, { 0x6982, CKR_USER_NOT_LOGGED_IN },
                 { 0x6985, CKR_FUNCTION_REJECTED },      { 0x6A86, CKR_DEVICE_ERROR },
                 { 0x6A84, CKR_DEVICE_MEMORY },          { 0x6581, CKR_DEVICE_MEMORY },
                 { 0x6F00, CKR_DEVICE_ERROR },           { 0x9000, CKR_DEVICE_ERROR } };
    CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 }, sha = { CKM_SHA256_RSA_PKCS, NULL, 0 };
    CK_BYTE secret[K] = { 0 }, out[K];
    CK_ULONG len = K;
    CK_SESSION_HANDLE s = start(&rsa_card);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 3), signer = module_find(s, CKO_PRIVATE_KEY, 4);
    RV(C_DecryptInit(s, &m, key), CKR_OK);
    RV(C_SignInit(s, &sha, signer), CKR_OK);
    desk.readers[0].reply_sw = rows[_i].sw;
    RV(C_Decrypt(s, secret, K, out, &len), rows[_i].expected);
    RV(C_Decrypt(s, secret, K, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    if (rows[_i].sw == 0x6A80) /* of a signature it says nothing */
        RV(C_Sign(s, secret, 3, out, &len), CKR_DEVICE_ERROR);
    desk.readers[0].reply_sw = 0;
}
END_TEST

/* Unpadding against the block that was padded, with one byte changed at every place. */
START_TEST(unpads_exactly)
{
    struct p11_padding p = { "SHA256", "SHA1", 32, 0, { 7 } };
    uint8_t block[K], copy[K], data[K] = { 9, 8, 7 };
    size_t len = 0;
    bool oaep = _i;
    ck_assert(oaep ? p11_oaep_pad(&p, data, 50, block) : p11_rsa_encrypt_pad(data, 50, block));
    for (size_t at = 0; at <= K; at++) {
        memcpy(copy, block, K);
        if (at < K)
            copy[at] ^= copy[at] == 0x80 ? 0x40 : 0x80;
        bool good = oaep ? p11_oaep_unpad(&p, copy, &len) : p11_rsa_decrypt_unpad(copy, &len);
        bool should = at == K || (!oaep && at >= 2 && at != K - 51);
        /* without its separator, the first zero of the data ends the fill */
        ck_assert_msg(good == should || (!oaep && at == K - 51 && good), "byte %zu", at);
        ck_assert(!good || oaep || at == K - 51 || len == 50);
        if (at == K)
            ck_assert(len == 50 && memcmp(copy, data, 50) == 0);
        if (!good)
            ck_assert(len == 0 && copy[0] == 0);
    }
}
END_TEST

/* MGF1 with SHA-1 (RFC 8017 B.2.1) over data, by OpenSSL alone. */
static void flip_mask(const uint8_t *seed, size_t seed_len, uint8_t *data, size_t len)
{
    uint8_t input[K + 4], part[64];
    memcpy(input, seed, seed_len);
    memset(input + seed_len, 0, 4);
    for (size_t i = 0; i < len; i++) {
        input[seed_len + 3] = (uint8_t)(i / 20);
        ck_assert_uint_eq(digest("SHA1", input, seed_len + 4, part), 20);
        data[i] ^= part[i % 20];
    }
}

/* What stands between the label's hash and the 01 must be zero, the label's hash be right, the first byte be zero. */
START_TEST(unpads_no_other_block)
{
    static const size_t places[] = { 0, 33, 64, 65, 100, 204, 205 }; /* of the block; 205 is the 01 */
    struct p11_padding p = { "SHA256", "SHA1", 32, 0, { 7 } };
    uint8_t block[K], data[K] = { 9, 8, 7 };
    size_t len = 0, at = places[_i];
    ck_assert(p11_oaep_pad(&p, data, 50, block));
    flip_mask(block + 33, K - 33, block + 1, 32);
    flip_mask(block + 1, 32, block + 33, K - 33);
    ck_assert_uint_eq(block[205], 1);
    block[at] ^= 0x10;
    flip_mask(block + 1, 32, block + 33, K - 33);
    flip_mask(block + 33, K - 33, block + 1, 32);
    ck_assert(!p11_oaep_unpad(&p, block, &len));
    ck_assert_uint_eq(len, 0);
}
END_TEST

/* ---- P-384 ---- */
START_TEST(signs_with_p384)
{
    CK_MECHANISM m = { CKM_ECDSA_SHA384, NULL, 0 }, plain = { CKM_ECDSA, NULL, 0 };
    CK_BYTE hash[64], raw[96];
    CK_ULONG len = 0;
    CK_SESSION_HANDLE s = start(&p384_card);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 1), public = module_find(s, CKO_PUBLIC_KEY, 1);
    RV(C_SignInit(s, &m, key), CKR_OK);
    RV(C_Sign(s, message, sizeof message, NULL, &len), CKR_OK);
    ck_assert_uint_eq(len, 96);
    RV(C_Sign(s, message, sizeof message, raw, &len), CKR_OK);
    size_t n = digest("SHA384", message, sizeof message, hash);
    ck_assert(module_signature_good(p384_keys[0], hash, n, raw));
    RV(C_VerifyInit(s, &m, public), CKR_OK);
    RV(C_Verify(s, message, sizeof message, raw, 96), CKR_OK);
    memset(hash, 0xC3, sizeof hash);
    static const CK_ULONG lengths[] = { 1, 20, 47, 48, 49, 64 };
    for (size_t i = 0; i < 6; i++) {
        RV(C_SignInit(s, &plain, key), CKR_OK);
        RV(C_Sign(s, hash, lengths[i], raw, &len), CKR_OK);
        ck_assert(module_signature_good(p384_keys[0], hash, lengths[i], raw));
        raw[50] ^= 1;
        RV(C_VerifyInit(s, &plain, public), CKR_OK);
        RV(C_Verify(s, hash, lengths[i], raw, 96), CKR_SIGNATURE_INVALID);
    }
    CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 };
    RV(C_SignInit(s, &rsa, key), CKR_KEY_TYPE_INCONSISTENT);
}
END_TEST

/* 9D and the retired keys; the first retired certificate is compressed. */
START_TEST(derives_with_p384)
{
    static const CK_BYTE ids[] = { 3, 5, 6 };
    static const int numbers[] = { 2, 4, 5 };
    EVP_PKEY *peer = EVP_EC_gen("P-384");
    CK_BYTE point[97], ours[48], theirs[48];
    size_t len = 0;
    ck_assert(EVP_PKEY_get_octet_string_param(peer, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len));
    CK_ECDH1_DERIVE_PARAMS params = { .kdf = CKD_NULL, .ulPublicDataLen = sizeof point, .pPublicData = point };
    CK_MECHANISM m = { CKM_ECDH1_DERIVE, &params, sizeof params };
    CK_OBJECT_HANDLE secret = 0;
    CK_SESSION_HANDLE s = start(&p384_card);
    RV(C_DeriveKey(s, &m, module_find(s, CKO_PRIVATE_KEY, ids[_i]), NULL, 0, &secret), CKR_OK);
    CK_ATTRIBUTE value = { CKA_VALUE, ours, sizeof ours };
    RV(C_GetAttributeValue(s, secret, &value, 1), CKR_OK);
    ck_assert_uint_eq(value.ulValueLen, 48);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, peer, NULL);
    len = sizeof theirs;
    ck_assert(EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, p384_keys[numbers[_i]]) == 1 &&
              EVP_PKEY_derive(ctx, theirs, &len) == 1);
    ck_assert_mem_eq(ours, theirs, 48);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(peer);
    params.ulPublicDataLen = 65; /* a point of another curve's length */
    RV(C_DeriveKey(s, &m, module_find(s, CKO_PRIVATE_KEY, ids[_i]), NULL, 0, &secret), CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

/* ---- retired keys ---- */
START_TEST(counts_retired_keys)
{
    const struct card_memory *card = _i ? &rsa_card : &issued;
    CK_BYTE id = 7;
    CK_ATTRIBUTE by_id = { CKA_ID, &id, 1 };
    char text[] = "Retired Certificate for Key Management 2";
    CK_ATTRIBUTE by_label = { CKA_LABEL, text, sizeof text - 1 };
    CK_SESSION_HANDLE s = start(card);
    module_apdus();
    ck_assert_uint_eq(module_count(s, &by_id, 1), 0); /* the third of two */
    ck_assert_uint_eq(module_apdus(), _i ? 1 : 3);    /* the key history; where it isn't, after a SELECT once more */
    ck_assert_uint_eq(module_count(s, &by_label, 1), _i ? 1 : 0);
    for (id = 5; id <= 6; id++)
        ck_assert_uint_eq(module_count(s, &by_id, 1), _i ? 3 : 0);
    ck_assert_uint_eq(module_apdus(), 0); /* labels and ids are known without reading */
    id = 0x10;
    ck_assert_uint_eq(module_count(s, &by_id, 1), 0);
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE all = { CKA_CLASS, &class, sizeof class };
    ck_assert_uint_eq(module_count(s, &all, 1), _i ? 6 : 4);
}
END_TEST

/* A certificate object with this gzip stream in it. */
static struct p11_certificate *parse_compressed(const CK_BYTE *der, size_t len, int cut, const char *tail)
{
    static unsigned char room[1 << 16];
    struct sdc_buf object = { 0 };
    z_stream z = { .next_in = (unsigned char *)(uintptr_t)der, .avail_in = (uInt)len };
    ck_assert(deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_out = room;
    z.avail_out = sizeof room;
    ck_assert(deflate(&z, Z_FINISH) == Z_STREAM_END);
    sdc_tlv_head(&object, 0x70, sizeof room - z.avail_out - (size_t)cut + strlen(tail));
    sdc_buf_put(&object, room, sizeof room - z.avail_out - (size_t)cut);
    sdc_buf_put(&object, tail, strlen(tail));
    sdc_tlv_put(&object, 0x71, "\x01", 1);
    sdc_tlv_put(&object, 0xFE, NULL, 0);
    deflateEnd(&z);
    struct p11_certificate *c = p11_certificate_parse(sdc_buf_rd(&object));
    sdc_buf_free(&object);
    return c;
}

START_TEST(inflates_no_bomb)
{
    static CK_BYTE der[P11_INFLATED_MAX + 1];
    CK_ATTRIBUTE value = { CKA_VALUE, der, sizeof der };
    CK_SESSION_HANDLE s = start(&rsa_card);
    RV(C_GetAttributeValue(s, module_find(s, CKO_CERTIFICATE, 1), &value, 1), CKR_OK);
    size_t len = value.ulValueLen;
    struct p11_certificate *c = parse_compressed(der, len, 0, "");
    ck_assert(c && c->der.len == len && memcmp(c->der.data, der, len) == 0);
    p11_certificate_free(c);
    ck_assert_ptr_null(parse_compressed(der, len, 1, ""));        /* cut */
    ck_assert_ptr_null(parse_compressed(der, len, 0, "x"));       /* more behind it */
    ck_assert_ptr_null(parse_compressed(der, len + 1, 0, ""));    /* more in it */
    ck_assert_ptr_null(parse_compressed(der, sizeof der, 0, "")); /* larger than it may be */
    ck_assert_ptr_null(parse_compressed(der, 0, 0, ""));
}
END_TEST

START_TEST(decrypts_with_a_retired_key)
{
    CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 }, sha = { CKM_SHA256_RSA_PKCS, NULL, 0 };
    CK_BYTE data[] = { 1, 2, 3 }, secret[K], out[K];
    CK_ULONG len = K;
    CK_SESSION_HANDLE s = start(&rsa_card);
    openssl_encrypt(&crypt_cases[0], data, sizeof data, secret);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 6);
    RV(C_DecryptInit(s, &m, key), CKR_OK);
    RV(C_Decrypt(s, secret, K, out, &len), CKR_OK);
    ck_assert_uint_eq(len, sizeof data);
    RV(C_SignInit(s, &sha, key), CKR_KEY_FUNCTION_NOT_PERMITTED);
}
END_TEST

/* A program that has told the crypto library to use other implementations, of which there are none here. */
START_TEST(needs_nothing_of_the_program)
{
    CK_MECHANISM sha = { CKM_SHA256, NULL, 0 }, rsa = { CKM_SHA256_RSA_PKCS, NULL, 0 },
                 ec = { CKM_ECDSA_SHA384, NULL, 0 };
    CK_RSA_PKCS_PSS_PARAMS p = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
    CK_RSA_PKCS_OAEP_PARAMS o = { CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, NULL, 0 };
    CK_MECHANISM pss = { CKM_SHA256_RSA_PKCS_PSS, &p, sizeof p }, oaep = { CKM_RSA_PKCS_OAEP, &o, sizeof o };
    CK_MECHANISM *mechanism = _i ? &ec : &rsa;
    CK_BYTE signature[K], out[K], secret[K];
    CK_ULONG len = K, out_len = K;
    ck_assert(EVP_set_default_properties(NULL, "provider=nobody"));
    ck_assert(!EVP_Q_digest(NULL, "SHA256", NULL, "", 0, out, NULL));
    CK_SESSION_HANDLE s = start(_i ? &p384_card : &rsa_card);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 1), public = module_find(s, CKO_PUBLIC_KEY, 1);
    RV(C_DigestInit(s, &sha), CKR_OK);
    RV(C_Digest(s, message, sizeof message, out, &len), CKR_OK);
    RV(C_GenerateRandom(s, out, sizeof out), CKR_OK);
    for (int i = 0; i < (_i ? 1 : 2); i++) {
        len = K;
        RV(C_SignInit(s, mechanism, key), CKR_OK);
        RV(C_Sign(s, message, sizeof message, signature, &len), CKR_OK);
        RV(C_VerifyInit(s, mechanism, public), CKR_OK);
        RV(C_Verify(s, message, sizeof message, signature, len), CKR_OK);
        mechanism = &pss;
    }
    if (_i)
        return;
    RV(C_EncryptInit(s, &oaep, module_find(s, CKO_PUBLIC_KEY, 3)), CKR_OK);
    RV(C_Encrypt(s, message, sizeof message, secret, &len), CKR_OK);
    RV(C_DecryptInit(s, &oaep, module_find(s, CKO_PRIVATE_KEY, 3)), CKR_OK);
    RV(C_Decrypt(s, secret, len, out, &out_len), CKR_OK);
    ck_assert_uint_eq(out_len, sizeof message);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { needs_nothing_of_the_program, 2 },
        { signs_pkcs1, HASHES },
        { signs_pss, HASHES },
        { signs_what_is_padded_or_not, 0 },
        { decrypts, CRYPT_CASES },
        { encrypts, CRYPT_CASES },
        { tells_no_more_than_wrong, CRYPT_CASES },
        { tells_what_the_card_says, 8 },
        { unpads_exactly, 2 },
        { unpads_no_other_block, 7 },
        { signs_with_p384, 0 },
        { derives_with_p384, 3 },
        { counts_retired_keys, 2 },
        { inflates_no_bomb, 0 },
        { decrypts_with_a_retired_key, 0 },
    };
    module_fixture_cards();
    module_fixture_other_keys();
    return suite_run("pkcs11 keys", tests, sizeof tests / sizeof tests[0]);
}
