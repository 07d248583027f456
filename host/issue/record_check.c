/* SPDX-License-Identifier: BSD-2-Clause */
#include "record_check.h"
#include "record_text.h"
#include "sdc/mrz.h"
#include "sdc/photo.h"

#include <stdio.h>
#include <string.h>

#define REASON_CAP 160

static bool wrong(char reason[static REASON_CAP], const char *text)
{
    snprintf(reason, REASON_CAP, "%.*s", REASON_CAP - 1, text);
    return false;
}

/* The walk has held the text against limits.max, and the struct's member has one byte more. */
static bool copy(const char *text, void *out)
{
    memcpy(out, text, strlen(text) + 1);
    return true;
}

/* '0' a digit, 'x' a hexadecimal digit, 'A' a capital letter; any other character itself. */
static bool matches(const char *text, const char *pattern)
{
    static const struct {
        char sign;
        const char *set;
    } sets[] = {
        { '0', "0123456789" },
        { 'x', "0123456789abcdefABCDEF" },
        { 'A', "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    };
    if (strlen(text) != strlen(pattern))
        return false;
    for (; *pattern != '\0'; pattern++, text++) {
        const char one[2] = { *pattern, '\0' }, *set = one;
        for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
            if (sets[i].sign == *pattern)
                set = sets[i].set;
        if (!strchr(set, *text))
            return false;
    }
    return true;
}

bool record_check_uuid(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                       char reason[static REASON_CAP])
{
    (void)f;
    if (!matches(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"))
        return wrong(reason, "is no UUID");
    if (strspn(text, "0-") == strlen(text))
        return wrong(reason, "is the nil UUID");
    char *lower = out;
    copy(text, lower);
    for (; *lower != '\0'; lower++)
        if (*lower >= 'A' && *lower <= 'F')
            *lower = (char)(*lower - 'A' + 'a');
    memcpy(w->transaction_id, out, sizeof w->transaction_id);
    return true;
}

bool record_check_a_number(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                           char reason[static REASON_CAP])
{
    (void)w, (void)f;
    if (text[0] != 'A' || !matches(text + 1, "000000000"))
        return wrong(reason, "must be A and nine digits");
    return copy(text, out);
}

bool record_check_text(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                       char reason[static REASON_CAP])
{
    (void)w, (void)f;
    return record_text_clean(text, reason) && copy(text, out);
}

bool record_check_name(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                       char reason[static REASON_CAP])
{
    (void)w, (void)f;
    char mrz[SDC_MRZ_NAME_MAX + 1];
    if (!record_text_clean(text, reason))
        return false;
    bool has_form = sdc_mrz_name(text, mrz, sizeof mrz), has_letter = mrz[0] != '\0';
    sdc_wipe(mrz, sizeof mrz);
    if (!has_form)
        return wrong(reason, "has a character without an ICAO transliteration rule: a name in Latin letters is needed");
    if (text[0] != '\0' && !has_letter)
        return wrong(reason, "has no letter");
    return copy(text, out);
}

bool record_check_label(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                        char reason[static REASON_CAP])
{
    (void)w, (void)f;
    if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") != strlen(text))
        return wrong(reason, "may have letters, digits, '.', '_' and '-' only");
    return copy(text, out);
}

/* A short code is quoted, to help find it; longer text might be anything that stands in the wrong field. */
static bool no_such(char reason[static REASON_CAP], const char *what, const char *text)
{
    bool code = strlen(text) <= 4 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789*") == strlen(text);
    snprintf(reason, REASON_CAP, code ? "no %s '%s'" : "no such %s", what, text);
    return false;
}

bool record_check_word(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                       char reason[static REASON_CAP])
{
    (void)w;
    for (const char *const *word = f->words; *word; word++)
        if (strcmp(*word, text) == 0)
            return copy(text, out);
    return no_such(reason, f->what, text);
}

bool record_check_letter(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                         char reason[static REASON_CAP])
{
    char letter[2];
    if (!record_check_word(w, f, text, letter, reason))
        return false;
    *(char *)out = letter[0];
    return true;
}

bool record_check_code(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                       char reason[static REASON_CAP])
{
    if (!sdc_code_known(w->codes, f->table, text))
        return no_such(reason, f->what, text);
    return copy(text, out);
}

bool record_check_zip(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                      char reason[static REASON_CAP])
{
    (void)w, (void)f;
    if (!matches(text, "00000") && !matches(text, "00000-0000"))
        return wrong(reason, "must be five digits, or five and four with a hyphen");
    return copy(text, out);
}

bool record_check_time(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                       char reason[static REASON_CAP])
{
    (void)w, (void)f;
    if (!matches(text, "00:00") || strcmp(text, "23:59") > 0 || text[3] > '5')
        return wrong(reason, "must be a time from 00:00 to 23:59");
    return copy(text, out);
}

bool record_check_category(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                           char reason[static REASON_CAP])
{
    (void)w, (void)f;
    /* 8 CFR 274a.12 (a) and (c), as printed: A05, C08 */
    if (!matches(text, "A00") || (text[0] != 'A' && text[0] != 'C') || strcmp(text + 1, "00") == 0)
        return wrong(reason, "must be A or C and two digits");
    return copy(text, out);
}

bool record_check_photo(struct record_walk *w, const struct record_field *f, const char *text, void *out,
                        char reason[static REASON_CAP])
{
    (void)f;
    struct sdc_error e = { 0 };
    struct sdc_buf file = SDC_BUF_INIT;
    struct sdc_photo photo = { 0 };
    enum sdc_status status = sdc_photo_open(w->folder, text, &file, &e);
    if (status == SDC_OK)
        status = sdc_photo_decode(file.data, file.len, &photo, &e);
    sdc_buf_free(&file);
    w->batch->records[w->record - 1].photo_warnings = photo.warnings;
    sdc_photo_free(&photo);
    w->no_memory = w->no_memory || status == SDC_E_NO_MEMORY;
    return status == SDC_OK ? copy(text, out) : wrong(reason, e.text);
}
