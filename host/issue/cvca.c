/* SPDX-License-Identifier: BSD-2-Clause */
/* The CVCA and the document verifier: their keys, one after the other, and the CVCA certificates that a station trusts.
 */
#include "terminal_private.h"

#include <stdio.h>
#include <string.h>

enum { CVCA_YEARS = 3, MARK_LEN = 5, NUMBER_LEN = 5, NUMBER_MAX = 99999 };

void anchors_load(const char *home, struct anchors *a)
{
    *a = (struct anchors) { .count = 0 };
    for (; a->count < SDC_TERMINAL_CHAIN_MAX; a->count++) {
        char file[64], path[PATH_MAX];
        size_t i = a->count;
        snprintf(file, sizeof file, STATION_TRUST "/cvca-%zu.cvc", i + 1);
        if (station_path(home, file, path, NULL) != SDC_OK ||
            sdc_file_read(path, SDC_CVC_MAX, &a->bytes[i], NULL) != SDC_OK ||
            sdc_cvc_parse(a->bytes[i].data, a->bytes[i].len, &a->cvc[i], NULL) != SDC_OK)
            return;
    }
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
    anchors_load(home, &cvca->anchors);
    for (unsigned generation = 1;; generation++) {
        char label[32];
        uint8_t point[SDC_P256_POINT_LEN];
        EVP_PKEY *key = NULL;
        label_of("cvca", generation, label);
        if (token_private_key(token, label, &key, NULL) != SDC_OK)
            break;
        enum sdc_status status = terminal_point(key, point, e);
        const size_t own = status == SDC_OK ? find_own(&cvca->anchors, point) : cvca->anchors.count;
        if (own == cvca->anchors.count) { /* a key whose certificate was never made */
            EVP_PKEY_free(key);
            if (status != SDC_OK)
                return status;
            break;
        }
        EVP_PKEY_free(cvca->key);
        cvca->key = key;
        cvca->generation = generation;
        cvca->own = own;
    }
    return cvca->key ? SDC_OK : sdc_fail(e, SDC_E_INPUT, "there is no CVCA here: no key 'cvca-1' with a certificate");
}

void cvca_close(struct cvca *cvca)
{
    EVP_PKEY_free(cvca->key);
    cvca->key = NULL;
    anchors_free(&cvca->anchors);
}

/* ---- making ---- */

/* The key of this label, made where it isn't there. */
static enum sdc_status key_of(struct token *token, const char *label, EVP_PKEY **key, struct sdc_error *e)
{
    if (token_private_key(token, label, key, NULL) == SDC_OK)
        return SDC_OK;
    enum sdc_status status = token_generate(token, TOKEN_KEY_P256, label, e);
    return status == SDC_OK ? token_private_key(token, label, key, e) : status;
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

/* A CVCA's certificate for 'key', signed by 'signer', from today on. */
static enum sdc_status certify(EVP_PKEY *key, const char *chr, EVP_PKEY *signer, const char *car, struct sdc_buf *out,
                               struct sdc_error *e)
{
    uint8_t point[SDC_P256_POINT_LEN];
    enum sdc_status status = terminal_point(key, point, e);
    if (status != SDC_OK)
        return status;
    const struct sdc_date today = sdc_date_today();
    const struct sdc_cvc_request request = {
        car, chr, SDC_CVC_CVCA, SDC_CHAT_KNOWN, point, today, sdc_date_add_years(&today, CVCA_YEARS)
    };
    struct sdc_cvc_signer by = terminal_signer(signer);
    return sdc_cvc_make(&request, &by, out, e);
}

enum sdc_status cvca_make(struct token *token, const struct config *config, const char *home, struct sdc_error *e)
{
    static const struct anchors none = { .count = 0 };
    char chr[SDC_CVC_REF_MAX + 1];
    EVP_PKEY *key = NULL, *dv = NULL;
    struct sdc_buf certificate = SDC_BUF_INIT;
    enum sdc_status status = key_of(token, TERMINAL_CVCA_KEY, &key, e);
    if (status == SDC_OK)
        status = key_of(token, TERMINAL_DV_KEY, &dv, e);
    if (status == SDC_OK)
        status = new_reference(config, chr, e);
    if (status == SDC_OK)
        status = certify(key, chr, key, chr, &certificate, e);
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
        status = key_of(token, label, &key, e);
    }
    if (status == SDC_OK) {
        const char *car = old.anchors.cvc[old.own].chr;
        snprintf(chr, sizeof chr, "%s", car);
        cvc_numbered(chr, old.generation + 1);
        status = certify(key, chr, old.key, car, &link, e);
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
    char label[32];
    EVP_PKEY *newer = NULL;
    *key = NULL;
    *generation = 0;
    for (;;) {
        label_of("dv", *generation + 1, label);
        if (token_private_key(token, label, &newer, NULL) != SDC_OK)
            break;
        EVP_PKEY_free(*key);
        *key = newer;
        newer = NULL;
        ++*generation;
    }
    if (*generation == 0)
        return sdc_fail(e, SDC_E_INPUT, "there is no document verifier here: no key 'dv-1'");
    if (!next)
        return SDC_OK;
    enum sdc_status status = key_of(token, label, &newer, e);
    if (status == SDC_OK) {
        EVP_PKEY_free(*key);
        *key = newer;
        ++*generation;
    }
    return status;
}
