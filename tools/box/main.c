/* SPDX-License-Identifier: BSD-2-Clause */
/* The outer process. usage: sandbox-run [OPTIONS] [--] COMMAND... (see tools/sandbox). What it is made
 * of comes from the environment: SDC_BOX_VCARD, SDC_BOX_WAIT, SDC_BOX_FACTORY, SDC_BOX_BIN (absolute paths, set by
 * tools/sandbox). */
#include "box.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void box_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("sandbox: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

static int usage(FILE *out, int status)
{
    fputs("usage: tools/sandbox [-n CARDS] [--blanks N] [--keep DIR] [--reader NAME] [--profile NAME] [--] COMMAND...\n"
          "  -n CARDS    virtual cards, 0 to 16, each in a reader of its own (default 1; readers come in pairs)\n"
          "  --blanks N  blank cards in the delivery, 16 to 1024 (default 16); those in no reader are spare\n"
          "  --keep DIR  keep cards and SDC_HOME in DIR; otherwise they vanish with the sandbox\n"
          "  --reader NAME   the readers' name, letters, digits and spaces (default Docket Reader)\n"
          "  --profile NAME  which blank cards are made: sdc-vcard --profile\n"
          "COMMAND finds the programs in PATH, SDC_HOME, and tools/sandbox-card to pull, kill or change cards.\n",
          out);
    return status;
}

static bool read_count(const char *text, unsigned min, unsigned max, unsigned *count)
{
    char *end = NULL;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-' || value < min || value > max)
        return false;
    *count = (unsigned)value;
    return true;
}

/* Makes the folder where it isn't there and returns its absolute path, or NULL. */
static const char *keep_folder(const char *dir)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return NULL;
    return realpath(dir, NULL);
}

/* It stands between quotes in pcscd's configuration, and pcscd cuts long names. */
static bool is_reader_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= BOX_NAME_MAX &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ") == len;
}

/* 0 to go on, otherwise the exit status + 1. */
static int read_options(struct box *box, int argc, char **argv)
{
    static const struct option options[] = {
        { "blanks", required_argument, NULL, 'b' }, { "keep", required_argument, NULL, 'k' },
        { "reader", required_argument, NULL, 'r' }, { "profile", required_argument, NULL, 'p' },
        { "help", no_argument, NULL, 'h' },         { NULL, 0, NULL, 0 },
    };
    int option;
    while ((option = getopt_long(argc, argv, "+n:h", options, NULL)) != -1) {
        if (option == 'h')
            return usage(stdout, 0) + 1;
        if (option == 'k') {
            box->keep = keep_folder(optarg);
            if (!box->keep) {
                box_say("%s: %s", optarg, strerror(errno));
                return EXIT_BOX_USAGE + 1;
            }
        } else if (option == 'r' && is_reader_name(optarg)) {
            box->name = optarg;
        } else if (option == 'p') {
            box->profile = optarg;
        } else if (!(option == 'n' && read_count(optarg, 0, BOX_CARDS_MAX, &box->cards)) &&
                   !(option == 'b' && read_count(optarg, BOX_BLANKS, BOX_BLANKS_MAX, &box->blanks))) {
            return usage(stderr, EXIT_BOX_USAGE) + 1;
        }
    }
    box->command = argv + optind;
    return box->command[0] ? 0 : usage(stderr, EXIT_BOX_USAGE) + 1;
}

static const char *need(const char *variable)
{
    const char *value = getenv(variable);
    if (!value)
        box_say("%s is not set: start it by tools/sandbox", variable);
    return value;
}

/* A signal that the terminal sends goes to the whole foreground group, so the command has it already. */
static bool to_pass_on(const siginfo_t *info)
{
    return info->si_signo == SIGTERM || info->si_signo == SIGHUP || info->si_code != SI_KERNEL;
}

/* Waits for pid 1 to end. *signal_seen is the last signal that asked for the end, 0 if none did. */
static int wait_inside(pid_t inside, const sigset_t *signals, int *signal_seen)
{
    const struct timespec grace = { .tv_sec = BOX_GRACE_S };
    int passed = 0, status = 0;
    for (;;) {
        siginfo_t info;
        int got = passed > 0 ? sigtimedwait(signals, &info, &grace) : sigwaitinfo(signals, &info);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            kill(inside, SIGKILL);
            passed = 0;
            continue;
        }
        if (got == SIGCHLD) {
            if (waitpid(inside, &status, WNOHANG) == inside)
                return status;
            continue;
        }
        *signal_seen = got;
        if (to_pass_on(&info))
            kill(inside, passed++ == 0 ? got : SIGKILL);
    }
}

/* Ends as the command ended: by the same signal where the signal came to both of us. */
static int finish(int status, int signal_seen)
{
    bool killed = WIFSIGNALED(status);
    if (signal_seen != 0 && (killed || WEXITSTATUS(status) == EXIT_SIGNAL_BASE + signal_seen)) {
        sigset_t one;
        sigemptyset(&one);
        sigaddset(&one, signal_seen);
        signal(signal_seen, SIG_DFL);
        raise(signal_seen);
        sigprocmask(SIG_UNBLOCK, &one, NULL);
    }
    return killed ? EXIT_SIGNAL_BASE + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Ties pid 1 to the outer process, also if that was killed before the tie was made: then the pipe is at its end. */
static void tie_to_parent(int alive)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct pollfd end = { .fd = alive, .events = POLLIN };
    if (poll(&end, 1, 0) != 0)
        _exit(EXIT_BOX_SERVICE);
}

static int run(struct box *box)
{
    sigset_t signals;
    int alive[2];
    sigemptyset(&signals);
    const int wanted[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        sigaddset(&signals, wanted[i]);
    sigprocmask(SIG_BLOCK, &signals, &box->mask);
    if (!box_enter(box) || pipe(alive) != 0)
        return EXIT_BOX_SERVICE;
    pid_t inside = fork();
    if (inside < 0) {
        box_say("fork: %s", strerror(errno));
        return EXIT_BOX_SERVICE;
    }
    if (inside == 0) {
        close(alive[1]);
        tie_to_parent(alive[0]);
        close(alive[0]);
        box_inside(box);
    }
    close(alive[0]); /* alive[1] stays open as long as this process lives */
    int signal_seen = 0;
    int status = wait_inside(inside, &signals, &signal_seen);
    return finish(status, signal_seen);
}

int main(int argc, char **argv)
{
    struct box box = { .cards = 1, .blanks = BOX_BLANKS, .name = "Docket Reader", .uid = geteuid(), .gid = getegid() };
    int stop = read_options(&box, argc, argv);
    if (stop != 0)
        return stop - 1;
    box.vcard = need("SDC_BOX_VCARD");
    box.wait = need("SDC_BOX_WAIT");
    box.factory = need("SDC_BOX_FACTORY");
    box.bin = need("SDC_BOX_BIN");
    if (!box.vcard || !box.wait || !box.factory || !box.bin)
        return EXIT_BOX_USAGE;
    return run(&box);
}
