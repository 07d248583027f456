/* SPDX-License-Identifier: BSD-2-Clause */
/* The issuer's signing keys: which there are, until when they sign, and their successors. What each key signs and how
 * long stands in tables of host/issue (pki.c, cvca.c). Cards that an old key signed stay valid and can be updated: its
 * certificate stays in trust/. */
#ifndef SDC_PKI_H
#define SDC_PKI_H

#include "station.h"

struct sdc_pki_key {
    char name[32];       /* "ds": what sdc_pki_roll takes */
    char what[48];       /* in words */
    unsigned generation; /* how many there have been */
    char file[48];       /* its certificate, below the station's folder; "" for the document verifier, whose
                            certificates are made with those of terminals */
    struct sdc_date from, sign_until, until; /* the certificate's; it signs until sign_until. Zeros without one. */
};
#define SDC_PKI_KEYS 6

/* The newest of each kind, in the order of the table: csca, ds, card-ca, content-signer, cvca, dv. */
enum sdc_status sdc_pki_list(struct sdc_station *station, struct sdc_pki_key keys[static SDC_PKI_KEYS],
                             struct sdc_error *e) SDC_WARN_UNUSED;

/* Makes the next key of this kind, with its certificate, and uses it from now on; a CA's also those of the signer that
 * it certifies. Terminals of this station get new certificates by sdc_terminal_grant. Either all of it is done or
 * nothing: interrupted, the same call takes the keys that were made. SDC_E_USAGE: no such kind; SDC_E_CONFLICT: another
 * issuer's certificate stands under the new one's name, or another process is rolling. */
enum sdc_status sdc_pki_roll(struct sdc_station *station, const char *name, struct sdc_error *e) SDC_WARN_UNUSED;

struct sdc_pki_exported {
    char file[256];       /* name below the folder */
    char fingerprint[65]; /* SHA-256 of the certificate, hex: what sdc_trust_add takes */
};
/* Writes every certificate that a reader needs from the station's trust folder into a folder that is missing or empty
 * (SDC_E_CONFLICT), by the same names, and nothing else: no key is near, and the token isn't opened. *count of 'cap'
 * rows are filled. SDC_E_INPUT: there is none, or more than cap, or a file that holds none. */
enum sdc_status sdc_pki_export(const char *home, const char *folder, struct sdc_pki_exported *out, size_t cap,
                               size_t *count, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
