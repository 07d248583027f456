/* SPDX-License-Identifier: BSD-2-Clause */
#include "eac_private.h"

#include <string.h>

#include <openssl/evp.h>

#include "sdc/tlv.h"

/* id-PACE-ECDH-GM-AES-CBC-CMAC-128, -256; id-CA-ECDH-AES-CBC-CMAC-128, -256 */
const uint8_t *eac_oid_pace(size_t key_len)
{
    static const uint8_t aes_128[EAC_OID_LEN] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02 };
    static const uint8_t aes_256[EAC_OID_LEN] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x04 };
    return key_len == 16 ? aes_128 : aes_256;
}

const uint8_t *eac_oid_chip(size_t key_len)
{
    static const uint8_t aes_128[EAC_OID_LEN] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02, 0x02 };
    static const uint8_t aes_256[EAC_OID_LEN] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02, 0x04 };
    return key_len == 16 ? aes_128 : aes_256;
}

bool eac_kdf(const struct eac_secret *secret, uint8_t counter, size_t key_len, uint8_t out[static EAC_KEY_MAX])
{
    const uint8_t tail[4] = { 0, 0, 0, counter };
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestInit_ex(ctx, key_len == 16 ? EVP_sha1() : EVP_sha256(), NULL) == 1 &&
              EVP_DigestUpdate(ctx, secret->secret, secret->len) == 1 &&
              (secret->extra_len == 0 || EVP_DigestUpdate(ctx, secret->extra, secret->extra_len) == 1) &&
              EVP_DigestUpdate(ctx, tail, sizeof tail) == 1 && EVP_DigestFinal_ex(ctx, hash, &len) == 1 &&
              len >= key_len;
    if (ok)
        memcpy(out, hash, key_len);
    EVP_MD_CTX_free(ctx);
    sdc_wipe(hash, sizeof hash);
    return ok;
}

bool eac_token(const uint8_t *mac_key, size_t key_len, const uint8_t oid[static EAC_OID_LEN],
               const uint8_t point[static P256_POINT], uint8_t token[static EAC_MAC])
{
    struct sdc_buf inside = SDC_BUF_INIT, whole = SDC_BUF_INIT;
    uint8_t mac[SCP03_BLOCK];
    sdc_tlv_put(&inside, 0x06, oid, EAC_OID_LEN);
    sdc_tlv_put(&inside, 0x86, point, P256_POINT);
    sdc_tlv_put(&whole, 0x7F49, inside.data, inside.len);
    const struct scp03_part part = { whole.data, whole.len };
    bool ok = !inside.err && !whole.err && scp03_cmac(mac_key, key_len, &part, 1, mac);
    if (ok)
        memcpy(token, mac, EAC_MAC);
    sdc_wipe(mac, sizeof mac);
    sdc_buf_free(&inside);
    sdc_buf_free(&whole);
    return ok;
}
