/* SPDX-License-Identifier: BSD-2-Clause */
#include "access.h"

bool access_granted(const struct security *security, enum access access)
{
    switch (access) {
    case AC_ALWAYS:
        return true;
    case AC_PIN:
        return security->pin;
    case AC_PIN_ALWAYS:
        return security->pin && security->pin_fresh;
    case AC_ADMIN:
        return security->channel || (security->admin && !security->secured);
    case AC_CHANNEL:
        return security->channel;
    case AC_UNTIL_SECURED:
        return security->channel || !security->secured;
    case AC_NEVER:
        break;
    }
    return false;
}

void access_next_command(struct security *security)
{
    security->pin_fresh = security->pin_next;
    security->pin_next = false;
}

void access_pin_verified(struct security *security)
{
    security->pin = true;
    security->pin_next = true;
}

void access_pin_forget(struct security *security)
{
    security->pin = false;
    security->pin_fresh = false;
    security->pin_next = false;
}
