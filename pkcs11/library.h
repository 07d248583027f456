/* SPDX-License-Identifier: BSD-2-Clause */
/* The crypto library in a context of the module's own. The program may have told its own context to use other
 * implementations first, even this very module: then every digest in here would come back to C_Digest. */
#ifndef P11_LIBRARY_H
#define P11_LIBRARY_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* OpenSSL's built-in implementations; made at the first use, there until the process ends. NULL without memory: the
 * program's context, then. */
OSSL_LIB_CTX *p11_library(void);

/* One digest by OpenSSL's name, at most EVP_MAX_MD_SIZE bytes. */
bool p11_hash(const char *digest, const void *data, size_t len, uint8_t *out, size_t *out_len);
/* Random bytes; false where there are none. */
bool p11_random(uint8_t *out, size_t len);

#endif
