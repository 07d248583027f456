/* SPDX-License-Identifier: BSD-2-Clause */
/* station.conf: `key = value` lines and comments. One const table says which keys there are, what each is for, its
 * default and what it may hold; the file that sdc init writes is printed from the same table. */
#ifndef ISSUE_CONFIG_H
#define ISSUE_CONFIG_H

#include "sdc/bytes.h"

#define CONFIG_VALUE_MAX 255
#define CONFIG_FILE_MAX  ((size_t)65536)

struct config {
    char module[CONFIG_VALUE_MAX + 1];
    char token_label[CONFIG_VALUE_MAX + 1];
    char organisation[CONFIG_VALUE_MAX + 1];
    char country[CONFIG_VALUE_MAX + 1];
    char icao_country[CONFIG_VALUE_MAX + 1];
    char contact_url[CONFIG_VALUE_MAX + 1];
    char printed_issuer[CONFIG_VALUE_MAX + 1];
    char printed_affiliation[CONFIG_VALUE_MAX + 1];
    char derivation_issuer[CONFIG_VALUE_MAX + 1];
    char crl_url[CONFIG_VALUE_MAX + 1];
    char p7c_url[CONFIG_VALUE_MAX + 1];
    char ocsp_url[CONFIG_VALUE_MAX + 1];
    char unlisted_blanks[CONFIG_VALUE_MAX + 1];
    char demo_terminals[CONFIG_VALUE_MAX + 1];
};

struct config_key {
    const char *name, *value; /* value: the default */
    const char *comment;      /* lines for the file, without their "# " */
    size_t offset;            /* in struct config */
    size_t max;               /* bytes of the value; at least 1 is always asked */
    bool (*valid)(const char *value);
    const char *rule; /* what valid asks, in words */
};
extern const struct config_key config_keys[];
extern const size_t config_keys_len;

/* Every key at its default. */
void config_default(struct config *config);
/* Defaults, changed by the file's lines. A line that is none, an unknown or repeated key, a value against its rule:
 * SDC_E_INPUT with the file's name and line number. */
enum sdc_status config_read(const char *path, struct config *config, struct sdc_error *e) SDC_WARN_UNUSED;
/* The whole file with its comments, appended. */
void config_print(const struct config *config, struct sdc_buf *out);

#endif
