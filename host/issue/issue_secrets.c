/* SPDX-License-Identifier: BSD-2-Clause */
#include "issue_job.h"

#include "card_edge.h"

#include <string.h>

/* A DGI of tries and digits */
static enum sdc_status place(struct job *job, uint16_t dgi, uint8_t tries, const char *digits, size_t len,
                             struct sdc_error *e)
{
    uint8_t value[1 + PIN_MAX_LEN] = { tries };
    memcpy(value + 1, digits, len);
    enum sdc_status status = sdc_domain_store(job->session, dgi, true, value, 1 + len, e);
    sdc_wipe(value, sizeof value);
    return status;
}

/* SP 800-73 lets nobody but the holder read face and printed information. So the station is the holder for a moment: it
 * places a passing transport PIN, changes it as a holder would (which proves the PIN, part 2 3.2.2), reads, and in the
 * end places the transport PIN of the letter over it (job_seal), which makes the card one that nobody holds. The
 * passing PINs are random and known to nobody. */
enum sdc_status job_place_secrets(struct job *job, struct sdc_error *e)
{
    enum sdc_status status = job_session(job, JOB_DOMAIN, e);
    if (status == SDC_OK)
        status = job_note_keys(job, e); /* also where the answer to the key change was lost */
    if (status == SDC_OK)
        status = place(job, DGI_PUK, PUK_TRIES, job->puk, sizeof job->puk, e);
    if (status == SDC_OK)
        status = sdc_domain_store(job->session, DGI_MANAGEMENT_KEY, true, job->management, sizeof job->management, e);
    return status == SDC_OK ? place(job, DGI_TRANSPORT_PIN, PIN_TRIES, job->passing, sizeof job->passing, e) : status;
}

enum sdc_status job_check_private(struct job *job, struct sdc_error *e)
{
    char holder[JOB_TRANSPORT_LEN];
    sdc_scp03_close(job->session); /* a holder has none; and whole objects come back in one APDU */
    job->session = NULL;
    for (size_t i = 0; i < sizeof holder; i++) /* another one, and as random as the first */
        holder[i] = (char)('0' + (job->passing[i] - '0' + 1) % 10);
    enum sdc_status status = sdc_piv_select(job->link, e);
    if (status == SDC_OK)
        status = sdc_piv_change(job->link, REF_PIN, job->passing, sizeof job->passing, holder, sizeof holder, e);
    for (size_t i = 0; i < DATA_OBJECTS && status == SDC_OK; i++)
        if (data_objects[i].pin)
            status = job_compare(job->link, data_objects[i].object, &job->set.content[i], e);
    sdc_wipe(holder, sizeof holder);
    return status;
}

enum sdc_status job_seal(struct job *job, struct sdc_error *e)
{
    enum sdc_status status = job_session(job, JOB_DOMAIN, e);
    if (status == SDC_OK)
        status = place(job, DGI_TRANSPORT_PIN, PIN_TRIES, job->transport, sizeof job->transport, e);
    if (status == SDC_OK && job->life_cycle == LIFE_OP_READY)
        status = sdc_domain_set_state(job->session, LIFE_INITIALIZED, e);
    if (status == SDC_OK && job->life_cycle != LIFE_SECURED)
        status = sdc_domain_set_state(job->session, LIFE_SECURED, e);
    sdc_scp03_close(job->session);
    job->session = NULL;
    return status;
}
