/* SPDX-License-Identifier: BSD-2-Clause */
/* Access classes: what must be true before a command runs or an object is read (SP 800-73-4 part 1, tables 3 and 4). */
#ifndef ACCESS_H
#define ACCESS_H

#include <stdbool.h>

enum access {
    AC_ALWAYS,
    AC_PIN,        /* the cardholder PIN was verified in this session */
    AC_PIN_ALWAYS, /* ... by the command right before this one */
    AC_ADMIN,      /* the issuer authenticated with the management key in this session */
    AC_NEVER,
};

/* What was proven since the application was selected. */
struct security {
    bool pin;
    bool admin;
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
