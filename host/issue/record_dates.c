/* SPDX-License-Identifier: BSD-2-Clause */
/* The dates of a record. What has happened is judged against the day the batch was made, what a card needs against
 * today: a batch doesn't become wrong by lying about. */
#include "record_check.h"

#include <stdio.h>
#include <string.h>

#define REASON_CAP        160
#define AHEAD_YEARS_MAX   20 /* courts do set hearings years ahead; beyond this it's a slip of the pen */
#define CARD_YEARS_MAX    6
#define CREATED_TIME_FORM "a UTC time like 2026-11-23T08:00:00Z"

static bool wrong(char reason[static REASON_CAP], const char *text)
{
    snprintf(reason, REASON_CAP, "%s", text);
    return false;
}

static bool parse(const char *text, bool unknown, struct sdc_date *d, char reason[static REASON_CAP])
{
    if (sdc_date_parse(text, unknown, d))
        return true;
    return wrong(reason, unknown ? "is no date YYYY-MM-DD (XX for an unknown day, or month and day)"
                                 : "is no date YYYY-MM-DD, or that day doesn't exist");
}

bool record_check_birth(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                        char reason[static REASON_CAP])
{
    (void)f;
    struct sdc_date d;
    if (!parse(text, true, &d, reason))
        return false;
    if (sdc_date_compare(&d, &w->today) >= 0)
        return wrong(reason, "lies not in the past");
    memcpy(out, &d, sizeof d);
    return true;
}

bool record_check_date(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                       char reason[static REASON_CAP])
{
    (void)f;
    struct sdc_date d, last = sdc_date_add_years(w->created.year ? &w->created : &w->today, AHEAD_YEARS_MAX);
    if (!parse(text, false, &d, reason))
        return false;
    if (sdc_date_compare(&d, &last) > 0)
        return wrong(reason, "lies more than 20 years ahead");
    memcpy(out, &d, sizeof d);
    return true;
}

bool record_check_done(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                       char reason[static REASON_CAP])
{
    (void)f;
    struct sdc_date d;
    if (!parse(text, false, &d, reason))
        return false;
    if (w->created.year) {
        struct sdc_date last = sdc_date_next_day(&w->created); /* Guam's date is a day ahead of UTC's */
        if (sdc_date_compare(&d, &last) > 0)
            return wrong(reason, "lies after the day the batch was made");
    }
    memcpy(out, &d, sizeof d);
    return true;
}

bool record_check_expiry(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                         char reason[static REASON_CAP])
{
    (void)f;
    struct sdc_date d, last = sdc_date_add_years(&w->today, CARD_YEARS_MAX);
    if (!parse(text, false, &d, reason))
        return false;
    if (sdc_date_compare(&d, &w->today) < 0)
        return wrong(reason, "has passed already");
    if (sdc_date_compare(&d, &last) > 0)
        return wrong(reason, "lies more than six years ahead");
    memcpy(out, &d, sizeof d);
    return true;
}

/* Two digits up to max, then 'end'. */
static bool clock_part(const char *text, int max, char end)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9' || text[2] != end)
        return false;
    return (text[0] - '0') * 10 + (text[1] - '0') <= max;
}

bool record_check_created(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                          char reason[static REASON_CAP])
{
    (void)f;
    char day[11];
    struct sdc_date d, tomorrow = sdc_date_next_day(&w->today);
    if (strlen(text) != 20)
        return wrong(reason, "must be " CREATED_TIME_FORM);
    snprintf(day, sizeof day, "%.10s", text);
    if (!sdc_date_parse(day, false, &d) || text[10] != 'T' || !clock_part(text + 11, 23, ':') ||
        !clock_part(text + 14, 59, ':') || !clock_part(text + 17, 59, 'Z'))
        return wrong(reason, "must be " CREATED_TIME_FORM);
    if (sdc_date_compare(&d, &tomorrow) > 0) /* one day of grace for clocks that differ */
        return wrong(reason, "lies in the future");
    w->created = d;
    memcpy(out, &d, sizeof d);
    return true;
}
