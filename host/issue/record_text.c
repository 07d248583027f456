/* SPDX-License-Identifier: BSD-2-Clause */
#include "record_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

/* Which general categories aren't text, and what to say of them. The first that applies. */
static const struct {
    uint32_t mask;
    const char *reason;
} refused[] = {
    { UC_CATEGORY_MASK_Cc, "holds a control character" },
    { UC_CATEGORY_MASK_Cf, "holds an invisible format character" },
    { UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp, "holds a line separator" },
    { UC_CATEGORY_MASK_Cs | UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cn, "holds an unassigned character" },
};

static const char *refusal(ucs4_t c)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (uc_is_general_category_withtable(c, refused[i].mask))
            return refused[i].reason;
    if (uc_is_property_default_ignorable_code_point(c))
        return "holds an invisible character";
    if (c != ' ' && uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Zs))
        return "holds a space other than U+0020";
    return c == 0xfffd ? "holds a replacement character: a letter was lost before" : NULL;
}

static bool is_nfc(const uint8_t *text, size_t len)
{
    size_t nfc_len = 0;
    uint8_t *nfc = u8_normalize(UNINORM_NFC, text, len, NULL, &nfc_len);
    bool same = nfc && nfc_len == len && memcmp(nfc, text, len) == 0;
    free(nfc);
    return same;
}

bool record_text_clean(const char *text, char reason[static 160])
{
    const uint8_t *at = (const uint8_t *)text;
    size_t len = strlen(text), left = len;
    if (len == 0)
        return true;
    while (left > 0) {
        ucs4_t c;
        int used = u8_mbtoucr(&c, at, left);
        const char *why = used > 0 ? refusal(c) : "isn't UTF-8";
        if (why) {
            snprintf(reason, 160, "%s (U+%04X)", why, (unsigned)c);
            return false;
        }
        at += used;
        left -= (size_t)used;
    }
    if (text[0] == ' ' || text[len - 1] == ' ' || strstr(text, "  ")) {
        snprintf(reason, 160, "begins or ends with a space, or has two in a row");
        return false;
    }
    if (!is_nfc((const uint8_t *)text, len)) {
        snprintf(reason, 160, "isn't in Unicode normalization form C (NFC)");
        return false;
    }
    return true;
}
