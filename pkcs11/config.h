/* SPDX-License-Identifier: BSD-2-Clause */
/* What whoever runs the module may set (sdc-pkcs11(8)): in /etc/sdc/pkcs11.conf, then in sdc/pkcs11.conf below
 * $XDG_CONFIG_HOME or $HOME/.config, then in the environment; a later value takes the place of an earlier one.
 * SDC_PKCS11_CONF names one file that is read in the place of the two. A program with more rights than its user
 * (setuid) gets nothing from environment and home. */
#ifndef P11_CONFIG_H
#define P11_CONFIG_H

#include <stdbool.h>

enum p11_trace_level { P11_TRACE_OFF, P11_TRACE_CALLS, P11_TRACE_APDUS };

struct p11_config {
    bool check; /* every signature is verified before it is returned */
    enum p11_trace_level level;
    char trace[256];   /* file that the trace is appended to; "": none */
    char readers[512]; /* patterns with ';' between them; "": all readers */
    char ignore[512];  /* likewise, of readers that don't exist for the module */
    char fault[200];   /* the first thing that wasn't understood and was ignored; "": none */
};

/* Never fails: what isn't understood stays at its default, and 'fault' says so. */
void p11_config_load(struct p11_config *config);
/* True where the reader is to be used: it matches a pattern (fnmatch(3)) of 'readers' and none of 'ignore'. */
bool p11_config_reader(const struct p11_config *config, const char *reader);

#endif
