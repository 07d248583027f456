/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "link_time.h"

#define WAIT_S_DEFAULT 10
#define WAIT_S_MAX     3600

static const char help[] =
    "NAME\n"
    "    sdc-vcard - virtual Secure Docket Cards\n"
    "\n"
    "SYNOPSIS\n"
    "    sdc-vcard --flash FILE --port N [--flash FILE --port N]... [--host ADDRESS] [--wait SECONDS]\n"
    "              [--profile NAME] [--link TA1] [--no-sync] [--trace FILE]\n"
    "\n"
    "DESCRIPTION\n"
    "    Runs the card's own code as a process and puts it into a virtual reader: it connects to vpcd, the reader\n"
    "    driver of Debian's vsmartcard-vpcd, inside a running pcscd. The card's flash memory is a file; a missing\n"
    "    file becomes a blank card. What the card has answered 9000 to is on the disk: killing the process and\n"
    "    cutting the machine's power are to the card what a power cut is to a chip.\n"
    "    Only one process can have a card at a time; one process can have up to 16 cards, each in its own reader.\n"
    "\n"
    "OPTIONS\n"
    "    --flash FILE     a card's flash memory\n"
    "    --port N         TCP port of its reader: vpcd's CHANNELID, or the one after it for its second slot\n"
    "    --host ADDRESS   where vpcd listens (127.0.0.1)\n"
    "    --wait SECONDS   how long to wait for the reader, at the start and when it went away (10)\n"
    "    --profile NAME   which blank card a missing file becomes: standard; legacy-3des, whose management key is\n"
    "                     3DES and whose PIN is the holder's, for tools that know nothing else; or eid-alias, whose\n"
    "                     docket also answers to the name of the eID application, for tools that know no other\n"
    "    --link TA1       answer as late as over a contact reader with 4.8 MHz and this TA1: 11, 18, 95, 96 or 97\n"
    "    --no-sync        don't wait for the disk: what was answered survives a kill, but not a power cut\n"
    "    --trace FILE     write a trace: each command and answer in words, without secrets and personal data\n"
    "    --help           this text\n"
    "\n"
    "EXIT STATUS\n"
    "    0   ended by SIGTERM or SIGINT\n"
    "    64  usage\n"
    "    66  a flash file can't be used, or another process has it\n"
    "    69  no reader, or it went away and didn't come back\n"
    "    73  the trace can't be written\n";

static bool number(const char *text, unsigned long max, unsigned long *value)
{
    char *end;
    errno = 0;
    *value = strtoul(text, &end, 10);
    return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0' && *value <= max;
}

static int usage(const char *what)
{
    fprintf(stderr, "sdc-vcard: %s; see sdc-vcard --help\n", what);
    return EX_USAGE;
}

/* The n-th --port belongs to the n-th --flash. */
static int take_card(struct options *o, size_t *ports, int option, const char *value)
{
    unsigned long port;
    if (option == 'f') {
        if (o->cards == OPTIONS_CARDS_MAX)
            return usage("at most 16 cards");
        o->card[o->cards++].flash = value;
        return EX_OK;
    }
    if (!number(value, 65535, &port) || port == 0)
        return usage("--port is 1 to 65535");
    if (*ports == OPTIONS_CARDS_MAX)
        return usage("at most 16 cards");
    o->card[(*ports)++].port = value;
    return EX_OK;
}

static int take_option(struct options *o, int option, const char *value)
{
    unsigned long seconds;
    switch (option) {
    case 'H':
        o->host = value;
        return EX_OK;
    case 't':
        o->trace = value;
        return EX_OK;
    case 'n':
        o->no_sync = true;
        return EX_OK;
    case 'w':
        if (!number(value, WAIT_S_MAX, &seconds))
            return usage("--wait is 0 to 3600 seconds");
        o->wait_ms = (unsigned)seconds * 1000;
        return EX_OK;
    case 'P':
        o->legacy_3des = strcmp(value, "legacy-3des") == 0;
        o->eid_alias = strcmp(value, "eid-alias") == 0;
        return o->legacy_3des || o->eid_alias || strcmp(value, "standard") == 0
                   ? EX_OK
                   : usage("--profile is standard, legacy-3des or eid-alias");
    case 'l':
        o->divisor = link_divisor(value);
        return o->divisor != 0 ? EX_OK : usage("--link is 11, 18, 95, 96 or 97");
    default:
        return EX_USAGE;
    }
}

int options_parse(int argc, char **argv, struct options *o)
{
    static const struct option names[] = {
        { "flash", required_argument, NULL, 'f' }, { "port", required_argument, NULL, 'p' },
        { "host", required_argument, NULL, 'H' },  { "wait", required_argument, NULL, 'w' },
        { "trace", required_argument, NULL, 't' }, { "profile", required_argument, NULL, 'P' },
        { "link", required_argument, NULL, 'l' },  { "no-sync", no_argument, NULL, 'n' },
        { "help", no_argument, NULL, 'h' },        { NULL, 0, NULL, 0 },
    };
    size_t ports = 0;
    *o = (struct options) { .host = "127.0.0.1", .wait_ms = WAIT_S_DEFAULT * 1000 };
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (c == 'h') {
            o->cards = 0;
            return fputs(help, stdout) < 0 ? EX_IOERR : EX_OK;
        }
        int status = c == 'f' || c == 'p' ? take_card(o, &ports, c, optarg) : take_option(o, c, optarg);
        if (status != EX_OK)
            return status;
    }
    if (o->cards == 0 || ports != o->cards || optind != argc)
        return usage("--flash and --port are needed, as many of one as of the other");
    return EX_OK;
}
