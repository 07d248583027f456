/* SPDX-License-Identifier: BSD-2-Clause */
/* The PIN letter: a text file, mode 0600, with the transport PIN, in English and in the holder's language. It names no
 * person: the document number tells which card it belongs to. */
#ifndef ISSUE_LETTER_H
#define ISSUE_LETTER_H

#include "sdc/bytes.h"

#define LETTER_PATH_MAX 4096

struct letter {
    const char *guid, *document_number;
    const char *language; /* of the record: en, es, pt, ht, fr */
    const char *transport;
    size_t transport_len;
};

/* HOME/letters/GUID.txt */
enum sdc_status letter_path(const char *home, const char *guid, char path[static LETTER_PATH_MAX],
                            struct sdc_error *e) SDC_WARN_UNUSED;
/* Writes it, in place of an earlier one for this card. */
enum sdc_status letter_write(const char *home, const struct letter *letter, char path[static LETTER_PATH_MAX],
                             struct sdc_error *e) SDC_WARN_UNUSED;
/* Removes the letter of a card that was given up; none is fine. */
void letter_remove(const char *home, const char *guid);

#endif
