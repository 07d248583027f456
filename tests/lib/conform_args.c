/* SPDX-License-Identifier: BSD-2-Clause */
/* The right arguments of every function, and what each fault makes of one of them. */
#include <string.h>

#include "conform.h"

#define BAD_SLOT_ID   88888
#define BAD_HANDLE    99999
#define BAD_OBJECT_ID 77777

static CK_OBJECT_CLASS class_data = CKO_DATA, class_bad = CKO_VENDOR_DEFINED + 1, class_private = CKO_PRIVATE_KEY;
static CK_OBJECT_CLASS class_got;
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_BYTE bytes[] = "value", place[64], id_signer = 4;
static CK_ATTRIBUTE data_template[] = { { CKA_CLASS, &class_data, sizeof class_data },
                                        { CKA_TOKEN, &no, sizeof no },
                                        { CKA_PRIVATE, &no, sizeof no },
                                        { CKA_VALUE, bytes, 5 } };
static CK_ATTRIBUTE null_value_template[] = { { CKA_CLASS, &class_data, sizeof class_data }, { CKA_LABEL, NULL, 5 } };
static CK_ATTRIBUTE classless_template[] = { { CKA_TOKEN, &no, sizeof no },
                                             { CKA_PRIVATE, &no, sizeof no },
                                             { CKA_VALUE, bytes, 5 } };
static CK_ATTRIBUTE token_template[] = { { CKA_CLASS, &class_data, sizeof class_data },
                                         { CKA_TOKEN, &yes, sizeof yes },
                                         { CKA_PRIVATE, &no, sizeof no } };
static CK_ATTRIBUTE bad_class_template[] = { { CKA_CLASS, &class_bad, sizeof class_bad },
                                             { CKA_TOKEN, &no, sizeof no },
                                             { CKA_PRIVATE, &no, sizeof no } };
static CK_ATTRIBUTE set_class_template[] = { { CKA_CLASS, &class_private, sizeof class_private } };
static CK_ATTRIBUTE label_template[] = { { CKA_LABEL, bytes, 5 } };
static CK_ATTRIBUTE get_template[] = { { CKA_CLASS, &class_got, sizeof class_got } };
static CK_ATTRIBUTE unknown_template[] = { { CKA_CLASS, &class_got, sizeof class_got },
                                           { CKA_VENDOR_DEFINED + 1, place, sizeof place } };
static CK_ATTRIBUTE size_template[] = { { CKA_CLASS, NULL, 0 } };
static CK_ATTRIBUTE short_template[] = { { CKA_CLASS, place, 1 } };
static CK_ATTRIBUTE secret_template[] = { { CKA_VALUE, place, sizeof place } };
static CK_ATTRIBUTE signer_template[] = { { CKA_CLASS, &class_private, sizeof class_private },
                                          { CKA_ID, &id_signer, sizeof id_signer } };

/* What a fault does to the member 'at': becomes NULL, a number, a handle of the run or a template. */
enum kind { NONE, POINTER, NUMBER, OBJECT, TEMPLATE, TEXT };
static const struct {
    const char *name;
    enum kind kind;
    size_t at;
    CK_ULONG value;
    CK_ATTRIBUTE *template;
    const char *text;
} faults[FAULTS] = {
#define AT(member)                offsetof(struct conform_args, member)
#define IS_NULL(fault, member)    [fault] = { #fault, POINTER, AT(member), 0, NULL, NULL }
#define IS(fault, member, value)  [fault] = { #fault, NUMBER, AT(member), value, NULL, NULL }
#define HANDLE(fault, which)      [fault] = { #fault, OBJECT, AT(object), which, NULL, NULL }
#define FROM(fault, table)        [fault] = { #fault, TEMPLATE, 0, sizeof table / sizeof table[0], table, NULL }
#define SAYS(fault, member, text) [fault] = { #fault, TEXT, AT(member), sizeof text - 1, NULL, text }
    [RIGHT] = { "", NONE, 0, 0, NULL, NULL },
    [NULL_RESERVED] = { "NULL_RESERVED", NONE, 0, 0, NULL, NULL },
    IS_NULL(NULL_INFO, info),
    IS_NULL(NULL_COUNT, result),
    IS_NULL(NULL_LIST, list_at),
    IS(SHORT_LIST, result_value, 0),
    IS(LONG_LIST, result_value, 256),
    IS_NULL(NULL_MECHANISM, mechanism),
    IS(BAD_MECHANISM, mechanism_value.mechanism, CKM_VENDOR_DEFINED + 1),
    IS(DIGEST_MECHANISM, mechanism_value.mechanism, CKM_SHA256),
    IS(ECDSA_MECHANISM, mechanism_value.mechanism, CKM_ECDSA),
    IS(ECDSA_SHA256_MECHANISM, mechanism_value.mechanism, CKM_ECDSA_SHA256),
    IS(ECDSA_SHA384_MECHANISM, mechanism_value.mechanism, CKM_ECDSA_SHA384),
    IS(SHA1_MECHANISM, mechanism_value.mechanism, CKM_SHA_1),
    IS(SHA384_MECHANISM, mechanism_value.mechanism, CKM_SHA384),
    IS(SHA512_MECHANISM, mechanism_value.mechanism, CKM_SHA512),
    IS(MECHANISM_PARAMETER, mechanism_value.ulParameterLen, 5),
    IS(BAD_SESSION, session, BAD_HANDLE),
    IS(NO_SESSION_HANDLE, session, CK_INVALID_HANDLE),
    IS(BAD_SLOT, slot, BAD_SLOT_ID),
    IS(BAD_OBJECT, object, BAD_OBJECT_ID),
    IS(NO_OBJECT, object, CK_INVALID_HANDLE),
    HANDLE(CERTIFICATE_OBJECT, CERTIFICATE),
    HANDLE(PUBLIC_OBJECT, VERIFIER),
    HANDLE(SIGNING_OBJECT, SIGNER),
    HANDLE(GUARDED_OBJECT, GUARDED),
    HANDLE(DATA_OBJECT, DATA),
    [MADE_OBJECT] = { "MADE_OBJECT", NONE, 0, 0, NULL, NULL },
    [FOUND_OBJECT] = { "FOUND_OBJECT", NONE, 0, 0, NULL, NULL },
    IS_NULL(NULL_IN, in),
    IS(NO_IN, in_len, 0),
    [NULL_NO_IN] = { "NULL_NO_IN", NONE, 0, 0, NULL, NULL },
    IS(LONG_IN, in_len, 65),
    IS_NULL(NULL_OUT, out),
    IS(SHORT_OUT, out_room, 1),
    IS_NULL(NULL_OUT_LEN, out_len),
    IS_NULL(NULL_RESULT, result),
    [NULL_TEMPLATE] = { "NULL_TEMPLATE", TEMPLATE, 0, 1, NULL, NULL },
    [NO_TEMPLATE] = { "NO_TEMPLATE", TEMPLATE, 0, 0, NULL, NULL },
    FROM(NULL_VALUE_TEMPLATE, null_value_template),
    FROM(CLASSLESS_TEMPLATE, classless_template),
    FROM(TOKEN_TEMPLATE, token_template),
    FROM(BAD_CLASS_TEMPLATE, bad_class_template),
    FROM(SET_CLASS_TEMPLATE, set_class_template),
    FROM(LABEL_TEMPLATE, label_template),
    FROM(UNKNOWN_TEMPLATE, unknown_template),
    FROM(SIZE_TEMPLATE, size_template),
    FROM(SHORT_TEMPLATE, short_template),
    FROM(SECRET_TEMPLATE, secret_template),
    FROM(SIGNER_TEMPLATE, signer_template),
    IS_NULL(NULL_SIGNATURE, signature),
    IS(SHORT_SIGNATURE, signature_len, 63),
    IS(LONG_SIGNATURE, signature_len, 65),
    [CHANGED_SIGNATURE] = { "CHANGED_SIGNATURE", NONE, 0, 0, NULL, NULL },
    IS_NULL(NULL_PIN, pin),
    SAYS(WRONG_PIN, pin_bytes, "999999"),
    SAYS(SHORT_PIN, pin_bytes, "12345"),
    SAYS(LONG_PIN, pin_bytes, "123456789012"),
    IS_NULL(NULL_NEW_PIN, new_pin),
    SAYS(SHORT_NEW_PIN, new_bytes, "123"),
    SAYS(LONG_NEW_PIN, new_bytes, "123456789"),
    SAYS(LETTER_NEW_PIN, new_bytes, "12345a"),
    IS(BAD_USER, user, 99),
    [SO_USER] = { "SO_USER", NONE, 0, 0, NULL, NULL },
    IS(CONTEXT_USER, user, CKU_CONTEXT_SPECIFIC),
    IS(PARALLEL, flags, 0),
    IS(READ_ONLY, flags, CKF_SERIAL_SESSION),
    IS(READ_WRITE, flags, CKF_SERIAL_SESSION | CKF_RW_SESSION),
    IS(DONT_BLOCK, flags, CKF_DONT_BLOCK),
    IS(NOTHING_TO_DO, flags, 0),
    IS(BAD_FLAGS, flags, 2),
    [BAD_NAME] = { "BAD_NAME", NONE, 0, 0, NULL, NULL },
    [BAD_VERSION] = { "BAD_VERSION", NONE, 0, 0, NULL, NULL },
};

const char *conform_fault_name(enum conform_fault fault)
{
    return faults[fault].name;
}

static void set_pin(CK_UTF8CHAR place_of[static 32], CK_ULONG *len, const char *text)
{
    *len = strlen(text);
    memcpy(place_of, text, *len);
}

/* PINs follow the state: the SO's in its session, as the one to log in with and the one to change. */
static void right_args(const struct conform *c, enum conform_fn fn, struct conform_args *a)
{
    const struct conform_function *f = conform_function(fn);
    *a = (struct conform_args) { .slot = c->slot, .session = c->session, .user = CKU_USER, .in_len = 32 };
    a->flags = fn == FN_WAIT_FOR_SLOT_EVENT ? CKF_DONT_BLOCK
               : fn == FN_SESSION_CANCEL    ? CKF_DIGEST | CKF_SIGN | CKF_VERIFY | CKF_FIND_OBJECTS
               : fn == FN_GET_INTERFACE     ? 0
                                            : CKF_SERIAL_SESSION | CKF_RW_SESSION;
    a->info = &a->info_value;
    a->type = a->mechanism_value.mechanism = f->mechanism;
    a->mechanism_value.pParameter = NULL;
    a->mechanism = &a->mechanism_value;
    a->object = c->object[f->object];
    memset(a->in_bytes, 0x5A, sizeof a->in_bytes);
    a->in = a->in_bytes;
    memset(a->out_bytes, 0xC3, sizeof a->out_bytes);
    a->out = a->out_bytes;
    a->out_room = sizeof a->out_bytes;
    a->out_len = &a->out_room;
    memcpy(a->signature_bytes, c->signature, sizeof c->signature);
    a->signature = a->signature_bytes;
    a->signature_len = c->signature_len;
    a->template = fn == FN_GET_ATTRIBUTE_VALUE ? get_template : data_template;
    a->count = fn == FN_GET_ATTRIBUTE_VALUE ? 1 : sizeof data_template / sizeof data_template[0];
    if (fn == FN_FIND_OBJECTS_INIT)
        a->count = 0;
    a->result = &a->result_value;
    a->result_value = 256;
    a->list_at = a->list;
    bool so = c->state == RW_SO && fn == FN_SET_PIN;
    set_pin(a->pin_bytes, &a->pin_len, so ? c->puk : c->pin);
    set_pin(a->new_bytes, &a->new_len, so ? c->puk : c->pin);
    a->pin = a->pin_bytes;
    a->new_pin = a->new_bytes;
    memcpy(a->label, "Conformance                     ", sizeof a->label);
    static CK_UTF8CHAR name[] = "PKCS 11";
    a->name = name;
    a->version = (CK_VERSION) { 3, 0 };
    get_template[0].ulValueLen = sizeof class_got;
    unknown_template[0].ulValueLen = sizeof class_got;
    unknown_template[1].ulValueLen = secret_template[0].ulValueLen = sizeof place;
    short_template[0].ulValueLen = 1;
}

/* The few that aren't one member of one kind. A new PIN that can't be is refused before the old one is looked at: it is
 * wrong too, and no try may be lost. */
static void special(const struct conform *c, enum conform_fault fault, struct conform_args *a)
{
    static CK_UTF8CHAR other_name[] = "PKCS 12";
    switch (fault) {
    case NULL_RESERVED:
        a->reserved = a;
        break;
    case MECHANISM_PARAMETER:
        a->mechanism_value.pParameter = bytes;
        break;
    case BAD_MECHANISM:
        a->type = a->mechanism_value.mechanism;
        break;
    case MADE_OBJECT:
        a->object = c->made;
        break;
    case FOUND_OBJECT:
        a->object = c->found;
        break;
    case NULL_NO_IN:
        a->in = NULL;
        a->in_len = 0;
        break;
    case CHANGED_SIGNATURE:
        a->signature_bytes[10] ^= 1;
        break;
    case SO_USER:
        a->user = CKU_SO;
        set_pin(a->pin_bytes, &a->pin_len, c->puk);
        break;
    case SHORT_NEW_PIN:
    case LONG_NEW_PIN:
    case LETTER_NEW_PIN:
        set_pin(a->pin_bytes, &a->pin_len, "99999999");
        break;
    case BAD_NAME:
        a->name = other_name;
        break;
    case BAD_VERSION:
        a->version.minor = 50;
        break;
    case LONG_IN: {
        static CK_BYTE much[65];
        a->in = much;
        break;
    }
    default:
        break;
    }
}

void conform_args(const struct conform *c, enum conform_fn fn, enum conform_fault fault, struct conform_args *a)
{
    right_args(c, fn, a);
    char *member = (char *)a + faults[fault].at;
    void *null = NULL;
    switch (faults[fault].kind) {
    case POINTER:
        memcpy(member, &null, sizeof null);
        break;
    case NUMBER:
        memcpy(member, &faults[fault].value, sizeof faults[fault].value);
        break;
    case OBJECT:
        a->object = c->object[faults[fault].value];
        break;
    case TEMPLATE:
        a->template = faults[fault].template;
        a->count = faults[fault].value;
        break;
    case TEXT:
        memcpy(member, faults[fault].text, faults[fault].value);
        *(faults[fault].at == AT(pin_bytes) ? &a->pin_len : &a->new_len) = faults[fault].value;
        break;
    case NONE:
        break;
    }
    special(c, fault, a);
}
