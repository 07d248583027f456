/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/codes.h"

#include <string.h>
#include <time.h>

static int days_in(int year, int month)
{
    static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Two or four digits; -1 for anything else. */
static int number(const char *text, size_t len)
{
    int v = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        v = v * 10 + (text[i] - '0');
    }
    return v;
}

bool sdc_date_parse(const char *text, bool unknown, struct sdc_date *date)
{
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return false;
    bool no_month = unknown && memcmp(text + 5, "XX", 2) == 0;
    bool no_day = unknown && memcmp(text + 8, "XX", 2) == 0;
    struct sdc_date d = { number(text, 4), no_month ? 0 : number(text + 5, 2), no_day ? 0 : number(text + 8, 2) };
    if (d.year < 1900 || d.year > 2199 || (no_month && !no_day))
        return false;
    if (!no_month && (d.month < 1 || d.month > 12))
        return false;
    if (!no_day && (d.day < 1 || d.day > days_in(d.year, d.month)))
        return false;
    *date = d;
    return true;
}

static int ordinal(const struct sdc_date *d)
{
    return d->year * 10000 + (d->month ? d->month : 1) * 100 + (d->day ? d->day : 1);
}

int sdc_date_compare(const struct sdc_date *a, const struct sdc_date *b)
{
    int x = ordinal(a), y = ordinal(b);
    return (x > y) - (x < y);
}

struct sdc_date sdc_date_today(void)
{
    time_t now = time(NULL);
    struct tm tm;
    if (!gmtime_r(&now, &tm))
        return (struct sdc_date) { 1970, 1, 1 }; /* a clock that far off: every card is from the future */
    return (struct sdc_date) { tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
}

struct sdc_date sdc_date_add_years(const struct sdc_date *date, int years)
{
    struct sdc_date d = { date->year + years, date->month, date->day };
    if (d.month && d.day > days_in(d.year, d.month))
        d.day = days_in(d.year, d.month);
    return d;
}

struct sdc_date sdc_date_next_day(const struct sdc_date *date)
{
    struct sdc_date d = { date->year, date->month, date->day + 1 };
    if (d.day > days_in(d.year, d.month)) {
        d.day = 1;
        d.month++;
    }
    if (d.month > 12) {
        d.month = 1;
        d.year++;
    }
    return d;
}

/* Days since 1 March of the year 0: years begin in March here, so that a leap day is their last. */
static int day_number(const struct sdc_date *d)
{
    const int year = d->month > 2 ? d->year : d->year - 1, month = (d->month + 9) % 12;
    return year * 365 + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 + d->day - 1;
}

int sdc_date_days(const struct sdc_date *from, const struct sdc_date *to)
{
    return day_number(to) - day_number(from);
}
