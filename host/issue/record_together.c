/* SPDX-License-Identifier: BSD-2-Clause */
#include "record_check.h"

#include <string.h>

#define NAMES_MAX 125 /* bytes of tag 01 in Printed Information, SP 800-73-4 part 1 table 13 */

/* Both known, and a before b. A field that was faulty itself has no date, and so no second fault. */
static bool before(const struct sdc_date *a, const struct sdc_date *b)
{
    return a->year && b->year && sdc_date_compare(a, b) < 0;
}

static void check_names(struct record_walk *w, const json_t *value, const struct sdc_record *r)
{
    const char *surname = json_string_value(json_object_get(value, "surname"));
    const char *given_names = json_string_value(json_object_get(value, "given_names"));
    size_t len = strlen(r->surname) + strlen(", ") + strlen(r->given_names);
    if (surname && given_names && !*surname && !*given_names)
        record_fault(w, "surname", "is empty, and the given names too");
    if (*r->surname && *r->given_names && len > NAMES_MAX)
        record_fault(w, "given_names", "and surname together with \", \" are longer than %d bytes", NAMES_MAX);
}

static void check_asylum(struct record_walk *w, const json_t *value)
{
    static const char *const details[] = { "kind", "filed" };
    const json_t *asylum = json_object_get(value, "asylum"), *applied = json_object_get(asylum, "applied");
    size_t inner = record_enter(w, "asylum");
    for (size_t i = 0; i < sizeof details / sizeof details[0]; i++) {
        const json_t *detail = json_object_get(asylum, details[i]);
        if (json_is_false(applied) && detail)
            record_fault(w, details[i], "is given, but asylum was not applied for");
        if (json_is_true(applied) && !detail)
            record_fault(w, details[i], "is missing, but asylum was applied for");
    }
    record_leave(w, inner);
}

static void check_benefits(struct record_walk *w, const struct sdc_record *r)
{
    size_t outer = record_enter(w, "benefits");
    for (size_t i = 0; i < r->benefits_len; i++) {
        size_t inner = record_enter_index(w, i);
        if (before(&r->benefits[i].until, &r->benefits[i].from))
            record_fault(w, "until", "lies before the day it begins");
        record_leave(w, inner);
    }
    record_leave(w, outer);
}

static void check_course(struct record_walk *w, const struct sdc_record *r)
{
    size_t inner = record_enter(w, "case");
    if (before(&r->case_.charging_document_date, &r->date_of_birth))
        record_fault(w, "charging_document_date", "lies before the date of birth");
    size_t hearing = record_enter(w, "next_hearing");
    if (before(&r->case_.next_hearing.date, &r->case_.charging_document_date))
        record_fault(w, "date", "lies before the charging document");
    record_leave(w, hearing);
    record_leave(w, inner);
    inner = record_enter(w, "asylum");
    if (before(&r->asylum.filed, &r->date_of_birth))
        record_fault(w, "filed", "lies before the date of birth");
    record_leave(w, inner);
}

/* The same request or person twice in one batch: the later record is the faulty one. */
static void check_repeated(struct record_walk *w, const struct sdc_record *r)
{
    bool id = *r->transaction_id != '\0', person = *r->a_number != '\0';
    for (size_t i = 0; i + 1 < w->record && (id || person); i++) {
        const struct sdc_record *other = &w->batch->records[i];
        if (id && strcmp(other->transaction_id, r->transaction_id) == 0) {
            record_fault(w, "transaction_id", "is that of record %zu too", i + 1);
            id = false;
        }
        if (person && strcmp(other->a_number, r->a_number) == 0) {
            record_fault(w, "a_number", "is that of record %zu too", i + 1);
            person = false;
        }
    }
}

void record_check_together(struct record_walk *w, const json_t *value, const struct sdc_record *r)
{
    check_names(w, value, r);
    check_asylum(w, value);
    check_course(w, r);
    check_benefits(w, r);
    check_repeated(w, r);
}
