/* SPDX-License-Identifier: BSD-2-Clause */
/* Every entry point of the PKCS#11 module as a row: what it says before C_Initialize, to a session or slot that isn't,
 * to each pointer that is missing, and to a call with nothing running. */
#include <string.h>

#include "mechanism.h"
#include "module_fixture.h"

#define NO_SESSION 99999
#define NO_SLOT    88888
#define NO_OBJECT  77777

static CK_MECHANISM mechanism = { CKM_ECDSA, NULL, 0 };
static CK_BYTE in[32], out[64];
static CK_ULONG len = 64, count = 1;
static CK_OBJECT_HANDLE object, second_object;
static CK_UTF8CHAR pin[] = "111111", label[32];
static CK_BYTE byte_value;
static CK_ATTRIBUTE template[] = { { CKA_LABEL, &byte_value, 1 } };
static CK_ATTRIBUTE unreadable[] = { { CKA_LABEL, NULL, 1 } };
static CK_ATTRIBUTE *bad_template = unreadable;
static CK_SESSION_INFO session_info;
static CK_SLOT_INFO slot_info;
static CK_TOKEN_INFO token_info;
static CK_MECHANISM_INFO mechanism_info;
static CK_MECHANISM_TYPE mechanism_list[64];

/* A call with one handle left open. */
#define CALL(number, function, ...)                                                                                    \
    static CK_RV call_##number(CK_ULONG handle)                                                                        \
    {                                                                                                                  \
        return function(handle, ##__VA_ARGS__);                                                                        \
    }
#define NONE NULL, 0
CALL(s1, C_GetSessionInfo, &session_info)
CALL(s2, C_GetSessionInfo, NULL)
CALL(s3, C_GetOperationState, out, &len)
CALL(s4, C_GetOperationState, out, NULL)
CALL(s5, C_SetOperationState, in, 32, 0, 0)
CALL(s6, C_SetOperationState, NULL, 32, 0, 0)
CALL(s7, C_Login, CKU_USER, NULL, 6)
CALL(s8, C_Login, 99, pin, 6)
CALL(s9, C_LoginUser, CKU_USER, pin, 6, NONE)
CALL(s10, C_LoginUser, CKU_USER, NULL, 6, NONE)
CALL(s11, C_LoginUser, CKU_USER, pin, 6, NULL, 3)
CALL(s12, C_Logout)
CALL(s13, C_InitPIN, pin, 6)
CALL(s14, C_InitPIN, NULL, 6)
CALL(s15, C_SetPIN, NULL, 6, pin, 6)
CALL(s16, C_SetPIN, pin, 6, NULL, 6)
CALL(s17, C_SetPIN, pin, 6, pin, 6)
CALL(s18, C_SessionCancel, 0)
CALL(s19, C_SessionCancel, CKF_SIGN | CKF_VERIFY | CKF_DIGEST | CKF_FIND_OBJECTS)
CALL(s20, C_GetFunctionStatus)
CALL(s21, C_CancelFunction)
CALL(s22, C_SeedRandom, in, 32)
CALL(s23, C_SeedRandom, NULL, 32)
CALL(s24, C_GenerateRandom, out, 32)
CALL(s25, C_GenerateRandom, NULL, 1)
CALL(s26, C_GenerateRandom, NULL, 0)

CALL(o1, C_CreateObject, template, 1, &object)
CALL(o2, C_CreateObject, template, 1, NULL)
CALL(o3, C_CreateObject, NULL, 0, &object)
CALL(o4, C_CreateObject, NULL, 1, &object)
CALL(o5, C_CreateObject, bad_template, 1, &object)
CALL(o6, C_CopyObject, NO_OBJECT, template, 1, &object)
CALL(o7, C_CopyObject, NO_OBJECT, template, 1, NULL)
CALL(o8, C_CopyObject, NO_OBJECT, NULL, 1, &object)
CALL(o9, C_DestroyObject, NO_OBJECT)
CALL(o10, C_GetObjectSize, NO_OBJECT, &count)
CALL(o11, C_GetObjectSize, NO_OBJECT, NULL)
CALL(o12, C_GetAttributeValue, NO_OBJECT, template, 1)
CALL(o13, C_GetAttributeValue, NO_OBJECT, NULL, 1)
CALL(o14, C_SetAttributeValue, NO_OBJECT, template, 1)
CALL(o15, C_SetAttributeValue, NO_OBJECT, NULL, 1)
CALL(o16, C_FindObjectsInit, NULL, 1)
CALL(o17, C_FindObjectsInit, bad_template, 1)
CALL(o18, C_FindObjects, &object, 1, &count)
CALL(o19, C_FindObjects, NULL, 1, &count)
CALL(o20, C_FindObjects, &object, 1, NULL)
CALL(o21, C_FindObjectsFinal)

CALL(d1, C_DigestInit, NULL)
CALL(d2, C_DigestInit, &mechanism)
CALL(d3, C_Digest, in, 32, out, &len)
CALL(d4, C_Digest, in, 32, out, NULL)
CALL(d5, C_Digest, NULL, 32, out, &len)
CALL(d6, C_DigestUpdate, in, 32)
CALL(d7, C_DigestUpdate, NULL, 32)
CALL(d8, C_DigestKey, NO_OBJECT)
CALL(d9, C_DigestFinal, out, &len)
CALL(d10, C_DigestFinal, out, NULL)

CALL(g1, C_SignInit, NULL, NO_OBJECT)
CALL(g2, C_SignInit, &mechanism, NO_OBJECT)
CALL(g3, C_Sign, in, 32, out, &len)
CALL(g4, C_Sign, NULL, 32, out, &len)
CALL(g5, C_Sign, in, 32, out, NULL)
CALL(g6, C_SignUpdate, in, 32)
CALL(g7, C_SignUpdate, NULL, 32)
CALL(g8, C_SignFinal, out, &len)
CALL(g9, C_SignFinal, out, NULL)
CALL(g10, C_SignRecoverInit, NULL, NO_OBJECT)
CALL(g11, C_SignRecoverInit, &mechanism, NO_OBJECT)
CALL(g12, C_SignRecover, in, 32, out, &len)
CALL(g13, C_SignRecover, in, 32, out, NULL)

CALL(v1, C_VerifyInit, NULL, NO_OBJECT)
CALL(v2, C_VerifyInit, &mechanism, NO_OBJECT)
CALL(v3, C_Verify, in, 32, out, 64)
CALL(v4, C_Verify, in, 32, NULL, 64)
CALL(v5, C_Verify, NULL, 32, out, 64)
CALL(v6, C_VerifyUpdate, in, 32)
CALL(v7, C_VerifyUpdate, NULL, 32)
CALL(v8, C_VerifyFinal, out, 64)
CALL(v9, C_VerifyFinal, NULL, 64)
CALL(v10, C_VerifyRecoverInit, NULL, NO_OBJECT)
CALL(v11, C_VerifyRecoverInit, &mechanism, NO_OBJECT)
CALL(v12, C_VerifyRecover, in, 32, out, &len)
CALL(v13, C_VerifyRecover, NULL, 32, out, &len)

CALL(e1, C_EncryptInit, NULL, NO_OBJECT)
CALL(e2, C_EncryptInit, &mechanism, NO_OBJECT)
CALL(e3, C_Encrypt, in, 32, out, &len)
CALL(e4, C_Encrypt, in, 32, out, NULL)
CALL(e5, C_EncryptUpdate, in, 32, out, &len)
CALL(e6, C_EncryptUpdate, NULL, 32, out, &len)
CALL(e7, C_EncryptFinal, out, &len)
CALL(e8, C_EncryptFinal, out, NULL)
CALL(e9, C_DecryptInit, NULL, NO_OBJECT)
CALL(e10, C_DecryptInit, &mechanism, NO_OBJECT)
CALL(e11, C_Decrypt, in, 32, out, &len)
CALL(e12, C_Decrypt, in, 32, out, NULL)
CALL(e13, C_DecryptUpdate, in, 32, out, &len)
CALL(e14, C_DecryptUpdate, NULL, 32, out, &len)
CALL(e15, C_DecryptFinal, out, &len)
CALL(e16, C_DecryptFinal, out, NULL)

CALL(k1, C_GenerateKey, NULL, template, 1, &object)
CALL(k2, C_GenerateKey, &mechanism, NULL, 1, &object)
CALL(k3, C_GenerateKey, &mechanism, template, 1, NULL)
CALL(k4, C_GenerateKey, &mechanism, template, 1, &object)
CALL(k5, C_GenerateKeyPair, NULL, template, 1, template, 1, &object, &second_object)
CALL(k6, C_GenerateKeyPair, &mechanism, NULL, 1, template, 1, &object, &second_object)
CALL(k7, C_GenerateKeyPair, &mechanism, template, 1, NULL, 1, &object, &second_object)
CALL(k8, C_GenerateKeyPair, &mechanism, template, 1, template, 1, NULL, &second_object)
CALL(k9, C_GenerateKeyPair, &mechanism, template, 1, template, 1, &object, NULL)
CALL(k10, C_GenerateKeyPair, &mechanism, template, 1, template, 1, &object, &second_object)
CALL(k11, C_DeriveKey, NULL, NO_OBJECT, template, 1, &object)
CALL(k12, C_DeriveKey, &mechanism, NO_OBJECT, NULL, 1, &object)
CALL(k13, C_DeriveKey, &mechanism, NO_OBJECT, template, 1, NULL)
CALL(k14, C_DeriveKey, &mechanism, NO_OBJECT, template, 1, &object)
CALL(k15, C_WrapKey, NULL, NO_OBJECT, NO_OBJECT, out, &len)
CALL(k16, C_WrapKey, &mechanism, NO_OBJECT, NO_OBJECT, out, NULL)
CALL(k17, C_WrapKey, &mechanism, NO_OBJECT, NO_OBJECT, out, &len)
CALL(k18, C_UnwrapKey, NULL, NO_OBJECT, in, 32, template, 1, &object)
CALL(k19, C_UnwrapKey, &mechanism, NO_OBJECT, NULL, 32, template, 1, &object)
CALL(k20, C_UnwrapKey, &mechanism, NO_OBJECT, in, 32, NULL, 1, &object)
CALL(k21, C_UnwrapKey, &mechanism, NO_OBJECT, in, 32, template, 1, NULL)
CALL(k22, C_UnwrapKey, &mechanism, NO_OBJECT, in, 32, template, 1, &object)
CALL(k23, C_DigestEncryptUpdate, in, 32, out, &len)
CALL(k24, C_DigestEncryptUpdate, in, 32, out, NULL)
CALL(k25, C_DecryptDigestUpdate, in, 32, out, &len)
CALL(k26, C_DecryptDigestUpdate, NULL, 32, out, &len)
CALL(k27, C_SignEncryptUpdate, in, 32, out, &len)
CALL(k28, C_SignEncryptUpdate, in, 32, out, NULL)
CALL(k29, C_DecryptVerifyUpdate, in, 32, out, &len)
CALL(k30, C_DecryptVerifyUpdate, NULL, 32, out, &len)

CALL(m1, C_MessageEncryptInit, &mechanism, NO_OBJECT)
CALL(m2, C_MessageEncryptInit, NULL, NO_OBJECT)
CALL(m3, C_EncryptMessage, NONE, NONE, in, 32, out, &len)
CALL(m4, C_EncryptMessage, NONE, NONE, in, 32, out, NULL)
CALL(m5, C_EncryptMessageBegin, NONE, NONE)
CALL(m6, C_EncryptMessageBegin, NULL, 4, NONE)
CALL(m7, C_EncryptMessageNext, NONE, in, 32, out, &len, 0)
CALL(m8, C_EncryptMessageNext, NONE, in, 32, out, NULL, 0)
CALL(m9, C_MessageEncryptFinal)
CALL(m10, C_MessageDecryptInit, &mechanism, NO_OBJECT)
CALL(m11, C_DecryptMessage, NONE, NONE, in, 32, out, &len)
CALL(m12, C_DecryptMessage, NONE, NULL, 3, in, 32, out, &len)
CALL(m13, C_DecryptMessageBegin, NONE, NONE)
CALL(m14, C_DecryptMessageNext, NONE, in, 32, out, &len, 0)
CALL(m15, C_MessageDecryptFinal)
CALL(m16, C_MessageSignInit, &mechanism, NO_OBJECT)
CALL(m17, C_SignMessage, NONE, in, 32, out, &len)
CALL(m18, C_SignMessage, NONE, in, 32, out, NULL)
CALL(m19, C_SignMessageBegin, NONE)
CALL(m20, C_SignMessageNext, NONE, in, 32, out, &len)
CALL(m21, C_SignMessageNext, NONE, in, 32, NULL, NULL)
CALL(m22, C_MessageSignFinal)
CALL(m23, C_MessageVerifyInit, &mechanism, NO_OBJECT)
CALL(m24, C_VerifyMessage, NONE, in, 32, out, 64)
CALL(m25, C_VerifyMessage, NONE, in, 32, NULL, 64)
CALL(m26, C_VerifyMessageBegin, NONE)
CALL(m27, C_VerifyMessageNext, NONE, in, 32, out, 64)
CALL(m28, C_MessageVerifyFinal)

CALL(l1, C_GetSlotInfo, &slot_info)
CALL(l2, C_GetSlotInfo, NULL)
CALL(l3, C_GetTokenInfo, &token_info)
CALL(l4, C_GetTokenInfo, NULL)
CALL(l5, C_GetMechanismList, NULL, NULL)
CALL(l6, C_GetMechanismList, NULL, &count)
CALL(l7, C_GetMechanismInfo, CKM_ECDSA, NULL)
CALL(l8, C_GetMechanismInfo, CKM_ECDSA, &mechanism_info)
CALL(l9, C_GetMechanismInfo, CKM_VENDOR_DEFINED + 1, &mechanism_info)
CALL(l10, C_InitToken, pin, 6, label)
CALL(l11, C_InitToken, pin, 6, NULL)
CALL(l12, C_InitToken, NULL, 6, label)
CALL(l13, C_CloseAllSessions)

struct row {
    const char *what;
    CK_RV (*call)(CK_ULONG handle);
    CK_RV expected; /* with a good session (read-only, nobody logged in) or slot */
};
#define ROW(number, expected)                                                                                          \
    {                                                                                                                  \
#number, call_##number, CKR_##expected                                                                         \
    }
static const struct row session_rows[] = {
    ROW(s1, OK),
    ROW(s2, ARGUMENTS_BAD),
    ROW(s3, FUNCTION_NOT_SUPPORTED),
    ROW(s4, ARGUMENTS_BAD),
    ROW(s5, FUNCTION_NOT_SUPPORTED),
    ROW(s6, ARGUMENTS_BAD),
    ROW(s7, ARGUMENTS_BAD),
    ROW(s8, USER_TYPE_INVALID),
    ROW(s9, FUNCTION_NOT_SUPPORTED),
    ROW(s10, ARGUMENTS_BAD),
    ROW(s11, ARGUMENTS_BAD),
    ROW(s12, USER_NOT_LOGGED_IN),
    ROW(s13, USER_NOT_LOGGED_IN),
    ROW(s14, ARGUMENTS_BAD),
    ROW(s15, ARGUMENTS_BAD),
    ROW(s16, ARGUMENTS_BAD),
    ROW(s17, SESSION_READ_ONLY),
    ROW(s18, OK),
    ROW(s19, OK),
    ROW(s20, FUNCTION_NOT_PARALLEL),
    ROW(s21, FUNCTION_NOT_PARALLEL),
    ROW(s22, RANDOM_SEED_NOT_SUPPORTED),
    ROW(s23, ARGUMENTS_BAD),
    ROW(s24, OK),
    ROW(s25, ARGUMENTS_BAD),
    ROW(s26, OK),
    ROW(o1, TEMPLATE_INCOMPLETE),
    ROW(o2, ARGUMENTS_BAD),
    ROW(o3, TEMPLATE_INCOMPLETE),
    ROW(o4, TEMPLATE_INCOMPLETE),
    ROW(o5, ARGUMENTS_BAD),
    ROW(o6, OBJECT_HANDLE_INVALID),
    ROW(o7, ARGUMENTS_BAD),
    ROW(o8, ARGUMENTS_BAD),
    ROW(o9, OBJECT_HANDLE_INVALID),
    ROW(o10, OBJECT_HANDLE_INVALID),
    ROW(o11, ARGUMENTS_BAD),
    ROW(o12, OBJECT_HANDLE_INVALID),
    ROW(o13, ARGUMENTS_BAD),
    ROW(o14, OBJECT_HANDLE_INVALID),
    ROW(o15, ARGUMENTS_BAD),
    ROW(o16, ARGUMENTS_BAD),
    ROW(o17, ARGUMENTS_BAD),
    ROW(o18, OPERATION_NOT_INITIALIZED),
    ROW(o19, ARGUMENTS_BAD),
    ROW(o20, ARGUMENTS_BAD),
    ROW(o21, OPERATION_NOT_INITIALIZED),
    ROW(d1, ARGUMENTS_BAD),
    ROW(d2, MECHANISM_INVALID),
    ROW(d3, OPERATION_NOT_INITIALIZED),
    ROW(d4, ARGUMENTS_BAD),
    ROW(d5, ARGUMENTS_BAD),
    ROW(d6, OPERATION_NOT_INITIALIZED),
    ROW(d7, ARGUMENTS_BAD),
    ROW(d8, OPERATION_NOT_INITIALIZED),
    ROW(d9, OPERATION_NOT_INITIALIZED),
    ROW(d10, ARGUMENTS_BAD),
    ROW(g1, ARGUMENTS_BAD),
    ROW(g2, KEY_HANDLE_INVALID),
    ROW(g3, OPERATION_NOT_INITIALIZED),
    ROW(g4, ARGUMENTS_BAD),
    ROW(g5, ARGUMENTS_BAD),
    ROW(g6, OPERATION_NOT_INITIALIZED),
    ROW(g7, ARGUMENTS_BAD),
    ROW(g8, OPERATION_NOT_INITIALIZED),
    ROW(g9, ARGUMENTS_BAD),
    ROW(g10, ARGUMENTS_BAD),
    ROW(g11, KEY_HANDLE_INVALID),
    ROW(g12, OPERATION_NOT_INITIALIZED),
    ROW(g13, ARGUMENTS_BAD),
    ROW(v1, ARGUMENTS_BAD),
    ROW(v2, KEY_HANDLE_INVALID),
    ROW(v3, OPERATION_NOT_INITIALIZED),
    ROW(v4, ARGUMENTS_BAD),
    ROW(v5, ARGUMENTS_BAD),
    ROW(v6, OPERATION_NOT_INITIALIZED),
    ROW(v7, ARGUMENTS_BAD),
    ROW(v8, OPERATION_NOT_INITIALIZED),
    ROW(v9, ARGUMENTS_BAD),
    ROW(v10, ARGUMENTS_BAD),
    ROW(v11, KEY_HANDLE_INVALID),
    ROW(v12, OPERATION_NOT_INITIALIZED),
    ROW(v13, ARGUMENTS_BAD),
    ROW(e1, ARGUMENTS_BAD),
    ROW(e2, MECHANISM_INVALID),
    ROW(e3, OPERATION_NOT_INITIALIZED),
    ROW(e4, ARGUMENTS_BAD),
    ROW(e5, OPERATION_NOT_INITIALIZED),
    ROW(e6, ARGUMENTS_BAD),
    ROW(e7, OPERATION_NOT_INITIALIZED),
    ROW(e8, ARGUMENTS_BAD),
    ROW(e9, ARGUMENTS_BAD),
    ROW(e10, MECHANISM_INVALID),
    ROW(e11, OPERATION_NOT_INITIALIZED),
    ROW(e12, ARGUMENTS_BAD),
    ROW(e13, OPERATION_NOT_INITIALIZED),
    ROW(e14, ARGUMENTS_BAD),
    ROW(e15, OPERATION_NOT_INITIALIZED),
    ROW(e16, ARGUMENTS_BAD),
    ROW(k1, ARGUMENTS_BAD),
    ROW(k2, ARGUMENTS_BAD),
    ROW(k3, ARGUMENTS_BAD),
    ROW(k4, MECHANISM_INVALID),
    ROW(k5, ARGUMENTS_BAD),
    ROW(k6, ARGUMENTS_BAD),
    ROW(k7, ARGUMENTS_BAD),
    ROW(k8, ARGUMENTS_BAD),
    ROW(k9, ARGUMENTS_BAD),
    ROW(k10, MECHANISM_INVALID),
    ROW(k11, ARGUMENTS_BAD),
    ROW(k12, ARGUMENTS_BAD),
    ROW(k13, ARGUMENTS_BAD),
    ROW(k14, MECHANISM_INVALID),
    ROW(k15, ARGUMENTS_BAD),
    ROW(k16, ARGUMENTS_BAD),
    ROW(k17, KEY_HANDLE_INVALID),
    ROW(k18, ARGUMENTS_BAD),
    ROW(k19, ARGUMENTS_BAD),
    ROW(k20, ARGUMENTS_BAD),
    ROW(k21, ARGUMENTS_BAD),
    ROW(k22, KEY_HANDLE_INVALID),
    ROW(k23, FUNCTION_NOT_SUPPORTED),
    ROW(k24, ARGUMENTS_BAD),
    ROW(k25, FUNCTION_NOT_SUPPORTED),
    ROW(k26, ARGUMENTS_BAD),
    ROW(k27, FUNCTION_NOT_SUPPORTED),
    ROW(k28, ARGUMENTS_BAD),
    ROW(k29, FUNCTION_NOT_SUPPORTED),
    ROW(k30, ARGUMENTS_BAD),
    ROW(m1, KEY_HANDLE_INVALID),
    ROW(m2, ARGUMENTS_BAD),
    ROW(m3, FUNCTION_NOT_SUPPORTED),
    ROW(m4, ARGUMENTS_BAD),
    ROW(m5, FUNCTION_NOT_SUPPORTED),
    ROW(m6, ARGUMENTS_BAD),
    ROW(m7, FUNCTION_NOT_SUPPORTED),
    ROW(m8, ARGUMENTS_BAD),
    ROW(m9, FUNCTION_NOT_SUPPORTED),
    ROW(m10, KEY_HANDLE_INVALID),
    ROW(m11, FUNCTION_NOT_SUPPORTED),
    ROW(m12, ARGUMENTS_BAD),
    ROW(m13, FUNCTION_NOT_SUPPORTED),
    ROW(m14, FUNCTION_NOT_SUPPORTED),
    ROW(m15, FUNCTION_NOT_SUPPORTED),
    ROW(m16, KEY_HANDLE_INVALID),
    ROW(m17, FUNCTION_NOT_SUPPORTED),
    ROW(m18, ARGUMENTS_BAD),
    ROW(m19, FUNCTION_NOT_SUPPORTED),
    ROW(m20, FUNCTION_NOT_SUPPORTED),
    ROW(m21, FUNCTION_NOT_SUPPORTED),
    ROW(m22, FUNCTION_NOT_SUPPORTED),
    ROW(m23, KEY_HANDLE_INVALID),
    ROW(m24, FUNCTION_NOT_SUPPORTED),
    ROW(m25, ARGUMENTS_BAD),
    ROW(m26, FUNCTION_NOT_SUPPORTED),
    ROW(m27, FUNCTION_NOT_SUPPORTED),
    ROW(m28, FUNCTION_NOT_SUPPORTED),
};
static const struct row slot_rows[] = {
    ROW(l1, OK),
    ROW(l2, ARGUMENTS_BAD),
    ROW(l3, OK),
    ROW(l4, ARGUMENTS_BAD),
    ROW(l5, ARGUMENTS_BAD),
    ROW(l6, OK),
    ROW(l7, ARGUMENTS_BAD),
    ROW(l8, OK),
    ROW(l9, MECHANISM_INVALID),
    ROW(l10, FUNCTION_NOT_SUPPORTED),
    ROW(l11, ARGUMENTS_BAD),
    ROW(l12, ARGUMENTS_BAD),
    ROW(l13, OK),
};
#define ROWS(table) (sizeof table / sizeof table[0])

static void expect(const struct row *row, CK_ULONG handle, CK_RV rv)
{
    CK_RV got = row->call(handle);
    ck_assert_msg(got == rv, "row %s, handle %lu: %#lx, not %#lx", row->what, handle, got, rv);
}

START_TEST(before_initialize)
{
    desk_memory_init(&desk, 1);
    for (size_t i = 0; i < ROWS(session_rows); i++)
        expect(&session_rows[i], 256, CKR_CRYPTOKI_NOT_INITIALIZED);
    for (size_t i = 0; i < ROWS(slot_rows); i++)
        expect(&slot_rows[i], 0, CKR_CRYPTOKI_NOT_INITIALIZED);
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session;
    RV(C_GetSlotList(CK_FALSE, NULL, &count), CKR_CRYPTOKI_NOT_INITIALIZED);
    RV(C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
    RV(C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &session), CKR_CRYPTOKI_NOT_INITIALIZED);
    RV(C_CloseSession(256), CKR_CRYPTOKI_NOT_INITIALIZED);
}
END_TEST

START_TEST(with_a_handle_that_isnt)
{
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    for (size_t i = 0; i < ROWS(session_rows); i++) {
        expect(&session_rows[i], NO_SESSION, CKR_SESSION_HANDLE_INVALID);
        expect(&session_rows[i], 0, CKR_SESSION_HANDLE_INVALID);
        expect(&session_rows[i], s + 256, CKR_SESSION_HANDLE_INVALID);
    }
    for (size_t i = 0; i < ROWS(slot_rows); i++) {
        expect(&slot_rows[i], NO_SLOT, CKR_SLOT_ID_INVALID);
        expect(&slot_rows[i], 1, CKR_SLOT_ID_INVALID);
    }
}
END_TEST

START_TEST(with_a_good_handle)
{
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    for (size_t i = 0; i < ROWS(session_rows); i++)
        expect(&session_rows[i], s, session_rows[i].expected);
    for (size_t i = 0; i < ROWS(slot_rows); i++)
        expect(&slot_rows[i], 0, slot_rows[i].expected);
}
END_TEST

/* A void key is told before "not supported", a key that is there isn't. */
START_TEST(with_a_good_key)
{
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 4);
    RV(C_EncryptInit(s, &mechanism, key), CKR_MECHANISM_INVALID);
    RV(C_DecryptInit(s, &mechanism, key), CKR_MECHANISM_INVALID);
    RV(C_SignRecoverInit(s, &mechanism, key), CKR_MECHANISM_INVALID);
    RV(C_VerifyRecoverInit(s, &mechanism, key), CKR_MECHANISM_INVALID);
    RV(C_WrapKey(s, &mechanism, key, key, out, &len), CKR_FUNCTION_NOT_SUPPORTED);
    RV(C_WrapKey(s, &mechanism, key, NO_OBJECT, out, &len), CKR_KEY_HANDLE_INVALID);
    RV(C_UnwrapKey(s, &mechanism, key, in, 32, template, 1, &object), CKR_FUNCTION_NOT_SUPPORTED);
    RV(C_MessageEncryptInit(s, &mechanism, key), CKR_FUNCTION_NOT_SUPPORTED);
    RV(C_MessageDecryptInit(s, &mechanism, key), CKR_FUNCTION_NOT_SUPPORTED);
    RV(C_MessageSignInit(s, &mechanism, key), CKR_FUNCTION_NOT_SUPPORTED);
    RV(C_MessageVerifyInit(s, &mechanism, key), CKR_FUNCTION_NOT_SUPPORTED);
}
END_TEST

START_TEST(lists_mechanisms)
{
    module_start(&issued);
    RV(C_GetMechanismList(0, NULL, &count), CKR_OK);
    ck_assert_uint_eq(count, p11_mechanisms_len);
    count--;
    RV(C_GetMechanismList(0, mechanism_list, &count), CKR_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(count, p11_mechanisms_len);
    count = 64;
    RV(C_GetMechanismList(0, mechanism_list, &count), CKR_OK);
    ck_assert_uint_eq(count, p11_mechanisms_len);
    for (CK_ULONG i = 0; i < count; i++) {
        const CK_FLAGS known = CKF_HW | CKF_SIGN | CKF_VERIFY | CKF_ENCRYPT | CKF_DECRYPT | CKF_DERIVE | CKF_DIGEST |
                               CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;
        RV(C_GetMechanismInfo(0, mechanism_list[i], &mechanism_info), CKR_OK);
        ck_assert_uint_eq(mechanism_info.flags & ~known, 0);
        bool card = mechanism_info.flags & (CKF_SIGN | CKF_DECRYPT | CKF_DERIVE);
        bool ec = mechanism_info.flags & CKF_EC_F_P;
        ck_assert_int_eq((mechanism_info.flags & CKF_HW) != 0, card);
        ck_assert_uint_eq(mechanism_info.ulMinKeySize, ec ? 256 : card ? 2048 : 0);
        ck_assert_uint_eq(mechanism_info.ulMaxKeySize, ec ? 384 : card ? 2048 : 0);
        for (CK_ULONG k = 0; k < i; k++)
            ck_assert_uint_ne(mechanism_list[k], mechanism_list[i]);
    }
}
END_TEST

START_TEST(gives_random_bytes)
{
    CK_BYTE one[32] = { 0 }, two[32] = { 0 };
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    RV(C_GenerateRandom(s, one, 32), CKR_OK);
    RV(C_GenerateRandom(s, two, 32), CKR_OK);
    ck_assert_mem_ne(one, two, 32);
}
END_TEST

/* ---- interfaces ---- */
static bool all_there(const void *list, size_t bytes)
{
    const char *at = (const char *)list + offsetof(CK_FUNCTION_LIST, C_Initialize);
    for (; at < (const char *)list + bytes; at += sizeof(void (*)(void))) {
        void (*function)(void);
        memcpy(&function, at, sizeof function);
        if (!function)
            return false;
    }
    return true;
}

START_TEST(offers_both_interfaces)
{
    CK_FUNCTION_LIST *list = NULL, *again = NULL;
    CK_INTERFACE found[2], *one = NULL;
    CK_UTF8CHAR name[] = "PKCS 11", other[] = "PKCS 12";
    CK_VERSION v2 = { 2, 40 }, v3 = { 3, 0 }, v450 = { 4, 50 };
    RV(C_GetFunctionList(NULL), CKR_ARGUMENTS_BAD);
    RV(C_GetFunctionList(&list), CKR_OK);
    RV(C_GetFunctionList(&again), CKR_OK);
    ck_assert_ptr_eq(list, again);
    ck_assert(list->version.major == 2 && list->version.minor == 40);
    ck_assert(all_there(list, sizeof *list));

    RV(C_GetInterfaceList(NULL, NULL), CKR_ARGUMENTS_BAD);
    RV(C_GetInterfaceList(NULL, &count), CKR_OK);
    ck_assert_uint_eq(count, 2);
    count = 1;
    RV(C_GetInterfaceList(found, &count), CKR_BUFFER_TOO_SMALL);
    RV(C_GetInterfaceList(found, &count), CKR_OK);
    ck_assert_str_eq((char *)found[0].pInterfaceName, "PKCS 11");
    ck_assert(all_there(found[0].pFunctionList, sizeof(CK_FUNCTION_LIST_3_0)));
    ck_assert_ptr_eq(found[1].pFunctionList, list);
    ck_assert_uint_eq(found[0].flags | found[1].flags, 0);

    RV(C_GetInterface(NULL, NULL, NULL, 0), CKR_ARGUMENTS_BAD);
    RV(C_GetInterface(NULL, NULL, &one, 0), CKR_OK);
    ck_assert_ptr_eq(one->pFunctionList, found[0].pFunctionList);
    RV(C_GetInterface(name, NULL, &one, 0), CKR_OK);
    ck_assert_ptr_eq(one->pFunctionList, found[0].pFunctionList);
    RV(C_GetInterface(name, &v2, &one, 0), CKR_OK);
    ck_assert_ptr_eq(one->pFunctionList, list);
    RV(C_GetInterface(name, &v3, &one, 0), CKR_OK);
    ck_assert_ptr_eq(one->pFunctionList, found[0].pFunctionList);
    RV(C_GetInterface(name, &v450, &one, 0), CKR_ARGUMENTS_BAD);
    RV(C_GetInterface(name, NULL, &one, 2), CKR_ARGUMENTS_BAD);
    RV(C_GetInterface(name, NULL, &one, CKF_INTERFACE_FORK_SAFE), CKR_ARGUMENTS_BAD);
    RV(C_GetInterface(other, NULL, &one, 0), CKR_ARGUMENTS_BAD);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { before_initialize, 0 }, { with_a_handle_that_isnt, 0 }, { with_a_good_handle, 0 },     { with_a_good_key, 0 },
        { lists_mechanisms, 0 },  { gives_random_bytes, 0 },      { offers_both_interfaces, 0 },
    };
    module_fixture_cards();
    return suite_run("pkcs11 calls", tests, sizeof tests / sizeof tests[0]);
}
