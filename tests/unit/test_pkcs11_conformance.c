/* SPDX-License-Identifier: BSD-2-Clause */
/* The conformance tables against the module in this process, with a card in memory. */
#include <stdio.h>

#include "conform.h"
#include "module_fixture.h"
#include "module.h"

#define ASSERTIONS 1500 /* at least */

static void move_card(void *ctx, bool in)
{
    (void)ctx;
    if (in)
        desk_insert(&desk, 0, module_card());
    else
        desk_remove(&desk, 0);
}

START_TEST(conforms)
{
    CK_INTERFACE *interface = NULL;
    struct conform c = { .tokens = 1, .pin = CARD_ISSUE_PIN, .puk = CARD_ISSUE_PUK, .card = move_card };
    module_start(&issued);
    RV(C_Finalize(NULL), CKR_OK);
    RV(C_GetFunctionList(&c.f), CKR_OK);
    RV(C_GetInterface(NULL, NULL, &interface, 0), CKR_OK);
    c.f3 = interface->pFunctionList;
    conform_run(&c);
    printf("%u assertions, %u failed\n", c.assertions, c.failures);
    fflush(stdout);
    ck_assert_uint_eq(c.failures, 0);
    ck_assert_uint_ge(c.assertions, ASSERTIONS);
    ck_assert_int_eq(desk.links, 0);
    ck_assert_int_eq(desk.watches, 0);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { conforms, 0 } };
    module_fixture_cards();
    return suite_run("pkcs11 conformance", tests, sizeof tests / sizeof tests[0]);
}
