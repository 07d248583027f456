/* SPDX-License-Identifier: BSD-2-Clause */
/* The data of MANAGE SECURITY ENVIRONMENT (ISO/IEC 7816-4 11.5.11): data objects in any order, each at most once. */
#ifndef MSE_H
#define MSE_H

#include "rd.h"

enum mse_object {
    MSE_HAS_OID = 0x01,  /* 80 */
    MSE_HAS_NAME = 0x02, /* 83 */
    MSE_HAS_KEY = 0x04,  /* 84 */
    MSE_HAS_X = 0x08,    /* 91 */
    MSE_HAS_AUX = 0x10,  /* 67 */
    MSE_HAS_CHAT = 0x20, /* 7F4C */
};

struct mse {
    unsigned has;
    struct rd oid, name, key, x, aux, chat;
};

/* False where an object is malformed, unknown or twice there, or one of 'must' isn't there, or one neither of 'must'
 * nor of 'may'. */
bool mse_read(struct rd *data, unsigned must, unsigned may, struct mse *mse);

#endif
