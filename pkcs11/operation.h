/* SPDX-License-Identifier: BSD-2-Clause */
/* One running operation of a session: what PKCS#11 says of every kind alike. A session may have one of each kind. */
#ifndef P11_OPERATION_H
#define P11_OPERATION_H

#include <openssl/evp.h>
#include <stdbool.h>

#include "certificate.h"
#include "cryptoki.h"
#include "mechanism.h"
#include "sdc/bytes.h"

struct p11_object;
struct p11_session;

enum p11_kind { P11_DIGEST, P11_SIGN, P11_VERIFY, P11_ENCRYPT, P11_DECRYPT, P11_KINDS };

struct p11_operation {
    const struct p11_mechanism *mechanism; /* NULL: not running */
    struct p11_padding padding;            /* its parameter */
    const struct p11_object *key;          /* all but digests, */
    struct p11_certificate *certificate;   /* and what it was when the operation began: a reference */
    EVP_MD_CTX *md;                        /* mechanisms that hash */
    struct sdc_buf input;                  /* those that don't: what came so far */
    size_t least, most;                    /* bytes of input that they take */
    CK_RV wrong_length;                    /* what another length is */
    struct sdc_buf result;                 /* decrypt: kept while the caller looks for a larger buffer */
    bool made;                             /* it is there */
    bool parts;                            /* an update was made */
    bool asked;                            /* a one-shot call was told its length and comes again */
};

/* The beginning of every Init: pointer, that none of this kind runs, mechanism and parameter, key. 'does' is the CKF
 * flag; class and usage are the key's (class CKO_DATA: there is no key). */
struct p11_begin {
    enum p11_kind kind;
    CK_FLAGS does;
    CK_OBJECT_CLASS class;
    CK_ATTRIBUTE_TYPE usage;
};
CK_RV p11_operation_start(struct p11_session *session, const struct p11_begin *begin, const CK_MECHANISM *mechanism,
                          CK_OBJECT_HANDLE key);
/* Ends it, wiping its state; for 9C also the transaction that waits for it. Fine where none runs. Returns rv. */
CK_RV p11_operation_end(struct p11_session *session, enum p11_kind kind, CK_RV rv);

/* What every call after Init begins with; 'pointers' are those that mustn't be NULL. A one-shot after parts, or parts
 * after a one-shot's size query, is CKR_OPERATION_ACTIVE. Every error ends the operation. */
enum p11_step { P11_ONE_SHOT, P11_PART, P11_LAST };
CK_RV p11_operation_step(struct p11_session *session, enum p11_kind kind, enum p11_step step, bool pointers);
/* The size rule: true where out has room. False: *len is the true length and *rv CKR_OK (out NULL: a query) or
 * CKR_BUFFER_TOO_SMALL; the operation goes on. */
bool p11_operation_room(struct p11_operation *operation, enum p11_step step, const void *out, CK_ULONG *len,
                        size_t need, CK_RV *rv);

/* Adds data. The operation's wrong_length: more than a mechanism without a hash takes. */
CK_RV p11_operation_feed(struct p11_operation *operation, const void *data, CK_ULONG len);
/* An Update call that gives nothing out. */
CK_RV p11_operation_part(struct p11_session *session, enum p11_kind kind, const void *data, CK_ULONG len);
/* After the last feed: 'input' is the hash of all data, or the data themselves. */
CK_RV p11_operation_close(struct p11_operation *operation);

#endif
