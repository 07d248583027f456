/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct vf_check_row vf_checks[VF_CHECK_COUNT] = {
    [VF_CARD] = { "card", "the card answers", SDC_VERDICT_RETRY },
    [VF_DOCKET_CARD] = { "docket-card", "PIV card with this kind of issuer's mark",
                         SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD },
    [VF_CHUID_FORMAT] = { "chuid-format", "card identifier (CHUID) well formed", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_CHUID_SIGNATURE] = { "chuid-signature", "card identifier signed", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_ISSUER] = { "issuer", "issued under a trusted card CA", SDC_VERDICT_REJECT_UNKNOWN_ISSUER },
    [VF_SIGNER_CHAIN] = { "signer-chain", "content signer certified by the card CA", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_SIGNER_PROFILE] = { "signer-profile", "content signer may sign card content", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_SECURITY_FORMAT] = { "security-format", "security object well formed", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_SECURITY_SIGNATURE] = { "security-signature", "security object signed", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_SECURITY_LIST] = { "security-list", "security object lists every object", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_HASH_CCC] = { "hash-ccc", "card capabilities unchanged", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_HASH_CHUID] = { "hash-chuid", "card identifier unchanged", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_HASH_DISCOVERY] = { "hash-discovery", "discovery object unchanged", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_HASH_HISTORY] = { "hash-history", "key history unchanged", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_HASH_FACE] = { "hash-face", "face unchanged", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_HASH_PRINTED] = { "hash-printed", "printed information unchanged", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_CCC_FORMAT] = { "ccc-format", "card capabilities well formed", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_DISCOVERY_FORMAT] = { "discovery-format", "discovery object well formed", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_HISTORY_FORMAT] = { "history-format", "key history well formed", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_CERT_9A_CHAIN] = { "cert-9a", "certificate 9A signed by the card CA", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_CERT_9C_CHAIN] = { "cert-9c", "certificate 9C signed by the card CA", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_CERT_9D_CHAIN] = { "cert-9d", "certificate 9D signed by the card CA", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_CERT_9E_CHAIN] = { "cert-9e", "certificate 9E signed by the card CA", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_CERT_9A_PROFILE] = { "cert-9a-profile", "certificate 9A is for authentication", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_CERT_9C_PROFILE] = { "cert-9c-profile", "certificate 9C is for signatures", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_CERT_9D_PROFILE] = { "cert-9d-profile", "certificate 9D is for key management", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_CERT_9E_PROFILE] = { "cert-9e-profile", "certificate 9E is for card authentication",
                             SDC_VERDICT_REJECT_SIGNATURE },
    [VF_KEYS_DIFFER] = { "keys-differ", "four different keys", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_GUID] = { "guid", "the same GUID everywhere", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_CARD_DATES] = { "card-date", "the card has not expired", SDC_VERDICT_REJECT_EXPIRED },
    [VF_CERT_DATES] = { "cert-dates", "certificates valid today", SDC_VERDICT_REJECT_EXPIRED },
    [VF_KEY_9E] = { "key-9e", "the chip holds the certified key 9E", SDC_VERDICT_REJECT_CLONE },
    [VF_HANDED_OVER] = { "handed-over", "the holder has set the PIN", SDC_VERDICT_REFER },
    [VF_PIN_TRIES] = { "pin-tries", "the PIN is not blocked", SDC_VERDICT_PIN_BLOCKED },
    [VF_PIN] = { "pin", "the holder's PIN is right", SDC_VERDICT_PIN_WRONG },
    [VF_FACE_FORMAT] = { "face-format", "face well formed", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_FACE_SIGNATURE] = { "face-signature", "face signed for this card", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_FACE_DATES] = { "face-dates", "face valid today", SDC_VERDICT_REJECT_EXPIRED },
    [VF_PRINTED_FORMAT] = { "printed-format", "printed information well formed", SDC_VERDICT_REJECT_SIGNATURE },
    [VF_KEY_9A] = { "key-9a", "the chip holds the certified key 9A", SDC_VERDICT_REJECT_CLONE },
    [VF_STATUS] = { "status", "not cancelled, not suspended", SDC_VERDICT_REJECT_CANCELLED },
};

_Static_assert(VF_CHECK_COUNT <= SDC_CHECKS_MAX, "a report has room for every check");
_Static_assert(VF_CHECK_COUNT <= 64, "a set of checks is one word");

void vf_report_init(struct sdc_report *report)
{
    *report = (struct sdc_report) { .verdict = SDC_VERDICT_REFER, .tries = -1, .checks_len = VF_CHECK_COUNT };
    for (size_t i = 0; i < VF_CHECK_COUNT; i++)
        report->checks[i] = (struct sdc_check) {
            .id = vf_checks[i].id, .name = vf_checks[i].name, .state = SDC_CHECK_NOT_MADE, .why = "not reached"
        };
}

static void set(struct sdc_check *check, enum sdc_check_state state, const char *format, va_list args) SDC_PRINTF(3, 0);
static void set(struct sdc_check *check, enum sdc_check_state state, const char *format, va_list args)
{
    if (check->state == SDC_CHECK_FAILED)
        return;
    check->state = state;
    vsnprintf(check->why, sizeof check->why, format, args);
}

void vf_pass(struct sdc_report *report, enum vf_check check)
{
    struct sdc_check *row = &report->checks[check];
    if (row->state == SDC_CHECK_FAILED)
        return;
    row->state = SDC_CHECK_PASSED;
    row->why[0] = '\0';
}

void vf_fail(struct sdc_report *report, enum vf_check check, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set(&report->checks[check], SDC_CHECK_FAILED, format, args);
    va_end(args);
}

void vf_skip(struct sdc_report *report, enum vf_check check, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set(&report->checks[check], SDC_CHECK_NOT_MADE, format, args);
    va_end(args);
}

void vf_result(struct sdc_report *report, enum vf_check check, const char *subject, const char *why)
{
    if (why)
        vf_fail(report, check, "%s%s%s", subject, subject[0] ? " " : "", why);
    else
        vf_pass(report, check);
}

bool vf_passed(const struct sdc_report *report, enum vf_check check)
{
    return report->checks[check].state == SDC_CHECK_PASSED;
}

/* The failed check that makes the card unbelievable, VF_CHECK_COUNT where there is none. */
static enum vf_check first_disbelief(const struct sdc_report *report)
{
    enum vf_check first = VF_CHECK_COUNT;
    for (enum vf_check i = 0; i < VF_CHECK_COUNT; i++) {
        enum sdc_verdict verdict = vf_checks[i].verdict;
        if (report->checks[i].state == SDC_CHECK_FAILED && verdict >= SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD &&
            verdict <= SDC_VERDICT_REJECT_CLONE && (first == VF_CHECK_COUNT || verdict < vf_checks[first].verdict))
            first = i;
    }
    return first;
}

bool vf_disbelieved(const struct sdc_report *report)
{
    return first_disbelief(report) != VF_CHECK_COUNT;
}

static void wipe_shown(struct sdc_report *report)
{
    report->has_guid = false;
    sdc_wipe(report->guid, sizeof report->guid);
    report->expiry = (struct sdc_date) { 0, 0, 0 };
    sdc_wipe(report->issuer, sizeof report->issuer);
    sdc_wipe(report->name, sizeof report->name);
    sdc_wipe(report->card_serial, sizeof report->card_serial);
    sdc_buf_free(&report->portrait);
}

void vf_report_close(struct sdc_report *report, uint64_t required)
{
    enum sdc_verdict verdict = SDC_VERDICT_ACCEPT;
    for (enum vf_check i = 0; i < VF_CHECK_COUNT; i++) {
        enum sdc_check_state state = report->checks[i].state;
        enum sdc_verdict applies = SDC_VERDICT_ACCEPT;
        if (state == SDC_CHECK_FAILED)
            applies = vf_checks[i].verdict;
        else if (state == SDC_CHECK_NOT_MADE && (required & VF_BIT(i)))
            applies = SDC_VERDICT_REFER;
        if (applies < verdict)
            verdict = applies;
    }
    report->verdict = verdict;
    if (verdict != SDC_VERDICT_PIN_WRONG)
        report->tries = -1;
    enum vf_check disbelief = first_disbelief(report);
    for (enum vf_check i = 0; disbelief != VF_CHECK_COUNT && i < VF_CHECK_COUNT; i++)
        if (vf_passed(report, i))
            vf_skip(report, i, "counts for nothing: %s failed", vf_checks[disbelief].id);
    if (disbelief != VF_CHECK_COUNT || verdict == SDC_VERDICT_RETRY)
        wipe_shown(report);
}

void sdc_report_free(struct sdc_report *report)
{
    if (!report)
        return;
    wipe_shown(report);
    sdc_wipe(report, sizeof *report);
}

/* ---- verdicts ---- */

static const struct {
    const char *name;
    int exit;
} verdicts[] = {
    [SDC_VERDICT_RETRY] = { "RETRY", 30 },
    [SDC_VERDICT_PIN_WRONG] = { "PIN_WRONG", 30 },
    [SDC_VERDICT_PIN_BLOCKED] = { "PIN_BLOCKED", 30 },
    [SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD] = { "REJECT_NOT_A_DOCKET_CARD", 20 },
    [SDC_VERDICT_REJECT_SIGNATURE] = { "REJECT_SIGNATURE", 20 },
    [SDC_VERDICT_REJECT_UNKNOWN_ISSUER] = { "REJECT_UNKNOWN_ISSUER", 20 },
    [SDC_VERDICT_REJECT_CLONE] = { "REJECT_CLONE", 20 },
    [SDC_VERDICT_REJECT_CANCELLED] = { "REJECT_CANCELLED", 20 },
    [SDC_VERDICT_REJECT_SUSPENDED] = { "REJECT_SUSPENDED", 20 },
    [SDC_VERDICT_REJECT_EXPIRED] = { "REJECT_EXPIRED", 20 },
    [SDC_VERDICT_REFER] = { "REFER", 10 },
    [SDC_VERDICT_ACCEPT_STALE] = { "ACCEPT_STALE", 10 },
    [SDC_VERDICT_ACCEPT] = { "ACCEPT", 0 },
};

const char *sdc_verdict_name(enum sdc_verdict verdict)
{
    return (size_t)verdict < sizeof verdicts / sizeof verdicts[0] ? verdicts[verdict].name : "UNKNOWN";
}

int sdc_verdict_exit(enum sdc_verdict verdict)
{
    return (size_t)verdict < sizeof verdicts / sizeof verdicts[0] ? verdicts[verdict].exit : 70;
}
