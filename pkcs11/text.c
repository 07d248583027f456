/* SPDX-License-Identifier: BSD-2-Clause */
#include "text.h"

void p11_text(unsigned char *out, size_t width, const char *text)
{
    size_t i = 0;
    for (; i < width && text[i] != '\0'; i++)
        out[i] = text[i] >= ' ' && text[i] <= '~' ? (unsigned char)text[i] : '?';
    for (; i < width; i++)
        out[i] = ' ';
}
