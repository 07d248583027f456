/* SPDX-License-Identifier: BSD-2-Clause */
#include "login.h"

#include <string.h>
#include <sys/mman.h>

#include "store.h"

#define REF_PIN 0x80
#define REF_PUK 0x81

/* PINs by reference: the caller's memory, used inside one call. 'first' NULL: they are entered at the reader. */
struct pins {
    uint8_t ref;
    const char *first, *second;
    size_t first_len, second_len;
    bool leave; /* nobody is logged in: the card isn't left in the state that a changed PIN gives (3.2.2) */
};

static enum sdc_status verify_action(struct sdc_link *link, void *arg, struct sdc_error *e)
{
    const struct pins *p = arg;
    return p->first ? sdc_piv_verify(link, p->first, p->first_len, e) : sdc_piv_verify_at_pad(link, e);
}

static enum sdc_status change_action(struct sdc_link *link, void *arg, struct sdc_error *e)
{
    const struct pins *p = arg;
    enum sdc_status status = p->first
                                 ? sdc_piv_change(link, p->ref, p->first, p->first_len, p->second, p->second_len, e)
                                 : sdc_piv_change_at_pad(link, p->ref, e);
    if (status == SDC_OK && p->leave)
        (void)p11_pin_state_end(link, NULL); /* the change stands whatever the card says to this */
    return status;
}

static enum sdc_status unblock_action(struct sdc_link *link, void *arg, struct sdc_error *e)
{
    const struct pins *p = arg;
    return sdc_piv_unblock(link, p->first, p->first_len, p->second, p->second_len, e);
}

static bool digits(const CK_UTF8CHAR *pin, CK_ULONG len)
{
    for (CK_ULONG i = 0; i < len; i++)
        if (pin[i] < '0' || pin[i] > '9')
            return false;
    return true;
}

static CK_RV check_new(const CK_UTF8CHAR *pin, CK_ULONG len, CK_ULONG min, CK_ULONG max)
{
    if (len < min || len > max)
        return CKR_PIN_LEN_RANGE;
    return digits(pin, len) ? CKR_OK : CKR_PIN_INVALID;
}

static bool any_read_only(const struct p11_slot *slot)
{
    CK_ULONG all = 0, read_write = 0;
    p11_sessions_count(slot, &all, &read_write);
    return all > read_write;
}

/* ---- login ---- */
static CK_RV login_user(struct p11_session *s, const CK_UTF8CHAR *pin, CK_ULONG len)
{
    struct p11_token *t = &s->slot->token;
    if (t->user != P11_NOBODY)
        return t->user == P11_USER ? CKR_USER_ALREADY_LOGGED_IN : CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
    struct pins pins = { .first = (const char *)pin, .first_len = len };
    struct sdc_error e;
    if (p11_token_run(s->slot, P11_ONCE, 0, verify_action, &pins, &e) == SDC_OK)
        t->user = P11_USER;
    p11_token_pin_result(t, &e);
    return p11_rv(&e, P11_ABOUT_PIN);
}

/* The transaction stays open: another program's APDU could spend this verification. */
static CK_RV login_context(struct p11_session *s, const CK_UTF8CHAR *pin, CK_ULONG len)
{
    const struct p11_object *key = s->operation[P11_SIGN].key;
    if (!key || key->key != 0x9C)
        return CKR_OPERATION_NOT_INITIALIZED;
    struct pins pins = { .first = (const char *)pin, .first_len = len };
    struct sdc_error e;
    if (p11_token_run(s->slot, P11_HOLD, s->handle, verify_action, &pins, &e) == SDC_OK)
        s->slot->token.user =
            P11_USER; /* so it was, but for a reset since: the card is open again, and must be closed */
    p11_token_pin_result(&s->slot->token, &e);
    return p11_rv(&e, P11_ABOUT_PIN);
}

static CK_RV login_so(struct p11_session *s, const CK_UTF8CHAR *puk, CK_ULONG len)
{
    struct p11_token *t = &s->slot->token;
    if (t->user != P11_NOBODY)
        return t->user == P11_SO ? CKR_USER_ALREADY_LOGGED_IN : CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
    if (any_read_only(s->slot))
        return CKR_SESSION_READ_ONLY_EXISTS;
    if (len != P11_PUK_LEN)
        return CKR_PIN_INCORRECT;
    (void)mlock(t->puk, sizeof t->puk); /* no promise: the limit for locked memory may be zero */
    memcpy(t->puk, puk, sizeof t->puk);
    t->user = P11_SO;
    return CKR_OK;
}

CK_RV p11_login(struct p11_session *s, CK_USER_TYPE user, const CK_UTF8CHAR *pin, CK_ULONG len)
{
    if (!pin && (len > 0 || !s->slot->token.pad || user == CKU_SO))
        return CKR_ARGUMENTS_BAD; /* a PUK is kept here until it is used: no PIN pad can do that */
    if (user != CKU_SO && user != CKU_USER && user != CKU_CONTEXT_SPECIFIC)
        return CKR_USER_TYPE_INVALID;
    if (user == CKU_USER)
        return login_user(s, pin, len);
    return user == CKU_SO ? login_so(s, pin, len) : login_context(s, pin, len);
}

CK_RV p11_logout(struct p11_session *s)
{
    struct p11_slot *slot = s->slot;
    if (slot->token.user == P11_NOBODY)
        return CKR_USER_NOT_LOGGED_IN;
    for (struct p11_session *each = slot->sessions; each; each = each->next) {
        for (enum p11_kind kind = 0; kind < P11_KINDS; kind++) {
            const struct p11_object *key = each->operation[kind].key;
            if (key && key->private)
                p11_operation_end(each, kind, CKR_OK);
        }
    }
    p11_stored_free_private(slot);
    return p11_token_logout(slot);
}

/* ---- changing ---- */
CK_RV p11_init_pin(struct p11_session *s, const CK_UTF8CHAR *pin, CK_ULONG len)
{
    struct p11_token *t = &s->slot->token;
    if (!pin)
        return CKR_ARGUMENTS_BAD;
    if (t->user != P11_SO)
        return CKR_USER_NOT_LOGGED_IN;
    CK_RV rv = check_new(pin, len, SDC_PIV_PIN_MIN, SDC_PIV_PIN_MAX);
    if (rv != CKR_OK)
        return rv;
    struct pins pins = { 0, t->puk, (const char *)pin, sizeof t->puk, len, false };
    struct sdc_error e;
    if (p11_token_run(s->slot, P11_ONCE, 0, unblock_action, &pins, &e) == SDC_OK)
        p11_token_pin_result(t, &e);
    return p11_rv(&e, P11_ABOUT_PIN);
}

static CK_RV set_puk(struct p11_session *s, const CK_UTF8CHAR *old_puk, CK_ULONG old_len, const CK_UTF8CHAR *new_puk,
                     CK_ULONG new_len)
{
    CK_RV rv = check_new(new_puk, new_len, P11_PUK_LEN, P11_PUK_LEN);
    if (rv != CKR_OK)
        return rv;
    struct pins pins = { REF_PUK, (const char *)old_puk, (const char *)new_puk, old_len, new_len, false };
    struct sdc_error e;
    if (p11_token_run(s->slot, P11_ONCE, 0, change_action, &pins, &e) == SDC_OK)
        memcpy(s->slot->token.puk, new_puk, P11_PUK_LEN);
    return p11_rv(&e, P11_ABOUT_PIN);
}

static CK_RV set_user_pin(struct p11_session *s, const struct pins *pins)
{
    struct sdc_error e;
    struct pins copy = *pins;
    p11_token_run(s->slot, P11_ONCE, 0, change_action, &copy, &e);
    p11_token_pin_result(&s->slot->token, &e);
    return p11_rv(&e, P11_ABOUT_PIN);
}

/* Both at the reader, or both from the program. */
static bool pins_given(const struct p11_session *s, const CK_UTF8CHAR *old_pin, CK_ULONG old_len,
                       const CK_UTF8CHAR *new_pin, CK_ULONG new_len)
{
    if (old_pin && new_pin)
        return true;
    bool pad = s->slot->token.pad && s->slot->token.link->pad_modify != 0 && s->slot->token.user != P11_SO;
    return pad && !old_pin && !new_pin && old_len == 0 && new_len == 0;
}

CK_RV p11_set_pin(struct p11_session *s, const CK_UTF8CHAR *old_pin, CK_ULONG old_len, const CK_UTF8CHAR *new_pin,
                  CK_ULONG new_len)
{
    const struct p11_token *t = &s->slot->token;
    if (!pins_given(s, old_pin, old_len, new_pin, new_len))
        return CKR_ARGUMENTS_BAD;
    if (!(s->flags & CKF_RW_SESSION))
        return CKR_SESSION_READ_ONLY;
    if (t->user == P11_SO)
        return set_puk(s, old_pin, old_len, new_pin, new_len);
    struct pins pins = {
        REF_PIN, (const char *)old_pin, (const char *)new_pin, old_len, new_len, t->user == P11_NOBODY
    };
    CK_RV rv = new_pin ? check_new(new_pin, new_len, SDC_PIV_PIN_MIN, SDC_PIV_PIN_MAX) : CKR_OK;
    return rv == CKR_OK ? set_user_pin(s, &pins) : rv;
}
