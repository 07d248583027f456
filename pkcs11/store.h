/* SPDX-License-Identifier: BSD-2-Clause */
/* Session objects: data and derived secrets in this process's memory, gone with the session that made them. Called with
 * the slot locked. */
#ifndef P11_STORE_H
#define P11_STORE_H

#include "attribute.h"

struct p11_session;
struct p11_stored;

/* Makes an object of this class from a template (and for a derived secret its value). Checks in this order: class given
 * and one of ours, CKA_TOKEN, each attribute known to the class, not read-only and well-formed. 'value' NULL: the
 * template may have CKA_VALUE. */
CK_RV p11_stored_create(struct p11_session *session, CK_OBJECT_CLASS class, const CK_ATTRIBUTE *attributes,
                        CK_ULONG count, const struct sdc_buf *value, CK_OBJECT_HANDLE *handle);
/* C_CopyObject and C_SetAttributeValue of a session object: all of the template is checked before anything changes. */
CK_RV p11_stored_copy(struct p11_session *session, const struct p11_stored *from, const CK_ATTRIBUTE *attributes,
                      CK_ULONG count, CK_OBJECT_HANDLE *handle);
CK_RV p11_stored_set(struct p11_stored *stored, const CK_ATTRIBUTE *attributes, CK_ULONG count);
CK_RV p11_stored_destroy(struct p11_slot *slot, struct p11_stored *stored);

CK_RV p11_stored_get(struct p11_stored *stored, CK_ATTRIBUTE_TYPE type, struct p11_value *value);
bool p11_stored_private(const struct p11_stored *stored);
CK_OBJECT_CLASS p11_stored_class(const struct p11_stored *stored);
/* The value itself, also of a sensitive secret. */
const struct sdc_buf *p11_stored_value(const struct p11_stored *stored);
CK_OBJECT_HANDLE p11_stored_handle(const struct p11_stored *stored);
struct p11_stored *p11_stored_find(struct p11_slot *slot, CK_OBJECT_HANDLE handle);
/* The one with the lowest handle above this; NULL after the last. */
struct p11_stored *p11_stored_after(struct p11_slot *slot, CK_OBJECT_HANDLE handle);

void p11_stored_free_of(struct p11_slot *slot, CK_SESSION_HANDLE session);
void p11_stored_free_private(struct p11_slot *slot);
void p11_stored_free_all(struct p11_slot *slot);

#endif
