/* SPDX-License-Identifier: BSD-2-Clause */
/* sdc-vcard: the card core as a virtual card for vpcd. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "card.h"
#include "flash.h"
#include "link.h"
#include "serve.h"

#define WAIT_S_DEFAULT 10
#define WAIT_S_MAX     3600

static const char help[] =
    "NAME\n"
    "    sdc-vcard - a virtual Secure Docket Card\n"
    "\n"
    "SYNOPSIS\n"
    "    sdc-vcard --flash FILE --port N [--host ADDRESS] [--wait SECONDS] [--trace FILE]\n"
    "\n"
    "DESCRIPTION\n"
    "    Runs the card's own code as a process and puts it into a virtual reader: it connects to vpcd, the reader\n"
    "    driver of Debian's vsmartcard-vpcd, inside a running pcscd. The card's flash memory is a file; a missing\n"
    "    file becomes a blank card. What the card has answered 9000 to is in the file even if the process is killed.\n"
    "    Only one process can have a card at a time.\n"
    "\n"
    "OPTIONS\n"
    "    --flash FILE     the card's flash memory\n"
    "    --port N         TCP port of the reader: vpcd's CHANNELID, or the one after it for its second slot\n"
    "    --host ADDRESS   where vpcd listens (127.0.0.1)\n"
    "    --wait SECONDS   how long to wait for the reader, at the start and when it went away (10)\n"
    "    --trace FILE     write a trace: SELECT in full, of everything else headers, lengths and status words\n"
    "    --help           this text\n"
    "\n"
    "EXIT STATUS\n"
    "    0   ended by SIGTERM or SIGINT\n"
    "    64  usage\n"
    "    66  the flash file can't be used, or another process has it\n"
    "    69  no reader, or it went away and didn't come back\n"
    "    73  the trace can't be written\n";

struct options {
    const char *flash, *host, *port, *trace;
    unsigned wait_ms;
};

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
    (void)sig;
    stop = 1;
}

/* Blocked but while link.c waits: a signal ends the wait for the next command, not a command. */
static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };
    sigset_t set;
    sigemptyset(&action.sa_mask);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

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

/* Returns EX_OK, with flash NULL where only the help was asked. */
static int parse(int argc, char **argv, struct options *o)
{
    static const struct option names[] = {
        { "flash", required_argument, NULL, 'f' },
        { "host", required_argument, NULL, 'H' },
        { "port", required_argument, NULL, 'p' },
        { "wait", required_argument, NULL, 'w' },
        { "trace", required_argument, NULL, 't' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    unsigned long value = WAIT_S_DEFAULT;
    *o = (struct options) { .host = "127.0.0.1" };
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (c) {
        case 'f':
            o->flash = optarg;
            break;
        case 'H':
            o->host = optarg;
            break;
        case 'p':
            o->port = optarg;
            break;
        case 't':
            o->trace = optarg;
            break;
        case 'w':
            if (!number(optarg, WAIT_S_MAX, &value))
                return usage("--wait is 0 to 3600 seconds");
            break;
        case 'h':
            o->flash = NULL;
            return fputs(help, stdout) < 0 ? EX_IOERR : EX_OK;
        default:
            return EX_USAGE;
        }
    }
    o->wait_ms = (unsigned)value * 1000;
    if (o->flash == NULL || o->port == NULL || optind != argc)
        return usage("--flash and --port are needed");
    return number(o->port, 65535, &value) && value > 0 ? EX_OK : usage("--port is 1 to 65535");
}

/* From reader to reader, until a signal or until none is there. */
static int insert(const struct options *o, struct flash *flash, FILE *trace)
{
    static struct card card;
    struct card_port port = flash_port(flash);
    card_reset(&card, &port);
    bool idle = false;
    while (!stop) {
        int fd = link_connect(o->host, o->port, o->wait_ms);
        if (fd < 0 && stop)
            break;
        if (fd < 0) {
            fprintf(stderr, "sdc-vcard: no reader at %s port %s: %s\n", o->host, o->port, strerror(errno));
            return EX_UNAVAILABLE;
        }
        unsigned long served = serve(fd, &card, &port, trace);
        close(fd);
        if (served == 0 && idle && !stop) { /* something else listens there, and hangs up on us */
            fprintf(stderr, "sdc-vcard: no reader at %s port %s: the line is closed at once\n", o->host, o->port);
            return EX_UNAVAILABLE;
        }
        idle = served == 0;
        card_reset(&card, &port);
    }
    return EX_OK;
}

int main(int argc, char **argv)
{
    struct options o;
    struct flash flash;
    int status = parse(argc, argv, &o);
    if (status != EX_OK || o.flash == NULL)
        return status;
    const struct rlimit no_core = { 0, 0 }; /* PINs and keys are in this process's memory */
    (void)setrlimit(RLIMIT_CORE, &no_core);
    catch_signals();
    if (!flash_open(&flash, o.flash))
        return EX_NOINPUT;
    FILE *trace = o.trace == NULL ? NULL : fopen(o.trace, "ae");
    if (o.trace != NULL && trace == NULL) {
        fprintf(stderr, "sdc-vcard: %s: %s\n", o.trace, strerror(errno));
        flash_close(&flash);
        return EX_CANTCREAT;
    }
    status = insert(&o, &flash, trace);
    if (trace != NULL)
        fclose(trace);
    flash_close(&flash);
    return status;
}
