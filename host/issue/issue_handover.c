/* SPDX-License-Identifier: BSD-2-Clause */
#include "station_state.h"

#include "card_edge.h"

#include "sdc/issue.h"

#include <string.h>

/* The registry's row of the card, where this station has one. A card that this station has not finished is not handed
 * over. */
static enum sdc_status find_row(struct sdc_station *station, struct sdc_link *link, struct sdc_card_row *row,
                                bool *found, struct sdc_error *e)
{
    uint8_t guid[SDC_GUID_LEN];
    char text[SDC_UUID_TEXT];
    *found = false;
    enum sdc_status status = sdc_piv_get_guid(link, guid, e);
    if (status == SDC_E_NOT_FOUND)
        return sdc_fail(e, SDC_E_NOT_FOUND, "this card is blank");
    if (status != SDC_OK || !station)
        return status;
    sdc_uuid_text(guid, text);
    status = sdc_registry_find_card(station->registry, text, row, found, e);
    if (status == SDC_OK && *found && row->state != SDC_CARD_ISSUED && row->state != SDC_CARD_ACTIVE)
        status = sdc_fail(e, SDC_E_CONFLICT, "card %s can't be handed over: it is %s", text,
                          sdc_card_state_name(row->state));
    return status;
}

/* The holder's PIN stands already. That is right only where the hand-over was cut short between card and registry; who
 * finishes it must know the PIN. */
static enum sdc_status finish(struct sdc_link *link, const struct sdc_card_row *row, bool found, const char *pin,
                              size_t pin_len, struct sdc_error *e)
{
    if (!found || row->state != SDC_CARD_ISSUED)
        return sdc_fail(e, SDC_E_CONFLICT, "this card was handed over before: its holder has set the PIN");
    return sdc_piv_verify(link, pin, pin_len, e);
}

static bool is_pin(const char *pin, size_t len)
{
    size_t digits = 0;
    while (digits < len && pin[digits] >= '0' && pin[digits] <= '9')
        digits++;
    return digits == len && len >= PIN_MIN_LEN && len <= PIN_MAX_LEN;
}

/* Says which of the two PINs is wrong. */
static enum sdc_status change(struct sdc_link *link, const char *transport, size_t transport_len, const char *pin,
                              size_t pin_len, struct sdc_error *e)
{
    static const char rule[] = "must be six to eight digits; nothing was sent to the card";
    if (!is_pin(transport, transport_len))
        return sdc_fail(e, SDC_E_PIN_FORMAT, "the transport PIN %s", rule);
    if (!is_pin(pin, pin_len))
        return sdc_fail(e, SDC_E_PIN_FORMAT, "the new PIN %s", rule);
    struct sdc_error answer = { .tries = -1 };
    enum sdc_status status = sdc_piv_change(link, REF_PIN, transport, transport_len, pin, pin_len, &answer);
    if (status == SDC_E_PIN_WRONG)
        (void)sdc_fail(e, status, "the transport PIN is wrong, %d %s left", answer.tries,
                       answer.tries == 1 ? "try" : "tries");
    else if (status == SDC_E_PIN_BLOCKED)
        (void)sdc_fail(e, status, "the transport PIN is wrong, and no tries are left");
    else if (status != SDC_OK && e)
        *e = answer;
    if (e) {
        e->sw = answer.sw;
        e->tries = answer.tries;
    }
    return status;
}

static enum sdc_status hand_over(struct sdc_station *station, struct sdc_link *link, const char *transport,
                                 size_t transport_len, const char *pin, size_t pin_len, struct sdc_error *e)
{
    struct sdc_card_row row;
    bool found = false;
    int tries = 0;
    enum sdc_status status = sdc_piv_select(link, e);
    if (status == SDC_OK)
        status = find_row(station, link, &row, &found, e);
    if (status != SDC_OK)
        return status;
    struct sdc_error answer = { .status = SDC_OK };
    status = sdc_piv_tries(link, &tries, NULL, &answer);
    if (status == SDC_E_CONDITIONS) /* the transport PIN stands */
        status = change(link, transport, transport_len, pin, pin_len, e);
    else if (status == SDC_OK)
        status = finish(link, &row, found, pin, pin_len, e);
    else if (e)
        *e = answer;
    (void)!sdc_piv_logout(link, NULL); /* both prove the PIN; whoever uses the card next must not find it proven */
    if (status == SDC_OK && found && row.state == SDC_CARD_ISSUED)
        status = sdc_registry_move(station->registry, row.guid, SDC_CARD_ISSUED, SDC_CARD_ACTIVE, e);
    return status;
}

enum sdc_status sdc_handover(struct sdc_station *station, struct sdc_link *link, const char *transport,
                             size_t transport_len, const char *pin, size_t pin_len, struct sdc_error *e)
{
    if (transport_len == pin_len && sdc_equal(transport, pin, pin_len))
        return sdc_fail(e, SDC_E_PIN_FORMAT, "the PIN must be another than the transport PIN");
    enum sdc_status status = sdc_link_begin_anew(link, e);
    if (status != SDC_OK)
        return status;
    status = hand_over(station, link, transport, transport_len, pin, pin_len, e);
    sdc_link_end(link);
    return status;
}
