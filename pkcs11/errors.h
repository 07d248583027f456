/* SPDX-License-Identifier: BSD-2-Clause */
/* The one table from libsdc's errors to CK_RV. */
#ifndef P11_ERRORS_H
#define P11_ERRORS_H

#include "cryptoki.h"
#include "sdc/err.h"

/* What the failed call was about: the same error reads differently. */
enum p11_about {
    P11_ABOUT_OPERATION, /* a function of a session */
    P11_ABOUT_SLOT,      /* a function of a slot: a card that is gone was never there */
    P11_ABOUT_PIN,       /* VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER */
};

/* CKR_OK for SDC_OK. */
CK_RV p11_rv(const struct sdc_error *e, enum p11_about about);

/* True where the error says that the card isn't there any more (or never was). */
int p11_is_gone(enum sdc_status status);

#endif
