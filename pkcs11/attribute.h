/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes: which a class of objects has and where each comes from, as const tables (PKCS#11 3.0, 4). */
#ifndef P11_ATTRIBUTE_H
#define P11_ATTRIBUTE_H

#include "object.h"

/* One attribute's value. 'data' is valid until the slot's lock is given up; it may point into 'number' or 'flag'. */
struct p11_value {
    const void *data;
    size_t len;
    CK_ULONG number;
    CK_BBOOL flag;
};

/* Where a value comes from. Those from P11_FROM_CERTIFICATE on need the object's content read. */
enum p11_source {
    P11_TRUE,
    P11_FALSE,
    P11_NUMBER, /* the table's */
    P11_SECRET, /* there, and never told */
    P11_BLANK,
    P11_CLASS,
    P11_LABEL,
    P11_ID,
    P11_PRIVATE,
    P11_OID,
    P11_PIN_ALWAYS, /* 9C: SP 800-73-4 part 1, table 4b */
    P11_SIGNS,      /* 9A 9C 9E */
    P11_FROM_CONTENT,
    P11_CONTENT = P11_FROM_CONTENT,
    P11_DERIVES,  /* 9D and retired keys, with EC */
    P11_DECRYPTS, /* the same with RSA */
    P11_CERT_DER,
    P11_SUBJECT,
    P11_ISSUER,
    P11_SERIAL,
    P11_SPKI,
    P11_START,
    P11_END,
    P11_KEY_TYPE,
    P11_EC_PARAMS,
    P11_EC_POINT,
    P11_MODULUS,
    P11_MODULUS_BITS,
    P11_EXPONENT,
};
struct p11_attribute {
    CK_ATTRIBUTE_TYPE type;
    enum p11_source source;
    CK_ULONG number;
};
struct p11_schema {
    CK_OBJECT_CLASS class;
    const struct p11_attribute *attributes;
    size_t len;
};
extern const struct p11_schema p11_schemas[];
extern const size_t p11_schemas_len;

/* An item's attribute. CKR_ATTRIBUTE_TYPE_INVALID: it has none of this type; CKR_ATTRIBUTE_SENSITIVE; or what
 * p11_object_load says. The slot is locked. */
CK_RV p11_attribute_get(struct p11_slot *slot, const struct p11_item *item, CK_ATTRIBUTE_TYPE type,
                        struct p11_value *value);
/* True where the attribute is known without asking the card, be it that there is none. */
bool p11_attribute_known(const struct p11_item *item, CK_ATTRIBUTE_TYPE type);
/* C_GetAttributeValue: fills what it can, -1 in each length it can't, and gives the first such error. */
CK_RV p11_attributes_get(struct p11_slot *slot, const struct p11_item *item, CK_ATTRIBUTE *attributes, CK_ULONG count);

#endif
