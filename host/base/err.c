/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const texts[] = {
    [SDC_OK] = "ok",
    [SDC_E_USAGE] = "wrong use",
    [SDC_E_INPUT] = "wrong input",
    [SDC_E_NO_MEMORY] = "out of memory",
    [SDC_E_IO] = "input or output failed",
    [SDC_E_CONFLICT] = "conflict",
    [SDC_E_NO_SERVICE] = "no smart card service",
    [SDC_E_NO_READER] = "no reader",
    [SDC_E_NO_CARD] = "no card",
    [SDC_E_REMOVED] = "card removed",
    [SDC_E_RESET] = "card was reset",
    [SDC_E_BUSY] = "card busy",
    [SDC_E_REPLY] = "malformed reply",
    [SDC_E_CARD] = "card error",
    [SDC_E_NOT_FOUND] = "not found on the card",
    [SDC_E_DENIED] = "denied by the card",
    [SDC_E_CONDITIONS] = "not possible in this state",
    [SDC_E_PIN_FORMAT] = "malformed PIN",
    [SDC_E_PIN_WRONG] = "wrong PIN",
    [SDC_E_PIN_BLOCKED] = "PIN blocked",
    [SDC_E_CARD_FULL] = "card memory full",
    [SDC_E_TOKEN] = "token error",
    [SDC_E_CRYPTO] = "crypto library error",
    [SDC_E_SIGNATURE] = "wrong signature",
    [SDC_E_CANCELLED] = "cancelled",
    [SDC_E_BUG] = "internal error",
};

/* A text that was cut may end inside a character: the bytes of that character go too. */
static void drop_broken_tail(char *text)
{
    size_t len = strlen(text), tail = 0;
    while (tail < len && tail < 4 && ((unsigned char)text[len - 1 - tail] & 0xC0) == 0x80)
        tail++;
    if (tail == len)
        return;
    unsigned char lead = (unsigned char)text[len - 1 - tail];
    size_t wants = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    if (tail < wants)
        text[len - 1 - tail] = '\0';
}

static void set_text(struct sdc_error *e, const char *text)
{
    if ((size_t)snprintf(e->text, sizeof e->text, "%s", text) >= sizeof e->text)
        drop_broken_tail(e->text);
}

enum sdc_status sdc_fail(struct sdc_error *e, enum sdc_status status, const char *format, ...)
{
    if (!e)
        return status;
    char text[sizeof e->text + 8]; /* not e->text itself: it may be one of the arguments */
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    e->status = status;
    e->sw = 0;
    e->tries = -1;
    set_text(e, text);
    return status;
}

enum sdc_status sdc_fail_in(struct sdc_error *e, const char *format, ...)
{
    if (!e)
        return SDC_E_BUG;
    char prefix[sizeof e->text], text[2 * sizeof e->text + 2];
    va_list args;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    snprintf(text, sizeof text, "%s: %s", prefix, e->text);
    set_text(e, text);
    return e->status;
}

const char *sdc_status_text(enum sdc_status status)
{
    size_t i = (size_t)status;
    return i < sizeof texts / sizeof texts[0] && texts[i] ? texts[i] : "unknown error";
}
