/* SPDX-License-Identifier: BSD-2-Clause */
#include "issue_job.h"

#include "card_edge.h"

#include <string.h>

/* SP 800-73 lets nobody but the holder read face and printed information. So the station is the holder for a moment: it
 * places a transport PIN, changes it as a holder would (which proves the PIN, part 2 3.2.2), reads, and then places the
 * transport PIN of the letter over it (job_place_secrets), which makes the card one that nobody holds. The passing PINs
 * are random and known to nobody. */
enum sdc_status job_check_private(struct job *job, struct sdc_error *e)
{
    uint8_t random[2 * PIN_MAX_LEN];
    char pins[2 * PIN_MAX_LEN], *transport = pins, *holder = pins + PIN_MAX_LEN;
    enum sdc_status status = sdc_random(random, sizeof random, e);
    if (status != SDC_OK)
        return status;
    for (size_t i = 0; i < sizeof pins; i++)
        pins[i] = (char)('0' + random[i] % 10); /* lives for seconds: its bias tells nothing */
    status = sdc_piv_put_secret(job->link, REF_PIN, transport, PIN_MAX_LEN, 0, e);
    if (status == SDC_OK)
        status = sdc_piv_change(job->link, REF_PIN, transport, PIN_MAX_LEN, holder, PIN_MAX_LEN, e);
    for (size_t i = 0; i < DATA_OBJECTS && status == SDC_OK; i++)
        if (data_objects[i].pin)
            status = job_compare(job, data_objects[i].object, &job->set.content[i], e);
    sdc_wipe(random, sizeof random);
    sdc_wipe(pins, sizeof pins);
    return status;
}

enum sdc_status job_place_secrets(struct job *job, struct sdc_error *e)
{
    enum sdc_status status = sdc_piv_put_secret(job->link, REF_PUK, job->puk, sizeof job->puk, 0, e);
    if (status == SDC_OK)
        status = sdc_piv_put_secret(job->link, REF_PIN, job->transport, sizeof job->transport, 0, e);
    return status;
}

/* The registry knows that the change may be in force before it is sent: see job_authenticate. */
enum sdc_status job_seal(struct job *job, struct sdc_error *e)
{
    enum sdc_status status = SDC_OK;
    if (job->row.state == SDC_CARD_ASSIGNED) {
        status = sdc_registry_move(job->station->registry, job->row.guid, SDC_CARD_ASSIGNED, SDC_CARD_SEALING, e);
        if (status == SDC_OK)
            job->row.state = SDC_CARD_SEALING;
    }
    if (status == SDC_OK)
        status = sdc_piv_put_secret(job->link, KEY_MANAGEMENT, job->management, sizeof job->management, 0, e);
    return status;
}
