/* SPDX-License-Identifier: BSD-2-Clause */
/* A hostile card before the whole verification. The card is an issued one; the input says what is changed on it:
 *   1 byte   bit 0: a PIN is given; bit 1: extended length
 *   edits    object (1; from 11 on: the replies in a row), kind (1), offset (2), then by kind: 0 XOR (1), 1 cut there,
 *            2 insert n (1) bytes that follow, 3 copy n (1) bytes to here from another offset (2)
 * Whatever comes: no crash, no end that doesn't come, and nothing is shown or accepted but what was signed. */
#include "test_issuer.h"

#include "sdc/verify.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct fake_piv genuine;
static struct sdc_trust *trust;

static void init(void)
{
    const struct test_recipe recipe = { .fault = { FAULT_NONE } };
    test_issuer_init();
    char *folder = test_trust_folder(test_issuer.ca);
    if (sdc_trust_load(folder, &trust, NULL) != SDC_OK)
        abort();
    test_trust_remove(folder);
    test_issue(&recipe, &genuine);
}

struct edit {
    uint8_t object, kind, n;
    uint16_t at, from;
    struct sdc_rd bytes;
};
enum { XOR, CUT, INSERT, COPY, KINDS };

static bool read_edit(struct sdc_rd *r, struct edit *edit)
{
    edit->object = (uint8_t)(sdc_rd_u8(r) % (FAKE_OBJECTS + 1));
    edit->kind = (uint8_t)(sdc_rd_u8(r) % KINDS);
    edit->at = sdc_rd_u16(r);
    edit->n = edit->kind == CUT ? 0 : sdc_rd_u8(r);
    edit->from = edit->kind == COPY ? sdc_rd_u16(r) : 0;
    edit->bytes = edit->kind == INSERT ? sdc_rd_take(r, edit->n) : sdc_rd_init(NULL, 0);
    return !r->err;
}

/* ---- changed objects ---- */

static void append_part(struct sdc_buf *out, const struct sdc_buf *in, size_t from, size_t n)
{
    struct sdc_rd r = sdc_buf_rd(in);
    sdc_rd_skip(&r, from < r.left ? from : r.left);
    struct sdc_rd part = sdc_rd_take(&r, n < r.left ? n : r.left);
    sdc_buf_put(out, part.p, part.left);
}

static void apply(struct sdc_buf *content, const struct edit *edit)
{
    struct sdc_buf out = SDC_BUF_INIT;
    size_t at = content->len ? edit->at % content->len : 0;
    append_part(&out, content, 0, at);
    if (edit->kind == XOR && content->len > 0) {
        sdc_buf_u8(&out, content->data[at] ^ edit->n);
        append_part(&out, content, at + 1, content->len);
    } else if (edit->kind == INSERT) {
        sdc_buf_put(&out, edit->bytes.p, edit->bytes.left);
        append_part(&out, content, at, content->len);
    } else if (edit->kind == COPY) {
        append_part(&out, content, edit->from, edit->n);
        append_part(&out, content, at + edit->n, content->len);
    }
    sdc_buf_free(content);
    *content = out;
}

/* ---- changed replies ---- */

enum { REPLY_EDITS = 16 };
struct replies {
    struct edit edits[REPLY_EDITS];
    size_t count, seen;
};

static void tamper(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap, size_t *len)
{
    (void)cmd;
    (void)cmd_len;
    struct replies *replies = ctx;
    size_t start = replies->seen;
    replies->seen += *len;
    for (size_t i = 0; i < replies->count; i++) {
        const struct edit *edit = &replies->edits[i];
        if (edit->at < start || edit->at >= start + *len)
            continue;
        struct sdc_buf reply = SDC_BUF_INIT;
        struct edit here = *edit;
        here.at = (uint16_t)(edit->at - start);
        sdc_buf_put(&reply, resp, *len);
        apply(&reply, &here);
        struct sdc_rd r = sdc_buf_rd(&reply);
        *len = reply.len < cap ? reply.len : cap;
        sdc_rd_copy(&r, resp, *len);
        sdc_buf_free(&reply);
    }
}

/* ---- what must hold ---- */

static void must(bool good)
{
    if (!good)
        abort();
}

static bool same(const struct sdc_buf *a, const struct sdc_buf *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static void judge(const struct sdc_report *report, const struct fake_piv *card, bool pin, bool replies_changed)
{
    must(report->checks_len > 0 && report->checks_len <= SDC_CHECKS_MAX);
    must(!report->has_guid || memcmp(report->guid, test_issuer.guid, SDC_GUID_LEN) == 0);
    must(!report->has_guid || sdc_date_compare(&report->expiry, &test_issuer.expiry) == 0);
    must(report->name[0] == '\0' || strcmp(report->name, TEST_NAME) == 0);
    must(report->portrait.len == 0 ||
         (report->portrait.len == TEST_IMAGE_LEN && memcmp(report->portrait.data, test_image, TEST_IMAGE_LEN) == 0));
    must(report->verdict != SDC_VERDICT_ACCEPT || !pin || (report->name[0] && report->portrait.len > 0));
    if (report->verdict != SDC_VERDICT_ACCEPT || replies_changed)
        return;
    for (size_t i = 0; i < FAKE_OBJECTS; i++) {
        uint32_t tag = card->objects[i].tag;
        bool read = pin || (tag != 0x5FC108 && tag != 0x5FC109);
        must(!read || same(&card->objects[i].content, &genuine.objects[i].content));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (!trust)
        init();
    struct sdc_rd r = sdc_rd_init(data, len);
    struct fake_piv card = genuine;
    struct replies replies = { .count = 0 };
    struct edit edit;
    for (size_t i = 0; i < FAKE_OBJECTS; i++) {
        card.objects[i].content = (struct sdc_buf)SDC_BUF_INIT;
        append_part(&card.objects[i].content, &genuine.objects[i].content, 0, SIZE_MAX);
    }
    uint8_t how = sdc_rd_u8(&r);
    while (read_edit(&r, &edit)) {
        if (edit.object < FAKE_OBJECTS)
            apply(&card.objects[edit.object].content, &edit);
        else if (replies.count < REPLY_EDITS)
            replies.edits[replies.count++] = edit;
    }
    card.pending = (struct sdc_buf)SDC_BUF_INIT;
    card.tamper = tamper;
    card.tamper_ctx = &replies;
    const struct sdc_verify_options options = {
        .profile = "chip", .pin = how & 1 ? TEST_PIN : NULL, .pin_len = sizeof TEST_PIN - 1, .today = test_issuer.today
    };
    struct sdc_link *link = fake_piv_link(&card, how & 2);
    struct sdc_report report;
    must(sdc_verify(link, trust, &options, &report, NULL) == SDC_OK);
    judge(&report, &card, how & 1, replies.count > 0);
    sdc_report_free(&report);
    sdc_link_close(link);
    fake_piv_free(&card);
    return 0;
}
