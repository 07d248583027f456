/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual card in its reader: answers vpcd until it goes away. */
#ifndef SERVE_H
#define SERVE_H

#include "card.h"
#include "flash.h"
#include "link.h"
#include "trace.h"

/* One card and what surrounds it. Several in one program are independent. */
struct seat {
    struct card card;
    struct flash flash;
    struct card_port port;
    struct trace trace;
    unsigned divisor; /* F/D of the contact reader whose time is added, 0: none */
    int stop;         /* link.h */
    uint8_t command[LINK_MESSAGE_MAX], message[2 + LINK_MESSAGE_MAX];
};

/* Answers on the connected socket until it closes or 'stop' ends it. Returns how many messages came. errno says why it
 * ended, as in link_receive(). An answer is sent when the flash file holds what it tells. */
unsigned long serve(int fd, struct seat *seat);

#endif
