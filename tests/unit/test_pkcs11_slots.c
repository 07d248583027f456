/* SPDX-License-Identifier: BSD-2-Clause */
/* The PKCS#11 module's life: initialising, readers, cards that come and go, events, fork. */
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "module_fixture.h"
#include "module.h"

static CK_RV mutex_any(void *mutex)
{
    (void)mutex;
    return CKR_OK;
}

static CK_RV mutex_create(void **mutex)
{
    *mutex = NULL;
    return CKR_OK;
}

START_TEST(initialises)
{
    CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
    CK_INFO info;
    desk_memory_init(&desk, 1);
    p11_set_desk(&desk.desk);
    RV(C_GetInfo(&info), CKR_CRYPTOKI_NOT_INITIALIZED);
    RV(C_Finalize(NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
    args.pReserved = &args;
    RV(C_Initialize(&args), CKR_ARGUMENTS_BAD);
    args.pReserved = NULL;
    args.CreateMutex = mutex_create;
    RV(C_Initialize(&args), CKR_ARGUMENTS_BAD);
    args.DestroyMutex = args.LockMutex = args.UnlockMutex = mutex_any;
    args.flags = 0;
    RV(C_Initialize(&args), CKR_CANT_LOCK);
    args.flags = CKF_OS_LOCKING_OK | CKF_LIBRARY_CANT_CREATE_OS_THREADS; /* NSS and p11-kit */
    RV(C_Initialize(&args), CKR_OK);
    RV(C_Initialize(&args), CKR_CRYPTOKI_ALREADY_INITIALIZED);
    RV(C_GetInfo(NULL), CKR_ARGUMENTS_BAD);
    RV(C_GetInfo(&info), CKR_OK);
    ck_assert_uint_eq(info.cryptokiVersion.major, 3);
    ck_assert_uint_eq(info.libraryDescription[31], ' ');
    RV(C_Finalize(&args), CKR_ARGUMENTS_BAD);
    RV(C_Finalize(NULL), CKR_OK);
    RV(C_Finalize(NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
    RV(C_Initialize(NULL), CKR_OK);
    RV(C_Finalize(NULL), CKR_OK);
    ck_assert_int_eq(desk.watches, 0);
}
END_TEST

START_TEST(lists_slots)
{
    CK_SLOT_ID ids[4];
    CK_ULONG count = 0;
    module_start(&issued);
    desk.readers[1].there = desk.readers[2].there = true;
    RV(C_GetSlotList(CK_FALSE, NULL, NULL), CKR_ARGUMENTS_BAD);
    RV(C_GetSlotList(CK_FALSE, NULL, &count), CKR_OK);
    ck_assert_uint_eq(count, 3);
    count = 2;
    RV(C_GetSlotList(CK_FALSE, ids, &count), CKR_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(count, 3);
    RV(C_GetSlotList(CK_FALSE, ids, &count), CKR_OK);
    ck_assert_uint_eq(ids[2], 2);
    count = 4;
    RV(C_GetSlotList(CK_TRUE, ids, &count), CKR_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(ids[0], 0);

    /* A card that comes between count and list isn't in the list; the next count has it. */
    static struct card_memory second;
    card_memory_copy(&second, &unfinished);
    RV(C_GetSlotList(CK_TRUE, NULL, &count), CKR_OK);
    desk_insert(&desk, 2, &second);
    RV(C_GetSlotList(CK_TRUE, ids, &count), CKR_OK);
    ck_assert_uint_eq(count, 1);
    RV(C_GetSlotList(CK_TRUE, NULL, &count), CKR_OK);
    ck_assert_uint_eq(count, 2);

    /* A vanished reader leaves its slot empty; the same name takes it again. */
    desk.readers[1].there = false;
    CK_SLOT_INFO info;
    RV(C_GetSlotInfo(1, &info), CKR_OK);
    RV(C_GetSlotInfo(3, &info), CKR_SLOT_ID_INVALID);
    desk.readers[1].there = desk.readers[3].there = true;
    RV(C_GetSlotInfo(3, &info), CKR_OK);
    ck_assert(memcmp(info.slotDescription, "Memory reader 3 ", 16) == 0);
    ck_assert_uint_eq(info.flags, CKF_REMOVABLE_DEVICE | CKF_HW_SLOT);
}
END_TEST

START_TEST(works_without_a_list_before)
{
    CK_TOKEN_INFO info;
    module_start(&issued);
    RV(C_GetTokenInfo(0, &info), CKR_OK);
    ck_assert_mem_eq(info.label, "Docket Card 0FEED00D            ", 32);
    ck_assert_mem_eq(info.serialNumber, "A1B2C3D400114222", 16);
    ck_assert_uint_eq(info.flags, CKF_RNG | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED | CKF_TOKEN_INITIALIZED);
    ck_assert_uint_eq(info.ulMinPinLen, 6);
    ck_assert_uint_eq(info.ulMaxPinLen, 8);
    module_session(0);
    module_session(CKF_RW_SESSION);
    RV(C_GetTokenInfo(0, &info), CKR_OK);
    ck_assert_uint_eq(info.ulSessionCount, 2);
    ck_assert_uint_eq(info.ulRwSessionCount, 1);
    for (size_t i = 0; i < sizeof info.manufacturerID; i++)
        ck_assert(info.manufacturerID[i] >= ' ' && info.manufacturerID[i] <= '~');
}
END_TEST

START_TEST(tells_empty_from_foreign)
{
    CK_TOKEN_INFO info;
    CK_SLOT_INFO slot;
    CK_SESSION_HANDLE s = 0;
    module_start(_i ? &issued : NULL);
    if (_i)
        desk.readers[0].reply_sw = 0x6A82; /* a card without the PIV application */
    RV(C_GetSlotInfo(0, &slot), CKR_OK);
    ck_assert_uint_eq(slot.flags & CKF_TOKEN_PRESENT, 0);
    RV(C_GetTokenInfo(0, &info), _i ? CKR_TOKEN_NOT_RECOGNIZED : CKR_TOKEN_NOT_PRESENT);
    RV(C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &s), _i ? CKR_TOKEN_NOT_RECOGNIZED : CKR_TOKEN_NOT_PRESENT);
    ck_assert_uint_eq(module_apdus(), _i ? 1 : 0); /* asked once, not at each call */
}
END_TEST

START_TEST(tells_a_card_in_use)
{
    CK_TOKEN_INFO info;
    CK_SLOT_INFO slot;
    CK_SESSION_HANDLE s = 0;
    module_start(NULL);
    desk.readers[0].busy = true;
    card_memory_copy(module_card(), &issued);
    desk_insert(&desk, 0, module_card());
    RV(C_GetTokenInfo(0, &info), CKR_DEVICE_ERROR);
    RV(C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &s), CKR_DEVICE_ERROR);
    RV(C_GetSlotInfo(0, &slot), CKR_OK);
    ck_assert_uint_eq(slot.flags & CKF_TOKEN_PRESENT, 0);
    desk.readers[0].busy = false; /* tried again with the next call */
    RV(C_GetTokenInfo(0, &info), CKR_OK);
    desk_remove(&desk, 0);
    RV(C_GetTokenInfo(0, &info), CKR_TOKEN_NOT_PRESENT);
}
END_TEST

START_TEST(lives_without_pcscd)
{
    CK_ULONG count = 9;
    module_start(&issued);
    desk.service = false;
    RV(C_GetSlotList(CK_FALSE, NULL, &count), CKR_OK);
    ck_assert_uint_eq(count, 0);
    desk.service = true;
    RV(C_GetSlotList(CK_FALSE, NULL, &count), CKR_OK);
    ck_assert_uint_eq(count, 1);
    CK_SESSION_HANDLE s = module_session(0);
    CK_SESSION_INFO info;
    desk.service = false;
    RV(C_GetSessionInfo(s, &info), CKR_SESSION_HANDLE_INVALID);
}
END_TEST

START_TEST(voids_sessions_when_the_card_leaves)
{
    CK_BYTE signature[64];
    CK_SESSION_INFO info;
    static struct card_memory second;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0), other = module_session(0);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 4);
    RV(module_sign(s, key, signature), CKR_OK);
    switch (_i) {
    case 0: /* between calls, seen by a look */
        desk_remove(&desk, 0);
        RV(C_GetSessionInfo(s, &info), CKR_SESSION_HANDLE_INVALID);
        break;
    case 1: /* between calls, seen at the card */
        desk_remove(&desk, 0);
        RV(module_sign(s, key, signature), CKR_DEVICE_REMOVED);
        break;
    case 2: /* in the middle of an APDU */
        desk.readers[0].remove_after = 0;
        RV(module_sign(s, key, signature), CKR_DEVICE_REMOVED);
        break;
    case 3: /* exchanged: the count of events tells, though a card is there */
        card_memory_copy(&second, &unfinished);
        desk_remove(&desk, 0);
        desk_insert(&desk, 0, &second);
        RV(C_GetSessionInfo(s, &info), CKR_SESSION_HANDLE_INVALID);
        break;
    case 4: /* the same card again */
        desk_remove(&desk, 0);
        desk_insert(&desk, 0, module_card());
        RV(C_GetSessionInfo(s, &info), CKR_SESSION_HANDLE_INVALID);
        break;
    default: /* another GUID behind the same connection, after a reset */
        memcpy(module_card()->banks, unfinished.banks, sizeof unfinished.banks);
        desk_reset(&desk, 0);
        RV(module_sign(s, key, signature), CKR_DEVICE_REMOVED);
        break;
    }
    RV(module_sign(s, key, signature), CKR_SESSION_HANDLE_INVALID);
    RV(module_sign(other, key, signature), CKR_SESSION_HANDLE_INVALID);
    if (_i >= 3) {
        CK_SESSION_HANDLE again = module_session(0);
        ck_assert(again != s && again != other);
        RV(module_sign(again, key, signature), CKR_KEY_HANDLE_INVALID); /* a handle of the card before */
        RV(module_sign(again, module_find(again, CKO_PRIVATE_KEY, 4), signature), CKR_OK);
    } else {
        CK_SLOT_INFO slot;
        RV(C_GetSlotInfo(0, &slot), CKR_OK);
        ck_assert_uint_eq(slot.flags & CKF_TOKEN_PRESENT, 0);
        ck_assert_int_eq(desk.links, 0);
    }
}
END_TEST

/* ---- events ---- */
static long elapsed_ms(const struct timespec *from)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - from->tv_sec) * 1000 + (now.tv_nsec - from->tv_nsec) / 1000000;
}

START_TEST(tells_events_without_blocking)
{
    CK_SLOT_ID id = 9;
    module_start(NULL);
    RV(C_WaitForSlotEvent(CKF_DONT_BLOCK, NULL, NULL), CKR_ARGUMENTS_BAD);
    RV(C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, &id), CKR_ARGUMENTS_BAD);
    RV(C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_NO_EVENT);
    static struct card_memory card;
    card_memory_copy(&card, &issued);
    desk_insert(&desk, 0, &card);
    RV(C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_OK);
    ck_assert_uint_eq(id, 0);
    RV(C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_NO_EVENT);
    desk_remove(&desk, 0);
    desk_insert(&desk, 0, &card); /* exchanged between two looks */
    CK_SLOT_INFO info;
    RV(C_GetSlotInfo(0, &info), CKR_OK); /* a look by another call doesn't lose the event */
    RV(C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_OK);
    RV(C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_NO_EVENT);
    desk.readers[2].there = true;
    RV(C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_OK);
    ck_assert_uint_eq(id, 1); /* by order of first sight */
}
END_TEST

struct waiter {
    pthread_t thread;
    CK_SLOT_ID slot;
    CK_RV rv;
};

static void *wait_for_event(void *arg)
{
    struct waiter *w = arg;
    w->rv = C_WaitForSlotEvent(0, &w->slot, NULL);
    return NULL;
}

START_TEST(wakes_one_waiter_for_each_event)
{
    static struct card_memory cards[3];
    struct waiter waiters[3];
    bool seen[3] = { false };
    module_start(NULL);
    desk.readers[1].there = desk.readers[2].there = true;
    CK_ULONG count;
    RV(C_GetSlotList(CK_FALSE, NULL, &count), CKR_OK);
    for (int i = 0; i < 3; i++) {
        waiters[i] = (struct waiter) { .slot = 9, .rv = CKR_GENERAL_ERROR };
        pthread_create(&waiters[i].thread, NULL, wait_for_event, &waiters[i]);
    }
    for (int i = 0; i < 3; i++) {
        card_memory_copy(&cards[i], &issued);
        desk_insert(&desk, (size_t)i, &cards[i]);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(waiters[i].thread, NULL);
        RV(waiters[i].rv, CKR_OK);
        ck_assert_uint_lt(waiters[i].slot, 3);
        ck_assert(!seen[waiters[i].slot]);
        seen[waiters[i].slot] = true;
    }
}
END_TEST

/* However early the finalising comes: a cancel before the wait has begun is lost on this desk as in PC/SC. */
START_TEST(finalises_under_a_waiter)
{
    struct waiter waiters[2];
    struct timespec from;
    module_start(&issued);
    for (int i = 0; i < 2; i++)
        pthread_create(&waiters[i].thread, NULL, wait_for_event, &waiters[i]);
    clock_gettime(CLOCK_MONOTONIC, &from);
    while (_i % 2 && elapsed_ms(&from) < _i) /* at different moments of the waiters' way in */
        ;
    clock_gettime(CLOCK_MONOTONIC, &from);
    RV(C_Finalize(NULL), CKR_OK);
    ck_assert_int_lt(elapsed_ms(&from), 100);
    for (int i = 0; i < 2; i++) {
        pthread_join(waiters[i].thread, NULL);
        RV(waiters[i].rv, CKR_CRYPTOKI_NOT_INITIALIZED);
    }
    ck_assert_int_eq(desk.watches, 0);
    ck_assert_int_eq(desk.links, 0);
}
END_TEST

START_TEST(is_void_in_a_forked_child)
{
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    module_login(s);
    int links = desk.links;
    pid_t child = fork();
    if (child == 0) {
        CK_SESSION_INFO info;
        CK_ULONG count = 0;
        if (C_GetSessionInfo(s, &info) != CKR_CRYPTOKI_NOT_INITIALIZED)
            _exit(1);
        if (C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
            _exit(2);
        if (desk.links != links) /* the parent's handles are dropped, not released */
            _exit(3);
        if (C_Initialize(NULL) != CKR_OK || C_GetSlotList(CK_TRUE, NULL, &count) != CKR_OK || count != 1)
            _exit(4);
        if (C_GetSessionInfo(s, &info) != CKR_SESSION_HANDLE_INVALID)
            _exit(5);
        _exit(C_Finalize(NULL) == CKR_OK ? 0 : 6);
    }
    int status = -1;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(module_state(s), CKS_RO_USER_FUNCTIONS);
}
END_TEST

START_TEST(opens_and_closes_sessions)
{
    CK_SESSION_HANDLE s = 0;
    CK_SESSION_INFO info;
    module_start(&issued);
    RV(C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, NULL), CKR_ARGUMENTS_BAD);
    RV(C_OpenSession(0, 0, NULL, NULL, &s), CKR_SESSION_PARALLEL_NOT_SUPPORTED);
    RV(C_OpenSession(88888, CKF_SERIAL_SESSION, NULL, NULL, &s), CKR_SLOT_ID_INVALID);
    s = module_session(CKF_RW_SESSION);
    RV(C_GetSessionInfo(s, NULL), CKR_ARGUMENTS_BAD);
    RV(C_GetSessionInfo(s, &info), CKR_OK);
    ck_assert_uint_eq(info.flags, CKF_SERIAL_SESSION | CKF_RW_SESSION);
    ck_assert_uint_eq(info.slotID, 0);
    RV(C_CloseSession(s), CKR_OK);
    RV(C_CloseSession(s), CKR_SESSION_HANDLE_INVALID);
    CK_SESSION_HANDLE next = module_session(0);
    ck_assert_uint_ne(next, s);
    RV(C_CloseAllSessions(88888), CKR_SLOT_ID_INVALID);
    RV(C_GetSessionInfo(next, &info), CKR_OK);
    RV(C_CloseAllSessions(0), CKR_OK);
    RV(C_CloseAllSessions(0), CKR_OK);
    RV(C_GetSessionInfo(next, &info), CKR_SESSION_HANDLE_INVALID);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { initialises, 0 },
        { lists_slots, 0 },
        { works_without_a_list_before, 0 },
        { tells_empty_from_foreign, 2 },
        { tells_a_card_in_use, 0 },
        { lives_without_pcscd, 0 },
        { voids_sessions_when_the_card_leaves, 6 },
        { tells_events_without_blocking, 0 },
        { wakes_one_waiter_for_each_event, 0 },
        { finalises_under_a_waiter, 12 },
        { is_void_in_a_forked_child, 0 },
        { opens_and_closes_sessions, 0 },
    };
    module_fixture_cards();
    return suite_run("pkcs11 slots", tests, sizeof tests / sizeof tests[0]);
}
