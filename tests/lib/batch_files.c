/* SPDX-License-Identifier: BSD-2-Clause */
#include "batch_files.h"
#include "suite.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct sdc_date records_today = { 2026, 11, 25 };

static char folder[64];
char records_path[128];

static void run(const char *format, ...) SDC_PRINTF(1, 2);
static void run(const char *format, ...)
{
    char command[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    ck_assert_int_eq(system(command), 0);
}

void records_set_up(void)
{
    snprintf(folder, sizeof folder, "/tmp/test-record-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    run("cp -r '%s' %s/", suite_data("portraits"), folder);
    snprintf(records_path, sizeof records_path, "%s/batch.json", folder);
}

void records_tear_down(void)
{
    run("rm -rf %s", folder);
}

struct sdc_codes *records_codes(void)
{
    static struct sdc_codes *loaded;
    struct sdc_error e = { 0 };
    if (!loaded)
        ck_assert_msg(sdc_codes_load(sdc_data_dir(), &loaded, &e) == SDC_OK, "%s", e.text);
    return loaded;
}

void records_write_text(const char *text, size_t len)
{
    FILE *file = fopen(records_path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

void records_write(const json_t *value)
{
    ck_assert_int_eq(json_dump_file(value, records_path, JSON_INDENT(1)), 0);
}

/* A test is a process of its own and ends with what it has; this keeps that reachable, so that real leaks show. */
static json_t *keep(json_t *value)
{
    static json_t *kept[16];
    static size_t count;
    ck_assert_uint_lt(count, sizeof kept / sizeof kept[0]);
    kept[count++] = value;
    return value;
}

json_t *records_load(const char *file)
{
    json_t *value = json_load_file(suite_data(file), JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(value);
    return keep(value);
}

/* A batch of the sample's first record; *record is a borrowed reference. */
json_t *records_one(json_t **record)
{
    json_t *batch = records_load("enrolment-sample.json"), *list = json_object_get(batch, "records");
    while (json_array_size(list) > 1)
        json_array_remove(list, 1);
    *record = json_array_get(list, 0);
    return batch;
}

json_t *records_batch_of(json_t *record)
{
    json_t *batch =
        json_pack("{s:s, s:s, s:[o]}", "batch", "test", "created", "2026-11-23T08:00:00Z", "records", record);
    ck_assert_ptr_nonnull(batch);
    return keep(batch);
}

void records_print_faults(const struct sdc_batch *b)
{
    char text[512];
    for (size_t i = 0; i < b->faults_len; i++) {
        sdc_fault_text(&b->faults[i], text, sizeof text);
        fprintf(stderr, "%s\n", text);
    }
}

/* Sets, or with NULL removes, the member that the pointer names. */
void records_change(json_t *record, const char *pointer, const char *value)
{
    char part[200];
    json_t *at = record;
    for (const char *next; (next = strchr(pointer + 1, '/')) != NULL; pointer = next) {
        snprintf(part, sizeof part, "%.*s", (int)(next - pointer - 1), pointer + 1);
        at = json_is_array(at) ? json_array_get(at, (size_t)atoi(part)) : json_object_get(at, part);
    }
    if (!value) {
        ck_assert_int_eq(json_object_del(at, pointer + 1), 0);
        return;
    }
    json_t *v = json_loads(value, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    ck_assert_ptr_nonnull(v);
    ck_assert_int_eq(json_object_set_new(at, pointer + 1, v), 0);
}
