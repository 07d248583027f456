/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands wrapped, answers unwrapped (amendment D 6.2.4 to 6.2.7). */
#include "scp03_private.h"

#include <string.h>

#include "card_edge.h"

enum { PAD_FIRST = 0x80, RESP_CAP = 256 + 2, SHORT_MAX = 255, EXTENDED_MAX = 65535 };

struct command {
    uint8_t head[4];
    struct sdc_rd data;
    bool le;
    size_t ne; /* as its field says it */
    bool extended;
};

/* Cases 1 to 4, short, and 3 and 4 extended (ISO 7816-3 12.1.3) */
static bool parse(const uint8_t *cmd, size_t cmd_len, struct command *c)
{
    struct sdc_rd r = sdc_rd_init(cmd, cmd_len);
    sdc_rd_copy(&r, c->head, sizeof c->head);
    c->data = sdc_rd_init(NULL, 0);
    c->extended = false;
    if (r.left > 1) {
        size_t lc = sdc_rd_u8(&r);
        c->extended = lc == 0;
        c->data = sdc_rd_take(&r, c->extended ? sdc_rd_u16(&r) : lc);
    }
    c->le = r.left > 0;
    c->ne = !c->le ? 0 : c->extended ? sdc_rd_u16(&r) : sdc_rd_u8(&r);
    return sdc_rd_end(&r) && !c->data.err;
}

static void count(uint8_t counter[static SCP03_BLOCK])
{
    for (size_t i = SCP03_BLOCK; i > 0 && ++counter[i - 1] == 0; i--)
        ;
}

/* The counter encrypted: an ICV for each command, another (first bit set) for its answer. */
static bool make_icv(const struct sdc_scp03 *s, bool answer, uint8_t icv[static SCP03_BLOCK])
{
    const uint8_t zero[SCP03_BLOCK] = { 0 };
    uint8_t block[SCP03_BLOCK];
    memcpy(block, s->counter, sizeof block);
    if (answer)
        block[0] |= 0x80;
    return scp03_cbc(s->enc, s->key_len, true, zero, block, sizeof block, icv);
}

bool scp03_command_mac(struct sdc_scp03 *s, const uint8_t head[static 4], bool extended, const uint8_t *data,
                       size_t len, struct sdc_buf *out)
{
    size_t before = out->len, lc = len + s->mac_len;
    if (lc > (extended ? EXTENDED_MAX : SHORT_MAX))
        return false;
    sdc_buf_u8(out, head[0] | CLA_SM);
    sdc_buf_put(out, head + 1, 3);
    if (extended) {
        sdc_buf_u8(out, 0);
        sdc_buf_u16(out, (uint16_t)lc);
    } else {
        sdc_buf_u8(out, (uint8_t)lc);
    }
    sdc_buf_put(out, data, len);
    if (out->err)
        return false;
    const struct scp03_part parts[] = { { s->chaining, sizeof s->chaining },
                                        { out->data + before, out->len - before } };
    uint8_t mac[SCP03_BLOCK];
    if (!scp03_cmac(s->mac, s->key_len, parts, 2, mac))
        return false;
    memcpy(s->chaining, mac, sizeof mac);
    sdc_buf_put(out, mac, s->mac_len);
    return !out->err;
}

/* Appends the data to out, padded and encrypted. */
static bool encrypt(const struct sdc_scp03 *s, struct sdc_rd data, struct sdc_buf *out)
{
    uint8_t icv[SCP03_BLOCK];
    size_t padded = (data.left / SCP03_BLOCK + 1) * SCP03_BLOCK;
    sdc_buf_put(out, data.p, data.left);
    sdc_buf_u8(out, PAD_FIRST);
    while (!out->err && out->len < padded)
        sdc_buf_u8(out, 0);
    return !out->err && make_icv(s, false, icv) &&
           scp03_cbc(s->enc, s->key_len, true, icv, out->data, padded, out->data);
}

static enum sdc_status wrap(struct sdc_scp03 *s, const struct command *c, struct sdc_buf *out, struct sdc_error *e)
{
    struct sdc_buf cipher = SDC_BUF_INIT;
    struct sdc_rd data = c->data;
    bool ok = true;
    count(s->counter);
    if ((s->level & SCP_C_ENC) && data.left > 0) {
        ok = encrypt(s, data, &cipher);
        data = sdc_buf_rd(&cipher);
    }
    ok = ok && scp03_command_mac(s, c->head, c->extended, data.p, data.left, out);
    if (c->le || (s->level & SCP_R_MAC)) { /* a MAC comes back even where no data does */
        if (c->extended)
            sdc_buf_u16(out, (uint16_t)c->ne);
        else
            sdc_buf_u8(out, 0);
    }
    sdc_buf_free(&cipher);
    return ok && !out->err ? SDC_OK : sdc_fail(e, SDC_E_CRYPTO, "a command can't be wrapped");
}

static bool is_success(uint16_t sw)
{
    uint8_t sw1 = (uint8_t)(sw >> 8);
    return sw1 == 0x90 || sw1 == 0x61 || sw1 == 0x62 || sw1 == 0x63;
}

/* Decrypts in place and takes the padding off. */
static bool decrypt(const struct sdc_scp03 *s, uint8_t *data, size_t *len)
{
    uint8_t icv[SCP03_BLOCK];
    size_t n = *len;
    if (n % SCP03_BLOCK != 0 || !make_icv(s, true, icv) || !scp03_cbc(s->enc, s->key_len, false, icv, data, n, data))
        return false;
    while (n > 0 && data[n - 1] == 0)
        n--;
    if (n == 0 || data[n - 1] != PAD_FIRST)
        return false;
    *len = n - 1;
    return true;
}

/* resp becomes the plain answer. A bare error is an error all the same: it can only end the session, not change what
 * the host believes to have been done. */
static enum sdc_status unwrap(struct sdc_scp03 *s, uint8_t *resp, size_t *resp_len, struct sdc_error *e)
{
    struct sdc_rd r = sdc_rd_init(resp, *resp_len);
    struct sdc_rd body = sdc_rd_take(&r, r.left >= 2 ? r.left - 2 : r.left);
    const uint8_t *sw_bytes = r.p;
    uint16_t sw = sdc_rd_u16(&r);
    if (!sdc_rd_end(&r))
        return sdc_fail(e, SDC_E_REPLY, "the card's reply has no status word");
    if (!(s->level & SCP_R_MAC))
        return SDC_OK;
    if (body.left == 0 && !is_success(sw)) {
        s->over = true;
        return SDC_OK;
    }
    struct sdc_rd data = sdc_rd_take(&body, body.left >= s->mac_len ? body.left - s->mac_len : body.left);
    const struct scp03_part parts[] = { { s->chaining, sizeof s->chaining }, { data.p, data.left }, { sw_bytes, 2 } };
    uint8_t mac[SCP03_BLOCK];
    if (body.left != s->mac_len || !scp03_cmac(s->rmac, s->key_len, parts, 3, mac) ||
        !sdc_equal(mac, body.p, s->mac_len))
        return sdc_fail(e, SDC_E_SIGNATURE, "secure channel: the card's answer isn't authentic");
    size_t len = data.left;
    if ((s->level & SCP_R_ENC) && len > 0 && !decrypt(s, resp, &len))
        return sdc_fail(e, SDC_E_SIGNATURE, "secure channel: the card's answer can't be decrypted");
    const uint8_t sw_copy[2] = { (uint8_t)(sw >> 8), (uint8_t)sw };
    memcpy(resp + len, sw_copy, sizeof sw_copy);
    *resp_len = len + sizeof sw_copy;
    return SDC_OK;
}

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    struct sdc_scp03 *s = ctx;
    struct command c;
    struct sdc_buf wrapped = SDC_BUF_INIT;
    if (s->over)
        return sdc_fail(e, SDC_E_DENIED, "the secure channel is over");
    if (cap < RESP_CAP || !parse(cmd, cmd_len, &c))
        return sdc_fail(e, SDC_E_BUG, "a command that a secure channel can't carry");
    if (c.head[0] == CLA_ISO && c.head[1] == INS_SELECT) { /* it ends the session, and is sent in clear */
        s->over = true;
        return sdc_link_carry(s->below, cmd, cmd_len, resp, cap, resp_len, e);
    }
    enum sdc_status status = wrap(s, &c, &wrapped, e);
    if (status == SDC_OK)
        status = sdc_link_carry(s->below, wrapped.data, wrapped.len, resp, cap, resp_len, e);
    if (status == SDC_OK)
        status = unwrap(s, resp, resp_len, e);
    if (status != SDC_OK)
        s->over = true; /* whether the card went on is not known: neither is the next chaining value */
    sdc_buf_free(&wrapped);
    return status;
}

static enum sdc_status begin(void *ctx, struct sdc_error *e)
{
    return sdc_link_begin(((struct sdc_scp03 *)ctx)->below, e);
}

static void end(void *ctx)
{
    sdc_link_end(((struct sdc_scp03 *)ctx)->below);
}

static enum sdc_status reset(void *ctx, struct sdc_error *e)
{
    struct sdc_scp03 *s = ctx;
    s->over = true;
    return sdc_link_reset(s->below, e);
}

const struct sdc_link_ops scp03_link_ops = { .transmit = transmit, .begin = begin, .end = end, .reset = reset };
