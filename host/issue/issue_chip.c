/* SPDX-License-Identifier: BSD-2-Clause */
#include "issue_job.h"

#include "attestation.h"
#include "card_edge.h"

#include <string.h>

static enum sdc_status examine(struct job *job, struct sdc_error *e)
{
    size_t key_len = 0;
    enum sdc_status status = sdc_domain_select(job->link, e);
    if (status == SDC_OK)
        status = sdc_domain_state(job->link, &job->life_cycle, e);
    if (status == SDC_OK)
        status = sdc_domain_key_version(job->link, &job->key_version, &key_len, e);
    return status;
}

/* What the registry knows of a chip that says it has its transport keys. One whose keys were replaced can't have them:
 * it would get the card's own keys to read. */
static enum sdc_status check_chip(struct job *job, const char *chip, struct sdc_error *e)
{
    struct sdc_card_row other = { 0 };
    bool found = false, changed = false;
    enum sdc_status status = sdc_registry_find_chip(job->station->registry, chip, &other, &found, &changed, e);
    if (status == SDC_OK && found && (!job->known || strcmp(other.guid, job->row.guid) != 0))
        return sdc_fail(e, SDC_E_CONFLICT, "this chip is card %s, which is %s", other.guid,
                        sdc_card_state_name(other.state));
    if (status == SDC_OK && changed)
        return sdc_fail(e, SDC_E_DENIED, "chip %s shows transport keys that were replaced before: it is not that chip",
                        chip);
    return status;
}

/* A chip of a delivery shows its maker's certificate before anything is entered for it. */
static enum sdc_status check_maker(struct job *job, struct sdc_error *e)
{
    if (!job->chip.listed)
        return SDC_OK;
    enum sdc_status status = sdc_piv_select(job->link, e);
    return status == SDC_OK ? attestation_chip(job->link, job->chip.maker, job->context.serial, &job->attestation, e)
                            : status;
}

/* Before SECURED the chip tells its serial number: it is the one begun, or a blank, or nothing for this request. */
static enum sdc_status identify_open(struct job *job, struct sdc_error *e)
{
    char chip[SDC_SERIAL_TEXT];
    enum sdc_status status = sdc_domain_serial(job->link, job->context.serial, e);
    if (status != SDC_OK)
        return status;
    sdc_hex(job->context.serial, sizeof job->context.serial, chip);
    if (job->key_version == KEY_VERSION_TRANSPORT)
        status = check_chip(job, chip, e);
    else if (strcmp(job->row.chip, chip) != 0)
        status = sdc_fail(e, SDC_E_DENIED, "this card is not blank: it has no transport keys any more");
    if (status == SDC_OK)
        status = stock_find(job->station, job->context.serial, &job->chip, e);
    return status == SDC_OK ? check_maker(job, e) : status;
}

/* Afterwards it doesn't: the card is found by its GUID, and proves to be that chip by its keys. Those are the card's
 * own: no card becomes SECURED with its transport keys (11.1.1; card_edge.h), and one that shows them would get the
 * card's own keys to read. */
static enum sdc_status identify_secured(struct job *job, struct sdc_error *e)
{
    uint8_t guid[SDC_GUID_LEN];
    char text[SDC_UUID_TEXT];
    struct sdc_error answer = { .status = SDC_OK };
    if (job->key_version != CARD_KEY_VERSION)
        return sdc_fail(e, SDC_E_DENIED, "a card that is SECURED shows keys of version %02X: it is not that card",
                        job->key_version);
    enum sdc_status status = sdc_piv_select(job->link, e);
    if (status != SDC_OK)
        return status;
    status = sdc_piv_get_guid(job->link, guid, &answer);
    if (status == SDC_E_NOT_FOUND)
        return sdc_fail(e, SDC_E_DENIED, "this card is not blank: its life cycle is over that");
    if (status != SDC_OK) {
        if (e)
            *e = answer;
        return status;
    }
    sdc_uuid_text(guid, text);
    if (!sdc_unhex(job->row.chip, job->context.serial, sizeof job->context.serial) || strcmp(text, job->row.guid) != 0)
        return sdc_fail(e, SDC_E_DENIED, "this card is not blank: it is %s", text);
    return SDC_OK;
}

static enum sdc_status make_secrets(struct job *job, struct sdc_error *e)
{
    struct token *token = job->station->token;
    job->context.master = CARD_MASTER_LABEL;
    job->context.issuer = job->station->config.derivation_issuer;
    job->context.version = CARD_KEY_VERSION;
    enum sdc_status status = card_key_domain(token, &job->context, &job->own, e);
    if (status == SDC_OK)
        status = card_key_management(token, &job->context, job->management, e);
    return status == SDC_OK ? card_key_puk(token, &job->context, job->puk, e) : status;
}

enum sdc_status job_identify(struct job *job, struct sdc_error *e)
{
    enum sdc_status status = examine(job, e);
    if (status != SDC_OK)
        return status;
    if (job->life_cycle == LIFE_OP_READY || job->life_cycle == LIFE_INITIALIZED)
        status = identify_open(job, e);
    else if (job->life_cycle == LIFE_SECURED)
        status = identify_secured(job, e);
    else
        status = sdc_fail(e, SDC_E_DENIED, "this card is locked or given up");
    return status == SDC_OK ? make_secrets(job, e) : status;
}

/* Which of the two key sets the card has, it says itself: no key is tried. */
enum sdc_status job_change_keys(struct job *job, struct sdc_error *e)
{
    struct sdc_scp03_keys transport;
    struct sdc_scp03 *session = NULL;
    if (job->key_version == job->own.version)
        return SDC_OK;
    if (job->key_version != KEY_VERSION_TRANSPORT)
        return sdc_fail(e, SDC_E_DENIED, "the card has keys of version %02X", job->key_version);
    enum sdc_status status = sdc_domain_select(job->link, e);
    if (status == SDC_OK)
        status = stock_transport_keys(job->station, &job->chip, job->context.serial, &transport, e);
    if (status == SDC_OK)
        status = sdc_scp03_open(job->link, &transport, SDC_SCP03_FULL, false, &session, e);
    if (status == SDC_OK)
        status = sdc_domain_put_keys(session, transport.version, &job->own, e);
    sdc_scp03_close(session);
    sdc_wipe(&transport, sizeof transport);
    return status == SDC_OK ? job_note_keys(job, e) : status;
}

enum sdc_status job_note_keys(struct job *job, struct sdc_error *e)
{
    return sdc_registry_keys_changed(job->station->registry, job->row.chip, e);
}

enum sdc_status job_session(struct job *job, enum job_place place, struct sdc_error *e)
{
    sdc_scp03_close(job->session);
    job->session = NULL;
    enum sdc_status status = place == JOB_PIV      ? sdc_piv_select(job->link, e)
                             : place == JOB_DOMAIN ? sdc_domain_select(job->link, e)
                             : place == JOB_MF     ? sdc_lds_select(job->link, SDC_LDS_MF, e)
                             : place == JOB_TRAVEL ? sdc_lds_select(job->link, SDC_LDS_TRAVEL, e)
                                                   : sdc_lds_select(job->link, SDC_LDS_DOCKET, e);
    return status == SDC_OK ? sdc_scp03_open(job->link, &job->own, SDC_SCP03_FULL, false, &job->session, e) : status;
}
