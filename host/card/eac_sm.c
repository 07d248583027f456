/* SPDX-License-Identifier: BSD-2-Clause */
/* Secure messaging of BSI TR-03110 part 3, F.2, with AES. */
#include "eac_private.h"

#include <string.h>

#include "card_edge.h"
#include "sdc/tlv.h"

enum {
    SM_CLASS = 0x0C,
    DO_CRYPTOGRAM = 0x87, /* even INS: with a padding indicator */
    DO_CRYPTOGRAM_ODD = 0x85,
    DO_LE = 0x97,
    DO_SW = 0x99,
    DO_MAC = 0x8E,
    INDICATOR = 0x01,
    PAD_FIRST = 0x80,
    SHORT_MAX = 255,
    EXTENDED_MAX = 65535
};

struct command {
    uint8_t head[4];
    struct sdc_rd data, le; /* le: its bytes as they stood */
    bool extended;
};

/* Cases 1 to 4, short and extended (ISO 7816-3 12.1.3) */
static bool parse(const uint8_t *cmd, size_t cmd_len, struct command *c)
{
    struct sdc_rd r = sdc_rd_init(cmd, cmd_len);
    sdc_rd_copy(&r, c->head, sizeof c->head);
    c->data = c->le = sdc_rd_init(NULL, 0);
    c->extended = false;
    if (r.left > 1) {
        struct sdc_rd at = r;
        size_t lc = sdc_rd_u8(&at);
        c->extended = lc == 0;
        if (c->extended && at.left == 2) { /* case 2E: no Lc */
            c->le = sdc_rd_take(&at, 2);
            return sdc_rd_end(&at);
        }
        c->data = sdc_rd_take(&at, c->extended ? sdc_rd_u16(&at) : lc);
        r = at;
    }
    if (r.left > 0)
        c->le = sdc_rd_take(&r, c->extended ? 2 : 1);
    return sdc_rd_end(&r) && !c->data.err && !c->le.err;
}

static void count(uint8_t ssc[static EAC_BLOCK])
{
    for (size_t i = EAC_BLOCK; i > 0 && ++ssc[i - 1] == 0; i--)
        ;
}

static void pad(struct sdc_buf *b)
{
    sdc_buf_u8(b, PAD_FIRST);
    while (!b->err && b->len % EAC_BLOCK != 0)
        sdc_buf_u8(b, 0);
}

static bool cipher(const struct eac_sm *sm, bool encrypt, const uint8_t *in, size_t len, uint8_t *out)
{
    const uint8_t zero[EAC_BLOCK] = { 0 };
    uint8_t iv[EAC_BLOCK];
    return scp03_cbc(sm->enc, sm->key_len, true, zero, sm->ssc, sizeof sm->ssc, iv) &&
           scp03_cbc(sm->enc, sm->key_len, encrypt, iv, in, len, out);
}

/* MAC over SSC || pad(head) || pad(objects); either may be empty and is left out then. */
static bool make_mac(const struct eac_sm *sm, const uint8_t *head, size_t head_len, struct sdc_rd objects,
                     uint8_t mac[static EAC_BLOCK])
{
    struct sdc_buf input = SDC_BUF_INIT;
    sdc_buf_put(&input, sm->ssc, sizeof sm->ssc);
    if (head_len > 0) {
        sdc_buf_put(&input, head, head_len);
        pad(&input);
    }
    if (objects.left > 0) {
        sdc_buf_put(&input, objects.p, objects.left);
        pad(&input);
    }
    const struct scp03_part part = { input.data, input.len };
    bool ok = !input.err && scp03_cmac(sm->mac, sm->key_len, &part, 1, mac);
    sdc_buf_free(&input);
    return ok;
}

bool eac_sm_begin(struct eac_sm *sm, const struct eac_secret *secret, size_t key_len)
{
    struct eac_sm fresh = { .on = true, .key_len = key_len };
    bool ok = eac_kdf(secret, 1, key_len, fresh.enc) && eac_kdf(secret, 2, key_len, fresh.mac);
    if (ok)
        *sm = fresh;
    sdc_wipe(&fresh, sizeof fresh);
    return ok;
}

/* The command's data objects but the MAC. */
static bool put_objects(const struct eac_sm *sm, const struct command *c, struct sdc_buf *objects)
{
    const bool odd = c->head[1] & 1;
    struct sdc_buf padded = SDC_BUF_INIT;
    bool ok = true;
    if (c->data.left > 0) {
        sdc_buf_put(&padded, c->data.p, c->data.left);
        pad(&padded);
        sdc_tlv_head(objects, odd ? DO_CRYPTOGRAM_ODD : DO_CRYPTOGRAM, padded.len + (odd ? 0 : 1));
        if (!odd)
            sdc_buf_u8(objects, INDICATOR);
        ok = !padded.err && cipher(sm, true, padded.data, padded.len, padded.data);
        sdc_buf_put(objects, padded.data, padded.len);
        sdc_buf_free(&padded);
    }
    if (c->le.left > 0)
        sdc_tlv_put(objects, DO_LE, c->le.p, c->le.left);
    return ok && !objects->err;
}

/* Length fields are extended where the command's were: the card reads Le's width off them. */
static bool put_command(const struct command *c, const uint8_t head[static 4], const struct sdc_buf *objects,
                        struct sdc_buf *out)
{
    if (objects->len > (c->extended ? EXTENDED_MAX : SHORT_MAX))
        return false;
    sdc_buf_put(out, head, 4);
    if (c->extended) {
        sdc_buf_u8(out, 0);
        sdc_buf_u16(out, (uint16_t)objects->len);
    } else {
        sdc_buf_u8(out, (uint8_t)objects->len);
    }
    sdc_buf_put(out, objects->data, objects->len);
    sdc_buf_fill(out, 0, c->extended ? 2 : 1);
    return !out->err;
}

bool eac_sm_wrap(struct eac_sm *sm, const uint8_t *cmd, size_t cmd_len, struct sdc_buf *out)
{
    struct command c;
    struct sdc_buf objects = SDC_BUF_INIT;
    uint8_t mac[EAC_BLOCK];
    if (!parse(cmd, cmd_len, &c))
        return false;
    const uint8_t head[4] = { c.head[0] | SM_CLASS, c.head[1], c.head[2], c.head[3] };
    count(sm->ssc);
    bool ok = put_objects(sm, &c, &objects) && make_mac(sm, head, sizeof head, sdc_buf_rd(&objects), mac);
    if (ok) {
        sdc_tlv_put(&objects, DO_MAC, mac, EAC_MAC);
        ok = !objects.err && put_command(&c, head, &objects, out);
    }
    sdc_buf_free(&objects);
    return ok;
}

/* ---- answers ---- */

struct answer {
    struct sdc_rd objects; /* what the MAC covers */
    struct sdc_rd cryptogram;
    bool has_cryptogram;
    uint16_t sw;
    struct sdc_rd mac;
};

static bool parse_answer(struct sdc_rd body, uint8_t ins, struct answer *a)
{
    const bool odd = ins & 1;
    struct sdc_rd r = body, all = body;
    a->has_cryptogram = sdc_tlv_try(&r, odd ? DO_CRYPTOGRAM_ODD : DO_CRYPTOGRAM, &a->cryptogram);
    if (a->has_cryptogram && !odd && sdc_rd_u8(&a->cryptogram) != INDICATOR)
        return false;
    struct sdc_rd sw = sdc_tlv_take(&r, DO_SW);
    a->objects = sdc_rd_take(&all, body.left - r.left);
    a->sw = sdc_rd_u16(&sw);
    a->mac = sdc_tlv_take(&r, DO_MAC);
    return sdc_rd_end(&r) && sdc_rd_end(&sw) && !a->mac.err && a->mac.left == EAC_MAC &&
           (!a->has_cryptogram ||
            (!a->cryptogram.err && a->cryptogram.left > 0 && a->cryptogram.left % EAC_BLOCK == 0));
}

/* Decrypts and takes the padding off. */
static bool decrypt(const struct eac_sm *sm, struct sdc_rd cryptogram, struct sdc_buf *plain)
{
    sdc_buf_put(plain, cryptogram.p, cryptogram.left);
    if (plain->err || !cipher(sm, false, plain->data, plain->len, plain->data))
        return false;
    size_t n = plain->len;
    while (n > 0 && plain->data[n - 1] == 0)
        n--;
    if (n == 0 || plain->data[n - 1] != PAD_FIRST || plain->len - n >= EAC_BLOCK)
        return false;
    sdc_buf_cut(plain, n - 1);
    return true;
}

static bool is_success(uint16_t sw)
{
    uint8_t sw1 = (uint8_t)(sw >> 8);
    return sw1 == 0x90 || sw1 == 0x61 || sw1 == 0x62 || sw1 == 0x63;
}

static enum sdc_status refuse(struct eac_sm *sm, struct sdc_error *e)
{
    sm->over = true;
    return sdc_fail(e, SDC_E_SIGNATURE, "secure messaging: the card's answer isn't authentic");
}

enum sdc_status eac_sm_unwrap(struct eac_sm *sm, uint8_t ins, uint8_t *resp, size_t *resp_len, struct sdc_error *e)
{
    struct sdc_rd r = sdc_rd_init(resp, *resp_len);
    struct sdc_rd body = sdc_rd_take(&r, r.left >= 2 ? r.left - 2 : r.left);
    uint16_t sw = sdc_rd_u16(&r);
    struct answer a = { .sw = 0 };
    struct sdc_buf plain = SDC_BUF_INIT;
    uint8_t mac[EAC_BLOCK];
    count(sm->ssc);
    if (sdc_rd_end(&r) && body.left == 0 && (sw == SW_SM_MISSING || sw == SW_SM_INCORRECT)) {
        sm->over = true;
        return sdc_fail(e, SDC_E_SIGNATURE, "secure messaging: card or chip has other keys (SW %04X)", sw);
    }
    if (sdc_rd_end(&r) && body.left == 0 && !is_success(sw)) {
        sm->over = true; /* it can only end the channel, not change what the host believes to have been done */
        return SDC_OK;
    }
    if (!sdc_rd_end(&r) || !parse_answer(body, ins, &a) || a.sw != sw || !make_mac(sm, NULL, 0, a.objects, mac) ||
        !sdc_equal(mac, a.mac.p, EAC_MAC))
        return refuse(sm, e);
    if (a.has_cryptogram && !decrypt(sm, a.cryptogram, &plain)) {
        sdc_buf_free(&plain);
        return refuse(sm, e);
    }
    sdc_buf_u16(&plain, sw);
    enum sdc_status status = sdc_buf_status(&plain, e);
    if (status == SDC_OK) { /* shorter than what it came in */
        memcpy(resp, plain.data, plain.len);
        *resp_len = plain.len;
    }
    sdc_buf_free(&plain);
    return status;
}
