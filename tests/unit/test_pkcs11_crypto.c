/* SPDX-License-Identifier: BSD-2-Clause */
/* The PKCS#11 module's cryptography and what it costs in APDUs, on a card in memory; OpenSSL judges. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <string.h>

#include "module_fixture.h"

static CK_BYTE message[] = "The hearing is on Tuesday.";
static CK_UTF8CHAR pin[] = CARD_ISSUE_PIN, wrong_pin[] = "111111";

struct hashing {
    CK_MECHANISM_TYPE mechanism;
    const char *digest;
};
static const struct hashing hashings[] = {
    { CKM_ECDSA_SHA1, "SHA1" },     { CKM_ECDSA_SHA224, "SHA224" }, { CKM_ECDSA_SHA256, "SHA256" },
    { CKM_ECDSA_SHA384, "SHA384" }, { CKM_ECDSA_SHA512, "SHA512" },
};
#define HASHINGS 5

static size_t digest(const char *name, const void *data, size_t len, CK_BYTE out[64])
{
    size_t out_len = 0;
    ck_assert(EVP_Q_digest(NULL, name, NULL, data, len, out, &out_len));
    return out_len;
}

START_TEST(signs_with_each_hash)
{
    const struct hashing *h = &hashings[_i];
    CK_MECHANISM m = { h->mechanism, NULL, 0 };
    CK_BYTE signature[64], parts[64], hash[64];
    CK_ULONG len = 0;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    module_login(s);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 1), public = module_find(s, CKO_PUBLIC_KEY, 1);

    RV(C_SignInit(s, &m, key), CKR_OK);
    RV(C_Sign(s, message, sizeof message, NULL, &len), CKR_OK);
    ck_assert_uint_eq(len, 64);
    RV(C_Sign(s, message, sizeof message, signature, &len), CKR_OK);

    RV(C_SignInit(s, &m, key), CKR_OK);
    RV(C_SignUpdate(s, message, 7), CKR_OK);
    RV(C_SignUpdate(s, NULL, 0), CKR_OK);
    RV(C_SignUpdate(s, message + 7, sizeof message - 7), CKR_OK);
    RV(C_SignFinal(s, NULL, &len), CKR_OK);
    RV(C_SignFinal(s, parts, &len), CKR_OK);

    size_t hash_len = digest(h->digest, message, sizeof message, hash);
    ck_assert(module_signature_good(issued_keys[0], hash, hash_len, signature));
    ck_assert(module_signature_good(issued_keys[0], hash, hash_len, parts));
    ck_assert(!module_signature_good(issued_keys[1], hash, hash_len, signature));

    RV(C_VerifyInit(s, &m, public), CKR_OK);
    RV(C_Verify(s, message, sizeof message, signature, 64), CKR_OK);
    RV(C_VerifyInit(s, &m, public), CKR_OK);
    RV(C_VerifyUpdate(s, message, sizeof message), CKR_OK);
    RV(C_VerifyFinal(s, signature, 64), CKR_OK);
    RV(C_VerifyInit(s, &m, public), CKR_OK);
    RV(C_Verify(s, message, sizeof message, signature, 63), CKR_SIGNATURE_LEN_RANGE);
    signature[40] ^= 1;
    RV(C_VerifyInit(s, &m, public), CKR_OK);
    RV(C_Verify(s, message, sizeof message, signature, 64), CKR_SIGNATURE_INVALID);
}
END_TEST

/* A hash longer than the field is cut on the right, a shorter one padded on the left: what OpenSSL verifies. */
START_TEST(fits_raw_hashes)
{
    static const size_t lengths[] = { 1, 20, 28, 31, 32, 33, 48, 64 };
    CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
    CK_BYTE data[65], signature[64];
    CK_ULONG len = 64;
    memset(data, 0xA5, sizeof data);
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 4);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        RV(C_SignInit(s, &m, key), CKR_OK);
        RV(C_Sign(s, data, lengths[i], signature, &len), CKR_OK);
        ck_assert(module_signature_good(issued_keys[3], data, lengths[i], signature));
    }
    RV(C_SignInit(s, &m, key), CKR_OK);
    RV(C_Sign(s, data, 65, signature, &len), CKR_DATA_LEN_RANGE);
    RV(C_SignInit(s, &m, key), CKR_OK);
    RV(C_Sign(s, data, 0, signature, &len), CKR_DATA_LEN_RANGE);
    RV(C_SignInit(s, &m, key), CKR_OK);
    RV(C_SignUpdate(s, data, 60), CKR_OK);
    RV(C_SignUpdate(s, data, 5), CKR_DATA_LEN_RANGE);
    RV(C_SignFinal(s, signature, &len), CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

START_TEST(signs_with_9e_without_login)
{
    CK_BYTE signature[64], hash[32] = { 1, 2, 3 };
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    RV(module_sign(s, module_find(s, CKO_PRIVATE_KEY, 4), signature), CKR_OK);
    ck_assert(module_signature_good(issued_keys[3], hash, 32, signature));
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class } };
    ck_assert_uint_eq(module_count(s, template, 1), 1);
    module_login(s);
    ck_assert_uint_eq(module_count(s, template, 1), 4);
}
END_TEST

/* SP 800-73-4 part 1, table 4b: 9C wants the PIN each time, just before. A login serves the first signature where
 * nothing is read in between. */
START_TEST(asks_for_the_pin_of_9c_each_time)
{
    CK_BYTE signature[64], hash[32] = { 1, 2, 3 };
    CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
    CK_ULONG len = 64;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    CK_ATTRIBUTE subject = { CKA_SUBJECT, NULL, 0 };
    RV(C_GetAttributeValue(s, module_find(s, CKO_CERTIFICATE, 2), &subject, 1), CKR_OK);
    module_login(s);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 2);
    RV(C_Login(s, CKU_CONTEXT_SPECIFIC, pin, 6), CKR_OPERATION_NOT_INITIALIZED);
    RV(module_sign(s, key, signature), CKR_OK);
    RV(module_sign(s, key, signature), CKR_USER_NOT_LOGGED_IN);
    ck_assert_uint_eq(module_state(s), CKS_RO_USER_FUNCTIONS);

    RV(C_SignInit(s, &m, key), CKR_OK);
    RV(C_Login(s, CKU_CONTEXT_SPECIFIC, wrong_pin, 6), CKR_PIN_INCORRECT);
    RV(C_Login(s, CKU_CONTEXT_SPECIFIC, pin, 6), CKR_OK);
    ck_assert_int_eq(desk.readers[0].open_transactions, 1); /* nobody comes in between */
    RV(C_Sign(s, hash, 32, NULL, &len), CKR_OK);            /* and a size query doesn't spend it */
    module_apdus();
    RV(C_Sign(s, hash, 32, signature, &len), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 1);
    ck_assert_int_eq(desk.readers[0].open_transactions, 0);
    ck_assert(module_signature_good(issued_keys[1], hash, 32, signature));
    RV(module_sign(s, key, signature), CKR_USER_NOT_LOGGED_IN);

    RV(C_SignInit(s, &m, module_find(s, CKO_PRIVATE_KEY, 1)), CKR_OK);
    RV(C_Login(s, CKU_CONTEXT_SPECIFIC, pin, 6), CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

/* Whatever ends the operation ends the transaction that waits for it. */
START_TEST(lets_go_of_the_card)
{
    CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
    module_start(&issued);
    CK_SESSION_HANDLE keep = module_session(0), s = module_session(0);
    module_login(s);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 2);
    RV(C_SignInit(s, &m, key), CKR_OK);
    RV(C_Login(s, CKU_CONTEXT_SPECIFIC, pin, 6), CKR_OK);
    ck_assert_int_eq(desk.readers[0].open_transactions, 1);
    switch (_i) {
    case 0:
        RV(C_CloseSession(s), CKR_OK);
        break;
    case 1:
        RV(C_Logout(keep), CKR_OK);
        break;
    case 2:
        RV(C_SessionCancel(s, CKF_SIGN), CKR_OK);
        break;
    case 3:
        RV(C_Sign(s, NULL, 5, NULL, NULL), CKR_ARGUMENTS_BAD);
        break;
    default:
        RV(C_Finalize(NULL), CKR_OK);
        break;
    }
    ck_assert_int_eq(desk.readers[0].open_transactions, 0);
}
END_TEST

START_TEST(derives_what_openssl_derives)
{
    EVP_PKEY *peer = EVP_EC_gen("P-256");
    CK_BYTE point[67] = { 0x04, 0x41 }, ours[32], theirs[32];
    size_t len = 0;
    ck_assert(EVP_PKEY_get_octet_string_param(peer, OSSL_PKEY_PARAM_PUB_KEY, point + 2, 65, &len));
    struct ck_ecdh1_derive_params params = { .kdf = CKD_NULL, .ulPublicDataLen = 67, .pPublicData = point };
    CK_MECHANISM m = { CKM_ECDH1_DERIVE, &params, sizeof params };
    CK_BBOOL no = CK_FALSE, yes = CK_TRUE;
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class },
                                { CKA_SENSITIVE, &no, 1 },
                                { CKA_EXTRACTABLE, &yes, 1 } };
    CK_OBJECT_HANDLE secret = 0;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    module_login(s);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 3);
    if (_i == 1) { /* the point raw */
        params.pPublicData = point + 2;
        params.ulPublicDataLen = 65;
    }
    RV(C_DeriveKey(s, &m, key, template, 3, &secret), CKR_OK);
    CK_ATTRIBUTE value = { CKA_VALUE, ours, sizeof ours };
    RV(C_GetAttributeValue(s, secret, &value, 1), CKR_OK);
    ck_assert_uint_eq(value.ulValueLen, 32);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, peer, NULL);
    len = sizeof theirs;
    ck_assert(EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, issued_keys[2]) == 1 &&
              EVP_PKEY_derive(ctx, theirs, &len) == 1);
    ck_assert_mem_eq(ours, theirs, 32);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(peer);

    point[30] ^= 1; /* not on the curve */
    RV(C_DeriveKey(s, &m, key, template, 3, &secret), CKR_MECHANISM_PARAM_INVALID);
    RV(C_DeriveKey(s, &m, module_find(s, CKO_PRIVATE_KEY, 1), template, 3, &secret), CKR_KEY_FUNCTION_NOT_PERMITTED);
    RV(C_DestroyObject(s, secret), CKR_OK);
    RV(C_GetAttributeValue(s, secret, &value, 1), CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

START_TEST(hides_a_sensitive_secret)
{
    EVP_PKEY *peer = EVP_EC_gen("P-256");
    CK_BYTE point[65], out[32];
    size_t len = 0;
    ck_assert(EVP_PKEY_get_octet_string_param(peer, OSSL_PKEY_PARAM_PUB_KEY, point, 65, &len));
    EVP_PKEY_free(peer);
    struct ck_ecdh1_derive_params params = { .kdf = CKD_NULL, .ulPublicDataLen = 65, .pPublicData = point };
    CK_MECHANISM m = { CKM_ECDH1_DERIVE, &params, sizeof params };
    CK_BBOOL no = CK_FALSE, yes = CK_TRUE;
    CK_ULONG bytes = 16;
    CK_ATTRIBUTE template[] = { { CKA_SENSITIVE, &yes, 1 }, { CKA_VALUE_LEN, &bytes, sizeof bytes } };
    CK_ATTRIBUTE looser[] = { { CKA_SENSITIVE, &no, 1 } };
    CK_ATTRIBUTE value = { CKA_VALUE, out, sizeof out }, length = { CKA_VALUE_LEN, &bytes, sizeof bytes };
    CK_OBJECT_HANDLE secret = 0, copy = 0;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    module_login(s);
    RV(C_DeriveKey(s, &m, module_find(s, CKO_PRIVATE_KEY, 3), template, 2, &secret), CKR_OK);
    RV(C_GetAttributeValue(s, secret, &value, 1), CKR_ATTRIBUTE_SENSITIVE);
    ck_assert_uint_eq(value.ulValueLen, CK_UNAVAILABLE_INFORMATION);
    RV(C_GetAttributeValue(s, secret, &length, 1), CKR_OK);
    ck_assert_uint_eq(bytes, 16);
    RV(C_CopyObject(s, secret, looser, 1, &copy), CKR_ATTRIBUTE_READ_ONLY);
    RV(C_CopyObject(s, secret, NULL, 0, &copy), CKR_OK);
    RV(C_GetAttributeValue(s, copy, &value, 1), CKR_ATTRIBUTE_SENSITIVE);
}
END_TEST

START_TEST(digests)
{
    static const struct hashing all[] = { { CKM_SHA_1, "SHA1" },
                                          { CKM_SHA224, "SHA224" },
                                          { CKM_SHA256, "SHA256" },
                                          { CKM_SHA384, "SHA384" },
                                          { CKM_SHA512, "SHA512" } };
    CK_MECHANISM m = { all[_i].mechanism, NULL, 0 };
    CK_BYTE expected[64], out[64];
    CK_ULONG len = 0;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    module_apdus();
    size_t n = digest(all[_i].digest, message, sizeof message, expected);
    RV(C_DigestInit(s, &m), CKR_OK);
    RV(C_Digest(s, message, sizeof message, NULL, &len), CKR_OK);
    ck_assert_uint_eq(len, n);
    len = n - 1;
    memset(out, 0x5A, sizeof out);
    RV(C_Digest(s, message, sizeof message, out, &len), CKR_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(len, n);
    ck_assert_uint_eq(out[0], 0x5A);
    RV(C_Digest(s, message, sizeof message, out, &len), CKR_OK);
    ck_assert_mem_eq(out, expected, n);

    RV(C_DigestInit(s, &m), CKR_OK);
    RV(C_DigestUpdate(s, message, 3), CKR_OK);
    RV(C_DigestUpdate(s, message + 3, sizeof message - 3), CKR_OK);
    RV(C_DigestFinal(s, out, &len), CKR_OK);
    ck_assert_mem_eq(out, expected, n);
    RV(C_DigestFinal(s, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_uint_eq(module_apdus(), 0);
}
END_TEST

/* One-shot and parts don't mix, and every error but a short buffer ends the operation. */
START_TEST(keeps_the_order_of_calls)
{
    CK_MECHANISM sha = { CKM_SHA256, NULL, 0 }, ecdsa = { CKM_ECDSA_SHA256, NULL, 0 };
    CK_BYTE out[64], data[4] = { 0 };
    CK_ULONG len = 64;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 4);

    RV(C_DigestInit(s, &sha), CKR_OK);
    RV(C_DigestInit(s, &sha), CKR_OPERATION_ACTIVE);
    RV(C_SignInit(s, &ecdsa, key), CKR_OK); /* another kind runs beside it */
    RV(C_SignInit(s, &ecdsa, key), CKR_OPERATION_ACTIVE);
    RV(C_DigestUpdate(s, data, 4), CKR_OK);
    RV(C_Digest(s, data, 4, out, &len), CKR_OPERATION_ACTIVE);
    RV(C_DigestFinal(s, out, &len), CKR_OPERATION_NOT_INITIALIZED);

    RV(C_Sign(s, data, 4, NULL, &len), CKR_OK);
    RV(C_SignUpdate(s, data, 4), CKR_OPERATION_ACTIVE);
    RV(C_SignFinal(s, out, &len), CKR_OPERATION_NOT_INITIALIZED);

    RV(C_DigestInit(s, &sha), CKR_OK);
    RV(C_Digest(s, data, 4, out, NULL), CKR_ARGUMENTS_BAD);
    RV(C_Digest(s, data, 4, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    RV(C_SignInit(s, &ecdsa, key), CKR_OK);
    len = 63;
    RV(C_Sign(s, data, 4, out, &len), CKR_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(len, 64);
    RV(C_Sign(s, data, 4, out, &len), CKR_OK);
    RV(C_Sign(s, data, 4, out, &len), CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

struct init_case {
    const char *what;
    CK_MECHANISM_TYPE mechanism;
    CK_OBJECT_CLASS class;
    CK_BYTE id;
    CK_ULONG parameter_len;
    CK_RV sign, verify;
};
static const struct init_case init_cases[] = {
    /* clang-format off */
    { "9A private",   CKM_ECDSA,        CKO_PRIVATE_KEY, 1, 0, CKR_OK, CKR_KEY_HANDLE_INVALID },
    { "9A public",    CKM_ECDSA,        CKO_PUBLIC_KEY,  1, 0, CKR_KEY_HANDLE_INVALID, CKR_OK },
    { "certificate",  CKM_ECDSA,        CKO_CERTIFICATE, 1, 0, CKR_KEY_HANDLE_INVALID, CKR_KEY_HANDLE_INVALID },
    { "9D private",   CKM_ECDSA,        CKO_PRIVATE_KEY, 3, 0, CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_KEY_HANDLE_INVALID },
    { "9D public",    CKM_ECDSA_SHA256, CKO_PUBLIC_KEY,  3, 0, CKR_KEY_HANDLE_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED },
    { "RSA",          CKM_RSA_PKCS,     CKO_PRIVATE_KEY, 1, 0, CKR_KEY_TYPE_INCONSISTENT, CKR_KEY_HANDLE_INVALID },
    { "unknown",      CKM_RSA_9796,     CKO_PRIVATE_KEY, 1, 0, CKR_MECHANISM_INVALID, CKR_MECHANISM_INVALID },
    { "encryption",   CKM_RSA_PKCS_OAEP, CKO_PRIVATE_KEY, 1, 0, CKR_MECHANISM_INVALID, CKR_MECHANISM_INVALID },
    { "digest",       CKM_SHA256,       CKO_PRIVATE_KEY, 1, 0, CKR_MECHANISM_INVALID, CKR_MECHANISM_INVALID },
    { "ECDH",         CKM_ECDH1_DERIVE, CKO_PRIVATE_KEY, 3, 0, CKR_MECHANISM_INVALID, CKR_MECHANISM_INVALID },
    { "parameter",    CKM_ECDSA,        CKO_PRIVATE_KEY, 1, 4, CKR_MECHANISM_PARAM_INVALID,
      CKR_MECHANISM_PARAM_INVALID },
    /* clang-format on */
};
#define INIT_CASES (int)(sizeof init_cases / sizeof init_cases[0])

START_TEST(checks_key_and_mechanism)
{
    const struct init_case *c = &init_cases[_i];
    CK_MECHANISM m = { c->mechanism, (void *)(uintptr_t) "junk", c->parameter_len };
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    module_login(s);
    CK_OBJECT_HANDLE key = module_find(s, c->class, c->id);
    RV(C_SignInit(s, &m, key), c->sign);
    RV(C_VerifyInit(s, &m, key), c->verify);
    m.ulParameterLen = 0;
    m.mechanism = CKM_ECDSA;
    RV(C_SessionCancel(s, CKF_SIGN | CKF_VERIFY), CKR_OK);
    RV(C_SignInit(s, &m, 77777), CKR_KEY_HANDLE_INVALID);
    RV(C_VerifyInit(s, &m, 77777), CKR_KEY_HANDLE_INVALID);
    RV(C_SignInit(s, NULL, key), CKR_ARGUMENTS_BAD);
    RV(C_VerifyInit(s, NULL, key), CKR_ARGUMENTS_BAD);
}
END_TEST

/* The budget: exact counts. */
START_TEST(costs_few_apdus)
{
    CK_BYTE signature[64], value[4096];
    CK_SLOT_INFO slot_info;
    CK_TOKEN_INFO token_info;
    CK_SESSION_INFO session_info;
    CK_ULONG count = 0;
    module_start(&issued);
    RV(C_GetSlotList(CK_TRUE, NULL, &count), CKR_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(module_apdus(), 3); /* SELECT, GUID, counter */
    CK_SESSION_HANDLE s = module_session(0);
    CK_OBJECT_HANDLE certificate = module_find(s, CKO_CERTIFICATE, 1);
    RV(C_GetSlotInfo(0, &slot_info), CKR_OK);
    RV(C_GetTokenInfo(0, &token_info), CKR_OK);
    RV(C_GetSessionInfo(s, &session_info), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 0);
    CK_ATTRIBUTE der = { CKA_VALUE, value, sizeof value };
    RV(C_GetAttributeValue(s, certificate, &der, 1), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 1); /* extended length: 4 from insertion to a certificate */
    RV(C_GetAttributeValue(s, certificate, &der, 1), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 0);
    module_login(s);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 1);
    ck_assert_uint_eq(module_apdus(), 1);
    for (int i = 0; i < 10; i++)
        RV(module_sign(s, key, signature), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 10);
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class } };
    ck_assert_uint_eq(module_count(s, template, 1), 4);
    ck_assert_uint_eq(module_apdus(), 4); /* key history, and the three that nobody asked for yet */
}
END_TEST

/* From insertion to a signature, and each one after it; 9C with its PIN. */
START_TEST(signs_within_the_budget)
{
    static const struct {
        CK_BYTE id;
        bool login, context;
        unsigned long first, further;
    } rows[] = { { 4, false, false, 5, 1 }, { 1, true, false, 6, 1 }, { 2, true, true, 7, 2 } };
    CK_MECHANISM m = { CKM_ECDSA_SHA256, NULL, 0 };
    CK_BYTE signature[64];
    CK_ULONG len = sizeof signature;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    if (rows[_i].login)
        module_login(s);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, rows[_i].id);
    for (int i = 0; i < 5; i++) {
        RV(C_SignInit(s, &m, key), CKR_OK);
        if (rows[_i].context)
            RV(C_Login(s, CKU_CONTEXT_SPECIFIC, pin, 6), CKR_OK);
        RV(C_Sign(s, message, sizeof message, signature, &len), CKR_OK);
        ck_assert_uint_eq(module_apdus(), i == 0 ? rows[_i].first : rows[_i].further);
    }
}
END_TEST

/* Searches by what is known of every card cost nothing, be they for keys that a card seldom has. */
START_TEST(searches_for_nothing)
{
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_OBJECT_CLASS private = CKO_PRIVATE_KEY;
    CK_BYTE id = 1;
    char label[] = "SIGN key";
    CK_ATTRIBUTE by_label[] = { { CKA_LABEL, label, 8 }, { CKA_TOKEN, &yes, 1 } };
    CK_ATTRIBUTE by_id[] = { { CKA_ID, &id, 1 }, { CKA_PRIVATE, &yes, 1 } };
    CK_ATTRIBUTE session_objects[] = { { CKA_TOKEN, &no, 1 } };
    CK_ATTRIBUTE always[] = { { CKA_ALWAYS_AUTHENTICATE, &yes, 1 },
                              { CKA_CLASS, &private, sizeof private },
                              { CKA_LABEL, label, 8 } };
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    module_login(s);
    module_apdus();
    ck_assert_uint_eq(module_count(s, by_label, 2), 1);
    ck_assert_uint_eq(module_count(s, by_id, 2), 1);
    ck_assert_uint_eq(module_count(s, session_objects, 1), 0);
    ck_assert_uint_eq(module_count(s, always, 3), 1);
    ck_assert_uint_eq(module_apdus(), 0);
}
END_TEST

/* With SDC_PKCS11_CHECK=1 a card that signs with another key than its certificate says is found out. */
START_TEST(checks_signatures_when_told)
{
    static struct card_memory forged;
    CK_BYTE signature[64];
    ck_assert_int_eq(setenv("SDC_PKCS11_CHECK", _i ? "1" : "0", 1), 0);
    card_memory_copy(&forged, &issued);
    module_start(&forged);
    CK_SESSION_HANDLE s = module_session(0);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 4);
    RV(module_sign(s, key, signature), CKR_OK);
    /* Another card's keys behind the same GUID and the certificate that was read: what a cloned card would do. */
    memcpy(module_card()->banks, unfinished.banks, sizeof unfinished.banks);
    card_memory_reset(module_card());
    static const CK_BYTE select[] = { 0x00, 0xA4, 0x04, 0x00, 0x05, 0xA0, 0x00, 0x00, 0x03, 0x08 };
    ck_assert_uint_eq(desk_foreign(&desk, 0, select, sizeof select), 0x9000);
    RV(module_sign(s, key, signature), _i ? CKR_DEVICE_ERROR : CKR_OK);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { signs_with_each_hash, HASHINGS },
        { fits_raw_hashes, 0 },
        { signs_with_9e_without_login, 0 },
        { asks_for_the_pin_of_9c_each_time, 0 },
        { lets_go_of_the_card, 5 },
        { derives_what_openssl_derives, 2 },
        { hides_a_sensitive_secret, 0 },
        { digests, 5 },
        { keeps_the_order_of_calls, 0 },
        { checks_key_and_mechanism, INIT_CASES },
        { costs_few_apdus, 0 },
        { signs_within_the_budget, 3 },
        { searches_for_nothing, 0 },
        { checks_signatures_when_told, 2 },
    };
    module_fixture_cards();
    return suite_run("pkcs11 crypto", tests, sizeof tests / sizeof tests[0]);
}
