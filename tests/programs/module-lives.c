/* SPDX-License-Identifier: BSD-2-Clause */
/* The module across fork, exec and dlclose: module-lives MODULE, with a card whose 9E signs in the first reader.
 * 'module-lives MODULE anew' is what it executes. One line a step that went wrong; exit 0 where none did, 64 usage. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cryptoki.h"

static CK_FUNCTION_LIST *f;
static void *module;
static int wrong;
static const char *program; /* not /proc/self/exe: under valgrind that is valgrind */

static void expect(const char *step, bool good)
{
    if (good)
        return;
    wrong = 1;
    printf("%s\n", step);
    fflush(stdout);
}

static void load(const char *path)
{
    CK_RV (*get_list)(CK_FUNCTION_LIST_PTR_PTR) = NULL;
    module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *address = module ? dlsym(module, "C_GetFunctionList") : NULL;
    if (!address) {
        printf("%s\n", dlerror());
        exit(1);
    }
    memcpy(&get_list, &address, sizeof get_list);
    expect("a function list", get_list(&f) == CKR_OK);
}

/* CKR_OK where 9E signs in a session of its own. */
static CK_RV sign(CK_SESSION_HANDLE *session)
{
    CK_BYTE id = 4, hash[32] = { 1 }, signature[64];
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class }, { CKA_ID, &id, 1 } };
    CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
    CK_OBJECT_HANDLE key = 0;
    CK_ULONG count = 0, len = sizeof signature;
    CK_RV rv = *session ? CKR_OK : f->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, session);
    if (rv == CKR_OK)
        rv = f->C_FindObjectsInit(*session, template, 2);
    if (rv == CKR_OK)
        rv = f->C_FindObjects(*session, &key, 1, &count);
    if (rv == CKR_OK)
        rv = f->C_FindObjectsFinal(*session);
    if (rv == CKR_OK)
        rv = f->C_SignInit(*session, &ecdsa, key);
    return rv == CKR_OK ? f->C_Sign(*session, hash, sizeof hash, signature, &len) : rv;
}

static void *wait_for_event(void *arg)
{
    CK_SLOT_ID slot;
    *(CK_RV *)arg = f->C_WaitForSlotEvent(0, &slot, NULL);
    return NULL;
}

/* The exit status of a child that runs this. */
static int in_child(int (*body)(const char *path, CK_SESSION_HANDLE), const char *path, CK_SESSION_HANDLE session)
{
    int status = -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(body(path, session));
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* Of the parent's module nothing is valid; its own life is a whole one, which a second child sees end. */
static int child_begins_anew(const char *path, CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO info;
    CK_SESSION_HANDLE own = 0;
    (void)path;
    if (f->C_GetSessionInfo(session, &info) != CKR_CRYPTOKI_NOT_INITIALIZED)
        return 1;
    if (f->C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
        return 2;
    if (f->C_Initialize(NULL) != CKR_OK)
        return 3;
    if (f->C_GetSessionInfo(session, &info) != CKR_SESSION_HANDLE_INVALID)
        return 4;
    if (sign(&own) != CKR_OK)
        return 5;
    return f->C_Finalize(NULL) == CKR_OK ? 0 : 6;
}

static int child_leaves_it(const char *path, CK_SESSION_HANDLE session)
{
    (void)path;
    CK_SESSION_INFO info;
    return f->C_GetSessionInfo(session, &info) == CKR_CRYPTOKI_NOT_INITIALIZED ? 0 : 1;
}

static int child_executes(const char *path, CK_SESSION_HANDLE session)
{
    (void)session;
    execl(program, program, path, "anew", (char *)NULL);
    return 127;
}

static void across_fork_and_exec(const char *path)
{
    CK_SESSION_HANDLE session = 0;
    CK_RV waited = CKR_GENERAL_ERROR;
    pthread_t waiter;
    expect("initializes", f->C_Initialize(NULL) == CKR_OK);
    expect("signs", sign(&session) == CKR_OK);
    expect("a waiter", pthread_create(&waiter, NULL, wait_for_event, &waited) == 0);
    for (int i = 0; i < 5; i++) { /* at different moments of the waiter's way in */
        expect("a child that leaves the module alone", in_child(child_leaves_it, path, session) == 0);
        expect("the parent signs after it", sign(&session) == CKR_OK);
        expect("a child that begins anew", in_child(child_begins_anew, path, session) == 0);
        expect("the parent signs after that", sign(&session) == CKR_OK);
        expect("a program that is executed", in_child(child_executes, path, session) == 0);
        expect("the parent signs beside it", sign(&session) == CKR_OK);
    }
    expect("finalizes", f->C_Finalize(NULL) == CKR_OK);
    pthread_join(waiter, NULL);
    expect("the waiter is told", waited == CKR_CRYPTOKI_NOT_INITIALIZED);
}

/* What dlclose leaves must not be called into emptiness, least of all by fork. */
static void across_dlclose(const char *path)
{
    CK_SESSION_HANDLE session = 0;
    dlclose(module);
    load(path);
    expect("initializes after dlclose", f->C_Initialize(NULL) == CKR_OK);
    expect("signs after dlclose", sign(&session) == CKR_OK);
    dlclose(module); /* initialised, as careless programs do */
    expect("a child after dlclose", in_child(child_leaves_it, path, session) == 0);
    load(path);
    CK_RV rv = f->C_Initialize(NULL);
    expect("is initialised still, or anew", rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED);
    session = 0;
    expect("signs again", sign(&session) == CKR_OK);
    expect("finalizes at last", f->C_Finalize(NULL) == CKR_OK);
    dlclose(module);
}

int main(int argc, char **argv)
{
    CK_SESSION_HANDLE session = 0;
    if (argc < 2)
        return 64;
    program = argv[0];
    load(argv[1]);
    if (argc == 3) {
        expect("a new program initializes", f->C_Initialize(NULL) == CKR_OK);
        expect("a new program signs", sign(&session) == CKR_OK);
        return wrong; /* without finalizing */
    }
    across_fork_and_exec(argv[1]);
    across_dlclose(argv[1]);
    return wrong;
}
