/* SPDX-License-Identifier: BSD-2-Clause */
/* Where more than a CK_RV counts: text and flags, mechanisms, states of several sessions, the count of tries, sets that
 * searches give, vectors of digests, random numbers. */
#include <string.h>

#include "conform.h"

#define FOUND_MAX 256

static bool printable(const CK_UTF8CHAR *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] < ' ' || text[i] > '~')
            return false;
    return true;
}

static void texts_and_flags(struct conform *c)
{
    CK_INFO info = { 0 };
    CK_SLOT_INFO slot = { 0 };
    CK_TOKEN_INFO token = { 0 };
    conform_that(c, "information is given",
                 c->f->C_GetInfo(&info) == CKR_OK && c->f->C_GetSlotInfo(c->slot, &slot) == CKR_OK &&
                     c->f->C_GetTokenInfo(c->slot, &token) == CKR_OK);
    conform_that(c, "the module's texts are printable",
                 printable(info.manufacturerID, sizeof info.manufacturerID) &&
                     printable(info.libraryDescription, sizeof info.libraryDescription));
    conform_that(c, "the slot's",
                 printable(slot.slotDescription, sizeof slot.slotDescription) &&
                     printable(slot.manufacturerID, sizeof slot.manufacturerID));
    conform_that(c, "the token's",
                 printable(token.label, sizeof token.label) && printable(token.model, sizeof token.model) &&
                     printable(token.manufacturerID, sizeof token.manufacturerID) &&
                     printable(token.serialNumber, sizeof token.serialNumber));
    conform_that(c, "no flag of the library", info.flags == 0);
    conform_that(c, "only defined flags of a slot", (slot.flags & ~7UL) == 0 && (slot.flags & CKF_TOKEN_PRESENT));
    conform_that(c, "only defined flags of a token", (token.flags & ~0xFF776FUL) == 0);
    conform_that(c, "the token's needs are told",
                 (token.flags & CKF_LOGIN_REQUIRED) && (token.flags & CKF_USER_PIN_INITIALIZED) &&
                     (token.flags & CKF_TOKEN_INITIALIZED) && (token.flags & CKF_RNG));
    conform_that(c, "PIN lengths make sense", token.ulMinPinLen > 0 && token.ulMinPinLen <= token.ulMaxPinLen);
}

static void mechanisms(struct conform *c)
{
    CK_MECHANISM_TYPE types[FOUND_MAX] = { 0 };
    CK_ULONG count = FOUND_MAX, again = 0;
    conform_that(c, "mechanisms are listed",
                 c->f->C_GetMechanismList(c->slot, NULL, &again) == CKR_OK &&
                     c->f->C_GetMechanismList(c->slot, types, &count) == CKR_OK && count == again);
    for (CK_ULONG i = 0; i < count; i++) {
        CK_MECHANISM_INFO info = { 0 };
        conform_that(c, "each mechanism has information", c->f->C_GetMechanismInfo(c->slot, types[i], &info) == CKR_OK);
        conform_that(c, "key sizes make sense", info.ulMinKeySize <= info.ulMaxKeySize);
        for (CK_ULONG j = 0; j < i; j++)
            conform_that(c, "no mechanism twice", types[i] != types[j]);
    }
}

static CK_STATE state_of(struct conform *c, CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO info = { .state = 99 };
    return c->f->C_GetSessionInfo(session, &info) == CKR_OK ? info.state : 99;
}

/* Login and logout go through different sessions and change all of them. */
static void three_sessions(struct conform *c)
{
    CK_SESSION_HANDLE s[3] = { 0 };
    CK_UTF8CHAR pin[32];
    size_t len = strlen(c->pin);
    memcpy(pin, c->pin, len);
    for (int i = 0; i < 3; i++)
        conform_that(c, "opens",
                     c->f->C_OpenSession(c->slot, CKF_SERIAL_SESSION | (i == 2 ? CKF_RW_SESSION : 0), NULL, NULL,
                                         &s[i]) == CKR_OK);
    conform_that(c, "handles differ", s[0] != s[1] && s[1] != s[2] && s[0] != s[2]);
    conform_that(c, "public at first",
                 state_of(c, s[0]) == CKS_RO_PUBLIC_SESSION && state_of(c, s[2]) == CKS_RW_PUBLIC_SESSION);
    conform_that(c, "logs in by the first", c->f->C_Login(s[0], CKU_USER, pin, len) == CKR_OK);
    conform_that(c, "all are the user's",
                 state_of(c, s[0]) == CKS_RO_USER_FUNCTIONS && state_of(c, s[1]) == CKS_RO_USER_FUNCTIONS &&
                     state_of(c, s[2]) == CKS_RW_USER_FUNCTIONS);
    conform_that(c, "closing one leaves the login",
                 c->f->C_CloseSession(s[0]) == CKR_OK && state_of(c, s[1]) == CKS_RO_USER_FUNCTIONS);
    conform_that(c, "logs out by the last", c->f->C_Logout(s[2]) == CKR_OK);
    conform_that(c, "all are public",
                 state_of(c, s[1]) == CKS_RO_PUBLIC_SESSION && state_of(c, s[2]) == CKS_RW_PUBLIC_SESSION);
    conform_that(c, "closes", c->f->C_CloseSession(s[1]) == CKR_OK && c->f->C_CloseSession(s[2]) == CKR_OK);
}

static CK_FLAGS token_flags(struct conform *c)
{
    CK_TOKEN_INFO info = { .flags = 0 };
    c->f->C_GetTokenInfo(c->slot, &info);
    return info.flags;
}

static void tries(struct conform *c)
{
    CK_UTF8CHAR wrong[] = "999999", pin[32];
    memcpy(pin, c->pin, strlen(c->pin));
    conform_that(c, "no try is missing",
                 !(token_flags(c) & (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED)));
    conform_that(c, "a wrong PIN is refused", c->f->C_Login(c->session, CKU_USER, wrong, 6) == CKR_PIN_INCORRECT);
    conform_that(c, "the count is low",
                 (token_flags(c) & CKF_USER_PIN_COUNT_LOW) && !(token_flags(c) & CKF_USER_PIN_LOCKED));
    conform_that(c, "the right one is taken", c->f->C_Login(c->session, CKU_USER, pin, strlen(c->pin)) == CKR_OK);
    conform_that(c, "and the count is full", !(token_flags(c) & CKF_USER_PIN_COUNT_LOW));
    conform_that(c, "logs out", c->f->C_Logout(c->session) == CKR_OK);
}

static CK_ULONG search(struct conform *c, CK_OBJECT_HANDLE found[FOUND_MAX], CK_ULONG each)
{
    CK_ULONG all = 0, count = 0;
    conform_that(c, "a search begins", c->f->C_FindObjectsInit(c->session, NULL, 0) == CKR_OK);
    do {
        CK_ULONG room = each < FOUND_MAX - all ? each : FOUND_MAX - all;
        conform_that(c, "a search goes on",
                     c->f->C_FindObjects(c->session, found + all, room, &count) == CKR_OK && count <= room);
        all += count;
    } while (count > 0);
    conform_that(c, "a search ends", c->f->C_FindObjectsFinal(c->session) == CKR_OK);
    return all;
}

/* However many are asked for at a time, the set is one; in public nothing of it is private; each has a size. */
static void searches(struct conform *c)
{
    static const CK_ULONG steps[] = { 1, 10, 255 };
    CK_OBJECT_HANDLE first[FOUND_MAX], found[FOUND_MAX];
    CK_ULONG want = search(c, first, 2);
    conform_that(c, "there are objects", want >= 4);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        CK_ULONG got = search(c, found, steps[i]);
        conform_that(c, "the same set", got == want && memcmp(found, first, got * sizeof found[0]) == 0);
    }
    for (CK_ULONG i = 0; i < want; i++) {
        CK_BBOOL private = CK_TRUE;
        CK_ULONG size = 0;
        CK_ATTRIBUTE a = { CKA_PRIVATE, &private, sizeof private };
        conform_that(c, "nothing private in public",
                     c->f->C_GetAttributeValue(c->session, first[i], &a, 1) == CKR_OK && !private);
        conform_that(c, "each has a size", c->f->C_GetObjectSize(c->session, first[i], &size) == CKR_OK);
    }
}

/* FIPS 180-4's "abc", in one and in three parts; the first eight bytes tell. */
static void vectors(struct conform *c)
{
    static const struct {
        CK_MECHANISM_TYPE type;
        CK_ULONG len;
        CK_BYTE begin[8];
    } digests[] = {
        { CKM_SHA_1, 20, { 0xA9, 0x99, 0x3E, 0x36, 0x47, 0x06, 0x81, 0x6A } },
        { CKM_SHA224, 28, { 0x23, 0x09, 0x7D, 0x22, 0x34, 0x05, 0xD8, 0x22 } },
        { CKM_SHA256, 32, { 0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA } },
        { CKM_SHA384, 48, { 0xCB, 0x00, 0x75, 0x3F, 0x45, 0xA3, 0x5E, 0x8B } },
        { CKM_SHA512, 64, { 0xDD, 0xAF, 0x35, 0xA1, 0x93, 0x61, 0x7A, 0xBA } },
    };
    for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++) {
        CK_MECHANISM m = { digests[i].type, NULL, 0 };
        CK_BYTE abc[] = "abc", whole[64], parts[64];
        CK_ULONG len = sizeof whole, parts_len = sizeof parts;
        conform_that(c, "digests at once",
                     c->f->C_DigestInit(c->session, &m) == CKR_OK &&
                         c->f->C_Digest(c->session, abc, 3, whole, &len) == CKR_OK);
        conform_that(c, "as FIPS 180-4 says", len == digests[i].len && memcmp(whole, digests[i].begin, 8) == 0);
        c->f->C_DigestInit(c->session, &m);
        for (int part = 0; part < 3; part++)
            conform_that(c, "digests a part", c->f->C_DigestUpdate(c->session, abc + part, 1) == CKR_OK);
        conform_that(c, "parts give the same",
                     c->f->C_DigestFinal(c->session, parts, &parts_len) == CKR_OK && parts_len == len &&
                         memcmp(whole, parts, len) == 0);
    }
}

static void randoms(struct conform *c)
{
    CK_BYTE one[32] = { 0 }, other[32] = { 0 };
    conform_that(c, "random numbers",
                 c->f->C_GenerateRandom(c->session, one, sizeof one) == CKR_OK &&
                     c->f->C_GenerateRandom(c->session, other, sizeof other) == CKR_OK);
    conform_that(c, "differ", memcmp(one, other, sizeof one) != 0);
}

void conform_areas(struct conform *c)
{
    texts_and_flags(c);
    mechanisms(c);
    three_sessions(c);
    tries(c);
    searches(c);
    vectors(c);
    randoms(c);
}
