/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/bytes.h"

#include <limits.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

void sdc_wipe(void *data, size_t len)
{
    if (len > 0)
        OPENSSL_cleanse(data, len);
}

bool sdc_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

void sdc_hex(const void *data, size_t len, char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    const uint8_t *bytes = data;
    for (size_t i = 0; i < len; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool sdc_unhex(const char *text, void *out, size_t len)
{
    if (strlen(text) / 2 != len || strlen(text) % 2 != 0)
        return false;
    uint8_t *bytes = out;
    for (size_t i = 0; i < len; i++) {
        int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

enum sdc_status sdc_random(void *out, size_t len, struct sdc_error *e)
{
    if (len > INT_MAX || RAND_bytes(out, (int)len) != 1)
        return sdc_fail(e, SDC_E_CRYPTO, "the random generator failed");
    return SDC_OK;
}
