/* SPDX-License-Identifier: BSD-2-Clause */
#include "serve.h"

#include <stdbool.h>
#include <string.h>

#include "link.h"
#include "trace.h"

/* vpcd's one-byte messages */
enum control { CONTROL_OFF = 0, CONTROL_ON = 1, CONTROL_RESET = 2, CONTROL_GET_ATR = 4 };

static bool answer_control(int fd, uint8_t control, struct card *card, const struct card_port *port, FILE *trace,
                           uint8_t *message)
{
    const uint8_t *atr;
    size_t atr_len;
    switch (control) {
    case CONTROL_OFF: /* what was in RAM is gone with the power, not only when it comes back */
    case CONTROL_ON:
    case CONTROL_RESET:
        trace_event(trace, control == CONTROL_OFF ? "power off" : control == CONTROL_ON ? "power on" : "reset");
        card_reset(card, port);
        break;
    case CONTROL_GET_ATR: /* says nothing of power: the card stays as it is */
        card_atr(&atr, &atr_len);
        memcpy(message + 2, atr, atr_len);
        return link_send(fd, message, atr_len);
    default:
        break;
    }
    return true;
}

unsigned long serve(int fd, struct card *card, const struct card_port *port, FILE *trace)
{
    static uint8_t command[LINK_MESSAGE_MAX], message[2 + LINK_MESSAGE_MAX];
    unsigned long count = 0;
    bool ok = true;
    long len;
    while (ok && (len = link_receive(fd, command)) >= 0) {
        count++;
        if (len == 1) {
            ok = answer_control(fd, command[0], card, port, trace, message);
            continue;
        }
        size_t resp_len = card_apdu(card, command, (size_t)len, message + 2, LINK_MESSAGE_MAX);
        trace_apdu(trace, command, (size_t)len, message + 2, resp_len);
        ok = link_send(fd, message, resp_len);
        explicit_bzero(command, (size_t)len);
        explicit_bzero(message, 2 + resp_len);
    }
    return count;
}
