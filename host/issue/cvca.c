/* SPDX-License-Identifier: BSD-2-Clause */
/* The CVCA and the document verifier: their keys, one after the other, and the CVCA certificates that a station trusts.
 */
#include "terminal_private.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CVCA_YEARS = 3, MARK_LEN = 5, NUMBER_LEN = 5, NUMBER_MAX = 99999 };

enum sdc_status anchors_load(const char *home, struct anchors *a, struct sdc_error *e)
{
    enum sdc_status status = SDC_OK;
    *a = (struct anchors) { .count = 0 };
    while (a->count < SDC_TERMINAL_CHAIN_MAX && status == SDC_OK) {
        char file[64], path[PATH_MAX];
        const size_t i = a->count;
        snprintf(file, sizeof file, STATION_TRUST "/cvca-%zu.cvc", i + 1);
        status = station_path(home, file, path, e);
        if (status == SDC_OK && access(path, F_OK) != 0)
            break;
        if (status == SDC_OK)
            status = sdc_file_read(path, SDC_CVC_MAX, &a->bytes[i], e);
        if (status == SDC_OK) {
            status = sdc_cvc_parse(a->bytes[i].data, a->bytes[i].len, &a->cvc[i], e);
            if (status != SDC_OK && e)
                (void)sdc_fail_in(e, "%s", path);
        }
        a->count += status == SDC_OK;
    }
    return status;
}

void anchors_free(struct anchors *a)
{
    for (size_t i = 0; i < SDC_TERMINAL_CHAIN_MAX; i++)
        sdc_buf_free(&a->bytes[i]);
    a->count = 0;
}

enum sdc_status anchors_add(const char *home, const struct anchors *a, const struct sdc_buf *certificate,
                            struct sdc_error *e)
{
    char name[64], path[PATH_MAX];
    if (a->count == SDC_TERMINAL_CHAIN_MAX)
        return sdc_fail(e, SDC_E_CONFLICT, "there are %d CVCA certificates already", SDC_TERMINAL_CHAIN_MAX);
    snprintf(name, sizeof name, STATION_TRUST "/cvca-%zu.cvc", a->count + 1);
    enum sdc_status status = station_path(home, name, path, e);
    return status == SDC_OK ? sdc_file_write(path, certificate->data, certificate->len, 0644, e) : status;
}

void cvc_numbered(char reference[static SDC_CVC_REF_MAX + 1], unsigned generation)
{
    const size_t len = strlen(reference) - NUMBER_LEN;
    snprintf(reference + len, NUMBER_LEN + 1, "%0*u", NUMBER_LEN, generation % (NUMBER_MAX + 1));
}

static void label_of(const char *stem, unsigned generation, char label[static 32])
{
    snprintf(label, 32, "%s-%u", stem, generation);
}

/* ---- the newest ---- */

/* Which anchor has this key's point; the count where none has. */
static size_t find_own(const struct anchors *a, const uint8_t point[static SDC_P256_POINT_LEN])
{
    size_t i = 0;
    while (i < a->count && memcmp(a->cvc[i].point, point, SDC_P256_POINT_LEN) != 0)
        i++;
    return i;
}

enum sdc_status cvca_open(struct token *token, const char *home, struct cvca *cvca, struct sdc_error *e)
{
    *cvca = (struct cvca) { .key = NULL };
    enum sdc_status status = anchors_load(home, &cvca->anchors, e);
    for (unsigned generation = 1; status == SDC_OK; generation++) {
        char label[32];
        uint8_t point[SDC_P256_POINT_LEN];
        EVP_PKEY *key = NULL;
        label_of("cvca", generation, label);
        status = token_find_key(token, label, &key, e);
        if (status == SDC_OK && key)
            status = terminal_point(key, point, e);
        const size_t own = status == SDC_OK && key ? find_own(&cvca->anchors, point) : cvca->anchors.count;
        if (own == cvca->anchors.count) { /* none, or a key whose certificate was never made */
            EVP_PKEY_free(key);
            break;
        }
        EVP_PKEY_free(cvca->key);
        cvca->key = key;
        cvca->generation = generation;
        cvca->own = own;
    }
    if (status == SDC_OK && !cvca->key)
        status = sdc_fail(e, SDC_E_INPUT, "there is no CVCA here: no key 'cvca-1' with a certificate");
    return status;
}

void cvca_close(struct cvca *cvca)
{
    EVP_PKEY_free(cvca->key);
    cvca->key = NULL;
    anchors_free(&cvca->anchors);
}

/* ---- making ---- */

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

/* A CVCA's certificate for 'key', signed by 'signer'. */
static enum sdc_status certify(EVP_PKEY *key, const char *chr, EVP_PKEY *signer, const char *car,
                               const struct sdc_date *from, struct sdc_buf *out, struct sdc_error *e)
{
    uint8_t point[SDC_P256_POINT_LEN];
    enum sdc_status status = terminal_point(key, point, e);
    if (status != SDC_OK)
        return status;
    const struct sdc_date today = sdc_date_today();
    const struct sdc_cvc_request request = {
        car, chr, SDC_CVC_CVCA, SDC_CHAT_KNOWN, point, *from, sdc_date_add_years(&today, CVCA_YEARS)
    };
    struct sdc_cvc_signer by = terminal_signer(signer);
    return sdc_cvc_make(&request, &by, out, e);
}

enum sdc_status cvca_make(struct token *token, const struct config *config, const char *home, struct sdc_error *e)
{
    static const struct anchors none = { .count = 0 };
    const struct sdc_date today = sdc_date_today();
    char chr[SDC_CVC_REF_MAX + 1];
    EVP_PKEY *key = NULL, *dv = NULL;
    struct sdc_buf certificate = SDC_BUF_INIT;
    enum sdc_status status = token_make_key(token, TOKEN_KEY_P256, TERMINAL_CVCA_KEY, &key, e);
    if (status == SDC_OK)
        status = token_make_key(token, TOKEN_KEY_P256, TERMINAL_DV_KEY, &dv, e);
    if (status == SDC_OK)
        status = new_reference(config, chr, e);
    if (status == SDC_OK)
        status = certify(key, chr, key, chr, &today, &certificate, e);
    if (status == SDC_OK)
        status = anchors_add(home, &none, &certificate, e);
    EVP_PKEY_free(key);
    EVP_PKEY_free(dv);
    sdc_buf_free(&certificate);
    return status;
}

enum sdc_status cvca_roll(struct token *token, const char *home, struct sdc_error *e)
{
    char chr[SDC_CVC_REF_MAX + 1], label[32];
    struct cvca old;
    EVP_PKEY *key = NULL;
    struct sdc_buf link = SDC_BUF_INIT;
    enum sdc_status status = cvca_open(token, home, &old, e);
    if (status == SDC_OK) {
        label_of("cvca", old.generation + 1, label);
        status = token_make_key(token, TOKEN_KEY_P256, label, &key, e);
    }
    if (status == SDC_OK) {
        /* a card takes a link of a CVCA that is over, if it begins within that one's time */
        const struct sdc_date today = sdc_date_today();
        const struct sdc_cvc *own = &old.anchors.cvc[old.own];
        const bool over = sdc_date_compare(&own->expiry, &today) < 0;
        snprintf(chr, sizeof chr, "%s", own->chr);
        cvc_numbered(chr, old.generation + 1);
        status = certify(key, chr, old.key, own->chr, over ? &own->expiry : &today, &link, e);
    }
    if (status == SDC_OK)
        status = anchors_add(home, &old.anchors, &link, e);
    EVP_PKEY_free(key);
    sdc_buf_free(&link);
    cvca_close(&old);
    return status;
}

enum sdc_status dv_key(struct token *token, bool next, EVP_PKEY **key, unsigned *generation, struct sdc_error *e)
{
    enum sdc_status status = SDC_OK;
    *key = NULL;
    *generation = 0;
    for (bool found = true; status == SDC_OK && found;) {
        char label[32];
        EVP_PKEY *newer = NULL;
        label_of("dv", *generation + 1, label);
        status = token_find_key(token, label, &newer, e);
        if (status == SDC_OK && !newer && next && *generation > 0) {
            status = token_make_key(token, TOKEN_KEY_P256, label, &newer, e);
            next = false;
        }
        found = newer != NULL;
        if (found) {
            EVP_PKEY_free(*key);
            *key = newer;
            ++*generation;
        }
    }
    if (status == SDC_OK && *generation == 0)
        status = sdc_fail(e, SDC_E_INPUT, "there is no document verifier here: no key 'dv-1'");
    return status;
}
