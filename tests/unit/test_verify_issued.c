/* SPDX-License-Identifier: BSD-2-Clause */
/* The product against itself: a card issued by sdc_issue onto the card core, verified, and verified with any one bit
 * of any of its objects changed on the way. */
#include "suite.h"
#include "memory_link.h"
#include "temp_station.h"

#include "card_edge.h"
#include "sdc/issue.h"
#include "sdc/tlv.h"
#include "sdc/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIN "24681012"

/* A link to the card behind another link that changes one bit of one object's content. */
struct wire {
    struct sdc_link *card;
    uint32_t object; /* 0 = none */
    size_t bit;
};

static bool asks_for(const uint8_t *cmd, size_t cmd_len, uint32_t object)
{
    struct sdc_rd r = sdc_rd_init(cmd, cmd_len);
    sdc_rd_skip(&r, 1);
    if (sdc_rd_u8(&r) != INS_GET_DATA)
        return false;
    sdc_rd_skip(&r, 5); /* P1 P2, extended Lc */
    struct sdc_rd id = sdc_tlv_take(&r, TAG_OBJECT_ID);
    uint32_t tag = 0;
    while (id.left > 0)
        tag = tag << 8 | sdc_rd_u8(&id);
    return tag == object;
}

static void change(uint8_t *resp, size_t len, const struct wire *wire)
{
    struct sdc_rd r = sdc_rd_init(resp, len);
    uint32_t tag;
    size_t content = len - 2; /* Discovery: all of it */
    if (wire->object != OBJ_DISCOVERY)
        ck_assert(sdc_tlv_open(&r, &tag, &content));
    size_t at = len - 2 - content + wire->bit / 8 % content;
    resp[at] ^= (uint8_t)(0x80U >> wire->bit % 8);
}

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    const struct wire *wire = ctx;
    enum sdc_status status = wire->card->ops->transmit(wire->card->ctx, cmd, cmd_len, resp, cap, resp_len, e);
    if (status == SDC_OK && wire->object && asks_for(cmd, cmd_len, wire->object))
        change(resp, *resp_len, wire);
    return status;
}

struct issued {
    struct card_memory *memory;
    struct wire wire;
    struct sdc_link *link;
    struct sdc_trust *trust;
    struct sdc_record record; /* what was asked for; owned by the batch */
    struct sdc_batch batch;
};

/* "Transport PIN: DIGITS" in the letter. */
static void hand_over(struct issued *i, struct sdc_station *station, const char *letter_path)
{
    static const char label[] = "Transport PIN: ";
    struct sdc_error e = { .text = "" };
    struct sdc_buf letter = SDC_BUF_INIT;
    file_content(letter_path, &letter);
    sdc_buf_u8(&letter, 0);
    const char *digits = strstr((const char *)letter.data, label);
    ck_assert_ptr_nonnull(digits);
    digits += sizeof label - 1;
    ck_assert_msg(sdc_handover(station, i->wire.card, digits, strspn(digits, "0123456789"), PIN, sizeof PIN - 1, &e) ==
                      SDC_OK,
                  "%s", e.text);
    sdc_buf_free(&letter);
}

static void issue(struct issued *i)
{
    static const struct sdc_link_ops ops = { .transmit = transmit };
    struct sdc_error e = { .text = "" };
    struct sdc_issued result;
    const char *home = temp_station();
    struct sdc_station *station = temp_station_open(home);
    memset(i, 0, sizeof *i);
    i->memory = calloc(1, sizeof *i->memory);
    ck_assert_ptr_nonnull(i->memory);
    card_memory_init(i->memory);
    i->wire.card = memory_link_open(i->memory);
    sample_batch(&i->batch);
    i->record = i->batch.records[0];
    ck_assert_msg(sdc_issue(station, &i->batch, 0, i->wire.card, NULL, NULL, &result, &e) == SDC_OK, "%s", e.text);
    hand_over(i, station, result.letter);
    sdc_station_close(station);
    ck_assert_msg(sdc_trust_load(temp_path(home, "trust"), &i->trust, &e) == SDC_OK, "%s", e.text);
    ck_assert_int_eq(sdc_link_open_process(&ops, &i->wire, i->wire.card->atr, i->wire.card->atr_len, &i->link, &e),
                     SDC_OK);
}

static void finish(struct issued *i)
{
    sdc_link_close(i->link);
    sdc_link_close(i->wire.card);
    sdc_trust_free(i->trust);
    sdc_batch_free(&i->batch);
    free(i->memory);
}

static void verify(struct issued *i, const char *pin, struct sdc_report *report)
{
    const struct sdc_verify_options options = { "chip", pin, sizeof PIN - 1, sdc_date_today() };
    struct sdc_error e = { .text = "" };
    ck_assert_msg(sdc_verify(i->link, i->trust, &options, report, &e) == SDC_OK, "%s", e.text);
}

static void assert_accepted(struct issued *i)
{
    struct sdc_report report;
    verify(i, NULL, &report);
    ck_assert_str_eq(sdc_verdict_name(report.verdict), "ACCEPT");
    ck_assert(report.has_guid && report.name[0] == '\0');
    ck_assert_int_eq(sdc_date_compare(&report.expiry, &i->record.card.valid_until), 0);
    sdc_report_free(&report);
    verify(i, PIN, &report);
    ck_assert_str_eq(sdc_verdict_name(report.verdict), "ACCEPT");
    ck_assert_ptr_nonnull(strstr(report.name, i->record.surname));
    ck_assert_uint_ge(report.portrait.len, 8192);
    sdc_report_free(&report);
}

START_TEST(any_bit_of_an_issued_card)
{
    static const uint32_t objects[] = { OBJ_CHUID,       OBJ_SECURITY, OBJ_CCC,     OBJ_DISCOVERY,
                                        OBJ_KEY_HISTORY, OBJ_CERT_9A,  OBJ_CERT_9C, OBJ_CERT_9D,
                                        OBJ_CERT_9E,     OBJ_FACE,     OBJ_PRINTED };
    enum { OBJECTS = sizeof objects / sizeof objects[0], BITS = 500 };
    struct issued i;
    struct sdc_report report;
    issue(&i);
    assert_accepted(&i);
    srand(1125);
    for (int n = 0; n < BITS; n++) {
        i.wire.object = objects[n % OBJECTS];
        i.wire.bit = (size_t)rand();
        verify(&i, PIN, &report);
        ck_assert_msg(report.verdict >= SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD &&
                          report.verdict <= SDC_VERDICT_REJECT_CLONE,
                      "object %X, bit %zu: %s", (unsigned)i.wire.object, i.wire.bit, sdc_verdict_name(report.verdict));
        ck_assert(!report.has_guid && report.name[0] == '\0' && report.portrait.len == 0);
        sdc_report_free(&report);
    }
    i.wire.object = 0;
    assert_accepted(&i);
    finish(&i);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { any_bit_of_an_issued_card, 0 },
    };
    return suite_run("verify: an issued card", tests, sizeof tests / sizeof tests[0]);
}
