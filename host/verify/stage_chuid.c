/* SPDX-License-Identifier: BSD-2-Clause */
/* From nothing to a CHUID whose issuer is trusted. */
#include "run.h"

#include "card_edge.h"

void vf_stage_select(struct vf_run *run)
{
    struct sdc_error e = { .status = SDC_OK };
    enum sdc_status status = sdc_piv_select(run->link, &e);
    if (status == SDC_OK || vf_taken(run, status, &e))
        return;
    /* a card that reports its own failure may work when it is inserted again; any other answer is another card */
    if (e.sw == SW_SELF_TEST_FAILED)
        vf_fail(run->report, VF_CARD, "%s", e.text);
    else
        vf_fail(run->report, VF_DOCKET_CARD, "%s", e.text);
}

/* Parses and verifies with the certificate inside, whoever issued that. */
static const char *verify_chuid(struct vf_run *run)
{
    struct vf_cms *cms = &run->chuid_cms;
    const char *why = vf_cms_parse(run->chuid.signature, &vf_cms_chuid, cms);
    if (why)
        return why;
    run->signer = vf_cert_parse(cms->certificate, &why);
    if (!run->signer)
        return why;
    return vf_cms_verify(cms, run->signer, run->chuid.content, 2, &run->signed_values);
}

void vf_stage_chuid(struct vf_run *run)
{
    struct sdc_error e = { .status = SDC_OK };
    enum sdc_status status = sdc_piv_get(run->link, OBJ_CHUID, &run->object[VF_OBJECT_CHUID], &e);
    if (status != SDC_OK) {
        if (!vf_taken(run, status, &e))
            vf_fail(run->report, VF_DOCKET_CARD, "%s", e.text);
        return;
    }
    run->present[VF_OBJECT_CHUID] = true;
    struct sdc_rd content = vf_content(run, VF_OBJECT_CHUID);
    if (!vf_chuid_marked(content)) {
        vf_fail(run->report, VF_DOCKET_CARD, "the card identifier has not this kind of issuer's FASC-N");
        return;
    }
    vf_pass(run->report, VF_DOCKET_CARD);
    const char *why = vf_chuid_parse(content, &run->chuid);
    vf_result(run->report, VF_CHUID_FORMAT, "", why);
    if (why)
        return;
    struct sdc_rd guid = run->chuid.guid;
    sdc_rd_copy(&guid, run->values.guid, SDC_GUID_LEN);
    run->values.expiry = run->chuid.expiry;
    run->signed_values = (struct vf_cms_values) { run->chuid.fascn, run->chuid.guid };
    vf_result(run->report, VF_CHUID_SIGNATURE, "", verify_chuid(run));
}

/* The issuer as its CA certificate names it: organisation, else common name. */
static void show_issuer(struct sdc_report *report, const X509 *ca)
{
    static const int parts[] = { NID_organizationName, NID_commonName };
    const X509_NAME *name = X509_get_subject_name(ca);
    for (size_t i = 0; i < 2 && report->issuer[0] == '\0'; i++) {
        int at = X509_NAME_get_index_by_NID(name, parts[i], -1);
        const X509_NAME_ENTRY *entry = at < 0 ? NULL : X509_NAME_get_entry(name, at);
        unsigned char *text = NULL;
        int len = entry ? ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry)) : -1;
        struct sdc_rd r = sdc_rd_init(text, len > 0 ? (size_t)len : 0);
        if (vf_text_good(r))
            vf_text_copy(r, report->issuer, sizeof report->issuer);
        OPENSSL_free(text);
    }
}

void vf_stage_issuer(struct vf_run *run)
{
    struct sdc_report *report = run->report;
    const X509 *ca = NULL;
    const char *why;
    enum vf_chain chain = vf_trust_chain(run->trust, run->signer, &ca, &why);
    if (chain == VF_CHAIN_UNKNOWN) {
        vf_fail(report, VF_ISSUER, "the content signer %s", why);
        return;
    }
    vf_pass(report, VF_ISSUER);
    vf_result(report, VF_SIGNER_CHAIN, "the content signer", why);
    vf_result(report, VF_SIGNER_PROFILE, "the content signer",
              vf_cert_profile(run->signer, VF_CERT_SIGNER, &run->values));
    if (ca) {
        vf_result(report, VF_CERT_DATES, "the card CA's certificate", vf_cert_dates(ca, &run->options->today));
        show_issuer(report, ca);
    }
    vf_result(report, VF_CERT_DATES, "the content signer's certificate",
              vf_cert_dates(run->signer, &run->options->today));
    report->has_guid = true;
    sdc_rd_copy(&run->chuid.guid, report->guid, SDC_GUID_LEN);
    report->expiry = run->chuid.expiry;
}
