/* SPDX-License-Identifier: BSD-2-Clause */
#include "box.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PCSCD      "/usr/sbin/pcscd"
#define VPCD       "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
#define PCSCD_COMM "/run/pcscd/pcscd.comm"
#define READERS    BOX_DIR "/readers"
#define DRIVERS    BOX_DIR "/drivers"
#define NO_DRIVERS BOX_DIR "/no-drivers"
#define LOGS       BOX_DIR "/log"
#define PIDS       BOX_DIR "/cards"
#define BATCH      "SANDBOX"
#define DELIVERY   "manifest.p7"

enum { PATH_CAP = 4096, ARG_CAP = 32, LOG_TAIL = 2000, SLOTS_PER_READER = 2 };

struct inside {
    const struct box *box;
    int signals;                          /* signalfd */
    char home[PATH_CAP];                  /* SDC_HOME */
    char flash[PATH_CAP];                 /* folder of the cards' flash files */
    pid_t pcscd, factory, ready, command; /* 0: not started, or done */
    pid_t card[BOX_CARDS_MAX];
};

/* Waiting for readiness has one end for all its steps. */
static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void show_log(const char *name)
{
    char path[PATH_CAP], text[LOG_TAIL];
    snprintf(path, sizeof(path), LOGS "/%s", name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    off_t len = lseek(fd, 0, SEEK_END);
    ssize_t got = pread(fd, text, sizeof(text), len > LOG_TAIL ? len - LOG_TAIL : 0);
    close(fd);
    if (got > 0)
        fwrite(text, 1, (size_t)got, stderr);
}

_Noreturn static void give_up(const char *what, const char *log)
{
    box_say("%s", what);
    if (log)
        show_log(log);
    exit(EXIT_BOX_SERVICE);
}

/* Starts argv[0] with its output in the log; standard input is empty. */
static pid_t start(struct inside *in, const char *log, char *const argv[])
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    char path[PATH_CAP];
    snprintf(path, sizeof(path), LOGS "/%s", log);
    int out = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    int null = open("/dev/null", O_RDONLY);
    if (out >= 0 && null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
    }
    setsid(); /* Ctrl-C is for the command, not for its readers and cards */
    sigprocmask(SIG_SETMASK, &in->box->mask, NULL);
    execv(argv[0], argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(EXIT_NOT_FOUND);
}

static void make_folder(const char *path, mode_t mode)
{
    if (mkdir(path, mode) != 0 && errno != EEXIST) {
        box_say("%s: %s", path, strerror(errno));
        exit(EXIT_BOX_SERVICE);
    }
}

/* vpcd keeps the slots of one reader in file statics, so a second entry on the same file would take over the first
 * one's cards: each entry gets a copy of the driver. */
static void copy_driver(const char *to)
{
    int in = open(VPCD, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
    struct stat info;
    if (in < 0 || out < 0 || fstat(in, &info) != 0)
        give_up("can't copy the virtual reader driver", NULL);
    for (off_t left = info.st_size; left > 0;) {
        ssize_t put = sendfile(out, in, NULL, (size_t)left);
        if (put <= 0)
            give_up("can't copy the virtual reader driver", NULL);
        left -= put;
    }
    close(in);
    close(out);
}

/* pcscd adds reader and slot number to the name: "Docket Reader A 00 00", "… A 00 01", "Docket Reader B 00 00"; so for
 * another name. */
static void write_readers(const struct box *box)
{
    FILE *conf = fopen(READERS "/docket", "we");
    unsigned entries = box->cards == 0 ? 1 : (box->cards + SLOTS_PER_READER - 1) / SLOTS_PER_READER;
    if (!conf)
        give_up("can't write the reader configuration", NULL);
    for (unsigned i = 0; i < entries; i++) {
        char driver[PATH_CAP];
        unsigned port = BOX_PORT + SLOTS_PER_READER * i;
        int letter = (int)('A' + i);
        snprintf(driver, sizeof(driver), DRIVERS "/vpcd-%c.so", letter);
        copy_driver(driver);
        fprintf(conf, "FRIENDLYNAME \"%s %c\"\nDEVICENAME /dev/null:%u\nLIBPATH %s\nCHANNELID %u\n\n", box->name,
                letter, port, driver, port);
    }
    if (fclose(conf) != 0)
        give_up("can't write the reader configuration", NULL);
}

static void furnish(struct inside *in)
{
    const struct box *box = in->box;
    if (!box_furnish())
        exit(EXIT_BOX_SERVICE);
    if (access(PCSCD, X_OK) != 0)
        give_up("pcscd is missing: run tools/setup (Debian package pcscd)", NULL);
    if (access(VPCD, R_OK) != 0)
        give_up("the virtual reader driver is missing: run tools/setup (Debian package vsmartcard-vpcd)", NULL);
    if (box->cards > 0 && access(box->vcard, X_OK) != 0) {
        box_say("%s is missing: run make", box->vcard);
        exit(EXIT_BOX_SERVICE);
    }
    const char *const folders[] = { READERS, DRIVERS, NO_DRIVERS, LOGS, PIDS };
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        make_folder(folders[i], 0755);
    const char *base = box->keep ? box->keep : BOX_DIR;
    snprintf(in->home, sizeof(in->home), "%s/home", base);
    snprintf(in->flash, sizeof(in->flash), "%s/flash", base);
    make_folder(in->home, 0700);
    make_folder(in->flash, 0700);
    setenv("SDC_SANDBOX_READER", box->name, 1); /* also pcsc-wait looks for it */
    write_readers(box);
}

static void note_end(struct inside *in, pid_t pid, int status)
{
    if (pid == in->command) {
        fflush(NULL);
        _exit(WIFSIGNALED(status) ? EXIT_SIGNAL_BASE + WTERMSIG(status) : WEXITSTATUS(status));
    }
    if (in->command != 0)
        return; /* from here on the command may pull and kill cards as it likes */
    if (pid == in->pcscd)
        give_up("pcscd ended at its start:", "pcscd.log");
    for (unsigned i = 0; i < in->box->cards; i++) {
        if (pid == in->card[i]) {
            char log[ARG_CAP];
            snprintf(log, sizeof(log), "card-%u.log", i);
            give_up("a card ended at its start:", log);
        }
    }
    if (pid == in->factory) {
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            give_up("the blank cards can't be made:", "factory.log");
        in->factory = 0;
    }
    if (pid == in->ready) {
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            give_up("the cards don't come up:", "ready.log");
        in->ready = 0;
    }
}

/* Takes one signal: reaps what ended, passes on to the command what asks it to end. */
static void take_signal(struct inside *in)
{
    struct signalfd_siginfo info;
    if (read(in->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return;
    if (info.ssi_signo == SIGCHLD) {
        int status;
        pid_t pid;
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
            note_end(in, pid, status);
        return;
    }
    if (in->command == 0)
        exit(EXIT_SIGNAL_BASE + (int)info.ssi_signo);
    if (info.ssi_code != SI_KERNEL) /* what the terminal sent, the command has already */
        kill(in->command, (int)info.ssi_signo);
}

/* pcscd listens on the cards' ports before it makes its socket, so the socket says that cards may connect. */
static void wait_socket(struct inside *in, int watch, long long until)
{
    while (access(PCSCD_COMM, F_OK) != 0) {
        struct pollfd fds[] = { { .fd = watch, .events = POLLIN }, { .fd = in->signals, .events = POLLIN } };
        long long left = until - now_ms();
        if (left <= 0)
            give_up("pcscd doesn't come up:", "pcscd.log");
        if (poll(fds, sizeof(fds) / sizeof(fds[0]), (int)left) <= 0)
            continue;
        if (fds[0].revents) {
            char events[PATH_CAP];
            if (read(watch, events, sizeof(events)) < 0)
                give_up("can't watch for pcscd's socket", NULL);
        }
        if (fds[1].revents)
            take_signal(in);
    }
}

static void start_pcscd(struct inside *in, long long until)
{
    int watch = inotify_init1(IN_CLOEXEC);
    if (watch < 0 || inotify_add_watch(watch, "/run/pcscd", IN_CREATE) < 0)
        give_up("can't watch for pcscd's socket", NULL);
    /* without USB drivers it can't take the desk's own readers */
    setenv("PCSCLITE_HP_DROPDIR", NO_DRIVERS, 1);
    in->pcscd = start(in, "pcscd.log",
                      (char *[]) { (char[]) { PCSCD }, (char[]) { "--foreground" }, (char[]) { "--config" },
                                   (char[]) { READERS }, NULL });
    unsetenv("PCSCLITE_HP_DROPDIR");
    wait_socket(in, watch, until);
    close(watch);
}

static bool in_flash(const struct inside *in, const char *name)
{
    char path[PATH_CAP + ARG_CAP];
    snprintf(path, sizeof(path), "%s/%s", in->flash, name);
    return access(path, F_OK) == 0;
}

/* The cards come from a maker, with a delivery that a station can take into stock; kept ones came before, and those of
 * a profile come from the card program itself. */
static void make_blanks(struct inside *in)
{
    char program[PATH_CAP], count[ARG_CAP];
    if (in->box->profile || in_flash(in, "0"))
        return;
    snprintf(program, sizeof(program), "%s", in->box->factory);
    snprintf(count, sizeof(count), "%u", in->box->blanks);
    in->factory = start(in, "factory.log", (char *[]) { program, count, (char[]) { BATCH }, in->flash, NULL });
    while (in->factory != 0) {
        struct pollfd fd = { .fd = in->signals, .events = POLLIN };
        if (poll(&fd, 1, -1) > 0)
            take_signal(in);
    }
}

static void start_card(struct inside *in, unsigned index)
{
    char flash[PATH_CAP + ARG_CAP], port[ARG_CAP], log[ARG_CAP], path[PATH_CAP];
    char program[PATH_CAP];
    snprintf(program, sizeof(program), "%s", in->box->vcard);
    snprintf(flash, sizeof(flash), "%s/%u", in->flash, index);
    snprintf(port, sizeof(port), "%u", BOX_PORT + index);
    snprintf(log, sizeof(log), "card-%u.log", index);
    snprintf(path, sizeof(path), PIDS "/%u.pid", index);
    char profile[ARG_CAP];
    snprintf(profile, sizeof(profile), "%s", in->box->profile ? in->box->profile : "");
    in->card[index] = start(in, log,
                            (char *[]) { program, (char[]) { "--flash" }, flash, (char[]) { "--port" }, port,
                                         in->box->profile ? (char[]) { "--profile" } : NULL, profile, NULL });
    FILE *pid = fopen(path, "we");
    if (!pid || fprintf(pid, "%d\n", (int)in->card[index]) < 0 || fclose(pid) != 0)
        give_up("can't write a card's process id", NULL);
}

static void wait_cards(struct inside *in, long long until)
{
    char count[ARG_CAP], limit[ARG_CAP], program[PATH_CAP];
    snprintf(program, sizeof(program), "%s", in->box->wait);
    snprintf(count, sizeof(count), "%u", in->box->cards);
    snprintf(limit, sizeof(limit), "%lld", until > now_ms() ? until - now_ms() : 1);
    in->ready = start(in, "ready.log", (char *[]) { program, (char[]) { "all" }, count, limit, NULL });
    while (in->ready != 0) {
        struct pollfd fd = { .fd = in->signals, .events = POLLIN };
        if (poll(&fd, 1, -1) > 0)
            take_signal(in);
    }
}

static void set_environment(const struct inside *in)
{
    const char *old = getenv("PATH");
    char *path = NULL;
    char cards[ARG_CAP];
    if (asprintf(&path, "%s:%s", in->box->bin, old ? old : "/usr/bin:/bin") < 0)
        give_up("out of memory", NULL);
    snprintf(cards, sizeof(cards), "%u", in->box->cards);
    setenv("PATH", path, 1);
    setenv("SDC_HOME", in->home, 1);
    setenv("SDC_SANDBOX", "1", 1);
    setenv("SDC_SANDBOX_DIR", BOX_DIR, 1);
    setenv("SDC_SANDBOX_FLASH", in->flash, 1);
    setenv("SDC_SANDBOX_CARDS", cards, 1);
    if (in_flash(in, DELIVERY))
        setenv("SDC_DELIVERY", in->flash, 1);
    else
        unsetenv("SDC_DELIVERY");
    if (in->box->profile)
        setenv("SDC_SANDBOX_PROFILE", in->box->profile, 1);
    /* sockets below the hidden /run */
    unsetenv("XDG_RUNTIME_DIR");
    unsetenv("DBUS_SESSION_BUS_ADDRESS");
    free(path);
}

_Noreturn static void run_command(const struct box *box)
{
    box_drop(box);
    sigprocmask(SIG_SETMASK, &box->mask, NULL);
    execvp(box->command[0], box->command);
    box_say("%s: %s", box->command[0], strerror(errno));
    _exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_FOUND - 1);
}

_Noreturn void box_inside(const struct box *box)
{
    struct inside in = { .box = box };
    sigset_t all;
    long long until = now_ms() + BOX_READY_MS;
    sigemptyset(&all);
    const int wanted[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        sigaddset(&all, wanted[i]);
    in.signals = signalfd(-1, &all, SFD_CLOEXEC);
    if (in.signals < 0)
        give_up("can't read signals", NULL);
    furnish(&in);
    start_pcscd(&in, until);
    make_blanks(&in);
    for (unsigned i = 0; i < box->cards; i++)
        start_card(&in, i);
    wait_cards(&in, until);
    set_environment(&in);
    in.command = fork();
    if (in.command == 0)
        run_command(box);
    for (;;)
        take_signal(&in);
}
