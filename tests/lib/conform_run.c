/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs the tables: first what follows from the order of checks alone (every function, every pointer, every state), then
 * the scenarios, then the areas. */
#include "conform.h"

#include <stdio.h>
#include <stdlib.h>

#define SHOWN 40 /* failures: more say nothing more */

const struct conform_function *conform_function(enum conform_fn fn)
{
    return fn < FN_3_0 ? &conform_functions[fn] : &conform_functions_3_0[fn - FN_3_0];
}

static void fail(struct conform *c, const char *what)
{
    if (++c->failures <= SHOWN)
        printf("FAIL  %s: %s\n", conform_state_names[c->state], what);
}

bool conform_that(struct conform *c, const char *what, bool good)
{
    c->assertions++;
    if (!good)
        fail(c, what);
    return good;
}

/* ---- one call ---- */
static bool differs_as_known(struct conform *c, const struct conform_step *step, CK_RV got)
{
    for (size_t i = 0; i < c->differences_count; i++) {
        const struct conform_difference *d = &c->differences[i];
        if ((d->fn == FNS || d->fn == step->fn) && (d->states & IN(c->state)) &&
            (d->fault == FAULTS || d->fault == step->fault) && d->ours == step->rv && d->theirs == got) {
            c->seen[i]++;
            c->excused++;
            return true;
        }
    }
    return false;
}

static void remember(struct conform *c, enum conform_fn fn, const struct conform_args *a)
{
    if ((fn == FN_SIGN || fn == FN_SIGN_FINAL) && a->out && a->out_room <= sizeof c->signature) {
        c->signature_len = a->out_room;
        for (CK_ULONG i = 0; i < a->out_room; i++)
            c->signature[i] = a->out_bytes[i];
    }
    if (fn == FN_CREATE_OBJECT || fn == FN_COPY_OBJECT)
        c->made = a->result_value;
    if (fn == FN_FIND_OBJECTS && a->result_value > 0)
        c->found = a->list[0];
}

/* Where a call fails or asks a length, what it was given to write to stays as it was. */
static bool untouched(const struct conform_args *a)
{
    for (size_t i = 0; i < sizeof a->out_bytes; i++)
        if (a->out_bytes[i] != 0xC3)
            return false;
    return true;
}

static void step(struct conform *c, const struct conform_step *s)
{
    static struct conform_args a;
    char text[200];
    const struct conform_function *f = conform_function(s->fn);
    if (s->fn >= FN_3_0 && !c->f3)
        return;
    conform_args(c, s->fn, s->fault, &a);
    CK_RV rv = f->call(c, &a);
    c->assertions++;
    if (rv == CKR_OK)
        remember(c, s->fn, &a);
    if (rv != s->rv && !differs_as_known(c, s, rv)) {
        snprintf(text, sizeof text, "%s %s: %#lx, wanted %#lx", f->name, conform_fault_name(s->fault), rv, s->rv);
        fail(c, text);
    }
    if (s->len != 0 && rv == s->rv) {
        CK_ULONG want = s->len == EMPTY_LEN ? 0 : s->len == TOKENS_LEN ? c->tokens : s->len;
        bool list = f->pointers[0] == NULL_COUNT || f->pointers[1] == NULL_COUNT;
        CK_ULONG got = list ? a.result_value : a.out_room;
        snprintf(text, sizeof text, "%s %s: length %lu, wanted %lu", f->name, conform_fault_name(s->fault), got, want);
        conform_that(c, text, got == want);
    }
    if (rv != CKR_OK && s->fn != FN_INITIALIZE) {
        snprintf(text, sizeof text, "%s %s: wrote into the buffer", f->name, conform_fault_name(s->fault));
        conform_that(c, text, untouched(&a));
    }
}

/* ---- the order of checks ---- */
/* In these states nothing counts but the state, whatever else is wrong. */
static const struct {
    enum conform_state state;
    enum conform_about about;
    enum conform_fault also; /* a fault that the function has besides */
    CK_RV rv;
} orders[] = {
    { NOT_INITIALIZED, ABOUT_LIBRARY, RIGHT, CKR_CRYPTOKI_NOT_INITIALIZED },
    { NOT_INITIALIZED, ABOUT_SLOT, RIGHT, CKR_CRYPTOKI_NOT_INITIALIZED },
    { NOT_INITIALIZED, ABOUT_SESSION, RIGHT, CKR_CRYPTOKI_NOT_INITIALIZED },
    { FINALIZED, ABOUT_LIBRARY, RIGHT, CKR_CRYPTOKI_NOT_INITIALIZED },
    { FINALIZED, ABOUT_SLOT, RIGHT, CKR_CRYPTOKI_NOT_INITIALIZED },
    { FINALIZED, ABOUT_SESSION, RIGHT, CKR_CRYPTOKI_NOT_INITIALIZED },
    { NO_SESSION, ABOUT_SESSION, RIGHT, CKR_SESSION_HANDLE_INVALID },
    { CLOSED, ABOUT_SESSION, RIGHT, CKR_SESSION_HANDLE_INVALID },
    { EMPTY_SLOT, ABOUT_SESSION, RIGHT, CKR_SESSION_HANDLE_INVALID },
};

static void each_order(struct conform *c, enum conform_state state)
{
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        for (int fn = 0; orders[i].state == state && fn < FNS; fn++) {
            const struct conform_function *f = conform_function((enum conform_fn)fn);
            if (f->about != orders[i].about)
                continue;
            step(c, &(struct conform_step) { (enum conform_fn)fn, RIGHT, orders[i].rv, 0 });
            for (int p = 0; f->pointers[p] != RIGHT; p++)
                step(c, &(struct conform_step) { (enum conform_fn)fn, f->pointers[p], orders[i].rv, 0 });
        }
    }
}

/* Where the session is there, a pointer that may not be NULL is told before anything else. */
static void each_pointer(struct conform *c, enum conform_state state)
{
    for (int fn = 0; fn < FNS; fn++) {
        const struct conform_function *f = conform_function((enum conform_fn)fn);
        for (int p = 0; f->pointers[p] != RIGHT; p++) {
            conform_enter(c, state);
            step(c, &(struct conform_step) { (enum conform_fn)fn, f->pointers[p], CKR_ARGUMENTS_BAD, 0 });
            conform_leave(c);
        }
    }
}

static void each_scenario(struct conform *c, enum conform_state state, const struct conform_scenarios *s)
{
    for (size_t i = 0; i < s->count; i++) {
        if (!(s->list[i].states & IN(state)))
            continue;
        conform_enter(c, state);
        for (unsigned n = 0; n < s->list[i].count; n++)
            step(c, &s->list[i].steps[n]);
        conform_leave(c);
    }
}

static void each_state(struct conform *c)
{
    static const struct conform_scenarios *const areas[] = { &conform_general, &conform_objects, &conform_crypto,
                                                             &conform_refused };
    for (int state = 0; state < STATES; state++) {
        if (state == FINALIZED || (state == EMPTY_SLOT && !c->card))
            continue;
        if (state < RO_PUBLIC) {
            conform_enter(c, (enum conform_state)state);
            each_order(c, (enum conform_state)state);
            conform_leave(c);
        } else {
            each_pointer(c, (enum conform_state)state);
        }
        for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++)
            each_scenario(c, (enum conform_state)state, areas[i]);
    }
}

void conform_run(struct conform *c)
{
    c->state = NOT_INITIALIZED;
    each_state(c);
    conform_enter(c, RW_PUBLIC);
    conform_areas(c);
    conform_leave(c);
    conform_that(c, "finalizes", c->f->C_Finalize(NULL) == CKR_OK);
    c->keeper = 0;
    conform_enter(c, FINALIZED);
    each_order(c, FINALIZED);
    for (size_t i = 0; i < c->differences_count; i++) {
        char text[300];
        snprintf(text, sizeof text, "listed difference %zu (%s): seen %u times, listed %u", i, c->differences[i].why,
                 c->seen[i], c->differences[i].count);
        conform_that(c, text, c->seen[i] == c->differences[i].count);
    }
}
