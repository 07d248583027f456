/* SPDX-License-Identifier: BSD-2-Clause */
/* The line to vpcd, the reader driver: TCP, each message a two-byte big-endian length and the bytes. */
#ifndef LINK_H
#define LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINK_MESSAGE_MAX 65535

/* 'stop' is a file that becomes readable when the program shall end. It ends the waits of link_connect and link_receive
 * and nothing else, so that no command is cut. */

/* Connects, trying again until vpcd listens, for at most wait_ms milliseconds. Returns the socket, or -1 with errno;
 * EINTR where 'stop' ended it. */
int link_connect(const char *host, const char *port, unsigned wait_ms, int stop);
/* Waits for the next message, at most LINK_MESSAGE_MAX bytes into data. Returns its length; -1 with errno where the
 * line is gone (ECONNRESET: vpcd closed it), EINTR where 'stop' ended it. */
long link_receive(int fd, uint8_t *data, int stop);
/* Sends a message of len bytes, which stand at message + 2 (the length is put before them): one segment for each
 * answer, since a second one would wait for the acknowledgement of the first. */
bool link_send(int fd, uint8_t *message, size_t len);

#endif
