/* SPDX-License-Identifier: BSD-2-Clause */
/* Terminals: readers that prove to a card what they may read (BSI TR-03110 part 3, 2). A terminal's key is made in the
 * token of its own station and never leaves it; request and certificates are files, so that the issuer may be offline.
 * The issuer's station has the CVCA (trust/cvca-*.cvc) and signs for a document verifier of its own, whose certificate
 * lives 30 days at most and is renewed whenever a terminal's is. In a station:
 *
 *   trust/cvca-*.cvc          the CVCA certificates that this station trusts
 *   terminals/NAME.request    what the terminal asks a certificate for
 *   terminals/NAME.chain      its certificates one behind the other: links of the CVCA, where it was rolled, document
 *                             verifier, terminal
 */
#ifndef SDC_TERMINAL_H
#define SDC_TERMINAL_H

#include "eac.h"
#include "station.h"

#define SDC_TERMINAL_NAME_MAX 9 /* a-z 0-9 */

/* What kinds of terminals there are. */
struct sdc_terminal_profile {
    const char *name; /* "officer" */
    uint64_t rights;  /* CHAT */
    int days;         /* of validity, at most */
    const char *what; /* in words */
};
extern const struct sdc_terminal_profile sdc_terminal_profiles[];
extern const size_t sdc_terminal_profiles_len;
/* By name; NULL where there is none. */
const struct sdc_terminal_profile *sdc_terminal_profile(const char *name);

/* Makes the terminal's key in the station's token where it isn't there, and its request, which is kept under
 * terminals/ and appended to out. SDC_E_USAGE: not a name. */
enum sdc_status sdc_terminal_request(struct sdc_station *station, const char *name, struct sdc_buf *out,
                                     struct sdc_error *e) SDC_WARN_UNUSED;
/* The issuer's side: checks the request (its holder has the private key) and appends a chain for it, from today on:
 * links of the CVCA, a fresh document verifier's certificate and the terminal's. 'name' (SDC_TERMINAL_NAME_MAX + 1
 * bytes) gets the terminal's name. SDC_E_INPUT: no request of ours, or no CVCA here. */
enum sdc_status sdc_terminal_grant(struct sdc_station *station, struct sdc_rd request,
                                   const struct sdc_terminal_profile *profile, struct sdc_buf *chain, char *name,
                                   struct sdc_error *e) SDC_WARN_UNUSED;
/* Takes a chain in: every signature, up to a CVCA certificate that this station trusts, dates, and that the token has
 * the terminal's key. SDC_E_SIGNATURE where it isn't so; the chain held before stays then. */
enum sdc_status sdc_terminal_install(struct sdc_station *station, struct sdc_rd chain, char *name,
                                     struct sdc_error *e) SDC_WARN_UNUSED;

struct sdc_terminal_info {
    char name[SDC_TERMINAL_NAME_MAX + 1];
    bool installed; /* it has certificates; otherwise it only asked */
    uint64_t rights;
    struct sdc_date effective, expiry; /* of the terminal's certificate, cut to the document verifier's */
    char cvca[SDC_CVC_REF_MAX + 1];    /* reference of the CVCA's key that the certificates come from */
};
/* A quarter of its time or less is left (an officer's last day, a benefit office's last week), or none. */
bool sdc_terminal_ends_soon(const struct sdc_terminal_info *info, const struct sdc_date *today);
/* The terminals of a station in order of name, at most cap; *count is how many there are. */
enum sdc_status sdc_terminal_list(struct sdc_station *station, struct sdc_terminal_info *infos, size_t cap,
                                  size_t *count, struct sdc_error *e) SDC_WARN_UNUSED;

/* A terminal ready for use: certificates and the key behind the signer. SDC_E_INPUT: none of that name is installed,
 * or its time is over. The station must live as long. */
struct sdc_terminal_use;
enum sdc_status sdc_terminal_open(struct sdc_station *station, const char *name, struct sdc_terminal_use **use,
                                  struct sdc_error *e) SDC_WARN_UNUSED;
const struct sdc_terminal *sdc_terminal_of(const struct sdc_terminal_use *use);
uint64_t sdc_terminal_rights(const struct sdc_terminal_use *use);
void sdc_terminal_close(struct sdc_terminal_use *use); /* NULL is fine */

/* First trust: takes a CSCA or card CA certificate (PEM), or a CVCA certificate, into the station's trust folder where
 * its SHA-256 (of the DER, hex, colons and spaces allowed) is this one. A link certificate needs no fingerprint (NULL)
 * where a CVCA certificate that is trusted signed it. *what (64 bytes) gets a word on what it was. SDC_E_SIGNATURE:
 * another fingerprint; SDC_E_INPUT: nothing that can be trusted so; SDC_E_CONFLICT: there already. */
enum sdc_status sdc_trust_add(const char *home, const char *path, const char *fingerprint, char *what,
                              struct sdc_error *e) SDC_WARN_UNUSED;

#endif
