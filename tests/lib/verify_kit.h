/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of verification share: a reader that trusts the test issuer's card CA, and a look at its report. */
#ifndef TESTS_VERIFY_KIT_H
#define TESTS_VERIFY_KIT_H

#include "test_issuer.h"

#include "sdc/verify.h"

extern struct sdc_trust *kit_trust;
void kit_init(void); /* makes issuer and trust; aborts on failure */

/* Verifies the card under profile chip, on the issuer's "today", by a fresh link. pin may be NULL. Fails the test where
 * sdc_verify itself fails. */
void kit_verify(struct fake_piv *card, const char *pin, struct sdc_report *report);
void kit_verify_on(struct fake_piv *card, const char *pin, struct sdc_date today, struct sdc_report *report);
const struct sdc_check *kit_check(const struct sdc_report *report, const char *id);
void kit_print(const struct sdc_report *report);
/* The verdict is this, and the check 'id' (may be NULL) has failed; where the card is not believed, nothing in the
 * report is. */
void kit_assert(const struct sdc_report *report, const char *what, const char *id, enum sdc_verdict verdict);
/* No tick, nothing shown. */
void kit_assert_nothing(const struct sdc_report *report);

#endif
