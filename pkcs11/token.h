/* SPDX-License-Identifier: BSD-2-Clause */
/* The card in a slot: its link, who it is, its PIN state and what was read from it. Everything here is called with the
 * slot locked. */
#ifndef P11_TOKEN_H
#define P11_TOKEN_H

#include "cryptoki.h"
#include "errors.h"
#include "object.h"
#include "sdc/piv.h"

struct p11_slot;

enum p11_token_state {
    P11_EMPTY,   /* no card, or it couldn't be opened yet */
    P11_FOREIGN, /* a card without the PIV application */
    P11_READY,
    P11_LOST, /* the card left or was exchanged during this call: dropped when the call leaves */
};

enum p11_user { P11_NOBODY, P11_USER, P11_SO };

#define P11_PUK_LEN       8
#define P11_TRIES_UNKNOWN (-1)
#define P11_TRIES_UNREAD  (-2)

struct p11_token {
    enum p11_token_state state;
    CK_RV closed;        /* P11_EMPTY: why the card that is there couldn't be opened; CKR_OK: none is there */
    uint16_t events;     /* of the look that announced this card */
    CK_ULONG generation; /* cards that this slot had: part of each object's handle */
    struct sdc_link *link;
    uint8_t guid[SDC_GUID_LEN];

    enum p11_user user;    /* the application's login (PKCS#11: one for all sessions of the token) */
    char puk[P11_PUK_LEN]; /* while the SO is logged in; PIV can't check a PUK without using it */
    int tries; /* the counter last seen; P11_TRIES_UNKNOWN: full, or not told; P11_TRIES_UNREAD: nobody has asked yet */
    bool wrong;     /* a wrong PIN since the last success, whether or not the card saw it */
    bool transport; /* the transport PIN stands: it can only be changed */

    bool pad;    /* the reader has a PIN pad */
    bool open;   /* a transaction is */
    bool proven; /* in it PIV was selected or a command of it worked: nobody can have changed that since */
    CK_SESSION_HANDLE held_by; /* it stays open for this session's 9C signature; 0: it doesn't */
    struct p11_content content[P11_CONTENTS];
};

/* Connects, selects PIV, reads the GUID and, of a card that wasn't here before, the PIN counter: two or three APDUs.
 * The state tells how it went. */
void p11_token_open(struct p11_slot *slot, uint16_t events);
/* CKR_OK, CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, or what kept the card from being opened: in use by another
 * program alone, CKR_DEVICE_ERROR. */
CK_RV p11_token_there(const struct p11_slot *slot);
/* Forgets card, sessions, session objects and whatever was read; the link is closed. */
void p11_token_drop(struct p11_slot *slot);
/* Ends a login: VERIFY with P1 = FF on the card; a card that refuses it is reset. */
CK_RV p11_token_logout(struct p11_slot *slot);
/* The transaction of p11_token_run's P11_HOLD needn't stay open, where this session has it. */
void p11_token_release(struct p11_slot *slot, CK_SESSION_HANDLE session);
/* At the end of each call: ends the transaction that its first p11_token_run began, unless it is held. */
void p11_token_settle(struct p11_slot *slot);

/* What may be done about another program that selected another application meanwhile. */
enum p11_how {
    P11_ONCE,   /* a PIN try, a signature that spends a PIN: repeated only where the command was unknown (6D00) */
    P11_REPEAT, /* wherever the answer looks like another application's, SELECT and once more */
    P11_HOLD,   /* as P11_ONCE, and on success the transaction stays open for 'session' */
};
typedef enum sdc_status p11_action(struct sdc_link *link, void *arg, struct sdc_error *e);
/* Runs an action on the card inside the call's transaction, or the one that is held. Where somebody reset the card
 * since, PIV is selected again, the GUID compared and the user login forgotten first. *e is always filled. */
enum sdc_status p11_token_run(struct p11_slot *slot, enum p11_how how, CK_SESSION_HANDLE session, p11_action *action,
                              void *arg, struct sdc_error *e);

/* Takes back what a PIN opened on the card: VERIFY with P1 = FF, or a reset where the card refuses that. Inside an
 * action. */
enum sdc_status p11_pin_state_end(struct sdc_link *link, struct sdc_error *e);
/* Last counter and marks after a PIN command. */
void p11_token_pin_result(struct p11_token *token, const struct sdc_error *e);
/* The counter, where it wasn't read yet. */
CK_RV p11_token_counter(struct p11_slot *slot);
CK_RV p11_token_info(struct p11_slot *slot, CK_TOKEN_INFO *info);

#endif
