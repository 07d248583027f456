/* SPDX-License-Identifier: BSD-2-Clause */
/* The transport over PC/SC: a shared connection; exclusive use by transactions; a reset by somebody else is told, never
 * hidden; the card is left as it is on closing, so that no other program on it sees a reset. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pcsc.h"

enum { READERS_MAX = 16, NAMES_CAP = 4096, BUSY_TRIES = 40, BUSY_WAIT_MS = 50 };

struct pcsc {
    SCARDCONTEXT context;
    SCARDHANDLE card;
    bool held; /* in a transaction */
    DWORD protocol;
    DWORD insertion; /* pcscd's count of insertions and removals in this reader, before the card was opened */
    struct sdc_link *link;
};

/* One decision: what a PC/SC error means while opening, and in the middle of the work. */
static const struct {
    LONG rv;
    enum sdc_status opening, working;
    const char *text;
} pcsc_errors[] = {
    /* clang-format off */
    { SCARD_E_NO_SERVICE,            SDC_E_NO_SERVICE, SDC_E_NO_SERVICE, "the smart card service (pcscd) isn't running" },
    { SCARD_E_SERVICE_STOPPED,       SDC_E_NO_SERVICE, SDC_E_NO_SERVICE, "the smart card service (pcscd) has stopped" },
    { SCARD_E_NO_READERS_AVAILABLE,  SDC_E_NO_READER,  SDC_E_REMOVED,    "no card reader is connected" },
    { SCARD_E_UNKNOWN_READER,        SDC_E_NO_READER,  SDC_E_REMOVED,    "the reader is gone" },
    { SCARD_E_READER_UNAVAILABLE,    SDC_E_NO_READER,  SDC_E_REMOVED,    "the reader is gone" },
    { SCARD_E_NO_SMARTCARD,          SDC_E_NO_CARD,    SDC_E_REMOVED,    "no card in the reader" },
    { SCARD_W_REMOVED_CARD,          SDC_E_NO_CARD,    SDC_E_REMOVED,    "the card was taken out" },
    { SCARD_W_UNRESPONSIVE_CARD,     SDC_E_NO_CARD,    SDC_E_NO_CARD,    "the card doesn't answer: is it upside down?" },
    { SCARD_W_UNPOWERED_CARD,        SDC_E_NO_CARD,    SDC_E_NO_CARD,    "the card has no power" },
    { SCARD_W_UNSUPPORTED_CARD,      SDC_E_NO_CARD,    SDC_E_NO_CARD,    "the reader can't talk to this card" },
    { SCARD_E_PROTO_MISMATCH,        SDC_E_NO_CARD,    SDC_E_NO_CARD,    "the reader can't talk to this card" },
    { SCARD_E_NOT_TRANSACTED,        SDC_E_NO_CARD,    SDC_E_REMOVED,    "the card left or stopped answering" },
    { SCARD_F_COMM_ERROR,            SDC_E_NO_CARD,    SDC_E_REMOVED,    "the reader lost the card" },
    { SCARD_W_RESET_CARD,            SDC_E_RESET,      SDC_E_RESET,      "another program reset the card" },
    { SCARD_E_SHARING_VIOLATION,     SDC_E_BUSY,       SDC_E_BUSY,       "another program holds the card" },
    { SCARD_E_INSUFFICIENT_BUFFER,   SDC_E_REPLY,      SDC_E_REPLY,      "the card's reply is too long" },
    { SCARD_E_NO_MEMORY,             SDC_E_NO_MEMORY,  SDC_E_NO_MEMORY,  "out of memory" },
    { SCARD_W_SECURITY_VIOLATION,    SDC_E_NO_SERVICE, SDC_E_NO_SERVICE, "the smart card service refuses this user" },
    { SCARD_E_CANCELLED,             SDC_E_CANCELLED,  SDC_E_CANCELLED,  "cancelled" },
    /* clang-format on */
};

static enum sdc_status pcsc_fail(struct sdc_error *e, LONG rv, bool working, const char *reader)
{
    const char *where = *reader ? ": " : "";
    for (size_t i = 0; i < sizeof pcsc_errors / sizeof pcsc_errors[0]; i++) {
        if (pcsc_errors[i].rv == rv)
            return sdc_fail(e, working ? pcsc_errors[i].working : pcsc_errors[i].opening, "%s%s%s", reader, where,
                            pcsc_errors[i].text);
    }
    return sdc_fail(e, working ? SDC_E_REMOVED : SDC_E_NO_CARD, "%s%sPC/SC error %08lX", reader, where,
                    (unsigned long)rv & 0xFFFFFFFFUL);
}

/* ---- vtable ---- */

/* The reader's state: its high 16 bits count the card's comings and goings. One question, no card traffic. */
static LONG look(const struct pcsc *p, SCARD_READERSTATE *state)
{
    *state = (SCARD_READERSTATE) { .szReader = p->link->reader };
    return sdc_pcsc_states(p->context, state, 1);
}

/* To pcscd a card that was exchanged may look like one that was reset. Here it never is the same card again. */
static LONG look_at_same(const struct pcsc *p, SCARD_READERSTATE *state)
{
    LONG rv = look(p, state);
    return rv == SCARD_S_SUCCESS && state->dwEventState >> 16 != p->insertion ? SCARD_W_REMOVED_CARD : rv;
}

static enum sdc_status reconnect(struct pcsc *p, DWORD initialization, SCARD_READERSTATE *state, struct sdc_error *e)
{
    LONG rv = look_at_same(p, state);
    if (rv == SCARD_S_SUCCESS)
        rv = SCardReconnect(p->card, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, initialization,
                            &p->protocol);
    if (rv == SCARD_S_SUCCESS)
        rv = look_at_same(p, state);
    return rv == SCARD_S_SUCCESS ? SDC_OK : pcsc_fail(e, rv, true, p->link->reader);
}

/* After a reset by somebody else: the link becomes usable again, but the caller must know. */
static enum sdc_status after_failure(struct pcsc *p, LONG rv, struct sdc_error *e)
{
    if (rv == SCARD_W_RESET_CARD) {
        SCARD_READERSTATE state;
        enum sdc_status status = reconnect(p, SCARD_LEAVE_CARD, &state, e);
        if (status != SDC_OK)
            return status;
    }
    return pcsc_fail(e, rv, true, p->link->reader);
}

static enum sdc_status pcsc_transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                     size_t *resp_len, struct sdc_error *e)
{
    struct pcsc *p = ctx;
    DWORD len = cap;
    const SCARD_IO_REQUEST *pci = p->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    LONG rv = SCardTransmit(p->card, pci, cmd, cmd_len, NULL, resp, &len);
    if (rv == SCARD_S_SUCCESS && len == 0)
        rv = SCARD_E_NOT_TRANSACTED; /* what a driver may give of a card that left in this moment */
    if (rv != SCARD_S_SUCCESS)
        return after_failure(p, rv, e);
    *resp_len = len;
    return SDC_OK;
}

static enum sdc_status pcsc_begin(void *ctx, struct sdc_error *e)
{
    struct pcsc *p = ctx;
    LONG rv = SCardBeginTransaction(p->card);
    p->held = rv == SCARD_S_SUCCESS;
    return p->held ? SDC_OK : after_failure(p, rv, e);
}

static void pcsc_end(void *ctx)
{
    struct pcsc *p = ctx;
    SCardEndTransaction(p->card, SCARD_LEAVE_CARD);
    p->held = false;
}

static enum sdc_status pcsc_reset(void *ctx, struct sdc_error *e)
{
    struct pcsc *p = ctx;
    SCARD_READERSTATE state;
    enum sdc_status status = reconnect(p, SCARD_UNPOWER_CARD, &state, e);
    if (status == SDC_OK)
        sdc_link_set_atr(p->link, state.rgbAtr, state.cbAtr);
    return status;
}

/* A context that is released within a transaction would reset the card. */
static void pcsc_close(void *ctx)
{
    struct pcsc *p = ctx;
    if (p->held)
        pcsc_end(p);
    if (p->context)
        SCardReleaseContext(p->context);
    free(p);
}

static enum sdc_status pcsc_control(void *ctx, uint32_t code, const uint8_t *in, size_t in_len, uint8_t *out,
                                    size_t cap, size_t *out_len, struct sdc_error *e)
{
    struct pcsc *p = ctx;
    DWORD len = 0;
    LONG rv = SCardControl(p->card, code, in, in_len, out, cap, &len);
    if (rv != SCARD_S_SUCCESS)
        return after_failure(p, rv, e);
    *out_len = len;
    return SDC_OK;
}

static const struct sdc_link_ops pcsc_ops = {
    .transmit = pcsc_transmit,
    .begin = pcsc_begin,
    .end = pcsc_end,
    .reset = pcsc_reset,
    .close = pcsc_close,
    .control = pcsc_control,
};

/* ---- readers ---- */

/* Presence of cards, by one question without waiting and without traffic to any card. */
static void look_for_cards(SCARDCONTEXT context, struct sdc_reader *readers, size_t count)
{
    SCARD_READERSTATE states[READERS_MAX] = { 0 };
    for (size_t i = 0; i < count; i++)
        states[i].szReader = readers[i].name;
    LONG rv = sdc_pcsc_states(context, states, count);
    for (size_t i = 0; i < count; i++)
        readers[i].card = rv == SCARD_S_SUCCESS && (states[i].dwEventState & SCARD_STATE_PRESENT);
}

static enum sdc_status list_readers(SCARDCONTEXT context, struct sdc_reader *readers, size_t cap, size_t *count,
                                    struct sdc_error *e)
{
    char names[NAMES_CAP];
    DWORD len = sizeof names;
    *count = 0;
    LONG rv = sdc_pcsc_readers(context, names, &len);
    if (rv != SCARD_S_SUCCESS)
        return pcsc_fail(e, rv, false, "");
    size_t filled = 0;
    for (const char *name = names; len > 0 && *name; name += strlen(name) + 1) {
        if (*count < cap && *count < READERS_MAX) {
            readers[*count] = (struct sdc_reader) { .card = false };
            snprintf(readers[*count].name, sizeof readers[*count].name, "%.127s", name); /* PC/SC's own limit */
            filled++;
        }
        ++*count;
    }
    look_for_cards(context, readers, filled);
    return SDC_OK;
}

enum sdc_status sdc_reader_list(struct sdc_reader *readers, size_t cap, size_t *count, struct sdc_error *e)
{
    SCARDCONTEXT context;
    *count = 0;
    LONG rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
    if (rv != SCARD_S_SUCCESS)
        return pcsc_fail(e, rv, false, "");
    enum sdc_status status = list_readers(context, readers, cap, count, e);
    SCardReleaseContext(context);
    return status;
}

/* ---- opening ---- */
static enum sdc_status choose(struct pcsc *p, const char *which, struct sdc_error *e)
{
    struct sdc_reader readers[READERS_MAX];
    size_t count, chosen = 0;
    enum sdc_status status = list_readers(p->context, readers, READERS_MAX, &count, e);
    if (status == SDC_OK)
        status = sdc_reader_choose(which, readers, count < READERS_MAX ? count : READERS_MAX, &chosen, e);
    if (status == SDC_OK)
        snprintf(p->link->reader, sizeof p->link->reader, "%s", readers[chosen].name);
    return status;
}

static enum sdc_status connect_card(struct pcsc *p, const char *which, struct sdc_error *e)
{
    SCARD_READERSTATE state;
    LONG rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &p->context);
    if (rv != SCARD_S_SUCCESS) {
        p->context = 0;
        return pcsc_fail(e, rv, false, "");
    }
    enum sdc_status status = choose(p, which, e);
    if (status != SDC_OK)
        return status;
    rv = look(p, &state);
    p->insertion = state.dwEventState >> 16;
    if (rv == SCARD_S_SUCCESS)
        rv = SCardConnect(p->context, p->link->reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
                          &p->card, &p->protocol);
    if (rv == SCARD_S_SUCCESS)
        rv = look_at_same(p, &state);
    if (rv != SCARD_S_SUCCESS)
        return pcsc_fail(e, rv, false, p->link->reader);
    sdc_link_set_atr(p->link, state.rgbAtr, state.cbAtr);
    return SDC_OK;
}

static enum sdc_status open_once(const char *which, struct sdc_link **link, struct sdc_error *e)
{
    struct pcsc *p = calloc(1, sizeof *p);
    if (!p)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    p->link = sdc_link_new(&pcsc_ops, p);
    if (!p->link) {
        free(p);
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    }
    sdc_pcsc_opening();
    enum sdc_status status = connect_card(p, which, e);
    sdc_pcsc_opened();
    if (status != SDC_OK) {
        sdc_link_close(p->link);
        return status;
    }
    *link = p->link;
    return SDC_OK;
}

/* Somebody may hold the card alone for a moment (a driver that probes it): that is waited for, two seconds at most. */
enum sdc_status sdc_link_open_pcsc(const char *which, struct sdc_link **link, struct sdc_error *e)
{
    const struct timespec wait = { .tv_sec = 0, .tv_nsec = BUSY_WAIT_MS * 1000000L };
    *link = NULL;
    enum sdc_status status = open_once(which, link, e);
    for (int i = 1; status == SDC_E_BUSY && i < BUSY_TRIES; i++) {
        nanosleep(&wait, NULL);
        status = open_once(which, link, e);
    }
    return status;
}
