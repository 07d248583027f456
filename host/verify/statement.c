/* SPDX-License-Identifier: BSD-2-Clause */
/* A docket data group: form, signer, and of which card it speaks. */
#include "document.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sdc/tlv.h"

enum { TIME = 0x18, VERSION_TAG = 0x80, PAD_FIRST = 0x80, VERSION_LEN = 4, SALT_MIN = 16, TIME_LEN = 15 };

static const struct sdc_docket_group *group_of(enum sdc_lds_id id)
{
    for (size_t i = 0; i < SDC_DOCKET_GROUPS; i++)
        if (sdc_docket_groups[i].file == id)
            return &sdc_docket_groups[i];
    return NULL;
}

/* The file: version, SignedData, zeros. */
static const char *open_file(const struct sdc_docket_group *group, struct sdc_rd file, uint32_t *version,
                             struct sdc_rd *cms)
{
    if (file.left != group->file_len)
        return "not of its length";
    struct sdc_rd inside = sdc_tlv_take(&file, sdc_lds_files[group->file].tag), number, content;
    number = sdc_tlv_take(&inside, VERSION_TAG);
    *version = sdc_rd_u32(&number);
    *cms = vf_der_whole(&inside, DER_SEQUENCE, &content);
    if (!sdc_rd_end(&file) || !sdc_rd_end(&number) || inside.err)
        return "not what belongs there";
    while (inside.left > 0)
        if (sdc_rd_u8(&inside) != 0)
            return "something stands behind the signed data";
    return NULL;
}

/* YYYYMMDDHHMMSSZ as 2026-11-25T08:30:00Z */
static void read_time(struct sdc_rd *r, char text[static 21])
{
    struct sdc_rd value = sdc_tlv_take(r, TIME);
    char digits[TIME_LEN + 1] = "";
    struct tm tm = { 0 };
    sdc_rd_copy(&value, digits, TIME_LEN);
    const char *end = strptime(digits, "%Y%m%d%H%M%SZ", &tm);
    if (!sdc_rd_end(&value) || !end || *end != '\0' || strspn(digits, "0123456789") != TIME_LEN - 1 ||
        strftime(text, 21, "%Y-%m-%dT%H:%M:%SZ", &tm) != 20)
        r->err = true;
}

/* The payload without 80 00.. */
static bool unpad(struct sdc_rd payload, const struct sdc_docket_group *group, struct sdc_buf *fields)
{
    if (payload.err || payload.left != group->payload_len)
        return false;
    sdc_buf_put(fields, payload.p, payload.left);
    size_t n = fields->len;
    while (n > 0 && fields->data[n - 1] == 0)
        n--;
    if (fields->err || n == 0 || fields->data[n - 1] != PAD_FIRST)
        return false;
    sdc_buf_cut(fields, n - 1);
    return true;
}

static const char *read_content(const struct sdc_document *d, const struct sdc_docket_group *group,
                                struct sdc_rd content, uint32_t version, struct sdc_statement *s)
{
    struct sdc_rd r = sdc_tlv_take(&content, DER_SEQUENCE);
    unsigned form = vf_der_small(&r);
    struct sdc_rd guid = sdc_tlv_take(&r, DER_OCTET_STRING);
    unsigned dg = vf_der_small(&r);
    struct sdc_rd number = sdc_tlv_take(&r, DER_OCTET_STRING);
    s->version = sdc_rd_u32(&number);
    read_time(&r, s->signed_at);
    read_time(&r, s->not_after);
    struct sdc_rd salt = sdc_tlv_take(&r, DER_OCTET_STRING), payload = sdc_tlv_take(&r, DER_OCTET_STRING);
    if (!sdc_rd_end(&content) || !sdc_rd_end(&r) || !sdc_rd_end(&number) || form != 0 || salt.left < SALT_MIN)
        return "malformed statement";
    if (!sdc_rd_equal(&guid, d->guid, sizeof d->guid))
        return "it speaks of another card";
    if (dg != group->dg)
        return "it is another data group";
    if (s->version != version)
        return "its two versions differ";
    return unpad(payload, group, &s->fields) ? NULL : "malformed payload";
}

/* By the reader's own document signers, or the one that the card brought and that was chained. The error of one whose
 * name fits says more than that of another. */
static const char *verify_by_any(const struct sdc_document *d, const struct vf_cms *cms)
{
    const struct vf_cms_values none = { .fascn = { 0 } };
    const char *why = d->signer ? vf_cms_verify(cms, d->signer, &cms->content, 1, &none) : "no signer is known";
    for (int i = 0; why && i < sk_X509_num(d->trust->signers); i++) {
        X509 *signer = sk_X509_value(d->trust->signers, i);
        if (!vf_trust_signer(d->trust, signer, &d->today) && !vf_cms_verify(cms, signer, &cms->content, 1, &none))
            why = NULL;
    }
    return why;
}

static bool is_past(const char *not_after, const struct sdc_date *today)
{
    char text[40];
    snprintf(text, sizeof text, "%04d-%02d-%02d", today->year, today->month, today->day);
    return strncmp(not_after, text, 10) < 0; /* the last day counts as a whole */
}

enum sdc_status sdc_document_statement(const struct sdc_document *d, enum sdc_lds_id id, struct sdc_rd file,
                                       struct sdc_statement *statement, struct sdc_error *e)
{
    const struct sdc_docket_group *group = group_of(id);
    struct sdc_rd der = { 0 };
    struct vf_cms cms;
    uint32_t version = 0;
    *statement = (struct sdc_statement) { 0 };
    if (!group || !d->has_guid)
        return sdc_fail(e, SDC_E_BUG, "a docket data group before EF.CardSecurity");
    const char *why = open_file(group, file, &version, &der);
    if (!why)
        why = vf_cms_parse(der, &vf_cms_docket, &cms);
    if (!why)
        why = verify_by_any(d, &cms);
    if (!why)
        why = read_content(d, group, cms.content, version, statement);
    if (why) {
        sdc_buf_free(&statement->fields);
        *statement = (struct sdc_statement) { 0 };
        return sdc_fail(e, SDC_E_SIGNATURE, "%s: %s", sdc_lds_files[id].name, why);
    }
    statement->dg = group->dg;
    statement->stale = is_past(statement->not_after, &d->today);
    return SDC_OK;
}
