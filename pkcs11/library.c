/* SPDX-License-Identifier: BSD-2-Clause */
#include "library.h"

#include <openssl/provider.h>
#include <openssl/rand.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static OSSL_LIB_CTX *context;

static void make(void)
{
    context = OSSL_LIB_CTX_new();
    if (context && !OSSL_PROVIDER_load(context, "default")) {
        OSSL_LIB_CTX_free(context);
        context = NULL;
    }
}

OSSL_LIB_CTX *p11_library(void)
{
    pthread_once(&once, make);
    return context;
}

bool p11_hash(const char *digest, const void *data, size_t len, uint8_t *out, size_t *out_len)
{
    return EVP_Q_digest(p11_library(), digest, NULL, data, len, out, out_len);
}

bool p11_random(uint8_t *out, size_t len)
{
    return len == 0 || RAND_bytes_ex(p11_library(), out, len, 0) == 1;
}
