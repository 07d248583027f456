/* SPDX-License-Identifier: BSD-2-Clause */
#include "serve.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "link_time.h"

/* vpcd's one-byte messages */
enum control { CONTROL_OFF = 0, CONTROL_ON = 1, CONTROL_RESET = 2, CONTROL_GET_ATR = 4 };

static uint64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static bool answer_control(int fd, uint8_t control, struct seat *seat)
{
    const uint8_t *atr;
    size_t atr_len;
    switch (control) {
    case CONTROL_OFF: /* what was in RAM is gone with the power, not only when it comes back */
    case CONTROL_ON:
    case CONTROL_RESET:
        trace_event(&seat->trace, control == CONTROL_OFF ? "power off" : control == CONTROL_ON ? "power on" : "reset");
        card_reset(&seat->card, &seat->port);
        break;
    case CONTROL_GET_ATR: /* says nothing of power: the card stays as it is */
        card_atr(&atr, &atr_len);
        memcpy(seat->message + 2, atr, atr_len);
        return link_send(fd, seat->message, atr_len);
    default:
        break;
    }
    return true;
}

/* Waits until a contact reader would have had the answer to a command that came at 'began'. */
static void wait_link(const struct seat *seat, uint64_t began, size_t in, size_t out)
{
    if (seat->divisor == 0)
        return;
    uint64_t now = now_us(), end = began + link_time_us(seat->divisor, in, out, now - began) + LINK_OVERHEAD_US;
    struct timespec at = { .tv_sec = (time_t)(end / 1000000), .tv_nsec = (long)(end % 1000000) * 1000 };
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
    }
}

static bool answer_apdu(int fd, struct seat *seat, size_t len)
{
    uint64_t began = now_us();
    size_t resp_len = card_apdu(&seat->card, seat->command, len, seat->message + 2, LINK_MESSAGE_MAX);
    bool ok = flash_sync(&seat->flash);
    trace_apdu(&seat->trace, seat->command, len, seat->message + 2, resp_len);
    wait_link(seat, began, len, resp_len);
    ok = ok && link_send(fd, seat->message, resp_len);
    explicit_bzero(seat->command, len);
    explicit_bzero(seat->message, 2 + resp_len);
    return ok;
}

unsigned long serve(int fd, struct seat *seat)
{
    unsigned long count = 0;
    bool ok = true;
    long len;
    while (ok && (len = link_receive(fd, seat->command, seat->stop)) >= 0) {
        count++;
        ok = len == 1 ? answer_control(fd, seat->command[0], seat) : answer_apdu(fd, seat, (size_t)len);
    }
    return count;
}
