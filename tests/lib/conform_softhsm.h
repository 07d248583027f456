/* SPDX-License-Identifier: BSD-2-Clause */
/* SoftHSM2 as control of the conformance tables: that they ask what PKCS#11 says and not what our module happens to do.
 */
#ifndef TESTS_CONFORM_SOFTHSM_H
#define TESTS_CONFORM_SOFTHSM_H

#include "conform.h"

/* Makes a token with the objects that the tables use in the first slot, and sets slot and differences. Ends the program
 * where that fails. SOFTHSM2_CONF names an empty token folder. */
void softhsm_prepare(struct conform *c);

#endif
