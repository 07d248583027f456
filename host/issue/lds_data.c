/* SPDX-License-Identifier: BSD-2-Clause */
/* The travel document (ICAO 9303-10 4.7) and EF.CardSecurity. */
#include "lds_data.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "certificate.h"
#include "der_build.h"
#include "face_record.h"
#include "pki.h"
#include "sdc/tlv.h"
#include "signed_data.h"

enum { INTEGER = 0x02, OCTETS = 0x04, SEQUENCE = 0x30, LAST_SECOND = 86399, HASH_LEN = 32 };

typedef enum sdc_status (*lds_builder)(const struct lds_input *input, const struct lds_set *set, struct sdc_buf *out,
                                       struct sdc_error *e);

/* The data groups of every card, in EF.COM and EF.SOD: the same list on each */
static const enum sdc_lds_id listed[] = { SDC_DG1, SDC_DG2, SDC_DG11, SDC_DG12, SDC_DG13, SDC_DG14 };
enum { LISTED = sizeof listed / sizeof *listed };

static void put_tags(struct sdc_buf *b, const uint16_t *tags, size_t count)
{
    struct sdc_buf list = SDC_BUF_INIT;
    for (size_t i = 0; i < count; i++)
        sdc_buf_u16(&list, tags[i]);
    der_put_part(b, 0x5C, &list);
}

static enum sdc_status build_access(const struct lds_input *input, const struct lds_set *set, struct sdc_buf *out,
                                    struct sdc_error *e)
{
    (void)set;
    lds_infos_access(input, out);
    return sdc_buf_status(out, e);
}

static enum sdc_status build_security(const struct lds_input *input, const struct lds_set *set, struct sdc_buf *out,
                                      struct sdc_error *e)
{
    struct sdc_buf infos = SDC_BUF_INIT;
    (void)set;
    lds_infos_security(input, &infos);
    enum sdc_status status = sdc_buf_status(&infos, e);
    if (status == SDC_OK) {
        const struct signed_request request = { .type = &signed_oid_security_object,
                                                .content = infos.data,
                                                .content_len = infos.len,
                                                .attached = true,
                                                .certificate = true };
        status = signed_data_make(input->signer, input->signer_key, &request, out, e);
    }
    sdc_buf_free(&infos);
    return status;
}

static enum sdc_status build_com(const struct lds_input *input, const struct lds_set *set, struct sdc_buf *out,
                                 struct sdc_error *e)
{
    struct sdc_buf inside = SDC_BUF_INIT, tags = SDC_BUF_INIT;
    (void)input, (void)set;
    sdc_tlv_put(&inside, 0x5F01, "0107", 4);   /* LDS version 1.7 */
    sdc_tlv_put(&inside, 0x5F36, "040000", 6); /* Unicode version */
    for (size_t i = 0; i < LISTED; i++)
        sdc_buf_u8(&tags, (uint8_t)sdc_lds_files[listed[i]].tag);
    der_put_part(&inside, 0x5C, &tags);
    der_put_part(out, 0x60, &inside);
    return sdc_buf_status(out, e);
}

static enum sdc_status build_dg1(const struct lds_input *input, const struct lds_set *set, struct sdc_buf *out,
                                 struct sdc_error *e)
{
    struct sdc_buf mrz = SDC_BUF_INIT, inside = SDC_BUF_INIT;
    (void)set;
    for (size_t i = 0; i < 3; i++)
        sdc_buf_string(&mrz, input->mrz[i]);
    der_put_part(&inside, 0x5F1F, &mrz);
    der_put_part(out, 0x61, &inside);
    return sdc_buf_status(out, e);
}

/* 7F61 { 02 number of faces, 7F60 { A1 biometric header, 5F2E facial record } } (4.7.2; CBEFF of ISO 7816-11) */
static enum sdc_status build_dg2(const struct lds_input *input, const struct lds_set *set, struct sdc_buf *out,
                                 struct sdc_error *e)
{
    static const uint8_t one = 1, kind = 2, owner[] = { 0x01, 0x01 }, format[] = { 0x00, 0x08 };
    struct sdc_buf header = SDC_BUF_INIT, face = SDC_BUF_INIT, instance = SDC_BUF_INIT, group = SDC_BUF_INIT,
                   inside = SDC_BUF_INIT;
    (void)set;
    sdc_tlv_put(&header, 0x81, &kind, 1); /* facial features */
    sdc_tlv_put(&header, 0x87, owner, sizeof owner);
    sdc_tlv_put(&header, 0x88, format, sizeof format);
    der_put_part(&instance, 0xA1, &header);
    face_record_put(&(struct face_record) { input->portrait, input->portrait_width, input->portrait_height }, &face);
    der_put_part(&instance, 0x5F2E, &face);
    sdc_tlv_put(&group, INTEGER, &one, 1);
    der_put_part(&group, 0x7F60, &instance);
    der_put_part(&inside, 0x7F61, &group);
    der_put_part(out, 0x75, &inside);
    return sdc_buf_status(out, e);
}

/* The name in its own letters: primary and secondary identifier as in the MRZ, without transliteration (4.7.11) */
static enum sdc_status build_dg11(const struct lds_input *input, const struct lds_set *set, struct sdc_buf *out,
                                  struct sdc_error *e)
{
    static const uint16_t tags[] = { 0x5F0E };
    struct sdc_buf name = SDC_BUF_INIT, inside = SDC_BUF_INIT;
    const struct sdc_record *record = input->record;
    (void)set;
    sdc_buf_string(&name, record->surname[0] ? record->surname : record->given_names);
    if (record->surname[0] && record->given_names[0]) {
        sdc_buf_string(&name, "<<");
        sdc_buf_string(&name, record->given_names);
    }
    put_tags(&inside, tags, 1);
    der_put_part(&inside, 0x5F0E, &name);
    der_put_part(out, 0x6B, &inside);
    return sdc_buf_status(out, e);
}

static enum sdc_status build_dg12(const struct lds_input *input, const struct lds_set *set, struct sdc_buf *out,
                                  struct sdc_error *e)
{
    static const uint16_t tags[] = { 0x5F19, 0x5F26 };
    char date[40];
    struct sdc_buf inside = SDC_BUF_INIT;
    (void)set;
    snprintf(date, sizeof date, "%04d%02d%02d", input->issued.year, input->issued.month, input->issued.day);
    put_tags(&inside, tags, 2);
    sdc_tlv_put(&inside, 0x5F19, input->authority, strlen(input->authority));
    sdc_tlv_put(&inside, 0x5F26, date, strlen(date));
    der_put_part(out, 0x6C, &inside);
    return sdc_buf_status(out, e);
}

/* Ours: version, GUID, place in the status list */
static enum sdc_status build_dg13(const struct lds_input *input, const struct lds_set *set, struct sdc_buf *out,
                                  struct sdc_error *e)
{
    static const uint8_t version = 1;
    struct sdc_buf number = SDC_BUF_INIT, inside = SDC_BUF_INIT;
    (void)set;
    sdc_tlv_put(&inside, 0x80, &version, 1);
    sdc_tlv_put(&inside, 0x81, input->guid, sizeof input->guid);
    sdc_buf_u16(&number, input->status_list);
    der_put_part(&inside, 0x82, &number);
    sdc_buf_u32(&number, input->status_index);
    der_put_part(&inside, 0x83, &number);
    der_put_part(out, 0x6D, &inside);
    return sdc_buf_status(out, e);
}

static enum sdc_status build_dg14(const struct lds_input *input, const struct lds_set *set, struct sdc_buf *out,
                                  struct sdc_error *e)
{
    struct sdc_buf infos = SDC_BUF_INIT;
    (void)set;
    lds_infos_travel(input, &infos);
    der_put_part(out, 0x6E, &infos);
    return sdc_buf_status(out, e);
}

/* LDSSecurityObject (4.6.2.3): version 0, SHA-256, the hash of each listed data group */
static enum sdc_status put_hashes(const struct lds_set *set, struct sdc_buf *out, struct sdc_error *e)
{
    static const uint8_t head[] = { 0x02, 0x01, 0x00, 0x30, 0x0B, 0x06, 0x09, 0x60,
                                    0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 };
    struct sdc_buf hashes = SDC_BUF_INIT, inside = SDC_BUF_INIT, entry = SDC_BUF_INIT;
    bool good = true;
    for (size_t i = 0; i < LISTED; i++) {
        const struct sdc_buf *content = &set->content[listed[i]];
        uint8_t hash[HASH_LEN];
        good = good && EVP_Digest(content->data, content->len, hash, NULL, EVP_sha256(), NULL) == 1;
        sdc_tlv_put(&entry, INTEGER, &sdc_lds_files[listed[i]].dg, 1);
        sdc_tlv_put(&entry, OCTETS, hash, sizeof hash);
        der_put_part(&hashes, SEQUENCE, &entry);
    }
    sdc_buf_put(&inside, head, sizeof head);
    der_put_part(&inside, SEQUENCE, &hashes);
    der_put_part(out, SEQUENCE, &inside);
    return good ? sdc_buf_status(out, e) : crypto_fail(e, "can't hash");
}

static enum sdc_status build_sod(const struct lds_input *input, const struct lds_set *set, struct sdc_buf *out,
                                 struct sdc_error *e)
{
    struct sdc_buf hashes = SDC_BUF_INIT, signature = SDC_BUF_INIT;
    enum sdc_status status = put_hashes(set, &hashes, e);
    if (status == SDC_OK) {
        const struct signed_request request = { .type = &signed_oid_lds,
                                                .content = hashes.data,
                                                .content_len = hashes.len,
                                                .attached = true,
                                                .certificate = true };
        status = signed_data_make(input->signer, input->signer_key, &request, &signature, e);
    }
    sdc_buf_free(&hashes);
    der_put_part(out, 0x77, &signature);
    return status == SDC_OK ? sdc_buf_status(out, e) : status;
}

static enum sdc_status build_group(const struct lds_input *input, const struct sdc_docket_group *group,
                                   struct sdc_buf *out, struct sdc_error *e)
{
    struct sdc_buf fields = SDC_BUF_INIT;
    enum sdc_status status = lds_fields(input->record, group->dg, &fields, e);
    if (status == SDC_OK) {
        const struct lds_statement statement = { .group = group,
                                                 .guid = input->guid,
                                                 .version = 1,
                                                 .signed_at = time(NULL),
                                                 .not_after = pki_day(&input->expiry) + LAST_SECOND,
                                                 .fields = &fields,
                                                 .signer = input->signer,
                                                 .signer_key = input->signer_key };
        status = lds_statement_make(&statement, out, e);
    }
    sdc_buf_free(&fields);
    return status;
}

/* EF.SOD hashes the data groups: it stands behind them. */
static const struct {
    enum sdc_lds_id id;
    lds_builder build;
} builders[] = {
    { SDC_EF_CARD_ACCESS, build_access },
    { SDC_EF_CARD_SECURITY, build_security },
    { SDC_EF_COM, build_com },
    { SDC_DG1, build_dg1 },
    { SDC_DG2, build_dg2 },
    { SDC_DG11, build_dg11 },
    { SDC_DG12, build_dg12 },
    { SDC_DG13, build_dg13 },
    { SDC_DG14, build_dg14 },
    { SDC_EF_SOD, build_sod },
};

enum sdc_status lds_build(const struct lds_input *input, struct lds_set *set, struct sdc_error *e)
{
    *set = (struct lds_set) { 0 };
    for (size_t i = 0; i < sizeof builders / sizeof *builders; i++) {
        enum sdc_lds_id id = builders[i].id;
        enum sdc_status status = builders[i].build(input, set, &set->content[id], e);
        if (status == SDC_OK && set->content[id].len > sdc_lds_files[id].max)
            status = sdc_fail(e, SDC_E_INPUT, "too long for the card");
        if (status != SDC_OK) {
            (void)sdc_fail_in(e, "%s", sdc_lds_files[id].name);
            return status;
        }
    }
    for (size_t i = 0; i < SDC_DOCKET_GROUPS; i++) {
        const struct sdc_docket_group *group = &sdc_docket_groups[i];
        enum sdc_status status = build_group(input, group, &set->content[group->file], e);
        if (status != SDC_OK)
            return status;
    }
    return SDC_OK;
}

void lds_free(struct lds_set *set)
{
    for (size_t i = 0; i < SDC_LDS_FILES; i++)
        sdc_buf_free(&set->content[i]);
}
