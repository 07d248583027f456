/* SPDX-License-Identifier: BSD-2-Clause */
/* APDU transcripts as data: what is sent and what must come back, over any transport.
 *
 *     # comment                  to the line's end; blank lines are skipped
 *     reset                      power off and on
 *     key 0102...08              16 bytes: the AES key of {enc} and {dec}
 *     > 00 A4 0400 05 A000000308 a command: hex, blanks anywhere
 *     < 61* 9000                 its answer: hex, ? for any digit, * for any bytes (at most once)
 *     < 7C12 8010 {w:16} 9000    ... {name:n} for n bytes that are remembered
 *     > 0087 089B 26 7C24 8010 {dec w} 8110 {enc w}
 *                                in a command: what was remembered, as it is {w}, or as one AES block
 *     > 00DB3FFF 0003E8 {00 x 1000}
 *                                a byte, repeated; in answers too
 *
 * A line "<" follows each ">". A long line goes on in the next where it ends with a backslash. */
#ifndef TESTS_TRANSCRIPT_H
#define TESTS_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The transport. Both return false where it fails, which fails the transcript. */
struct transcript_card {
    void *ctx;
    bool (*reset)(void *ctx);
    /* *resp_len is the room at first, then the length of the answer. */
    bool (*transmit)(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t *resp_len);
};

/* Runs a file. Returns true where every answer was as written; else false, and what differs, with the line's number,
 * in 'why' (of why_cap bytes). *exchanges counts the APDUs. */
bool transcript_run(const char *path, const struct transcript_card *card, unsigned *exchanges, char *why,
                    size_t why_cap);

#endif
