/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's generator behind struct crypto_drbg, for the adapter's own files. */
#ifndef DRBG_H
#define DRBG_H

#include <bearssl.h>

#include "card_crypto.h"

/* The library's context inside the state; valid as long as drbg is. */
br_hmac_drbg_context *drbg_context(struct crypto_drbg *drbg);

#endif
