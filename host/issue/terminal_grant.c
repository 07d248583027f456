/* SPDX-License-Identifier: BSD-2-Clause */
/* The issuer's side: certificates for terminals. */
#include "terminal_private.h"

#include <stdio.h>
#include <string.h>

enum { DV_DAYS = 30, MARK_AT = 6, LINKS_MAX = SDC_TERMINAL_CHAIN_MAX - 2 };

static struct sdc_date days_later(struct sdc_date date, int days)
{
    while (days-- > 0)
        date = sdc_date_next_day(&date);
    return date;
}

static void verifier_reference(const struct sdc_cvc *cvca, unsigned generation, char chr[static SDC_CVC_REF_MAX + 1])
{
    snprintf(chr, SDC_CVC_REF_MAX + 1, "%.2sDV%.5s00001", cvca->chr, cvca->chr + MARK_AT);
    cvc_numbered(chr, generation);
}

/* The keys that sign here. */
struct authority {
    struct cvca cvca;
    EVP_PKEY *dv;
    unsigned dv_generation;
};

static struct sdc_date earlier(struct sdc_date a, struct sdc_date b)
{
    return sdc_date_compare(&a, &b) < 0 ? a : b;
}

/* The links from older keys of this CVCA to its newest, for cards that know one of those: as many as a chain takes. */
static void put_links(const struct cvca *cvca, struct sdc_buf *chain)
{
    const struct anchors *a = &cvca->anchors;
    size_t link[SDC_TERMINAL_CHAIN_MAX], count = 0;
    for (size_t at = cvca->own, before = SIZE_MAX; count < LINKS_MAX; at = before, before = SIZE_MAX) {
        for (size_t i = 0; i < a->count; i++)
            if (i != at && strcmp(a->cvc[i].chr, a->cvc[at].car) == 0)
                before = i;
        if (before == SIZE_MAX)
            break;
        link[count++] = at;
    }
    while (count-- > 0)
        sdc_buf_put(chain, a->bytes[link[count]].data, a->bytes[link[count]].len);
}

static enum sdc_status put_chain(const struct authority *a, const struct sdc_cvc_ask *ask,
                                 const struct sdc_terminal_profile *profile, struct sdc_buf *chain, struct sdc_error *e)
{
    char dv[SDC_CVC_REF_MAX + 1];
    uint8_t point[SDC_P256_POINT_LEN];
    const struct sdc_cvc *certificate = &a->cvca.anchors.cvc[a->cvca.own];
    const struct sdc_date today = sdc_date_today();
    const struct sdc_date dv_end = earlier(days_later(today, DV_DAYS), certificate->expiry);
    verifier_reference(certificate, a->dv_generation, dv);
    enum sdc_status status = terminal_point(a->dv, point, e);
    const struct sdc_cvc_request dv_request = {
        certificate->chr, dv, SDC_CVC_DV, SDC_CHAT_KNOWN, point, today, dv_end
    };
    const struct sdc_cvc_request request = { dv,
                                             ask->chr,
                                             SDC_CVC_TERMINAL,
                                             profile->rights,
                                             ask->point,
                                             today,
                                             earlier(days_later(today, profile->days), dv_end) };
    struct sdc_cvc_signer cvca = terminal_signer(a->cvca.key), verifier = terminal_signer(a->dv);
    if (status == SDC_OK && sdc_date_compare(&certificate->expiry, &today) < 0)
        status = sdc_fail(e, SDC_E_INPUT, "the CVCA's time is over: it needs a new key");
    if (status == SDC_OK) {
        put_links(&a->cvca, chain);
        status = sdc_cvc_make(&dv_request, &cvca, chain, e);
    }
    return status == SDC_OK ? sdc_cvc_make(&request, &verifier, chain, e) : status;
}

enum sdc_status sdc_terminal_grant(struct sdc_station *station, struct sdc_rd request,
                                   const struct sdc_terminal_profile *profile, struct sdc_buf *chain, char *name,
                                   struct sdc_error *e)
{
    struct sdc_cvc_ask ask;
    struct authority a = { .dv = NULL };
    enum sdc_status status = station_check_clock(station, e);
    if (status == SDC_OK)
        status = sdc_cvc_ask_parse(request, &ask, e);
    if (status == SDC_OK && !terminal_name_of(ask.chr, name))
        status = sdc_fail(e, SDC_E_INPUT, "%s is no name of a terminal of ours", ask.chr);
    if (status == SDC_OK) {
        status = cvca_open(station->token, station->home, &a.cvca, e);
        if (status == SDC_OK)
            status = dv_key(station->token, false, &a.dv, &a.dv_generation, e);
        if (status != SDC_OK)
            (void)sdc_fail_in(e, "this station can't sign for terminals");
    }
    if (status == SDC_OK)
        status = put_chain(&a, &ask, profile, chain, e);
    EVP_PKEY_free(a.dv);
    cvca_close(&a.cvca);
    return status;
}
