/* SPDX-License-Identifier: BSD-2-Clause */
#include "issue_kit.h"

#include "card_edge.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

struct sdc_error kit_error;

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    struct kit *kit = ctx;
    bool fails = kit->fail_at == 0;
    if (kit->fail_at > 0)
        kit->fail_at--;
    if (!kit->gone && (!fails || kit->fault == KIT_AFTER))
        *resp_len = card_memory_apdu(kit->card, cmd, cmd_len, resp, cap);
    if (!kit->gone && *resp_len >= 2 && resp[*resp_len - 2] == 0x63) /* 6300, 63Cx */
        kit->wrong++;
    if (kit->after && cmd_len > 4)
        kit->after(kit, cmd);
    const uint8_t tag[] = { (uint8_t)(kit->tamper >> 16), (uint8_t)(kit->tamper >> 8), (uint8_t)kit->tamper };
    if (kit->tamper && cmd_len > 1 && cmd[1] == INS_GET_DATA && memmem(cmd, cmd_len, tag, sizeof tag))
        resp[*resp_len / 2] ^= 1;
    kit->gone = kit->gone || fails || kit->card->dead;
    return kit->gone ? sdc_fail(e, SDC_E_REMOVED, "the card was pulled") : SDC_OK;
}

static enum sdc_status reset(void *ctx, struct sdc_error *e)
{
    struct kit *kit = ctx;
    if (kit->gone)
        return sdc_fail(e, SDC_E_REMOVED, "the card was pulled");
    card_memory_reset(kit->card);
    return SDC_OK;
}

void kit_open(struct kit *kit)
{
    *kit = (struct kit) { .fail_at = -1 };
    sample_batch(&kit->batch);
    kit->home = temp_station();
    kit->station = temp_station_open(kit->home);
}

void kit_close(struct kit *kit)
{
    sdc_link_close(kit->link);
    sdc_station_close(kit->station);
    sdc_batch_free(&kit->batch);
}

void kit_blank(struct card_memory *card, unsigned seed)
{
    card_memory_port(card);
    card->entropy_state = 0x5DC0000000000000u + seed; /* its serial number comes from it too */
    ck_assert(card_format(&card->port));
    card_memory_reset(card);
}

void kit_link(struct kit *kit, struct card_memory *card, long fail_at, enum kit_fault fault, bool extended)
{
    static const struct sdc_link_ops ops = { .transmit = transmit, .reset = reset };
    const uint8_t *atr;
    size_t atr_len;
    sdc_link_close(kit->link);
    card_memory_reset(card);
    kit->card = card;
    kit->fail_at = fail_at;
    kit->fault = fault;
    kit->gone = false;
    kit->wrong = 0;
    card_atr(&atr, &atr_len);
    ck_assert_int_eq(sdc_link_open_process(&ops, kit, atr, atr_len, &kit->link, NULL), SDC_OK);
    kit->link->short_only = !extended;
}

enum sdc_status kit_issue(struct kit *kit, size_t index, struct sdc_issued *issued)
{
    kit_error = (struct sdc_error) { .status = SDC_OK };
    return sdc_issue(kit->station, &kit->batch, index, kit->link, NULL, NULL, issued, &kit_error);
}

enum sdc_verdict kit_verdict(struct kit *kit, const char *pin)
{
    struct sdc_trust *trust = NULL;
    struct sdc_report report;
    const struct sdc_verify_options options = {
        .profile = "chip", .pin = pin, .pin_len = pin ? strlen(pin) : 0, .today = sdc_date_today()
    };
    ck_assert_int_eq(sdc_link_reset(kit->link, NULL), SDC_OK);
    ck_assert_int_eq(sdc_trust_load(temp_path(kit->home, "trust"), &trust, NULL), SDC_OK);
    ck_assert_int_eq(sdc_verify(kit->link, trust, &options, &report, NULL), SDC_OK);
    enum sdc_verdict verdict = report.verdict;
    for (size_t i = 0; i < report.checks_len && verdict != SDC_VERDICT_ACCEPT; i++)
        if (report.checks[i].state == SDC_CHECK_FAILED)
            printf("%s: %s\n", report.checks[i].name, report.checks[i].why);
    sdc_report_free(&report);
    sdc_trust_free(trust);
    return verdict;
}

void kit_transport(const struct sdc_issued *issued, char pin[static 9])
{
    static const char mark[] = "Transport PIN: ";
    struct sdc_buf letter = SDC_BUF_INIT;
    file_content(issued->letter, &letter);
    sdc_buf_u8(&letter, 0);
    const char *at = strstr((const char *)letter.data, mark);
    ck_assert_ptr_nonnull(at);
    memcpy(pin, at + strlen(mark), 8);
    pin[8] = '\0';
    ck_assert_uint_eq(strspn(pin, "0123456789"), 8);
    ck_assert_int_eq(at[strlen(mark) + 8], '\n');
    sdc_buf_free(&letter);
}

void kit_rename_request(struct kit *kit, size_t index, unsigned number)
{
    struct sdc_record *record = &kit->batch.records[index];
    snprintf(record->transaction_id, sizeof record->transaction_id, "11111111-2222-4333-8444-%012u", number);
    snprintf(record->a_number, sizeof record->a_number, "A%09u", number);
}
