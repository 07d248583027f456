/* SPDX-License-Identifier: BSD-2-Clause */
/* Waits until the sandbox's readers and cards are in a state, without polling: pcscd tells.
 *   pcsc-wait all CARDS TIMEOUT_MS          all readers are there and readers 0 .. CARDS-1 hold a card that answers
 *   pcsc-wait N present|empty TIMEOUT_MS    reader N holds a card that answers, or none
 *   pcsc-wait N events TIMEOUT_MS           prints how often pcscd has seen a card come or go in reader N
 *   pcsc-wait N past EVENTS TIMEOUT_MS      that number is another than EVENTS
 * Exit: 0 reached, 1 not in time (says what is missing), 64 usage. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <winscard.h>

enum { TIMEOUT_MAX = 600000, READERS_MAX = 16, NAME_CAP = 64, USAGE = 64, SLOTS_PER_READER = 2 };

enum what { PRESENT, EMPTY, PAST, EVENTS };
#define EVENT_SHIFT 16 /* the high half of dwEventState counts insertions and removals */

struct wanted {
    enum what what;
    unsigned first, count; /* readers */
    unsigned long events;  /* with PAST */
};

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool read_number(const char *text, unsigned long max, unsigned long *value)
{
    char *end = NULL;
    *value = strtoul(text, &end, 10);
    return end != text && *end == '\0' && *text != '-' && *value <= max;
}

static bool reached(const SCARD_READERSTATE *state, const struct wanted *wanted)
{
    if (wanted->what == PAST)
        return state->dwEventState >> EVENT_SHIFT != wanted->events;
    bool answers = (state->dwEventState & SCARD_STATE_PRESENT) && !(state->dwEventState & SCARD_STATE_MUTE);
    return wanted->what == PRESENT ? answers : (state->dwEventState & SCARD_STATE_EMPTY) != 0;
}

/* An unknown reader makes pcscd answer at once, so first wait for readers to appear. */
static bool wait_readers(SCARDCONTEXT context, const char *last, long until)
{
    for (;;) {
        char names[READERS_MAX * NAME_CAP * 2];
        DWORD len = sizeof(names);
        if (SCardListReaders(context, NULL, names, &len) == SCARD_S_SUCCESS)
            for (const char *name = names; *name; name += strlen(name) + 1)
                if (strcmp(name, last) == 0)
                    return true;
        long left = until - now_ms();
        SCARD_READERSTATE any = { .szReader = "\\\\?PnP?\\Notification" };
        if (left <= 0 || SCardGetStatusChange(context, (DWORD)left, &any, 1) != SCARD_S_SUCCESS)
            return false;
    }
}

static bool wait_states(SCARDCONTEXT context, SCARD_READERSTATE *states, const struct wanted *wanted, long until)
{
    for (;;) {
        unsigned missing = 0;
        for (unsigned i = 0; i < wanted->count; i++) {
            states[i].dwCurrentState = states[i].dwEventState;
            missing += reached(&states[i], wanted) ? 0 : 1;
        }
        if (missing == 0 || (wanted->what == EVENTS && states[0].dwEventState != SCARD_STATE_UNAWARE))
            return true;
        long left = until - now_ms();
        if (left <= 0 || SCardGetStatusChange(context, (DWORD)left, states, wanted->count) != SCARD_S_SUCCESS)
            return false;
    }
}

static int wait_for(const struct wanted *wanted, long timeout_ms)
{
    static char names[READERS_MAX][NAME_CAP];
    SCARD_READERSTATE states[READERS_MAX] = { 0 };
    SCARDCONTEXT context;
    const char *name = getenv("SDC_SANDBOX_READER");
    long until = now_ms() + timeout_ms;
    if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) != SCARD_S_SUCCESS) {
        fputs("pcscd doesn't answer\n", stderr);
        return EXIT_FAILURE;
    }
    for (unsigned i = 0; i < wanted->count; i++) {
        unsigned index = wanted->first + i;
        snprintf(names[i], NAME_CAP, "%s %c 00 %02X", name ? name : "Docket Reader",
                 (int)('A' + index / SLOTS_PER_READER), index % SLOTS_PER_READER);
        states[i].szReader = names[i];
    }
    bool ok = wanted->count == 0 ||
              (wait_readers(context, names[wanted->count - 1], until) && wait_states(context, states, wanted, until));
    static const char *const missing[] = { "no card that answers", "the card is still there", "no card came or went",
                                           "" };
    for (unsigned i = 0; i < wanted->count && !ok; i++)
        if (!reached(&states[i], wanted))
            fprintf(stderr, "%s: %s%s\n", names[i], missing[wanted->what],
                    states[i].dwEventState & SCARD_STATE_MUTE ? " (mute)" : "");
    if (ok && wanted->what == EVENTS)
        printf("%lu\n", (unsigned long)(states[0].dwEventState >> EVENT_SHIFT));
    SCardReleaseContext(context);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The verbs behind a reader's number: how many arguments each has. */
static bool read_verb(int argc, char **argv, struct wanted *wanted, unsigned long *timeout_ms)
{
    static const struct {
        const char *name;
        int argc;
    } verbs[] = {
        [PRESENT] = { "present", 4 }, [EMPTY] = { "empty", 4 }, [PAST] = { "past", 5 }, [EVENTS] = { "events", 4 }
    };
    unsigned long number;
    for (enum what what = PRESENT; what <= EVENTS; what++) {
        if (argc != verbs[what].argc || strcmp(argv[2], verbs[what].name) != 0)
            continue;
        wanted->what = what;
        wanted->count = 1;
        if (!read_number(argv[1], READERS_MAX - 1, &number))
            return false;
        wanted->first = (unsigned)number;
        return (what != PAST || read_number(argv[3], UINT16_MAX, &wanted->events)) &&
               read_number(argv[argc - 1], TIMEOUT_MAX, timeout_ms);
    }
    return false;
}

int main(int argc, char **argv)
{
    struct wanted wanted = { .what = PRESENT };
    unsigned long number = 0, timeout_ms = 0;
    bool ok;
    if (argc == 4 && strcmp(argv[1], "all") == 0) {
        ok = read_number(argv[2], READERS_MAX, &number) && read_number(argv[3], TIMEOUT_MAX, &timeout_ms);
        wanted.count = (unsigned)number;
    } else {
        ok = read_verb(argc, argv, &wanted, &timeout_ms);
    }
    if (!ok) {
        fputs("usage: pcsc-wait all CARDS TIMEOUT_MS | N present|empty|events TIMEOUT_MS | N past EVENTS TIMEOUT_MS\n",
              stderr);
        return USAGE;
    }
    return wait_for(&wanted, (long)timeout_ms);
}
