/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/mrz.h"
#include "mrz_name.h"

#include <stdio.h>
#include <string.h>

/* The value of a character in a check digit, 9303-3 4.9; -1 for one that can't stand in an MRZ. */
static int value_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return c == '<' ? 0 : -1;
}

char sdc_mrz_check_digit(const char *text, size_t len)
{
    static const int weights[3] = { 7, 3, 1 };
    int sum = 0;
    for (size_t i = 0; i < len; i++) {
        int value = value_of(text[i]);
        if (value < 0)
            return 0;
        sum = (sum + value * weights[i % 3]) % 10;
    }
    return (char)('0' + sum);
}

/* YYMMDD, with fillers for what isn't known (9303-3 4.8), and its check digit. */
static void put_date(const struct sdc_date *d, char out[static 8])
{
    char digits[32];
    snprintf(digits, sizeof digits, "%02d%02d%02d", d->year % 100, d->month, d->day);
    memcpy(out, digits, 6);
    if (d->month == 0)
        memcpy(out + 2, "<<", 2);
    if (d->day == 0)
        memcpy(out + 4, "<<", 2);
    out[6] = sdc_mrz_check_digit(out, 6);
    out[7] = '\0';
}

static enum sdc_status put_names(const struct sdc_record *record, char line[static SDC_MRZ_LINE + 1],
                                 struct sdc_error *e)
{
    char surname[SDC_MRZ_NAME_MAX + 1], given_names[SDC_MRZ_NAME_MAX + 1];
    enum sdc_status status = SDC_OK;
    if (!sdc_mrz_name(record->surname, surname, sizeof surname) ||
        !sdc_mrz_name(record->given_names, given_names, sizeof given_names))
        status = sdc_fail(e, SDC_E_INPUT, "a name has a character without an ICAO transliteration rule");
    else if (!*surname && !*given_names)
        status = sdc_fail(e, SDC_E_INPUT, "no name has a letter for the machine readable zone");
    else
        mrz_name_field(surname, given_names, line);
    sdc_wipe(surname, sizeof surname);
    sdc_wipe(given_names, sizeof given_names);
    return status;
}

static bool document_number_good(const char *number)
{
    return strlen(number) == 9 && strspn(number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == 9;
}

enum sdc_status sdc_mrz_td1(const struct sdc_record *record, const char *document_number, const struct sdc_date *expiry,
                            char lines[static 3][SDC_MRZ_LINE + 1], struct sdc_error *e)
{
    memset(lines, 0, 3 * sizeof lines[0]);
    if (!document_number_good(document_number))
        return sdc_fail(e, SDC_E_INPUT, "a document number has nine characters A-Z or 0-9");
    if (record->sex != 'F' && record->sex != 'M' && record->sex != 'X')
        return sdc_fail(e, SDC_E_INPUT, "the sex is F, M or X");
    enum sdc_status status = put_names(record, lines[2], e);
    if (status != SDC_OK)
        return status;
    char birth[8], until[8], nationality[4];
    put_date(&record->date_of_birth, birth);
    put_date(expiry, until);
    snprintf(nationality, sizeof nationality, "%.3s", record->nationality);
    for (size_t i = strlen(nationality); i < 3; i++)
        nationality[i] = '<';
    nationality[3] = '\0';
    snprintf(lines[0], sizeof lines[0], "I<USA%s%c<<<<<<<<<<<<<<<", document_number,
             sdc_mrz_check_digit(document_number, 9));
    snprintf(lines[1], sizeof lines[1], "%s%c%s%s<<<<<<<<<<<", birth, record->sex == 'X' ? '<' : record->sex, until,
             nationality);
    /* the composite covers positions 6-30 of the first line, 1-7, 9-15 and 19-29 of the second: 9303-5 4.2.4 */
    char covered[25 + 7 + 7 + 11 + 1];
    snprintf(covered, sizeof covered, "%s%s%s%s", lines[0] + 5, birth, until, lines[1] + 18);
    lines[1][29] = sdc_mrz_check_digit(covered, strlen(covered));
    sdc_wipe(covered, sizeof covered);
    return lines[1][29] && sdc_mrz_check_digit(nationality, 3)
               ? SDC_OK
               : sdc_fail(e, SDC_E_INPUT, "a character can't stand in the machine readable zone");
}

/* One field of len characters at *text, '<' filled where it is shorter, and its check digit: given, or made. */
static bool take_field(const char **text, bool checked, size_t len, char **out)
{
    size_t n = strcspn(*text, " ");
    if (checked)
        n = n > len ? len : n;
    if (n == 0 || n > len)
        return false;
    memset(*out, '<', len);
    memcpy(*out, *text, n);
    *text += n;
    char digit = sdc_mrz_check_digit(*out, len);
    if (digit == 0 || (checked && *(*text)++ != digit))
        return false;
    (*out)[len] = digit;
    *out += len + 1;
    return true;
}

bool sdc_mrz_information(const char *text, char out[static SDC_MRZ_INFORMATION + 1])
{
    static const size_t lens[] = { 9, 6, 6 };
    const bool checked = strchr(text, ' ') == NULL;
    char *at = out;
    out[SDC_MRZ_INFORMATION] = '\0';
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        if (i > 0 && !checked)
            text += strspn(text, " ");
        if (!take_field(&text, checked, lens[i], &at))
            return false;
    }
    return *text == '\0';
}
