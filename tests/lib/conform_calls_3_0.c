/* SPDX-License-Identifier: BSD-2-Clause */
/* What PKCS#11 3.0 adds: as conform_calls.c. */
#include "conform.h"

#define CALL(name, ...)                                                                                                \
    static CK_RV call_##name(const struct conform *c, struct conform_args *a)                                          \
    {                                                                                                                  \
        (void)a;                                                                                                       \
        return c->f3->C_##name(__VA_ARGS__);                                                                           \
    }
CALL(GetInterfaceList, NULL, a->result)
CALL(LoginUser, a->session, a->user, a->pin, a->pin_len, a->label, sizeof a->label)
CALL(SessionCancel, a->session, a->flags)
CALL(MessageEncryptInit, a->session, a->mechanism, a->object)
CALL(EncryptMessage, a->session, NULL, 0, NULL, 0, a->in, a->in_len, a->out, a->out_len)
CALL(EncryptMessageBegin, a->session, a->in, a->in_len, NULL, 0)
CALL(EncryptMessageNext, a->session, NULL, 0, a->in, a->in_len, a->out, a->out_len, 0)
CALL(MessageEncryptFinal, a->session)
CALL(MessageDecryptInit, a->session, a->mechanism, a->object)
CALL(DecryptMessage, a->session, NULL, 0, NULL, 0, a->in, a->in_len, a->out, a->out_len)
CALL(DecryptMessageBegin, a->session, a->in, a->in_len, NULL, 0)
CALL(DecryptMessageNext, a->session, NULL, 0, a->in, a->in_len, a->out, a->out_len, 0)
CALL(MessageDecryptFinal, a->session)
CALL(MessageSignInit, a->session, a->mechanism, a->object)
CALL(SignMessage, a->session, NULL, 0, a->in, a->in_len, a->out, a->out_len)
CALL(SignMessageBegin, a->session, a->in, a->in_len)
CALL(SignMessageNext, a->session, NULL, 0, a->in, a->in_len, a->out, a->out_len)
CALL(MessageSignFinal, a->session)
CALL(MessageVerifyInit, a->session, a->mechanism, a->object)
CALL(VerifyMessage, a->session, NULL, 0, a->in, a->in_len, a->signature, 64)
CALL(VerifyMessageBegin, a->session, a->in, a->in_len)
CALL(VerifyMessageNext, a->session, NULL, 0, a->in, a->in_len, a->signature, 64)
CALL(MessageVerifyFinal, a->session)

static CK_RV call_GetInterface(const struct conform *c, struct conform_args *a)
{
    CK_INTERFACE *interface = NULL;
    return c->f3->C_GetInterface(a->name, &a->version, a->result ? &interface : NULL, a->flags);
}

const struct conform_function conform_functions_3_0[FNS - FN_3_0] = {
    [FN_GET_INTERFACE_LIST -
     FN_3_0] = { "C_GetInterfaceList", call_GetInterfaceList, ABOUT_NOTHING, 0, SIGNER, { NULL_COUNT } },
    [FN_GET_INTERFACE - FN_3_0] = { "C_GetInterface", call_GetInterface, ABOUT_NOTHING, 0, SIGNER, { NULL_RESULT } },
    [FN_LOGIN_USER - FN_3_0] = { "C_LoginUser", call_LoginUser, ABOUT_SESSION, 0, SIGNER, { NULL_PIN } },
    [FN_SESSION_CANCEL - FN_3_0] = { "C_SessionCancel", call_SessionCancel, ABOUT_SESSION, 0, SIGNER, { RIGHT } },
    [FN_MESSAGE_ENCRYPT_INIT - FN_3_0] = { "C_MessageEncryptInit",
                                           call_MessageEncryptInit,
                                           ABOUT_SESSION,
                                           CKM_VENDOR_DEFINED + 1,
                                           SIGNER,
                                           { NULL_MECHANISM } },
    [FN_ENCRYPT_MESSAGE -
        FN_3_0] = { "C_EncryptMessage", call_EncryptMessage, ABOUT_SESSION, 0, SIGNER, { NULL_IN, NULL_OUT_LEN } },
    [FN_ENCRYPT_MESSAGE_BEGIN -
        FN_3_0] = { "C_EncryptMessageBegin", call_EncryptMessageBegin, ABOUT_SESSION, 0, SIGNER, { NULL_IN } },
    [FN_ENCRYPT_MESSAGE_NEXT - FN_3_0] = { "C_EncryptMessageNext",
                                           call_EncryptMessageNext,
                                           ABOUT_SESSION,
                                           0,
                                           SIGNER,
                                           { NULL_IN, NULL_OUT_LEN } },
    [FN_MESSAGE_ENCRYPT_FINAL -
        FN_3_0] = { "C_MessageEncryptFinal", call_MessageEncryptFinal, ABOUT_SESSION, 0, SIGNER, { RIGHT } },
    [FN_MESSAGE_DECRYPT_INIT - FN_3_0] = { "C_MessageDecryptInit",
                                           call_MessageDecryptInit,
                                           ABOUT_SESSION,
                                           CKM_VENDOR_DEFINED + 1,
                                           SIGNER,
                                           { NULL_MECHANISM } },
    [FN_DECRYPT_MESSAGE -
        FN_3_0] = { "C_DecryptMessage", call_DecryptMessage, ABOUT_SESSION, 0, SIGNER, { NULL_IN, NULL_OUT_LEN } },
    [FN_DECRYPT_MESSAGE_BEGIN -
        FN_3_0] = { "C_DecryptMessageBegin", call_DecryptMessageBegin, ABOUT_SESSION, 0, SIGNER, { NULL_IN } },
    [FN_DECRYPT_MESSAGE_NEXT - FN_3_0] = { "C_DecryptMessageNext",
                                           call_DecryptMessageNext,
                                           ABOUT_SESSION,
                                           0,
                                           SIGNER,
                                           { NULL_IN, NULL_OUT_LEN } },
    [FN_MESSAGE_DECRYPT_FINAL -
        FN_3_0] = { "C_MessageDecryptFinal", call_MessageDecryptFinal, ABOUT_SESSION, 0, SIGNER, { RIGHT } },
    [FN_MESSAGE_SIGN_INIT - FN_3_0] = { "C_MessageSignInit",
                                        call_MessageSignInit,
                                        ABOUT_SESSION,
                                        CKM_VENDOR_DEFINED + 1,
                                        SIGNER,
                                        { NULL_MECHANISM } },
    [FN_SIGN_MESSAGE -
        FN_3_0] = { "C_SignMessage", call_SignMessage, ABOUT_SESSION, 0, SIGNER, { NULL_IN, NULL_OUT_LEN } },
    [FN_SIGN_MESSAGE_BEGIN -
        FN_3_0] = { "C_SignMessageBegin", call_SignMessageBegin, ABOUT_SESSION, 0, SIGNER, { NULL_IN } },
    [FN_SIGN_MESSAGE_NEXT -
        FN_3_0] = { "C_SignMessageNext", call_SignMessageNext, ABOUT_SESSION, 0, SIGNER, { NULL_IN, NULL_OUT_LEN } },
    [FN_MESSAGE_SIGN_FINAL -
        FN_3_0] = { "C_MessageSignFinal", call_MessageSignFinal, ABOUT_SESSION, 0, SIGNER, { RIGHT } },
    [FN_MESSAGE_VERIFY_INIT - FN_3_0] = { "C_MessageVerifyInit",
                                          call_MessageVerifyInit,
                                          ABOUT_SESSION,
                                          CKM_VENDOR_DEFINED + 1,
                                          VERIFIER,
                                          { NULL_MECHANISM } },
    [FN_VERIFY_MESSAGE -
        FN_3_0] = { "C_VerifyMessage", call_VerifyMessage, ABOUT_SESSION, 0, SIGNER, { NULL_IN, NULL_SIGNATURE } },
    [FN_VERIFY_MESSAGE_BEGIN -
        FN_3_0] = { "C_VerifyMessageBegin", call_VerifyMessageBegin, ABOUT_SESSION, 0, SIGNER, { NULL_IN } },
    [FN_VERIFY_MESSAGE_NEXT - FN_3_0] = { "C_VerifyMessageNext",
                                          call_VerifyMessageNext,
                                          ABOUT_SESSION,
                                          0,
                                          SIGNER,
                                          { NULL_IN, NULL_SIGNATURE } },
    [FN_MESSAGE_VERIFY_FINAL -
        FN_3_0] = { "C_MessageVerifyFinal", call_MessageVerifyFinal, ABOUT_SESSION, 0, SIGNER, { RIGHT } },
};
