/* SPDX-License-Identifier: BSD-2-Clause */
/* card-transcript READER FILE: runs one APDU transcript (tests/lib/transcript.h) on the card in a PC/SC reader, named
 * by its index. Prints the number of exchanges. Exit 0 where the card followed it, 1 where not, 69 without a card. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <winscard.h>

#include "transcript.h"

struct card {
    SCARDHANDLE handle;
    DWORD protocol;
};

static bool reset(void *ctx)
{
    struct card *card = ctx;
    return SCardReconnect(card->handle, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, SCARD_RESET_CARD,
                          &card->protocol) == SCARD_S_SUCCESS;
}

static bool transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t *resp_len)
{
    const struct card *card = ctx;
    DWORD len = *resp_len < MAX_BUFFER_SIZE_EXTENDED ? *resp_len : MAX_BUFFER_SIZE_EXTENDED;
    LONG rv = SCardTransmit(card->handle, card->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1, cmd,
                            cmd_len, NULL, resp, &len);
    *resp_len = len;
    return rv == SCARD_S_SUCCESS;
}

/* The name of the reader with this index, in the list that the context gives. */
static const char *reader_name(SCARDCONTEXT context, unsigned long index, char *list, DWORD cap)
{
    if (SCardListReaders(context, NULL, list, &cap) != SCARD_S_SUCCESS)
        return NULL;
    const char *name = list;
    while (*name != '\0' && index-- > 0)
        name += strlen(name) + 1;
    return *name != '\0' ? name : NULL;
}

static int run(SCARDCONTEXT context, unsigned long index, const char *path)
{
    static char list[4096];
    char why[256] = "";
    unsigned exchanges = 0;
    struct card card = { 0 };
    const struct transcript_card over_pcsc = { &card, reset, transmit };
    const char *name = reader_name(context, index, list, sizeof list);
    if (name == NULL || SCardConnect(context, name, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
                                     &card.handle, &card.protocol) != SCARD_S_SUCCESS) {
        fprintf(stderr, "card-transcript: no card in reader %lu\n", index);
        return EX_UNAVAILABLE;
    }
    bool good = reset(&card) && transcript_run(path, &over_pcsc, &exchanges, why, sizeof why);
    (void)SCardDisconnect(card.handle, SCARD_RESET_CARD);
    if (good)
        printf("%u exchanges\n", exchanges);
    else
        fprintf(stderr, "card-transcript: %s: %s\n", path, why);
    return good ? EX_OK : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    SCARDCONTEXT context;
    if (argc != 3) {
        fprintf(stderr, "usage: card-transcript READER FILE\n");
        return EX_USAGE;
    }
    if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) != SCARD_S_SUCCESS) {
        fprintf(stderr, "card-transcript: no pcscd\n");
        return EX_UNAVAILABLE;
    }
    int status = run(context, strtoul(argv[1], NULL, 10), argv[2]);
    SCardReleaseContext(context);
    return status;
}
