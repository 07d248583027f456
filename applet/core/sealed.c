/* SPDX-License-Identifier: BSD-2-Clause */
#include "sealed.h"

#include "bytes.h"
#include "card_crypto.h"

#define BLOCK   CRYPTO_AES_BLOCK
#define PADDING 0x80

/* Takes the padding off; its place is no secret once the MAC verified. */
static bool unpad(struct rd *data)
{
    size_t len = data->left;
    while (len > 0 && data->p[len - 1] == 0 && data->left - len < BLOCK - 1)
        len--;
    if (len == 0 || data->p[len - 1] != PADDING)
        return false;
    *data = rd_init(data->p, len - 1);
    return true;
}

/* The data that 'len' bytes of ciphertext, behind 'iv' and whole blocks, end in, without their padding: into 'clear'.
 */
static bool open_end(const struct cipher *cipher, const uint8_t iv[static BLOCK], const uint8_t *text, size_t len,
                     uint8_t *clear, struct rd *data)
{
    bytes_copy(clear, text, len);
    crypto_aes_cbc_decrypt(cipher->key, cipher->key_len, iv, clear, len);
    *data = rd_init(clear, len);
    return unpad(data);
}

bool sealed_open(struct apdu *apdu, uint8_t clear[static SEALED_PART])
{
    const uint8_t *text = apdu->data.p;
    size_t len = apdu->data.left;
    if (len <= SEALED_PART)
        return open_end(&apdu->cipher, apdu->cipher.iv, text, len, clear, &apdu->data);
    struct rd end;
    size_t before = len - BLOCK;
    bool ok = open_end(&apdu->cipher, text + before - BLOCK, text + before, BLOCK, clear, &end);
    apdu->sealed = before + end.left;
    return ok;
}

struct rd sealed_part(struct apdu *apdu, uint8_t clear[static SEALED_PART])
{
    if (apdu->sealed == 0)
        return rd_take(&apdu->data, apdu->data.left);
    struct cipher *cipher = &apdu->cipher;
    size_t len = apdu->data.left < SEALED_PART ? apdu->data.left : SEALED_PART;
    struct rd text = rd_take(&apdu->data, len);
    bytes_copy(clear, text.p, len);
    crypto_aes_cbc_decrypt(cipher->key, cipher->key_len, cipher->iv, clear, len);
    bytes_copy(cipher->iv, text.p + len - BLOCK, BLOCK);
    size_t plain = apdu->sealed < len ? apdu->sealed : len;
    apdu->sealed -= plain;
    if (apdu->sealed == 0) /* what may be left is padding */
        rd_take(&apdu->data, apdu->data.left);
    return rd_init(clear, plain);
}
