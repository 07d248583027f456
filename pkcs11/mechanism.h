/* SPDX-License-Identifier: BSD-2-Clause */
/* Mechanisms: one const table, the same whatever keys the card has. */
#ifndef P11_MECHANISM_H
#define P11_MECHANISM_H

#include <stddef.h>

#include "cryptoki.h"

struct p11_mechanism {
    CK_MECHANISM_TYPE type;
    CK_ULONG min, max; /* key size in bits; 0 without a key */
    CK_FLAGS flags;
    CK_KEY_TYPE key_type; /* with a key */
    const char *digest;   /* OpenSSL's name; NULL: the input is a hash already */
};
extern const struct p11_mechanism p11_mechanisms[];
extern const size_t p11_mechanisms_len;

const struct p11_mechanism *p11_mechanism_find(CK_MECHANISM_TYPE type); /* NULL: not offered */
/* As p11_mechanism_find, and the mechanism must do this (one CKF flag) and take no parameter unless 'parameter'.
 * CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID. */
CK_RV p11_mechanism_check(const CK_MECHANISM *mechanism, CK_FLAGS does, int parameter,
                          const struct p11_mechanism **found);

CK_RV p11_mechanism_list(CK_MECHANISM_TYPE *list, CK_ULONG *count);
CK_RV p11_mechanism_info(CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info);

#endif
