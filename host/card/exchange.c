/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands whole and answers whole over a transport of single APDUs (ISO 7816-3 12.1.3, 7816-4 5.3). */
#include "private.h"

#include <stdlib.h>
#include <time.h>

#include "card_edge.h"

enum {
    SHORT_DATA_MAX = 255,
    SHORT_ANSWER_MAX = 256,
    EXTENDED_DATA_MAX = 65535,
    SECURE_CHANNEL_ADDS = 32, /* at most: padding and MAC */
    EXTENDED_ANSWER_MAX = 65536
};

/* One exchange under way. */
struct exchange {
    struct sdc_link *link;
    const struct sdc_apdu *apdu;
    struct sdc_buf *out;
    size_t got; /* bytes of answer in out */
    bool extended;
    uint8_t *resp; /* as large as the largest reply that may come */
    size_t resp_cap;
    struct sdc_error *e;
};

uint64_t sdc_link_now_micros(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* One APDU over the transport, counted. */
static enum sdc_status transport(struct exchange *x, const struct sdc_buf *cmd, struct sdc_rd *reply)
{
    struct sdc_link *link = x->link;
    enum sdc_status status = sdc_buf_status(cmd, x->e);
    if (status != SDC_OK)
        return status;
    if (link->cancel && *link->cancel)
        return sdc_fail(x->e, SDC_E_CANCELLED, "stopped on request; the card finished its last command");
    size_t len = 0;
    uint64_t start = sdc_link_now_micros();
    status = link->ops->transmit(link->ctx, cmd->data, cmd->len, x->resp, x->resp_cap, &len, x->e);
    link->stats.micros += sdc_link_now_micros() - start;
    if (status == SDC_E_RESET)
        return status; /* nothing was sent */
    const bool answered = status == SDC_OK && len >= 2 && len <= x->resp_cap;
    sdc_stats_count(&link->stats, cmd->len, answered ? len : 0);
    if (status == SDC_OK && !answered)
        status = sdc_fail(x->e, SDC_E_REPLY, "the card's reply has %zu bytes", len);
    if (status != SDC_OK)
        return status;
    *reply = sdc_rd_init(x->resp, len);
    return SDC_OK;
}

static void encode(struct sdc_buf *cmd, const struct exchange *x, const struct sdc_apdu *apdu, struct sdc_rd data,
                   size_t ne)
{
    sdc_buf_u8(cmd, apdu->cla);
    sdc_buf_u8(cmd, apdu->ins);
    sdc_buf_u8(cmd, apdu->p1);
    sdc_buf_u8(cmd, apdu->p2);
    if (x->extended)
        sdc_buf_u8(cmd, 0);
    if (data.left > 0 && x->extended)
        sdc_buf_u16(cmd, (uint16_t)data.left);
    else if (data.left > 0)
        sdc_buf_u8(cmd, (uint8_t)data.left);
    sdc_buf_put(cmd, data.p, data.left);
    if (ne > 0 && x->extended)
        sdc_buf_u16(cmd, (uint16_t)ne); /* 65536 is written 0000 */
    else if (ne > 0)
        sdc_buf_u8(cmd, (uint8_t)ne); /* 256 is written 00 */
}

/* Sends one APDU with ne bytes of answer wanted (0 = no Le) and takes its answer in. */
static enum sdc_status send_one(struct exchange *x, const struct sdc_apdu *apdu, struct sdc_rd data, size_t ne,
                                uint16_t *sw)
{
    struct sdc_buf cmd = SDC_BUF_INIT;
    encode(&cmd, x, apdu, data, ne);
    struct sdc_rd reply = sdc_rd_init(NULL, 0);
    enum sdc_status status = transport(x, &cmd, &reply);
    sdc_buf_free(&cmd);
    if (status != SDC_OK)
        return status;
    struct sdc_rd answer = sdc_rd_take(&reply, reply.left - 2);
    *sw = sdc_rd_u16(&reply);
    /* a command without Le may be answered all the same (SP 800-73: GENERAL AUTHENTICATE) */
    size_t most = ne > 0 ? ne : SHORT_ANSWER_MAX;
    if (answer.left > 0 && !x->out)
        return sdc_fail(x->e, SDC_E_REPLY, "the card sent data where none belongs");
    if (answer.left > most || answer.left > SDC_REPLY_MAX - x->got)
        return sdc_fail(x->e, SDC_E_REPLY, "the card's reply is too long");
    if (answer.left == 0)
        return SDC_OK;
    x->got += answer.left;
    sdc_buf_put(x->out, answer.p, answer.left);
    return sdc_buf_status(x->out, x->e);
}

static size_t block_max(const struct sdc_link *link)
{
    return link->data_max > 0 ? link->data_max : SHORT_DATA_MAX;
}

/* The whole command: one APDU, or a chain of which only the last block wants an answer. */
static enum sdc_status send_command(struct exchange *x, size_t ne, uint16_t *sw)
{
    struct sdc_rd data = sdc_rd_init(x->apdu->data, x->apdu->data_len);
    if (data.err)
        return sdc_fail(x->e, SDC_E_BUG, "a command without its data");
    struct sdc_apdu block = *x->apdu;
    block.cla = (uint8_t)(x->apdu->cla | CLA_CHAIN);
    const size_t most = block_max(x->link);
    while (!x->extended && data.left > most) {
        size_t before = x->got;
        enum sdc_status status = send_one(x, &block, sdc_rd_take(&data, most), 0, sw);
        if (status != SDC_OK)
            return status;
        if (x->got != before)
            return sdc_fail(x->e, SDC_E_REPLY, "the card sent data in the middle of a command chain");
        if (*sw != SW_OK)
            return SDC_OK;
    }
    return send_one(x, x->apdu, data, ne, sw);
}

static bool is_wrong_le(uint16_t sw)
{
    return (sw & 0xFF00) == 0x6C00;
}

/* How many bytes a 61xx or 6Cxx names, cut to what is still wanted. */
static size_t bytes_named(const struct exchange *x, uint16_t sw)
{
    size_t named = (sw & 0xFF) ? (size_t)(sw & 0xFF) : SHORT_ANSWER_MAX;
    size_t most = x->apdu->le_max;
    return most > 0 && named > most - x->got ? most - x->got : named;
}

static bool more_is_wanted(const struct exchange *x, uint16_t sw)
{
    return (sw & 0xFF00) == SW_MORE && (x->apdu->le_max == 0 || x->got < x->apdu->le_max);
}

/* 7816-4 5.3.4: GET RESPONSE as long as the card has more. */
static enum sdc_status collect(struct exchange *x, uint16_t *sw)
{
    static const struct sdc_apdu get_response = { .cla = CLA_ISO, .ins = INS_GET_RESPONSE, .le = true };
    const struct sdc_rd none = sdc_rd_init(NULL, 0);
    x->extended = false;
    for (int blocks = 0; more_is_wanted(x, *sw); blocks++) {
        if (blocks == SDC_REPLY_BLOCKS)
            return sdc_fail(x->e, SDC_E_REPLY, "the card's reply does not end");
        if (!x->out)
            return sdc_fail(x->e, SDC_E_REPLY, "the card offers data where none belongs");
        enum sdc_status status = send_one(x, &get_response, none, bytes_named(x, *sw), sw);
        if (status == SDC_OK && is_wrong_le(*sw))
            status = send_one(x, &get_response, none, bytes_named(x, *sw), sw);
        if (status != SDC_OK)
            return status;
    }
    return SDC_OK;
}

/* Extended length where it saves APDUs: short commands with short answers stay short on the wire, as do answers in a
 * secure channel whose card hasn't said that it gives longer ones. */
static bool wants_extended(const struct sdc_link *link, const struct sdc_apdu *apdu)
{
    bool secure = link->data_max > 0;
    bool long_answer =
        (!secure || link->answer_max > 0) && apdu->le && (apdu->le_max == 0 || apdu->le_max > SHORT_ANSWER_MAX);
    size_t most = EXTENDED_DATA_MAX - (secure ? SECURE_CHANNEL_ADDS : 0);
    return link->extended && apdu->data_len <= most && (apdu->data_len > block_max(link) || long_answer);
}

static enum sdc_status run(struct exchange *x, uint16_t *sw)
{
    size_t most = x->extended ? EXTENDED_ANSWER_MAX : SHORT_ANSWER_MAX;
    size_t ne = x->apdu->le_max > 0 && x->apdu->le_max < most ? x->apdu->le_max : most;
    size_t before = x->out ? x->out->len : 0;
    enum sdc_status status = send_command(x, x->apdu->le ? ne : 0, sw);
    if (status == SDC_OK && is_wrong_le(*sw) && x->apdu->le) {
        if (x->out)
            sdc_buf_cut(x->out, before);
        x->got = 0;
        status = send_command(x, bytes_named(x, *sw), sw);
    }
    return status != SDC_OK ? status : collect(x, sw);
}

enum sdc_status sdc_link_exchange(struct sdc_link *link, const struct sdc_apdu *apdu, struct sdc_buf *out, uint16_t *sw,
                                  struct sdc_error *e)
{
    struct exchange x = { .link = link, .apdu = apdu, .out = out, .e = e };
    size_t before = out ? out->len : 0;
    *sw = 0;
    x.extended = wants_extended(link, apdu);
    x.resp_cap = (x.extended ? (size_t)EXTENDED_ANSWER_MAX : SHORT_ANSWER_MAX) + 2;
    x.resp = calloc(1, x.resp_cap);
    if (!x.resp)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    enum sdc_status status = run(&x, sw);
    if (status != SDC_OK && out)
        sdc_buf_cut(out, before);
    sdc_wipe(x.resp, x.resp_cap);
    free(x.resp);
    return status;
}
