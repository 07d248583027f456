/* SPDX-License-Identifier: BSD-2-Clause */
/* Access classes: what must be true before a command runs or an object is read (SP 800-73-4 part 1, tables 3 and 4). */
#ifndef ACCESS_H
#define ACCESS_H

#include <stdbool.h>

enum access {
    AC_ALWAYS,
    AC_PIN,        /* the cardholder PIN was verified in this session */
    AC_PIN_ALWAYS, /* ... by the command right before this one */
    AC_ADMIN,      /* the command came through the issuer's session; or, before SECURED, the issuer authenticated with
                    * the management key since the application was selected */
    AC_CHANNEL,    /* the command came through the issuer's session */
    AC_UNTIL_SECURED, /* before SECURED always, then AC_CHANNEL */
    AC_NEVER,
};

/* What was proven since the application was selected, and what holds for the command that runs. */
struct security {
    bool pin;
    bool admin;     /* with the management key */
    bool channel;   /* this command was verified by secure messaging */
    bool secured;   /* the life cycle is SECURED or later */
    bool pin_fresh; /* the command before this one verified the PIN */
    bool pin_next;  /* becomes pin_fresh with the next command */
};

bool access_granted(const struct security *security, enum access access);
/* A new command begins: what the one before verified counts for this one alone. */
void access_next_command(struct security *security);
/* VERIFY succeeded. */
void access_pin_verified(struct security *security);
void access_pin_forget(struct security *security);

#endif
