/* SPDX-License-Identifier: BSD-2-Clause */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

int suite_run(const char *name, const struct suite_test *tests, size_t count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, getenv("SDC_LONG") ? 7200 : 120);
    for (size_t i = 0; i < count; i++) {
        if (tests[i].tries > 0)
            tcase_add_loop_test(tcase, tests[i].test, 0, tests[i].tries);
        else
            tcase_add_test(tcase, tests[i].test);
    }
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_SILENT);
    srunner_print(runner, CK_NORMAL);
    int run = srunner_ntests_run(runner), failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    printf("%d passed, %d failed\n", run - failed, failed);
    return run > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

struct path {
    struct path *next;
    char *text;
};

const char *suite_data(const char *file)
{
    static struct path *paths;                  /* as long as the program: what is still reachable is no leak */
    const char *root = getenv("SDC_TEST_DATA"); /* for runs from elsewhere; the Makefile runs tests in the top folder */
    struct path *path = calloc(1, sizeof(*path));
    if (!path || asprintf(&path->text, "%s/%s", root ? root : "tests/data", file) < 0)
        abort();
    path->next = paths;
    paths = path;
    return path->text;
}
