/* SPDX-License-Identifier: BSD-2-Clause */
/* Machine readable zone TD1: three lines of 30 (ICAO 9303-3 4.9, 9303-5 4.2), with transliteration (9303-3 section 6)
 * and truncation of names. */
#ifndef SDC_MRZ_H
#define SDC_MRZ_H

#include "record.h"

#define SDC_MRZ_LINE     30
#define SDC_MRZ_NAME_MAX (2 * SDC_NAME_MAX) /* characters that a name of a record can become */

/* Transliterates a UTF-8 name for the MRZ: A-Z and one '<' between its parts, without truncation, into out ("" where
 * nothing is left). False where a character has no rule (digits; other scripts, which need a Latin name given), the
 * text isn't UTF-8, or out is too small. Latin letters that 9303-3 6 A doesn't list become their base letter. */
bool sdc_mrz_name(const char *utf8, char *out, size_t cap);
/* Check digit 7-3-1 (9303-3 4.9) over len characters A-Z 0-9 '<'; returns '0' to '9', or 0 for another character. */
char sdc_mrz_check_digit(const char *text, size_t len);
/* Three lines, each NUL-terminated. document_number: nine characters. Document code I<, issuer USA, optional data
 * empty. SDC_E_INPUT where a name can't be transliterated. */
enum sdc_status sdc_mrz_td1(const struct sdc_record *record, const char *document_number, const struct sdc_date *expiry,
                            char lines[static 3][SDC_MRZ_LINE + 1], struct sdc_error *e) SDC_WARN_UNUSED;

/* What PACE takes of an MRZ, NUL-terminated, from text: the same 24 characters, or document number, date of birth and
 * date of expiry (YYMMDD) with spaces between and no check digits. False where it is neither, or a check digit is
 * wrong.
 */
#define SDC_MRZ_INFORMATION 24
bool sdc_mrz_information(const char *text, char out[static SDC_MRZ_INFORMATION + 1]);

#endif
