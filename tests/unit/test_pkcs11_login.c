/* SPDX-License-Identifier: BSD-2-Clause */
/* The PKCS#11 module's login: PIN, PUK, transport PIN, counters, and who else is on the card. */
#include <string.h>

#include "module_fixture.h"

static CK_UTF8CHAR pin[] = CARD_ISSUE_PIN, puk[] = CARD_ISSUE_PUK, transport[] = CARD_ISSUE_TRANSPORT;
static CK_UTF8CHAR wrong[] = "111111", long_pin[] = "123456789012", letters[] = "abcdef", new_pin[] = "97531086";

#define PIN_MARKS (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED | CKF_USER_PIN_TO_BE_CHANGED)

static CK_FLAGS marks(void)
{
    return module_token_flags() & PIN_MARKS;
}

START_TEST(counts_tries)
{
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    ck_assert_uint_eq(marks(), 0);
    RV(C_Login(s, CKU_USER, wrong, 6), CKR_PIN_INCORRECT);
    ck_assert_uint_eq(marks(), CKF_USER_PIN_COUNT_LOW);
    RV(C_Login(s, CKU_USER, wrong, 6), CKR_PIN_INCORRECT);
    ck_assert_uint_eq(marks(), CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY);
    if (_i == 0) {
        RV(C_Login(s, CKU_USER, pin, 6), CKR_OK);
        ck_assert_uint_eq(marks(), 0);
        return;
    }
    RV(C_Login(s, CKU_USER, wrong, 6), CKR_PIN_LOCKED);
    ck_assert_uint_eq(marks(), CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_LOCKED);
    RV(C_Login(s, CKU_USER, pin, 6), CKR_PIN_LOCKED);
    ck_assert_uint_eq(module_state(s), CKS_RO_PUBLIC_SESSION);
    RV(C_CloseSession(s), CKR_OK);
    /* the state is the card's: seen afresh when it comes again */
    desk_remove(&desk, 0);
    desk_insert(&desk, 0, module_card());
    ck_assert_uint_eq(marks(), CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_LOCKED);
    /* the PUK opens it */
    s = module_session(CKF_RW_SESSION);
    RV(C_Login(s, CKU_SO, puk, 8), CKR_OK);
    ck_assert_uint_eq(module_state(s), CKS_RW_SO_FUNCTIONS);
    RV(C_InitPIN(s, new_pin, 8), CKR_OK);
    RV(C_Logout(s), CKR_OK);
    RV(C_Login(s, CKU_USER, new_pin, 8), CKR_OK);
    ck_assert_uint_eq(marks(), 0);
}
END_TEST

/* What can't be a PIN never reaches the card and costs no try. */
START_TEST(keeps_malformed_pins_from_the_card)
{
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    module_apdus();
    RV(C_Login(s, CKU_USER, long_pin, 12), CKR_PIN_INCORRECT);
    RV(C_Login(s, CKU_USER, pin, 5), CKR_PIN_INCORRECT);
    RV(C_Login(s, CKU_USER, pin, 0), CKR_PIN_INCORRECT);
    RV(C_Login(s, CKU_USER, letters, 6), CKR_PIN_INCORRECT);
    RV(C_Login(s, CKU_USER, NULL, 0), CKR_ARGUMENTS_BAD);
    RV(C_Login(s, CKU_USER, NULL, 6), CKR_ARGUMENTS_BAD);
    RV(C_Login(s, 99, pin, 6), CKR_USER_TYPE_INVALID);
    ck_assert_uint_eq(module_apdus(), 0);
    ck_assert_uint_eq(marks(), CKF_USER_PIN_COUNT_LOW);
    RV(C_Login(s, CKU_USER, pin, 6), CKR_OK);
    ck_assert_uint_eq(marks(), 0);
}
END_TEST

START_TEST(shares_the_login_among_sessions)
{
    module_start(&issued);
    CK_SESSION_HANDLE ro = module_session(0), other = module_session(0), rw = module_session(CKF_RW_SESSION);
    RV(C_Logout(ro), CKR_USER_NOT_LOGGED_IN);
    ck_assert_uint_eq(module_state(rw), CKS_RW_PUBLIC_SESSION);
    module_login(ro);
    ck_assert_uint_eq(module_state(ro), CKS_RO_USER_FUNCTIONS);
    ck_assert_uint_eq(module_state(other), CKS_RO_USER_FUNCTIONS);
    ck_assert_uint_eq(module_state(rw), CKS_RW_USER_FUNCTIONS);
    RV(C_Login(rw, CKU_USER, pin, 6), CKR_USER_ALREADY_LOGGED_IN);
    RV(C_Login(rw, CKU_SO, puk, 8), CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
    CK_SESSION_HANDLE late = module_session(0);
    ck_assert_uint_eq(module_state(late), CKS_RO_USER_FUNCTIONS);
    RV(C_Logout(other), CKR_OK);
    ck_assert_uint_eq(module_state(ro), CKS_RO_PUBLIC_SESSION);
    ck_assert_uint_eq(module_state(rw), CKS_RW_PUBLIC_SESSION);
    RV(C_Logout(other), CKR_USER_NOT_LOGGED_IN);
}
END_TEST

/* The card's PIN state is everybody's, so it is taken back. 'VERIFY without data' tells: 9000 where a PIN is verified.
 */
START_TEST(leaves_no_open_card)
{
    static const uint8_t counter[] = { 0x00, 0x20, 0x00, 0x80 };
    module_start(_i == 4 ? &unfinished : &issued);
    CK_SESSION_HANDLE s = module_session(CKF_RW_SESSION);
    if (_i < 4) {
        module_login(s);
        ck_assert_uint_eq(desk_foreign(&desk, 0, counter, sizeof counter), 0x9000);
    }
    switch (_i) {
    case 0:
        RV(C_Logout(s), CKR_OK);
        break;
    case 1:
        RV(C_CloseSession(s), CKR_OK);
        break;
    case 2:
        RV(C_CloseAllSessions(0), CKR_OK);
        break;
    case 3:
        RV(C_Finalize(NULL), CKR_OK);
        ck_assert_int_eq(desk.links, 0);
        ck_assert_int_eq(desk.watches, 0);
        break;
    default:
        RV(C_SetPIN(s, transport, 6, new_pin, 8), CKR_OK);
        break;
    }
    ck_assert_uint_eq(desk_foreign(&desk, 0, counter, sizeof counter), 0x63C3);
    ck_assert_int_eq(desk.resets, 0);
}
END_TEST

/* Somebody resets the card between C_SignInit and the PIN of 9C: what the PIN opens then is closed like any login. */
START_TEST(closes_what_a_late_pin_opened)
{
    static const uint8_t counter[] = { 0x00, 0x20, 0x00, 0x80 };
    CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
    CK_BYTE hash[32] = { 1 }, signature[64];
    CK_ULONG len = sizeof signature;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    module_login(s);
    RV(C_SignInit(s, &ecdsa, module_find(s, CKO_PRIVATE_KEY, 2)), CKR_OK);
    desk_reset(&desk, 0);
    RV(C_Login(s, CKU_CONTEXT_SPECIFIC, pin, 6), CKR_OK);
    RV(C_Sign(s, hash, sizeof hash, signature, &len), CKR_OK);
    RV(_i == 0 ? C_Logout(s) : C_CloseSession(s), CKR_OK);
    ck_assert_uint_eq(desk_foreign(&desk, 0, counter, sizeof counter), 0x63C3);
}
END_TEST

/* Another program leaves another application selected: the PIN is for PIV, which is selected again. */
START_TEST(logs_in_after_another_application)
{
    static const uint8_t domain[] = { 0x00, 0xA4, 0x04, 0x00, 0x08, 0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00 };
    CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(CKF_RW_SESSION);
    if (_i == 1)
        module_login(s);
    if (_i == 1)
        RV(C_SignInit(s, &ecdsa, module_find(s, CKO_PRIVATE_KEY, 2)), CKR_OK);
    ck_assert_uint_eq(desk_foreign(&desk, 0, domain, sizeof domain), 0x9000);
    if (_i == 0)
        RV(C_Login(s, CKU_USER, pin, 6), CKR_OK);
    else if (_i == 1)
        RV(C_Login(s, CKU_CONTEXT_SPECIFIC, pin, 6), CKR_OK);
    else
        RV(C_SetPIN(s, pin, 6, new_pin, 8), CKR_OK);
}
END_TEST

/* spec of the card edge: a transport PIN can do nothing but be changed. */
START_TEST(changes_the_transport_pin)
{
    module_start(&unfinished);
    CK_SESSION_HANDLE ro = module_session(0), rw = module_session(CKF_RW_SESSION);
    ck_assert_uint_eq(marks(), CKF_USER_PIN_TO_BE_CHANGED);
    RV(C_Login(rw, CKU_USER, transport, 6), CKR_PIN_EXPIRED);
    ck_assert_uint_eq(marks(), CKF_USER_PIN_TO_BE_CHANGED);
    RV(C_SetPIN(ro, transport, 6, new_pin, 8), CKR_SESSION_READ_ONLY);
    RV(C_SetPIN(rw, wrong, 6, new_pin, 8), CKR_PIN_INCORRECT);
    RV(C_SetPIN(rw, transport, 6, new_pin, 8), CKR_OK);
    ck_assert_uint_eq(marks(), 0);
    ck_assert_uint_eq(module_state(rw), CKS_RW_PUBLIC_SESSION);
    RV(C_Login(rw, CKU_USER, transport, 6), CKR_PIN_INCORRECT);
    RV(C_Login(rw, CKU_USER, new_pin, 8), CKR_OK);
}
END_TEST

START_TEST(changes_the_pin)
{
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(CKF_RW_SESSION);
    if (_i)
        module_login(s);
    module_apdus();
    RV(C_SetPIN(s, NULL, 6, new_pin, 8), CKR_ARGUMENTS_BAD);
    RV(C_SetPIN(s, pin, 6, NULL, 8), CKR_ARGUMENTS_BAD);
    RV(C_SetPIN(s, pin, 6, new_pin, 5), CKR_PIN_LEN_RANGE);
    RV(C_SetPIN(s, pin, 6, long_pin, 9), CKR_PIN_LEN_RANGE);
    RV(C_SetPIN(s, pin, 6, letters, 6), CKR_PIN_INVALID);
    RV(C_SetPIN(s, long_pin, 12, new_pin, 8), CKR_PIN_INCORRECT);
    ck_assert_uint_eq(module_apdus(), 0);
    RV(C_SetPIN(s, pin, 6, new_pin, 8), CKR_OK);
    ck_assert_uint_eq(module_state(s), _i ? CKS_RW_USER_FUNCTIONS : CKS_RW_PUBLIC_SESSION);
    if (_i)
        RV(C_Logout(s), CKR_OK);
    RV(C_Login(s, CKU_USER, pin, 6), CKR_PIN_INCORRECT);
    RV(C_Login(s, CKU_USER, new_pin, 8), CKR_OK);
}
END_TEST

START_TEST(serves_the_so)
{
    CK_UTF8CHAR new_puk[] = "87654321";
    module_start(&issued);
    CK_SESSION_HANDLE ro = module_session(0), rw = module_session(CKF_RW_SESSION), other = 0;
    RV(C_InitPIN(rw, new_pin, 8), CKR_USER_NOT_LOGGED_IN);
    RV(C_Login(rw, CKU_SO, puk, 8), CKR_SESSION_READ_ONLY_EXISTS);
    RV(C_CloseSession(ro), CKR_OK);
    module_apdus();
    RV(C_Login(rw, CKU_SO, puk, 7), CKR_PIN_INCORRECT);
    RV(C_Login(rw, CKU_SO, new_puk, 8), CKR_OK); /* wrong, but nobody can know yet */
    ck_assert_uint_eq(module_apdus(), 0);
    RV(C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &other), CKR_SESSION_READ_WRITE_SO_EXISTS);
    RV(C_Login(rw, CKU_USER, pin, 6), CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
    RV(C_Login(rw, CKU_SO, puk, 8), CKR_USER_ALREADY_LOGGED_IN);
    RV(C_InitPIN(rw, NULL, 8), CKR_ARGUMENTS_BAD);
    RV(C_InitPIN(rw, new_pin, 5), CKR_PIN_LEN_RANGE);
    RV(C_InitPIN(rw, letters, 6), CKR_PIN_INVALID);
    RV(C_InitPIN(rw, new_pin, 8), CKR_PIN_INCORRECT);
    RV(C_Logout(rw), CKR_OK);
    RV(C_Login(rw, CKU_SO, puk, 8), CKR_OK);
    RV(C_SetPIN(rw, puk, 8, new_puk, 7), CKR_PIN_LEN_RANGE);
    RV(C_SetPIN(rw, puk, 8, new_puk, 8), CKR_OK);
    RV(C_InitPIN(rw, new_pin, 8), CKR_OK); /* by the new PUK */
    RV(C_Logout(rw), CKR_OK);
    RV(C_Login(rw, CKU_USER, new_pin, 8), CKR_OK);
}
END_TEST

/* Another program resets the card, or logs out on it: sessions stay, the login is gone, and says so. */
START_TEST(notices_other_programs)
{
    static const uint8_t leave[] = { 0x00, 0x20, 0xFF, 0x80 };
    static const uint8_t issuer[] = { 0x00, 0xA4, 0x04, 0x00, 0x05, 0xA0, 0x00, 0x00, 0x01, 0x51 };
    CK_BYTE signature[64];
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    module_login(s);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 1), open_key = module_find(s, CKO_PRIVATE_KEY, 4);
    RV(module_sign(s, key, signature), CKR_OK);
    RV(module_sign(s, open_key, signature), CKR_OK);
    switch (_i) {
    case 0:
        desk_reset(&desk, 0);
        break;
    case 1:
        ck_assert_uint_eq(desk_foreign(&desk, 0, leave, sizeof leave), 0x9000);
        break;
    default: /* selects another application: this card has none yet, so it is as if PIV wasn't selected after a reset */
        desk_foreign(&desk, 0, issuer, sizeof issuer);
        card_memory_reset(module_card());
        break;
    }
    module_apdus();
    if (_i == 0) { /* found at the next transaction: SELECT, GUID, then the signature */
        RV(module_sign(s, open_key, signature), CKR_OK);
        ck_assert_uint_eq(module_apdus(), 3);
    }
    RV(module_sign(s, key, signature), CKR_USER_NOT_LOGGED_IN);
    RV(module_sign(s, key, signature), CKR_USER_NOT_LOGGED_IN);
    ck_assert_uint_eq(module_state(s), CKS_RO_PUBLIC_SESSION);
    module_login(s);
    RV(module_sign(s, key, signature), CKR_OK);
}
END_TEST

/* ---- a reader with a PIN pad: the PIN never comes to the host ---- */
static CK_SESSION_HANDLE start_with_pad(const struct card_memory *card, const char *typed)
{
    module_start(NULL);
    desk.readers[0].typed = typed;
    card_memory_copy(module_card(), card);
    desk_insert(&desk, 0, module_card());
    return module_session(CKF_RW_SESSION);
}

START_TEST(logs_in_at_the_pad)
{
    CK_BYTE signature[64];
    CK_SESSION_HANDLE s = start_with_pad(&issued, "111111\n");
    ck_assert_uint_ne(module_token_flags() & CKF_PROTECTED_AUTHENTICATION_PATH, 0);
    module_apdus();
    RV(C_Login(s, CKU_USER, NULL, 6), CKR_ARGUMENTS_BAD);
    RV(C_Login(s, CKU_SO, NULL, 0), CKR_ARGUMENTS_BAD);
    RV(C_Login(s, CKU_USER, NULL, 0), CKR_PIN_INCORRECT);
    ck_assert_uint_eq(module_apdus(), 1);
    ck_assert_uint_eq(marks(), CKF_USER_PIN_COUNT_LOW);
    RV(C_Login(s, CKU_USER, NULL, 0), CKR_FUNCTION_CANCELED); /* nothing more is typed */
    desk.readers[0].typed = "123\n";
    RV(C_Login(s, CKU_USER, NULL, 0), CKR_PIN_INCORRECT);
    ck_assert_uint_eq(module_apdus(), 0); /* none of which the card saw */
    desk.readers[0].typed = CARD_ISSUE_PIN "\n" CARD_ISSUE_PIN "\n";
    RV(C_Login(s, CKU_USER, NULL, 0), CKR_OK);
    ck_assert_uint_eq(module_state(s), CKS_RW_USER_FUNCTIONS);
    ck_assert_uint_eq(marks(), 0);
    CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
    CK_BYTE hash[32] = { 1 };
    CK_ULONG len = sizeof signature;
    RV(C_SignInit(s, &ecdsa, module_find(s, CKO_PRIVATE_KEY, 2)), CKR_OK);
    RV(C_Login(s, CKU_CONTEXT_SPECIFIC, NULL, 0), CKR_OK);
    RV(C_Sign(s, hash, sizeof hash, signature, &len), CKR_OK);
    RV(C_Logout(s), CKR_OK);
    RV(C_Login(s, CKU_USER, pin, 6), CKR_OK); /* a given one works still */
}
END_TEST

START_TEST(changes_the_pin_at_the_pad)
{
    CK_SESSION_HANDLE s = start_with_pad(_i ? &unfinished : &issued, _i ? CARD_ISSUE_TRANSPORT "\n97531086\n97531086\n"
                                                                        : CARD_ISSUE_PIN "\n97531086\n97531085\n");
    RV(C_SetPIN(s, NULL, 0, new_pin, 8), CKR_ARGUMENTS_BAD);
    RV(C_SetPIN(s, pin, 6, NULL, 0), CKR_ARGUMENTS_BAD);
    RV(C_SetPIN(s, NULL, 0, NULL, 8), CKR_ARGUMENTS_BAD);
    if (!_i) {
        RV(C_SetPIN(s, NULL, 0, NULL, 0), CKR_PIN_INCORRECT); /* not the same twice */
        desk.readers[0].typed = CARD_ISSUE_PIN "\n97531086\n97531086\n";
    } else {
        RV(C_Login(s, CKU_USER, transport, 6), CKR_PIN_EXPIRED);
    }
    RV(C_SetPIN(s, NULL, 0, NULL, 0), CKR_OK);
    RV(C_Login(s, CKU_USER, new_pin, 8), CKR_OK);
}
END_TEST

START_TEST(has_no_pad_where_the_reader_has_none)
{
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(CKF_RW_SESSION);
    ck_assert_uint_eq(module_token_flags() & CKF_PROTECTED_AUTHENTICATION_PATH, 0);
    RV(C_Login(s, CKU_USER, NULL, 0), CKR_ARGUMENTS_BAD);
    RV(C_SetPIN(s, NULL, 0, NULL, 0), CKR_ARGUMENTS_BAD);
}
END_TEST

/* VERIFY without data, answered as cards do that don't know it. */
static void refuse_counter(struct desk_reader *reader, unsigned long number, uint8_t *resp, size_t cap, size_t *len)
{
    (void)reader;
    (void)cap;
    if (number == 2 && *len == 2)
        memcpy(resp, "\x67", 2);
}

START_TEST(serves_a_card_without_counter)
{
    module_start(NULL);
    desk.readers[0].tamper = refuse_counter;
    card_memory_copy(module_card(), &issued);
    desk_insert(&desk, 0, module_card());
    ck_assert_uint_eq(marks(), 0);
    CK_SESSION_HANDLE s = module_session(0);
    RV(C_Login(s, CKU_USER, wrong, 6), CKR_PIN_INCORRECT);
    ck_assert_uint_eq(marks(), CKF_USER_PIN_COUNT_LOW);
    RV(C_Login(s, CKU_USER, pin, 6), CKR_OK);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { counts_tries, 2 },
        { keeps_malformed_pins_from_the_card, 0 },
        { shares_the_login_among_sessions, 0 },
        { leaves_no_open_card, 5 },
        { closes_what_a_late_pin_opened, 2 },
        { logs_in_after_another_application, 3 },
        { changes_the_transport_pin, 0 },
        { changes_the_pin, 2 },
        { serves_the_so, 0 },
        { notices_other_programs, 3 },
        { serves_a_card_without_counter, 0 },
        { logs_in_at_the_pad, 0 },
        { changes_the_pin_at_the_pad, 2 },
        { has_no_pad_where_the_reader_has_none, 0 },
    };
    module_fixture_cards();
    return suite_run("pkcs11 login", tests, sizeof tests / sizeof tests[0]);
}
