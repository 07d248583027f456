/* SPDX-License-Identifier: BSD-2-Clause */
/* The report: one row for each check, and the verdict made from them. */
#ifndef VERIFY_REPORT_H
#define VERIFY_REPORT_H

#include "sdc/verify.h"

/* The checks, in the order in which they are reported. */
enum vf_check {
    VF_CARD,
    VF_DOCKET_CARD,
    VF_CHUID_FORMAT,
    VF_CHUID_SIGNATURE,
    VF_ISSUER,
    VF_SIGNER_CHAIN,
    VF_SIGNER_PROFILE,
    VF_SECURITY_FORMAT,
    VF_SECURITY_SIGNATURE,
    VF_SECURITY_LIST,
    VF_HASH_CCC,
    VF_HASH_CHUID,
    VF_HASH_DISCOVERY,
    VF_HASH_HISTORY,
    VF_HASH_FACE,
    VF_HASH_PRINTED,
    VF_CCC_FORMAT,
    VF_DISCOVERY_FORMAT,
    VF_HISTORY_FORMAT,
    VF_CERT_9A_CHAIN,
    VF_CERT_9C_CHAIN,
    VF_CERT_9D_CHAIN,
    VF_CERT_9E_CHAIN,
    VF_CERT_9A_PROFILE,
    VF_CERT_9C_PROFILE,
    VF_CERT_9D_PROFILE,
    VF_CERT_9E_PROFILE,
    VF_KEYS_DIFFER,
    VF_GUID,
    VF_CARD_DATES,
    VF_CERT_DATES,
    VF_KEY_9E,
    VF_HANDED_OVER,
    VF_PIN_TRIES,
    VF_PIN,
    VF_FACE_FORMAT,
    VF_FACE_SIGNATURE,
    VF_FACE_DATES,
    VF_PRINTED_FORMAT,
    VF_KEY_9A,
    VF_STATUS,
    VF_CHECK_COUNT
};

/* One check: constant id for scripts, name in words, and the verdict that applies where it fails. */
struct vf_check_row {
    const char *id, *name;
    enum sdc_verdict verdict;
};
extern const struct vf_check_row vf_checks[VF_CHECK_COUNT];

/* Set of checks. */
#define VF_BIT(check) (UINT64_C(1) << (check))

/* Every check "not made: not reached". */
void vf_report_init(struct sdc_report *report);
/* A failed check stays failed, whatever comes later; the first reason stays. */
void vf_pass(struct sdc_report *report, enum vf_check check);
void vf_fail(struct sdc_report *report, enum vf_check check, const char *format, ...) SDC_PRINTF(3, 4);
void vf_skip(struct sdc_report *report, enum vf_check check, const char *format, ...) SDC_PRINTF(3, 4);
/* why NULL: passed. Otherwise failed: "SUBJECT WHY" (subject may be ""). */
void vf_result(struct sdc_report *report, enum vf_check check, const char *subject, const char *why);
bool vf_passed(const struct sdc_report *report, enum vf_check check);
/* Is any check failed that says that card or data aren't genuine (REJECT_NOT_A_DOCKET_CARD to REJECT_CLONE)? Then
 * nothing on the card may be believed. */
bool vf_disbelieved(const struct sdc_report *report);
/* The verdict: the first class in the order of enum sdc_verdict of all failed checks; REFER where a required check was
 * not made. Then, where the card is disbelieved, no check keeps its tick, and there and with RETRY what was read is
 * wiped. */
void vf_report_close(struct sdc_report *report, uint64_t required);

#endif
