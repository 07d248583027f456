/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual card in its reader: answers vpcd until it goes away. */
#ifndef SERVE_H
#define SERVE_H

#include <stdio.h>

#include "card.h"

/* Answers on the connected socket until it closes or a signal interrupts. Returns how many messages came. errno says
 * why it ended, as in link_receive(). */
unsigned long serve(int fd, struct card *card, const struct card_port *port, FILE *trace);

#endif
