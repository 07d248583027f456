/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of the token that sign CV certificates, and the files of terminals. */
#ifndef ISSUE_TERMINAL_PRIVATE_H
#define ISSUE_TERMINAL_PRIVATE_H

#include "station_state.h"

#include "sdc/terminal.h"

#define TERMINAL_FOLDER    "terminals"
#define TERMINAL_FILE_MAX  4096
#define TERMINAL_CVCA_KEY  "cvca-1"
#define TERMINAL_DV_KEY    "dv-1"
#define TERMINAL_CVCA_FILE STATION_TRUST "/cvca-1.cvc"

/* A private key of the token as a signer: r || s. The key must live as long. */
struct sdc_cvc_signer terminal_signer(EVP_PKEY *key);
/* Its public point. SDC_E_CRYPTO */
enum sdc_status terminal_point(EVP_PKEY *key, uint8_t point[static SDC_P256_POINT_LEN],
                               struct sdc_error *e) SDC_WARN_UNUSED;
/* The CVCA's and the document verifier's keys, and the CVCA's own certificate into trust/. */
enum sdc_status terminal_make_cvca(struct token *token, const struct config *config, const char *home,
                                   struct sdc_error *e) SDC_WARN_UNUSED;
/* terminals/NAME.KIND of a station; SDC_E_USAGE: not a name. */
enum sdc_status terminal_path(const char *home, const char *name, const char *kind, char path[static PATH_MAX],
                              struct sdc_error *e) SDC_WARN_UNUSED;
/* The name in a terminal's reference; false where it is none of ours. */
bool terminal_name_of(const char *chr, char name[static SDC_TERMINAL_NAME_MAX + 1]);
/* Splits a chain file into its certificates. */
enum sdc_status terminal_split(struct sdc_rd chain, struct sdc_rd *parts, struct sdc_cvc *cvcs, size_t *count,
                               struct sdc_error *e) SDC_WARN_UNUSED;

#endif
