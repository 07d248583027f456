/* SPDX-License-Identifier: BSD-2-Clause */
/* PIN and PUK (SP 800-73-4 part 2, 3.2.1 to 3.2.3). None of these commands is ever repeated: a try may be at stake. */
#include "private.h"

#include "card_edge.h"

bool sdc_piv_pin_field(struct sdc_buf *field, const char *pin, size_t len, bool whole)
{
    if (!pin || len < (whole ? PIN_MAX_LEN : PIN_MIN_LEN) || len > PIN_MAX_LEN)
        return false;
    struct sdc_rd r = sdc_rd_init(pin, len);
    while (r.left > 0) {
        uint8_t digit = sdc_rd_u8(&r);
        if (digit < '0' || digit > '9')
            return false;
    }
    sdc_buf_put(field, pin, len);
    sdc_buf_fill(field, PIN_FILL, PIN_MAX_LEN - len);
    return true;
}

/* The command that carries PINs: SW as everywhere, but 6A80 says that the PIN is malformed and cost no try. */
static enum sdc_status pin_command(struct sdc_link *link, uint8_t ins, uint8_t ref, const struct sdc_buf *field,
                                   const char *what, struct sdc_error *e)
{
    enum sdc_status status = sdc_buf_status(field, e);
    if (status != SDC_OK)
        return status;
    const struct sdc_apdu apdu = { .ins = ins, .p2 = ref, .data = field->data, .data_len = field->len, .secret = true };
    uint16_t sw;
    status = sdc_link_exchange(link, &apdu, NULL, &sw, e);
    if (status != SDC_OK) {
        (void)sdc_fail_in(e, "%s", what);
        return status;
    }
    if (sw != SW_WRONG_DATA)
        return sdc_sw_status(sw, what, e);
    status = sdc_fail(e, SDC_E_PIN_FORMAT, "%s: the card finds it malformed; no try was lost", what);
    if (e)
        e->sw = sw;
    return status;
}

static enum sdc_status malformed(struct sdc_error *e, const char *which, bool whole)
{
    return sdc_fail(e, SDC_E_PIN_FORMAT, "%s must be %s digits; nothing was sent to the card", which,
                    whole ? "eight" : "six to eight");
}

enum sdc_status sdc_piv_verify(struct sdc_link *link, const char *pin, size_t pin_len, struct sdc_error *e)
{
    struct sdc_buf field = SDC_BUF_INIT;
    enum sdc_status status = sdc_piv_pin_field(&field, pin, pin_len, false)
                                 ? pin_command(link, INS_VERIFY, REF_PIN, &field, "PIN", e)
                                 : malformed(e, "the PIN", false);
    sdc_buf_free(&field);
    return status;
}

enum sdc_status sdc_piv_tries(struct sdc_link *link, int *tries, bool *verified, struct sdc_error *e)
{
    const struct sdc_apdu apdu = { .ins = INS_VERIFY, .p2 = REF_PIN };
    uint16_t sw;
    *tries = 0;
    if (verified)
        *verified = false;
    enum sdc_status status = sdc_link_exchange(link, &apdu, NULL, &sw, e);
    if (status != SDC_OK)
        return status;
    struct sdc_error answer;
    switch (sdc_sw_status(sw, "PIN tries", &answer)) {
    case SDC_OK:
        *tries = PIN_TRIES;
        if (verified)
            *verified = true;
        return SDC_OK;
    case SDC_E_PIN_WRONG:
        *tries = answer.tries;
        return SDC_OK;
    case SDC_E_PIN_BLOCKED:
        return SDC_OK;
    default:
        return sdc_sw_status(sw, "PIN tries", e);
    }
}

enum sdc_status sdc_piv_logout(struct sdc_link *link, struct sdc_error *e)
{
    const struct sdc_apdu apdu = { .ins = INS_VERIFY, .p1 = 0xFF, .p2 = REF_PIN };
    const volatile sig_atomic_t *cancel = link->cancel;
    link->cancel = NULL;
    enum sdc_status status = sdc_piv_command(link, &apdu, "leaving the PIN state", NULL, e);
    link->cancel = cancel;
    return status;
}

enum sdc_status sdc_piv_change(struct sdc_link *link, uint8_t ref, const char *old_pin, size_t old_len,
                               const char *new_pin, size_t new_len, struct sdc_error *e)
{
    bool puk = ref == REF_PUK;
    struct sdc_buf field = SDC_BUF_INIT;
    enum sdc_status status;
    if (!sdc_piv_pin_field(&field, old_pin, old_len, puk))
        status = malformed(e, puk ? "the present PUK" : "the present PIN", puk);
    else if (!sdc_piv_pin_field(&field, new_pin, new_len, puk))
        status = malformed(e, puk ? "the new PUK" : "the new PIN", puk);
    else
        status = pin_command(link, INS_CHANGE_REFERENCE_DATA, ref, &field, puk ? "present PUK" : "present PIN", e);
    sdc_buf_free(&field);
    return status;
}

enum sdc_status sdc_piv_unblock(struct sdc_link *link, const char *puk, size_t puk_len, const char *new_pin,
                                size_t new_len, struct sdc_error *e)
{
    struct sdc_buf field = SDC_BUF_INIT;
    enum sdc_status status;
    if (!sdc_piv_pin_field(&field, puk, puk_len, true))
        status = malformed(e, "the PUK", true);
    else if (!sdc_piv_pin_field(&field, new_pin, new_len, false))
        status = malformed(e, "the new PIN", false);
    else
        status = pin_command(link, INS_RESET_RETRY_COUNTER, REF_PIN, &field, "PUK", e);
    sdc_buf_free(&field);
    return status;
}
