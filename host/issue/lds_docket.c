/* SPDX-License-Identifier: BSD-2-Clause */
/* The docket's data groups: fields of a record, and the signed statement around them (docket.h). */
#include "lds_data.h"

#include <stdio.h>
#include <string.h>

#include "der_build.h"
#include "sdc/tlv.h"
#include "signed_data.h"

enum {
    INTEGER = 0x02,
    OCTETS = 0x04,
    TIME = 0x18,
    SEQUENCE = 0x30,
    VERSION_TAG = 0x80,
    PAD_FIRST = 0x80,
    DATE_TEXT = 11,
    VERSION_LEN = 4,
    FILE_HEAD = 4 /* tag, 82 LLLL */
};

/* ---- fields ---- */

static void put_text(struct sdc_buf *b, uint8_t tag, const char *text)
{
    if (text[0] != '\0')
        sdc_tlv_put(b, tag, text, strlen(text));
}

static void put_date(struct sdc_buf *b, uint8_t tag, const struct sdc_date *date)
{
    char text[40];
    if (date->year == 0)
        return;
    snprintf(text, sizeof text, "%04d-%02d-%02d", date->year, date->month, date->day);
    put_text(b, tag, text);
}

static void fields_address(const struct sdc_record *r, struct sdc_buf *b)
{
    put_text(b, 0x80, r->address.line1);
    put_text(b, 0x81, r->address.line2);
    put_text(b, 0x82, r->address.city);
    put_text(b, 0x83, r->address.state);
    put_text(b, 0x84, r->address.zip);
}

/* What can tell of asylum stands here and nowhere else: the case type, the calendar and the category of a work
 * authorisation do (8 CFR 208.6). */
static void fields_status(const struct sdc_record *r, struct sdc_buf *b)
{
    put_text(b, 0x80, r->asylum.applied ? "yes" : "no");
    if (r->asylum.applied) {
        put_text(b, 0x81, r->asylum.kind);
        put_date(b, 0x82, &r->asylum.filed);
    }
    put_text(b, 0x83, r->case_.case_type);
    if (r->case_.hearing)
        put_text(b, 0x84, r->case_.next_hearing.calendar);
    if (r->employment_authorization.given) {
        put_text(b, 0x85, r->employment_authorization.category);
        put_date(b, 0x86, &r->employment_authorization.until);
    }
}

/* The calendar's code as a kind that everybody with a hearing may have. Custody and conferences share a code, so it
 * tells no kind. */
static const char *hearing_kind(const char *calendar)
{
    return calendar[0] == 'M' ? "master" : calendar[0] == 'I' ? "individual" : "other";
}

static void fields_docket(const struct sdc_record *r, struct sdc_buf *b)
{
    put_text(b, 0x80, r->a_number);
    put_text(b, 0x81, r->case_.court);
    put_date(b, 0x82, &r->case_.charging_document_date);
    if (r->case_.hearing) {
        put_text(b, 0x83, hearing_kind(r->case_.next_hearing.calendar));
        put_date(b, 0x84, &r->case_.next_hearing.date);
        put_text(b, 0x85, r->case_.next_hearing.time);
        put_text(b, 0x86, r->case_.next_hearing.medium);
    }
    put_text(b, 0x87, r->reporting.office);
    put_text(b, 0x88, r->reporting.schedule);
    put_date(b, 0x89, &r->reporting.next);
}

static void fields_benefits(const struct sdc_record *r, struct sdc_buf *b)
{
    for (size_t i = 0; i < r->benefits_len; i++) {
        struct sdc_buf entry = SDC_BUF_INIT;
        put_text(&entry, 0x80, r->benefits[i].program);
        put_text(&entry, 0x81, r->benefits[i].state);
        put_date(&entry, 0x82, &r->benefits[i].from);
        put_date(&entry, 0x83, &r->benefits[i].until);
        der_put_part(b, SDC_DOCKET_GROUP_TAG, &entry);
    }
}

enum sdc_status lds_fields(const struct sdc_record *record, uint8_t dg, struct sdc_buf *out, struct sdc_error *e)
{
    static const struct {
        uint8_t dg;
        void (*put)(const struct sdc_record *r, struct sdc_buf *b);
    } builders[] = { { 17, fields_address }, { 19, fields_status }, { 20, fields_docket }, { 21, fields_benefits } };
    for (size_t i = 0; i < sizeof builders / sizeof *builders; i++)
        if (builders[i].dg == dg) {
            builders[i].put(record, out);
            return sdc_buf_status(out, e);
        }
    return sdc_fail(e, SDC_E_USAGE, "there is no docket group %u", dg);
}

/* ---- the statement ---- */

static bool put_time(struct sdc_buf *b, time_t when)
{
    char text[32];
    struct tm tm;
    if (!gmtime_r(&when, &tm) || strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm) != 15)
        return false;
    sdc_tlv_put(b, TIME, text, strlen(text));
    return true;
}

static enum sdc_status put_content(const struct lds_statement *s, struct sdc_buf *out, struct sdc_error *e)
{
    static const uint8_t zero = 0;
    uint8_t salt[LDS_SALT_LEN];
    struct sdc_buf inside = SDC_BUF_INIT, number = SDC_BUF_INIT, payload = SDC_BUF_INIT;
    if (s->fields->err || s->fields->len >= s->group->payload_len)
        return sdc_fail(e, SDC_E_INPUT, "DG%u: more than it holds", s->group->dg);
    enum sdc_status status = sdc_random(salt, sizeof salt, e);
    if (status != SDC_OK)
        return status;
    sdc_tlv_put(&inside, INTEGER, &zero, 1);
    sdc_tlv_put(&inside, OCTETS, s->guid, SDC_GUID_LEN);
    sdc_tlv_put(&inside, INTEGER, &s->group->dg, 1);
    sdc_buf_u32(&number, s->version);
    der_put_part(&inside, OCTETS, &number);
    bool times = put_time(&inside, s->signed_at) && put_time(&inside, s->not_after);
    sdc_tlv_put(&inside, OCTETS, salt, sizeof salt);
    sdc_buf_put(&payload, s->fields->data, s->fields->len);
    sdc_buf_u8(&payload, PAD_FIRST);
    sdc_buf_fill(&payload, 0, s->group->payload_len - payload.len);
    der_put_part(&inside, OCTETS, &payload);
    der_put_part(out, SEQUENCE, &inside);
    return times ? sdc_buf_status(out, e)
                 : sdc_fail(e, SDC_E_INPUT, "DG%u: a time that can't be written", s->group->dg);
}

enum sdc_status lds_statement_make(const struct lds_statement *s, struct sdc_buf *out, struct sdc_error *e)
{
    const size_t inside_len = s->group->file_len - FILE_HEAD;
    struct sdc_buf content = SDC_BUF_INIT, inside = SDC_BUF_INIT, number = SDC_BUF_INIT;
    sdc_buf_u32(&number, s->version);
    der_put_part(&inside, VERSION_TAG, &number);
    enum sdc_status status = put_content(s, &content, e);
    if (status == SDC_OK) {
        const struct signed_request request = {
            .type = &signed_oid_docket, .content = content.data, .content_len = content.len, .attached = true
        };
        status = signed_data_make(s->signer, s->signer_key, &request, &inside, e);
    }
    if (status == SDC_OK && inside.len > inside_len)
        status = sdc_fail(e, SDC_E_INPUT, "DG%u: the document signer's name is too long", s->group->dg);
    if (status == SDC_OK) {
        sdc_buf_fill(&inside, 0, inside_len - inside.len);
        der_put_part(out, sdc_lds_files[s->group->file].tag, &inside);
        status = sdc_buf_status(out, e);
    }
    sdc_buf_free(&content);
    sdc_buf_free(&inside);
    return status;
}
