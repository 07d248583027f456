/* SPDX-License-Identifier: BSD-2-Clause */
#include "conform_softhsm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what differs, and why ---- */
static const struct conform_difference differences[] = {
    { FNS, IN(CLOSED) | IN(NO_SESSION), FAULTS, CKR_SESSION_HANDLE_INVALID, CKR_ARGUMENTS_BAD, 102,
      "looks at pointers before the session" },
    { FN_WAIT_FOR_SLOT_EVENT, ALL, NULL_RESULT, CKR_ARGUMENTS_BAD, CKR_NO_EVENT, 5,
      "has no slots that change, and looks at no argument" },
    { FN_WAIT_FOR_SLOT_EVENT, ALL, NULL_RESERVED, CKR_ARGUMENTS_BAD, CKR_NO_EVENT, 5,
      "has no slots that change, and looks at no argument" },
    { FN_INIT_TOKEN, ALL, NULL_PIN, CKR_ARGUMENTS_BAD, CKR_SESSION_EXISTS, 5,
      "can make tokens, but not under open sessions" },
    { FN_INIT_PIN, PUBLIC | USER, NULL_PIN, CKR_ARGUMENTS_BAD, CKR_USER_NOT_LOGGED_IN, 4,
      "looks at the login before the PIN" },
    { FN_GET_OPERATION_STATE, ALL, NULL_OUT_LEN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_SET_OPERATION_STATE, ALL, NULL_IN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_CREATE_OBJECT, PUBLIC | IN(RW_SO), NULL_VALUE_TEMPLATE, CKR_ARGUMENTS_BAD, CKR_USER_NOT_LOGGED_IN, 3,
      "its objects can be changed: it looks at attributes and session" },
    { FN_COPY_OBJECT, IN(RO_PUBLIC) | IN(RO_USER), NULL_VALUE_TEMPLATE, CKR_ARGUMENTS_BAD, CKR_SESSION_READ_ONLY, 2,
      "its objects can be changed: it looks at attributes and session" },
    { FN_SET_ATTRIBUTE_VALUE, IN(RO_PUBLIC) | IN(RO_USER), NULL_VALUE_TEMPLATE, CKR_ARGUMENTS_BAD,
      CKR_SESSION_READ_ONLY, 2, "its objects can be changed: it looks at attributes and session" },
    { FN_FIND_OBJECTS_INIT, ALL, NULL_VALUE_TEMPLATE, CKR_ARGUMENTS_BAD, CKR_OK, 5,
      "takes a template without values, and searches" },
    { FN_SIGN_RECOVER_INIT, ALL, NULL_MECHANISM, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_SIGN_RECOVER, ALL, NULL_IN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_SIGN_RECOVER, ALL, NULL_OUT_LEN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_VERIFY_RECOVER_INIT, ALL, NULL_MECHANISM, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_VERIFY_RECOVER, ALL, NULL_IN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_VERIFY_RECOVER, ALL, NULL_OUT_LEN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_DIGEST_ENCRYPT_UPDATE, ALL, NULL_IN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_DIGEST_ENCRYPT_UPDATE, ALL, NULL_OUT_LEN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_DECRYPT_DIGEST_UPDATE, ALL, NULL_IN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_DECRYPT_DIGEST_UPDATE, ALL, NULL_OUT_LEN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_SIGN_ENCRYPT_UPDATE, ALL, NULL_IN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_SIGN_ENCRYPT_UPDATE, ALL, NULL_OUT_LEN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_DECRYPT_VERIFY_UPDATE, ALL, NULL_IN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_DECRYPT_VERIFY_UPDATE, ALL, NULL_OUT_LEN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_INIT_TOKEN, ALL, RIGHT, CKR_FUNCTION_NOT_SUPPORTED, CKR_SESSION_EXISTS, 5,
      "can make tokens, but not under open sessions" },
    { FN_SIGN_INIT, ALL, RIGHT, CKR_OK, CKR_OPERATION_ACTIVE, 5,
      "a signature goes on after an error, and after a logout" },
    { FN_FIND_OBJECTS_INIT, ALL, RIGHT, CKR_OK, CKR_OPERATION_ACTIVE, 5,
      "takes a template without values, and searches" },
    { FN_DIGEST_FINAL, ALL, RIGHT, CKR_OPERATION_NOT_INITIALIZED, CKR_OK, 30,
      "a digest goes on after an error (PKCS#11 3.0, 5.10.2: it ends)" },
    { FN_LOGOUT, ALL, RIGHT, CKR_USER_NOT_LOGGED_IN, CKR_OK, 5, "logs out nobody without a word" },
    { FN_SET_ATTRIBUTE_VALUE, IN(RO_PUBLIC) | IN(RO_USER), RIGHT, CKR_ACTION_PROHIBITED, CKR_SESSION_READ_ONLY, 2,
      "its objects can be changed: it looks at attributes and session" },
    { FN_COPY_OBJECT, ALL, RIGHT, CKR_ACTION_PROHIBITED, CKR_ATTRIBUTE_READ_ONLY, 5,
      "its objects can be changed: it looks at attributes and session" },
    { FN_CREATE_OBJECT, ALL, NULL_TEMPLATE, CKR_TEMPLATE_INCOMPLETE, CKR_ARGUMENTS_BAD, 5,
      "a missing template is a bad argument to it" },
    { FN_CREATE_OBJECT, ALL, NO_TEMPLATE, CKR_TEMPLATE_INCOMPLETE, CKR_ARGUMENTS_BAD, 5,
      "a missing template is a bad argument to it" },
    { FN_DIGEST_UPDATE, ALL, NULL_NO_IN, CKR_OK, CKR_ARGUMENTS_BAD, 20, "refuses NULL for no data" },
    { FN_DIGEST_INIT, ALL, MECHANISM_PARAMETER, CKR_MECHANISM_PARAM_INVALID, CKR_OK, 5,
      "overlooks a parameter that the mechanism has not" },
    { FN_DIGEST, ALL, RIGHT, CKR_OPERATION_NOT_INITIALIZED, CKR_OK, 15,
      "a digest goes on after an error (PKCS#11 3.0, 5.10.2: it ends)" },
    { FN_DIGEST, ALL, RIGHT, CKR_OPERATION_ACTIVE, CKR_OK, 5,
      "a digest goes on after an error (PKCS#11 3.0, 5.10.2: it ends)" },
    { FN_DIGEST_UPDATE, ALL, RIGHT, CKR_OPERATION_ACTIVE, CKR_OK, 5,
      "a digest goes on after an error (PKCS#11 3.0, 5.10.2: it ends)" },
    { FN_SIGN_INIT, ALL, BAD_OBJECT, CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID, 5,
      "calls a key that is not there an object that is not there" },
    { FN_SIGN_INIT, ALL, NO_OBJECT, CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID, 5,
      "calls a key that is not there an object that is not there" },
    { FN_SIGN_INIT, ALL, DATA_OBJECT, CKR_KEY_HANDLE_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED, 5,
      "any object is a key to it, one without the usage" },
    { FN_SIGN_INIT, ALL, CERTIFICATE_OBJECT, CKR_KEY_HANDLE_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED, 5,
      "any object is a key to it, one without the usage" },
    { FN_SIGN_INIT, ALL, PUBLIC_OBJECT, CKR_KEY_HANDLE_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED, 5,
      "any object is a key to it, one without the usage" },
    { FN_SIGN_INIT, PUBLIC | IN(RW_SO), GUARDED_OBJECT, CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID, 3,
      "calls a key that is not there an object that is not there" },
    { FN_SIGN_INIT, ALL, ECDSA_SHA256_MECHANISM, CKR_OK, CKR_MECHANISM_INVALID, 15, "has no ECDSA that hashes" },
    { FN_SIGN_UPDATE, ALL, RIGHT, CKR_OK, CKR_OPERATION_NOT_INITIALIZED, 10,
      "follows from its having no ECDSA that hashes" },
    { FN_SIGN_FINAL, ALL, NULL_OUT, CKR_OK, CKR_OPERATION_NOT_INITIALIZED, 5,
      "follows from its having no ECDSA that hashes" },
    { FN_SIGN_FINAL, ALL, SHORT_OUT, CKR_BUFFER_TOO_SMALL, CKR_OPERATION_NOT_INITIALIZED, 5,
      "follows from its having no ECDSA that hashes" },
    { FN_SIGN_FINAL, ALL, RIGHT, CKR_OK, CKR_OPERATION_NOT_INITIALIZED, 5,
      "follows from its having no ECDSA that hashes" },
    { FN_VERIFY_INIT, ALL, ECDSA_SHA256_MECHANISM, CKR_OK, CKR_MECHANISM_INVALID, 15, "has no ECDSA that hashes" },
    { FN_VERIFY, ALL, RIGHT, CKR_OK, CKR_OPERATION_NOT_INITIALIZED, 10,
      "follows from its having no ECDSA that hashes" },
    { FN_SIGN_INIT, ALL, ECDSA_SHA384_MECHANISM, CKR_OK, CKR_MECHANISM_INVALID, 5, "has no ECDSA that hashes" },
    { FN_SIGN, ALL, RIGHT, CKR_OK, CKR_OPERATION_NOT_INITIALIZED, 5, "follows from its having no ECDSA that hashes" },
    { FN_VERIFY_INIT, ALL, ECDSA_SHA384_MECHANISM, CKR_OK, CKR_MECHANISM_INVALID, 5, "has no ECDSA that hashes" },
    { FN_VERIFY_UPDATE, ALL, RIGHT, CKR_OK, CKR_OPERATION_NOT_INITIALIZED, 10,
      "follows from its having no ECDSA that hashes" },
    { FN_VERIFY_FINAL, ALL, RIGHT, CKR_OK, CKR_OPERATION_NOT_INITIALIZED, 5,
      "follows from its having no ECDSA that hashes" },
    { FN_SIGN, ALL, RIGHT, CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED, 5,
      "follows from its having no ECDSA that hashes" },
    { FN_SIGN, ALL, NULL_OUT, CKR_OK, CKR_OPERATION_NOT_INITIALIZED, 5,
      "follows from its having no ECDSA that hashes" },
    { FN_SIGN_UPDATE, ALL, RIGHT, CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED, 5,
      "follows from its having no ECDSA that hashes" },
    { FN_SIGN, ALL, RIGHT, CKR_OPERATION_NOT_INITIALIZED, CKR_OK, 12,
      "a signature goes on after an error, and after a logout" },
    { FN_SIGN, ALL, LONG_IN, CKR_DATA_LEN_RANGE, CKR_OK, 5, "cuts a hash of any length" },
    { FN_SIGN_INIT, ALL, MECHANISM_PARAMETER, CKR_MECHANISM_PARAM_INVALID, CKR_OK, 5,
      "overlooks a parameter that the mechanism has not" },
    { FN_VERIFY_INIT, ALL, MECHANISM_PARAMETER, CKR_MECHANISM_PARAM_INVALID, CKR_OK, 5,
      "overlooks a parameter that the mechanism has not" },
    { FN_VERIFY_INIT, ALL, BAD_OBJECT, CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID, 5,
      "calls a key that is not there an object that is not there" },
    { FN_VERIFY_INIT, ALL, CERTIFICATE_OBJECT, CKR_KEY_HANDLE_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED, 5,
      "any object is a key to it, one without the usage" },
    { FN_VERIFY_INIT, ALL, SIGNING_OBJECT, CKR_KEY_HANDLE_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED, 5,
      "any object is a key to it, one without the usage" },
    { FN_VERIFY, ALL, RIGHT, CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED, 5,
      "follows from its having no ECDSA that hashes" },
    { FN_VERIFY_INIT, ALL, RIGHT, CKR_OK, CKR_OPERATION_ACTIVE, 5,
      "a signature goes on after an error, and after a logout" },
    { FN_DIGEST_INIT, ALL, RIGHT, CKR_OK, CKR_OPERATION_ACTIVE, 5,
      "a digest goes on after an error (PKCS#11 3.0, 5.10.2: it ends)" },
    { FN_DIGEST, ALL, RIGHT, CKR_OK, CKR_OPERATION_NOT_INITIALIZED, 5,
      "a digest goes on after an error (PKCS#11 3.0, 5.10.2: it ends)" },
    { FN_GENERATE_RANDOM, ALL, NULL_NO_IN, CKR_OK, CKR_ARGUMENTS_BAD, 5, "refuses NULL for no data" },
    { FN_SEED_RANDOM, ALL, RIGHT, CKR_RANDOM_SEED_NOT_SUPPORTED, CKR_OK, 5, "takes a seed" },
    { FN_ENCRYPT_INIT, ALL, RIGHT, CKR_MECHANISM_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED, 5,
      "any object is a key to it, one without the usage" },
    { FN_ENCRYPT_INIT, ALL, DIGEST_MECHANISM, CKR_MECHANISM_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED, 5,
      "any object is a key to it, one without the usage" },
    { FN_SIGN_RECOVER_INIT, ALL, RIGHT, CKR_MECHANISM_INVALID, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_SIGN_RECOVER_INIT, ALL, DIGEST_MECHANISM, CKR_MECHANISM_INVALID, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_SIGN_RECOVER, ALL, RIGHT, CKR_OPERATION_NOT_INITIALIZED, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_SIGN_RECOVER, ALL, NULL_OUT, CKR_OPERATION_NOT_INITIALIZED, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_VERIFY_RECOVER_INIT, ALL, RIGHT, CKR_MECHANISM_INVALID, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_VERIFY_RECOVER_INIT, ALL, DIGEST_MECHANISM, CKR_MECHANISM_INVALID, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_VERIFY_RECOVER, ALL, RIGHT, CKR_OPERATION_NOT_INITIALIZED, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_VERIFY_RECOVER, ALL, NULL_OUT, CKR_OPERATION_NOT_INITIALIZED, CKR_FUNCTION_NOT_SUPPORTED, 5,
      "not supported, told before pointers and operation are looked at" },
    { FN_WRAP_KEY, ALL, RIGHT, CKR_FUNCTION_NOT_SUPPORTED, CKR_MECHANISM_INVALID, 5,
      "wraps keys: its own mechanisms are looked at before handles" },
    { FN_WRAP_KEY, ALL, BAD_OBJECT, CKR_KEY_HANDLE_INVALID, CKR_MECHANISM_INVALID, 5,
      "wraps keys: its own mechanisms are looked at before handles" },
    { FN_WRAP_KEY, ALL, NO_OBJECT, CKR_KEY_HANDLE_INVALID, CKR_MECHANISM_INVALID, 5,
      "wraps keys: its own mechanisms are looked at before handles" },
    { FN_UNWRAP_KEY, ALL, RIGHT, CKR_FUNCTION_NOT_SUPPORTED, CKR_MECHANISM_INVALID, 5,
      "wraps keys: its own mechanisms are looked at before handles" },
    { FN_UNWRAP_KEY, ALL, BAD_OBJECT, CKR_KEY_HANDLE_INVALID, CKR_MECHANISM_INVALID, 5,
      "wraps keys: its own mechanisms are looked at before handles" },
    { FN_UNWRAP_KEY, ALL, NO_OBJECT, CKR_KEY_HANDLE_INVALID, CKR_MECHANISM_INVALID, 5,
      "wraps keys: its own mechanisms are looked at before handles" },
    { FN_GENERATE_KEY, ALL, NULL_VALUE_TEMPLATE, CKR_ARGUMENTS_BAD, CKR_MECHANISM_INVALID, 5,
      "looks at the mechanism before the template" },
    { FN_GENERATE_KEY_PAIR, ALL, NULL_VALUE_TEMPLATE, CKR_ARGUMENTS_BAD, CKR_MECHANISM_INVALID, 5,
      "looks at the mechanism before the template" },
    { FN_COPY_OBJECT, IN(RW_PUBLIC) | IN(RW_SO) | IN(RW_USER), NULL_VALUE_TEMPLATE, CKR_ARGUMENTS_BAD,
      CKR_ATTRIBUTE_READ_ONLY, 3, "its objects can be changed: it looks at attributes and session" },
    { FN_SET_ATTRIBUTE_VALUE, IN(RW_PUBLIC) | IN(RW_SO) | IN(RW_USER), NULL_VALUE_TEMPLATE, CKR_ARGUMENTS_BAD,
      CKR_ATTRIBUTE_READ_ONLY, 3, "its objects can be changed: it looks at attributes and session" },
    { FN_SET_PIN, IN(RW_PUBLIC) | IN(RW_SO) | IN(RW_USER), LONG_NEW_PIN, CKR_PIN_LEN_RANGE, CKR_PIN_INCORRECT, 3,
      "other rules for a PIN: 4 to 255 characters of any kind" },
    { FN_SET_PIN, IN(RW_PUBLIC) | IN(RW_USER), LETTER_NEW_PIN, CKR_PIN_INVALID, CKR_PIN_INCORRECT, 2,
      "other rules for a PIN: 4 to 255 characters of any kind" },
    { FN_SET_ATTRIBUTE_VALUE, IN(RW_PUBLIC) | IN(RW_SO) | IN(RW_USER), RIGHT, CKR_ACTION_PROHIBITED,
      CKR_ATTRIBUTE_READ_ONLY, 3, "its objects can be changed: it looks at attributes and session" },
    { FN_CREATE_OBJECT, IN(RW_PUBLIC) | IN(RW_SO) | IN(RW_USER), TOKEN_TEMPLATE, CKR_TOKEN_WRITE_PROTECTED, CKR_OK, 3,
      "keeps objects of users" },
    { FN_CREATE_OBJECT, USER, NULL_VALUE_TEMPLATE, CKR_ARGUMENTS_BAD, CKR_ATTRIBUTE_VALUE_INVALID, 2,
      "its objects can be changed: it looks at attributes and session" },
    { FN_LOGIN, IN(RO_USER), SO_USER, CKR_USER_ANOTHER_ALREADY_LOGGED_IN, CKR_SESSION_READ_ONLY_EXISTS, 1,
      "looks for R/O sessions before it looks who is logged in" },
    { FN_INIT_PIN, IN(RW_SO), SHORT_PIN, CKR_PIN_LEN_RANGE, CKR_OK, 1,
      "other rules for a PIN: 4 to 255 characters of any kind" },
    { FN_INIT_PIN, IN(RW_SO), LONG_PIN, CKR_PIN_LEN_RANGE, CKR_OK, 1,
      "other rules for a PIN: 4 to 255 characters of any kind" },
};

/* ---- the token ---- */
static void must(CK_RV rv, const char *what)
{
    if (rv == CKR_OK)
        return;
    fprintf(stderr, "softhsm: %s: %#lx\n", what, rv);
    exit(1);
}

static void make_pair(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE session, CK_BYTE id, CK_BBOOL guarded)
{
    static CK_BYTE p256[] = { 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
    CK_ATTRIBUTE public_key[] = { { CKA_TOKEN, &yes, 1 },
                                  { CKA_PRIVATE, &no, 1 },
                                  { CKA_ID, &id, 1 },
                                  { CKA_VERIFY, &yes, 1 },
                                  { CKA_EC_PARAMS, p256, sizeof p256 } };
    CK_ATTRIBUTE private_key[] = { { CKA_TOKEN, &yes, 1 },
                                   { CKA_PRIVATE, &guarded, 1 },
                                   { CKA_ID, &id, 1 },
                                   { CKA_SIGN, &yes, 1 },
                                   { CKA_DERIVE, &yes, 1 } };
    CK_OBJECT_HANDLE made[2];
    must(f->C_GenerateKeyPair(session, &mechanism, public_key, 5, private_key, 5, &made[0], &made[1]), "a key pair");
}

static void make_objects(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE session)
{
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_OBJECT_CLASS certificate = CKO_CERTIFICATE, data = CKO_DATA;
    CK_CERTIFICATE_TYPE x509 = CKC_X_509;
    CK_BYTE bytes[] = "bytes", id = 4;
    CK_ATTRIBUTE of_certificate[] = { { CKA_CLASS, &certificate, sizeof certificate },
                                      { CKA_CERTIFICATE_TYPE, &x509, sizeof x509 },
                                      { CKA_TOKEN, &yes, 1 },
                                      { CKA_PRIVATE, &no, 1 },
                                      { CKA_ID, &id, 1 },
                                      { CKA_SUBJECT, bytes, 5 },
                                      { CKA_VALUE, bytes, 5 } };
    CK_ATTRIBUTE of_data[] = {
        { CKA_CLASS, &data, sizeof data }, { CKA_TOKEN, &yes, 1 }, { CKA_PRIVATE, &no, 1 }, { CKA_VALUE, bytes, 5 }
    };
    CK_OBJECT_HANDLE made;
    make_pair(f, session, 4, CK_FALSE);
    make_pair(f, session, 1, CK_TRUE);
    must(f->C_CreateObject(session, of_certificate, 7, &made), "a certificate");
    must(f->C_CreateObject(session, of_data, 4, &made), "a data object");
}

void softhsm_prepare(struct conform *c)
{
    CK_FUNCTION_LIST *f = c->f;
    CK_ULONG count = 8;
    CK_SLOT_ID slots[8];
    CK_SESSION_HANDLE session = 0;
    CK_UTF8CHAR label[33] = "Conformance                     ", pin[32], puk[32];
    size_t pin_len = strlen(c->pin), puk_len = strlen(c->puk);
    memcpy(pin, c->pin, pin_len);
    memcpy(puk, c->puk, puk_len);
    must(f->C_Initialize(NULL), "C_Initialize");
    must(f->C_GetSlotList(CK_FALSE, slots, &count), "C_GetSlotList");
    must(f->C_InitToken(slots[0], puk, puk_len, label), "C_InitToken");
    must(f->C_OpenSession(slots[0], CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session), "C_OpenSession");
    must(f->C_Login(session, CKU_SO, puk, puk_len), "C_Login");
    must(f->C_InitPIN(session, pin, pin_len), "C_InitPIN");
    must(f->C_Logout(session), "C_Logout");
    must(f->C_Login(session, CKU_USER, pin, pin_len), "C_Login");
    make_objects(f, session);
    must(f->C_Finalize(NULL), "C_Finalize");
    /* the token's slot has another number from the next start on */
    must(f->C_Initialize(NULL), "C_Initialize");
    count = 8;
    must(f->C_GetSlotList(CK_TRUE, slots, &count), "C_GetSlotList");
    c->slot = slots[0];
    c->tokens = count; /* the one that waits to be made is among them */
    must(f->C_Finalize(NULL), "C_Finalize");
    c->differences = differences;
    c->differences_count = sizeof differences / sizeof differences[0];
}
