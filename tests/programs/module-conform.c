/* SPDX-License-Identifier: BSD-2-Clause */
/* The conformance tables against any module: module-conform MODULE PIN PUK [pull insert]
 *   with a token in the first slot that has one; 'pull' and 'insert' are programs that take its card out and put it in
 * module-conform --control MODULE PIN PUK
 *   against SoftHSM2, whose first slot is made a token first; what is known to differ there is in conform_softhsm.c.
 * Exit: 0 all as the tables say, 1 not, 64 usage. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conform.h"
#include "conform_softhsm.h"

static const char *programs[2]; /* pull, insert */

static void move_card(void *ctx, bool in)
{
    (void)ctx;
    if (system(programs[in]) != 0) {
        fprintf(stderr, "module-conform: %s\n", programs[in]);
        exit(1);
    }
}

static void *load(const char *path, struct conform *c)
{
    CK_RV (*get_list)(CK_FUNCTION_LIST_PTR_PTR) = NULL;
    CK_RV (*get_interface)(CK_UTF8CHAR_PTR, CK_VERSION_PTR, CK_INTERFACE_PTR_PTR, CK_FLAGS) = NULL;
    CK_INTERFACE *interface = NULL;
    CK_VERSION version = { 3, 0 };
    CK_UTF8CHAR name[] = "PKCS 11";
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *address = module ? dlsym(module, "C_GetFunctionList") : NULL;
    if (!address) {
        fprintf(stderr, "module-conform: %s\n", dlerror());
        exit(1);
    }
    memcpy(&get_list, &address, sizeof get_list);
    if (get_list(&c->f) != CKR_OK)
        exit(1);
    address = dlsym(module, "C_GetInterface");
    if (address) {
        memcpy(&get_interface, &address, sizeof get_interface);
        if (get_interface(name, &version, &interface, 0) == CKR_OK)
            c->f3 = interface->pFunctionList;
    }
    return module;
}

static void first_token(struct conform *c)
{
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    if (c->f->C_Initialize(NULL) != CKR_OK || c->f->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK || count == 0) {
        fprintf(stderr, "module-conform: no token\n");
        exit(1);
    }
    c->slot = slots[0];
    c->tokens = count;
    c->f->C_Finalize(NULL);
}

int main(int argc, char **argv)
{
    bool control = argc > 1 && strcmp(argv[1], "--control") == 0;
    char **arg = argv + control;
    if (argc - control != 4 && (control || argc != 6))
        return 64;
    struct conform c = { .pin = arg[2], .puk = arg[3] };
    void *module = load(arg[1], &c);
    if (argc == 6) {
        programs[0] = argv[4];
        programs[1] = argv[5];
        c.card = move_card;
    }
    if (control)
        softhsm_prepare(&c);
    else
        first_token(&c);
    conform_run(&c);
    printf("%u assertions, %u failed, %u listed differences\n", c.assertions, c.failures, c.excused);
    dlclose(module);
    return c.failures == 0 ? 0 : 1;
}
