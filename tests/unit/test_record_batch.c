/* SPDX-License-Identifier: BSD-2-Clause */
/* Batches: what is none, limits of the file, and the digest of a record. */
#include "sdc/record.h"
#include "batch_files.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the digest ---- */

static void read_digest(const json_t *batch, size_t flags, uint8_t digest[32])
{
    struct sdc_batch b;
    char *text = json_dumps(batch, flags);
    records_write_text(text, strlen(text));
    free(text);
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, NULL), SDC_OK);
    memcpy(digest, b.records[0].digest, 32);
    sdc_batch_free(&b);
}

START_TEST(digest_tells_content_not_spelling)
{
    uint8_t first[32], spelled[32], capital[32], changed[32];
    json_t *record, *batch = records_one(&record);
    records_set_up();
    read_digest(batch, JSON_INDENT(7) | JSON_PRESERVE_ORDER, first);
    read_digest(batch, JSON_ENSURE_ASCII | JSON_SORT_KEYS, spelled);
    records_change(record, "/transaction_id", "\"0ED90475-9531-485D-9D9D-C9F81818E811\"");
    read_digest(batch, 0, capital);
    records_change(record, "/height_cm", "169");
    read_digest(batch, 0, changed);
    records_tear_down();
    ck_assert_mem_eq(first, spelled, 32);
    ck_assert_mem_eq(first, capital, 32);
    ck_assert_mem_ne(first, changed, 32);
}
END_TEST

/* ---- what is no batch ---- */

#define HEAD "{\"batch\": \"b\", \"created\": \"2026-11-23T08:00:00Z\", \"records\": "

static const struct {
    const char *text, *pointer, *reason;
} not_batches[] = {
    { "", "", "(line 1" },
    { "x", "", "isn't JSON" },
    { "[]", "", "must be an object" },
    { "7", "", "isn't JSON" },
    { "{}", "/batch", "is missing" },
    { HEAD "[]}", "/records", "is empty" },
    { HEAD "{}}", "/records", "must be a list" },
    { HEAD "null}", "/records", "must be a list" },
    { HEAD "[{}]", "", "ends too early" },
    { HEAD "[{}], \"more\": 1}", "/more", "no known field" },
    { HEAD "[{}], \"batch\": \"c\"}", "", "twice" },
    { HEAD "[{\"a\": 1, \"a\": 2}]}", "", "twice" },
    { HEAD "[{\"a\": \"\xff\"}]}", "", "UTF-8" },
    { HEAD "[{\"a\": \"\\ud800\"}]}", "", "isn't JSON" },
    { HEAD "[{\"a\": 99999999999999999999}]}", "", "too large" },
    { HEAD "[{\"a\\u0000b\": 1}]}", "", "NUL" },
    { HEAD "[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]}", "", "deeper than 16" },
    { "{\"batch\": \"a b\", \"created\": \"2026-11-23T08:00:00Z\", \"records\": [{}]}", "/batch", "letters, digits" },
    { "{\"batch\": \"\", \"created\": \"2026-11-23T08:00:00Z\", \"records\": [{}]}", "/batch", "is empty" },
    { "{\"batch\": \"b\", \"created\": \"2026-11-23\", \"records\": [{}]}", "/created", "UTC time" },
    { "{\"batch\": \"b\", \"created\": \"2026-11-23T24:00:00Z\", \"records\": [{}]}", "/created", "UTC time" },
    { "{\"batch\": \"b\", \"created\": \"2026-11-23T08:00:00+\", \"records\": [{}]}", "/created", "UTC time" },
    { "{\"batch\": \"b\", \"created\": \"2026-11-31T08:00:00Z\", \"records\": [{}]}", "/created", "UTC time" },
    { "{\"batch\": \"b\", \"created\": \"2026-11-27T00:00:00Z\", \"records\": [{}]}", "/created", "in the future" },
    { "{\"batch\": \"b\", \"created\": 2026, \"records\": [{}]}", "/created", "must be text" },
};

START_TEST(what_is_no_batch_is_refused)
{
    struct sdc_batch b;
    struct sdc_error e = { 0 };
    records_set_up();
    records_write_text(not_batches[_i].text, strlen(not_batches[_i].text));
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, &e), SDC_E_INPUT);
    records_tear_down();
    ck_assert_uint_ge(b.faults_len, 1);
    ck_assert_uint_eq(b.faults[0].record, 0);
    ck_assert_str_eq(b.faults[0].pointer, not_batches[_i].pointer);
    ck_assert_msg(strstr(b.faults[0].reason, not_batches[_i].reason), "%s", b.faults[0].reason);
    ck_assert(e.text[0] != '\0');
    for (size_t i = 0; i < b.records_len; i++)
        ck_assert(b.records[i].faulty);
    sdc_batch_free(&b);
}
END_TEST

START_TEST(good_records_of_no_batch_are_faulty)
{
    json_t *record, *batch = records_one(&record);
    struct sdc_batch b;
    json_object_del(batch, "created");
    records_set_up();
    records_write(batch);
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, NULL), SDC_E_INPUT);
    records_tear_down();
    ck_assert_uint_eq(b.faults_len, 1);
    ck_assert_str_eq(b.faults[0].pointer, "/created");
    ck_assert(b.records_len == 1 && b.records[0].faulty);
    sdc_batch_free(&b);
}
END_TEST

static size_t text_of_records(char *text, size_t count)
{
    size_t len = (size_t)sprintf(text, "%s[", HEAD);
    for (size_t i = 0; i < count; i++)
        len += (size_t)sprintf(text + len, "%s{}", i ? "," : "");
    return len + (size_t)sprintf(text + len, "]}");
}

START_TEST(number_of_records_is_limited)
{
    char *text = malloc(4 * SDC_RECORDS_MAX + 200);
    struct sdc_batch b;
    records_set_up();
    records_write_text(text, text_of_records(text, SDC_RECORDS_MAX));
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, NULL), SDC_OK);
    ck_assert_uint_eq(b.records_len, SDC_RECORDS_MAX);
    sdc_batch_free(&b);
    records_write_text(text, text_of_records(text, SDC_RECORDS_MAX + 1));
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, NULL), SDC_E_INPUT);
    records_tear_down();
    ck_assert_uint_eq(b.faults_len, 1);
    ck_assert_str_eq(b.faults[0].pointer, "/records");
    sdc_batch_free(&b);
    free(text);
}
END_TEST

START_TEST(a_missing_file_is_no_batch)
{
    struct sdc_batch b;
    struct sdc_error e = { 0 };
    ck_assert_int_eq(sdc_batch_read("/nowhere/batch.json", records_codes(), &records_today, &b, &e), SDC_E_INPUT);
    ck_assert_uint_eq(b.faults_len, 1);
    ck_assert_str_eq(b.folder, "/nowhere");
    sdc_batch_free(&b);
    ck_assert_int_eq(sdc_batch_read("none.json", records_codes(), &records_today, &b, NULL), SDC_E_INPUT);
    ck_assert_str_eq(b.folder, ".");
    sdc_batch_free(&b);
    ck_assert_int_eq(sdc_batch_read("/none.json", records_codes(), &records_today, &b, NULL), SDC_E_INPUT);
    ck_assert_str_eq(b.folder, "/");
    sdc_batch_free(&b);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

int main(void)
{
    const struct suite_test tests[] = {
        { digest_tells_content_not_spelling, 0 },   { what_is_no_batch_is_refused, COUNT(not_batches) },
        { good_records_of_no_batch_are_faulty, 0 }, { number_of_records_is_limited, 0 },
        { a_missing_file_is_no_batch, 0 },
    };
    return suite_run("batch", tests, sizeof tests / sizeof tests[0]);
}
