/* SPDX-License-Identifier: BSD-2-Clause */
/* Command tables. A row says everything that is decided before a command runs; the dispatcher (dispatch.c) makes the
 * decisions, in one order, so a handler cannot forget one. */
#ifndef COMMAND_H
#define COMMAND_H

#include "access.h"
#include "rd.h"
#include "wr.h"

struct core;

enum chaining {
    CHAIN_NO,      /* CLA 10 is answered 6884 */
    CHAIN_COLLECT, /* blocks are collected (CHAIN_CAP bytes at most); the handler runs once, with all of them */
    CHAIN_STREAM,  /* the handler runs for each block; an error or another command aborts the open store transaction */
};

/* What a handler is given: the parameters and the data, or this block of it. */
struct request {
    uint8_t ins, p1, p2;
    bool first, last; /* both true but for CHAIN_STREAM */
    bool extended;    /* its lengths are extended fields: a MAC over Lc has to know (amendment D 6.2.4) */
    struct rd data;
};

/* Runs a command. Reads its whole input before it has effects. Returns SW; with 9000 what it wrote to 'answer' (and,
 * behind that, the part of an object named with answer_append_value) is the answer, else there is none. */
typedef uint16_t command_run(struct core *core, const struct request *request, struct wr *answer);

struct command {
    uint8_t ins;
    uint8_t p1, p1_mask, p2, p2_mask; /* the row is meant where (P1 & p1_mask) == p1, and so for P2 */
    uint16_t lc_min, lc_max;          /* bytes of data, of all blocks together */
    enum access access;
    enum chaining chaining;
    command_run *run;
    const char *section; /* of the standard */
};

#endif
