/* SPDX-License-Identifier: BSD-2-Clause */
/* The assertions of tests/lib in a program that Check doesn't run: one that fails ends it. Defines functions: for the
 * one source file of such a program. */
#ifndef TESTS_WITHOUT_CHECK_H
#define TESTS_WITHOUT_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#include <check.h>

void _mark_point(const char *file, int line)
{
    (void)file;
    (void)line;
}

void _ck_assert_failed(const char *file, int line, const char *expr, const char *msg, ...)
{
    (void)msg;
    fprintf(stderr, "%s:%d: %s\n", file, line, expr);
    exit(EXIT_FAILURE);
}

#endif
