/* SPDX-License-Identifier: BSD-2-Clause */
#include "private.h"

#include "card_edge.h"

/* The first row that fits counts. */
static const struct {
    uint16_t sw, mask;
    enum sdc_status status;
    const char *text;
} sw_table[] = {
    /* clang-format off */
    { SW_OK,                     0xFFFF, SDC_OK,            "ok" },
    { SW_MORE,                   0xFF00, SDC_OK,            "more data is there" },
    { SW_TRIES,                  0xFFFF, SDC_E_PIN_BLOCKED, "wrong, and no tries are left" },
    { SW_TRIES,                  0xFFF0, SDC_E_PIN_WRONG,   "wrong" },
    { 0x6300,                    0xFFFF, SDC_E_DENIED,      "authentication failed" },
    { SW_NV_FAILURE,             0xFFFF, SDC_E_CARD_FULL,   "the card's memory failed" },
    { SW_WRONG_LENGTH,           0xFFFF, SDC_E_CARD,        "the card finds the length wrong" },
    { SW_CHANNEL_UNSUPPORTED,    0xFFFF, SDC_E_CARD,        "the card has no such channel" },
    { SW_SM_UNSUPPORTED,         0xFFFF, SDC_E_CARD,        "the card has no secure messaging here" },
    { SW_LAST_OF_CHAIN_EXPECTED, 0xFFFF, SDC_E_CARD,        "the card expected the end of a command chain" },
    { SW_CHAINING_UNSUPPORTED,   0xFFFF, SDC_E_CARD,        "the card takes no command chain here" },
    { SW_SECURITY_STATUS,        0xFFFF, SDC_E_DENIED,      "the card wants a PIN or key first" },
    { SW_AUTH_BLOCKED,           0xFFFF, SDC_E_PIN_BLOCKED, "blocked, no tries are left" },
    { SW_CONDITIONS,             0xFFFF, SDC_E_CONDITIONS,  "not possible in the card's present state" },
    { SW_WRONG_DATA,             0xFFFF, SDC_E_CARD,        "the card refuses the data" },
    { 0x6A81,                    0xFFFF, SDC_E_CARD,        "the card doesn't have this function" },
    { SW_NOT_FOUND,              0xFFFF, SDC_E_NOT_FOUND,   "not on this card" },
    { SW_NO_SPACE,               0xFFFF, SDC_E_CARD_FULL,   "the card's memory is full" },
    { SW_WRONG_P1P2,             0xFFFF, SDC_E_CARD,        "the card doesn't know these parameters" },
    { SW_REFERENCE_NOT_FOUND,    0xFFFF, SDC_E_NOT_FOUND,   "no such key or PIN on this card" },
    { SW_INS_UNSUPPORTED,        0xFFFF, SDC_E_CARD,        "the card doesn't know this command" },
    { SW_CLA_UNSUPPORTED,        0xFFFF, SDC_E_CARD,        "the card doesn't know this class of command" },
    { SW_SELF_TEST_FAILED,       0xFFFF, SDC_E_CARD,        "the card reports a failure of its own" },
    { 0,                         0x0000, SDC_E_CARD,        "the card refuses" },
    /* clang-format on */
};

enum sdc_status sdc_sw_status(uint16_t sw, const char *what, struct sdc_error *e)
{
    size_t i = 0;
    while ((sw & sw_table[i].mask) != sw_table[i].sw)
        i++;
    enum sdc_status status = sw_table[i].status;
    if (status == SDC_OK)
        return SDC_OK;
    if (status == SDC_E_PIN_WRONG) {
        int tries = sw & 0x0F;
        (void)sdc_fail(e, status, "%s: wrong, %d %s left", what, tries, tries == 1 ? "try" : "tries");
        if (e)
            e->tries = tries;
    } else {
        (void)sdc_fail(e, status, "%s: %s (SW %04X)", what, sw_table[i].text, sw);
    }
    if (e)
        e->sw = sw;
    return status;
}
