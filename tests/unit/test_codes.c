/* SPDX-License-Identifier: BSD-2-Clause */
/* Code tables: the real ones, malformed ones, and calendar dates. */
#include "sdc/codes.h"
#include "sdc/bytes.h"
#include "codes_rows.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

START_TEST(real_tables_load_from_beside_the_program)
{
    unsetenv("SDC_DATA");
    struct sdc_error e = { 0 };
    struct sdc_codes *codes;
    ck_assert_ptr_nonnull(sdc_data_dir());
    ck_assert_msg(sdc_codes_load(sdc_data_dir(), &codes, &e) == SDC_OK, "%s", e.text);
    static const struct {
        enum sdc_code_table table;
        const char *code;
        bool known;
    } cases[] = {
        { SDC_CODE_STATE, "MEX", true },
        { SDC_CODE_STATE, "D", true },
        { SDC_CODE_STATE, "XXA", true },
        { SDC_CODE_STATE, "CH", false }, /* EOIR's China */
        { SDC_CODE_STATE, "GER", false },
        { SDC_CODE_STATE, "code", false },
        { SDC_CODE_STATE, "", false },
        { SDC_CODE_COURT, "ADL", true },
        { SDC_CODE_COURT, "ANN", true },
        { SDC_CODE_COURT, "YOR", false }, /* closed */
        { SDC_CODE_COURT, "OIT", false }, /* a test row */
        { SDC_CODE_COURT, "QQQ", false },
        { SDC_CODE_ERO_OFFICE, "Salt Lake City, UT", true },
        { SDC_CODE_ERO_OFFICE, "Office of the Principal Legal Advisor, Los Angeles (Adelanto)", false },
        { SDC_CODE_CASE_TYPE, "RMV", true },
        { SDC_CODE_CASE_TYPE, "M", false },
        { SDC_CODE_CALENDAR, "M", true },
        { SDC_CODE_CALENDAR, "RMV", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(sdc_code_known(codes, cases[i].table, cases[i].code) == cases[i].known, "%s", cases[i].code);
    sdc_codes_free(codes);
}
END_TEST

START_TEST(environment_names_the_folder)
{
    setenv("SDC_DATA", "/nowhere", 1);
    ck_assert_str_eq(sdc_data_dir(), "/nowhere");
    struct sdc_codes *codes = (void *)1;
    struct sdc_error e = { 0 };
    ck_assert_int_eq(sdc_codes_load(sdc_data_dir(), &codes, &e), SDC_E_INPUT);
    ck_assert_ptr_null(codes);
    ck_assert_int_eq(sdc_codes_load(NULL, &codes, &e), SDC_E_INPUT);
    setenv("SDC_DATA", "", 1);
    ck_assert_str_ne(sdc_data_dir(), "");
}
END_TEST

/* The real folder with one file replaced: what must be refused, and with which words. */
static const struct {
    const char *file, *content, *text;
} malformed[] = {
    { "icao-states.tsv", "", "first line" },
    { "icao-states.tsv", "code\tname\n", "no row" },
    { "icao-states.tsv", "code\tname\textra\nMEX\tMexico\tx\n", "first line" },
    { "icao-states.tsv", "name\tcode\nMexico\tMEX\n", "first line" },
    { "icao-states.tsv", "code\tname\nMEX\n", "line 2: 1 columns, not 2" },
    { "icao-states.tsv", "code\tname\nMEX\tMexico\nMEXI\tMexico\n", "line 3: a code" },
    { "icao-states.tsv", "code\tname\n\tMexico\n", "line 2: a code" },
    { "icao-states.tsv", "code\tname\nMEX\tMexico\nMEX\tagain\n", "twice" },
    { "ice-offices.csv", "office_name,agency\n", "first line" },
};

static char *folder_with(const char *file, const char *content)
{
    static char dir[] = "/tmp/test-codes-XXXXXX";
    char command[600], path[600];
    struct sdc_error e;
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(command, sizeof command, "cp '%s'/* %s/", sdc_data_dir(), dir);
    ck_assert_int_eq(system(command), 0);
    snprintf(path, sizeof path, "%s/%s", dir, file);
    ck_assert_int_eq(sdc_file_write(path, content, strlen(content), 0600, &e), SDC_OK);
    return dir;
}

START_TEST(malformed_tables_are_refused)
{
    char *dir = folder_with(malformed[_i].file, malformed[_i].content);
    struct sdc_codes *codes;
    struct sdc_error e = { 0 };
    enum sdc_status status = sdc_codes_load(dir, &codes, &e);
    char command[600];
    snprintf(command, sizeof command, "rm -r %s", dir);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(status, SDC_E_INPUT);
    ck_assert_msg(strstr(e.text, malformed[_i].text) && strstr(e.text, malformed[_i].file), "%s", e.text);
}
END_TEST

/* One text as rows: fields joined by '|', rows by '/', a fault as '!'. */
static const struct {
    char separator;
    const char *text, *rows;
} texts[] = {
    { ',', "a,b\nc,d\n", "a|b/c|d" },
    { ',', "a,b\r\nc,d\r\n", "a|b/c|d" },
    { ',', "a,b\nc,d", "a|b/c|d" },
    { ',', "\"a,b\",c\n", "a,b|c" },
    { ',', "\"a \"\"b\"\"\",\"\"\n", "a \"b\"|" },
    { ',', "\"a\nb\",c\r\n", "a\nb|c" },
    { ',', ",\n", "|" },
    { ',', "\n", "" },
    { ',', "\r\nx\n", "/x" },
    { ',', "a,\"b\"c\n", "!" },
    { ',', "a\"b\",c\n", "!" },
    { ',', "\"a,b\n", "!" },
    { ',', "a\n\"b", "a!" },
    { '\t', "a\t\"b\nc\td,\n", "a|\"b/c|d," },
    { ',', "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", "1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16" },
    { ',', "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "!" },
};

START_TEST(rows_are_read_as_rfc_4180_says)
{
    char *text = strdup(texts[_i].text), out[200] = "";
    struct codes_rows rows = { .at = text, .separator = texts[_i].separator };
    const char *column[CODES_COLUMNS_MAX];
    bool first = true;
    for (size_t n; (n = codes_row(&rows, column)) > 0; first = false) {
        strcat(out, first ? "" : "/");
        for (size_t i = 0; i < n; i++)
            strcat(strcat(out, i ? "|" : ""), column[i]);
    }
    strcat(out, rows.fault ? "!" : "");
    ck_assert_str_eq(out, texts[_i].rows);
    free(text);
}
END_TEST

static const struct {
    const char *text;
    bool unknown, good;
    struct sdc_date date;
} dates[] = {
    { "1990-05-31", false, true, { 1990, 5, 31 } },
    { "1990-06-31", false, false, { 0 } },
    { "1990-02-30", false, false, { 0 } },
    { "2000-02-29", false, true, { 2000, 2, 29 } },
    { "1900-02-29", false, false, { 0 } },
    { "2024-02-29", false, true, { 2024, 2, 29 } },
    { "2023-02-29", false, false, { 0 } },
    { "1899-12-31", false, false, { 0 } },
    { "1900-01-01", false, true, { 1900, 1, 1 } },
    { "2199-12-31", false, true, { 2199, 12, 31 } },
    { "2200-01-01", false, false, { 0 } },
    { "1990-00-10", true, false, { 0 } },
    { "1990-01-00", true, false, { 0 } },
    { "1990-13-01", false, false, { 0 } },
    { "1990-1-01", false, false, { 0 } },
    { "1990-01-011", false, false, { 0 } },
    { "1990/01/01", false, false, { 0 } },
    { "+990-01-01", false, false, { 0 } },
    { "", false, false, { 0 } },
    { "1990-XX-XX", true, true, { 1990, 0, 0 } },
    { "1990-05-XX", true, true, { 1990, 5, 0 } },
    { "1990-XX-05", true, false, { 0 } },
    { "1990-xx-xx", true, false, { 0 } },
    { "1990-XX-XX", false, false, { 0 } },
};

START_TEST(dates_exist)
{
    struct sdc_date d = { 0 };
    ck_assert_msg(sdc_date_parse(dates[_i].text, dates[_i].unknown, &d) == dates[_i].good, "%s", dates[_i].text);
    ck_assert_mem_eq(&d, &dates[_i].date, sizeof d);
}
END_TEST

START_TEST(dates_are_compared_and_moved)
{
    struct sdc_date leap = { 2024, 2, 29 }, unknown = { 2024, 0, 0 }, first = { 2024, 1, 1 }, last = { 2023, 12, 31 };
    ck_assert_int_gt(sdc_date_compare(&leap, &first), 0);
    ck_assert_int_lt(sdc_date_compare(&last, &first), 0);
    ck_assert_int_eq(sdc_date_compare(&unknown, &first), 0);
    struct sdc_date six = sdc_date_add_years(&leap, 6), four = sdc_date_add_years(&leap, 4);
    ck_assert(six.year == 2030 && six.month == 2 && six.day == 28);
    ck_assert(four.year == 2028 && four.month == 2 && four.day == 29);
    struct sdc_date next = sdc_date_next_day(&last);
    ck_assert_int_eq(sdc_date_compare(&next, &first), 0);
    next = sdc_date_next_day(&leap);
    ck_assert(next.month == 3 && next.day == 1);
    struct sdc_date today = sdc_date_today();
    ck_assert(today.year > 2025 && today.month >= 1 && today.month <= 12 && today.day >= 1);
}
END_TEST

/* Day by day over every year that a date may have. */
START_TEST(days_are_counted)
{
    const struct sdc_date first = { 1900, 1, 1 }, last = { 2199, 12, 31 };
    struct sdc_date day = first;
    for (int n = 0; sdc_date_compare(&day, &last) <= 0; n++, day = sdc_date_next_day(&day)) {
        ck_assert_int_eq(sdc_date_days(&first, &day), n);
        ck_assert_int_eq(sdc_date_days(&day, &first), -n);
    }
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

int main(void)
{
    const struct suite_test tests[] = {
        { real_tables_load_from_beside_the_program, 0 },
        { environment_names_the_folder, 0 },
        { malformed_tables_are_refused, COUNT(malformed) },
        { rows_are_read_as_rfc_4180_says, COUNT(texts) },
        { dates_exist, COUNT(dates) },
        { days_are_counted, 0 },
        { dates_are_compared_and_moved, 0 },
    };
    return suite_run("codes", tests, sizeof tests / sizeof tests[0]);
}
