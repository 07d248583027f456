/* SPDX-License-Identifier: BSD-2-Clause */
#include "record_walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNKNOWN_MAX 20 /* unknown members of one object that are named one by one */
#define KEY_MAX     40 /* bytes of an unknown member's name that are shown */

/* ---- faults ---- */

static struct sdc_fault *new_fault(struct record_walk *w)
{
    struct sdc_batch *b = w->batch;
    if ((b->faults_len & (b->faults_len - 1)) == 0) { /* full at each power of two */
        size_t cap = b->faults_len ? b->faults_len * 2 : 1;
        struct sdc_fault *faults = realloc(b->faults, cap * sizeof *faults);
        if (!faults) {
            w->no_memory = true;
            return NULL;
        }
        b->faults = faults;
    }
    struct sdc_fault *fault = &b->faults[b->faults_len++];
    memset(fault, 0, sizeof *fault);
    return fault;
}

void record_fault(struct record_walk *w, const char *key, const char *format, ...)
{
    struct sdc_fault *fault = new_fault(w);
    if (w->record > 0)
        w->batch->records[w->record - 1].faulty = true;
    if (!fault)
        return;
    fault->record = w->record;
    memcpy(fault->transaction_id, w->transaction_id, sizeof fault->transaction_id);
    size_t before = key ? record_enter(w, key) : strlen(w->pointer);
    memcpy(fault->pointer, w->pointer, sizeof fault->pointer);
    record_leave(w, before);
    va_list args;
    va_start(args, format);
    vsnprintf(fault->reason, sizeof fault->reason, format, args);
    va_end(args);
}

/* ---- the pointer ---- */

/* RFC 6901 escapes. A member's name comes from the file: what a terminal might take for a command isn't shown. */
size_t record_enter(struct record_walk *w, const char *key)
{
    size_t before = strlen(w->pointer), at = before, shown = 0;
    char *out = w->pointer;
    if (at + 1 < sizeof w->pointer)
        out[at++] = '/';
    for (const char *c = key; *c != '\0' && shown < KEY_MAX && at + 2 < sizeof w->pointer; c++, shown++) {
        bool escape = *c == '~' || *c == '/';
        if (escape)
            out[at++] = '~';
        if (escape)
            out[at++] = *c == '~' ? '0' : '1';
        else
            out[at++] = *c >= ' ' && *c <= '~' ? *c : '?';
    }
    out[at] = '\0';
    return before;
}

size_t record_enter_index(struct record_walk *w, size_t index)
{
    char text[24];
    snprintf(text, sizeof text, "%zu", index);
    return record_enter(w, text);
}

void record_leave(struct record_walk *w, size_t before)
{
    w->pointer[before] = '\0';
}

/* ---- values by kind ---- */

static void *place(void *base, size_t offset)
{
    return (char *)base + offset;
}

static void walk_text(struct record_walk *w, const struct record_field *f, const json_t *value, void *base)
{
    char reason[160] = "is wrong";
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    if (strlen(text) != len)
        record_fault(w, f->key, "holds a NUL character");
    else if (len == 0 && f->limits.min > 0)
        record_fault(w, f->key, "is empty");
    else if ((long)len < f->limits.min)
        record_fault(w, f->key, "is shorter than %ld bytes", f->limits.min);
    else if ((long)len > f->limits.max)
        record_fault(w, f->key, "is longer than %ld bytes", f->limits.max);
    else if (!f->check(w, f, text, place(base, f->at), reason))
        record_fault(w, f->key, "%s", reason);
}

static void walk_integer(struct record_walk *w, const struct record_field *f, const json_t *value, void *base)
{
    json_int_t v = json_integer_value(value);
    if (v < f->limits.min || v > f->limits.max)
        record_fault(w, f->key, "must be %ld to %ld", f->limits.min, f->limits.max);
    else
        *(int *)place(base, f->at) = (int)v;
}

static void walk_member_object(struct record_walk *w, const struct record_field *f, const json_t *value, void *base)
{
    size_t before = record_enter(w, f->key);
    record_walk_object(w, f->object, value, base);
    record_leave(w, before);
    if (f->given)
        *(bool *)place(base, f->given) = true;
}

static void walk_list(struct record_walk *w, const struct record_field *f, const json_t *value, void *base)
{
    size_t count = json_array_size(value);
    if ((long)count > f->limits.max) {
        record_fault(w, f->key, "has more than %ld entries", f->limits.max);
        return;
    }
    size_t before = record_enter(w, f->key);
    for (size_t i = 0; i < count; i++) {
        size_t inner = record_enter_index(w, i);
        record_walk_object(w, f->object, json_array_get(value, i), place(base, i * f->stride));
        record_leave(w, inner);
    }
    record_leave(w, before);
    *(size_t *)place(base, f->given) = count;
}

static bool is_string(const json_t *v)
{
    return json_is_string(v);
}

static bool is_integer(const json_t *v)
{
    return json_is_integer(v);
}

static bool is_bool(const json_t *v)
{
    return json_is_boolean(v);
}

static bool is_object(const json_t *v)
{
    return json_is_object(v);
}

static bool is_array(const json_t *v)
{
    return json_is_array(v);
}

static const struct {
    const char *name;
    bool (*is)(const json_t *value);
} kinds[] = {
    [RECORD_TEXT] = { "text", is_string },        [RECORD_INTEGER] = { "a whole number", is_integer },
    [RECORD_BOOL] = { "true or false", is_bool }, [RECORD_OBJECT] = { "an object", is_object },
    [RECORD_LIST] = { "a list", is_array },       [RECORD_LATER] = { "a list", is_array },
};

static void walk_field(struct record_walk *w, const struct record_field *f, const json_t *value, void *base)
{
    if (!value) {
        if (f->need == RECORD_MUST)
            record_fault(w, f->key, "is missing");
        return;
    }
    if (json_is_null(value) && f->need == RECORD_NULLABLE)
        return;
    if (!kinds[f->kind].is(value)) {
        record_fault(w, f->key, "must be %s", kinds[f->kind].name);
        return;
    }
    switch (f->kind) {
    case RECORD_TEXT:
        walk_text(w, f, value, base);
        break;
    case RECORD_INTEGER:
        walk_integer(w, f, value, base);
        break;
    case RECORD_BOOL:
        *(bool *)place(base, f->at) = json_is_true(value);
        break;
    case RECORD_OBJECT:
        walk_member_object(w, f, value, base);
        break;
    case RECORD_LIST:
        walk_list(w, f, value, base);
        break;
    case RECORD_LATER:
        break;
    }
}

static bool has_field(const struct record_object *object, const char *key)
{
    for (size_t i = 0; i < object->count; i++)
        if (strcmp(object->fields[i].key, key) == 0)
            return true;
    return false;
}

static void find_unknown(struct record_walk *w, const struct record_object *object, const json_t *value)
{
    size_t unknown = 0;
    json_t *all = (json_t *)(uintptr_t)value; /* jansson's iterator takes no const, and changes nothing */
    for (void *i = json_object_iter(all); i; i = json_object_iter_next(all, i)) {
        const char *key = json_object_iter_key(i);
        if (has_field(object, key))
            continue;
        if (++unknown <= UNKNOWN_MAX)
            record_fault(w, key, "is no known field");
    }
    if (unknown > UNKNOWN_MAX)
        record_fault(w, NULL, "%zu further unknown fields", unknown - UNKNOWN_MAX);
}

void record_walk_object(struct record_walk *w, const struct record_object *object, const json_t *value, void *base)
{
    if (!json_is_object(value)) {
        record_fault(w, NULL, "must be an object");
        return;
    }
    for (size_t i = 0; i < object->count; i++)
        walk_field(w, &object->fields[i], json_object_get(value, object->fields[i].key), base);
    find_unknown(w, object, value);
}
