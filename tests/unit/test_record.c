/* SPDX-License-Identifier: BSD-2-Clause */
/* Enrolment records: the samples pass, and each fault is found at its place and alone. */
#include "sdc/record.h"
#include "sdc/photo.h"
#include "record_fields.h"
#include "batch_files.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

/* ---- the samples ---- */

static const struct sdc_date days[] = {
    { 2026, 11, 22 }, { 2026, 11, 25 }, { 2026, 12, 31 }, { 2027, 3, 1 }, { 2027, 10, 2 },
};

START_TEST(all_sample_records_pass)
{
    struct sdc_batch b;
    struct sdc_error e = { 0 };
    enum sdc_status status = sdc_batch_read(suite_data("enrolment-sample.json"), records_codes(), &days[_i], &b, &e);
    ck_assert_msg(status == SDC_OK, "%s", e.text);
    ck_assert_uint_eq(b.faults_len, 0);
    ck_assert_uint_eq(b.records_len, 60);
    ck_assert_str_eq(b.name, "sample-7");
    ck_assert_str_eq(b.folder, "tests/data");
    sdc_batch_free(&b);
}
END_TEST

START_TEST(a_record_is_read_into_its_struct)
{
    struct sdc_batch b;
    ck_assert_int_eq(sdc_batch_read(suite_data("enrolment-sample.json"), records_codes(), &records_today, &b, NULL),
                     SDC_OK);
    const struct sdc_record *r = &b.records[0];
    ck_assert_str_eq(r->transaction_id, "0ed90475-9531-485d-9d9d-c9f81818e811");
    ck_assert_str_eq(r->a_number, "A990070000");
    ck_assert_str_eq(r->surname, "IB\u00c1\u00d1EZ N\u00da\u00d1EZ");
    ck_assert_str_eq(r->given_names, "ITZEL");
    ck_assert(r->date_of_birth.year == 2005 && r->date_of_birth.month == 4 && r->date_of_birth.day == 2);
    ck_assert_int_eq(r->sex, 'F');
    ck_assert_str_eq(r->nationality, "MEX");
    ck_assert_str_eq(r->country_of_birth, "MEX");
    ck_assert_str_eq(r->place_of_birth, "KINSHASA");
    ck_assert_int_eq(r->height_cm, 168);
    ck_assert_str_eq(r->eye_color, "BRO");
    ck_assert_str_eq(r->photo, "portraits/portrait-f.jpg");
    ck_assert_str_eq(r->language, "es");
    ck_assert_str_eq(r->address.line1, "1487 CALLE OCHO");
    ck_assert_str_eq(r->address.city, "BUFFALO");
    ck_assert_str_eq(r->address.state, "NY");
    ck_assert_str_eq(r->address.zip, "14202");
    ck_assert_str_eq(r->case_.court, "BUF");
    ck_assert_str_eq(r->case_.case_type, "RMV");
    ck_assert_int_eq(r->case_.charging_document_date.day, 25);
    ck_assert(r->case_.hearing && r->case_.next_hearing.date.year == 2027);
    ck_assert_str_eq(r->case_.next_hearing.time, "08:30");
    ck_assert_str_eq(r->case_.next_hearing.calendar, "V");
    ck_assert_str_eq(r->case_.next_hearing.medium, "telephone");
    ck_assert(r->asylum.applied && r->asylum.filed.month == 5);
    ck_assert_str_eq(r->asylum.kind, "affirmative");
    ck_assert(r->employment_authorization.given && r->employment_authorization.until.day == 3);
    ck_assert_str_eq(r->employment_authorization.category, "C08");
    ck_assert_str_eq(r->reporting.office, "Houston Field Office");
    ck_assert_str_eq(r->reporting.schedule, "monthly");
    ck_assert_int_eq(r->reporting.next.year, 2027);
    ck_assert_uint_eq(r->benefits_len, 1);
    ck_assert_str_eq(r->benefits[0].program, "housing");
    ck_assert_str_eq(r->benefits[0].state, "NY");
    ck_assert(r->benefits[0].from.month == 12 && r->benefits[0].until.year == 2028);
    ck_assert_str_eq(r->card.profile, "sdc-1");
    ck_assert_int_eq(r->card.valid_until.day, 10);
    ck_assert(!r->faulty && !b.records[1].employment_authorization.given);
    ck_assert_uint_eq(r->photo_warnings, 0);
    for (size_t i = 0; i < b.records_len; i++)
        if (strcmp(b.records[i].photo, "portraits/portrait-f-cap.jpg") == 0)
            ck_assert_uint_ne(b.records[i].photo_warnings, 0);
    ck_assert_uint_eq(sdc_batch_find(&b, "0ED90475-9531-485D-9D9D-C9F81818E811"), 0);
    ck_assert_uint_eq(sdc_batch_find(&b, b.records[59].transaction_id), 59);
    ck_assert_uint_eq(sdc_batch_find(&b, "0ed90475-9531-485d-9d9d-c9f81818e812"), 60);
    ck_assert_uint_eq(sdc_batch_find(&b, ""), 60);
    sdc_batch_free(&b);
}
END_TEST

/* ---- the bad records: exactly one fault each, at its place ---- */

static const struct {
    const char *why, *pointer, *reason;
} bad[] = {
    { "no A-number", "/a_number", "is missing" },
    { "A-number too short", "/a_number", "must be A and nine digits" },
    { "date of birth in the future", "/date_of_birth", "lies not in the past" },
    { "date does not exist", "/date_of_birth", "is no date" },
    { "both names empty", "/surname", "is empty, and the given names too" },
    { "nationality is no ICAO code", "/nationality", "no ICAO code 'ZZQ'" },
    { "EOIR nationality code where an ICAO code belongs", "/nationality", "no ICAO code 'CH'" },
    { "photo missing", "/photo", "is missing" },
    { "photo file does not exist", "/photo", "names a file that doesn't exist" },
    { "photo outside the batch folder", "/photo", "must be a path inside the batch's folder" },
    { "control character in a name", "/surname", "holds a control character (U+0007)" },
    { "unknown court", "/case/court", "no court 'QQQ'" },
    { "asylum filed but not applied", "/asylum/filed", "is given, but asylum was not applied for" },
    { "benefit ends before it begins", "/benefits/0/until", "lies before the day it begins" },
    { "unknown benefit", "/benefits/0/program", "no such benefit" },
    { "card valid longer than six years", "/card/valid_until", "lies more than six years ahead" },
    { "card already expired", "/card/valid_until", "has passed already" },
    { "transaction id is no UUID", "/transaction_id", "is no UUID" },
    { "sex is no ICAO value", "/sex", "no sex 'Q'" },
    { "unknown field", "/favourite_colour", "is no known field" },
    { "name of 300 characters", "/surname", "is longer than 100 bytes" },
    { "text where a number belongs", "/height_cm", "must be a whole number" },
    { "script without an ICAO transliteration rule in the record", "/surname", "without an ICAO transliteration rule" },
};
#define BAD_COUNT (sizeof bad / sizeof bad[0])

static void assert_one_fault(const struct sdc_batch *b, const char *pointer, const char *reason)
{
    ck_assert_uint_eq(b->faults_len, 1);
    ck_assert_uint_eq(b->faults[0].record, 1);
    ck_assert_str_eq(b->faults[0].pointer, pointer);
    ck_assert_ptr_nonnull(strstr(b->faults[0].reason, reason));
    ck_assert(b->records[0].faulty);
}

START_TEST(bad_record_has_its_one_fault)
{
    json_t *list = records_load("enrolment-bad.json"), *entry = json_array_get(list, (size_t)_i);
    ck_assert_uint_eq(json_array_size(list), BAD_COUNT);
    ck_assert_str_eq(json_string_value(json_object_get(entry, "why")), bad[_i].why);
    records_set_up();
    records_write(records_batch_of(json_incref(json_object_get(entry, "record"))));
    struct sdc_batch b;
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, NULL), SDC_OK);
    records_tear_down();
    assert_one_fault(&b, bad[_i].pointer, bad[_i].reason);
    const char *id = json_string_value(json_object_get(json_object_get(entry, "record"), "transaction_id"));
    ck_assert_str_eq(b.faults[0].transaction_id, strlen(id) == 36 ? id : "");
    sdc_batch_free(&b);
}
END_TEST

START_TEST(all_bad_records_together_report_each_fault)
{
    json_t *list = records_load("enrolment-bad.json"), *records = json_array(), *batch = records_batch_of(json_null());
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *record = json_object_get(json_array_get(list, i), "record");
        char number[32];
        snprintf(number, sizeof number, "A1234567%02zu", i);
        if (i > 1)
            json_object_set_new(record, "a_number", json_string(number));
        json_array_append(records, record);
    }
    json_object_set_new(batch, "records", records);
    records_set_up();
    records_write(batch);
    struct sdc_batch b;
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, NULL), SDC_OK);
    records_tear_down();
    ck_assert_uint_eq(b.faults_len, BAD_COUNT);
    for (size_t i = 0; i < BAD_COUNT; i++) {
        ck_assert_uint_eq(b.faults[i].record, i + 1);
        ck_assert_str_eq(b.faults[i].pointer, bad[i].pointer);
    }
    sdc_batch_free(&b);
}
END_TEST

START_TEST(the_bad_file_itself_is_no_batch)
{
    struct sdc_batch b;
    struct sdc_error e = { 0 };
    ck_assert_int_eq(sdc_batch_read(suite_data("enrolment-bad.json"), records_codes(), &records_today, &b, &e),
                     SDC_E_INPUT);
    ck_assert_uint_eq(b.faults_len, 1);
    ck_assert_uint_eq(b.faults[0].record, 0);
    ck_assert_msg(strstr(e.text, "must be an object"), "%s", e.text);
    sdc_batch_free(&b);
}
END_TEST

/* ---- one field changed: the neighbours of each limit ---- */

#define A50 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define A10 "AAAAAAAAAA"

/* pointer: where the sample's first record is changed; value: JSON, NULL = removed; at: the fault's pointer, NULL =
 * none
 */
static const struct change {
    const char *pointer, *value, *at, *reason;
} changes[] = {
    { "/transaction_id", "\"0ED90475-9531-485D-9D9D-C9F81818E811\"", NULL, NULL },
    { "/transaction_id", "\"0ed90475-9531-485d-9d9d-c9f81818e81\"", "/transaction_id", "no UUID" },
    { "/transaction_id", "\"0ed90475-9531-485d-9d9d-c9f81818e8111\"", "/transaction_id", "longer than 36" },
    { "/transaction_id", "\"0ed90475-9531-485d-9d9d_c9f81818e811\"", "/transaction_id", "no UUID" },
    { "/transaction_id", "\"0eg90475-9531-485d-9d9d-c9f81818e811\"", "/transaction_id", "no UUID" },
    { "/transaction_id", "\"00000000-0000-0000-0000-000000000000\"", "/transaction_id", "nil" },
    { "/transaction_id", "7", "/transaction_id", "must be text" },
    { "/transaction_id", NULL, "/transaction_id", "missing" },
    { "/a_number", "\"A9900700000\"", "/a_number", "longer" },
    { "/a_number", "\"B990070000\"", "/a_number", "A and nine" },
    { "/a_number", "\"A99007000X\"", "/a_number", "A and nine" },
    { "/a_number", "990070000", "/a_number", "must be text" },
    { "/surname", "\"\"", NULL, NULL },
    { "/surname", "null", "/surname", "must be text" },
    { "/surname", NULL, "/surname", "missing" },
    { "/surname", "\"" A50 A50 "\"", NULL, NULL },
    { "/surname", "\"" A50 A50 "A\"", "/surname", "longer than 100" },
    { "/surname", "\"O'NEIL-SMITH JR., III\"", NULL, NULL },
    { "/surname", "\"Mu\\u00f1oz\"", NULL, NULL },
    { "/surname", "\"Mun\\u0303oz\"", "/surname", "NFC" },
    { "/surname", "\"X\\u0302\"", NULL, NULL }, /* no composed letter */
    { "/surname", "\"MU\\u00d1OZ2\"", "/surname", "transliteration" },
    { "/surname", "\"\\u0418\\u0412\\u0410\\u041d\"", "/surname", "transliteration" },
    { "/surname", "\"A\\u0000B\"", "/surname", "NUL" },
    { "/surname", "\"A\\u202eB\"", "/surname", "invisible format character (U+202E)" },
    { "/surname", "\"A\\u200bB\"", "/surname", "invisible" },
    { "/surname", "\"A\\u034fB\"", "/surname", "invisible" },
    { "/surname", "\"A\\ufeffB\"", "/surname", "invisible" },
    { "/surname", "\"A\\udb40\\udc41\"", "/surname", "invisible" }, /* a tag character */
    { "/surname", "\"A\\u2028B\"", "/surname", "line separator" },
    { "/surname", "\"A\\ue000\"", "/surname", "unassigned" },
    { "/surname", "\"A\\uffff\"", "/surname", "unassigned" },
    { "/surname", "\"A\\ufffd\"", "/surname", "replacement" },
    { "/surname", "\"A\\u00a0B\"", "/surname", "space other" },
    { "/surname", "\"A\\tB\"", "/surname", "control" },
    { "/surname", "\"A\\u0085B\"", "/surname", "control" },
    { "/surname", "\"A  B\"", "/surname", "two in a row" },
    { "/surname", "\" A\"", "/surname", "begins" },
    { "/surname", "\"A \"", "/surname", "begins" },
    { "/surname", "\"-'\"", "/surname", "no letter" },
    { "/given_names", "\"\"", NULL, NULL },
    /* surname 16 bytes, two for ", ": 107 are left, of which a name may have 100 */
    { "/given_names", "\"" A50 A50 "\"", NULL, NULL },
    { "/date_of_birth", "\"1990-XX-XX\"", NULL, NULL },
    { "/date_of_birth", "\"1990-05-XX\"", NULL, NULL },
    { "/date_of_birth", "\"1990-XX-05\"", "/date_of_birth", "no date" },
    { "/date_of_birth", "\"2026-11-25\"", "/date_of_birth", "not in the past" },
    { "/date_of_birth", "19900101", "/date_of_birth", "must be text" },
    { "/date_of_birth", "\"2026-01-01\"", NULL, NULL },
    { "/date_of_birth", "\"2026-07-25\"", "/asylum/filed", "before the date of birth" },
    { "/date_of_birth", "\"1899-12-31\"", "/date_of_birth", "no date" },
    { "/sex", "\"X\"", NULL, NULL },
    { "/sex", "\"f\"", "/sex", "no such sex" },
    { "/sex", "\"\"", "/sex", "is empty" },
    { "/sex", "\"FF\"", "/sex", "longer than 1" },
    { "/nationality", "\"D\"", NULL, NULL },
    { "/nationality", "\"XXB\"", NULL, NULL },
    { "/nationality", "\"mex\"", "/nationality", "no such ICAO code" },
    { "/nationality", "\"MEXI\"", "/nationality", "longer than 3" },
    { "/country_of_birth", "\"ZZZ\"", "/country_of_birth", "no ICAO code 'ZZZ'" },
    { "/place_of_birth", NULL, NULL, NULL },
    { "/place_of_birth", "\"\"", NULL, NULL },
    { "/place_of_birth", "\"" A50 A10 "AAAA\"", NULL, NULL },
    { "/place_of_birth", "\"" A50 A10 "AAAAA\"", "/place_of_birth", "longer than 64" },
    { "/place_of_birth", "\"\\u0007\"", "/place_of_birth", "control" },
    { "/height_cm", NULL, NULL, NULL },
    { "/height_cm", "50", NULL, NULL },
    { "/height_cm", "49", "/height_cm", "50 to 250" },
    { "/height_cm", "250", NULL, NULL },
    { "/height_cm", "251", "/height_cm", "50 to 250" },
    { "/height_cm", "-9223372036854775808", "/height_cm", "50 to 250" },
    { "/height_cm", "168.0", "/height_cm", "whole number" },
    { "/height_cm", "null", "/height_cm", "whole number" },
    { "/eye_color", NULL, NULL, NULL },
    { "/eye_color", "\"PNK\"", NULL, NULL },
    { "/eye_color", "\"RED\"", "/eye_color", "no eye color 'RED'" },
    { "/photo", "\"portraits/../portraits/portrait-f.jpg\"", "/photo", "inside the batch" },
    { "/photo", "\"/etc/passwd\"", "/photo", "inside the batch" },
    { "/photo", "\"portraits\"", "/photo", "no regular file" },
    { "/photo", "\"batch.json\"", "/photo", "neither JPEG nor PNG" },
    { "/photo", "\"\"", "/photo", "is empty" },
    { "/language", "\"ht\"", NULL, NULL },
    { "/language", "\"de\"", "/language", "no such language" },
    { "/address", "null", "/address", "must be an object" },
    { "/address/line1", "\"\"", "/address/line1", "is empty" },
    { "/address/line1", "\"1 ELM ST\\nAPT 2\"", "/address/line1", "control" },
    { "/address/line2", NULL, NULL, NULL },
    { "/address/city", "\"" A10 A10 A10 A10 "\"", NULL, NULL },
    { "/address/city", "\"" A10 A10 A10 A10 "A\"", "/address/city", "longer than 40" },
    { "/address/state", "\"PR\"", NULL, NULL },
    { "/address/state", "\"XX\"", "/address/state", "no state 'XX'" },
    { "/address/zip", "\"00968\"", NULL, NULL },
    { "/address/zip", "\"00968-1234\"", NULL, NULL },
    { "/address/zip", "\"0096\"", "/address/zip", "five digits" },
    { "/address/zip", "\"009681234\"", "/address/zip", "five digits" },
    { "/address/country", "\"US\"", "/address/country", "no known field" },
    { "/case/court", "\"YOR\"", "/case/court", "no court 'YOR'" }, /* closed */
    { "/case/court", "\"A NAME\"", "/case/court", "longer than 3" },
    { "/case/case_type", "\"AOC\"", NULL, NULL },
    { "/case/case_type", "\"ABC\"", "/case/case_type", "no case type 'ABC'" },
    { "/case/charging_document_date", "\"2026-11-24\"", NULL, NULL }, /* Guam */
    { "/case/charging_document_date", "\"2026-11-25\"", "/case/charging_document_date", "after the day the batch" },
    { "/case/charging_document_date", "\"2005-04-01\"", "/case/charging_document_date", "before the date of birth" },
    { "/case/next_hearing", "null", NULL, NULL },
    { "/case/next_hearing", NULL, NULL, NULL },
    { "/case/next_hearing/date", "\"2026-07-25\"", NULL, NULL },
    { "/case/next_hearing/date", "\"2026-07-24\"", "/case/next_hearing/date", "before the charging" },
    { "/case/next_hearing/date", "\"2046-11-23\"", NULL, NULL },
    { "/case/next_hearing/date", "\"2046-11-24\"", "/case/next_hearing/date", "20 years" },
    { "/case/next_hearing/time", "\"23:59\"", NULL, NULL },
    { "/case/next_hearing/time", "\"24:00\"", "/case/next_hearing/time", "00:00 to 23:59" },
    { "/case/next_hearing/time", "\"08:60\"", "/case/next_hearing/time", "00:00 to 23:59" },
    { "/case/next_hearing/time", "\"8:30\"", "/case/next_hearing/time", "00:00 to 23:59" },
    { "/case/next_hearing/calendar", "\"M\"", NULL, NULL },
    { "/case/next_hearing/calendar", "\"Z\"", "/case/next_hearing/calendar", "no calendar type 'Z'" },
    { "/case/next_hearing/medium", "\"carrier\"", "/case/next_hearing/medium", "no such medium" },
    { "/case/next_hearing/judge", "\"X\"", "/case/next_hearing/judge", "no known field" },
    { "/asylum/applied", "\"yes\"", "/asylum/applied", "true or false" },
    { "/asylum/kind", NULL, "/asylum/kind", "missing, but" },
    { "/asylum/filed", NULL, "/asylum/filed", "missing, but" },
    { "/asylum/kind", "\"other\"", "/asylum/kind", "no such kind" },
    { "/asylum/filed", "\"2026-11-24\"", NULL, NULL },
    { "/asylum/filed", "\"2026-11-25\"", "/asylum/filed", "after the day the batch" },
    { "/asylum", "{\"applied\": false}", NULL, NULL },
    { "/asylum", "{\"applied\": false, \"kind\": \"defensive\"}", "/asylum/kind", "is given, but" },
    { "/asylum", NULL, "/asylum", "missing" },
    { "/employment_authorization", "null", NULL, NULL },
    { "/employment_authorization", NULL, NULL, NULL },
    { "/employment_authorization", "false", "/employment_authorization", "must be an object" },
    { "/employment_authorization/category", "\"A05\"", NULL, NULL },
    { "/employment_authorization/category", "\"B08\"", "/employment_authorization/category", "A or C" },
    { "/employment_authorization/category", "\"C00\"", "/employment_authorization/category", "A or C" },
    { "/employment_authorization/category", "\"C8\"", "/employment_authorization/category", "A or C" },
    { "/employment_authorization/until", "\"2027-02-29\"", "/employment_authorization/until", "doesn't exist" },
    { "/reporting/office", "\"Salt Lake City, UT\"", NULL, NULL },
    { "/reporting/office", "\"Somewhere\"", "/reporting/office", "no such ERO office" },
    { "/reporting/schedule", "\"hourly\"", "/reporting/schedule", "no such schedule" },
    { "/reporting/next", "\"2026-11-20\"", NULL, NULL },
    { "/reporting/next", "\"soon\"", "/reporting/next", "no date" },
    { "/benefits", "[]", NULL, NULL },
    { "/benefits", "[7]", "/benefits/0", "must be an object" },
    { "/benefits", "{}", "/benefits", "must be a list" },
    { "/benefits/0/state", "\"ZZ\"", "/benefits/0/state", "no state 'ZZ'" },
    { "/benefits/0/from", "\"2028-03-26\"", NULL, NULL },
    { "/benefits/0/from", "\"2028-03-27\"", "/benefits/0/until", "before the day it begins" },
    { "/card/profile", "\"sdc-2\"", "/card/profile", "no such card profile" },
    { "/card/valid_until", "\"2026-11-25\"", NULL, NULL },
    { "/card/valid_until", "\"2026-11-24\"", "/card/valid_until", "passed" },
    { "/card/valid_until", "\"2032-11-25\"", NULL, NULL },
    { "/card/valid_until", "\"2032-11-26\"", "/card/valid_until", "six years" },
    { "/a~1~0\\u001b[31m", "1", "/a~1~0?[31m", "no known field" },
};

START_TEST(changed_field_is_judged)
{
    const struct change *c = &changes[_i];
    json_t *record, *batch = records_one(&record);
    if (strncmp(c->pointer, "/a~1", 4) == 0) /* a name that needs every escape */
        json_object_set_new(record, "a/~\x1b[31m", json_true());
    else
        records_change(record, c->pointer, c->value);
    records_set_up();
    records_write(batch);
    struct sdc_batch b;
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, NULL), SDC_OK);
    records_tear_down();
    if (c->at)
        assert_one_fault(&b, c->at, c->reason);
    ck_assert_uint_eq(b.faults_len, c->at ? 1 : 0);
    ck_assert(b.records[0].faulty == (c->at != NULL));
    sdc_batch_free(&b);
}
END_TEST

/* Names of 'surname' and 'given' letters: together with ", " at most 125 bytes. */
static size_t faults_of_names(int surname, int given)
{
    json_t *record, *batch = records_one(&record);
    char text[2][128];
    snprintf(text[0], sizeof text[0], "%.*s", surname, A50 A50);
    snprintf(text[1], sizeof text[1], "%.*s", given, A50 A50);
    json_object_set_new(record, "surname", json_string(text[0]));
    json_object_set_new(record, "given_names", json_string(text[1]));
    records_write(batch);
    struct sdc_batch b;
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, NULL), SDC_OK);
    size_t count = b.faults_len;
    ck_assert(count == 0 || strcmp(b.faults[0].pointer, "/given_names") == 0);
    sdc_batch_free(&b);
    return count;
}

START_TEST(names_together_fit_into_printed_information)
{
    records_set_up();
    size_t fits = faults_of_names(100, 23), too_long = faults_of_names(100, 24), alone = faults_of_names(100, 0);
    records_tear_down();
    ck_assert_uint_eq(fits, 0);
    ck_assert_uint_eq(too_long, 1);
    ck_assert_uint_eq(alone, 0);
}
END_TEST

START_TEST(benefits_are_limited)
{
    json_t *record, *batch = records_one(&record), *benefits = json_object_get(record, "benefits");
    struct sdc_batch b;
    while (json_array_size(benefits) < SDC_BENEFITS_MAX)
        json_array_append(benefits, json_array_get(benefits, 0));
    records_set_up();
    records_write(batch);
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, NULL), SDC_OK);
    ck_assert_uint_eq(b.faults_len, 0);
    ck_assert_uint_eq(b.records[0].benefits_len, SDC_BENEFITS_MAX);
    ck_assert_str_eq(b.records[0].benefits[SDC_BENEFITS_MAX - 1].program, "housing");
    sdc_batch_free(&b);
    json_array_append(benefits, json_array_get(benefits, 0));
    records_write(batch);
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, NULL), SDC_OK);
    records_tear_down();
    assert_one_fault(&b, "/benefits", "more than 8");
    sdc_batch_free(&b);
}
END_TEST

START_TEST(every_fault_of_a_record_is_reported)
{
    json_t *record, *batch = records_one(&record);
    static const char *const wrong[] = {
        "/surname",      "/sex",     "/address/zip", "/case/court", "/case/next_hearing/time", "/benefits/0/program",
        "/card/profile", "/nonsense"
    };
    for (size_t i = 0; i < 8; i++)
        records_change(record, wrong[i], "\"\\u0007?\"");
    records_set_up();
    records_write(batch);
    struct sdc_batch b;
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, NULL), SDC_OK);
    records_tear_down();
    ck_assert_uint_eq(b.faults_len, 8);
    for (size_t i = 0; i < 8; i++) {
        ck_assert_str_eq(b.faults[i].pointer, wrong[i]);
        ck_assert_ptr_null(strchr(b.faults[i].reason, '\a'));
    }
    sdc_batch_free(&b);
}
END_TEST

START_TEST(one_request_or_person_twice_is_a_fault)
{
    json_t *record, *batch = records_one(&record), *list = json_object_get(batch, "records");
    json_t *other = json_deep_copy(record), *third = json_deep_copy(record);
    records_change(other, "/transaction_id", "\"0ED90475-9531-485D-9D9D-C9F81818E811\""); /* the same in capitals */
    records_change(other, "/a_number", "\"A990070001\"");
    records_change(third, "/transaction_id", "\"1ed90475-9531-485d-9d9d-c9f81818e811\"");
    json_array_append_new(list, other);
    json_array_append_new(list, third);
    records_set_up();
    records_write(batch);
    struct sdc_batch b;
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, NULL), SDC_OK);
    records_tear_down();
    ck_assert_uint_eq(b.faults_len, 2);
    ck_assert_str_eq(b.faults[0].pointer, "/transaction_id");
    ck_assert_str_eq(b.faults[0].reason, "is that of record 1 too");
    ck_assert_uint_eq(b.faults[0].record, 2);
    ck_assert_str_eq(b.faults[1].pointer, "/a_number");
    ck_assert_uint_eq(b.faults[1].record, 3);
    ck_assert(!b.records[0].faulty && b.records[1].faulty && b.records[2].faulty);
    sdc_batch_free(&b);
}
END_TEST

START_TEST(many_unknown_fields_are_counted)
{
    json_t *record, *batch = records_one(&record);
    char key[20];
    for (int i = 0; i < 30; i++) {
        snprintf(key, sizeof key, "extra%d", i);
        json_object_set_new(record, key, json_true());
    }
    records_set_up();
    records_write(batch);
    struct sdc_batch b;
    ck_assert_int_eq(sdc_batch_read(records_path, records_codes(), &records_today, &b, NULL), SDC_OK);
    records_tear_down();
    ck_assert_uint_eq(b.faults_len, 21);
    ck_assert_str_eq(b.faults[20].reason, "10 further unknown fields");
    ck_assert_str_eq(b.faults[20].pointer, "");
    sdc_batch_free(&b);
}
END_TEST

START_TEST(faults_are_told_in_one_line)
{
    char text[400];
    struct sdc_fault fault = { .record = 7, .pointer = "/case/court", .reason = "no court 'QQQ'" };
    sdc_fault_text(&fault, text, sizeof text);
    ck_assert_str_eq(text, "record 7 /case/court: no court 'QQQ'");
    memcpy(fault.transaction_id, "0ed90475-9531-485d-9d9d-c9f81818e811", 37);
    sdc_fault_text(&fault, text, sizeof text);
    ck_assert_str_eq(text, "record 7 (0ed90475-9531-485d-9d9d-c9f81818e811) /case/court: no court 'QQQ'");
    fault = (struct sdc_fault) { .reason = "must be an object" };
    sdc_fault_text(&fault, text, sizeof text);
    ck_assert_str_eq(text, "batch: must be an object");
}
END_TEST

/* ---- the tables ---- */

static void walk_table(const struct record_object *object, size_t room)
{
    for (size_t i = 0; i < object->count; i++) {
        const struct record_field *f = &object->fields[i];
        ck_assert_msg(f->key && *f->key, "field %zu", i);
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(object->fields[k].key, f->key);
        ck_assert_msg((f->kind == RECORD_TEXT) == (f->check != NULL), "%s", f->key);
        ck_assert_msg((f->kind == RECORD_OBJECT || f->kind == RECORD_LIST) == (f->object != NULL), "%s", f->key);
        ck_assert_msg(f->limits.min <= f->limits.max && f->at < room && f->given < room, "%s", f->key);
        ck_assert_msg(!f->words || f->what, "%s", f->key);
        for (const char *const *word = f->words; word && *word; word++)
            ck_assert_msg(strlen(*word) <= (size_t)f->limits.max, "%s: %s", f->key, *word);
        if (f->object)
            walk_table(f->object, room);
    }
}

START_TEST(tables_are_sound)
{
    walk_table(&record_object, sizeof(struct sdc_record));
    walk_table(&record_head_object, sizeof(struct record_head));
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

int main(void)
{
    const struct suite_test tests[] = {
        { all_sample_records_pass, COUNT(days) },
        { a_record_is_read_into_its_struct, 0 },
        { bad_record_has_its_one_fault, COUNT(bad) },
        { all_bad_records_together_report_each_fault, 0 },
        { the_bad_file_itself_is_no_batch, 0 },
        { changed_field_is_judged, COUNT(changes) },
        { names_together_fit_into_printed_information, 0 },
        { benefits_are_limited, 0 },
        { every_fault_of_a_record_is_reported, 0 },
        { one_request_or_person_twice_is_a_fault, 0 },
        { many_unknown_fields_are_counted, 0 },
        { faults_are_told_in_one_line, 0 },
        { tables_are_sound, 0 },
    };
    return suite_run("record", tests, sizeof tests / sizeof tests[0]);
}
