/* SPDX-License-Identifier: BSD-2-Clause */
/* The issuer's side: CVCA, document verifier, certificates for terminals. */
#include "terminal_private.h"

#include <stdio.h>
#include <string.h>

enum { CVCA_YEARS = 3, DV_DAYS = 30, MARK_LEN = 5, MARK_AT = 6 };

static struct sdc_date days_later(struct sdc_date date, int days)
{
    while (days-- > 0)
        date = sdc_date_next_day(&date);
    return date;
}

/* Two issuers of one country must not have one reference: five random characters, which the CVCA and its document
 * verifier share. */
static enum sdc_status new_reference(const struct config *config, char chr[static SDC_CVC_REF_MAX + 1],
                                     struct sdc_error *e)
{
    static const char set[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    uint8_t random[MARK_LEN];
    char mark[MARK_LEN + 1] = "";
    enum sdc_status status = sdc_random(random, sizeof random, e);
    for (size_t i = 0; i < sizeof random && status == SDC_OK; i++)
        mark[i] = set[random[i] % (sizeof set - 1)];
    snprintf(chr, SDC_CVC_REF_MAX + 1, "%.2sCVCA%s00001", config->country, mark);
    return status;
}

static void verifier_reference(const struct sdc_cvc *cvca, char chr[static SDC_CVC_REF_MAX + 1])
{
    snprintf(chr, SDC_CVC_REF_MAX + 1, "%.2sDV%.5s00001", cvca->chr, cvca->chr + MARK_AT);
}

enum sdc_status terminal_make_cvca(struct token *token, const struct config *config, const char *home,
                                   struct sdc_error *e)
{
    char chr[SDC_CVC_REF_MAX + 1], path[PATH_MAX];
    uint8_t point[SDC_P256_POINT_LEN];
    EVP_PKEY *key = NULL;
    struct sdc_buf certificate = SDC_BUF_INIT;
    enum sdc_status status = token_generate(token, TOKEN_KEY_P256, TERMINAL_CVCA_KEY, e);
    if (status == SDC_OK)
        status = token_generate(token, TOKEN_KEY_P256, TERMINAL_DV_KEY, e);
    if (status == SDC_OK)
        status = token_private_key(token, TERMINAL_CVCA_KEY, &key, e);
    if (status == SDC_OK)
        status = terminal_point(key, point, e);
    if (status == SDC_OK)
        status = new_reference(config, chr, e);
    if (status == SDC_OK) {
        const struct sdc_date today = sdc_date_today();
        const struct sdc_cvc_request request = {
            chr, chr, SDC_CVC_CVCA, SDC_CHAT_KNOWN, point, today, sdc_date_add_years(&today, CVCA_YEARS)
        };
        struct sdc_cvc_signer signer = terminal_signer(key);
        status = sdc_cvc_make(&request, &signer, &certificate, e);
    }
    if (status == SDC_OK)
        status = station_path(home, TERMINAL_CVCA_FILE, path, e);
    if (status == SDC_OK)
        status = sdc_file_write(path, certificate.data, certificate.len, 0644, e);
    EVP_PKEY_free(key);
    sdc_buf_free(&certificate);
    return status;
}

/* The keys that sign here, with the references they sign under. */
struct authority {
    EVP_PKEY *cvca, *dv;
    struct sdc_buf bytes;
    struct sdc_cvc certificate;
};

static enum sdc_status open_authority(const struct sdc_station *station, struct authority *a, struct sdc_error *e)
{
    char path[PATH_MAX];
    uint8_t point[SDC_P256_POINT_LEN];
    enum sdc_status status = station_path(station->home, TERMINAL_CVCA_FILE, path, e);
    if (status == SDC_OK)
        status = sdc_file_read(path, SDC_CVC_MAX, &a->bytes, e);
    if (status == SDC_OK)
        status = sdc_cvc_parse(a->bytes.data, a->bytes.len, &a->certificate, e);
    if (status == SDC_OK)
        status = token_private_key(station->token, TERMINAL_CVCA_KEY, &a->cvca, e);
    if (status == SDC_OK)
        status = token_private_key(station->token, TERMINAL_DV_KEY, &a->dv, e);
    if (status == SDC_OK)
        status = terminal_point(a->cvca, point, e);
    if (status == SDC_OK && memcmp(point, a->certificate.point, sizeof point) != 0)
        status = sdc_fail(e, SDC_E_INPUT, "%s is not the certificate of the token's CVCA key", path);
    if (status != SDC_OK)
        (void)sdc_fail_in(e, "this station can't sign for terminals");
    return status;
}

static struct sdc_date earlier(struct sdc_date a, struct sdc_date b)
{
    return sdc_date_compare(&a, &b) < 0 ? a : b;
}

static enum sdc_status put_chain(const struct authority *a, const struct sdc_cvc_ask *ask,
                                 const struct sdc_terminal_profile *profile, struct sdc_buf *chain, struct sdc_error *e)
{
    char dv[SDC_CVC_REF_MAX + 1];
    uint8_t point[SDC_P256_POINT_LEN];
    const struct sdc_date today = sdc_date_today();
    const struct sdc_date dv_end = earlier(days_later(today, DV_DAYS), a->certificate.expiry);
    verifier_reference(&a->certificate, dv);
    enum sdc_status status = terminal_point(a->dv, point, e);
    const struct sdc_cvc_request dv_request = {
        a->certificate.chr, dv, SDC_CVC_DV, SDC_CHAT_KNOWN, point, today, dv_end
    };
    const struct sdc_cvc_request request = { dv,
                                             ask->chr,
                                             SDC_CVC_TERMINAL,
                                             profile->rights,
                                             ask->point,
                                             today,
                                             earlier(days_later(today, profile->days), dv_end) };
    struct sdc_cvc_signer cvca = terminal_signer(a->cvca), verifier = terminal_signer(a->dv);
    if (status == SDC_OK && sdc_date_compare(&a->certificate.expiry, &today) < 0)
        status = sdc_fail(e, SDC_E_INPUT, "the CVCA's time is over: it needs a new key");
    if (status == SDC_OK)
        status = sdc_cvc_make(&dv_request, &cvca, chain, e);
    return status == SDC_OK ? sdc_cvc_make(&request, &verifier, chain, e) : status;
}

enum sdc_status sdc_terminal_grant(struct sdc_station *station, struct sdc_rd request,
                                   const struct sdc_terminal_profile *profile, struct sdc_buf *chain, char *name,
                                   struct sdc_error *e)
{
    struct sdc_cvc_ask ask;
    struct authority a = { .cvca = NULL };
    enum sdc_status status = station_check_clock(station, e);
    if (status == SDC_OK)
        status = sdc_cvc_ask_parse(request, &ask, e);
    if (status == SDC_OK && !terminal_name_of(ask.chr, name))
        status = sdc_fail(e, SDC_E_INPUT, "%s is no name of a terminal of ours", ask.chr);
    if (status == SDC_OK)
        status = open_authority(station, &a, e);
    if (status == SDC_OK)
        status = put_chain(&a, &ask, profile, chain, e);
    EVP_PKEY_free(a.cvca);
    EVP_PKEY_free(a.dv);
    sdc_buf_free(&a.bytes);
    return status;
}
