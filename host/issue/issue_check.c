/* SPDX-License-Identifier: BSD-2-Clause */
#include "issue_job.h"

#include "sdc/verify.h"

#include <string.h>

enum sdc_status job_compare(struct sdc_link *link, uint32_t object, const struct sdc_buf *content, struct sdc_error *e)
{
    struct sdc_buf held = SDC_BUF_INIT;
    enum sdc_status status = sdc_piv_get(link, object, &held, e);
    if (status == SDC_OK && (held.len != content->len || !sdc_equal(held.data, content->data, held.len)))
        status = sdc_fail(e, SDC_E_REPLY, "object %X on the card is not what was written", (unsigned)object);
    sdc_buf_free(&held);
    return status;
}

enum sdc_status job_read_back(struct job *job, struct sdc_error *e)
{
    int tries = 0;
    enum sdc_status status = sdc_link_reset(job->link, e);
    if (status == SDC_OK)
        status = sdc_piv_select(job->link, e);
    for (size_t i = 0; i < DATA_OBJECTS && status == SDC_OK; i++)
        if (!data_objects[i].pin)
            status = job_compare(job->link, data_objects[i].object, &job->set.content[i], e);
    for (size_t i = 0; i < JOB_KEYS && status == SDC_OK; i++)
        status = job_compare(job->link, job_keys[i].object, &job->certificate[i], e);
    if (status != SDC_OK)
        return status;
    struct sdc_error answer = { .status = SDC_OK };
    status = sdc_piv_tries(job->link, &tries, NULL, &answer);
    if (status == SDC_E_CONDITIONS) /* as it should be: this PIN can do nothing but be changed */
        return SDC_OK;
    if (status == SDC_OK)
        return sdc_fail(e, SDC_E_REPLY, "the card has no transport PIN");
    if (e)
        *e = answer;
    return status;
}

/* No word of the report but a check's constant name: what a card says may hold anything. */
static enum sdc_status judge(const struct sdc_report *report, struct sdc_error *e)
{
    if (report->verdict == SDC_VERDICT_ACCEPT)
        return SDC_OK;
    if (report->verdict == SDC_VERDICT_RETRY)
        return sdc_fail(e, SDC_E_REMOVED, "the card left while it was verified");
    for (size_t i = 0; i < report->checks_len; i++)
        if (report->checks[i].state == SDC_CHECK_FAILED)
            return sdc_fail(e, SDC_E_SIGNATURE, "the finished card doesn't verify: %s (%s)",
                            sdc_verdict_name(report->verdict), report->checks[i].name);
    return sdc_fail(e, SDC_E_SIGNATURE, "the finished card doesn't verify: %s", sdc_verdict_name(report->verdict));
}

enum sdc_status job_verify(struct job *job, struct sdc_error *e)
{
    struct sdc_trust *trust = NULL;
    struct sdc_report report = { 0 };
    const struct sdc_verify_options options = { .profile = "chip", .today = job->today };
    char folder[PATH_MAX];
    enum sdc_status status = station_path(job->station->home, STATION_TRUST, folder, e);
    if (status == SDC_OK)
        status = sdc_trust_load(folder, &trust, e);
    if (status == SDC_OK) {
        status = sdc_verify(job->link, trust, &options, &report, e);
        if (status == SDC_OK)
            status = judge(&report, e);
        if (status == SDC_OK && memcmp(report.guid, job->input.guid, sizeof report.guid) != 0)
            status = sdc_fail(e, SDC_E_SIGNATURE, "the finished card verifies as another");
        sdc_report_free(&report);
    }
    sdc_trust_free(trust);
    return status;
}

enum sdc_status job_finish(struct job *job, struct sdc_error *e)
{
    return sdc_registry_move(job->station->registry, job->row.guid, SDC_CARD_ASSIGNED, SDC_CARD_ISSUED, e);
}
