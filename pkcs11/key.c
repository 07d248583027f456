/* SPDX-License-Identifier: BSD-2-Clause */
#include "attribute.h"
#include "crypto.h"

CK_RV p11_key_find(struct p11_session *s, CK_OBJECT_HANDLE handle, CK_OBJECT_CLASS class,
                   const struct p11_mechanism *mechanism, CK_ATTRIBUTE_TYPE usage, const struct p11_object **key)
{
    struct p11_item item;
    if (!p11_item_find(s, handle, &item) || !item.object || item.object->class != class)
        return CKR_KEY_HANDLE_INVALID;
    CK_RV rv = p11_object_load(s->slot, item.object);
    if (rv != CKR_OK)
        return rv == CKR_OBJECT_HANDLE_INVALID ? CKR_KEY_HANDLE_INVALID : rv;
    const struct p11_certificate *c = p11_object_certificate(s->slot, item.object);
    if (c->type != mechanism->key_type)
        return CKR_KEY_TYPE_INCONSISTENT;
    if (c->bits < mechanism->min || c->bits > mechanism->max)
        return CKR_KEY_SIZE_RANGE;
    struct p11_value allowed = { .flag = CK_FALSE };
    rv = p11_attribute_get(s->slot, &item, usage, &allowed);
    if (rv != CKR_OK || allowed.flag != CK_TRUE)
        return CKR_KEY_FUNCTION_NOT_PERMITTED;
    *key = item.object;
    return CKR_OK;
}

CK_RV p11_refuse_init(struct p11_session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct p11_item item;
    if (!mechanism)
        return CKR_ARGUMENTS_BAD;
    if (!p11_item_find(s, key, &item))
        return CKR_KEY_HANDLE_INVALID;
    return CKR_MECHANISM_INVALID;
}

bool p11_template_readable(const CK_ATTRIBUTE *template, CK_ULONG count)
{
    if (!template && count > 0)
        return false;
    for (CK_ULONG i = 0; i < count; i++)
        if (!p11_readable(template[i].pValue, template[i].ulValueLen))
            return false;
    return true;
}

CK_RV p11_refuse_generate(const CK_ATTRIBUTE *template, CK_ULONG count)
{
    return p11_template_readable(template, count) ? CKR_MECHANISM_INVALID : CKR_ARGUMENTS_BAD;
}
