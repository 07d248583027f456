/* SPDX-License-Identifier: BSD-2-Clause */
/* The files beside PIV: made from records, proven as a reader does, by OpenSSL and OpenPACE too; one bit turned, of
 * another card, of another group. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eac/ca.h>
#include <eac/eac.h>

#include "eac_vectors.h"
#include "issue_kit.h"
#include "lds_sample.h"
#include "lds_data.h"
#include "station_state.h"
#include "sdc/tlv.h"
#include "suite.h"
#include "temp_station.h"

static struct kit kit;
static struct sdc_error error;
static struct sdc_trust *trust;
static struct sdc_date today;
static char mrz[3][SDC_MRZ_LINE + 1];

static struct lds_input input_of(const struct sdc_record *record, uint8_t guid_byte)
{
    return lds_sample(&kit, record, guid_byte, mrz);
}

static void open_all(void)
{
    char folder[PATH_MAX];
    kit_open(&kit);
    today = sdc_date_today();
    snprintf(folder, sizeof folder, "%s/trust", kit.home);
    ck_assert_msg(sdc_trust_load(folder, &trust, &error) == SDC_OK, "%s", error.text);
}

static void close_all(void)
{
    sdc_trust_free(trust);
    kit_close(&kit);
}

static void build(const struct lds_input *input, struct lds_set *set)
{
    ck_assert_msg(lds_build(input, set, &error) == SDC_OK, "%s", error.text);
}

static struct sdc_rd file(const struct lds_set *set, enum sdc_lds_id id)
{
    return sdc_buf_rd(&set->content[id]);
}

static const enum sdc_lds_id travel[] = { SDC_DG1, SDC_DG2, SDC_DG11, SDC_DG12, SDC_DG13, SDC_DG14 };
#define TRAVEL 6

/* A document with everything proven that stands before the docket's groups. */
static struct sdc_document *prove(const struct lds_set *set)
{
    struct sdc_document *d = NULL;
    ck_assert_int_eq(sdc_document_new(trust, &today, &d, &error), SDC_OK);
    ck_assert_msg(
        sdc_document_card_security(d, file(set, SDC_EF_CARD_SECURITY), file(set, SDC_EF_CARD_ACCESS), &error) == SDC_OK,
        "%s", error.text);
    ck_assert_msg(sdc_document_sod(d, file(set, SDC_EF_SOD), &error) == SDC_OK, "%s", error.text);
    for (size_t i = 0; i < TRAVEL; i++)
        ck_assert_msg(sdc_document_travel(d, travel[i], file(set, travel[i]), &error) == SDC_OK, "%s", error.text);
    return d;
}

static void expect_field(const struct sdc_statement *s, const char *name, const char *value)
{
    struct sdc_field_walk walk = sdc_statement_walk(s);
    const struct sdc_docket_field *field;
    char text[SDC_FIELD_MAX + 1];
    bool found = false;
    while (sdc_statement_next(s, &walk, &field, text))
        if (strcmp(field->name, name) == 0 && !found) {
            ck_assert_str_eq(text, value);
            found = true;
        }
    ck_assert_msg(found || !value[0], "no field %s", name);
}

static void check_statement(const struct sdc_document *d, const struct lds_set *set, const struct sdc_record *r,
                            enum sdc_lds_id id)
{
    struct sdc_statement s;
    ck_assert_msg(sdc_document_statement(d, id, file(set, id), &s, &error) == SDC_OK, "%s", error.text);
    ck_assert_uint_eq(s.version, 1);
    ck_assert(!s.stale);
    if (id == SDC_DG17)
        expect_field(&s, "city", r->address.city);
    if (id == SDC_DG19)
        expect_field(&s, "asylum application", r->asylum.applied ? "yes" : "no");
    if (id == SDC_DG20)
        expect_field(&s, "A-number", r->a_number);
    if (id == SDC_DG21 && r->benefits_len > 0)
        expect_field(&s, "program", r->benefits[0].program);
    sdc_buf_free(&s.fields);
}

/* Every record: every file has its place's size, and is proven. */
START_TEST(every_record)
{
    open_all();
    for (size_t i = 0; i < kit.batch.records_len; i++) {
        struct lds_set set;
        const struct sdc_record *r = &kit.batch.records[i];
        struct lds_input input = input_of(r, 7);
        build(&input, &set);
        struct sdc_document *d = prove(&set);
        for (size_t g = 0; g < SDC_DOCKET_GROUPS; g++) {
            const struct sdc_docket_group *group = &sdc_docket_groups[g];
            ck_assert_uint_eq(set.content[group->file].len, group->file_len);
            check_statement(d, &set, r, group->file);
        }
        uint8_t guid[SDC_GUID_LEN];
        ck_assert(sdc_document_guid(d, guid));
        ck_assert_mem_eq(guid, input.guid, sizeof guid);
        ck_assert_mem_eq(sdc_document_chip_key(d, 1)->point, input.chip[0], SDC_P256_POINT_LEN);
        ck_assert_mem_eq(sdc_document_chip_key(d, 2)->point, input.chip[1], SDC_P256_POINT_LEN);
        sdc_document_free(d);
        lds_free(&set);
    }
    close_all();
}
END_TEST

/* EF.CardAccess and DG14 as published */
START_TEST(published)
{
    struct lds_set set;
    open_all();
    struct lds_input input = input_of(&kit.batch.records[0], 1);
    build(&input, &set);
    struct sdc_buf access = vector("EF_CardAccess"), dg14 = vector("DG14");
    ck_assert_uint_eq(set.content[SDC_EF_CARD_ACCESS].len, access.len);
    ck_assert_mem_eq(set.content[SDC_EF_CARD_ACCESS].data, access.data, access.len);
    ck_assert_uint_eq(set.content[SDC_DG14].len, dg14.len);
    ck_assert_mem_eq(set.content[SDC_DG14].data, dg14.data, dg14.len);
    sdc_buf_free(&access);
    sdc_buf_free(&dg14);
    lds_free(&set);
    close_all();
}
END_TEST

/* What may tell of asylum stands in DG19 and nowhere else; an A-number in DG20 alone. */
START_TEST(fields_where_they_belong)
{
    open_all();
    struct sdc_record *r = &kit.batch.records[0];
    strcpy(r->case_.case_type, "WHO");
    strcpy(r->asylum.kind, "defensive");
    strcpy(r->employment_authorization.category, "C08");
    strcpy(r->place_of_birth, "PLACEOFBIRTH");
    r->asylum.applied = r->employment_authorization.given = true;
    const struct {
        const char *text;
        enum sdc_lds_id only; /* SDC_LDS_FILES: nowhere */
    } cases[] = { { "defensive", SDC_DG19 },
                  { "WHO", SDC_DG19 },
                  { "C08", SDC_DG19 },
                  { r->a_number, SDC_DG20 },
                  { "PLACEOFBIRTH", SDC_LDS_FILES },
                  { r->address.line1, SDC_DG17 },
                  { r->benefits[0].program, SDC_DG21 },
                  { r->reporting.office, SDC_DG20 },
                  { r->transaction_id, SDC_LDS_FILES } };
    struct lds_set set;
    struct lds_input input = input_of(r, 1);
    build(&input, &set);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t len = strlen(cases[c].text);
        ck_assert_uint_gt(len, 2);
        for (enum sdc_lds_id id = 0; id < SDC_LDS_FILES; id++) {
            const struct sdc_buf *b = &set.content[id];
            bool there = b->len > 0 && memmem(b->data, b->len, cases[c].text, len) != NULL;
            ck_assert_msg(there == (id == cases[c].only), "%s in %s", cases[c].text, sdc_lds_files[id].name);
        }
    }
    lds_free(&set);
    close_all();
}
END_TEST

/* ---- what is not proven ---- */

static enum sdc_status judge(struct sdc_document *good, const struct lds_set *set, enum sdc_lds_id id)
{
    struct sdc_statement s;
    struct sdc_document *d = NULL;
    enum sdc_status status;
    ck_assert_int_eq(sdc_document_new(trust, &today, &d, &error), SDC_OK);
    if (id == SDC_EF_CARD_SECURITY)
        status = sdc_document_card_security(d, file(set, id), file(set, SDC_EF_CARD_ACCESS), &error);
    else if (id == SDC_EF_SOD)
        status = sdc_document_sod(d, file(set, id), &error);
    else if (sdc_lds_files[id].application == SDC_LDS_TRAVEL)
        status = sdc_document_travel(good, id, file(set, id), &error);
    else
        status = sdc_document_statement(good, id, file(set, id), &s, &error);
    if (status == SDC_OK && sdc_lds_files[id].application == SDC_LDS_DOCKET)
        sdc_buf_free(&s.fields);
    sdc_document_free(d);
    return status;
}

/* One bit of a file: never proven. (All bits of what is small, some of what is large.) */
START_TEST(one_bit)
{
    static const enum sdc_lds_id files[] = {
        SDC_EF_CARD_SECURITY, SDC_EF_SOD, SDC_DG1, SDC_DG13, SDC_DG14, SDC_DG17, SDC_DG19, SDC_DG21
    };
    open_all();
    struct lds_set set;
    struct lds_input input = input_of(&kit.batch.records[0], 1);
    build(&input, &set);
    struct sdc_document *good = prove(&set);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct sdc_buf *b = &set.content[files[i]];
        for (size_t bit = 0; bit < 8 * b->len; bit += 5) {
            b->data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            ck_assert_msg(judge(good, &set, files[i]) == SDC_E_SIGNATURE, "%s bit %zu", sdc_lds_files[files[i]].name,
                          bit);
            b->data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        ck_assert_int_eq(judge(good, &set, files[i]), SDC_OK);
    }
    sdc_document_free(good);
    lds_free(&set);
    close_all();
}
END_TEST

/* Data of card A with keys of card B */
START_TEST(two_cards)
{
    open_all();
    struct lds_set a, b;
    struct sdc_statement s;
    struct lds_input one = input_of(&kit.batch.records[0], 1), two = input_of(&kit.batch.records[0], 2);
    build(&one, &a);
    build(&two, &b);
    struct sdc_document *d = prove(&a), *mixed = NULL;
    for (size_t g = 0; g < SDC_DOCKET_GROUPS; g++) {
        enum sdc_lds_id id = sdc_docket_groups[g].file;
        ck_assert_int_eq(sdc_document_statement(d, id, file(&b, id), &s, &error), SDC_E_SIGNATURE);
        ck_assert_ptr_nonnull(strstr(error.text, "another card"));
        ck_assert_uint_eq(s.fields.len, 0);
    }
    ck_assert_int_eq(sdc_document_travel(d, SDC_DG13, file(&b, SDC_DG13), &error), SDC_E_SIGNATURE);
    ck_assert_int_eq(sdc_document_new(trust, &today, &mixed, &error), SDC_OK);
    ck_assert_int_eq(
        sdc_document_card_security(mixed, file(&a, SDC_EF_CARD_SECURITY), file(&a, SDC_EF_CARD_ACCESS), &error),
        SDC_OK);
    ck_assert_int_eq(sdc_document_sod(mixed, file(&b, SDC_EF_SOD), &error), SDC_OK);
    ck_assert_int_eq(sdc_document_travel(mixed, SDC_DG13, file(&b, SDC_DG13), &error), SDC_E_SIGNATURE);
    ck_assert_ptr_nonnull(strstr(error.text, "another card"));
    sdc_document_free(mixed);
    sdc_document_free(d);
    lds_free(&a);
    lds_free(&b);
    close_all();
}
END_TEST

/* Another group under this one's tag; two versions; notAfter; EF.CardAccess that promises what isn't signed; a CSCA
 * that isn't trusted. */
START_TEST(statements)
{
    open_all();
    struct lds_set set;
    struct sdc_statement s;
    struct lds_input input = input_of(&kit.batch.records[0], 1);
    build(&input, &set);
    struct sdc_document *d = prove(&set);
    struct sdc_buf fields = SDC_BUF_INIT, made = SDC_BUF_INIT;
    struct sdc_docket_group as_21 = sdc_docket_groups[0]; /* DG17's length is DG21's too */
    as_21.file = SDC_DG21;
    as_21.payload_len = sdc_docket_groups[3].payload_len;
    const struct lds_statement statement = { &as_21,       input.guid,      1, time(NULL), time(NULL) + 86400, &fields,
                                             input.signer, input.signer_key };
    ck_assert_int_eq(lds_statement_make(&statement, &made, &error), SDC_OK);
    ck_assert_int_eq(sdc_document_statement(d, SDC_DG21, sdc_buf_rd(&made), &s, &error), SDC_E_SIGNATURE);
    ck_assert_ptr_nonnull(strstr(error.text, "another data group"));
    struct lds_statement other = statement;
    other.group = &sdc_docket_groups[3];
    other.version = 0x01020304;
    other.not_after = time(NULL) - 86400;
    sdc_buf_clear(&made);
    ck_assert_int_eq(lds_statement_make(&other, &made, &error), SDC_OK);
    ck_assert_int_eq(sdc_document_statement(d, SDC_DG21, sdc_buf_rd(&made), &s, &error), SDC_OK);
    ck_assert_uint_eq(s.version, 0x01020304);
    ck_assert(s.stale);
    sdc_buf_free(&s.fields);
    ck_assert_uint_eq(made.data[6], 0x01); /* 75 82 LLLL 80 04 and the version */
    made.data[6] = 0x02;
    ck_assert_int_eq(sdc_document_statement(d, SDC_DG21, sdc_buf_rd(&made), &s, &error), SDC_E_SIGNATURE);
    ck_assert_ptr_nonnull(strstr(error.text, "versions differ"));
    sdc_buf_fill(&fields, 'x', sdc_docket_groups[3].payload_len);
    ck_assert_int_eq(lds_statement_make(&other, &made, &error), SDC_E_INPUT);
    sdc_buf_free(&fields);
    sdc_buf_free(&made);
    sdc_document_free(d);

    ck_assert_int_eq(sdc_document_new(trust, &today, &d, &error), SDC_OK);
    struct lds_input strong = input;
    struct sdc_buf access = SDC_BUF_INIT;
    strong.suite = 32;
    lds_infos_access(&strong, &access);
    ck_assert_int_eq(sdc_document_card_security(d, file(&set, SDC_EF_CARD_SECURITY), sdc_buf_rd(&access), &error),
                     SDC_E_SIGNATURE);
    ck_assert_ptr_null(sdc_document_chip_key(d, 2));
    sdc_buf_free(&access);
    sdc_document_free(d);
    lds_free(&set);
    close_all();
}
END_TEST

/* ---- other programs ---- */

static void save(const char *name, struct sdc_rd r)
{
    ck_assert_int_eq(sdc_file_write(temp_path(kit.home, name), r.p, r.left, 0600, &error), SDC_OK);
}

/* OpenSSL accepts each signature, the signer's certificate inside or given. */
START_TEST(openssl_cms)
{
    open_all();
    struct lds_set set;
    struct lds_input input = input_of(&kit.batch.records[0], 1);
    build(&input, &set);
    for (enum sdc_lds_id id = 0; id < SDC_LDS_FILES; id++) {
        struct sdc_rd r = file(&set, id), version, at;
        if (id == SDC_EF_SOD) {
            r = sdc_tlv_take(&r, 0x77);
        } else if (sdc_lds_files[id].application == SDC_LDS_DOCKET) {
            r = sdc_tlv_take(&r, sdc_lds_files[id].tag);
            version = sdc_tlv_take(&r, 0x80);
            at = r;
            (void)sdc_tlv_take(&at, 0x30);
            r.left -= at.left;
            ck_assert(!version.err && !at.err);
        } else if (id != SDC_EF_CARD_SECURITY) {
            continue;
        }
        char command[4 * PATH_MAX];
        save("signed.der", r);
        snprintf(command, sizeof command,
                 "cd %s && openssl cms -verify -inform DER -in signed.der -CAfile trust/csca.pem -certfile "
                 "trust/ds-1.pem -purpose any -out content.der 2>openssl.txt",
                 kit.home);
        ck_assert_msg(system(command) == 0, "%s", sdc_lds_files[id].name);
        struct sdc_buf changed = SDC_BUF_INIT; /* and refuses it where one byte of the content is another */
        sdc_buf_put(&changed, r.p, r.left);
        changed.data[100] ^= 1;
        save("signed.der", sdc_buf_rd(&changed));
        ck_assert_msg(system(command) != 0, "%s", sdc_lds_files[id].name);
        sdc_buf_free(&changed);
    }
    lds_free(&set);
    close_all();
}
END_TEST

/* OpenPACE reads EF.CardSecurity and finds the chip's key. */
START_TEST(openpace)
{
    open_all();
    struct lds_set set;
    struct lds_input input = input_of(&kit.batch.records[0], 1);
    build(&input, &set);
    struct sdc_rd access = file(&set, SDC_EF_CARD_ACCESS), security = file(&set, SDC_EF_CARD_SECURITY);
    EAC_init();
    EAC_CTX *ctx = EAC_CTX_new();
    ck_assert_int_eq(EAC_CTX_init_ef_cardaccess(access.p, access.left, ctx), 1);
    CA_disable_passive_authentication(ctx);
    BUF_MEM *key = CA_get_pubkey(ctx, security.p, security.left);
    ck_assert_ptr_nonnull(key);
    ck_assert_uint_eq(key->length, SDC_P256_POINT_LEN);
    ck_assert_mem_eq(key->data, input.chip[1], SDC_P256_POINT_LEN);
    BUF_MEM_clear_free(key);
    EAC_CTX_clear_free(ctx);
    EAC_cleanup();
    lds_free(&set);
    close_all();
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { every_record, 0 }, { published, 0 }, { fields_where_they_belong, 0 },
        { one_bit, 0 },      { two_cards, 0 }, { statements, 0 },
        { openssl_cms, 0 },  { openpace, 0 },
    };
    return suite_run("lds", tests, sizeof tests / sizeof *tests);
}
