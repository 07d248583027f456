/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_card.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* T=1; historical bytes: category 80, card capabilities 73 (3 bytes), no status */
const uint8_t fake_atr_short[11] = { 0x3B, 0x95, 0x96, 0x80, 0x01, 0x80, 0x73, 0xC0, 0x01, 0x80, 0x30 };
const uint8_t fake_atr_extended[11] = { 0x3B, 0x95, 0x96, 0x80, 0x01, 0x80, 0x73, 0xC0, 0x01, 0xC0, 0x70 };

void fake_hex(struct sdc_buf *b, const char *text)
{
    while (*text) {
        if (*text == ' ') {
            text++;
            continue;
        }
        char digits[3] = { text[0], text[1], '\0' };
        uint8_t byte = 0;
        if (!sdc_unhex(digits, &byte, 1)) {
            fprintf(stderr, "a test's script has bad hex: %s\n", text);
            abort();
        }
        text += 2;
        size_t times = 1;
        if (*text == '(') {
            char *end;
            times = strtoul(text + 1, &end, 10);
            text = end + 1;
        }
        sdc_buf_fill(b, byte, times);
    }
}

static void remember(struct fake_card *card, const uint8_t *cmd, size_t len)
{
    char hex[2 * 64 + 1];
    size_t shown = len < 64 ? len : 64;
    sdc_hex(cmd, shown, hex);
    card->wrong = true;
    snprintf(card->text, sizeof card->text, "step %zu: unexpected command of %zu bytes: %s", card->at, len, hex);
}

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    struct fake_card *card = ctx;
    if (card->fault != SDC_OK)
        return sdc_fail(e, card->fault, "the fake card fails");
    struct sdc_buf want = SDC_BUF_INIT, reply = SDC_BUF_INIT;
    bool fits = card->at < card->count;
    if (fits && strcmp(card->steps[card->at].command, "*") != 0) {
        fake_hex(&want, card->steps[card->at].command);
        fits = want.len == cmd_len && (cmd_len == 0 || memcmp(want.data, cmd, cmd_len) == 0);
    }
    if (fits)
        fake_hex(&reply, card->steps[card->at].reply);
    else if (!card->wrong)
        remember(card, cmd, cmd_len);
    enum sdc_status status = SDC_OK;
    if (!fits)
        status = sdc_fail(e, SDC_E_BUG, "the fake card's script has no such command");
    else if (reply.len > cap)
        status = sdc_fail(e, SDC_E_REPLY, "the fake card's reply is too long");
    else if (reply.len > 0)
        memcpy(resp, reply.data, reply.len);
    *resp_len = reply.len;
    card->at++;
    if (card->raise && card->at == card->raise_at)
        *card->raise = 1;
    sdc_buf_free(&want);
    sdc_buf_free(&reply);
    return status;
}

static enum sdc_status begin(void *ctx, struct sdc_error *e)
{
    (void)e;
    ((struct fake_card *)ctx)->begins++;
    return SDC_OK;
}

static void end(void *ctx)
{
    ((struct fake_card *)ctx)->ends++;
}

static enum sdc_status reset(void *ctx, struct sdc_error *e)
{
    (void)e;
    ((struct fake_card *)ctx)->resets++;
    return SDC_OK;
}

static void close_card(void *ctx)
{
    ((struct fake_card *)ctx)->closes++;
}

const struct sdc_link_ops fake_card_ops = {
    .transmit = transmit,
    .begin = begin,
    .end = end,
    .reset = reset,
    .close = close_card,
};

struct sdc_link *fake_card_open(struct fake_card *card, const struct fake_step *steps, size_t count, bool extended)
{
    *card = (struct fake_card) { .steps = steps, .count = count };
    struct sdc_link *link = NULL;
    const uint8_t *atr = extended ? fake_atr_extended : fake_atr_short;
    if (sdc_link_open_process(&fake_card_ops, card, atr, sizeof fake_atr_short, &link, NULL) != SDC_OK)
        abort();
    return link;
}

const char *fake_card_fault(const struct fake_card *card)
{
    if (card->wrong)
        return card->text;
    return card->at == card->count ? NULL : "the script was not followed to its end";
}
