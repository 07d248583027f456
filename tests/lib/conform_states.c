/* SPDX-License-Identifier: BSD-2-Clause */
/* Brings a module into each state in which the tables call it. A keeper session holds the login, so that every scenario
 * gets a fresh session without a PIN for each. */
#include <string.h>

#include "conform.h"

const char *const conform_state_names[STATES] = {
    "not initialized", "finalized",  "no session", "closed",   "empty slot",
    "R/O public",      "R/W public", "R/O user",   "R/W user", "R/W SO",
};

#define BAD_HANDLE 99999

static CK_STATE wanted(enum conform_state state)
{
    return state == RO_USER || state == RW_USER ? CKS_RW_USER_FUNCTIONS
           : state == RW_SO                     ? CKS_RW_SO_FUNCTIONS
                                                : CKS_RW_PUBLIC_SESSION;
}

static CK_RV login(struct conform *c, CK_USER_TYPE user, const char *pin)
{
    CK_UTF8CHAR text[32];
    memcpy(text, pin, strlen(pin));
    return c->f->C_Login(c->keeper, user, text, strlen(pin));
}

/* True where the handles of objects may be others than before. */
static bool keep(struct conform *c, CK_STATE want)
{
    CK_SESSION_INFO info = { .state = 0 };
    bool opens = c->keeper == 0 || c->f->C_GetSessionInfo(c->keeper, &info) != CKR_OK;
    if (opens)
        conform_that(c, "the keeper's session opens",
                     c->f->C_OpenSession(c->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &c->keeper) ==
                             CKR_OK &&
                         c->f->C_GetSessionInfo(c->keeper, &info) == CKR_OK);
    if (info.state == want)
        return opens;
    if (info.state != CKS_RW_PUBLIC_SESSION)
        conform_that(c, "the keeper logs out", c->f->C_Logout(c->keeper) == CKR_OK);
    if (want == CKS_RW_USER_FUNCTIONS)
        conform_that(c, "the keeper logs in as user", login(c, CKU_USER, c->pin) == CKR_OK);
    if (want == CKS_RW_SO_FUNCTIONS)
        conform_that(c, "the keeper logs in as SO", login(c, CKU_SO, c->puk) == CKR_OK);
    return true;
}

static CK_OBJECT_HANDLE find(struct conform *c, CK_OBJECT_CLASS class, CK_BYTE id)
{
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class }, { CKA_ID, &id, 1 } };
    CK_OBJECT_HANDLE found = CK_INVALID_HANDLE;
    CK_ULONG count = 0;
    c->f->C_FindObjectsInit(c->keeper, template, id ? 2 : 1);
    c->f->C_FindObjects(c->keeper, &found, 1, &count);
    c->f->C_FindObjectsFinal(c->keeper);
    return found;
}

/* Handles may be void after each login or logout, and must be where the object is no longer to be seen: what was last
 * known of the guarded key is kept. */
static void find_objects(struct conform *c)
{
    static const struct {
        CK_OBJECT_CLASS class;
        CK_BYTE id;
    } kinds[CONFORM_OBJECTS] = {
        [SIGNER] = { CKO_PRIVATE_KEY, 4 }, [VERIFIER] = { CKO_PUBLIC_KEY, 4 }, [CERTIFICATE] = { CKO_CERTIFICATE, 4 },
        [DATA] = { CKO_DATA, 0 },          [GUARDED] = { CKO_PRIVATE_KEY, 1 },
    };
    for (int i = 0; i < CONFORM_OBJECTS; i++) {
        CK_OBJECT_HANDLE found = find(c, kinds[i].class, kinds[i].id);
        if (i != GUARDED)
            conform_that(c, "an object that everybody sees is found", found != CK_INVALID_HANDLE);
        if (found != CK_INVALID_HANDLE)
            c->object[i] = found;
    }
}

/* The module is initialised, and the session there. */
static void enter_live(struct conform *c, enum conform_state state)
{
    bool read_only = state == RO_PUBLIC || state == RO_USER;
    if (c->keeper == 0)
        conform_that(c, "initializes", c->f->C_Initialize(NULL) == CKR_OK);
    if (keep(c, wanted(state)))
        find_objects(c);
    c->state = state;
    CK_FLAGS flags = CKF_SERIAL_SESSION | (read_only ? 0 : CKF_RW_SESSION);
    conform_that(c, "a session opens", c->f->C_OpenSession(c->slot, flags, NULL, NULL, &c->session) == CKR_OK);
}

void conform_enter(struct conform *c, enum conform_state state)
{
    CK_SLOT_INFO info;
    if (state == NOT_INITIALIZED || state == FINALIZED) {
        c->state = state;
        c->session = BAD_HANDLE;
        return;
    }
    enter_live(c, state >= RO_PUBLIC ? state : RW_PUBLIC);
    c->state = state;
    if (state == NO_SESSION || state == CLOSED)
        conform_that(c, "the session closes", c->f->C_CloseSession(c->session) == CKR_OK);
    if (state == NO_SESSION)
        c->session = BAD_HANDLE;
    if (state == EMPTY_SLOT) {
        c->card(c->ctx, false);
        conform_that(c, "the empty slot is seen",
                     c->f->C_GetSlotInfo(c->slot, &info) == CKR_OK && !(info.flags & CKF_TOKEN_PRESENT));
    }
}

void conform_leave(struct conform *c)
{
    CK_SLOT_INFO info;
    if (c->state >= RO_PUBLIC)
        c->f->C_CloseSession(c->session);
    if (c->state == EMPTY_SLOT) {
        c->card(c->ctx, true);
        conform_that(c, "the card is seen again",
                     c->f->C_GetSlotInfo(c->slot, &info) == CKR_OK && (info.flags & CKF_TOKEN_PRESENT));
        CK_SLOT_ID slot = ~0UL;
        conform_that(c, "which is an event",
                     c->f->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, NULL) == CKR_OK && slot == c->slot);
    }
}
