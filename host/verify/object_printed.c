/* SPDX-License-Identifier: BSD-2-Clause */
/* Printed information, SP 800-73-4 part 1 table 14, with this issuer's card serial: 20 random characters, which keep
 * the freely readable hash of this object from being met by guessing a name. */
#include "objects.h"

#include <stdio.h>
#include <string.h>

enum { SALT_LEN = 20 };

/* YYYYMMMDD with the English month, as in 2029NOV23. */
static bool read_expiry(struct sdc_rd field, struct sdc_date *date)
{
    static const char months[12][4] = { "JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                        "JUL", "AUG", "SEP", "OCT", "NOV", "DEC" };
    char year[5] = "", month[4] = "", day[3] = "", text[32];
    sdc_rd_copy(&field, year, 4);
    sdc_rd_copy(&field, month, 3);
    sdc_rd_copy(&field, day, 2);
    for (int i = 0; i < 12 && sdc_rd_end(&field); i++)
        if (strcmp(month, months[i]) == 0) {
            snprintf(text, sizeof text, "%s-%02d-%s", year, i + 1, day);
            return sdc_date_parse(text, false, date);
        }
    return false;
}

/* Base 32 in any of its alphabets: capital letters and digits. */
static bool is_salt(struct sdc_rd serial)
{
    if (serial.left != SALT_LEN)
        return false;
    while (serial.left > 0) {
        uint8_t c = sdc_rd_u8(&serial);
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9'))
            return false;
    }
    return !serial.err;
}

const char *vf_printed_parse(struct sdc_rd object, struct vf_printed *printed)
{
    struct sdc_rd r = object, line;
    printed->name = vf_field(&r, 0x01, 1, 125);
    struct sdc_rd affiliation = vf_field(&r, 0x02, 1, 20);
    struct sdc_rd expiry = vf_field(&r, 0x04, 9, 9);
    printed->serial = vf_field(&r, 0x05, 1, 20);
    struct sdc_rd issuer = vf_field(&r, 0x06, 1, 15);
    bool lines_good = true;
    for (uint32_t tag = 0x07; tag <= 0x08 && sdc_tlv_try(&r, tag, &line); tag++)
        lines_good = lines_good && line.left <= 20 && (line.left == 0 || vf_text_good(line));
    if (!vf_field_last(&r))
        return "fields missing, surplus, out of order or of a length that is not allowed";
    if (!vf_text_good(printed->name) || !vf_text_good(affiliation) || !vf_text_good(issuer) || !lines_good)
        return "a field that is no plain text";
    if (!is_salt(printed->serial))
        return "a card serial that is not 20 random characters";
    if (!read_expiry(expiry, &printed->expiry))
        return "no expiry date of the form 2029NOV23";
    return NULL;
}
