/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything that is free to read: the security object and what it lists, and the four certificates. */
#include "run.h"

#include <stdio.h>

/* ---- security object ---- */

/* The list must hold each object that an issued card has and no other: an entry more would be an object that nobody
 * reads. */
static const char *check_list(const struct vf_run *run)
{
    size_t found = 0, wanted = 0;
    for (size_t i = 0; i < VF_OBJECT_COUNT; i++) {
        if (vf_objects[i].container == 0)
            continue;
        wanted++;
        for (size_t k = 0; k < run->security.count; k++)
            if (run->security.map[k].container == vf_objects[i].container &&
                !run->lds.value[run->security.map[k].dg].err)
                found++;
    }
    if (found < wanted)
        return "an object is not listed";
    return run->security.count != wanted || run->lds.count != wanted ? "an unknown object is listed" : NULL;
}

static void check_security(struct vf_run *run)
{
    struct sdc_report *report = run->report;
    struct vf_cms cms = { .rule = NULL };
    if (!run->present[VF_OBJECT_SECURITY])
        return;
    const char *why = vf_security_parse(vf_content(run, VF_OBJECT_SECURITY), &run->security);
    if (!why)
        why = vf_cms_parse(run->security.signature, &vf_cms_security, &cms);
    if (!why)
        why = vf_lds_parse(cms.content, &run->lds);
    vf_result(report, VF_SECURITY_FORMAT, "", why);
    if (why)
        return;
    vf_result(report, VF_SECURITY_SIGNATURE, "",
              vf_cms_verify(&cms, run->signer, &cms.content, 1, &run->signed_values));
    if (vf_passed(report, VF_SECURITY_SIGNATURE))
        vf_result(report, VF_SECURITY_LIST, "", check_list(run));
}

void vf_check_hash(struct vf_run *run, enum vf_object object)
{
    const struct vf_object_row *row = &vf_objects[object];
    uint8_t hash[VF_HASH_MAX];
    if (!run->present[object] || !vf_passed(run->report, VF_SECURITY_LIST))
        return;
    struct sdc_rd content = vf_content(run, object), value = { NULL, 0, true };
    for (size_t k = 0; k < run->security.count; k++)
        if (run->security.map[k].container == row->container)
            value = run->lds.value[run->security.map[k].dg];
    bool same = vf_hash_pieces(run->lds.hash, &content, 1, hash) && sdc_rd_equal(&value, hash, run->lds.hash->len);
    vf_result(run->report, row->hash, "", same ? NULL : "differs from what the security object lists");
}

/* ---- certificates ---- */

static const char *const cert_names[VF_CARD_CERTS] = { "certificate 9A", "certificate 9C", "certificate 9D",
                                                       "certificate 9E" };

static void check_cert(struct vf_run *run, enum vf_cert_kind kind)
{
    struct sdc_report *report = run->report;
    enum vf_object object = (enum vf_object)(VF_OBJECT_CERT_9A + kind);
    enum vf_check chain_check = vf_objects[object].format;
    const char *name = cert_names[kind], *why;
    struct sdc_rd der;
    if (!run->present[object])
        return;
    why = vf_cert_object_parse(vf_content(run, object), &der);
    if (!why)
        run->cert[kind] = vf_cert_parse(der, &why);
    if (!run->cert[kind]) {
        vf_fail(report, chain_check, "%s: %s", name, why);
        return;
    }
    enum vf_chain chain = vf_trust_chain(run->trust, run->cert[kind], NULL, &why);
    if (chain == VF_CHAIN_UNKNOWN)
        vf_fail(report, VF_ISSUER, "%s %s", name, why);
    else
        vf_result(report, chain_check, name, why);
    vf_result(report, (enum vf_check)(VF_CERT_9A_PROFILE + kind), name,
              vf_cert_profile(run->cert[kind], kind, &run->values));
    why = vf_cert_guid(run->cert[kind], kind, run->values.guid);
    if (why)
        vf_fail(report, VF_GUID, "%s %s", name, why);
    why = vf_cert_dates(run->cert[kind], &run->options->today);
    if (why)
        vf_fail(report, VF_CERT_DATES, "%s %s", name, why);
}

/* A certificate that stands in two places would let one key do another's work. */
static void check_keys_differ(struct vf_run *run)
{
    for (size_t i = 0; i < VF_CARD_CERTS; i++)
        for (size_t k = i + 1; k < VF_CARD_CERTS; k++) {
            if (!run->cert[i] || !run->cert[k])
                return;
            if (EVP_PKEY_eq(X509_get0_pubkey(run->cert[i]), X509_get0_pubkey(run->cert[k])) == 1)
                vf_fail(run->report, VF_KEYS_DIFFER, "%s and %s have the same key", cert_names[i], cert_names[k]);
        }
    vf_pass(run->report, VF_KEYS_DIFFER);
}

/* ---- dates ---- */

static void check_dates(struct vf_run *run)
{
    enum { LIFE_MAX = 6 }; /* years; no card is issued for longer */
    const struct sdc_date *today = &run->options->today;
    struct sdc_date furthest = sdc_date_add_years(today, LIFE_MAX);
    const char *why = NULL;
    if (sdc_date_compare(today, &run->values.expiry) > 0)
        why = "the card has expired";
    else if (sdc_date_compare(&run->values.expiry, &furthest) > 0)
        why = "the card expires more than six years from now";
    vf_result(run->report, VF_CARD_DATES, "", why);
}

static void check_small(struct vf_run *run, enum vf_object object, const char *(*parse)(struct sdc_rd))
{
    if (run->present[object])
        vf_result(run->report, vf_objects[object].format, "", parse(vf_content(run, object)));
}

void vf_stage_objects(struct vf_run *run)
{
    for (enum vf_object i = VF_OBJECT_SECURITY; i < VF_OBJECT_COUNT; i++)
        if (!vf_objects[i].pin) {
            (void)vf_read(run, i);
            if (run->host != SDC_OK || run->report->checks[VF_CARD].state == SDC_CHECK_FAILED)
                return;
        }
    check_security(run);
    check_small(run, VF_OBJECT_CCC, vf_ccc_parse);
    check_small(run, VF_OBJECT_DISCOVERY, vf_discovery_parse);
    check_small(run, VF_OBJECT_HISTORY, vf_history_parse);
    for (enum vf_object i = 0; i < VF_OBJECT_COUNT; i++)
        if (!vf_objects[i].pin && vf_objects[i].container)
            vf_check_hash(run, i);
    bool all = true;
    for (enum vf_cert_kind i = 0; i < VF_CARD_CERTS; i++) {
        check_cert(run, i);
        all = all && run->cert[i];
    }
    if (all) {
        check_keys_differ(run);
        vf_pass(run->report, VF_GUID);
    }
    check_dates(run);
}
