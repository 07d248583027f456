/* SPDX-License-Identifier: BSD-2-Clause */
/* Card holder unique identifier, SP 800-73-4 part 1 3.1.2 and table 9; FASC-N by TIG SCEPACS 2.3, section 2.1. */
#include "objects.h"

#include <string.h>

enum { FASCN_DIGITS = 40, FASCN_SS = 0xB, FASCN_FS = 0xD, FASCN_ES = 0xF };

/* FASC-N as characters: four bits, least significant first, and odd parity. False on a wrong parity or length. */
static bool fascn_digits(struct sdc_rd fascn, uint8_t digits[static FASCN_DIGITS])
{
    unsigned bits = 0, have = 0;
    if (fascn.left != VF_FASCN_LEN)
        return false;
    for (size_t i = 0; i < FASCN_DIGITS; i++) {
        if (have < 5) {
            bits = bits << 8 | sdc_rd_u8(&fascn);
            have += 8;
        }
        have -= 5;
        unsigned c = bits >> have & 0x1F;
        digits[i] = (uint8_t)((c >> 4 & 1) | (c >> 2 & 2) | (c & 4) | (c << 2 & 8));
        if (__builtin_parity(c) != 1)
            return false;
    }
    return !fascn.err;
}

/* SS agency(4) FS system(4) FS credential(6) FS series FS issue FS person(10) category organisation(4) association ES
 * LRC: what is fixed, '9' and '0' as digits, '.' any digit. */
static bool fascn_marked(struct sdc_rd fascn)
{
    static const char pattern[] = "S9999F9999F999999F.F.F0000000000......E";
    uint8_t digits[FASCN_DIGITS], lrc = 0;
    if (!fascn_digits(fascn, digits))
        return false;
    for (size_t i = 0; i < FASCN_DIGITS - 1; i++) {
        static const char controls[] = "..........xSxFxE";
        uint8_t d = digits[i];
        char want = pattern[i];
        bool digit = d <= 9;
        if (want == '.' ? !digit : digit ? want != '0' + d : want != controls[d])
            return false;
        lrc ^= d;
    }
    return lrc == digits[FASCN_DIGITS - 1];
}

bool vf_chuid_marked(struct sdc_rd object)
{
    struct sdc_rd fascn = vf_field(&object, 0x30, VF_FASCN_LEN, VF_FASCN_LEN);
    return !object.err && fascn_marked(fascn);
}

/* RFC 4122 4.4: random (version 4). Such a GUID is never zero. */
static bool guid_good(struct sdc_rd guid)
{
    sdc_rd_skip(&guid, 6);
    uint8_t version = sdc_rd_u8(&guid);
    sdc_rd_skip(&guid, 1);
    uint8_t variant = sdc_rd_u8(&guid);
    return !guid.err && version >> 4 == 4 && variant >> 6 == 2;
}

const char *vf_chuid_parse(struct sdc_rd object, struct vf_chuid *chuid)
{
    struct sdc_rd r = object, start = object, holder;
    chuid->fascn = vf_field(&r, 0x30, VF_FASCN_LEN, VF_FASCN_LEN);
    chuid->guid = vf_field(&r, 0x34, SDC_GUID_LEN, SDC_GUID_LEN);
    struct sdc_rd expiry = vf_field(&r, 0x35, 8, 8);
    bool has_holder = sdc_tlv_try(&r, 0x36, &holder);
    chuid->content[0] = sdc_rd_take(&start, object.left - r.left);
    chuid->signature = vf_field(&r, 0x3E, 1, 32768);
    chuid->content[1] = r;
    if (!vf_field_last(&r) || (has_holder && holder.left != SDC_GUID_LEN))
        return "fields missing, surplus, out of order or of a length that is not allowed";
    if (!fascn_marked(chuid->fascn))
        return "a FASC-N that is not this kind of issuer's";
    if (!guid_good(chuid->guid))
        return "a GUID that is not random (RFC 4122 version 4)";
    if (!vf_date_read(&expiry, &chuid->expiry))
        return "no expiry date";
    return NULL;
}
