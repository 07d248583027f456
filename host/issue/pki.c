/* SPDX-License-Identifier: BSD-2-Clause */
#include "pki_private.h"

#include "sdc/piv.h"

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

void pki_file_path(const char *trust, const char *file, char out[static PATH_MAX])
{
    snprintf(out, PATH_MAX, "%.4000s/%.40s.pem", trust, file);
}

/* Did a key of the issuer that is known here sign it? While a roll of both isn't finished it didn't. */
static bool is_issued_here(const struct pki *pki, const char *trust, enum pki_id id, X509 *certificate)
{
    const enum pki_id issuer = pki_signers[id].issuer;
    bool issued = X509_verify(certificate, X509_get0_pubkey(pki->certificate[issuer])) == 1;
    for (unsigned g = pki->generation[issuer] - 1; g > 0 && !issued; g--) {
        char path[PATH_MAX];
        X509 *older = NULL;
        pki_file_path(trust, pki_names(issuer, g).file, path);
        issued =
            certificate_load(path, &older, NULL) == SDC_OK && X509_verify(certificate, X509_get0_pubkey(older)) == 1;
        X509_free(older);
    }
    ERR_clear_error();
    return issued;
}

/* Key and certificate of the next generation; *certificate stays NULL where there is none. */
static enum sdc_status load_next(struct token *token, const char *trust, const struct pki *pki, enum pki_id id,
                                 X509 **certificate, EVP_PKEY **key, struct sdc_error *e)
{
    char path[PATH_MAX];
    const struct pki_names names = pki_names(id, pki->generation[id] + 1);
    pki_file_path(trust, names.file, path);
    if (access(path, F_OK) != 0)
        return SDC_OK;
    enum sdc_status status = token_find_key(token, names.label, key, e);
    if (status != SDC_OK || !*key)
        return status;
    status = certificate_load(path, certificate, e);
    if (status == SDC_OK && EVP_PKEY_eq(X509_get0_pubkey(*certificate), *key) != 1) {
        ERR_clear_error();
        status = sdc_fail(e, SDC_E_INPUT, "%s is not the certificate of the token's key '%s'", path, names.label);
    }
    pki_file_path(trust, pki_names(id, pki->generation[id] + 2).file, path);
    const bool last = access(path, F_OK) != 0; /* no roll goes beyond one that isn't finished */
    if (status == SDC_OK && last && pki->generation[id] > 0 && pki_signers[id].issuer != id &&
        !is_issued_here(pki, trust, id, *certificate)) {
        X509_free(*certificate);
        *certificate = NULL;
    }
    return status;
}

enum sdc_status pki_load_newest(struct token *token, const char *trust, struct pki *pki, enum pki_id id,
                                struct sdc_error *e)
{
    const struct pki_names first = pki_names(id, 1);
    enum sdc_status status = SDC_OK;
    for (bool found = true; found && status == SDC_OK;) {
        X509 *certificate = NULL;
        EVP_PKEY *key = NULL;
        status = load_next(token, trust, pki, id, &certificate, &key, e);
        found = status == SDC_OK && certificate;
        if (found) {
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
        pki_file_path(trust, first.file, path);
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
        status = pki_load_newest(token, trust, pki, id, e);
    if (status != SDC_OK)
        pki_close(pki);
    return status;
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
