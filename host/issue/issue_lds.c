/* SPDX-License-Identifier: BSD-2-Clause */
/* Travel document and docket: secrets, trust point and keys of the chip, then the files through the issuer's session.
 */
#include "issue_job.h"

#include "card_edge.h"
#include "der_build.h"
#include "sdc/eac.h"
#include "sdc/tlv.h"
#include "terminal_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

enum { SUITE = 16 };

/* ---- in the issuer domain ---- */

static enum sdc_status place_mrz(struct job *job, struct sdc_error *e)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    char information[SDC_MRZ_INFORMATION + 1];
    const char *first = job->issued->mrz[0], *second = job->issued->mrz[1];
    snprintf(information, sizeof information, "%.10s%.7s%.7s", first + 5, second, second + 8); /* ICAO 9303-5 4.2.2 */
    if (EVP_Digest(information, SDC_MRZ_INFORMATION, hash, NULL, EVP_sha1(), NULL) != 1)
        return crypto_fail(e, "can't hash");
    return sdc_domain_store(job->session, DGI_MRZ, true, hash, MRZ_SECRET_LEN, e);
}

static void put_digits(struct sdc_buf *b, const struct sdc_date *date)
{
    char text[32];
    snprintf(text, sizeof text, "%02d%02d%02d", date->year % 100, date->month, date->day);
    for (size_t i = 0; i < CVC_DATE_LEN; i++)
        sdc_buf_u8(b, (uint8_t)(text[i] - '0'));
}

static void put_date(struct sdc_buf *b, uint32_t tag, const struct sdc_date *date)
{
    struct sdc_buf digits = SDC_BUF_INIT;
    put_digits(&digits, date);
    der_put_part(b, tag, &digits);
}

/* The CVCA's key as the card's first trust point */
static enum sdc_status place_trust_point(struct job *job, struct sdc_error *e)
{
    struct cvca own;
    struct sdc_buf value = SDC_BUF_INIT;
    enum sdc_status status = cvca_open(job->station->token, job->station->home, &own, e);
    if (status == SDC_OK) {
        const struct sdc_cvc *cvca = &own.anchors.cvc[own.own];
        sdc_tlv_put(&value, 0x86, cvca->point, sizeof cvca->point);
        sdc_tlv_put(&value, 0x5F20, cvca->chr, strlen(cvca->chr));
        sdc_cvc_put_chat(cvca->role, cvca->rights, &value);
        put_date(&value, 0x5F25, &cvca->effective);
        put_date(&value, 0x5F24, &cvca->expiry);
        status = sdc_buf_status(&value, e);
    }
    if (status == SDC_OK)
        status = sdc_domain_store(job->session, DGI_TRUST_POINT, false, value.data, value.len, e);
    sdc_buf_clear(&value);
    put_digits(&value, &job->today);
    if (status == SDC_OK)
        status = sdc_domain_store(job->session, DGI_CARD_DATE, false, value.data, value.len, e);
    cvca_close(&own);
    sdc_buf_free(&value);
    return status;
}

enum sdc_status job_place_access(struct job *job, struct sdc_error *e)
{
    static const uint8_t suite = SUITE_AES_128;
    enum sdc_status status = job_session(job, JOB_DOMAIN, e);
    if (status == SDC_OK)
        status = sdc_domain_store(job->session, DGI_CAN, true, job->issued->can, CAN_LEN, e);
    if (status == SDC_OK)
        status = place_mrz(job, e);
    if (status == SDC_OK)
        status = sdc_domain_store(job->session, DGI_SUITE, false, &suite, 1, e);
    return status == SDC_OK ? place_trust_point(job, e) : status;
}

/* ---- the chip's keys and the files ---- */

static void fill_input(const struct job *job, struct lds_input *input)
{
    const struct sdc_station *station = job->station;
    *input = (struct lds_input) { .record = job->record,
                                  .mrz = (const char(*)[SDC_MRZ_LINE + 1]) job->issued->mrz,
                                  .authority = station->config.organisation,
                                  .issued = job->today,
                                  .expiry = job->input.expiry,
                                  .portrait = sdc_buf_rd(&job->portrait),
                                  .portrait_width = job->portrait_width,
                                  .portrait_height = job->portrait_height,
                                  /* random as the number is, and never given twice */
                                  .status_index = (uint32_t)strtoul(job->row.document_number + 2, NULL, 10),
                                  .suite = SUITE,
                                  .signer = station->pki.certificate[PKI_DOCUMENT_SIGNER],
                                  .signer_key = station->pki.key[PKI_DOCUMENT_SIGNER] };
    memcpy(input->guid, job->input.guid, sizeof input->guid);
}

/* Keys are made anew whenever the files are: these say which key is the chip's. */
enum sdc_status job_make_files(struct job *job, struct sdc_error *e)
{
    struct lds_input input;
    fill_input(job, &input);
    enum sdc_status status = job_session(job, JOB_MF, e);
    if (status == SDC_OK)
        status = sdc_piv_generate(sdc_scp03_link(job->session), KEY_CHIP_1, input.chip[0], e);
    if (status == SDC_OK)
        status = sdc_piv_generate(sdc_scp03_link(job->session), KEY_CHIP_2, input.chip[1], e);
    lds_free(&job->files);
    return status == SDC_OK ? lds_build(&input, &job->files, e) : status;
}

static enum sdc_status write_one(struct job *job, enum sdc_lds_id id, struct sdc_error *e)
{
    struct sdc_link *link = sdc_scp03_link(job->session);
    const struct sdc_buf *content = &job->files.content[id];
    struct sdc_buf held = SDC_BUF_INIT;
    enum sdc_status status = sdc_lds_put(link, id, content->data, content->len, e);
    if (status != SDC_OK ||
        sdc_lds_files[id].application == SDC_LDS_TRAVEL) /* which is read by its hashes in the end */
        return status;
    status = sdc_lds_read(link, id, &held, e);
    if (status == SDC_OK && (held.len != content->len || !sdc_equal(held.data, content->data, held.len)))
        status = sdc_fail(e, SDC_E_REPLY, "%s on the card is not what was written", sdc_lds_files[id].name);
    sdc_buf_free(&held);
    return status;
}

/* EF.CardAccess is the card's own. */
enum sdc_status job_write_files(struct job *job, struct sdc_error *e)
{
    static const enum job_place places[] = { JOB_MF, JOB_TRAVEL, JOB_DOCKET };
    enum sdc_status status = SDC_OK;
    for (size_t i = 0; i < sizeof places / sizeof *places && status == SDC_OK; i++) {
        if (places[i] != JOB_MF) /* the session that made the keys goes on */
            status = job_session(job, places[i], e);
        for (enum sdc_lds_id id = 0; id < SDC_LDS_FILES && status == SDC_OK; id++)
            if (sdc_lds_files[id].application == (enum sdc_lds_application)i && id != SDC_EF_CARD_ACCESS &&
                job->files.content[id].len > 0)
                status = write_one(job, id, e);
    }
    return status;
}

/* ---- the finished card ---- */

/* As a reader with the card in hand: PACE with the number on its face, every signature, the chip's key. */
enum sdc_status job_verify_files(struct job *job, struct sdc_error *e)
{
    char folder[PATH_MAX];
    struct sdc_trust *trust = NULL;
    struct sdc_docket_view view = { .chip = false };
    const struct sdc_password can = { SDC_PASSWORD_CAN, job->issued->can, CAN_LEN };
    enum sdc_status status = station_path(job->station->home, STATION_TRUST, folder, e);
    if (status == SDC_OK)
        status = sdc_trust_load(folder, &trust, e);
    if (status == SDC_OK) {
        const struct sdc_docket_request request = { .password = &can, .trust = trust, .today = job->today };
        status = sdc_docket_read(job->link, &request, &view, e);
    }
    if (status == SDC_OK && (!view.chip || memcmp(view.guid, job->input.guid, sizeof view.guid) != 0))
        status = sdc_fail(e, SDC_E_SIGNATURE, "the finished card reads as another");
    sdc_docket_view_free(&view);
    sdc_trust_free(trust);
    return status;
}
