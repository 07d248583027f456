/* SPDX-License-Identifier: BSD-2-Clause */
#include "messaging.h"

#include "bytes.h"
#include "card_crypto.h"
#include "card_edge.h"
#include "tlv.h"
#include "wr.h"

#define BLOCK       CRYPTO_AES_BLOCK
#define PADDING     0x80
#define INDICATOR   0x01 /* in DO 87: padded with 80 00.. */
#define TAG_DATA    0x87 /* INS even */
#define TAG_DATA_B  0x85 /* INS odd */
#define TAG_LE      0x97
#define TAG_SW      0x99
#define TAG_MAC     0x8E
#define MAC_LEN     8
#define SHORT_MAX   258               /* a response APDU with short lengths */
#define TRAILER_LEN (4 + 2 + MAC_LEN) /* DO 99 and DO 8E */
#define SW_LEN      2

void messaging_close(struct messaging *messaging)
{
    crypto_wipe(messaging, sizeof *messaging);
}

static void count(struct messaging *m)
{
    for (size_t i = MESSAGING_SSC; i-- > 0;)
        if (++m->ssc[i] != 0)
            break;
}

static void iv(const struct messaging *m, uint8_t out[static BLOCK])
{
    const uint8_t zero[BLOCK] = { 0 };
    bytes_copy(out, m->ssc, BLOCK);
    crypto_aes_cbc_encrypt(m->keys.enc, m->keys.len, zero, out, BLOCK);
}

/* Adds bytes, and padding up to a block. */
static void add_padded(struct crypto_cmac *cmac, const uint8_t *data, size_t len)
{
    static const uint8_t padding[BLOCK] = { PADDING };
    crypto_cmac_add(cmac, data, len);
    crypto_cmac_add(cmac, padding, BLOCK - len % BLOCK);
}

struct objects {
    struct rd data, le, mac;
    bool has_data, has_le, has_mac;
    size_t covered; /* bytes in front of DO 8E: what the MAC is over */
};

static uint16_t read_objects(struct rd r, uint8_t ins, struct objects *o)
{
    const uint8_t *start = r.p;
    uint32_t data_tag = (ins & 1) != 0 ? TAG_DATA_B : TAG_DATA, tag;
    struct rd value;
    *o = (struct objects) { .has_data = false };
    while (rd_more(&r)) {
        size_t at = (size_t)(r.p - start);
        if (!tlv_read(&r, &tag, &value) || o->has_mac)
            return SW_SM_INCORRECT;
        if (tag == data_tag && !o->has_data && !o->has_le) {
            o->data = value;
            o->has_data = true;
        } else if (tag == TAG_LE && !o->has_le) {
            o->le = value;
            o->has_le = true;
        } else if (tag == TAG_MAC) {
            o->mac = value;
            o->has_mac = true;
            o->covered = at;
        } else {
            return tag == TAG_DATA || tag == TAG_DATA_B ? (tag == data_tag ? SW_SM_INCORRECT : SW_SM_MISSING)
                                                        : SW_SM_INCORRECT;
        }
    }
    return o->has_mac ? SW_OK : SW_SM_MISSING;
}

static bool mac_right(const struct messaging *m, const struct apdu *apdu, const struct objects *o)
{
    const uint8_t header[] = { apdu->cla, apdu->ins, apdu->p1, apdu->p2 };
    struct crypto_cmac cmac;
    uint8_t mac[BLOCK];
    if (o->mac.left != MAC_LEN)
        return false;
    crypto_cmac_init(&cmac, m->keys.mac, m->keys.len);
    crypto_cmac_add(&cmac, m->ssc, MESSAGING_SSC);
    add_padded(&cmac, header, sizeof header);
    if (o->covered > 0)
        add_padded(&cmac, apdu->data.p, o->covered);
    crypto_cmac_end(&cmac, mac);
    bool right = crypto_equal(mac, o->mac.p, MAC_LEN);
    crypto_wipe(mac, sizeof mac);
    return right;
}

/* Two bytes of Le belong to extended lengths. */
static bool take_le(struct apdu *apdu, struct objects *o)
{
    apdu->le = apdu->extended ? APDU_LE_EXTENDED_MAX : APDU_LE_SHORT_MAX;
    apdu->le_given = false;
    if (!o->has_le)
        return true;
    if (o->le.left != 1 && (o->le.left != 2 || !apdu->extended))
        return false;
    size_t le = o->le.left == 1 ? rd_u8(&o->le) : rd_u16(&o->le);
    apdu->le_given = le != 0;
    if (le != 0)
        apdu->le = le;
    return true;
}

static bool take_data(const struct messaging *m, struct apdu *apdu, struct objects *o,
                      uint8_t clear[static SEALED_PART])
{
    apdu->data = rd_init(clear, 0);
    if (!o->has_data)
        return true;
    if ((apdu->ins & 1) == 0 && rd_u8(&o->data) != INDICATOR)
        return false;
    if (o->data.left == 0 || o->data.left % BLOCK != 0)
        return false;
    apdu->data = o->data;
    apdu->cipher.key = m->keys.enc;
    apdu->cipher.key_len = m->keys.len;
    iv(m, apdu->cipher.iv);
    return sealed_open(apdu, clear);
}

uint16_t messaging_unwrap(struct messaging *m, struct apdu *apdu, uint8_t clear[static SEALED_PART])
{
    struct objects o;
    uint16_t sw = read_objects(apdu->data, apdu->ins, &o);
    if (sw != SW_OK)
        return sw;
    count(m);
    if (!mac_right(m, apdu, &o) || !take_le(apdu, &o) || !take_data(m, apdu, &o, clear))
        return SW_SM_INCORRECT;
    apdu->cla = (uint8_t)(apdu->cla & ~CLA_SM_ISO);
    m->extended = apdu->extended;
    return SW_OK;
}

size_t messaging_room(const struct messaging *m, size_t cap)
{
    size_t all = (!m->extended && cap > SHORT_MAX ? SHORT_MAX : cap) - SW_LEN - TRAILER_LEN;
    size_t head = all < 0x100 ? 4u : 5u; /* tag, length, indicator: 87 81 xx 01, 87 82 xxxx 01 */
    return (all - head) / BLOCK * BLOCK - 1;
}

static size_t padded(size_t len)
{
    return (len / BLOCK + 1) * BLOCK;
}

static size_t indicator_len(uint8_t ins)
{
    return (ins & 1) != 0 ? 0 : 1;
}

size_t messaging_data_at(uint8_t ins, size_t data_len)
{
    if (data_len == 0)
        return 0;
    return tlv_header_len(TAG_DATA, indicator_len(ins) + padded(data_len)) + indicator_len(ins);
}

/* The data stand behind the room for their DO's head. */
static void encrypt(const struct messaging *m, uint8_t ins, struct wr *w, size_t data_len)
{
    uint8_t chain[BLOCK];
    size_t len = padded(data_len);
    tlv_write_header(w, (ins & 1) != 0 ? TAG_DATA_B : TAG_DATA, indicator_len(ins) + len);
    if (indicator_len(ins) > 0)
        wr_u8(w, INDICATOR);
    uint8_t *data = wr_space(w, len);
    if (data == NULL)
        return;
    bytes_fill(data + data_len, 0, len - data_len);
    data[data_len] = PADDING;
    iv(m, chain);
    crypto_aes_cbc_encrypt(m->keys.enc, m->keys.len, chain, data, len);
}

size_t messaging_protect(struct messaging *m, uint8_t ins, uint8_t *resp, size_t data_len, uint16_t sw)
{
    struct crypto_cmac cmac;
    uint8_t mac[BLOCK];
    struct wr w = wr_init(resp, messaging_data_at(ins, data_len) + padded(data_len) + TRAILER_LEN + SW_LEN);
    count(m);
    if (data_len > 0)
        encrypt(m, ins, &w, data_len);
    tlv_write_header(&w, TAG_SW, SW_LEN);
    wr_u16(&w, sw);
    crypto_cmac_init(&cmac, m->keys.mac, m->keys.len);
    crypto_cmac_add(&cmac, m->ssc, MESSAGING_SSC);
    add_padded(&cmac, resp, w.len);
    crypto_cmac_end(&cmac, mac);
    tlv_write(&w, TAG_MAC, mac, MAC_LEN);
    wr_u16(&w, sw);
    return w.len;
}

void messaging_renew(struct messaging *m, const struct messaging_keys *keys)
{
    m->next = *keys;
    m->renews = true;
}

bool messaging_settle(struct messaging *m)
{
    bool ends = m->ends;
    if (m->renews) {
        m->keys = m->next;
        crypto_wipe(&m->next, sizeof m->next);
        bytes_fill(m->ssc, 0, sizeof m->ssc);
        m->open = true;
    }
    m->renews = false;
    m->ends = false;
    return ends;
}
