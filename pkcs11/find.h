/* SPDX-License-Identifier: BSD-2-Clause */
/* C_FindObjects: a template kept, a cursor that walks. Objects are compared when they are asked for, so that a search
 * for one certificate reads one. */
#ifndef P11_FIND_H
#define P11_FIND_H

#include <stdbool.h>

#include "object.h"

struct p11_search {
    bool active;
    bool
        reads; /* the template doesn't say which: certificates and keys are given only once their certificate is read */
    CK_ATTRIBUTE *template; /* ours, with its values behind it */
    CK_ULONG count;
    struct p11_cursor cursor;
};

/* The slot is locked, arguments are checked. */
CK_RV p11_search_start(struct p11_session *session, const CK_ATTRIBUTE *template, CK_ULONG count);
CK_RV p11_search_next(struct p11_session *session, CK_OBJECT_HANDLE *handles, CK_ULONG max, CK_ULONG *count);
void p11_search_end(struct p11_search *search);

#endif
