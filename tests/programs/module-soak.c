/* SPDX-License-Identifier: BSD-2-Clause */
/* The soak of swaps against a real module over pcscd: module-soak MODULE INSERTIONS PULL START, in a sandbox of four
 * empty readers. PULL and START are commands that get the reader's number. Exit 0 where all is good, 64 usage. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soak.h"

static const char *commands[2]; /* pull, start */

static void move_card(void *ctx, unsigned reader, unsigned long turn, bool in)
{
    char command[600];
    (void)ctx;
    (void)turn;
    snprintf(command, sizeof command, "%s %u", commands[in], reader);
    if (system(command) != 0)
        fprintf(stderr, "module-soak: %s\n", command); /* the soak will miss the event */
}

int main(int argc, char **argv)
{
    CK_RV (*get_list)(CK_FUNCTION_LIST_PTR_PTR) = NULL;
    if (argc != 5)
        return 64;
    void *module = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    void *address = module ? dlsym(module, "C_GetFunctionList") : NULL;
    struct soak s = {
        .readers = SOAK_READERS, .signers = 4, .insertions = strtoul(argv[2], NULL, 10), .card = move_card
    };
    if (!address) {
        fprintf(stderr, "module-soak: %s\n", dlerror());
        return 1;
    }
    memcpy(&get_list, &address, sizeof get_list);
    if (get_list(&s.f) != CKR_OK)
        return 1;
    commands[0] = argv[3];
    commands[1] = argv[4];
    soak_run(&s);
    dlclose(module);
    return soak_good(&s) ? 0 : 1;
}
