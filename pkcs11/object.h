/* SPDX-License-Identifier: BSD-2-Clause */
/* The token's objects: one const table of what a PIV card has, and what was read of it, lazily and once for each card.
 * SP 800-73-4 part 1, table 3 and 4b. */
#ifndef P11_OBJECT_H
#define P11_OBJECT_H

#include <stdbool.h>

#include "certificate.h"
#include "cryptoki.h"

struct p11_slot;
struct p11_session;
struct p11_stored;

/* ---- contents: the card's data objects that stand behind PKCS#11 objects ---- */
#define P11_RETIRED_KEYS 20

enum p11_content_id {
    P11_CERT_9A,
    P11_CERT_9C,
    P11_CERT_9D,
    P11_CERT_9E,
    P11_CCC,
    P11_CHUID,
    P11_SECURITY,
    P11_DISCOVERY,
    P11_KEY_HISTORY,
    P11_PRINTED,
    P11_FACE,
    P11_CERT_RETIRED, /* that of 82, and so on to 95 */
    P11_CONTENTS = P11_CERT_RETIRED + P11_RETIRED_KEYS
};
struct p11_content {
    enum { P11_UNREAD, P11_READ, P11_ABSENT } state; /* absent: also where it can't be parsed */
    struct sdc_buf value;                            /* data objects */
    struct p11_certificate *certificate;             /* certificates */
    bool doubtful; /* the certificate is of an earlier insertion, and no signature has proven it right */
};
void p11_content_free(struct p11_content *content);

/* ---- objects ---- */
struct p11_object {
    CK_OBJECT_CLASS class;
    enum p11_content_id content;
    uint8_t key;  /* PIV key reference; 0 for data objects */
    uint8_t id;   /* CKA_ID; 0 for data objects. Of retired keys it has the decimal digits of 5 to 24 */
    bool private; /* only seen by a logged in user */
    const char *label;
    uint8_t oid_len;
    uint8_t oid[13]; /* CKA_OBJECT_ID of data objects, DER */
};
extern const struct p11_object p11_objects[];
extern const size_t p11_objects_len;
uint32_t p11_content_tag(enum p11_content_id content); /* as GET DATA names it */

/* Whether the card may have it, as far as that is told without reading it: of a retired key its key history object
 * tells, read once. CKR_OK and *there, or what the card says. */
CK_RV p11_object_there(struct p11_slot *slot, const struct p11_object *object, bool *there);
/* Makes sure that the object's content is read: one GET DATA the first time. CKR_OBJECT_HANDLE_INVALID: the card
 * doesn't have it, or it isn't well-formed. The slot is locked. */
CK_RV p11_object_load(struct p11_slot *slot, const struct p11_object *object);
/* True for 9D and the retired keys: they agree on keys and decrypt, all others sign. */
bool p11_object_manages_keys(const struct p11_object *object);
/* What a first signature says of a doubtful certificate: that it is right, or that it must be read again (what was kept
 * of it is dropped). */
bool p11_object_doubtful(const struct p11_slot *slot, const struct p11_object *object);
void p11_object_proven(struct p11_slot *slot, const struct p11_object *object);
CK_RV p11_object_read_again(struct p11_slot *slot, const struct p11_object *object);
/* The certificate that belongs to a loaded certificate or key. */
struct p11_certificate *p11_object_certificate(const struct p11_slot *slot, const struct p11_object *object);

/* ---- handles ---- */
/* What a handle names: an object of the token or a session object. Exactly one is set. */
struct p11_item {
    const struct p11_object *object;
    struct p11_stored *stored;
};
/* False: no such object, or none that this login may see. Nothing is read for it. */
bool p11_item_find(struct p11_session *session, CK_OBJECT_HANDLE handle, struct p11_item *item);
/* True where there is such an object for a user who logs in, and nobody has. */
bool p11_item_hidden(struct p11_session *session, CK_OBJECT_HANDLE handle);
/* Walks all that this login may see; {0} begins. False after the last. Stays right while objects come, go and turn
 * out to be absent. */
struct p11_cursor {
    size_t object;           /* the next one of p11_objects */
    CK_OBJECT_HANDLE stored; /* the last session object given */
};
bool p11_item_next(struct p11_session *session, struct p11_cursor *cursor, struct p11_item *item,
                   CK_OBJECT_HANDLE *handle);

#endif
