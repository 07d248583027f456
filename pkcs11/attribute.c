/* SPDX-License-Identifier: BSD-2-Clause */
#include "attribute.h"

#include <string.h>

#include "slot.h"
#include "store.h"

/* ---- the schemas ---- */
/* clang-format off */
static const struct p11_attribute certificate_attributes[] = {
    { CKA_CLASS,                P11_CLASS,     0         },
    { CKA_TOKEN,                P11_TRUE,      0         },
    { CKA_PRIVATE,              P11_PRIVATE,   0         },
    { CKA_MODIFIABLE,           P11_FALSE,     0         },
    { CKA_COPYABLE,             P11_FALSE,     0         },
    { CKA_DESTROYABLE,          P11_FALSE,     0         },
    { CKA_LABEL,                P11_LABEL,     0         },
    { CKA_CERTIFICATE_TYPE,     P11_NUMBER,    CKC_X_509 },
    { CKA_CERTIFICATE_CATEGORY, P11_NUMBER,    1         }, /* token user */
    { CKA_TRUSTED,              P11_FALSE,     0         },
    { CKA_ID,                   P11_ID,        0         },
    { CKA_VALUE,                P11_CERT_DER,  0         },
    { CKA_SUBJECT,              P11_SUBJECT,   0         },
    { CKA_ISSUER,               P11_ISSUER,    0         },
    { CKA_SERIAL_NUMBER,        P11_SERIAL,    0         },
    { CKA_START_DATE,           P11_START,     0         },
    { CKA_END_DATE,             P11_END,       0         },
    { CKA_PUBLIC_KEY_INFO,      P11_SPKI,      0         },
};
static const struct p11_attribute public_attributes[] = {
    { CKA_CLASS,             P11_CLASS,        0                          },
    { CKA_TOKEN,             P11_TRUE,         0                          },
    { CKA_PRIVATE,           P11_FALSE,        0                          },
    { CKA_MODIFIABLE,        P11_FALSE,        0                          },
    { CKA_COPYABLE,          P11_FALSE,        0                          },
    { CKA_DESTROYABLE,       P11_FALSE,        0                          },
    { CKA_LABEL,             P11_LABEL,        0                          },
    { CKA_KEY_TYPE,          P11_KEY_TYPE,     0                          },
    { CKA_ID,                P11_ID,           0                          },
    { CKA_START_DATE,        P11_BLANK,        0                          },
    { CKA_END_DATE,          P11_BLANK,        0                          },
    { CKA_DERIVE,            P11_DERIVES,      0                          },
    { CKA_LOCAL,             P11_TRUE,         0                          },
    { CKA_KEY_GEN_MECHANISM, P11_NUMBER,       CK_UNAVAILABLE_INFORMATION },
    { CKA_SUBJECT,           P11_SUBJECT,      0                          },
    { CKA_ENCRYPT,           P11_DECRYPTS,     0                          },
    { CKA_VERIFY,            P11_SIGNS,        0                          },
    { CKA_VERIFY_RECOVER,    P11_FALSE,        0                          },
    { CKA_WRAP,              P11_FALSE,        0                          },
    { CKA_TRUSTED,           P11_FALSE,        0                          },
    { CKA_EC_PARAMS,         P11_EC_PARAMS,    0                          },
    { CKA_EC_POINT,          P11_EC_POINT,     0                          },
    { CKA_MODULUS,           P11_MODULUS,      0                          },
    { CKA_MODULUS_BITS,      P11_MODULUS_BITS, 0                          },
    { CKA_PUBLIC_EXPONENT,   P11_EXPONENT,     0                          },
    { CKA_PUBLIC_KEY_INFO,   P11_SPKI,         0                          },
};
static const struct p11_attribute private_attributes[] = {
    { CKA_CLASS,               P11_CLASS,      0                          },
    { CKA_TOKEN,               P11_TRUE,       0                          },
    { CKA_PRIVATE,             P11_PRIVATE,    0                          },
    { CKA_MODIFIABLE,          P11_FALSE,      0                          },
    { CKA_COPYABLE,            P11_FALSE,      0                          },
    { CKA_DESTROYABLE,         P11_FALSE,      0                          },
    { CKA_LABEL,               P11_LABEL,      0                          },
    { CKA_KEY_TYPE,            P11_KEY_TYPE,   0                          },
    { CKA_ID,                  P11_ID,         0                          },
    { CKA_START_DATE,          P11_BLANK,      0                          },
    { CKA_END_DATE,            P11_BLANK,      0                          },
    { CKA_DERIVE,              P11_DERIVES,    0                          },
    { CKA_LOCAL,               P11_TRUE,       0                          },
    { CKA_KEY_GEN_MECHANISM,   P11_NUMBER,     CK_UNAVAILABLE_INFORMATION },
    { CKA_SUBJECT,             P11_SUBJECT,    0                          },
    { CKA_SENSITIVE,           P11_TRUE,       0                          },
    { CKA_ALWAYS_SENSITIVE,    P11_TRUE,       0                          },
    { CKA_EXTRACTABLE,         P11_FALSE,      0                          },
    { CKA_NEVER_EXTRACTABLE,   P11_TRUE,       0                          },
    { CKA_DECRYPT,             P11_DECRYPTS,   0                          },
    { CKA_SIGN,                P11_SIGNS,      0                          },
    { CKA_SIGN_RECOVER,        P11_FALSE,      0                          },
    { CKA_UNWRAP,              P11_FALSE,      0                          },
    { CKA_WRAP_WITH_TRUSTED,   P11_FALSE,      0                          },
    { CKA_ALWAYS_AUTHENTICATE, P11_PIN_ALWAYS, 0                          },
    { CKA_EC_PARAMS,           P11_EC_PARAMS,  0                          },
    { CKA_MODULUS,             P11_MODULUS,    0                          },
    { CKA_PUBLIC_EXPONENT,     P11_EXPONENT,   0                          },
    { CKA_PUBLIC_KEY_INFO,     P11_SPKI,       0                          },
    { CKA_VALUE,               P11_SECRET,     0                          },
    { CKA_PRIVATE_EXPONENT,    P11_SECRET,     0                          },
    { CKA_PRIME_1,             P11_SECRET,     0                          },
    { CKA_PRIME_2,             P11_SECRET,     0                          },
    { CKA_EXPONENT_1,          P11_SECRET,     0                          },
    { CKA_EXPONENT_2,          P11_SECRET,     0                          },
    { CKA_COEFFICIENT,         P11_SECRET,     0                          },
};
static const struct p11_attribute data_attributes[] = {
    { CKA_CLASS,       P11_CLASS,   0 },
    { CKA_TOKEN,       P11_TRUE,    0 },
    { CKA_PRIVATE,     P11_PRIVATE, 0 },
    { CKA_MODIFIABLE,  P11_FALSE,   0 },
    { CKA_COPYABLE,    P11_FALSE,   0 },
    { CKA_DESTROYABLE, P11_FALSE,   0 },
    { CKA_LABEL,       P11_LABEL,   0 },
    { CKA_APPLICATION, P11_LABEL,   0 },
    { CKA_OBJECT_ID,   P11_OID,     0 },
    { CKA_VALUE,       P11_CONTENT, 0 },
};
#define SCHEMA(class, table) { class, table, sizeof table / sizeof table[0] }
const struct p11_schema p11_schemas[] = {
    SCHEMA(CKO_CERTIFICATE, certificate_attributes),
    SCHEMA(CKO_PUBLIC_KEY, public_attributes),
    SCHEMA(CKO_PRIVATE_KEY, private_attributes),
    SCHEMA(CKO_DATA, data_attributes),
};
/* clang-format on */
const size_t p11_schemas_len = sizeof p11_schemas / sizeof p11_schemas[0];

static const struct p11_attribute *schema_find(CK_OBJECT_CLASS class, CK_ATTRIBUTE_TYPE type)
{
    for (size_t s = 0; s < p11_schemas_len; s++)
        for (size_t i = 0; p11_schemas[s].class == class && i < p11_schemas[s].len; i++)
            if (p11_schemas[s].attributes[i].type == type)
                return &p11_schemas[s].attributes[i];
    return NULL;
}

/* ---- values ---- */
static CK_RV give_bytes(struct p11_value *v, const void *data, size_t len)
{
    v->data = data;
    v->len = len;
    return CKR_OK;
}

static CK_RV give_flag(struct p11_value *v, bool flag)
{
    v->flag = flag ? CK_TRUE : CK_FALSE;
    return give_bytes(v, &v->flag, sizeof v->flag);
}

static CK_RV give_number(struct p11_value *v, CK_ULONG number)
{
    v->number = number;
    return give_bytes(v, &v->number, sizeof v->number);
}

/* What only keys of the other type have is no attribute of this key. */
static CK_RV give_part(struct p11_value *v, const struct sdc_buf *b)
{
    return b->len > 0 ? give_bytes(v, b->data, b->len) : CKR_ATTRIBUTE_TYPE_INVALID;
}

static CK_RV give_fixed(const struct p11_object *o, const struct p11_attribute *a, struct p11_value *v)
{
    switch (a->source) {
    case P11_TRUE:
        return give_flag(v, true);
    case P11_FALSE:
        return give_flag(v, false);
    case P11_NUMBER:
        return give_number(v, a->number);
    case P11_BLANK:
        return give_bytes(v, "", 0);
    case P11_CLASS:
        return give_number(v, o->class);
    case P11_LABEL:
        return give_bytes(v, o->label, strlen(o->label));
    case P11_ID:
        return give_bytes(v, &o->id, sizeof o->id);
    case P11_PRIVATE:
        return give_flag(v, o->private);
    case P11_OID:
        return give_bytes(v, o->oid, o->oid_len);
    case P11_PIN_ALWAYS:
        return give_flag(v, o->key == 0x9C);
    case P11_SIGNS:
        return give_flag(v, !p11_object_manages_keys(o));
    case P11_SECRET:
        return CKR_ATTRIBUTE_SENSITIVE;
    default:
        return CKR_ATTRIBUTE_TYPE_INVALID;
    }
}

static CK_RV give_read(const struct p11_certificate *c, const struct p11_object *o, enum p11_source source,
                       struct p11_value *v)
{
    switch (source) {
    case P11_DERIVES:
        return give_flag(v, p11_object_manages_keys(o) && c->type == CKK_EC);
    case P11_DECRYPTS:
        return give_flag(v, p11_object_manages_keys(o) && c->type == CKK_RSA);
    case P11_CERT_DER:
        return give_part(v, &c->der);
    case P11_SUBJECT:
        return give_part(v, &c->subject);
    case P11_ISSUER:
        return give_part(v, &c->issuer);
    case P11_SERIAL:
        return give_part(v, &c->serial);
    case P11_SPKI:
        return give_part(v, &c->spki);
    case P11_START:
        return give_bytes(v, &c->start, sizeof c->start);
    case P11_END:
        return give_bytes(v, &c->end, sizeof c->end);
    case P11_KEY_TYPE:
        return give_number(v, c->type);
    case P11_EC_PARAMS:
        return give_part(v, &c->ec_params);
    case P11_EC_POINT:
        return give_part(v, &c->ec_point);
    case P11_MODULUS:
        return give_part(v, &c->modulus);
    case P11_EXPONENT:
        return give_part(v, &c->exponent);
    case P11_MODULUS_BITS:
        return c->type == CKK_RSA ? give_number(v, c->bits) : CKR_ATTRIBUTE_TYPE_INVALID;
    default:
        return CKR_ATTRIBUTE_TYPE_INVALID;
    }
}

CK_RV p11_attribute_get(struct p11_slot *slot, const struct p11_item *item, CK_ATTRIBUTE_TYPE type,
                        struct p11_value *value)
{
    if (item->stored)
        return p11_stored_get(item->stored, type, value);
    const struct p11_object *o = item->object;
    const struct p11_attribute *a = schema_find(o->class, type);
    if (!a)
        return CKR_ATTRIBUTE_TYPE_INVALID;
    if (a->source < P11_FROM_CONTENT)
        return give_fixed(o, a, value);
    CK_RV rv = p11_object_load(slot, o);
    if (rv != CKR_OK)
        return rv;
    const struct p11_content *content = &slot->token.content[o->content];
    if (a->source == P11_CONTENT)
        return give_bytes(value, content->value.data ? content->value.data : (const void *)"", content->value.len);
    return give_read(content->certificate, o, a->source, value);
}

bool p11_attribute_known(const struct p11_item *item, CK_ATTRIBUTE_TYPE type)
{
    const struct p11_attribute *a = item->stored ? NULL : schema_find(item->object->class, type);
    return !a || a->source < P11_FROM_CONTENT;
}

static CK_RV fill(CK_ATTRIBUTE *a, const struct p11_value *v)
{
    if (!a->pValue) {
        a->ulValueLen = v->len;
        return CKR_OK;
    }
    if (a->ulValueLen < v->len) {
        a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
        return CKR_BUFFER_TOO_SMALL;
    }
    memcpy(a->pValue, v->data, v->len);
    a->ulValueLen = v->len;
    return CKR_OK;
}

CK_RV p11_attributes_get(struct p11_slot *slot, const struct p11_item *item, CK_ATTRIBUTE *attributes, CK_ULONG count)
{
    CK_RV first = CKR_OK;
    for (CK_ULONG i = 0; i < count; i++) {
        struct p11_value v = { .data = "", .len = 0 };
        CK_RV rv = p11_attribute_get(slot, item, attributes[i].type, &v);
        if (rv == CKR_OK)
            rv = fill(&attributes[i], &v);
        else
            attributes[i].ulValueLen = CK_UNAVAILABLE_INFORMATION;
        if (rv != CKR_OK && rv != CKR_ATTRIBUTE_SENSITIVE && rv != CKR_ATTRIBUTE_TYPE_INVALID &&
            rv != CKR_BUFFER_TOO_SMALL)
            return rv; /* the card, not the template */
        if (first == CKR_OK)
            first = rv;
    }
    return first;
}
