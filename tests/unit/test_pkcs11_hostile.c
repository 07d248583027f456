/* SPDX-License-Identifier: BSD-2-Clause */
/* The PKCS#11 module before a card that lies: each reply of a whole use of the card, one at a time, is made wrong in
 * each of these ways. No call may crash, hang or give a wrong signature, and the module must work again afterwards. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "hostile_card.h"
#include "module_fixture.h"

enum how {
    EMPTY,      /* no byte at all */
    ONE_BYTE,   /* half a status word */
    SW_ONLY,    /* 9000 and nothing else */
    CUT,        /* the last data byte is missing */
    LONGER,     /* a byte too many */
    FIRST_BYTE, /* the outer tag is another */
    LENGTH,     /* the outer length is another */
    MIDDLE,     /* a bit in the middle */
    LAST_DATA,  /* a bit of the last data byte */
    HUGE,       /* a length of 4 GiB */
    MORE,       /* 61xx for ever */
    WRONG_LE,   /* 6Cxx for ever */
    SW_6982,
    SW_6A82,
    SW_6D00,
    SW_6F00,
    SW_63C0,
    HOWS
};

static void set_sw(unsigned sw, uint8_t *resp, size_t *len)
{
    resp[0] = (uint8_t)(sw >> 8);
    resp[1] = (uint8_t)sw;
    *len = 2;
}

static void spoil(enum how how, uint8_t *resp, size_t cap, size_t *len)
{
    static const uint8_t huge[] = { 0x53, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x90, 0x00 };
    static const unsigned words[HOWS] = {
        [SW_ONLY] = 0x9000, [SW_6982] = 0x6982, [SW_6A82] = 0x6A82, [SW_6D00] = 0x6D00,
        [SW_6F00] = 0x6F00, [SW_63C0] = 0x63C0, [WRONG_LE] = 0x6C10
    };
    size_t data = *len - 2;
    if (words[how] != 0)
        set_sw(words[how], resp, len);
    else if (how == EMPTY || how == ONE_BYTE)
        *len = how == ONE_BYTE;
    else if (how == HUGE) {
        memcpy(resp, huge, sizeof huge);
        *len = sizeof huge;
    } else if (how == MORE)
        resp[*len - 2] = 0x61;
    else if (how == CUT && data > 0) {
        memmove(resp + data - 1, resp + data, 2);
        *len -= 1;
    } else if (how == LONGER && *len < cap) {
        memmove(resp + data + 1, resp + data, 2);
        *len += 1;
    } else if (data > 2)
        resp[how == FIRST_BYTE ? 0 : how == LENGTH ? 1 : how == MIDDLE ? data / 2 : data - 1] ^= 0x20;
}

static void tamper(struct desk_reader *r, unsigned long number, uint8_t *resp, size_t cap, size_t *len)
{
    bool for_ever = r->tamper_how == MORE || r->tamper_how == WRONG_LE;
    if (number == r->tamper_at || (for_ever && number > r->tamper_at))
        spoil((enum how)r->tamper_how, resp, cap, len);
}

/* All that a program does with a card; stops where there is no session. Returned signatures are good ones. */
static void use_card(void)
{
    CK_SESSION_HANDLE s = 0;
    CK_UTF8CHAR pin[] = CARD_ISSUE_PIN;
    CK_OBJECT_HANDLE found[64];
    CK_ULONG count = 0;
    CK_BYTE signature[64], value[4096], hash[32] = { 1, 2, 3 };
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE keys = { CKA_CLASS, &class, sizeof class }, attribute = { CKA_VALUE, value, sizeof value };
    if (C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &s) != CKR_OK)
        return;
    C_Login(s, CKU_USER, pin, 6);
    if (C_FindObjectsInit(s, NULL, 0) == CKR_OK)
        C_FindObjects(s, found, 64, &count);
    C_FindObjectsFinal(s);
    for (CK_ULONG i = 0; i < count; i++) {
        attribute.ulValueLen = sizeof value;
        C_GetAttributeValue(s, found[i], &attribute, 1);
    }
    count = 0;
    if (C_FindObjectsInit(s, &keys, 1) == CKR_OK)
        C_FindObjects(s, found, 64, &count);
    C_FindObjectsFinal(s);
    for (CK_ULONG i = 0; i < count; i++) {
        CK_BYTE id = 0;
        CK_ATTRIBUTE by = { CKA_ID, &id, 1 };
        if (C_GetAttributeValue(s, found[i], &by, 1) == CKR_OK && module_sign(s, found[i], signature) == CKR_OK)
            ck_assert(module_signature_good(issued_keys[id - 1], hash, sizeof hash, signature));
        C_SessionCancel(s, CKF_SIGN);
    }
    C_Logout(s);
    C_CloseSession(s);
}

START_TEST(survives_each_lie)
{
    ck_assert_int_eq(setenv("SDC_PKCS11_CHECK", "1", 1), 0);
    module_start(&issued);
    use_card();
    unsigned long replies = module_apdus();
    ck_assert_uint_gt(replies, 15);
    RV(C_Finalize(NULL), CKR_OK);
    for (unsigned long at = 0; at < replies; at++) {
        module_start(&issued);
        desk.readers[0].tamper = tamper;
        desk.readers[0].tamper_at = at;
        desk.readers[0].tamper_how = _i;
        use_card();
        ck_assert_int_eq(desk.readers[0].open_transactions, 0);
        /* an honest card in the same reader works */
        desk_remove(&desk, 0);
        card_memory_copy(module_card(), &issued);
        desk.readers[0].tamper = NULL;
        desk_insert(&desk, 0, module_card());
        CK_BYTE signature[64];
        CK_SESSION_HANDLE s = module_session(0);
        module_login(s);
        RV(module_sign(s, module_find(s, CKO_PRIVATE_KEY, 1), signature), CKR_OK);
        RV(C_Finalize(NULL), CKR_OK);
        ck_assert_int_eq(desk.links, 0);
    }
}
END_TEST

START_TEST(survives_removal_at_any_apdu)
{
    module_start(&issued);
    use_card();
    unsigned long replies = module_apdus();
    RV(C_Finalize(NULL), CKR_OK);
    for (unsigned long at = 0; at < replies; at++) {
        module_start(&issued);
        desk.readers[0].remove_after = (long)at;
        use_card();
        CK_SLOT_INFO info;
        RV(C_GetSlotInfo(0, &info), CKR_OK);
        ck_assert_uint_eq(info.flags & CKF_TOKEN_PRESENT, 0);
        RV(C_Finalize(NULL), CKR_OK);
        ck_assert_int_eq(desk.links, 0);
    }
}
END_TEST

/* ---- what the fuzzer found worth keeping, and a sample of what it tries ---- */
START_TEST(survives_the_corpus)
{
    static uint8_t input[8192];
    const char *folder = suite_data("../fuzz/corpus/pkcs11");
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int inputs = 0;
    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir)) != NULL) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "rb");
        if (!file)
            continue;
        size_t len = fread(input, 1, sizeof input, file);
        fclose(file);
        hostile_run(input, len);
        inputs++;
    }
    closedir(dir);
    ck_assert_int_ge(inputs, 10);
}
END_TEST

/* xorshift64: the same inputs in each run */
static uint8_t draw(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint8_t)(*state >> 32);
}

START_TEST(survives_drawn_lies)
{
    uint64_t state = UINT64_C(0x9E3779B97F4A7C15) + (uint64_t)_i;
    for (int n = 0; n < 60; n++) {
        uint8_t input[96];
        for (size_t i = 0; i < sizeof input; i++)
            input[i] = draw(&state);
        /* which card, how many lies; behind them a session with a login, then whatever comes */
        unsigned lies = (unsigned)n % 9, kind = (unsigned)n / 9 % 3;
        input[0] = (uint8_t)(17 * kind + lies);
        memcpy(input + 1 + 4 * lies, (const uint8_t[]) { 0, 1, 2, 0, 5, 3 }, 6);
        hostile_run(input, sizeof input);
    }
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { survives_each_lie, HOWS },
        { survives_removal_at_any_apdu, 0 },
        { survives_the_corpus, 0 },
        { survives_drawn_lies, 6 },
    };
    hostile_init();
    return suite_run("pkcs11 hostile card", tests, sizeof tests / sizeof tests[0]);
}
