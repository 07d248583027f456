/* SPDX-License-Identifier: BSD-2-Clause */
/* Verification: everything a reader can check on a card, one report, one verdict. The card is hostile input. */
#ifndef SDC_VERIFY_H
#define SDC_VERIFY_H

#include "codes.h"
#include "link.h"
#include "piv.h"

/* What a reader trusts: CSCA and card CA certificates, from a folder of PEM files (csca*.pem, card-ca*.pem),
 * self-signed CA certificates all. Document signers (ds-*.pem) lie beside them; each is judged by its CSCA when it is
 * used. SDC_E_INPUT: no folder, no card CA, or a file of that name that is anything else.
 * Nothing but this folder is trusted: no default folders of the crypto library, no network. Free with sdc_trust_free.
 */
struct sdc_trust;
enum sdc_status sdc_trust_load(const char *folder, struct sdc_trust **trust, struct sdc_error *e) SDC_WARN_UNUSED;
void sdc_trust_free(struct sdc_trust *trust);

/* In the order in which the first that applies is the verdict (spec/issuance, "Verification"). */
enum sdc_verdict {
    SDC_VERDICT_RETRY,
    SDC_VERDICT_PIN_WRONG,
    SDC_VERDICT_PIN_BLOCKED,
    SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD,
    SDC_VERDICT_REJECT_SIGNATURE,
    SDC_VERDICT_REJECT_UNKNOWN_ISSUER,
    SDC_VERDICT_REJECT_CLONE,
    SDC_VERDICT_REJECT_CANCELLED,
    SDC_VERDICT_REJECT_SUSPENDED,
    SDC_VERDICT_REJECT_EXPIRED,
    SDC_VERDICT_REFER,
    SDC_VERDICT_ACCEPT_STALE,
    SDC_VERDICT_ACCEPT
};
const char *sdc_verdict_name(enum sdc_verdict verdict); /* "REJECT_CLONE" */
int sdc_verdict_exit(enum sdc_verdict verdict);         /* 0 accept, 10 refer or stale, 20 reject, 30 retry or PIN */

enum sdc_check_state { SDC_CHECK_PASSED, SDC_CHECK_FAILED, SDC_CHECK_NOT_MADE };
struct sdc_check {
    const char *id;   /* constant, for scripts: "chuid-signature", "key-9e" … */
    const char *name; /* constant, in words */
    enum sdc_check_state state;
    char why[160]; /* why it failed or was not made; "" where passed */
};
#define SDC_CHECKS_MAX 48

struct sdc_report {
    enum sdc_verdict verdict;
    struct sdc_check checks[SDC_CHECKS_MAX];
    size_t checks_len;
    int tries; /* PIN tries left with PIN_WRONG, else -1 */
    /* Only what a verified signature covers is here; zero or empty otherwise, and always with RETRY and where a check
     * failed that says that card or data aren't genuine. */
    bool has_guid;
    uint8_t guid[SDC_GUID_LEN];
    struct sdc_date expiry;
    char issuer[128]; /* organisation (else common name) in the card CA's certificate */
    char name[128],
        card_serial[32];     /* printed information with PIN: holder's name, card serial (not the number in print) */
    struct sdc_buf portrait; /* JPEG 2000, with PIN */
};

bool sdc_profile_known(const char *name);

struct sdc_verify_options {
    const char *profile; /* "chip" */
    const char *pin;     /* NULL: what needs it is "not made" */
    size_t pin_len;
    struct sdc_date today; /* UTC. Cards and certificates are valid on their first and last day as a whole */
};
/* Runs the profile's checks, in an exclusive use of the card that it begins and ends itself. The status tells of the
 * host alone (SDC_E_USAGE for an unknown profile, SDC_E_NO_MEMORY, SDC_E_CANCELLED …; then the report holds nothing);
 * whatever the card does ends in the report, which has every check, made or not. Once a check says that card or data
 * aren't genuine, nothing more is asked of the card and no check in the report is "passed". A PIN is shown only to a
 * card whose free data and key 9E are genuine, and tried once; a malformed one isn't sent (PIN_WRONG, no try lost).
 * While the transport PIN stands, what needs the PIN is not made; with a PIN given that is REFER. The card is left
 * logged out. RETRY three times in a row is a REFER: counting is the caller's. Free the report with sdc_report_free in
 * any case (wipes). */
enum sdc_status sdc_verify(struct sdc_link *link, const struct sdc_trust *trust,
                           const struct sdc_verify_options *options, struct sdc_report *report,
                           struct sdc_error *e) SDC_WARN_UNUSED;
void sdc_report_free(struct sdc_report *report);

#endif
