/* SPDX-License-Identifier: BSD-2-Clause */
/* One running operation of a session: what PKCS#11 says of every kind alike. A session may have one of each kind. */
#ifndef P11_OPERATION_H
#define P11_OPERATION_H

#include <openssl/evp.h>
#include <stdbool.h>

#include "cryptoki.h"
#include "mechanism.h"
#include "sdc/bytes.h"

struct p11_object;
struct p11_session;

enum p11_kind { P11_DIGEST, P11_SIGN, P11_VERIFY, P11_KINDS };

#define P11_HASH_MAX 64 /* bytes: SHA-512; also the longest input of a mechanism without a hash of its own */

struct p11_operation {
    const struct p11_mechanism *mechanism; /* NULL: not running */
    const struct p11_object *key;          /* sign, verify */
    EVP_MD_CTX *md;                        /* mechanisms that hash */
    struct sdc_buf input;                  /* those that don't: what came so far */
    bool parts;                            /* an update was made */
    bool asked;                            /* a one-shot call was told its length and comes again */
};

/* Starts the session's operation of this kind. CKR_OPERATION_ACTIVE where it runs already. */
CK_RV p11_operation_start(struct p11_session *session, enum p11_kind kind, const struct p11_mechanism *mechanism,
                          const struct p11_object *key);
/* Ends it, wiping its state; for 9C also the transaction that waits for it. Fine where none runs. Returns rv. */
CK_RV p11_operation_end(struct p11_session *session, enum p11_kind kind, CK_RV rv);

/* What every call after Init begins with, once its pointers are right (else it ends the operation with
 * CKR_ARGUMENTS_BAD): a one-shot after parts, or parts after a one-shot's size query, is CKR_OPERATION_ACTIVE and ends
 * the operation too. */
enum p11_step { P11_ONE_SHOT, P11_PART, P11_LAST };
CK_RV p11_operation_step(struct p11_session *session, enum p11_kind kind, enum p11_step step);
/* The size rule: true where out has room. False: *len is the true length and *rv CKR_OK (out NULL: a query) or
 * CKR_BUFFER_TOO_SMALL; the operation goes on. */
bool p11_operation_room(struct p11_operation *operation, enum p11_step step, const void *out, CK_ULONG *len,
                        size_t need, CK_RV *rv);

/* Adds data. CKR_DATA_LEN_RANGE: more than a mechanism without a hash takes. */
CK_RV p11_operation_feed(struct p11_operation *operation, const void *data, CK_ULONG len);
/* The hash of all data, or the input itself: at least one byte. */
CK_RV p11_operation_hash(struct p11_operation *operation, uint8_t hash[static P11_HASH_MAX], size_t *len);

#endif
