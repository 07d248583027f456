/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions of PKCS#11 2.40: how each is called, what it is about, which of its pointers may not be NULL. */
#include "conform.h"

#define CALL(name, ...)                                                                                                \
    static CK_RV call_##name(const struct conform *c, struct conform_args *a)                                          \
    {                                                                                                                  \
        (void)a;                                                                                                       \
        return c->f->C_##name(__VA_ARGS__);                                                                            \
    }
CALL(Initialize, NULL)
CALL(Finalize, a->reserved)
CALL(GetInfo, a->info)
CALL(GetSlotList, CK_TRUE, a->list_at, a->result)
CALL(GetSlotInfo, a->slot, a->info)
CALL(GetTokenInfo, a->slot, a->info)
CALL(WaitForSlotEvent, a->flags, a->result, a->reserved)
CALL(GetMechanismList, a->slot, a->list_at, a->result)
CALL(GetMechanismInfo, a->slot, a->type, a->info)
CALL(InitToken, a->slot, a->pin, a->pin_len, a->label)
CALL(InitPIN, a->session, a->pin, a->pin_len)
CALL(SetPIN, a->session, a->pin, a->pin_len, a->new_pin, a->new_len)
CALL(OpenSession, a->slot, a->flags, NULL, NULL, a->result)
CALL(CloseSession, a->session)
CALL(CloseAllSessions, a->slot)
CALL(GetSessionInfo, a->session, a->info)
CALL(GetOperationState, a->session, a->out, a->out_len)
CALL(SetOperationState, a->session, a->in, a->in_len, 0, 0)
CALL(Login, a->session, a->user, a->pin, a->pin_len)
CALL(Logout, a->session)
CALL(CreateObject, a->session, a->template, a->count, a->result)
CALL(CopyObject, a->session, a->object, a->template, a->count, a->result)
CALL(DestroyObject, a->session, a->object)
CALL(GetObjectSize, a->session, a->object, a->result)
CALL(GetAttributeValue, a->session, a->object, a->template, a->count)
CALL(SetAttributeValue, a->session, a->object, a->template, a->count)
CALL(FindObjectsInit, a->session, a->template, a->count)
CALL(FindObjects, a->session, a->list_at, 256, a->result)
CALL(FindObjectsFinal, a->session)
CALL(EncryptInit, a->session, a->mechanism, a->object)
CALL(Encrypt, a->session, a->in, a->in_len, a->out, a->out_len)
CALL(EncryptUpdate, a->session, a->in, a->in_len, a->out, a->out_len)
CALL(EncryptFinal, a->session, a->out, a->out_len)
CALL(DecryptInit, a->session, a->mechanism, a->object)
CALL(Decrypt, a->session, a->in, a->in_len, a->out, a->out_len)
CALL(DecryptUpdate, a->session, a->in, a->in_len, a->out, a->out_len)
CALL(DecryptFinal, a->session, a->out, a->out_len)
CALL(DigestInit, a->session, a->mechanism)
CALL(Digest, a->session, a->in, a->in_len, a->out, a->out_len)
CALL(DigestUpdate, a->session, a->in, a->in_len)
CALL(DigestKey, a->session, a->object)
CALL(DigestFinal, a->session, a->out, a->out_len)
CALL(SignInit, a->session, a->mechanism, a->object)
CALL(Sign, a->session, a->in, a->in_len, a->out, a->out_len)
CALL(SignUpdate, a->session, a->in, a->in_len)
CALL(SignFinal, a->session, a->out, a->out_len)
CALL(SignRecoverInit, a->session, a->mechanism, a->object)
CALL(SignRecover, a->session, a->in, a->in_len, a->out, a->out_len)
CALL(VerifyInit, a->session, a->mechanism, a->object)
CALL(Verify, a->session, a->in, a->in_len, a->signature, a->signature_len)
CALL(VerifyUpdate, a->session, a->in, a->in_len)
CALL(VerifyFinal, a->session, a->signature, a->signature_len)
CALL(VerifyRecoverInit, a->session, a->mechanism, a->object)
CALL(VerifyRecover, a->session, a->in, a->in_len, a->out, a->out_len)
CALL(DigestEncryptUpdate, a->session, a->in, a->in_len, a->out, a->out_len)
CALL(DecryptDigestUpdate, a->session, a->in, a->in_len, a->out, a->out_len)
CALL(SignEncryptUpdate, a->session, a->in, a->in_len, a->out, a->out_len)
CALL(DecryptVerifyUpdate, a->session, a->in, a->in_len, a->out, a->out_len)
CALL(GenerateKey, a->session, a->mechanism, a->template, a->count, a->result)
CALL(GenerateKeyPair, a->session, a->mechanism, a->template, a->count, a->template, a->count, a->result, a->result)
CALL(WrapKey, a->session, a->mechanism, a->object, a->object, a->out, a->out_len)
CALL(UnwrapKey, a->session, a->mechanism, a->object, a->in, a->in_len, a->template, a->count, a->result)
CALL(DeriveKey, a->session, a->mechanism, a->object, a->template, a->count, a->result)
CALL(SeedRandom, a->session, a->in, a->in_len)
CALL(GenerateRandom, a->session, a->in, a->in_len)
CALL(GetFunctionStatus, a->session)
CALL(CancelFunction, a->session)

static CK_RV call_GetFunctionList(const struct conform *c, struct conform_args *a)
{
    CK_FUNCTION_LIST *list = NULL;
    return c->f->C_GetFunctionList(a->list_at ? &list : NULL);
}

const struct conform_function conform_functions[FNS] = {
    [FN_INITIALIZE] = { "C_Initialize", call_Initialize, ABOUT_NOTHING, 0, SIGNER, { RIGHT } },
    [FN_FINALIZE] = { "C_Finalize", call_Finalize, ABOUT_LIBRARY, 0, SIGNER, { NULL_RESERVED } },
    [FN_GET_INFO] = { "C_GetInfo", call_GetInfo, ABOUT_LIBRARY, 0, SIGNER, { NULL_INFO } },
    [FN_GET_FUNCTION_LIST] = { "C_GetFunctionList", call_GetFunctionList, ABOUT_NOTHING, 0, SIGNER, { NULL_LIST } },
    [FN_GET_SLOT_LIST] = { "C_GetSlotList", call_GetSlotList, ABOUT_LIBRARY, 0, SIGNER, { NULL_COUNT } },
    [FN_GET_SLOT_INFO] = { "C_GetSlotInfo", call_GetSlotInfo, ABOUT_SLOT, 0, SIGNER, { NULL_INFO } },
    [FN_GET_TOKEN_INFO] = { "C_GetTokenInfo", call_GetTokenInfo, ABOUT_SLOT, 0, SIGNER, { NULL_INFO } },
    [FN_WAIT_FOR_SLOT_EVENT] = { "C_WaitForSlotEvent",
                                 call_WaitForSlotEvent,
                                 ABOUT_LIBRARY,
                                 0,
                                 SIGNER,
                                 { NULL_RESULT, NULL_RESERVED } },
    [FN_GET_MECHANISM_LIST] = { "C_GetMechanismList", call_GetMechanismList, ABOUT_SLOT, 0, SIGNER, { NULL_COUNT } },
    [FN_GET_MECHANISM_INFO] = { "C_GetMechanismInfo",
                                call_GetMechanismInfo,
                                ABOUT_SLOT,
                                CKM_ECDSA,
                                SIGNER,
                                { NULL_INFO } },
    [FN_INIT_TOKEN] = { "C_InitToken", call_InitToken, ABOUT_SLOT, 0, SIGNER, { NULL_PIN } },
    [FN_INIT_PIN] = { "C_InitPIN", call_InitPIN, ABOUT_SESSION, 0, SIGNER, { NULL_PIN } },
    [FN_SET_PIN] = { "C_SetPIN", call_SetPIN, ABOUT_SESSION, 0, SIGNER, { NULL_PIN, NULL_NEW_PIN } },
    [FN_OPEN_SESSION] = { "C_OpenSession", call_OpenSession, ABOUT_SLOT, 0, SIGNER, { NULL_RESULT } },
    [FN_CLOSE_SESSION] = { "C_CloseSession", call_CloseSession, ABOUT_SESSION, 0, SIGNER, { RIGHT } },
    [FN_CLOSE_ALL_SESSIONS] = { "C_CloseAllSessions", call_CloseAllSessions, ABOUT_SLOT, 0, SIGNER, { RIGHT } },
    [FN_GET_SESSION_INFO] = { "C_GetSessionInfo", call_GetSessionInfo, ABOUT_SESSION, 0, SIGNER, { NULL_INFO } },
    [FN_GET_OPERATION_STATE] = { "C_GetOperationState",
                                 call_GetOperationState,
                                 ABOUT_SESSION,
                                 0,
                                 SIGNER,
                                 { NULL_OUT_LEN } },
    [FN_SET_OPERATION_STATE] = { "C_SetOperationState", call_SetOperationState, ABOUT_SESSION, 0, SIGNER, { NULL_IN } },
    [FN_LOGIN] = { "C_Login", call_Login, ABOUT_SESSION, 0, SIGNER, { NULL_PIN } },
    [FN_LOGOUT] = { "C_Logout", call_Logout, ABOUT_SESSION, 0, SIGNER, { RIGHT } },
    [FN_CREATE_OBJECT] = { "C_CreateObject",
                           call_CreateObject,
                           ABOUT_SESSION,
                           0,
                           SIGNER,
                           { NULL_RESULT, NULL_VALUE_TEMPLATE } },
    [FN_COPY_OBJECT] = { "C_CopyObject",
                         call_CopyObject,
                         ABOUT_SESSION,
                         0,
                         DATA,
                         { NULL_RESULT, NULL_TEMPLATE, NULL_VALUE_TEMPLATE } },
    [FN_DESTROY_OBJECT] = { "C_DestroyObject", call_DestroyObject, ABOUT_SESSION, 0, DATA, { RIGHT } },
    [FN_GET_OBJECT_SIZE] = { "C_GetObjectSize", call_GetObjectSize, ABOUT_SESSION, 0, DATA, { NULL_COUNT } },
    [FN_GET_ATTRIBUTE_VALUE] = { "C_GetAttributeValue",
                                 call_GetAttributeValue,
                                 ABOUT_SESSION,
                                 0,
                                 DATA,
                                 { NULL_TEMPLATE } },
    [FN_SET_ATTRIBUTE_VALUE] = { "C_SetAttributeValue",
                                 call_SetAttributeValue,
                                 ABOUT_SESSION,
                                 0,
                                 DATA,
                                 { NULL_TEMPLATE, NULL_VALUE_TEMPLATE } },
    [FN_FIND_OBJECTS_INIT] = { "C_FindObjectsInit",
                               call_FindObjectsInit,
                               ABOUT_SESSION,
                               0,
                               SIGNER,
                               { NULL_TEMPLATE, NULL_VALUE_TEMPLATE } },
    [FN_FIND_OBJECTS] = { "C_FindObjects", call_FindObjects, ABOUT_SESSION, 0, SIGNER, { NULL_LIST, NULL_COUNT } },
    [FN_FIND_OBJECTS_FINAL] = { "C_FindObjectsFinal", call_FindObjectsFinal, ABOUT_SESSION, 0, SIGNER, { RIGHT } },
    [FN_ENCRYPT_INIT] = { "C_EncryptInit",
                          call_EncryptInit,
                          ABOUT_SESSION,
                          CKM_VENDOR_DEFINED + 1,
                          SIGNER,
                          { NULL_MECHANISM } },
    [FN_ENCRYPT] = { "C_Encrypt", call_Encrypt, ABOUT_SESSION, 0, SIGNER, { NULL_IN, NULL_OUT_LEN } },
    [FN_ENCRYPT_UPDATE] = { "C_EncryptUpdate",
                            call_EncryptUpdate,
                            ABOUT_SESSION,
                            0,
                            SIGNER,
                            { NULL_IN, NULL_OUT_LEN } },
    [FN_ENCRYPT_FINAL] = { "C_EncryptFinal", call_EncryptFinal, ABOUT_SESSION, 0, SIGNER, { NULL_OUT_LEN } },
    [FN_DECRYPT_INIT] = { "C_DecryptInit",
                          call_DecryptInit,
                          ABOUT_SESSION,
                          CKM_VENDOR_DEFINED + 1,
                          SIGNER,
                          { NULL_MECHANISM } },
    [FN_DECRYPT] = { "C_Decrypt", call_Decrypt, ABOUT_SESSION, 0, SIGNER, { NULL_IN, NULL_OUT_LEN } },
    [FN_DECRYPT_UPDATE] = { "C_DecryptUpdate",
                            call_DecryptUpdate,
                            ABOUT_SESSION,
                            0,
                            SIGNER,
                            { NULL_IN, NULL_OUT_LEN } },
    [FN_DECRYPT_FINAL] = { "C_DecryptFinal", call_DecryptFinal, ABOUT_SESSION, 0, SIGNER, { NULL_OUT_LEN } },
    [FN_DIGEST_INIT] = { "C_DigestInit", call_DigestInit, ABOUT_SESSION, CKM_SHA256, SIGNER, { NULL_MECHANISM } },
    [FN_DIGEST] = { "C_Digest", call_Digest, ABOUT_SESSION, 0, SIGNER, { NULL_IN, NULL_OUT_LEN } },
    [FN_DIGEST_UPDATE] = { "C_DigestUpdate", call_DigestUpdate, ABOUT_SESSION, 0, SIGNER, { NULL_IN } },
    [FN_DIGEST_KEY] = { "C_DigestKey", call_DigestKey, ABOUT_SESSION, 0, SIGNER, { RIGHT } },
    [FN_DIGEST_FINAL] = { "C_DigestFinal", call_DigestFinal, ABOUT_SESSION, 0, SIGNER, { NULL_OUT_LEN } },
    [FN_SIGN_INIT] = { "C_SignInit", call_SignInit, ABOUT_SESSION, CKM_ECDSA, SIGNER, { NULL_MECHANISM } },
    [FN_SIGN] = { "C_Sign", call_Sign, ABOUT_SESSION, 0, SIGNER, { NULL_IN, NULL_OUT_LEN } },
    [FN_SIGN_UPDATE] = { "C_SignUpdate", call_SignUpdate, ABOUT_SESSION, 0, SIGNER, { NULL_IN } },
    [FN_SIGN_FINAL] = { "C_SignFinal", call_SignFinal, ABOUT_SESSION, 0, SIGNER, { NULL_OUT_LEN } },
    [FN_SIGN_RECOVER_INIT] = { "C_SignRecoverInit",
                               call_SignRecoverInit,
                               ABOUT_SESSION,
                               CKM_VENDOR_DEFINED + 1,
                               SIGNER,
                               { NULL_MECHANISM } },
    [FN_SIGN_RECOVER] = { "C_SignRecover", call_SignRecover, ABOUT_SESSION, 0, SIGNER, { NULL_IN, NULL_OUT_LEN } },
    [FN_VERIFY_INIT] = { "C_VerifyInit", call_VerifyInit, ABOUT_SESSION, CKM_ECDSA, VERIFIER, { NULL_MECHANISM } },
    [FN_VERIFY] = { "C_Verify", call_Verify, ABOUT_SESSION, 0, SIGNER, { NULL_IN, NULL_SIGNATURE } },
    [FN_VERIFY_UPDATE] = { "C_VerifyUpdate", call_VerifyUpdate, ABOUT_SESSION, 0, SIGNER, { NULL_IN } },
    [FN_VERIFY_FINAL] = { "C_VerifyFinal", call_VerifyFinal, ABOUT_SESSION, 0, SIGNER, { NULL_SIGNATURE } },
    [FN_VERIFY_RECOVER_INIT] = { "C_VerifyRecoverInit",
                                 call_VerifyRecoverInit,
                                 ABOUT_SESSION,
                                 CKM_VENDOR_DEFINED + 1,
                                 VERIFIER,
                                 { NULL_MECHANISM } },
    [FN_VERIFY_RECOVER] = { "C_VerifyRecover",
                            call_VerifyRecover,
                            ABOUT_SESSION,
                            0,
                            SIGNER,
                            { NULL_IN, NULL_OUT_LEN } },
    [FN_DIGEST_ENCRYPT_UPDATE] = { "C_DigestEncryptUpdate",
                                   call_DigestEncryptUpdate,
                                   ABOUT_SESSION,
                                   0,
                                   SIGNER,
                                   { NULL_IN, NULL_OUT_LEN } },
    [FN_DECRYPT_DIGEST_UPDATE] = { "C_DecryptDigestUpdate",
                                   call_DecryptDigestUpdate,
                                   ABOUT_SESSION,
                                   0,
                                   SIGNER,
                                   { NULL_IN, NULL_OUT_LEN } },
    [FN_SIGN_ENCRYPT_UPDATE] = { "C_SignEncryptUpdate",
                                 call_SignEncryptUpdate,
                                 ABOUT_SESSION,
                                 0,
                                 SIGNER,
                                 { NULL_IN, NULL_OUT_LEN } },
    [FN_DECRYPT_VERIFY_UPDATE] = { "C_DecryptVerifyUpdate",
                                   call_DecryptVerifyUpdate,
                                   ABOUT_SESSION,
                                   0,
                                   SIGNER,
                                   { NULL_IN, NULL_OUT_LEN } },
    [FN_GENERATE_KEY] = { "C_GenerateKey",
                          call_GenerateKey,
                          ABOUT_SESSION,
                          CKM_VENDOR_DEFINED + 1,
                          SIGNER,
                          { NULL_MECHANISM, NULL_TEMPLATE, NULL_RESULT } },
    [FN_GENERATE_KEY_PAIR] = { "C_GenerateKeyPair",
                               call_GenerateKeyPair,
                               ABOUT_SESSION,
                               CKM_VENDOR_DEFINED + 1,
                               SIGNER,
                               { NULL_MECHANISM, NULL_TEMPLATE, NULL_RESULT } },
    [FN_WRAP_KEY] = { "C_WrapKey",
                      call_WrapKey,
                      ABOUT_SESSION,
                      CKM_VENDOR_DEFINED + 1,
                      SIGNER,
                      { NULL_MECHANISM, NULL_OUT_LEN } },
    [FN_UNWRAP_KEY] = { "C_UnwrapKey",
                        call_UnwrapKey,
                        ABOUT_SESSION,
                        CKM_VENDOR_DEFINED + 1,
                        SIGNER,
                        { NULL_MECHANISM, NULL_IN, NULL_TEMPLATE, NULL_RESULT } },
    [FN_DERIVE_KEY] = { "C_DeriveKey",
                        call_DeriveKey,
                        ABOUT_SESSION,
                        CKM_VENDOR_DEFINED + 1,
                        SIGNER,
                        { NULL_MECHANISM, NULL_TEMPLATE, NULL_RESULT } },
    [FN_SEED_RANDOM] = { "C_SeedRandom", call_SeedRandom, ABOUT_SESSION, 0, SIGNER, { NULL_IN } },
    [FN_GENERATE_RANDOM] = { "C_GenerateRandom", call_GenerateRandom, ABOUT_SESSION, 0, SIGNER, { NULL_IN } },
    [FN_GET_FUNCTION_STATUS] = { "C_GetFunctionStatus", call_GetFunctionStatus, ABOUT_SESSION, 0, SIGNER, { RIGHT } },
    [FN_CANCEL_FUNCTION] = { "C_CancelFunction", call_CancelFunction, ABOUT_SESSION, 0, SIGNER, { RIGHT } },
};
