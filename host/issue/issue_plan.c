/* SPDX-License-Identifier: BSD-2-Clause */
#include "issue_job.h"

#include "letter.h"

#include "sdc/photo.h"

#include <stdio.h>
#include <string.h>

/* len decimal digits, each equally likely */
static enum sdc_status random_digits(char *out, size_t len, struct sdc_error *e)
{
    for (size_t i = 0; i < len;) {
        uint8_t byte;
        enum sdc_status status = sdc_random(&byte, 1, e);
        if (status != SDC_OK)
            return status;
        if (byte < 250)
            out[i++] = (char)('0' + byte % 10);
    }
    return SDC_OK;
}

enum sdc_status job_portrait(struct job *job, struct sdc_error *e)
{
    struct sdc_buf file = SDC_BUF_INIT;
    struct sdc_photo photo = { 0 };
    enum sdc_status status = sdc_photo_open(job->folder, job->record->photo, &file, e);
    if (status == SDC_OK)
        status = sdc_photo_decode(file.data, file.len, &photo, e);
    if (status == SDC_OK)
        status = sdc_portrait_encode(&photo, &job->portrait, &job->portrait_width, &job->portrait_height, e);
    sdc_photo_free(&photo);
    sdc_buf_free(&file);
    return status == SDC_OK ? sdc_buf_status(&job->portrait, e) : status;
}

static void date_text(const struct sdc_date *date, char out[static 11])
{
    char text[40];
    snprintf(text, sizeof text, "%04d-%02d-%02d", date->year, date->month, date->day);
    memcpy(out, text, 10);
    out[10] = '\0';
}

static enum sdc_status check_expiry(const struct job *job, struct sdc_error *e)
{
    const struct sdc_date *expiry = &job->record->card.valid_until;
    struct sdc_date limit = sdc_date_add_years(&job->today, 6);
    if (sdc_date_compare(expiry, &job->today) < 0)
        return sdc_fail(e, SDC_E_INPUT, "the card would be over before it is made");
    if (sdc_date_compare(expiry, &limit) > 0)
        return sdc_fail(e, SDC_E_INPUT, "the card would be valid for more than six years");
    return pki_check_dates(&job->station->pki, &job->today, expiry, e);
}

enum sdc_status job_request(struct job *job, struct sdc_error *e)
{
    const struct sdc_record *record = job->record;
    struct sdc_card_row *row = &job->row;
    uint8_t tag[TOKEN_CMAC_LEN];
    char today[11];
    enum sdc_status status = check_expiry(job, e);
    if (status == SDC_OK)
        status = token_cmac(job->station->token, PKI_PERSON_LABEL, record->a_number, strlen(record->a_number), tag, e);
    if (status != SDC_OK)
        return status;
    snprintf(row->transaction_id, sizeof row->transaction_id, "%s", record->transaction_id);
    sdc_hex(record->digest, sizeof record->digest, row->record_digest);
    sdc_hex(tag, sizeof tag, row->person_tag);
    date_text(&record->card.valid_until, row->expires);
    date_text(&job->today, today);
    status = sdc_registry_look_up(job->station->registry, row, today, &job->known, e);
    job->repeated = status == SDC_OK && job->known && row->state != SDC_CARD_ASSIGNED;
    return status;
}

/* Another blank takes the request over: what was begun must never come back under the same GUID. */
static enum sdc_status take_over(struct job *job, struct sdc_error *e)
{
    char before[SDC_UUID_TEXT];
    memcpy(before, job->row.guid, sizeof before);
    enum sdc_status status = sdc_registry_reassign(job->station->registry, &job->row, e);
    if (status == SDC_OK)
        letter_remove(job->station->home, before);
    return status;
}

enum sdc_status job_assign(struct job *job, struct sdc_error *e)
{
    char chip[SDC_CHIP_TEXT], today[11];
    enum sdc_status status = SDC_OK;
    sdc_hex(job->context.serial, sizeof job->context.serial, chip);
    date_text(&job->today, today);
    if (!job->known)
        status = sdc_registry_assign(job->station->registry, &job->row, today, &job->known, e);
    else if (job->row.chip[0] && strcmp(job->row.chip, chip) != 0)
        status = take_over(job, e);
    if (status == SDC_OK && strcmp(job->row.chip, chip) != 0)
        status = sdc_registry_bind(job->station->registry, &job->row, chip, e);
    return status;
}

static enum sdc_status fill_input(struct job *job, struct sdc_error *e)
{
    struct data_input *input = &job->input;
    if (!sdc_uuid_parse(job->row.guid, input->guid))
        return sdc_fail(e, SDC_E_IO, "registry: a GUID is damaged");
    input->issued = job->today;
    input->expiry = job->record->card.valid_until;
    data_name(job->record->surname, job->record->given_names, input->name);
    input->portrait = sdc_buf_rd(&job->portrait);
    input->portrait_width = job->portrait_width;
    input->portrait_height = job->portrait_height;
    input->config = &job->station->config;
    input->signer = job->station->pki.certificate[PKI_CONTENT_SIGNER];
    input->signer_key = job->station->pki.key[PKI_CONTENT_SIGNER];
    return data_serial(input->serial, e);
}

static enum sdc_status fill_answer(struct job *job, struct sdc_error *e)
{
    struct sdc_issued *issued = job->issued;
    memcpy(issued->guid, job->row.guid, sizeof issued->guid);
    memcpy(issued->document_number, job->row.document_number, sizeof issued->document_number);
    enum sdc_status status = random_digits(issued->can, sizeof issued->can - 1, e);
    if (status == SDC_OK)
        status = sdc_mrz_td1(job->record, issued->document_number, &job->input.expiry, issued->mrz, e);
    return status;
}

enum sdc_status job_plan(struct job *job, struct sdc_error *e)
{
    data_free(&job->set);
    enum sdc_status status = fill_input(job, e);
    if (status == SDC_OK)
        status = data_build(&job->input, &job->set, e);
    if (status == SDC_OK)
        status = random_digits(job->transport, sizeof job->transport, e);
    if (status == SDC_OK)
        status = random_digits(job->passing, sizeof job->passing, e);
    if (status == SDC_OK)
        status = fill_answer(job, e);
    if (status == SDC_OK) {
        const struct letter letter = { job->row.guid, job->row.document_number, job->record->language, job->transport,
                                       sizeof job->transport };
        status = letter_write(job->station->home, &letter, job->issued->letter, e);
    }
    return status;
}
