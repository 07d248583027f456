/* SPDX-License-Identifier: BSD-2-Clause */
/* The PIN and what it opens: face, printed information, key 9A. */
#include "run.h"

#include "card_edge.h"

/* What isn't decided yet of the checks that need the PIN is not made, and why. */
static void skip_behind_pin(struct vf_run *run, const char *why)
{
    static const enum vf_check checks[] = { VF_HANDED_OVER,    VF_PIN_TRIES,    VF_PIN,
                                            VF_HASH_FACE,      VF_HASH_PRINTED, VF_FACE_FORMAT,
                                            VF_FACE_SIGNATURE, VF_FACE_DATES,   VF_PRINTED_FORMAT,
                                            VF_KEY_9A };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (!vf_passed(run->report, checks[i]))
            vf_skip(run->report, checks[i], "%s", why);
}

/* The state of the PIN, asked without a try. True where a PIN may be tried. */
static bool pin_usable(struct vf_run *run, int *tries)
{
    struct sdc_error e = { .status = SDC_OK };
    bool asked = run->options->pin != NULL;
    enum sdc_status status = sdc_piv_tries(run->link, tries, NULL, &e);
    if (status == SDC_OK && *tries > 0) {
        vf_pass(run->report, VF_HANDED_OVER);
        vf_pass(run->report, VF_PIN_TRIES);
        return asked;
    }
    const char *why = "no PIN given";
    if (status == SDC_E_CONDITIONS)
        why = "transport PIN stands, hand the card over";
    else if (status == SDC_OK)
        why = "the PIN is blocked";
    else if (vf_taken(run, status, &e))
        return false;
    else
        why = e.text;
    if (asked)
        vf_fail(run->report, status == SDC_OK ? VF_PIN_TRIES : VF_HANDED_OVER, "%s", why);
    skip_behind_pin(run, why);
    return false;
}

static void try_pin(struct vf_run *run, int tries)
{
    struct sdc_error e = { .status = SDC_OK, .tries = -1 };
    struct sdc_report *report = run->report;
    enum sdc_status status = sdc_piv_verify(run->link, run->options->pin, run->options->pin_len, &e);
    if (status == SDC_OK) {
        run->logged_in = true;
        vf_pass(report, VF_PIN);
        return;
    }
    if (vf_taken(run, status, &e))
        return;
    if (status == SDC_E_PIN_BLOCKED)
        vf_fail(report, VF_PIN_TRIES, "%s", e.text);
    else if (status == SDC_E_PIN_WRONG || status == SDC_E_PIN_FORMAT)
        vf_fail(report, VF_PIN, "%s", e.text);
    report->tries = status == SDC_E_PIN_WRONG ? e.tries : tries;
    skip_behind_pin(run, "the PIN was not accepted");
    if (status != SDC_E_PIN_BLOCKED)
        vf_skip(report, VF_PIN, "%s", e.text); /* stays failed where it has failed */
}

/* The card is genuine as far as free data tell, or this stage isn't reached: no PIN is shown to any other. */
void vf_stage_pin(struct vf_run *run)
{
    int tries = 0;
    if (pin_usable(run, &tries))
        try_pin(run, tries);
    else if (!run->options->pin && !vf_over(run) && vf_passed(run->report, VF_HANDED_OVER))
        skip_behind_pin(run, "no PIN given");
}

static void check_face(struct vf_run *run)
{
    struct sdc_report *report = run->report;
    struct vf_face face;
    struct vf_cms cms = { .rule = NULL };
    const char *why = vf_face_parse(vf_content(run, VF_OBJECT_FACE), &face);
    if (!why && !vf_rd_same(&face.fascn, &run->chuid.fascn))
        why = "the FASC-N of another card";
    if (!why)
        why = vf_cms_parse(face.signature, &vf_cms_biometric, &cms);
    vf_result(report, VF_FACE_FORMAT, "", why);
    if (why)
        return;
    vf_result(report, VF_FACE_SIGNATURE, "", vf_cms_verify(&cms, run->signer, &face.content, 1, &run->signed_values));
    const struct sdc_date *today = &run->options->today;
    bool valid = sdc_date_compare(&face.from, today) <= 0 && sdc_date_compare(today, &face.until) <= 0;
    vf_result(report, VF_FACE_DATES, "", valid ? NULL : "outside the face's validity");
    if (vf_passed(report, VF_FACE_SIGNATURE) && vf_passed(report, VF_HASH_FACE))
        sdc_buf_put(&report->portrait, face.image.p, face.image.left);
}

static void check_printed(struct vf_run *run)
{
    struct sdc_report *report = run->report;
    struct vf_printed printed;
    const char *why = vf_printed_parse(vf_content(run, VF_OBJECT_PRINTED), &printed);
    if (!why && sdc_date_compare(&printed.expiry, &run->values.expiry) != 0)
        why = "another expiry date than the card identifier's";
    vf_result(report, VF_PRINTED_FORMAT, "", why);
    if (why || !vf_passed(report, VF_HASH_PRINTED))
        return;
    vf_text_copy(printed.name, report->name, sizeof report->name);
    vf_text_copy(printed.serial, report->card_serial, sizeof report->card_serial);
}

void vf_stage_holder(struct vf_run *run)
{
    if (!run->logged_in)
        return;
    bool face = vf_read(run, VF_OBJECT_FACE);
    bool printed = !vf_over(run) && vf_read(run, VF_OBJECT_PRINTED);
    vf_check_hash(run, VF_OBJECT_FACE);
    vf_check_hash(run, VF_OBJECT_PRINTED);
    if (face)
        check_face(run);
    if (printed)
        check_printed(run);
    if (!vf_over(run))
        vf_check_key(run, VF_CERT_9A, VF_KEY_9A);
    if (sdc_buf_status(&run->report->portrait, run->e) != SDC_OK)
        run->host = SDC_E_NO_MEMORY;
}
