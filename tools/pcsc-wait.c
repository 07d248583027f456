/* SPDX-License-Identifier: BSD-2-Clause */
/* Waits until the sandbox's readers and cards are in a state, without polling: pcscd tells.
 *   pcsc-wait all CARDS TIMEOUT_MS          all readers are there and readers 0 .. CARDS-1 hold a card that answers
 *   pcsc-wait N present|empty TIMEOUT_MS    reader N holds a card that answers, or none
 * Exit: 0 reached, 1 not in time (says what is missing), 64 usage. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <winscard.h>

enum { READERS_MAX = 16, NAME_CAP = 64, USAGE = 64, SLOTS_PER_READER = 2 };

struct wanted {
    unsigned first, count; /* readers */
    bool present;
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

static bool reached(const SCARD_READERSTATE *state, bool present)
{
    bool answers = (state->dwEventState & SCARD_STATE_PRESENT) && !(state->dwEventState & SCARD_STATE_MUTE);
    return present ? answers : (state->dwEventState & SCARD_STATE_EMPTY) != 0;
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
            missing += reached(&states[i], wanted->present) ? 0 : 1;
        }
        if (missing == 0)
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
    for (unsigned i = 0; i < wanted->count && !ok; i++)
        if (!reached(&states[i], wanted->present))
            fprintf(stderr, "%s: %s%s\n", names[i],
                    wanted->present ? "no card that answers" : "the card is still there",
                    states[i].dwEventState & SCARD_STATE_MUTE ? " (mute)" : "");
    SCardReleaseContext(context);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct wanted wanted = { .present = true };
    unsigned long number = 0, timeout_ms = 0;
    bool all = argc == 4 && strcmp(argv[1], "all") == 0;
    bool ok = argc == 4 && read_number(argv[3], 600000, &timeout_ms);
    if (all) {
        ok = ok && read_number(argv[2], READERS_MAX, &number);
        wanted.count = (unsigned)number;
    } else if (ok) {
        wanted.present = strcmp(argv[2], "present") == 0;
        ok = read_number(argv[1], READERS_MAX - 1, &number) && (wanted.present || strcmp(argv[2], "empty") == 0);
        wanted.first = (unsigned)number;
        wanted.count = 1;
    }
    if (!ok) {
        fputs("usage: pcsc-wait all CARDS TIMEOUT_MS | pcsc-wait N present|empty TIMEOUT_MS\n", stderr);
        return USAGE;
    }
    return wait_for(&wanted, (long)timeout_ms);
}
