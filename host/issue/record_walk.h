/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks a JSON value along const tables of fields: one row a member, with its type, its check and its place in a
 * struct. Every fault is noted with its JSON pointer, and the walk goes on. */
#ifndef ISSUE_RECORD_WALK_H
#define ISSUE_RECORD_WALK_H

#include "sdc/record.h"

#include <jansson.h>

/* What a check may look at, and where faults go. */
struct record_walk {
    const struct sdc_codes *codes;
    struct sdc_date today;
    struct sdc_date created; /* of the batch; year 0 = not known */
    const char *folder;      /* of the photos */
    struct sdc_batch *batch; /* faults are appended here */
    size_t record;           /* the record that is being checked, 0 = the batch itself */
    char transaction_id[37]; /* its id, "" = none that is well-formed */
    char pointer[96];        /* where the walk is inside the record */
    bool no_memory;
};

enum record_kind {
    RECORD_TEXT,
    RECORD_INTEGER,
    RECORD_BOOL,
    RECORD_OBJECT,
    RECORD_LIST, /* of objects */
    RECORD_LATER /* only known, required and a list: somebody else reads it */
};

enum record_need {
    RECORD_MUST,
    RECORD_MAY,     /* may be left out */
    RECORD_NULLABLE /* may be left out or null */
};

struct record_field;
/* Checks a text of len bytes that is valid UTF-8 and has no NUL inside; puts what it means at 'out'. False with a
 * reason (cap bytes) where it is wrong. */
typedef bool (*record_check)(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                             char reason[static 160]);

struct record_limits {
    long min, max; /* bytes of text, or the number itself */
};

struct record_object {
    const struct record_field *fields;
    size_t count;
};

struct record_field {
    const char *key;
    enum record_kind kind;
    enum record_need need;
    struct record_limits limits; /* TEXT, INTEGER; LIST: entries */
    record_check check;          /* TEXT */
    const char *what;            /* for "no WHAT 'code'": record_check_word, _letter, _code */
    enum sdc_code_table table;   /* record_check_code */
    const char *const *words;    /* record_check_word, _letter: NULL-terminated */
    size_t at;                   /* offset of the value in the struct */
    size_t given;                /* OBJECT: offset of a bool "is given"; LIST: offset of the size_t count; 0 = none */
    size_t stride;               /* LIST: size of an entry */
    const struct record_object *object;
};

/* Notes a fault at key below w->pointer (key NULL: at w->pointer itself). */
void record_fault(struct record_walk *w, const char *key, const char *format, ...) SDC_PRINTF(3, 4);
/* Checks value against the object's fields, unknown members too, and fills the struct at base. */
void record_walk_object(struct record_walk *w, const struct record_object *object, const json_t *value, void *base);
/* Goes down into a member (or the entry 'index' of a list) and back: returns what record_leave needs. */
size_t record_enter(struct record_walk *w, const char *key);
size_t record_enter_index(struct record_walk *w, size_t index);
void record_leave(struct record_walk *w, size_t before);

#endif
