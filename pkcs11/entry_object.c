/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry points: objects (PKCS#11 3.0, 5.7). */
#include <string.h>

#include "attribute.h"
#include "crypto.h"
#include "store.h"

static CK_RV create(struct p11_session *s, const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *object)
{
    if (!object)
        return CKR_ARGUMENTS_BAD;
    if (!template || count == 0)
        return CKR_TEMPLATE_INCOMPLETE;
    if (!p11_template_readable(template, count))
        return CKR_ARGUMENTS_BAD;
    for (CK_ULONG i = 0; i < count; i++) {
        CK_OBJECT_CLASS class = CKO_DATA;
        if (template[i].type != CKA_CLASS)
            continue;
        if (template[i].ulValueLen != sizeof class)
            return CKR_ATTRIBUTE_VALUE_INVALID;
        memcpy(&class, template[i].pValue, sizeof class);
        if (class != CKO_DATA)
            return CKR_ATTRIBUTE_VALUE_INVALID; /* certificates and keys are the issuer's to place */
        return p11_stored_create(s, class, template, count, NULL, object);
    }
    return CKR_TEMPLATE_INCOMPLETE;
}

static CK_RV copy(struct p11_session *s, CK_OBJECT_HANDLE from, const CK_ATTRIBUTE *template, CK_ULONG count,
                  CK_OBJECT_HANDLE *object)
{
    struct p11_item item;
    if (!object || !p11_template_readable(template, count))
        return CKR_ARGUMENTS_BAD;
    if (!p11_item_find(s, from, &item))
        return CKR_OBJECT_HANDLE_INVALID;
    return item.stored ? p11_stored_copy(s, item.stored, template, count, object) : CKR_ACTION_PROHIBITED;
}

static CK_RV destroy(struct p11_session *s, CK_OBJECT_HANDLE object)
{
    struct p11_item item;
    if (!p11_item_find(s, object, &item))
        return CKR_OBJECT_HANDLE_INVALID;
    return item.stored ? p11_stored_destroy(s->slot, item.stored) : CKR_ACTION_PROHIBITED;
}

static CK_RV set(struct p11_session *s, CK_OBJECT_HANDLE object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    struct p11_item item;
    if (!template || !p11_template_readable(template, count))
        return CKR_ARGUMENTS_BAD;
    if (!p11_item_find(s, object, &item))
        return CKR_OBJECT_HANDLE_INVALID;
    return item.stored ? p11_stored_set(item.stored, template, count) : CKR_ACTION_PROHIBITED;
}

static CK_RV get(struct p11_session *s, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template, CK_ULONG count)
{
    struct p11_item item;
    if (!template)
        return CKR_ARGUMENTS_BAD;
    if (!p11_item_find(s, object, &item))
        return CKR_OBJECT_HANDLE_INVALID;
    return p11_attributes_get(s->slot, &item, template, count);
}

/* The bytes of the value, where they are known without asking the card. */
static CK_RV size_of(struct p11_session *s, CK_OBJECT_HANDLE object, CK_ULONG *size)
{
    struct p11_item item;
    if (!size)
        return CKR_ARGUMENTS_BAD;
    if (!p11_item_find(s, object, &item))
        return CKR_OBJECT_HANDLE_INVALID;
    struct p11_value v = { .data = "", .len = 0 };
    bool known = item.stored || s->slot->token.content[item.object->content].state == P11_READ;
    CK_RV rv = known ? p11_attribute_get(s->slot, &item, CKA_VALUE, &v) : CKR_OK;
    *size = known && rv == CKR_OK ? v.len : CK_UNAVAILABLE_INFORMATION;
    return CKR_OK;
}

static CK_RV find(struct p11_session *s, CK_OBJECT_HANDLE *objects, CK_ULONG max, CK_ULONG *count)
{
    return objects && count ? p11_search_next(s, objects, max, count) : CKR_ARGUMENTS_BAD;
}

static CK_RV find_final(struct p11_session *s)
{
    CK_RV rv = s->search.active ? CKR_OK : CKR_OPERATION_NOT_INITIALIZED;
    p11_search_end(&s->search);
    return rv;
}

CK_RV C_CreateObject(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *object)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, create(s, template, count, object)) : rv;
}

CK_RV C_CopyObject(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE from, CK_ATTRIBUTE *template, CK_ULONG count,
                   CK_OBJECT_HANDLE *object)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, copy(s, from, template, count, object)) : rv;
}

CK_RV C_DestroyObject(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, destroy(s, object)) : rv;
}

CK_RV C_GetObjectSize(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ULONG *size)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, size_of(s, object, size)) : rv;
}

CK_RV C_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template, CK_ULONG count)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, get(s, object, template, count)) : rv;
}

CK_RV C_SetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template, CK_ULONG count)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, set(s, object, template, count)) : rv;
}

CK_RV C_FindObjectsInit(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_look(session, &s);
    return rv == CKR_OK
               ? p11_session_leave(s, p11_template_readable(template, count) ? p11_search_start(s, template, count)
                                                                             : CKR_ARGUMENTS_BAD)
               : rv;
}

CK_RV C_FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG max, CK_ULONG *count)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, find(s, objects, max, count)) : rv;
}

CK_RV C_FindObjectsFinal(CK_SESSION_HANDLE session)
{
    struct p11_session *s = NULL;
    CK_RV rv = p11_session_enter(session, &s);
    return rv == CKR_OK ? p11_session_leave(s, find_final(s)) : rv;
}
