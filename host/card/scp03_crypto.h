/* SPDX-License-Identifier: BSD-2-Clause */
/* The AES of SCP03: CBC and CMAC by OpenSSL. Key lengths are 16, 24 and 32; anything else fails. */
#ifndef SDC_SCP03_CRYPTO_H
#define SDC_SCP03_CRYPTO_H

#include "sdc/bytes.h"

#define SCP03_BLOCK 16

struct scp03_part {
    const void *data;
    size_t len;
};

/* CMAC over the parts one behind the other. */
bool scp03_cmac(const uint8_t *key, size_t key_len, const struct scp03_part *parts, size_t count,
                uint8_t mac[static SCP03_BLOCK]);
/* CBC without padding; len is a multiple of the block. in == out is fine. */
bool scp03_cbc(const uint8_t *key, size_t key_len, bool encrypt, const uint8_t icv[static SCP03_BLOCK],
               const uint8_t *in, size_t len, uint8_t *out);

#endif
