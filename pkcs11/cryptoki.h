/* SPDX-License-Identifier: BSD-2-Clause */
/* The PKCS#11 interface: version 2.40 from p11-kit's header, and what OASIS PKCS#11 3.0 adds to it, which that header
 * (0.24) lacks: interfaces, session cancel, message-based functions. */
#ifndef P11_CRYPTOKI_H
#define P11_CRYPTOKI_H

#include <p11-kit/pkcs11.h>

typedef struct {
    CK_UTF8CHAR *pInterfaceName;
    CK_VOID_PTR pFunctionList;
    CK_FLAGS flags;
} CK_INTERFACE;
typedef CK_INTERFACE *CK_INTERFACE_PTR;
typedef CK_INTERFACE_PTR *CK_INTERFACE_PTR_PTR;

/* Flags of C_GetInterface, and of C_SessionCancel where no mechanism flag names the operation. */
#define CKF_INTERFACE_FORK_SAFE 0x1UL
#define CKF_FIND_OBJECTS        0x40UL

/* PKCS#11 3.0 section 5.4 and 5.6 */
CK_RV C_GetInterfaceList(CK_INTERFACE_PTR interfaces, CK_ULONG_PTR count);
CK_RV C_GetInterface(CK_UTF8CHAR_PTR name, CK_VERSION_PTR version, CK_INTERFACE_PTR_PTR result, CK_FLAGS flags);
CK_RV C_LoginUser(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG pin_len,
                  CK_UTF8CHAR_PTR username, CK_ULONG username_len);
CK_RV C_SessionCancel(CK_SESSION_HANDLE session, CK_FLAGS flags);

/* 5.9 and 5.11: message-based encryption and decryption have the same shapes, */
typedef CK_RV p11_message_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key);
typedef CK_RV p11_message_crypt(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,
                                CK_BYTE_PTR associated, CK_ULONG associated_len, CK_BYTE_PTR in, CK_ULONG in_len,
                                CK_BYTE_PTR out, CK_ULONG_PTR out_len);
typedef CK_RV p11_message_crypt_begin(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,
                                      CK_BYTE_PTR associated, CK_ULONG associated_len);
typedef CK_RV p11_message_crypt_next(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,
                                     CK_BYTE_PTR in, CK_ULONG in_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len,
                                     CK_FLAGS flags);
typedef CK_RV p11_message_final(CK_SESSION_HANDLE session);
/* 5.14 and 5.16: and so have signing and verifying, but for the signature's length. */
typedef CK_RV p11_message_sign(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,
                               CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG_PTR signature_len);
typedef CK_RV p11_message_begin(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len);
typedef CK_RV p11_message_verify(CK_SESSION_HANDLE session, CK_VOID_PTR parameter, CK_ULONG parameter_len,
                                 CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR signature, CK_ULONG signature_len);

p11_message_init C_MessageEncryptInit, C_MessageDecryptInit, C_MessageSignInit, C_MessageVerifyInit;
p11_message_crypt C_EncryptMessage, C_DecryptMessage;
p11_message_crypt_begin C_EncryptMessageBegin, C_DecryptMessageBegin;
p11_message_crypt_next C_EncryptMessageNext, C_DecryptMessageNext;
p11_message_final C_MessageEncryptFinal, C_MessageDecryptFinal, C_MessageSignFinal, C_MessageVerifyFinal;
p11_message_sign C_SignMessage, C_SignMessageNext;
p11_message_begin C_SignMessageBegin, C_VerifyMessageBegin;
p11_message_verify C_VerifyMessage, C_VerifyMessageNext;

/* Only the head of it is the 2.40 list: same members in the same order, version 3.0 (PKCS#11 3.0, 3.6). */
typedef struct {
    CK_FUNCTION_LIST v2;
    CK_RV (*C_GetInterfaceList)(CK_INTERFACE_PTR, CK_ULONG_PTR);
    CK_RV (*C_GetInterface)(CK_UTF8CHAR_PTR, CK_VERSION_PTR, CK_INTERFACE_PTR_PTR, CK_FLAGS);
    CK_RV (*C_LoginUser)(CK_SESSION_HANDLE, CK_USER_TYPE, CK_UTF8CHAR_PTR, CK_ULONG, CK_UTF8CHAR_PTR, CK_ULONG);
    CK_RV (*C_SessionCancel)(CK_SESSION_HANDLE, CK_FLAGS);
    p11_message_init *C_MessageEncryptInit;
    p11_message_crypt *C_EncryptMessage;
    p11_message_crypt_begin *C_EncryptMessageBegin;
    p11_message_crypt_next *C_EncryptMessageNext;
    p11_message_final *C_MessageEncryptFinal;
    p11_message_init *C_MessageDecryptInit;
    p11_message_crypt *C_DecryptMessage;
    p11_message_crypt_begin *C_DecryptMessageBegin;
    p11_message_crypt_next *C_DecryptMessageNext;
    p11_message_final *C_MessageDecryptFinal;
    p11_message_init *C_MessageSignInit;
    p11_message_sign *C_SignMessage;
    p11_message_begin *C_SignMessageBegin;
    p11_message_sign *C_SignMessageNext;
    p11_message_final *C_MessageSignFinal;
    p11_message_init *C_MessageVerifyInit;
    p11_message_verify *C_VerifyMessage;
    p11_message_begin *C_VerifyMessageBegin;
    p11_message_verify *C_VerifyMessageNext;
    p11_message_final *C_MessageVerifyFinal;
} CK_FUNCTION_LIST_3_0;

#endif
