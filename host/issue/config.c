/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

static bool valid_path(const char *value)
{
    return value[0] == '/';
}

static bool valid_text(const char *value)
{
    for (; *value; value++)
        if ((unsigned char)*value < ' ' || *value == 0x7F)
            return false;
    return true;
}

/* PrintableString without what separates the parts of a name */
static bool valid_name(const char *value)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .-'()";
    return strspn(value, set) == strlen(value) && value[0] != ' ';
}

static bool valid_country(const char *value)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return strspn(value, set) == strlen(value) && strlen(value) >= 2;
}

/* No TLS (a certificate's own status can't depend on it), and no character that ends a value in an extension's text */
static bool valid_url(const char *value)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~:/";
    return strncmp(value, "http://", 7) == 0 && value[7] != '\0' && strspn(value, set) == strlen(value) &&
           value[strlen(value) - 1] != '/';
}

static bool valid_switch(const char *value)
{
    return strcmp(value, "true") == 0 || strcmp(value, "false") == 0;
}

#define AT(field) offsetof(struct config, field)
const struct config_key config_keys[] = {
    { "module", "/usr/lib/softhsm/libsofthsm2.so",
      "PKCS#11 module of the token that holds the issuer's keys. SoftHSM2 keeps them in token/ here; the module of an\n"
      "HSM makes it the HSM.",
      AT(module), CONFIG_VALUE_MAX, valid_path, "an absolute path" },
    { "token_label", "sdc-station", "Label of the token in that module. Its PIN is in token.pin, or in SDC_TOKEN_PIN.",
      AT(token_label), 32, valid_name, "letters, digits, space . - ' ( )" },
    { "organisation", "Example Card Issuer",
      "Organisation (O) in certificates. Everybody who meets a card may read it: keep it neutral. It is used when "
      "keys\n"
      "are made: to choose it, write this file into an otherwise empty folder before `sdc init`.",
      AT(organisation), 64, valid_name, "letters, digits, space . - ' ( )" },
    { "country", "US", "Country (C) in certificates, ISO 3166 two letters.", AT(country), 2, valid_country,
      "two upper-case letters" },
    { "icao_country", "USA", "Country of the document signers as in the machine readable zone (ICAO 9303-3).",
      AT(icao_country), 3, valid_country, "two or three upper-case letters" },
    { "contact_url", "http://pki.example.org", "Where to ask about the document signers (ICAO 9303-12).",
      AT(contact_url), 128, valid_url, "http:// without a closing /" },
    { "printed_issuer", "EXAMPLE ISSUER", "Issuer in the card's printed information, at most 15 bytes.",
      AT(printed_issuer), 15, valid_text, "no control characters" },
    { "printed_affiliation", "CARD HOLDER", "Affiliation in the card's printed information, at most 20 bytes.",
      AT(printed_affiliation), 20, valid_text, "no control characters" },
    { "derivation_issuer", "sdc-issuer-1",
      "Part of what each card's keys are derived from. Never change it: no key of an issued card could be derived any\n"
      "more.",
      AT(derivation_issuer), 64, valid_name, "letters, digits, space . - ' ( )" },
    { "crl_url", "http://pki.example.org/crl", "Folder of the revocation lists (….crl).", AT(crl_url), 128, valid_url,
      "http:// without a closing /" },
    { "p7c_url", "http://pki.example.org/ca", "Folder of the CA certificates (….p7c).", AT(p7c_url), 128, valid_url,
      "http:// without a closing /" },
    { "ocsp_url", "http://ocsp.example.org", "OCSP responder of the card CA.", AT(ocsp_url), 128, valid_url,
      "http:// without a closing /" },
    { "unlisted_blanks", "false",
      "Whether blank cards are taken that came with no signed delivery (`true` or `false`). Anybody can make such a\n"
      "card, and its keys are not attested: for experiments.",
      AT(unlisted_blanks), 5, valid_switch, "true or false" },
    { "demo_terminals", "true",
      "Whether `sdc init` makes the terminals benefits, status and officer (`true` or `false`), with their keys in "
      "this\n"
      "station's token: for demonstrations. A terminal at work has a token of its own (see sdc help terminal).",
      AT(demo_terminals), 5, valid_switch, "true or false" },
};
const size_t config_keys_len = sizeof config_keys / sizeof *config_keys;

static char *value_of(struct config *config, const struct config_key *key)
{
    return (char *)config + key->offset;
}

void config_default(struct config *config)
{
    memset(config, 0, sizeof *config);
    for (size_t i = 0; i < config_keys_len; i++)
        snprintf(value_of(config, &config_keys[i]), CONFIG_VALUE_MAX + 1, "%s", config_keys[i].value);
}

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t\r", text[len - 1]))
        text[--len] = '\0';
    return text;
}

static enum sdc_status set_value(struct config *config, const char *name, const char *value, unsigned *seen,
                                 struct sdc_error *e)
{
    for (size_t i = 0; i < config_keys_len; i++) {
        const struct config_key *key = &config_keys[i];
        if (strcmp(key->name, name) != 0)
            continue;
        if (*seen & 1u << i)
            return sdc_fail(e, SDC_E_INPUT, "'%s' is given twice", name);
        *seen |= 1u << i;
        if (value[0] == '\0' || strlen(value) > key->max)
            return sdc_fail(e, SDC_E_INPUT, "'%s' takes 1 to %zu bytes", name, key->max);
        if (!key->valid(value))
            return sdc_fail(e, SDC_E_INPUT, "'%s' takes %s", name, key->rule);
        snprintf(value_of(config, key), CONFIG_VALUE_MAX + 1, "%s", value);
        return SDC_OK;
    }
    return sdc_fail(e, SDC_E_INPUT, "there is no setting '%.40s'", name);
}

static enum sdc_status parse_line(struct config *config, char *line, unsigned *seen, struct sdc_error *e)
{
    char *text = trim(line);
    if (text[0] == '\0' || text[0] == '#')
        return SDC_OK;
    char *equals = strchr(text, '=');
    if (!equals)
        return sdc_fail(e, SDC_E_INPUT, "not a line of the form `key = value`");
    *equals = '\0';
    return set_value(config, trim(text), trim(equals + 1), seen, e);
}

enum sdc_status config_read(const char *path, struct config *config, struct sdc_error *e)
{
    struct sdc_buf file = SDC_BUF_INIT;
    config_default(config);
    enum sdc_status status = sdc_file_guarded(path, 022, e); /* it names a module, which is code */
    if (status == SDC_OK)
        status = sdc_file_read(path, CONFIG_FILE_MAX, &file, e);
    sdc_buf_u8(&file, 0);
    if (status == SDC_OK)
        status = sdc_buf_status(&file, e);
    if (status == SDC_OK && strlen((const char *)file.data) + 1 != file.len)
        status = sdc_fail(e, SDC_E_INPUT, "%s is not a text file", path);
    unsigned seen = 0, number = 1;
    for (char *line = (char *)file.data; status == SDC_OK && line; number++) {
        char *next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        status = parse_line(config, line, &seen, e);
        if (status != SDC_OK)
            status = sdc_fail_in(e, "%s line %u", path, number);
        line = next;
    }
    sdc_buf_free(&file);
    return status;
}

static void print_comment(const char *comment, struct sdc_buf *out)
{
    sdc_buf_string(out, "# ");
    for (; *comment; comment++) {
        sdc_buf_u8(out, (uint8_t)*comment);
        if (*comment == '\n')
            sdc_buf_string(out, "# ");
    }
    sdc_buf_u8(out, '\n');
}

void config_print(const struct config *config, struct sdc_buf *out)
{
    sdc_buf_string(out, "# Settings of this station: `key = value`, one a line.\n");
    for (size_t i = 0; i < config_keys_len; i++) {
        sdc_buf_u8(out, '\n');
        print_comment(config_keys[i].comment, out);
        sdc_buf_string(out, config_keys[i].name);
        sdc_buf_string(out, " = ");
        sdc_buf_string(out, (const char *)config + config_keys[i].offset);
        sdc_buf_u8(out, '\n');
    }
}
