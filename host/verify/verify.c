/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

#include <openssl/err.h>
#include <string.h>

#include "card_edge.h"

const struct vf_object_row vf_objects[VF_OBJECT_COUNT] = {
    [VF_OBJECT_CHUID] = { OBJ_CHUID, 0x3000, VF_CHUID_FORMAT, VF_HASH_CHUID, false },
    [VF_OBJECT_SECURITY] = { OBJ_SECURITY, 0, VF_SECURITY_FORMAT, VF_CHECK_COUNT, false },
    [VF_OBJECT_CCC] = { OBJ_CCC, 0xDB00, VF_CCC_FORMAT, VF_HASH_CCC, false },
    [VF_OBJECT_DISCOVERY] = { OBJ_DISCOVERY, 0x6050, VF_DISCOVERY_FORMAT, VF_HASH_DISCOVERY, false },
    [VF_OBJECT_HISTORY] = { OBJ_KEY_HISTORY, 0x6060, VF_HISTORY_FORMAT, VF_HASH_HISTORY, false },
    [VF_OBJECT_CERT_9A] = { OBJ_CERT_9A, 0, VF_CERT_9A_CHAIN, VF_CHECK_COUNT, false },
    [VF_OBJECT_CERT_9C] = { OBJ_CERT_9C, 0, VF_CERT_9C_CHAIN, VF_CHECK_COUNT, false },
    [VF_OBJECT_CERT_9D] = { OBJ_CERT_9D, 0, VF_CERT_9D_CHAIN, VF_CHECK_COUNT, false },
    [VF_OBJECT_CERT_9E] = { OBJ_CERT_9E, 0, VF_CERT_9E_CHAIN, VF_CHECK_COUNT, false },
    [VF_OBJECT_FACE] = { OBJ_FACE, 0x6030, VF_FACE_FORMAT, VF_HASH_FACE, true },
    [VF_OBJECT_PRINTED] = { OBJ_PRINTED, 0x3001, VF_PRINTED_FORMAT, VF_HASH_PRINTED, true },
};

bool vf_over(const struct vf_run *run)
{
    return run->host != SDC_OK || run->report->checks[VF_CARD].state == SDC_CHECK_FAILED || vf_disbelieved(run->report);
}

bool vf_taken(struct vf_run *run, enum sdc_status status, const struct sdc_error *e)
{
    switch (status) {
    case SDC_E_NO_SERVICE:
    case SDC_E_NO_READER:
    case SDC_E_NO_CARD:
    case SDC_E_REMOVED:
    case SDC_E_RESET:
    case SDC_E_BUSY:
    case SDC_E_IO:
        vf_fail(run->report, VF_CARD, "%s", e->text);
        return true;
    case SDC_E_NO_MEMORY:
    case SDC_E_CRYPTO:
    case SDC_E_CANCELLED:
    case SDC_E_USAGE:
    case SDC_E_BUG:
        run->host = status;
        if (run->e)
            *run->e = *e;
        return true;
    default:
        return false;
    }
}

bool vf_read(struct vf_run *run, enum vf_object object)
{
    struct sdc_error e = { .status = SDC_OK };
    enum sdc_status status = sdc_piv_get(run->link, vf_objects[object].tag, &run->object[object], &e);
    run->present[object] = status == SDC_OK;
    if (status != SDC_OK && !vf_taken(run, status, &e))
        vf_fail(run->report, vf_objects[object].format, "%s", e.text);
    return status == SDC_OK;
}

struct sdc_rd vf_content(const struct vf_run *run, enum vf_object object)
{
    struct sdc_rd content = sdc_buf_rd(&run->object[object]);
    if (!run->present[object])
        content.err = true;
    return content;
}

static void run_stages(struct vf_run *run)
{
    static void (*const stages[])(struct vf_run *) = { vf_stage_select,  vf_stage_chuid, vf_stage_issuer,
                                                       vf_stage_objects, vf_stage_chip,  vf_stage_pin,
                                                       vf_stage_holder };
    for (size_t i = 0; i < sizeof stages / sizeof stages[0] && !vf_over(run); i++)
        stages[i](run);
}

static void run_card(struct vf_run *run)
{
    struct sdc_error e = { .status = SDC_OK };
    enum sdc_status status = sdc_link_begin_anew(run->link, &e);
    if (status != SDC_OK) {
        if (!vf_taken(run, status, &e))
            vf_fail(run->report, VF_CARD, "%s", e.text);
        return;
    }
    run_stages(run);
    if (run->host == SDC_OK)
        vf_pass(run->report, VF_CARD); /* where it has not failed */
    if (run->logged_in)
        (void)!sdc_piv_logout(run->link, &e); /* the report stands, whatever the card says to this */
    sdc_link_end(run->link);
}

static void run_free(struct vf_run *run)
{
    for (size_t i = 0; i < VF_OBJECT_COUNT; i++)
        sdc_buf_free(&run->object[i]);
    X509_free(run->signer);
    for (size_t i = 0; i < VF_CARD_CERTS; i++)
        X509_free(run->cert[i]);
    sdc_wipe(run, sizeof *run);
    ERR_clear_error();
}

enum sdc_status sdc_verify(struct sdc_link *link, const struct sdc_trust *trust,
                           const struct sdc_verify_options *options, struct sdc_report *report, struct sdc_error *e)
{
    vf_report_init(report);
    const char *name = options->profile ? options->profile : "";
    const struct vf_profile *profile = vf_profile_find(name);
    if (!profile)
        return sdc_fail(e, SDC_E_USAGE, "no profile '%s'", name);
    struct vf_run run = { .link = link, .trust = trust, .options = options, .report = report, .e = e };
    run_card(&run);
    vf_skip(report, VF_STATUS, "this profile reads no status list");
    vf_report_close(report, profile->required | (options->pin ? profile->with_pin : 0));
    enum sdc_status status = run.host;
    run_free(&run);
    if (status != SDC_OK) {
        sdc_report_free(report);
        vf_report_init(report);
    }
    return status;
}
