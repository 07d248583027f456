/* SPDX-License-Identifier: BSD-2-Clause */
/* The Federal Agency Smart Credential Number: the same on every card, so that it identifies none (SP 800-73-4 part 1
 * 3.1.2: non-federal issuers use agency and system 9999, credential 999999, person zeros). */
#ifndef ISSUE_FASCN_H
#define ISSUE_FASCN_H

#include <stdint.h>

#define FASCN_LEN 25

/* 40 characters of five bits (Technical Implementation Guidance SCEPACS 2.3, 6.1): four bits of a digit, least
 * significant first, then odd parity; the last character makes each of the four bit columns even (LRC). */
void fascn_encode(uint8_t out[static FASCN_LEN]);
/* The same for other fields: 39 characters, digits and S (start), F (separator), E (end), without the LRC. */
void fascn_encode_fields(const char *fields, uint8_t out[static FASCN_LEN]);

#endif
