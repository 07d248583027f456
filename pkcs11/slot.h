/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots: one for each PC/SC reader, numbered in the order of first sight, never renumbered in a process. */
#ifndef P11_SLOT_H
#define P11_SLOT_H

#include "module.h"
#include "token.h"

struct p11_session;
struct p11_stored;

struct p11_slot {
    struct p11_module *module;
    CK_SLOT_ID id;
    char reader[128];

    /* guarded by the module's table lock */
    bool there;      /* the reader is connected */
    bool card;       /* with a card in it */
    uint16_t events; /* as in sdc_watch_state */
    bool changed;    /* an event that C_WaitForSlotEvent hasn't told yet */
    bool listed[2];  /* what the last count of C_GetSlotList promised, for tokenPresent false and true */

    /* guarded by its own lock */
    pthread_mutex_t lock;
    struct p11_token token;
    struct p11_session *sessions;
    struct p11_stored *stored; /* session objects */
    CK_ULONG session_count;    /* sessions ever opened, so that no handle comes twice */
    CK_ULONG stored_count;     /* the same of session objects */
};

/* Looks at the readers, finds the slot, locks it and learns whether its card is still the one it was: a new card is
 * selected here. CKR_SLOT_ID_INVALID. To be left by p11_slot_leave, which returns rv, and where the card went away
 * during the call, drops the slot's sessions and objects. */
CK_RV p11_slot_enter_as(const char *function, CK_SLOT_ID id, struct p11_slot **slot);
#define p11_slot_enter(id, slot) p11_slot_enter_as(__func__, id, slot)
CK_RV p11_slot_leave(struct p11_slot *slot, CK_RV rv);
/* As p11_slot_enter, without a look: for calls that will notice at the card, or don't care. Module entered. */
struct p11_slot *p11_slot_find(struct p11_module *m, CK_SLOT_ID id);
/* Compares the locked slot's token with the last look. */
void p11_slot_sync(struct p11_slot *slot);

/* Looks at the readers now. Without pcscd there are none. */
void p11_slots_look(struct p11_module *m);
/* The same by the watch that will wait for what comes next. False without pcscd. */
bool p11_slots_look_by(struct p11_module *m, void *watch);
/* C_GetSlotList, C_WaitForSlotEvent and the text of C_GetSlotInfo, arguments checked. */
CK_RV p11_slots_list(struct p11_module *m, bool present, CK_SLOT_ID *list, CK_ULONG *count);
CK_RV p11_slots_wait(struct p11_module *m, bool block, CK_SLOT_ID *slot);
void p11_slot_info(struct p11_slot *slot, CK_SLOT_INFO *info);

void p11_slots_stop(struct p11_module *m);   /* every waiter has left when this returns */
void p11_slots_logout(struct p11_module *m); /* logs out where no other thread has the slot */
void p11_slots_free(struct p11_module *m);   /* logs out and lets go of all cards */

#endif
