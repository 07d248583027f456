/* SPDX-License-Identifier: BSD-2-Clause */
#include "find.h"

#include <stdlib.h>
#include <string.h>

#include "attribute.h"
#include "session.h"

#define TEMPLATE_MAX 64
#define VALUES_MAX   65536

/* One block: the attributes, then their values. */
static CK_RV copy_template(struct p11_search *search, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    size_t values = 0;
    for (CK_ULONG i = 0; i < count; i++) {
        if (template[i].ulValueLen > VALUES_MAX - values)
            return CKR_ATTRIBUTE_VALUE_INVALID;
        values += template[i].ulValueLen;
    }
    search->template = calloc(1, count * sizeof *template + values + 1);
    if (!search->template)
        return CKR_HOST_MEMORY;
    unsigned char *at = (unsigned char *)(search->template + count);
    for (CK_ULONG i = 0; i < count; i++) {
        size_t len = template[i].ulValueLen;
        search->template[i] = (CK_ATTRIBUTE) { template[i].type, at, len };
        if (len > 0)
            memcpy(at, template[i].pValue, len);
        at += len;
    }
    search->count = count;
    return CKR_OK;
}

CK_RV p11_search_start(struct p11_session *session, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    struct p11_search *search = &session->search;
    if (search->active)
        return CKR_OPERATION_ACTIVE;
    if (count > TEMPLATE_MAX)
        return CKR_ARGUMENTS_BAD;
    *search = (struct p11_search) { .reads = true };
    CK_RV rv = copy_template(search, template, count);
    search->active = rv == CKR_OK;
    for (CK_ULONG i = 0; i < count; i++)
        if (template[i].type == CKA_ID || template[i].type == CKA_LABEL)
            search->reads = false;
    return rv;
}

/* CKR_OK and *match; or what the card says. */
static CK_RV compare_one(struct p11_session *session, const struct p11_item *item, const CK_ATTRIBUTE *want,
                         bool *match)
{
    struct p11_value v = { .data = "", .len = 0 };
    CK_RV rv = p11_attribute_get(session->slot, item, want->type, &v);
    *match = rv == CKR_OK && v.len == want->ulValueLen && memcmp(v.data, want->pValue, v.len) == 0;
    if (rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_OBJECT_HANDLE_INVALID)
        return CKR_OK;
    return rv;
}

/* What the tables know comes first, wherever it stands: it costs nothing and spares reading what can't match. */
static CK_RV compare_all(struct p11_session *session, const struct p11_item *item, bool known, bool *match)
{
    const struct p11_search *search = &session->search;
    CK_RV rv = CKR_OK;
    for (CK_ULONG i = 0; rv == CKR_OK && *match && i < search->count; i++)
        if (p11_attribute_known(item, search->template[i].type) == known)
            rv = compare_one(session, item, &search->template[i], match);
    return rv;
}

static CK_RV compare(struct p11_session *session, const struct p11_item *item, bool *match)
{
    *match = true;
    CK_RV rv = compare_all(session, item, true, match);
    if (rv == CKR_OK && *match && item->object)
        rv = p11_object_there(session->slot, item->object, match);
    if (rv == CKR_OK && *match)
        rv = compare_all(session, item, false, match);
    if (rv != CKR_OK || !*match || !session->search.reads || !item->object || !item->object->key)
        return rv;
    rv = p11_object_load(session->slot, item->object);
    *match = rv == CKR_OK;
    return rv == CKR_OBJECT_HANDLE_INVALID ? CKR_OK : rv;
}

CK_RV p11_search_next(struct p11_session *session, CK_OBJECT_HANDLE *handles, CK_ULONG max, CK_ULONG *count)
{
    struct p11_search *search = &session->search;
    if (!search->active)
        return CKR_OPERATION_NOT_INITIALIZED;
    struct p11_cursor begin = search->cursor;
    struct p11_item item;
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    CK_ULONG found = 0;
    while (found < max && p11_item_next(session, &search->cursor, &item, &handle)) {
        bool match = false;
        CK_RV rv = compare(session, &item, &match);
        if (rv != CKR_OK) {
            search->cursor = begin; /* nothing was given: the next call begins where this one did */
            return rv;
        }
        if (match)
            handles[found++] = handle;
    }
    *count = found;
    return CKR_OK;
}

void p11_search_end(struct p11_search *search)
{
    free(search->template);
    *search = (struct p11_search) { 0 };
}
