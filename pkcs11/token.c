/* SPDX-License-Identifier: BSD-2-Clause */
#include "token.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "session.h"
#include "slot.h"
#include "store.h"

#define BUSY_TRIES 100 /* another program holds the card exclusively: two seconds */
#define BUSY_MS    20

static enum sdc_status remember(enum sdc_status status, struct sdc_error *e)
{
    e->status = status; /* success leaves an error as it was; here it always tells the outcome */
    return status;
}

static void pause_ms(long ms)
{
    struct timespec t = { .tv_sec = 0, .tv_nsec = ms * 1000000L };
    nanosleep(&t, NULL);
}

/* ---- a card comes ---- */
static enum sdc_status connect_card(struct p11_slot *slot, struct sdc_error *e)
{
    const struct p11_desk *desk = &slot->module->desk;
    enum sdc_status status = desk->link_open(desk->ctx, slot->reader, &slot->token.link, e);
    if (status == SDC_OK)
        p11_trace_link(&slot->module->trace, slot->id, slot->token.link);
    return status;
}

static enum sdc_status begin_transaction(struct sdc_link *link, struct sdc_error *e)
{
    enum sdc_status status = SDC_E_BUSY;
    for (int i = 0; i < BUSY_TRIES && status == SDC_E_BUSY; i++) {
        if (i > 0)
            pause_ms(BUSY_MS);
        status = sdc_link_begin(link, e);
    }
    return status;
}

static enum sdc_status read_counter(struct sdc_link *link, void *arg, struct sdc_error *e)
{
    struct p11_token *t = arg;
    int tries = 0;
    enum sdc_status status = sdc_piv_tries(link, &tries, NULL, e);
    t->transport = status == SDC_E_CONDITIONS;
    if (status != SDC_OK && status != SDC_E_CONDITIONS)
        return status;
    t->tries = tries;
    return SDC_OK;
}

/* A card that doesn't tell its counter is a token all the same (SP 800-73-4 part 2, 3.2.1, leaves no choice; cards do).
 */
static bool counter_untold(enum sdc_status status)
{
    return status == SDC_E_CARD || status == SDC_E_DENIED || status == SDC_E_NOT_FOUND || status == SDC_E_REPLY;
}

/* A card that was here before is likely to be used at once: its counter waits until somebody asks. */
static enum sdc_status identify(struct p11_slot *slot, struct sdc_error *e)
{
    struct p11_token *t = &slot->token;
    enum sdc_status status = sdc_piv_select(t->link, e);
    if (status == SDC_OK)
        status = sdc_piv_get_guid(t->link, t->guid, e);
    t->tries = P11_TRIES_UNREAD;
    if (status != SDC_OK || p11_cache_knows(&slot->module->cache, t->guid))
        return status;
    status = read_counter(t->link, t, e);
    if (!counter_untold(status))
        return status;
    t->tries = P11_TRIES_UNKNOWN;
    return SDC_OK;
}

CK_RV p11_token_counter(struct p11_slot *slot)
{
    struct sdc_error e = { .status = SDC_OK };
    if (slot->token.tries != P11_TRIES_UNREAD)
        return CKR_OK;
    enum sdc_status status = p11_token_run(slot, P11_REPEAT, 0, read_counter, &slot->token, &e);
    if (!counter_untold(status))
        return p11_rv(&e, P11_ABOUT_SLOT);
    slot->token.tries = P11_TRIES_UNKNOWN;
    return CKR_OK;
}

void p11_token_open(struct p11_slot *slot, uint16_t events)
{
    struct p11_token *t = &slot->token;
    struct sdc_error e = { .status = SDC_OK };
    enum sdc_status status = connect_card(slot, &e);
    if (status == SDC_OK) {
        status = begin_transaction(t->link, &e);
        if (status == SDC_E_RESET) /* between connecting and now; there is no state yet to lose */
            status = begin_transaction(t->link, &e);
        if (status == SDC_OK) {
            status = identify(slot, &e);
            sdc_link_end(t->link);
        }
    }
    t->events = events;
    t->generation++;
    if (status == SDC_OK) {
        t->pad = sdc_link_pinpad(t->link);
        t->state = P11_READY;
    } else if (p11_is_gone(status) || status == SDC_E_BUSY || status == SDC_E_RESET || status == SDC_E_NO_MEMORY) {
        sdc_link_close(t->link);
        t->link = NULL;
        t->closed = p11_rv(&e, P11_ABOUT_SLOT);
    } else {
        t->state = P11_FOREIGN;
    }
}

CK_RV p11_token_there(const struct p11_slot *slot)
{
    const struct p11_token *t = &slot->token;
    if (t->state == P11_READY)
        return CKR_OK;
    return t->state == P11_FOREIGN ? CKR_TOKEN_NOT_RECOGNIZED : t->closed ? t->closed : CKR_TOKEN_NOT_PRESENT;
}

void p11_token_drop(struct p11_slot *slot)
{
    struct p11_token *t = &slot->token;
    p11_sessions_free(slot);
    p11_token_settle(slot);
    p11_stored_free_all(slot);
    for (size_t i = 0; i < P11_CONTENTS; i++)
        p11_content_free(&t->content[i]);
    sdc_link_close(t->link);
    CK_ULONG generation = t->generation;
    sdc_wipe(t, sizeof *t);
    t->generation = generation;
}

/* ---- work on the card ---- */
/* After a reset, when it may be another card by now. */
static enum sdc_status select_same(struct p11_token *t, struct sdc_error *e)
{
    uint8_t guid[SDC_GUID_LEN];
    enum sdc_status status = sdc_piv_select(t->link, e);
    if (status == SDC_OK)
        status = sdc_piv_get_guid(t->link, guid, e);
    if (status == SDC_OK && memcmp(guid, t->guid, sizeof guid) != 0)
        status = sdc_fail(e, SDC_E_REMOVED, "another card took the place of this one");
    if (status == SDC_E_NOT_FOUND)
        status = sdc_fail(e, SDC_E_REMOVED, "the card has no PIV application any more");
    t->proven = status == SDC_OK;
    return status;
}

/* Another program has selected something else meanwhile; the card is the same. */
static enum sdc_status select_again(struct p11_token *t, struct sdc_error *e)
{
    enum sdc_status status = sdc_piv_select(t->link, e);
    t->proven = status == SDC_OK;
    return status == SDC_E_NOT_FOUND ? sdc_fail(e, SDC_E_REMOVED, "the card has no PIV application any more") : status;
}

static enum sdc_status begin(struct p11_token *t, struct sdc_error *e)
{
    if (t->open)
        return SDC_OK;
    enum sdc_status status = begin_transaction(t->link, e);
    if (status == SDC_E_RESET) {
        if (t->user == P11_USER)
            t->user = P11_NOBODY;
        status = begin_transaction(t->link, e);
        if (status == SDC_OK) {
            status = select_same(t, e);
            if (status != SDC_OK)
                sdc_link_end(t->link);
        }
    }
    t->open = status == SDC_OK;
    return status;
}

/* An application without the command: nothing was done, no try was spent. */
static bool command_unknown(const struct sdc_error *e)
{
    return e->status == SDC_E_CARD && e->sw == 0x6D00;
}

/* SW that the PIV application doesn't give to a well-formed command, or gives for what isn't there. */
static bool other_application(const struct p11_token *t, const struct sdc_error *e)
{
    return !t->proven && (e->status == SDC_E_NOT_FOUND || e->status == SDC_E_CONDITIONS);
}

enum sdc_status p11_token_run(struct p11_slot *slot, enum p11_how how, CK_SESSION_HANDLE session, p11_action *action,
                              void *arg, struct sdc_error *e)
{
    struct p11_token *t = &slot->token;
    *e = (struct sdc_error) { .status = SDC_OK, .tries = -1 };
    if (t->state != P11_READY)
        return sdc_fail(e, SDC_E_REMOVED, "the card is gone");
    enum sdc_status status = begin(t, e);
    if (status == SDC_OK) {
        status = remember(action(t->link, arg, e), e);
        if (command_unknown(e) || (how == P11_REPEAT && other_application(t, e))) {
            status = select_again(t, e);
            if (status == SDC_OK)
                status = remember(action(t->link, arg, e), e);
        }
        t->proven = t->proven || status == SDC_OK;
        if (status == SDC_OK && how == P11_HOLD)
            t->held_by = session;
    }
    if (p11_is_gone(status))
        t->state = P11_LOST;
    return remember(status, e);
}

void p11_token_release(struct p11_slot *slot, CK_SESSION_HANDLE session)
{
    if (slot->token.held_by == session)
        slot->token.held_by = 0;
}

void p11_token_settle(struct p11_slot *slot)
{
    struct p11_token *t = &slot->token;
    if (!t->open || t->held_by)
        return;
    sdc_link_end(t->link);
    t->open = t->proven = false;
}

/* ---- login state ---- */
enum sdc_status p11_pin_state_end(struct sdc_link *link, struct sdc_error *e)
{
    enum sdc_status status = sdc_piv_logout(link, e);
    if (status == SDC_OK || p11_is_gone(status))
        return status;
    return sdc_link_reset(link, e);
}

static enum sdc_status logout_action(struct sdc_link *link, void *arg, struct sdc_error *e)
{
    (void)arg;
    return p11_pin_state_end(link, e);
}

CK_RV p11_token_logout(struct p11_slot *slot)
{
    struct p11_token *t = &slot->token;
    enum p11_user user = t->user;
    t->user = P11_NOBODY;
    sdc_wipe(t->puk, sizeof t->puk);
    if (user != P11_USER || t->state != P11_READY)
        return CKR_OK;
    struct sdc_error e;
    enum sdc_status status = p11_token_run(slot, P11_ONCE, 0, logout_action, NULL, &e);
    t->proven = false; /* after a reset nothing is selected */
    return status == SDC_OK ? CKR_OK : p11_rv(&e, P11_ABOUT_OPERATION);
}

void p11_token_pin_result(struct p11_token *t, const struct sdc_error *e)
{
    switch (e->status) {
    case SDC_OK:
        t->wrong = false;
        t->transport = false;
        t->tries = P11_TRIES_UNKNOWN; /* full, whatever full is on this card */
        break;
    case SDC_E_PIN_FORMAT:
        t->wrong = true;
        break;
    case SDC_E_PIN_WRONG:
        t->wrong = true;
        t->tries = e->tries;
        break;
    case SDC_E_PIN_BLOCKED:
        t->wrong = true;
        t->tries = 0;
        break;
    case SDC_E_CONDITIONS:
        t->transport = true;
        break;
    default:
        break;
    }
}
