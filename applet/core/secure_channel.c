/* SPDX-License-Identifier: BSD-2-Clause */
#include "secure_channel.h"

#include "bytes.h"
#include "card_crypto.h"
#include "card_edge.h"
#include "wr.h"

#define BLOCK       CRYPTO_AES_BLOCK
#define PADDING     0x80 /* then zeros up to a block (ISO/IEC 9797-1, method 2) */
#define SHORT_MAX   256  /* bytes of an answer */
#define SW_LEN      2
#define ICV_COMMAND 0x00
#define HEADER_MAX  7    /* bytes of CLA INS P1 P2 Lc */
#define ICV_ANSWER  0x80 /* first byte of what the answer's ICV is made from (6.2.7) */

void channel_close(struct channel *channel)
{
    crypto_wipe(channel, sizeof *channel);
}

void channel_end(struct channel *channel)
{
    bool dead = channel->dead;
    channel_close(channel);
    channel->dead = dead;
}

void channel_kill(struct channel *channel)
{
    channel_close(channel);
    channel->dead = true;
}

static void write_header(struct wr *w, uint8_t cla, const struct apdu *apdu, size_t lc)
{
    wr_u8(w, cla);
    wr_u8(w, apdu->ins);
    wr_u8(w, apdu->p1);
    wr_u8(w, apdu->p2);
    if (apdu->extended) {
        wr_u8(w, 0);
        wr_u16(w, (uint16_t)lc);
    } else {
        wr_u8(w, (uint8_t)lc);
    }
}

bool channel_check_mac(struct channel *channel, uint8_t cla, const struct apdu *apdu, struct rd *data)
{
    struct crypto_cmac cmac;
    uint8_t mac[BLOCK];
    if (data->left < channel->mac_len)
        return false;
    uint8_t header[HEADER_MAX];
    struct wr h = wr_init(header, sizeof header);
    write_header(&h, cla, apdu, data->left);
    size_t len = data->left - channel->mac_len;
    crypto_cmac_init(&cmac, channel->mac, channel->key_len);
    crypto_cmac_add(&cmac, channel->chaining, sizeof channel->chaining);
    crypto_cmac_add(&cmac, header, h.len);
    crypto_cmac_add(&cmac, data->p, len);
    crypto_cmac_end(&cmac, mac);
    bool right = crypto_equal(mac, data->p + len, channel->mac_len);
    if (right) {
        bytes_copy(channel->chaining, mac, sizeof mac);
        *data = rd_init(data->p, len);
    }
    crypto_wipe(mac, sizeof mac);
    return right;
}

/* The first IV of a message: the counter, encrypted (6.2.6, 6.2.7). */
static void icv(const struct channel *channel, uint8_t first, uint8_t iv[static BLOCK])
{
    const uint8_t zero[BLOCK] = { 0 };
    bytes_fill(iv, 0, BLOCK);
    struct wr w = wr_init(iv + BLOCK - sizeof channel->counter, sizeof channel->counter);
    wr_u32(&w, channel->counter);
    iv[0] = first;
    crypto_aes_cbc_encrypt(channel->enc, channel->key_len, zero, iv, BLOCK);
}

static bool decrypt(const struct channel *channel, struct apdu *apdu, uint8_t clear[static SEALED_PART])
{
    if (apdu->data.left % BLOCK != 0)
        return false;
    apdu->cipher.key = channel->enc;
    apdu->cipher.key_len = channel->key_len;
    icv(channel, ICV_COMMAND, apdu->cipher.iv);
    return sealed_open(apdu, clear);
}

bool channel_unwrap(struct channel *channel, struct apdu *apdu, uint8_t clear[static SEALED_PART])
{
    if ((apdu->cla & CLA_SM) == 0 || !channel_check_mac(channel, apdu->cla, apdu, &apdu->data))
        return false;
    channel->counter++;
    apdu->cla = (uint8_t)(apdu->cla & ~CLA_SM);
    return (channel->level & SCP_C_ENC) == 0 || apdu->data.left == 0 || decrypt(channel, apdu, clear);
}

bool channel_protects(const struct channel *channel)
{
    return channel->state == CHANNEL_OPEN && (channel->level & SCP_R_MAC) != 0;
}

size_t channel_room(const struct channel *channel)
{
    size_t room = SHORT_MAX - channel->mac_len;
    return (channel->level & SCP_R_ENC) != 0 ? room / BLOCK * BLOCK - 1 : room;
}

size_t channel_protect(const struct channel *channel, uint8_t *resp, size_t len)
{
    struct crypto_cmac cmac;
    uint8_t mac[BLOCK], iv[BLOCK], sw[SW_LEN];
    len -= SW_LEN;
    bytes_copy(sw, resp + len, SW_LEN);
    if ((channel->level & SCP_R_ENC) != 0 && len > 0) {
        resp[len++] = PADDING;
        while (len % BLOCK != 0)
            resp[len++] = 0;
        icv(channel, ICV_ANSWER, iv);
        crypto_aes_cbc_encrypt(channel->enc, channel->key_len, iv, resp, len);
    }
    crypto_cmac_init(&cmac, channel->rmac, channel->key_len);
    crypto_cmac_add(&cmac, channel->chaining, sizeof channel->chaining);
    crypto_cmac_add(&cmac, resp, len);
    crypto_cmac_add(&cmac, sw, SW_LEN);
    crypto_cmac_end(&cmac, mac);
    bytes_copy(resp + len, mac, channel->mac_len);
    len += channel->mac_len;
    bytes_copy(resp + len, sw, SW_LEN);
    return len + SW_LEN;
}
