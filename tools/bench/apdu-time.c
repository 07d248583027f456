/* SPDX-License-Identifier: BSD-2-Clause */
/* How long an APDU takes through pcscd: a card against the trivial echo card, in turns, so that what disturbs the one
 * disturbs the other.
 *   apdu-time CARD-READER ECHO-READER ROUNDS
 * Prints a line for each command: name, median microseconds of the card, of the echo card. The card needs PIV and, for
 * the signature, a key 9E. Exit: 0 done, 1 a card doesn't answer as it should, 64 usage. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <winscard.h>

enum { USAGE = 64, ROUNDS_MAX = 100000, APDU_CAP = 64, ANSWER_CAP = 300, WARM_UP = 20 };

struct apdu {
    const char *name;
    uint8_t bytes[APDU_CAP];
    DWORD len;
    uint8_t sw1; /* of the card's answer; the echo card's is always 90 */
};

static const struct apdu apdus[] = {
    { "SELECT", { 0x00, 0xA4, 0x04, 0x00, 0x05, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x00 }, 11, 0x90 },
    { "GET-DATA", { 0x00, 0xCB, 0x3F, 0xFF, 0x03, 0x5C, 0x01, 0x7E, 0x00 }, 9, 0x90 },
    { "VERIFY-empty", { 0x00, 0x20, 0x00, 0x80 }, 4, 0x63 },
    { "sign-9E", { 0x00, 0x87, 0x11, 0x9E, 0x26, 0x7C, 0x24, 0x82, 0x00, 0x81, 0x20, 0x5A }, 44, 0x90 },
};

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Microseconds of one exchange; below zero where the answer isn't what it should be. */
static double exchange(SCARDHANDLE card, const struct apdu *apdu, uint8_t sw1)
{
    uint8_t answer[ANSWER_CAP];
    DWORD len = sizeof(answer);
    double start = now_us();
    LONG rv = SCardTransmit(card, SCARD_PCI_T1, apdu->bytes, apdu->len, NULL, answer, &len);
    double took = now_us() - start;
    return rv == SCARD_S_SUCCESS && len >= 2 && answer[len - 2] == sw1 ? took : -1;
}

static bool measure(SCARDHANDLE card, SCARDHANDLE echo, const struct apdu *apdu, size_t rounds, double *times)
{
    double *echo_times = times + rounds;
    for (size_t i = 0; i < WARM_UP + rounds; i++) {
        double card_us = exchange(card, apdu, apdu->sw1), echo_us = exchange(echo, apdu, 0x90);
        if (card_us < 0 || echo_us < 0) {
            fprintf(stderr, "apdu-time: %s: the %s doesn't answer as it should\n", apdu->name,
                    card_us < 0 ? "card" : "echo card");
            return false;
        }
        if (i >= WARM_UP) {
            times[i - WARM_UP] = card_us;
            echo_times[i - WARM_UP] = echo_us;
        }
    }
    qsort(times, rounds, sizeof(*times), compare);
    qsort(echo_times, rounds, sizeof(*echo_times), compare);
    printf("%s %.0f %.0f\n", apdu->name, times[rounds / 2], echo_times[rounds / 2]);
    return true;
}

static bool connect_card(SCARDCONTEXT context, const char *reader, SCARDHANDLE *card)
{
    DWORD protocol;
    LONG rv = SCardConnect(context, reader, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T1, card, &protocol);
    if (rv != SCARD_S_SUCCESS)
        fprintf(stderr, "apdu-time: %s: %s\n", reader, pcsc_stringify_error(rv));
    return rv == SCARD_S_SUCCESS;
}

int main(int argc, char **argv)
{
    unsigned long rounds = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    if (rounds == 0 || rounds > ROUNDS_MAX) {
        fputs("usage: apdu-time CARD-READER ECHO-READER ROUNDS\n", stderr);
        return USAGE;
    }
    double *times = calloc(2 * rounds, sizeof(*times));
    SCARDCONTEXT context;
    SCARDHANDLE card, echo;
    bool ok = times && SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) == SCARD_S_SUCCESS &&
              connect_card(context, argv[1], &card) && connect_card(context, argv[2], &echo);
    for (size_t i = 0; ok && i < sizeof(apdus) / sizeof(apdus[0]); i++)
        ok = measure(card, echo, &apdus[i], rounds, times);
    free(times);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE; /* the end of the process releases cards and context */
}
