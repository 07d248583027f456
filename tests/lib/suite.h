/* SPDX-License-Identifier: BSD-2-Clause */
/* What each unit test program is made of: tests in the style of Check, one table of them, one closing line. */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>
#include <stddef.h>

/* One test case; 'tries' 0 runs it once, otherwise it is a loop test run for _i = 0 .. tries-1. */
struct suite_test {
    const TTest *test;
    int tries;
};

/* Runs the tests (each in a process of its own, so that a crash is one failure), prints failures and the closing line
 * "N passed, N failed". Returns the exit status of main: 0 where all passed and there was at least one. */
int suite_run(const char *name, const struct suite_test *tests, size_t count);

/* Path of a file of tests/data/. The string lives as long as the program. */
const char *suite_data(const char *file);

#endif
