/* SPDX-License-Identifier: BSD-2-Clause */
/* What a PKCS#11 module costs, task by task, beside what bare PC/SC needs for the same.
 *   module-time MODULE READER PIN TRACE COMMAND      MODULE '-': bare PC/SC
 * TRACE is the file to which the card writes its APDUs; each task ends there with a line "@ TASK MICROSECONDS". COMMAND
 * takes the card out and puts it in again. READER is the card's, for PC/SC. The card has EC keys and certificates.
 * Exit: 0 done, 1 a task failed (which, on stderr), 64 usage. */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <winscard.h>

#include "cryptoki.h"

enum { USAGE = 64, HASH_LEN = 32, MANY = 100, ANSWER_CAP = 4096, OBJECTS = 64 };

static const char *module_path, *reader, *pin, *swap_command;

/* ---- bare PC/SC: the fewest APDUs ---- */
static SCARDCONTEXT context;
static SCARDHANDLE card;

static bool send(const uint8_t *apdu, size_t len)
{
    uint8_t answer[ANSWER_CAP];
    DWORD got = sizeof answer;
    return SCardTransmit(card, SCARD_PCI_T1, apdu, len, NULL, answer, &got) == SCARD_S_SUCCESS && got >= 2 &&
           answer[got - 2] == 0x90;
}

static bool bare_select(void)
{
    static const uint8_t apdu[] = { 0x00, 0xA4, 0x04, 0x00, 0x05, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x00 };
    DWORD protocol;
    return SCardConnect(context, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1, &card, &protocol) == SCARD_S_SUCCESS &&
           send(apdu, sizeof apdu);
}

static bool bare_load(void)
{
    return SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) == SCARD_S_SUCCESS && bare_select();
}

static bool bare_read(uint8_t container)
{
    const uint8_t apdu[] = { 0x00, 0xCB, 0x3F, 0xFF, 0x00, 0x00, 0x05, 0x5C, 0x03, 0x5F, 0xC1, container, 0x00, 0x00 };
    return send(apdu, sizeof apdu);
}

static bool bare_list(void)
{
    return bare_read(0x05) && bare_read(0x0A) && bare_read(0x0B) && bare_read(0x01);
}

static bool bare_certificate(void)
{
    return bare_read(0x05);
}

static bool bare_sign(uint8_t key)
{
    uint8_t apdu[5 + 6 + HASH_LEN + 1] = { 0x00, 0x87, 0x11, key, 0x26, 0x7C, 0x24, 0x82, 0x00, 0x81, 0x20, 0x5A };
    return send(apdu, sizeof apdu);
}

static bool bare_login(void)
{
    uint8_t apdu[13] = { 0x00, 0x20, 0x00, 0x80, 0x08 };
    memset(apdu + 5, 0xFF, 8);
    memcpy(apdu + 5, pin, strnlen(pin, 8));
    return send(apdu, sizeof apdu) && bare_sign(0x9A);
}

static bool bare_many(void)
{
    bool ok = true;
    for (int i = 0; ok && i < MANY; i++)
        ok = bare_sign(0x9A);
    return ok;
}

static bool bare_swap(void)
{
    SCardDisconnect(card, SCARD_LEAVE_CARD);
    return bare_select() && bare_sign(0x9E);
}

/* ---- PKCS#11 ---- */
static CK_FUNCTION_LIST *p11;
static CK_SLOT_ID slot;
static CK_SESSION_HANDLE session;

static bool first_slot(void)
{
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    if (p11->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK || count == 0)
        return false;
    slot = slots[0];
    return true;
}

static bool module_load(void)
{
    CK_RV (*get_list)(CK_FUNCTION_LIST_PTR_PTR);
    CK_TOKEN_INFO info;
    void *module = dlopen(module_path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = module ? dlsym(module, "C_GetFunctionList") : NULL;
    if (!symbol)
        return false;
    memcpy(&get_list, &symbol, sizeof get_list);
    return get_list(&p11) == CKR_OK && p11->C_Initialize(NULL) == CKR_OK && first_slot() &&
           p11->C_GetTokenInfo(slot, &info) == CKR_OK;
}

static CK_ULONG find(CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *found, CK_ULONG cap)
{
    CK_ULONG n = 0;
    if (p11->C_FindObjectsInit(session, template, count) != CKR_OK)
        return 0;
    if (p11->C_FindObjects(session, found, cap, &n) != CKR_OK)
        n = 0;
    p11->C_FindObjectsFinal(session);
    return n;
}

static bool find_one(CK_OBJECT_CLASS class, CK_BYTE id, CK_OBJECT_HANDLE *found)
{
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class }, { CKA_ID, &id, sizeof id } };
    return find(template, 2, found, 1) == 1;
}

static bool open_session(void)
{
    return p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session) == CKR_OK;
}

static bool module_list(void)
{
    CK_OBJECT_HANDLE objects[OBJECTS];
    if (!open_session())
        return false;
    CK_ULONG count = find(NULL, 0, objects, OBJECTS);
    for (CK_ULONG i = 0; i < count; i++) {
        CK_OBJECT_CLASS class = 0;
        CK_BYTE label[256], id[64];
        CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof class },
                                  { CKA_LABEL, label, sizeof label },
                                  { CKA_ID, id, sizeof id } };
        p11->C_GetAttributeValue(session, objects[i], wanted, 3); /* data objects have no id */
    }
    return count > 0;
}

static bool module_certificate(void)
{
    CK_OBJECT_HANDLE object;
    CK_BYTE value[ANSWER_CAP];
    CK_ATTRIBUTE wanted = { CKA_VALUE, NULL, 0 };
    if (!find_one(CKO_CERTIFICATE, 1, &object) || p11->C_GetAttributeValue(session, object, &wanted, 1) != CKR_OK ||
        wanted.ulValueLen > sizeof value)
        return false;
    wanted.pValue = value;
    return p11->C_GetAttributeValue(session, object, &wanted, 1) == CKR_OK;
}

static CK_OBJECT_HANDLE key;

static bool sign(void)
{
    CK_BYTE hash[HASH_LEN] = { 0x5A }, signature[256];
    CK_ULONG len = sizeof signature;
    CK_MECHANISM mechanism = { CKM_ECDSA, NULL, 0 };
    return p11->C_SignInit(session, &mechanism, key) == CKR_OK &&
           p11->C_Sign(session, hash, sizeof hash, signature, &len) == CKR_OK;
}

static bool login(void)
{
    CK_BYTE digits[16];
    size_t len = strnlen(pin, sizeof digits);
    memcpy(digits, pin, len);
    return p11->C_Login(session, CKU_USER, digits, len) == CKR_OK;
}

static bool module_login(void)
{
    return login() && find_one(CKO_PRIVATE_KEY, 1, &key) && sign();
}

static bool module_many(void)
{
    bool ok = true;
    for (int i = 0; ok && i < MANY; i++)
        ok = sign();
    return ok;
}

/* Some modules hide also the key that needs no PIN before login. */
static bool module_swap(void)
{
    return first_slot() && open_session() &&
           (find_one(CKO_PRIVATE_KEY, 4, &key) || (login() && find_one(CKO_PRIVATE_KEY, 4, &key))) && sign();
}

/* ---- tasks ---- */
static const struct {
    const char *name;
    bool (*bare)(void), (*module)(void);
    bool swap; /* the card is taken out and put in again before */
} tasks[] = {
    { "load", bare_load, module_load, false },
    { "list", bare_list, module_list, false },
    { "certificate", bare_certificate, module_certificate, false },
    { "login", bare_login, module_login, false },
    { "signatures", bare_many, module_many, false },
    { "swap", bare_swap, module_swap, true },
};

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fputs("usage: module-time MODULE READER PIN TRACE COMMAND\n", stderr);
        return USAGE;
    }
    module_path = argv[1], reader = argv[2], pin = argv[3], swap_command = argv[5];
    bool bare = strcmp(module_path, "-") == 0, ok = true;
    FILE *trace = fopen(argv[4], "ae");
    for (size_t i = 0; ok && trace && i < sizeof tasks / sizeof tasks[0]; i++) {
        ok = !tasks[i].swap || system(swap_command) == 0;
        fputs("@ between 0\n", trace);
        fflush(trace);
        double began = now_us();
        ok = ok && (bare ? tasks[i].bare() : tasks[i].module());
        fprintf(trace, "@ %s %.0f\n", tasks[i].name, now_us() - began);
        fflush(trace);
        if (!ok)
            fprintf(stderr, "module-time: %s: %s fails\n", module_path, tasks[i].name);
    }
    return ok && trace ? EXIT_SUCCESS : EXIT_FAILURE;
}
