/* SPDX-License-Identifier: BSD-2-Clause */
/* Mechanisms: one const table, the same whatever keys the card has. */
#ifndef P11_MECHANISM_H
#define P11_MECHANISM_H

#include "cryptoki.h"
#include "rsa.h"

/* What is done with the data once they are hashed, where the mechanism hashes. */
enum p11_scheme {
    P11_NOTHING, /* a digest */
    P11_ECDSA,
    P11_ECDH,
    P11_PKCS1, /* RFC 8017, 8.2 and 7.2 */
    P11_RAW,   /* X.509: no padding */
    P11_PSS,   /* 8.1 */
    P11_OAEP,  /* 7.1 */
};
struct p11_mechanism {
    CK_MECHANISM_TYPE type;
    CK_ULONG min, max; /* key size in bits; 0 without a key */
    CK_FLAGS flags;
    CK_KEY_TYPE key_type; /* with a key */
    enum p11_scheme scheme;
    const char *digest; /* OpenSSL's name; NULL: the input is a hash already, or isn't hashed */
};
extern const struct p11_mechanism p11_mechanisms[];
extern const size_t p11_mechanisms_len;

const struct p11_mechanism *p11_mechanism_find(CK_MECHANISM_TYPE type); /* NULL: not offered */
/* As p11_mechanism_find; the mechanism must do this (one CKF flag). The parameter of PSS and OAEP goes into *padding,
 * that of ECDH is the caller's to read, others take none. CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID. */
CK_RV p11_mechanism_read(const CK_MECHANISM *mechanism, CK_FLAGS does, const struct p11_mechanism **found,
                         struct p11_padding *padding);

CK_RV p11_mechanism_list(CK_MECHANISM_TYPE *list, CK_ULONG *count);
CK_RV p11_mechanism_info(CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info);

#endif
