/* SPDX-License-Identifier: BSD-2-Clause */
#include "pki.h"

#include "sdc/piv.h"

#include "key_derivation.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#define DAY_SECONDS 86400

/* Lifetimes: ICAO 9303-12 table 2 for travel documents of six years; a card CA's certificates end before it does. */
const struct pki_signer pki_signers[PKI_SIGNERS] = {
    /* certificate, issuer, key, stem, common name, months valid, months of use */
    [PKI_CSCA] = { CERTIFICATE_CSCA, PKI_CSCA, TOKEN_KEY_P384, "csca", "Country Signing CA", 138, 60 },
    [PKI_DOCUMENT_SIGNER] = { CERTIFICATE_DOCUMENT_SIGNER, PKI_CSCA, TOKEN_KEY_P256, "ds", "Document Signer", 75, 3 },
    [PKI_CARD_CA] = { CERTIFICATE_CARD_CA, PKI_CARD_CA, TOKEN_KEY_P256, "card-ca", "Card CA", 120, 0 },
    [PKI_CONTENT_SIGNER] = { CERTIFICATE_CONTENT_SIGNER, PKI_CARD_CA, TOKEN_KEY_P256, "content-signer",
                             "Content Signer", 108, 0 },
};

/* A CA's first certificate has no number in its file's name. */
struct pki_names pki_names(enum pki_id id, unsigned generation)
{
    const struct pki_signer *s = &pki_signers[id];
    struct pki_names names;
    const bool plain = s->issuer == id && generation == 1;
    snprintf(names.label, sizeof names.label, "%s-%u", s->stem, generation);
    snprintf(names.file, sizeof names.file, "%s", plain ? s->stem : names.label);
    snprintf(names.common, sizeof names.common, "%s %u", s->common, generation);
    return names;
}

time_t pki_day(const struct sdc_date *date)
{
    struct tm tm = { .tm_year = date->year - 1900, .tm_mon = date->month - 1, .tm_mday = date->day };
    return timegm(&tm);
}

static time_t add_months(const struct sdc_date *date, int months)
{
    int total = date->year * 12 + date->month - 1 + months;
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    struct sdc_date end = { total / 12, total % 12 + 1, date->day };
    if (end.day > days[end.month - 1]) /* the 29th to 31st of a month that ends earlier */
        end.day = days[end.month - 1];
    return pki_day(&end);
}

enum sdc_status pki_make_keys(struct token *token, struct sdc_error *e)
{
    enum sdc_status status = SDC_OK;
    for (enum pki_id i = 0; i < PKI_SIGNERS && status == SDC_OK; i++)
        status = token_generate(token, pki_signers[i].key, pki_names(i, 1).label, e);
    if (status == SDC_OK)
        status = token_generate(token, TOKEN_KEY_AES256, CARD_MASTER_LABEL, e);
    if (status == SDC_OK)
        status = token_generate(token, TOKEN_KEY_AES256, PKI_PERSON_LABEL, e);
    return status;
}

static void file_path(const char *trust, const char *file, char out[static PATH_MAX])
{
    snprintf(out, PATH_MAX, "%.4000s/%.40s.pem", trust, file);
}

/* A certificate for the public half of 'key', which is the signer's of this generation: by 'issuer' of pki, or, where
 * that is itself, by its own key. */
static enum sdc_status make_one(const struct pki *pki, enum pki_id id, unsigned generation, EVP_PKEY *key,
                                const struct config *config, const char *path, struct sdc_error *e)
{
    const struct pki_signer *signer = &pki_signers[id];
    const struct sdc_date today = sdc_date_today();
    const bool self = signer->issuer == id;
    const struct pki_names issuer = pki_names(signer->issuer, self ? generation : pki->generation[signer->issuer]);
    X509_NAME *subject = NULL;
    X509 *certificate = NULL;
    enum sdc_status status =
        certificate_name(config->country, config->organisation, "CN", pki_names(id, generation).common, &subject, e);
    if (status != SDC_OK)
        return status;
    struct certificate_request request = {
        .kind = signer->kind,
        .key = key,
        .subject = subject,
        .issuer = self ? NULL : pki->certificate[signer->issuer],
        .issuer_key = self ? key : pki->key[signer->issuer],
        .issuer_file = issuer.file,
        .not_before = pki_day(&today),
        .not_after = add_months(&today, signer->months),
        .usage_end = signer->usage_months ? add_months(&today, signer->usage_months) : 0,
    };
    status = certificate_make(config, &request, &certificate, e);
    if (status == SDC_OK)
        status = certificate_save(certificate, path, e);
    X509_NAME_free(subject);
    X509_free(certificate);
    return status;
}

/* Key and certificate of one generation; *found tells whether both are there. */
static enum sdc_status load_one(struct token *token, const char *trust, enum pki_id id, unsigned generation,
                                X509 **certificate, EVP_PKEY **key, bool *found, struct sdc_error *e)
{
    char path[PATH_MAX];
    const struct pki_names names = pki_names(id, generation);
    file_path(trust, names.file, path);
    *found = access(path, F_OK) == 0 && token_private_key(token, names.label, key, NULL) == SDC_OK;
    if (!*found)
        return SDC_OK;
    enum sdc_status status = certificate_load(path, certificate, e);
    if (status == SDC_OK && EVP_PKEY_eq(X509_get0_pubkey(*certificate), *key) != 1) {
        ERR_clear_error();
        status = sdc_fail(e, SDC_E_INPUT, "%s is not the certificate of the token's key '%s'", path, names.label);
    }
    return status;
}

static enum sdc_status load_newest(struct token *token, const char *trust, struct pki *pki, enum pki_id id,
                                   struct sdc_error *e)
{
    const struct pki_names first = pki_names(id, 1);
    enum sdc_status status = SDC_OK;
    for (bool found = true; found && status == SDC_OK;) {
        X509 *certificate = NULL;
        EVP_PKEY *key = NULL;
        status = load_one(token, trust, id, pki->generation[id] + 1, &certificate, &key, &found, e);
        if (status == SDC_OK && found) {
            X509_free(pki->certificate[id]);
            EVP_PKEY_free(pki->key[id]);
            pki->certificate[id] = certificate;
            pki->key[id] = key;
            pki->generation[id]++;
        } else {
            X509_free(certificate);
            EVP_PKEY_free(key);
        }
    }
    if (status == SDC_OK && pki->generation[id] == 0) { /* says which of the two is missing */
        char path[PATH_MAX];
        X509 *certificate = NULL;
        file_path(trust, first.file, path);
        status = certificate_load(path, &certificate, e);
        X509_free(certificate);
        if (status == SDC_OK)
            status = token_private_key(token, first.label, &pki->key[id], e);
        if (status == SDC_OK)
            status = sdc_fail(e, SDC_E_BUG, "key '%s' came back", first.label);
    }
    return status;
}

enum sdc_status pki_open(struct token *token, const char *trust, struct pki *pki, struct sdc_error *e)
{
    *pki = (struct pki) { 0 };
    enum sdc_status status = SDC_OK;
    for (enum pki_id id = 0; id < PKI_SIGNERS && status == SDC_OK; id++)
        status = load_newest(token, trust, pki, id, e);
    if (status != SDC_OK)
        pki_close(pki);
    return status;
}

enum sdc_status pki_make_certificates(struct token *token, const struct config *config, const char *trust,
                                      struct sdc_error *e)
{
    struct pki pki = { 0 };
    enum sdc_status status = SDC_OK;
    for (enum pki_id id = 0; id < PKI_SIGNERS && status == SDC_OK; id++) { /* issuers stand first in the table */
        char path[PATH_MAX];
        EVP_PKEY *key = NULL;
        file_path(trust, pki_names(id, 1).file, path);
        status = token_private_key(token, pki_names(id, 1).label, &key, e);
        if (status == SDC_OK)
            status = make_one(&pki, id, 1, key, config, path, e);
        EVP_PKEY_free(key);
        if (status == SDC_OK)
            status = load_newest(token, trust, &pki, id, e);
    }
    pki_close(&pki);
    return status;
}

/* The new CSCA's certificate by the old one's key, under a name that no reader takes for an anchor. */
static enum sdc_status make_link(const struct pki *pki, unsigned generation, EVP_PKEY *key, const struct config *config,
                                 const char *trust, struct sdc_error *e)
{
    char path[PATH_MAX], file[48];
    X509_NAME *subject = NULL;
    X509 *certificate = NULL;
    const struct pki_names names = pki_names(PKI_CSCA, generation), old = pki_names(PKI_CSCA, generation - 1);
    const struct sdc_date today = sdc_date_today();
    snprintf(file, sizeof file, "link-%s", names.file);
    file_path(trust, file, path);
    enum sdc_status status = certificate_name(config->country, config->organisation, "CN", names.common, &subject, e);
    if (status == SDC_OK) {
        const struct certificate_request request = { .kind = CERTIFICATE_CSCA,
                                                     .key = key,
                                                     .subject = subject,
                                                     .issuer = pki->certificate[PKI_CSCA],
                                                     .issuer_key = pki->key[PKI_CSCA],
                                                     .issuer_file = old.file,
                                                     .not_before = pki_day(&today),
                                                     .not_after = pki_not_after(pki->certificate[PKI_CSCA]) };
        status = certificate_make(config, &request, &certificate, e);
    }
    if (status == SDC_OK)
        status = certificate_save(certificate, path, e);
    X509_NAME_free(subject);
    X509_free(certificate);
    return status;
}

enum sdc_status pki_roll(struct token *token, const struct config *config, const char *trust, struct pki *pki,
                         enum pki_id id, struct sdc_error *e)
{
    char path[PATH_MAX];
    EVP_PKEY *key = NULL;
    const unsigned next = pki->generation[id] + 1;
    const struct pki_names names = pki_names(id, next);
    file_path(trust, names.file, path);
    if (access(path, F_OK) == 0)
        return sdc_fail(e, SDC_E_CONFLICT, "%s is there, and is not of this station's making", path);
    enum sdc_status status = SDC_OK;
    if (token_private_key(token, names.label, &key, NULL) != SDC_OK) { /* of a roll that was interrupted */
        status = token_generate(token, pki_signers[id].key, names.label, e);
        if (status == SDC_OK)
            status = token_private_key(token, names.label, &key, e);
    }
    if (status == SDC_OK && id == PKI_CSCA)
        status = make_link(pki, next, key, config, trust, e);
    if (status == SDC_OK)
        status = make_one(pki, id, next, key, config, path, e);
    EVP_PKEY_free(key);
    return status == SDC_OK ? load_newest(token, trust, pki, id, e) : status;
}

void pki_close(struct pki *pki)
{
    for (size_t i = 0; i < PKI_SIGNERS; i++) {
        X509_free(pki->certificate[i]);
        EVP_PKEY_free(pki->key[i]);
    }
    *pki = (struct pki) { 0 };
}

/* A public key from its point; the library checks that it is on the curve. */
static enum sdc_status point_key(const uint8_t *point, EVP_PKEY **key, struct sdc_error *e)
{
    char group[] = "prime256v1";
    uint8_t copy[SDC_P256_POINT_LEN];
    memcpy(copy, point, sizeof copy);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string("group", group, 0),
        OSSL_PARAM_construct_octet_string("pub", copy, sizeof copy),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    bool ok = ctx && EVP_PKEY_fromdata_init(ctx) == 1 && EVP_PKEY_fromdata(ctx, key, EVP_PKEY_PUBLIC_KEY, params) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok ? SDC_OK : crypto_fail(e, "the card's public key is none");
}

static bool entry_text(const X509_NAME *name, int nid, char *out, size_t cap)
{
    int index = X509_NAME_get_index_by_NID(name, nid, -1);
    const ASN1_STRING *text = index < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index));
    if (!text || (size_t)ASN1_STRING_length(text) >= cap)
        return false;
    memcpy(out, ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text));
    out[ASN1_STRING_length(text)] = '\0';
    return true;
}

enum sdc_status pki_card_certificate(const struct pki *pki, const struct config *config,
                                     const struct pki_card_request *request, X509 **certificate, struct sdc_error *e)
{
    char country[8], organisation[CONFIG_VALUE_MAX + 1];
    const X509_NAME *ca = X509_get_subject_name(pki->certificate[PKI_CARD_CA]);
    const struct pki_names ca_names = pki_names(PKI_CARD_CA, pki->generation[PKI_CARD_CA]);
    if (!entry_text(ca, NID_countryName, country, sizeof country) ||
        !entry_text(ca, NID_organizationName, organisation, sizeof organisation))
        return sdc_fail(e, SDC_E_INPUT, "the card CA's name has no country or organisation");
    EVP_PKEY *key = NULL;
    X509_NAME *subject = NULL;
    enum sdc_status status = point_key(request->point, &key, e);
    if (status == SDC_OK)
        status = certificate_name(country, organisation, "serialNumber", request->guid, &subject, e);
    if (status == SDC_OK) {
        /* 9A and 9C may not outlive the card, whose expiry checkers take as the start of that day */
        bool last_day = (certificate_profiles[request->kind].flags & CERTIFICATE_LAST_DAY) != 0;
        struct certificate_request wanted = {
            .kind = request->kind,
            .key = key,
            .subject = subject,
            .issuer = pki->certificate[PKI_CARD_CA],
            .issuer_key = pki->key[PKI_CARD_CA],
            .issuer_file = ca_names.file,
            .not_before = pki_day(&request->issued),
            .not_after = pki_day(&request->expiry) + (last_day ? DAY_SECONDS - 1 : 0),
            .guid = request->guid,
        };
        status = certificate_make(config, &wanted, certificate, e);
    }
    X509_NAME_free(subject);
    EVP_PKEY_free(key);
    return status;
}

static time_t time_of(const ASN1_TIME *value)
{
    struct tm tm = { 0 };
    return ASN1_TIME_to_tm(value, &tm) == 1 ? timegm(&tm) : 0;
}

time_t pki_not_after(const X509 *certificate)
{
    return time_of(X509_get0_notAfter(certificate));
}

time_t pki_not_before(const X509 *certificate)
{
    return time_of(X509_get0_notBefore(certificate));
}

time_t pki_usage_end(const X509 *certificate)
{
    PKEY_USAGE_PERIOD *period = X509_get_ext_d2i(certificate, NID_private_key_usage_period, NULL, NULL);
    time_t end = period && period->notAfter ? time_of(period->notAfter) : pki_not_after(certificate);
    PKEY_USAGE_PERIOD_free(period);
    return end;
}

enum sdc_status pki_check_dates(const struct pki *pki, const struct sdc_date *today, const struct sdc_date *expiry,
                                struct sdc_error *e)
{
    static const enum pki_id needed[] = { PKI_CARD_CA, PKI_CONTENT_SIGNER, PKI_DOCUMENT_SIGNER };
    time_t now = pki_day(today), end = pki_day(expiry) + DAY_SECONDS - 1;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        const X509 *certificate = pki->certificate[needed[i]];
        const char *name = certificate_profiles[pki_signers[needed[i]].kind].name;
        if (now < pki_not_before(certificate))
            return sdc_fail(e, SDC_E_INPUT, "the clock is before the %s's certificate", name);
        if (now > pki_usage_end(certificate))
            return sdc_fail(e, SDC_E_INPUT, "the %s's time is over: it needs a new key", name);
        if (end > pki_not_after(certificate))
            return sdc_fail(e, SDC_E_INPUT, "the %s's certificate ends before this card would: it needs a new key",
                            name);
    }
    return SDC_OK;
}
