/* SPDX-License-Identifier: BSD-2-Clause */
#include "store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "session.h"
#include "slot.h"

#define HANDLE_MARK 0xFFUL /* the low byte of every session object's handle; see object.c */
#define VALUE_MAX   65536

/* ---- the schemas ---- */
enum kind { FLAG, NUMBER, BYTES };
enum rule {
    FIXED,   /* the module's: never in a template */
    CREATED, /* in a template, unchangeable afterwards */
    FREE
};
struct field {
    CK_ATTRIBUTE_TYPE type;
    enum kind kind;
    enum rule rule;
    CK_ULONG value; /* where the template has none */
};
/* clang-format off */
static const struct field data_fields[] = {
    { CKA_CLASS,       NUMBER, CREATED, CKO_DATA },
    { CKA_TOKEN,       FLAG,   CREATED, CK_FALSE },
    { CKA_PRIVATE,     FLAG,   CREATED, CK_FALSE },
    { CKA_MODIFIABLE,  FLAG,   CREATED, CK_TRUE  },
    { CKA_COPYABLE,    FLAG,   CREATED, CK_TRUE  },
    { CKA_DESTROYABLE, FLAG,   CREATED, CK_TRUE  },
    { CKA_LABEL,       BYTES,  FREE,    0        },
    { CKA_APPLICATION, BYTES,  FREE,    0        },
    { CKA_OBJECT_ID,   BYTES,  FREE,    0        },
    { CKA_VALUE,       BYTES,  FREE,    0        },
};
static const struct field secret_fields[] = {
    { CKA_CLASS,             NUMBER, CREATED, CKO_SECRET_KEY             },
    { CKA_TOKEN,             FLAG,   CREATED, CK_FALSE                   },
    { CKA_PRIVATE,           FLAG,   CREATED, CK_FALSE                   },
    { CKA_MODIFIABLE,        FLAG,   CREATED, CK_TRUE                    },
    { CKA_COPYABLE,          FLAG,   CREATED, CK_TRUE                    },
    { CKA_DESTROYABLE,       FLAG,   CREATED, CK_TRUE                    },
    { CKA_LABEL,             BYTES,  FREE,    0                          },
    { CKA_KEY_TYPE,          NUMBER, CREATED, CKK_GENERIC_SECRET         },
    { CKA_ID,                BYTES,  FREE,    0                          },
    { CKA_START_DATE,        BYTES,  FREE,    0                          },
    { CKA_END_DATE,          BYTES,  FREE,    0                          },
    { CKA_DERIVE,            FLAG,   FREE,    CK_FALSE                   },
    { CKA_LOCAL,             FLAG,   FIXED,   CK_FALSE                   },
    { CKA_KEY_GEN_MECHANISM, NUMBER, FIXED,   CK_UNAVAILABLE_INFORMATION },
    { CKA_SENSITIVE,         FLAG,   CREATED, CK_FALSE                   },
    { CKA_ALWAYS_SENSITIVE,  FLAG,   FIXED,   CK_FALSE                   },
    { CKA_EXTRACTABLE,       FLAG,   CREATED, CK_TRUE                    },
    { CKA_NEVER_EXTRACTABLE, FLAG,   FIXED,   CK_FALSE                   },
    { CKA_ENCRYPT,           FLAG,   FREE,    CK_FALSE                   },
    { CKA_DECRYPT,           FLAG,   FREE,    CK_FALSE                   },
    { CKA_SIGN,              FLAG,   FREE,    CK_FALSE                   },
    { CKA_VERIFY,            FLAG,   FREE,    CK_FALSE                   },
    { CKA_WRAP,              FLAG,   FREE,    CK_FALSE                   },
    { CKA_UNWRAP,            FLAG,   FREE,    CK_FALSE                   },
    { CKA_VALUE_LEN,         NUMBER, CREATED, 0                          },
    { CKA_VALUE,             BYTES,  FIXED,   0                          },
};
/* clang-format on */
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

struct p11_stored {
    struct p11_stored *next;
    CK_OBJECT_HANDLE handle;
    CK_SESSION_HANDLE session;
    CK_OBJECT_CLASS class;
    const struct field *fields;
    size_t fields_len;
    CK_ULONG numbers[COUNT(secret_fields)];     /* of flags and numbers, by field */
    struct sdc_buf bytes[COUNT(secret_fields)]; /* of bytes */
};

static size_t field_index(const struct p11_stored *s, CK_ATTRIBUTE_TYPE type)
{
    size_t i = 0;
    while (i < s->fields_len && s->fields[i].type != type)
        i++;
    return i;
}

static CK_ULONG number_of(const struct p11_stored *s, CK_ATTRIBUTE_TYPE type)
{
    size_t i = field_index(s, type);
    return i < s->fields_len ? s->numbers[i] : 0;
}

/* ---- templates ---- */
static CK_RV check_value(const struct field *f, const CK_ATTRIBUTE *a)
{
    CK_BBOOL flag = CK_FALSE;
    if (!a->pValue && a->ulValueLen > 0)
        return CKR_ATTRIBUTE_VALUE_INVALID;
    switch (f->kind) {
    case FLAG:
        if (a->ulValueLen != sizeof flag)
            return CKR_ATTRIBUTE_VALUE_INVALID;
        memcpy(&flag, a->pValue, sizeof flag);
        return flag == CK_TRUE || flag == CK_FALSE ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
    case NUMBER:
        return a->ulValueLen == sizeof(CK_ULONG) ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
    case BYTES:
        return a->ulValueLen <= VALUE_MAX ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
    }
    return CKR_ATTRIBUTE_VALUE_INVALID;
}

static CK_ULONG given_number(const struct field *f, const CK_ATTRIBUTE *a)
{
    CK_BBOOL flag = CK_FALSE;
    CK_ULONG number = 0;
    if (f->kind == FLAG)
        memcpy(&flag, a->pValue, sizeof flag);
    else
        memcpy(&number, a->pValue, sizeof number);
    return f->kind == FLAG ? flag : number;
}

/* Everything about a template, before anything changes. 'lowest' is the rule that an attribute must at least have. */
static CK_RV check_template(const struct p11_stored *s, enum rule lowest, const CK_ATTRIBUTE *attributes,
                            CK_ULONG count)
{
    for (CK_ULONG i = 0; i < count; i++) {
        size_t at = field_index(s, attributes[i].type);
        if (at == s->fields_len)
            return CKR_ATTRIBUTE_TYPE_INVALID;
        const struct field *f = &s->fields[at];
        if (f->rule < lowest)
            return CKR_ATTRIBUTE_READ_ONLY;
        CK_RV rv = check_value(f, &attributes[i]);
        if (rv != CKR_OK)
            return rv;
        if (f->type == CKA_TOKEN && given_number(f, &attributes[i]) == CK_TRUE)
            return CKR_TOKEN_WRITE_PROTECTED;
        if (f->type == CKA_CLASS && given_number(f, &attributes[i]) != s->class)
            return CKR_TEMPLATE_INCONSISTENT;
    }
    return CKR_OK;
}

static CK_RV apply(struct p11_stored *s, const CK_ATTRIBUTE *attributes, CK_ULONG count)
{
    for (CK_ULONG i = 0; i < count; i++) {
        size_t at = field_index(s, attributes[i].type);
        if (s->fields[at].kind == BYTES) {
            sdc_buf_clear(&s->bytes[at]);
            sdc_buf_put(&s->bytes[at], attributes[i].pValue, attributes[i].ulValueLen);
            if (s->bytes[at].err)
                return CKR_HOST_MEMORY;
        } else {
            s->numbers[at] = given_number(&s->fields[at], &attributes[i]);
        }
    }
    return CKR_OK;
}

/* ---- making and ending ---- */
static struct p11_stored *stored_new(CK_OBJECT_CLASS class)
{
    struct p11_stored *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->class = class;
    s->fields = class == CKO_DATA ? data_fields : secret_fields;
    s->fields_len = class == CKO_DATA ? COUNT(data_fields) : COUNT(secret_fields);
    for (size_t i = 0; i < s->fields_len; i++)
        s->numbers[i] = s->fields[i].value;
    return s;
}

static void stored_free(struct p11_stored *s)
{
    for (size_t i = 0; i < s->fields_len; i++)
        sdc_buf_free(&s->bytes[i]);
    free(s);
}

static void insert(struct p11_session *session, struct p11_stored *s, CK_OBJECT_HANDLE *handle)
{
    struct p11_slot *slot = session->slot;
    s->handle = ++slot->stored_count << 8 | HANDLE_MARK;
    s->session = session->handle;
    struct p11_stored **at = &slot->stored;
    while (*at)
        at = &(*at)->next; /* in the order of handles */
    *at = s;
    *handle = s->handle;
}

static CK_RV put_value(struct p11_stored *s, const struct sdc_buf *value)
{
    size_t at = field_index(s, CKA_VALUE);
    struct sdc_buf *b = &s->bytes[at];
    sdc_buf_put(b, value->data, value->len);
    if (b->err)
        return CKR_HOST_MEMORY;
    if (b->data)
        (void)mlock(b->data, b->len); /* no promise: the limit for locked memory may be zero */
    at = field_index(s, CKA_VALUE_LEN);
    if (at < s->fields_len)
        s->numbers[at] = value->len;
    return CKR_OK;
}

CK_RV p11_stored_create(struct p11_session *session, CK_OBJECT_CLASS class, const CK_ATTRIBUTE *attributes,
                        CK_ULONG count, const struct sdc_buf *value, CK_OBJECT_HANDLE *handle)
{
    struct p11_stored *s = stored_new(class);
    if (!s)
        return CKR_HOST_MEMORY;
    CK_RV rv = check_template(s, CREATED, attributes, count);
    if (rv == CKR_OK)
        rv = apply(s, attributes, count);
    if (rv == CKR_OK && number_of(s, CKA_PRIVATE) == CK_TRUE && session->slot->token.user != P11_USER)
        rv = CKR_USER_NOT_LOGGED_IN;
    if (rv == CKR_OK && value)
        rv = put_value(s, value);
    if (rv == CKR_OK)
        insert(session, s, handle);
    else
        stored_free(s);
    return rv;
}

CK_RV p11_stored_copy(struct p11_session *session, const struct p11_stored *from, const CK_ATTRIBUTE *attributes,
                      CK_ULONG count, CK_OBJECT_HANDLE *handle)
{
    if (number_of(from, CKA_COPYABLE) == CK_FALSE)
        return CKR_ACTION_PROHIBITED;
    for (CK_ULONG i = 0; i < count; i++)
        if (attributes[i].type == CKA_CLASS)
            return CKR_ATTRIBUTE_READ_ONLY;
    struct p11_stored *s = stored_new(from->class);
    if (!s)
        return CKR_HOST_MEMORY;
    memcpy(s->numbers, from->numbers, sizeof s->numbers);
    CK_RV rv = check_template(s, CREATED, attributes, count);
    for (size_t i = 0; rv == CKR_OK && i < s->fields_len; i++) {
        sdc_buf_put(&s->bytes[i], from->bytes[i].data, from->bytes[i].len);
        rv = s->bytes[i].err ? CKR_HOST_MEMORY : CKR_OK;
    }
    if (rv == CKR_OK)
        rv = apply(s, attributes, count);
    if (rv == CKR_OK && (number_of(s, CKA_SENSITIVE) < number_of(from, CKA_SENSITIVE) ||
                         number_of(s, CKA_EXTRACTABLE) > number_of(from, CKA_EXTRACTABLE)))
        rv = CKR_ATTRIBUTE_READ_ONLY; /* a copy is never looser than what it was made from */
    if (rv == CKR_OK && p11_stored_private(s) && session->slot->token.user != P11_USER)
        rv = CKR_USER_NOT_LOGGED_IN;
    if (rv == CKR_OK)
        insert(session, s, handle);
    else
        stored_free(s);
    return rv;
}

CK_RV p11_stored_set(struct p11_stored *s, const CK_ATTRIBUTE *attributes, CK_ULONG count)
{
    if (number_of(s, CKA_MODIFIABLE) == CK_FALSE)
        return CKR_ACTION_PROHIBITED;
    CK_RV rv = check_template(s, FREE, attributes, count);
    return rv == CKR_OK ? apply(s, attributes, count) : rv;
}

static void remove_at(struct p11_stored **at)
{
    struct p11_stored *s = *at;
    *at = s->next;
    stored_free(s);
}

CK_RV p11_stored_destroy(struct p11_slot *slot, struct p11_stored *stored)
{
    if (number_of(stored, CKA_DESTROYABLE) == CK_FALSE)
        return CKR_ACTION_PROHIBITED;
    for (struct p11_stored **at = &slot->stored; *at; at = &(*at)->next) {
        if (*at == stored) {
            remove_at(at);
            break;
        }
    }
    return CKR_OK;
}

/* ---- reading ---- */
CK_RV p11_stored_get(struct p11_stored *s, CK_ATTRIBUTE_TYPE type, struct p11_value *v)
{
    size_t at = field_index(s, type);
    if (at == s->fields_len)
        return CKR_ATTRIBUTE_TYPE_INVALID;
    if (type == CKA_VALUE && s->class == CKO_SECRET_KEY &&
        (number_of(s, CKA_SENSITIVE) == CK_TRUE || number_of(s, CKA_EXTRACTABLE) == CK_FALSE))
        return CKR_ATTRIBUTE_SENSITIVE;
    switch (s->fields[at].kind) {
    case FLAG:
        v->flag = s->numbers[at] ? CK_TRUE : CK_FALSE;
        v->data = &v->flag;
        v->len = sizeof v->flag;
        break;
    case NUMBER:
        v->number = s->numbers[at];
        v->data = &v->number;
        v->len = sizeof v->number;
        break;
    case BYTES:
        v->data = s->bytes[at].data ? s->bytes[at].data : (const void *)"";
        v->len = s->bytes[at].len;
        break;
    }
    return CKR_OK;
}

bool p11_stored_private(const struct p11_stored *s)
{
    return number_of(s, CKA_PRIVATE) == CK_TRUE;
}

CK_OBJECT_CLASS p11_stored_class(const struct p11_stored *s)
{
    return s->class;
}

const struct sdc_buf *p11_stored_value(const struct p11_stored *s)
{
    return &s->bytes[field_index(s, CKA_VALUE)];
}

CK_OBJECT_HANDLE p11_stored_handle(const struct p11_stored *s)
{
    return s->handle;
}

struct p11_stored *p11_stored_find(struct p11_slot *slot, CK_OBJECT_HANDLE handle)
{
    struct p11_stored *s = slot->stored;
    while (s && s->handle != handle)
        s = s->next;
    return s;
}

struct p11_stored *p11_stored_after(struct p11_slot *slot, CK_OBJECT_HANDLE handle)
{
    struct p11_stored *s = slot->stored;
    while (s && s->handle <= handle)
        s = s->next;
    return s;
}

void p11_stored_free_of(struct p11_slot *slot, CK_SESSION_HANDLE session)
{
    struct p11_stored **at = &slot->stored;
    while (*at) {
        if ((*at)->session == session)
            remove_at(at);
        else
            at = &(*at)->next;
    }
}

void p11_stored_free_private(struct p11_slot *slot)
{
    struct p11_stored **at = &slot->stored;
    while (*at) {
        if (p11_stored_private(*at))
            remove_at(at);
        else
            at = &(*at)->next;
    }
}

void p11_stored_free_all(struct p11_slot *slot)
{
    while (slot->stored)
        remove_at(&slot->stored);
}
