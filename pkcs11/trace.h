/* SPDX-License-Identifier: BSD-2-Clause */
/* The trace: a line for each PKCS#11 call and its result, or also for each APDU, appended to a file that only its owner
 * may read. Of a command nothing but its header and length is written, save for SELECT and GET DATA, whose data name
 * only what is asked for; of an answer its length and SW. So no PIN, key, signature, decrypted data or certificate is
 * in it at any level. */
#ifndef P11_TRACE_H
#define P11_TRACE_H

#include "config.h"
#include "cryptoki.h"
#include "sdc/link.h"

struct p11_trace {
    int fd; /* -1: there is no trace */
    enum p11_trace_level level;
};

/* A file that can't be opened is no trace: the module works without. Begins
 * with the program and with what of the configuration wasn't understood. */
void p11_trace_open(struct p11_trace *trace, const struct p11_config *config);
void p11_trace_close(struct p11_trace *trace);

/* Notes the name of the entry point that this thread is in; other names (C_... is PKCS#11's) are not noted. */
void p11_trace_call(const char *function);
/* Writes that entry point and what it returns. */
void p11_trace_result(const struct p11_trace *trace, CK_RV rv);
/* Has the link write its APDUs, where the level says so, for as long as it is open; trace must live as long. Without
 * memory the link works untraced. */
void p11_trace_link(const struct p11_trace *trace, CK_SLOT_ID slot, struct sdc_link *link);

#endif
