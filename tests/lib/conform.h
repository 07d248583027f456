/* SPDX-License-Identifier: BSD-2-Clause */
/* Conformance of a PKCS#11 module from const tables: functions, faults in their arguments, states of a session, and
 * scenarios of calls with the CK_RV that each must give. The tables know no module: they run against whatever function
 * list they are given, and where a module is known to differ, a table of differences says how and why. */
#ifndef TESTS_CONFORM_H
#define TESTS_CONFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "cryptoki.h"

/* ---- what is called ---- */
enum conform_fn {
    FN_INITIALIZE,
    FN_FINALIZE,
    FN_GET_INFO,
    FN_GET_FUNCTION_LIST,
    FN_GET_SLOT_LIST,
    FN_GET_SLOT_INFO,
    FN_GET_TOKEN_INFO,
    FN_WAIT_FOR_SLOT_EVENT,
    FN_GET_MECHANISM_LIST,
    FN_GET_MECHANISM_INFO,
    FN_INIT_TOKEN,
    FN_INIT_PIN,
    FN_SET_PIN,
    FN_OPEN_SESSION,
    FN_CLOSE_SESSION,
    FN_CLOSE_ALL_SESSIONS,
    FN_GET_SESSION_INFO,
    FN_GET_OPERATION_STATE,
    FN_SET_OPERATION_STATE,
    FN_LOGIN,
    FN_LOGOUT,
    FN_CREATE_OBJECT,
    FN_COPY_OBJECT,
    FN_DESTROY_OBJECT,
    FN_GET_OBJECT_SIZE,
    FN_GET_ATTRIBUTE_VALUE,
    FN_SET_ATTRIBUTE_VALUE,
    FN_FIND_OBJECTS_INIT,
    FN_FIND_OBJECTS,
    FN_FIND_OBJECTS_FINAL,
    FN_ENCRYPT_INIT,
    FN_ENCRYPT,
    FN_ENCRYPT_UPDATE,
    FN_ENCRYPT_FINAL,
    FN_DECRYPT_INIT,
    FN_DECRYPT,
    FN_DECRYPT_UPDATE,
    FN_DECRYPT_FINAL,
    FN_DIGEST_INIT,
    FN_DIGEST,
    FN_DIGEST_UPDATE,
    FN_DIGEST_KEY,
    FN_DIGEST_FINAL,
    FN_SIGN_INIT,
    FN_SIGN,
    FN_SIGN_UPDATE,
    FN_SIGN_FINAL,
    FN_SIGN_RECOVER_INIT,
    FN_SIGN_RECOVER,
    FN_VERIFY_INIT,
    FN_VERIFY,
    FN_VERIFY_UPDATE,
    FN_VERIFY_FINAL,
    FN_VERIFY_RECOVER_INIT,
    FN_VERIFY_RECOVER,
    FN_DIGEST_ENCRYPT_UPDATE,
    FN_DECRYPT_DIGEST_UPDATE,
    FN_SIGN_ENCRYPT_UPDATE,
    FN_DECRYPT_VERIFY_UPDATE,
    FN_GENERATE_KEY,
    FN_GENERATE_KEY_PAIR,
    FN_WRAP_KEY,
    FN_UNWRAP_KEY,
    FN_DERIVE_KEY,
    FN_SEED_RANDOM,
    FN_GENERATE_RANDOM,
    FN_GET_FUNCTION_STATUS,
    FN_CANCEL_FUNCTION,
    FN_3_0, /* from here on: only where the module has version 3.0 */
    FN_GET_INTERFACE_LIST = FN_3_0,
    FN_GET_INTERFACE,
    FN_LOGIN_USER,
    FN_SESSION_CANCEL,
    FN_MESSAGE_ENCRYPT_INIT,
    FN_ENCRYPT_MESSAGE,
    FN_ENCRYPT_MESSAGE_BEGIN,
    FN_ENCRYPT_MESSAGE_NEXT,
    FN_MESSAGE_ENCRYPT_FINAL,
    FN_MESSAGE_DECRYPT_INIT,
    FN_DECRYPT_MESSAGE,
    FN_DECRYPT_MESSAGE_BEGIN,
    FN_DECRYPT_MESSAGE_NEXT,
    FN_MESSAGE_DECRYPT_FINAL,
    FN_MESSAGE_SIGN_INIT,
    FN_SIGN_MESSAGE,
    FN_SIGN_MESSAGE_BEGIN,
    FN_SIGN_MESSAGE_NEXT,
    FN_MESSAGE_SIGN_FINAL,
    FN_MESSAGE_VERIFY_INIT,
    FN_VERIFY_MESSAGE,
    FN_VERIFY_MESSAGE_BEGIN,
    FN_VERIFY_MESSAGE_NEXT,
    FN_MESSAGE_VERIFY_FINAL,
    FNS
};

/* What is wrong with one argument; the others are right. conform_args.c says which argument becomes what. */
enum conform_fault {
    RIGHT,
    NULL_RESERVED, /* it should be NULL and isn't */
    NULL_INFO,
    NULL_COUNT, /* also the pointer to a length or a handle's place, below */
    NULL_LIST,
    SHORT_LIST,
    LONG_LIST,
    NULL_MECHANISM,
    BAD_MECHANISM,
    DIGEST_MECHANISM, /* one that exists, for something else */
    ECDSA_MECHANISM,
    ECDSA_SHA256_MECHANISM,
    ECDSA_SHA384_MECHANISM,
    SHA1_MECHANISM,
    SHA384_MECHANISM,
    SHA512_MECHANISM,
    MECHANISM_PARAMETER,
    BAD_SESSION,
    NO_SESSION_HANDLE,
    BAD_SLOT,
    BAD_OBJECT,
    NO_OBJECT,
    CERTIFICATE_OBJECT,
    PUBLIC_OBJECT,
    SIGNING_OBJECT,
    GUARDED_OBJECT, /* the private key that only the user sees */
    DATA_OBJECT,
    MADE_OBJECT,  /* what the last call that makes an object made */
    FOUND_OBJECT, /* what C_FindObjects gave */
    NULL_IN,
    NO_IN,
    NULL_NO_IN,
    LONG_IN,
    NULL_OUT,
    SHORT_OUT,
    NULL_OUT_LEN,
    NULL_RESULT,
    NULL_TEMPLATE,
    NO_TEMPLATE,
    NULL_VALUE_TEMPLATE,
    CLASSLESS_TEMPLATE,
    TOKEN_TEMPLATE,
    BAD_CLASS_TEMPLATE,
    SET_CLASS_TEMPLATE,
    LABEL_TEMPLATE,
    UNKNOWN_TEMPLATE,
    SIZE_TEMPLATE,
    SHORT_TEMPLATE,
    SECRET_TEMPLATE,
    SIGNER_TEMPLATE,
    NULL_SIGNATURE,
    SHORT_SIGNATURE,
    LONG_SIGNATURE,
    CHANGED_SIGNATURE,
    NULL_PIN,
    WRONG_PIN,
    SHORT_PIN,
    LONG_PIN,
    NULL_NEW_PIN,
    SHORT_NEW_PIN,
    LONG_NEW_PIN,
    LETTER_NEW_PIN,
    BAD_USER,
    SO_USER,
    CONTEXT_USER,
    PARALLEL,
    READ_ONLY,
    READ_WRITE,
    DONT_BLOCK,
    NOTHING_TO_DO, /* flags 0 of C_SessionCancel */
    BAD_NAME,
    BAD_VERSION,
    BAD_FLAGS,
    FAULTS
};
const char *conform_fault_name(enum conform_fault fault);

/* ---- where it is called ---- */
enum conform_state {
    NOT_INITIALIZED,
    FINALIZED,
    NO_SESSION, /* never opened */
    CLOSED,
    EMPTY_SLOT, /* the session's card was taken out */
    RO_PUBLIC,
    RW_PUBLIC,
    RO_USER,
    RW_USER,
    RW_SO,
    STATES
};
#define IN(state)      (1U << (state))
#define PUBLIC         (IN(RO_PUBLIC) | IN(RW_PUBLIC))
#define USER           (IN(RO_USER) | IN(RW_USER))
#define READ_WRITE_ALL (IN(RW_PUBLIC) | IN(RW_USER) | IN(RW_SO))
#define ALL            (PUBLIC | USER | IN(RW_SO))
#define ANY_STATE      ((1U << STATES) - 1)
extern const char *const conform_state_names[STATES];

/* ---- tables ---- */
/* One call; 'len' is what *pulLen says afterwards, unless it is NOT_ASKED. */
struct conform_step {
    enum conform_fn fn;
    enum conform_fault fault;
    CK_RV rv;
    CK_ULONG len; /* 0: not asked; what is to be 0 is EMPTY_LEN */
};
#define CONFORM_STEPS 10
#define EMPTY_LEN     0x10000UL
#define TOKENS_LEN    0x20000UL /* as many as there are tokens */
struct conform_scenario {
    unsigned states;
    struct conform_step steps[CONFORM_STEPS];
    unsigned count;
};
#define SCENARIO(in, ...)                                                                                              \
    {                                                                                                                  \
        in, { __VA_ARGS__ }, sizeof((struct conform_step[]) { __VA_ARGS__ }) / sizeof(struct conform_step)             \
    }
struct conform_scenarios {
    const char *area;
    const struct conform_scenario *list;
    size_t count;
};
extern const struct conform_scenarios conform_general, conform_objects, conform_crypto, conform_refused;

/* Where a module differs: in these states every such call gives 'theirs' where the tables say 'ours', exactly 'count'
 * times in a run. fn FNS: any function. fault FAULTS: any fault. */
struct conform_difference {
    enum conform_fn fn;
    unsigned states;
    enum conform_fault fault;
    CK_RV ours, theirs;
    unsigned count;
    const char *why;
};

/* ---- a run ---- */
enum conform_object { SIGNER, VERIFIER, CERTIFICATE, DATA, GUARDED, CONFORM_OBJECTS };
struct conform {
    CK_FUNCTION_LIST *f;
    CK_FUNCTION_LIST_3_0 *f3; /* NULL: version 2.40 only */
    CK_SLOT_ID slot;
    CK_ULONG tokens; /* in how many slots there are some */
    const char *pin, *puk;
    void (*card)(void *ctx, bool in); /* takes the card out, puts it in; NULL: that state isn't visited */
    void *ctx;
    const struct conform_difference *differences;
    size_t differences_count;

    enum conform_state state;
    CK_SESSION_HANDLE keeper, session;
    CK_OBJECT_HANDLE object[CONFORM_OBJECTS], made, found;
    CK_BYTE signature[256];
    CK_ULONG signature_len;
    unsigned assertions, failures, excused;
    unsigned seen[128]; /* of each difference */
};

/* Runs everything and reports each failure on stdout. The module isn't initialised, before and after. */
void conform_run(struct conform *c);
/* One more assertion, for what isn't a CK_RV. Returns 'good'. */
bool conform_that(struct conform *c, const char *what, bool good);
/* The areas in which more than one CK_RV counts: sets, values, vectors, flags. In state RW_PUBLIC. */
void conform_areas(struct conform *c);

/* ---- inside ---- */
struct conform_args {
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session;
    CK_FLAGS flags;
    void *reserved, *info;
    CK_MECHANISM mechanism_value, *mechanism;
    CK_MECHANISM_TYPE type;
    CK_OBJECT_HANDLE object;
    CK_BYTE *in, *out, *signature;
    CK_ULONG in_len, signature_len, out_room, *out_len;
    CK_ATTRIBUTE *template;
    CK_ULONG count;
    CK_ULONG *result; /* a handle's or a count's place */
    CK_ULONG list[256], *list_at;
    CK_USER_TYPE user;
    CK_UTF8CHAR *pin, *new_pin, *name;
    CK_ULONG pin_len, new_len;
    CK_VERSION version;
    /* what the pointers lead to */
    CK_BYTE in_bytes[64], out_bytes[512], signature_bytes[260];
    CK_ULONG result_value;
    CK_UTF8CHAR pin_bytes[32], new_bytes[32], label[32];
    union {
        CK_INFO info;
        CK_SLOT_INFO slot;
        CK_TOKEN_INFO token;
        CK_SESSION_INFO session;
        CK_MECHANISM_INFO mechanism;
    } info_value;
};
enum conform_about { ABOUT_NOTHING, ABOUT_LIBRARY, ABOUT_SLOT, ABOUT_SESSION };
struct conform_function {
    const char *name;
    CK_RV (*call)(const struct conform *c, struct conform_args *a);
    enum conform_about about;
    CK_MECHANISM_TYPE mechanism; /* the right one */
    enum conform_object object;  /* the right one */
    enum conform_fault pointers[6];
};
extern const struct conform_function conform_functions[FNS];
extern const struct conform_function conform_functions_3_0[FNS - FN_3_0];
const struct conform_function *conform_function(enum conform_fn fn);
void conform_args(const struct conform *c, enum conform_fn fn, enum conform_fault fault, struct conform_args *a);
/* Brings the module into a state, with a fresh session where the state has one. */
void conform_enter(struct conform *c, enum conform_state state);
void conform_leave(struct conform *c);

#endif
