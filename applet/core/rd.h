/* SPDX-License-Identifier: BSD-2-Clause */
/* Reader: a window onto bytes that the caller owns. Every rd_* call consumes exactly what it was asked for, or consumes
 * nothing, sets the sticky error and yields zeroes. Test rd_end() once, before any effect. Not constant time in
 * lengths, which are public everywhere it is used. */
#ifndef RD_H
#define RD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rd {
    const uint8_t *p; /* next byte */
    size_t left;      /* bytes from p on */
    bool err;         /* something was asked for that wasn't there */
};

/* A reader of len bytes at data; data may be NULL where len is 0. */
struct rd rd_init(const uint8_t *data, size_t len);
uint8_t rd_u8(struct rd *r);
uint16_t rd_u16(struct rd *r); /* big-endian */
uint32_t rd_u32(struct rd *r); /* big-endian */
/* Copies len bytes out; zeroes where they are not there. */
void rd_copy(struct rd *r, uint8_t *out, size_t len);
/* Sub-reader of len bytes; an empty reader with its own error set where they are not there. */
struct rd rd_take(struct rd *r, size_t len);
/* No error and something left: what a loop over a reader asks. 'left' alone would never end after an error. */
bool rd_more(const struct rd *r);
/* No error and nothing left. */
bool rd_end(const struct rd *r);
/* Sets the sticky error: what was read makes no sense. */
void rd_fail(struct rd *r);

#endif
