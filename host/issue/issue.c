/* SPDX-License-Identifier: BSD-2-Clause */
#include "issue_job.h"

#include "letter.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

/* The plan. What stands before 'identify' touches no card, nothing is entered before the chip was looked at, and the
 * registry says "issued" after everything else. */
static const struct {
    const char *name;
    job_step run;
} steps[] = {
    { "preparing the portrait", job_portrait },
    { "looking the request up", job_request },
    { "looking at the chip", job_identify },
    { "assigning GUID and document number", job_assign },
    { "making data objects, secrets and letter", job_plan },
    { "changing the transport keys to the card's own", job_change_keys },
    { "placing PUK and management key", job_place_secrets },
    { "placing what opens the chip's files", job_place_access },
    { "making keys and certificates", job_make_keys },
    { "writing data objects", job_write_objects },
    { "making the chip's keys, signing travel document and docket", job_make_files },
    { "writing travel document and docket", job_write_files },
    { "reading back what only the holder may read", job_check_private },
    { "placing the transport PIN and securing the card", job_seal },
    { "resetting the card and reading back", job_read_back },
    { "verifying as a reader does", job_verify },
    { "reading the travel document as a reader does", job_verify_files },
    { "entering the card as issued", job_finish },
};
#define STEPS ((unsigned)(sizeof steps / sizeof *steps))

/* The steps that hold the card for this program alone. */
#define FIRST_CARD_STEP job_identify
#define LAST_CARD_STEP  job_read_back

static enum sdc_status run_steps(struct job *job, sdc_progress progress, void *ctx, struct sdc_error *e)
{
    enum sdc_status status = SDC_OK;
    bool held = false;
    for (unsigned i = 0; i < STEPS && status == SDC_OK && !job->repeated; i++) {
        if (progress)
            progress(ctx, i + 1, STEPS, steps[i].name);
        if (job->link->cancel && *job->link->cancel)
            status = sdc_fail(e, SDC_E_CANCELLED, "stopped on request");
        else if (steps[i].run == FIRST_CARD_STEP) {
            status = sdc_link_begin_anew(job->link, e);
            held = status == SDC_OK;
        }
        if (status == SDC_OK)
            status = steps[i].run(job, e);
        if (held && status != SDC_OK && steps[i].run != FIRST_CARD_STEP)
            (void)!sdc_link_reset(job->link, NULL); /* what was proven to the card must not outlive our hold on it */
        if (held && steps[i].run == LAST_CARD_STEP) {
            sdc_link_end(job->link);
            held = false;
        }
    }
    if (held)
        sdc_link_end(job->link);
    return status;
}

/* What was found wrong with the record, or with the batch itself, stops it. */
static enum sdc_status check_faults(const struct sdc_batch *batch, size_t index, struct sdc_error *e)
{
    char text[512];
    if (index >= batch->records_len)
        return sdc_fail(e, SDC_E_USAGE, "the batch has no record %zu", index + 1);
    for (size_t i = 0; i < batch->faults_len; i++) {
        const struct sdc_fault *fault = &batch->faults[i];
        if (fault->record != 0 && fault->record != index + 1)
            continue;
        sdc_fault_text(fault, text, sizeof text);
        return sdc_fail(e, SDC_E_INPUT, "%s", text);
    }
    if (batch->records[index].faulty)
        return sdc_fail(e, SDC_E_INPUT, "record %zu is faulty", index + 1);
    return SDC_OK;
}

static void job_free(struct job *job)
{
    sdc_scp03_close(job->session);
    stock_chip_free(&job->chip);
    X509_free(job->attestation);
    sdc_buf_free(&job->portrait);
    data_free(&job->set);
    lds_free(&job->files);
    for (size_t i = 0; i < JOB_KEYS; i++)
        sdc_buf_free(&job->certificate[i]);
    sdc_wipe(job, sizeof *job);
    free(job);
    ERR_clear_error();
}

/* The answer to a request that was fulfilled before: what can be made from record and registry again. */
static enum sdc_status answer_again(struct job *job, struct sdc_error *e)
{
    struct sdc_issued *issued = job->issued;
    memcpy(issued->guid, job->row.guid, sizeof issued->guid);
    memcpy(issued->document_number, job->row.document_number, sizeof issued->document_number);
    issued->repeated = true;
    enum sdc_status status = letter_path(job->station->home, job->row.guid, issued->letter, e);
    if (status == SDC_OK)
        status = sdc_mrz_td1(job->record, issued->document_number, &job->record->card.valid_until, issued->mrz, e);
    return status;
}

enum sdc_status sdc_issue(struct sdc_station *station, const struct sdc_batch *batch, size_t index,
                          struct sdc_link *link, sdc_progress progress, void *ctx, struct sdc_issued *issued,
                          struct sdc_error *e)
{
    int lock = -1;
    *issued = (struct sdc_issued) { 0 };
    enum sdc_status status = check_faults(batch, index, e);
    if (status == SDC_OK)
        status = station_check_clock(station, e);
    if (status == SDC_OK)
        status = station_lock(station, batch->records[index].transaction_id, &lock, e);
    if (status != SDC_OK)
        return status;
    struct job *job = calloc(1, sizeof *job);
    if (job) {
        job->station = station;
        job->record = &batch->records[index];
        job->folder = batch->folder;
        job->link = link;
        job->issued = issued;
        job->today = sdc_date_today();
        status = run_steps(job, progress, ctx, e);
        if (status == SDC_OK && job->repeated)
            status = answer_again(job, e);
        job_free(job);
    } else {
        status = sdc_fail(e, SDC_E_NO_MEMORY, "no memory for the issue");
    }
    station_unlock(lock);
    if (status != SDC_OK)
        sdc_wipe(issued, sizeof *issued);
    return status;
}
