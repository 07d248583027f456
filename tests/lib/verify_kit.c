/* SPDX-License-Identifier: BSD-2-Clause */
#include "verify_kit.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sdc_trust *kit_trust;

void kit_init(void)
{
    test_issuer_init();
    char *folder = test_trust_folder(test_issuer.ca);
    if (sdc_trust_load(folder, &kit_trust, NULL) != SDC_OK)
        abort();
    test_trust_remove(folder);
}

void kit_verify(struct fake_piv *card, const char *pin, struct sdc_report *report)
{
    kit_verify_on(card, pin, test_issuer.today, report);
}

void kit_verify_on(struct fake_piv *card, const char *pin, struct sdc_date today, struct sdc_report *report)
{
    struct sdc_link *link = fake_piv_link(card, true);
    const struct sdc_verify_options options = {
        .profile = "chip", .pin = pin, .pin_len = pin ? strlen(pin) : 0, .today = today
    };
    struct sdc_error e = { .text = "" };
    enum sdc_status status = sdc_verify(link, kit_trust, &options, report, &e);
    ck_assert_msg(status == SDC_OK, "%s", e.text);
    ck_assert_int_eq(card->held, 0);
    ck_assert(!card->verified);
    sdc_link_close(link);
}

const struct sdc_check *kit_check(const struct sdc_report *report, const char *id)
{
    for (size_t i = 0; i < report->checks_len; i++)
        if (strcmp(report->checks[i].id, id) == 0)
            return &report->checks[i];
    ck_abort_msg("no check '%s'", id);
    return NULL;
}

void kit_print(const struct sdc_report *report)
{
    static const char *const states[] = { "passed", "FAILED", "not made" };
    for (size_t i = 0; i < report->checks_len; i++)
        printf("  %-8s %-20s %s\n", states[report->checks[i].state], report->checks[i].id, report->checks[i].why);
    printf("  verdict: %s\n", sdc_verdict_name(report->verdict));
}

void kit_assert_nothing(const struct sdc_report *report)
{
    static const uint8_t zeros[SDC_GUID_LEN];
    for (size_t i = 0; i < report->checks_len; i++)
        ck_assert_int_ne(report->checks[i].state, SDC_CHECK_PASSED);
    ck_assert(!report->has_guid && memcmp(report->guid, zeros, sizeof zeros) == 0);
    ck_assert_int_eq(report->expiry.year, 0);
    ck_assert(report->issuer[0] == '\0' && report->name[0] == '\0' && report->card_serial[0] == '\0');
    ck_assert_uint_eq(report->portrait.len, 0);
}

void kit_assert(const struct sdc_report *report, const char *what, const char *id, enum sdc_verdict verdict)
{
    if ((id && kit_check(report, id)->state != SDC_CHECK_FAILED) || report->verdict != verdict) {
        kit_print(report);
        ck_abort_msg("%s: %s with '%s' expected", what, sdc_verdict_name(verdict), id ? id : "nothing failed");
    }
    if (verdict >= SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD && verdict <= SDC_VERDICT_REJECT_CLONE)
        kit_assert_nothing(report);
}
