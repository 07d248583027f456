/* SPDX-License-Identifier: BSD-2-Clause */
/* The sandbox: a command in namespaces of its own, with a private pcscd and virtual cards. tools/sandbox is its front.
 *
 * Two processes: the outer one (main.c) stays where it was started, passes signals on and returns the status; the
 * inner one (inside.c) is pid 1 of a pid namespace, so that the kernel ends everything with it, whatever ends it. */
#ifndef BOX_H
#define BOX_H

#include <stdbool.h>
#include <signal.h>
#include <sys/types.h>

enum {
    BOX_CARDS_MAX = 16, /* readers that one pcscd serves */
    BOX_BLANKS = 16,    /* cards in the delivery where nothing else is said */
    BOX_BLANKS_MAX = 1024,
    BOX_PORT = 0x8C7B,      /* vpcd's own default; the network namespace is private, so it never collides */
    BOX_READY_MS = 10000,   /* longest wait for pcscd and cards; usual is below one second */
    BOX_NAME_MAX = 40,      /* of a reader */
    BOX_GRACE_S = 5,        /* between a signal to the command and SIGKILL for everything */
    EXIT_BOX_USAGE = 64,    /* sysexits.h */
    EXIT_BOX_SERVICE = 69,  /* namespaces, pcscd or cards are not to be had */
    EXIT_NOT_FOUND = 127,   /* as in the shell: no such command */
    EXIT_SIGNAL_BASE = 128, /* as in the shell: ended by a signal */
};

#define BOX_DIR "/run/sandbox" /* on a tmpfs of the mount namespace: gone with it */

struct box {
    unsigned cards;      /* 0 .. BOX_CARDS_MAX */
    unsigned blanks;     /* cards in the delivery; those beyond 'cards' are spare */
    const char *keep;    /* absolute folder where cards and SDC_HOME stay, or NULL: below BOX_DIR */
    const char *vcard;   /* card program: --flash FILE --port N */
    const char *profile; /* its --profile, or NULL */
    const char *wait;    /* pcsc-wait */
    const char *factory; /* blank-factory */
    const char *name;    /* the readers' */
    const char *bin;     /* folder put before PATH */
    char **command;      /* NULL-terminated, not empty */
    uid_t uid;           /* who started it, outside */
    gid_t gid;
    sigset_t mask; /* signal mask for the command */
};

/* Moves this process into new mount, network and (for its children) pid namespaces, and a user namespace where it is
 * not root or root without the right. False with the reason and its remedy on stderr. */
bool box_enter(const struct box *box);

/* In the first child: private mounts, a tmpfs on /run, /proc of the pid namespace, the loopback interface up. False
 * with the reason on stderr. */
bool box_furnish(void);

/* In the command's process: takes back the user and group ids of 'box', so that the command doesn't believe that it
 * is root. Where that is refused it stays the namespace's root, which has no more rights outside. */
void box_drop(const struct box *box);

/* Pid 1: starts pcscd and cards, waits until they are ready, runs the command, passes signals on to it. Never
 * returns: ends with the command's status (128 + signal where a signal ended it). */
_Noreturn void box_inside(const struct box *box);

/* One line on stderr, with the program's name before it. */
__attribute__((format(printf, 1, 2))) void box_say(const char *format, ...);

#endif
