/* SPDX-License-Identifier: BSD-2-Clause */
/* Fixed-width text of PKCS#11: blank-padded, no NUL. */
#ifndef P11_TEXT_H
#define P11_TEXT_H

#include <stddef.h>

/* Fills out (width bytes) with the text, cut or padded with blanks; what isn't printable ASCII becomes '?'. */
void p11_text(unsigned char *out, size_t width, const char *text);

#endif
