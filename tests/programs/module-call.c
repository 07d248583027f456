/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls a PKCS#11 module as no packaged program does: module-call MODULE ACTION [ARGUMENT].
 *   sign ID      without login: signs standard input with the key of this CKA_ID by CKM_ECDSA_SHA256, r and s to stdout
 *   wait N       prints "ready", then N slot events as "slot S card" or "slot S empty", as C_WaitForSlotEvent gives
 * them finalize     ends the module while a thread waits for slot events; prints the milliseconds it took reset PIN
 * logs in and signs with 9A, has the card reset by another connection, and does both again names        prints the
 * version of each interface Exit: 0 done, 1 not (the reason on stderr), 64 usage. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cryptoki.h"
#include "sdc/link.h"

static CK_FUNCTION_LIST *p11;

static void must(CK_RV rv, const char *what)
{
    if (rv == CKR_OK)
        return;
    fprintf(stderr, "module-call: %s: %#lx\n", what, rv);
    exit(1);
}

static void *symbol(void *module, const char *name)
{
    void *found = dlsym(module, name);
    if (!found) {
        fprintf(stderr, "module-call: %s\n", dlerror());
        exit(1);
    }
    return found;
}

/* The first slot that has a token. */
static CK_SLOT_ID first_slot(void)
{
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    must(p11->C_GetSlotList(CK_TRUE, slots, &count), "C_GetSlotList");
    must(count == 0 ? CKR_TOKEN_NOT_PRESENT : CKR_OK, "a token");
    return slots[0];
}

static CK_SESSION_HANDLE open_session(void)
{
    CK_SESSION_HANDLE session = 0;
    must(p11->C_OpenSession(first_slot(), CKF_SERIAL_SESSION, NULL, NULL, &session), "C_OpenSession");
    return session;
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE id, CK_BYTE *data, CK_ULONG len, CK_BYTE signature[64])
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class }, { CKA_ID, &id, sizeof id } };
    CK_MECHANISM mechanism = { CKM_ECDSA_SHA256, NULL, 0 };
    CK_OBJECT_HANDLE key = 0;
    CK_ULONG count = 0, signature_len = 64;
    must(p11->C_FindObjectsInit(session, template, 2), "C_FindObjectsInit");
    must(p11->C_FindObjects(session, &key, 1, &count), "C_FindObjects");
    must(p11->C_FindObjectsFinal(session), "C_FindObjectsFinal");
    if (count == 0)
        return CKR_USER_NOT_LOGGED_IN; /* a private key isn't seen in a public session */
    must(p11->C_SignInit(session, &mechanism, key), "C_SignInit");
    return p11->C_Sign(session, data, len, signature, &signature_len);
}

static int do_sign(const char *id)
{
    static CK_BYTE data[1 << 20];
    CK_BYTE signature[64];
    size_t len = fread(data, 1, sizeof data, stdin);
    must(sign(open_session(), (CK_BYTE)strtoul(id, NULL, 16), data, len, signature), "C_Sign");
    return fwrite(signature, sizeof signature, 1, stdout) == 1 ? 0 : 1;
}

static int do_wait(const char *times)
{
    CK_ULONG count;
    must(p11->C_GetSlotList(CK_FALSE, NULL, &count), "C_GetSlotList");
    puts("ready");
    fflush(stdout);
    for (unsigned long n = strtoul(times, NULL, 10); n > 0; n--) {
        CK_SLOT_ID slot;
        CK_SLOT_INFO info;
        must(p11->C_WaitForSlotEvent(0, &slot, NULL), "C_WaitForSlotEvent");
        must(p11->C_GetSlotInfo(slot, &info), "C_GetSlotInfo");
        printf("slot %lu %s\n", slot, info.flags & CKF_TOKEN_PRESENT ? "card" : "empty");
        fflush(stdout);
    }
    return 0;
}

static void *waiter(void *arg)
{
    CK_SLOT_ID slot;
    *(CK_RV *)arg = p11->C_WaitForSlotEvent(0, &slot, NULL);
    return NULL;
}

static int do_finalize(void)
{
    pthread_t thread;
    CK_RV rv = CKR_GENERAL_ERROR;
    struct timespec from, to, settle = { .tv_nsec = 50000000 }; /* into the wait, most likely; right either way */
    if (pthread_create(&thread, NULL, waiter, &rv) != 0)
        return 1;
    nanosleep(&settle, NULL);
    clock_gettime(CLOCK_MONOTONIC, &from);
    must(p11->C_Finalize(NULL), "C_Finalize");
    clock_gettime(CLOCK_MONOTONIC, &to);
    pthread_join(thread, NULL);
    must(rv == CKR_CRYPTOKI_NOT_INITIALIZED ? CKR_OK : rv, "the waiter's CKR_CRYPTOKI_NOT_INITIALIZED");
    printf("%ld\n", (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000);
    return 0;
}

/* What another program on the same card does. */
static void reset_card(void)
{
    struct sdc_link *link = NULL;
    struct sdc_error e = { .status = SDC_OK };
    CK_SLOT_INFO info;
    char reader[sizeof info.slotDescription + 1];
    must(p11->C_GetSlotInfo(first_slot(), &info), "C_GetSlotInfo");
    memcpy(reader, info.slotDescription, sizeof info.slotDescription);
    size_t len = sizeof info.slotDescription;
    while (len > 0 && reader[len - 1] == ' ')
        len--;
    reader[len] = '\0';
    if (sdc_link_open_pcsc(reader, &link, &e) != SDC_OK || sdc_link_reset(link, &e) != SDC_OK) {
        fprintf(stderr, "module-call: %s\n", e.text);
        exit(1);
    }
    sdc_link_close(link);
}

static int do_reset(const char *pin)
{
    CK_UTF8CHAR digits[16];
    CK_BYTE signature[64], data[] = "data";
    CK_ULONG len = strlen(pin) < sizeof digits ? strlen(pin) : 0;
    CK_SESSION_HANDLE session = open_session();
    memcpy(digits, pin, len);
    must(p11->C_Login(session, CKU_USER, digits, len), "C_Login");
    must(sign(session, 1, data, sizeof data, signature), "C_Sign");
    reset_card();
    must(sign(session, 4, data, sizeof data, signature), "C_Sign with 9E after a reset");
    must(sign(session, 1, data, sizeof data, signature) == CKR_USER_NOT_LOGGED_IN ? CKR_OK : CKR_GENERAL_ERROR,
         "the login that is lost");
    must(p11->C_Login(session, CKU_USER, digits, len), "C_Login after a reset");
    must(sign(session, 1, data, sizeof data, signature), "C_Sign after a reset");
    return 0;
}

static int do_names(void *module)
{
    CK_RV (*list)(CK_INTERFACE_PTR, CK_ULONG_PTR);
    CK_INTERFACE found[4];
    CK_ULONG count = 4;
    void *address = symbol(module, "C_GetInterfaceList");
    memcpy(&list, &address, sizeof list);
    must(list(found, &count), "C_GetInterfaceList");
    for (CK_ULONG i = 0; i < count; i++) {
        const CK_VERSION *version = found[i].pFunctionList;
        printf("%s %u.%u\n", (const char *)found[i].pInterfaceName, version->major, version->minor);
    }
    return 0;
}

static int act(void *module, int argc, char **argv)
{
    if (strcmp(argv[2], "sign") == 0 && argc == 4)
        return do_sign(argv[3]);
    if (strcmp(argv[2], "wait") == 0 && argc == 4)
        return do_wait(argv[3]);
    if (strcmp(argv[2], "finalize") == 0)
        return do_finalize();
    if (strcmp(argv[2], "reset") == 0 && argc == 4)
        return do_reset(argv[3]);
    if (strcmp(argv[2], "names") == 0)
        return do_names(module);
    return 64;
}

int main(int argc, char **argv)
{
    CK_RV (*get_list)(CK_FUNCTION_LIST_PTR_PTR);
    if (argc < 3)
        return 64;
    void *module = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!module) {
        fprintf(stderr, "module-call: %s\n", dlerror());
        return 1;
    }
    void *address = symbol(module, "C_GetFunctionList");
    memcpy(&get_list, &address, sizeof get_list);
    must(get_list(&p11), "C_GetFunctionList");
    must(p11->C_Initialize(NULL), "C_Initialize");
    int status = act(module, argc, argv);
    p11->C_Finalize(NULL);
    dlclose(module);
    return status;
}
