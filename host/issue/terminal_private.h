/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of the token that sign CV certificates, and the files of terminals. */
#ifndef ISSUE_TERMINAL_PRIVATE_H
#define ISSUE_TERMINAL_PRIVATE_H

#include "station_state.h"

#include "sdc/terminal.h"

#define TERMINAL_FOLDER    "terminals"
#define TERMINAL_FILE_MAX  4096
#define TERMINAL_CVCA_KEY  "cvca-1" /* the first; then cvca-2 */
#define TERMINAL_DV_KEY    "dv-1"
#define TERMINAL_CVCA_FILE STATION_TRUST "/cvca-1.cvc"

/* A private key of the token as a signer: r || s. The key must live as long. */
struct sdc_cvc_signer terminal_signer(EVP_PKEY *key);
/* Its public point. SDC_E_CRYPTO */
enum sdc_status terminal_point(EVP_PKEY *key, uint8_t point[static SDC_P256_POINT_LEN],
                               struct sdc_error *e) SDC_WARN_UNUSED;
/* The CVCA certificates that a station trusts, trust/cvca-1.cvc and on, in the order in which they came. */
struct anchors {
    struct sdc_buf bytes[SDC_TERMINAL_CHAIN_MAX];
    struct sdc_cvc cvc[SDC_TERMINAL_CHAIN_MAX];
    size_t count;
};
/* A file that is there and can't be read is an error: nothing takes its place. Free them in any case. */
enum sdc_status anchors_load(const char *home, struct anchors *anchors, struct sdc_error *e) SDC_WARN_UNUSED;
void anchors_free(struct anchors *anchors);
/* Keeps one more. SDC_E_CONFLICT: there are too many. */
enum sdc_status anchors_add(const char *home, const struct anchors *anchors, const struct sdc_buf *certificate,
                            struct sdc_error *e) SDC_WARN_UNUSED;

/* The newest CVCA of the station's own: its key in the token and where its certificate stands among the anchors. */
struct cvca {
    EVP_PKEY *key;
    unsigned generation; /* cvca-N */
    struct anchors anchors;
    size_t own;
};
/* SDC_E_INPUT: the station has none. Close it in any case. */
enum sdc_status cvca_open(struct token *token, const char *home, struct cvca *cvca,
                          struct sdc_error *e) SDC_WARN_UNUSED;
void cvca_close(struct cvca *cvca);
/* The first CVCA's and document verifier's keys, and the CVCA's own certificate into trust/. */
enum sdc_status cvca_make(struct token *token, const struct config *config, const char *home,
                          struct sdc_error *e) SDC_WARN_UNUSED;
/* The next: its key, where it isn't in the token, and a link certificate by the key before it, by which old cards and
 * readers come to trust it (TR-03110 part 3, 2.2). It is there from when that is written; interrupted before, the same
 * call goes on. */
enum sdc_status cvca_roll(struct token *token, const char *home, struct sdc_error *e) SDC_WARN_UNUSED;
/* The document verifier's newest key, dv-N; 'next': the one after it is made. The caller frees *key in any
 * case. */
enum sdc_status dv_key(struct token *token, bool next, EVP_PKEY **key, unsigned *generation,
                       struct sdc_error *e) SDC_WARN_UNUSED;
/* References end in the key's number. */
void cvc_numbered(char reference[static SDC_CVC_REF_MAX + 1], unsigned generation);

/* terminals/NAME.KIND of a station; SDC_E_USAGE: not a name. */
enum sdc_status terminal_path(const char *home, const char *name, const char *kind, char path[static PATH_MAX],
                              struct sdc_error *e) SDC_WARN_UNUSED;
/* What its key is called in the token. */
void terminal_label(const char *name, char label[static 32]);
/* The name in a terminal's reference; false where it is none of ours. */
bool terminal_name_of(const char *chr, char name[static SDC_TERMINAL_NAME_MAX + 1]);
/* sdc_terminal_list of a station that isn't open. */
enum sdc_status terminal_list(const char *home, struct sdc_terminal_info *infos, size_t cap, size_t *count,
                              struct sdc_error *e) SDC_WARN_UNUSED;
/* Splits a chain file into its certificates. */
enum sdc_status terminal_split(struct sdc_rd chain, struct sdc_rd *parts, struct sdc_cvc *cvcs, size_t *count,
                               struct sdc_error *e) SDC_WARN_UNUSED;

#endif
