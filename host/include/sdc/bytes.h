/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes: a reader (cursor) over bytes that somebody else owns, and a growing buffer to build into. Both have a sticky
 * error, so that a parser or builder tests once, at its end. Nobody indexes wire bytes. */
#ifndef SDC_BYTES_H
#define SDC_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* ---- reader ----
 * Every call consumes exactly what it was asked for, or consumes nothing, sets the sticky error and yields zeroes.
 * Test sdc_rd_end() once, before any effect. */
struct sdc_rd {
    const uint8_t *p;
    size_t left;
    bool err;
};
struct sdc_rd sdc_rd_init(const void *data, size_t len);
uint8_t sdc_rd_u8(struct sdc_rd *r);
uint16_t sdc_rd_u16(struct sdc_rd *r);                   /* big-endian */
uint32_t sdc_rd_u32(struct sdc_rd *r);                   /* big-endian */
struct sdc_rd sdc_rd_take(struct sdc_rd *r, size_t n);   /* sub-reader of n bytes; in error where r is */
void sdc_rd_copy(struct sdc_rd *r, void *out, size_t n); /* out is zeroed on error */
void sdc_rd_skip(struct sdc_rd *r, size_t n);
bool sdc_rd_end(const struct sdc_rd *r);                                 /* no error, nothing left */
bool sdc_rd_equal(const struct sdc_rd *r, const void *data, size_t len); /* what is left; not constant time */

/* ---- buffer ----
 * {0} or SDC_BUF_INIT is an empty buffer. It grows on the heap; what it held is wiped whenever memory is given back.
 * 'cap_max' 0 means SDC_BUF_CAP. Beyond it, or without memory, the sticky error is set and nothing is added. */
#define SDC_BUF_CAP ((size_t)16 * 1024 * 1024)
struct sdc_buf {
    uint8_t *data; /* NULL while empty */
    size_t len, cap, cap_max;
    bool err;
};
#define SDC_BUF_INIT                                                                                                   \
    {                                                                                                                  \
        NULL, 0, 0, 0, false                                                                                           \
    }
void sdc_buf_free(struct sdc_buf *b);            /* wipes, frees, and leaves an empty buffer */
void sdc_buf_clear(struct sdc_buf *b);           /* wipes the content, keeps the memory, clears the error */
void sdc_buf_cut(struct sdc_buf *b, size_t len); /* wipes what is beyond len; the error stays */
void sdc_buf_put(struct sdc_buf *b, const void *data, size_t len);
void sdc_buf_u8(struct sdc_buf *b, uint8_t v);
void sdc_buf_u16(struct sdc_buf *b, uint16_t v); /* big-endian */
void sdc_buf_u32(struct sdc_buf *b, uint32_t v); /* big-endian */
void sdc_buf_fill(struct sdc_buf *b, uint8_t v, size_t count);
void sdc_buf_string(struct sdc_buf *b, const char *s); /* without its NUL */
struct sdc_rd sdc_buf_rd(const struct sdc_buf *b);     /* valid until the buffer changes */
/* The sticky error as a status: SDC_OK or SDC_E_NO_MEMORY. */
enum sdc_status sdc_buf_status(const struct sdc_buf *b, struct sdc_error *e) SDC_WARN_UNUSED;

/* ---- small helpers ---- */
void sdc_wipe(void *data, size_t len);                    /* not optimised away */
bool sdc_equal(const void *a, const void *b, size_t len); /* constant time in len */
/* Upper-case hex of data into out (2 * len + 1 bytes, NUL-terminated). */
void sdc_hex(const void *data, size_t len, char *out);
/* Hex text (either case, no separators, exactly 2 * len digits) to bytes; false otherwise. */
bool sdc_unhex(const char *text, void *out, size_t len);
/* len random bytes of the operating system's generator by the crypto library. */
enum sdc_status sdc_random(void *out, size_t len, struct sdc_error *e) SDC_WARN_UNUSED;

/* Reads a whole regular file of at most max bytes into out (appended; unchanged on error). SDC_E_INPUT where there is
 * no such file, it is something else, or it is larger; SDC_E_IO where reading fails. */
enum sdc_status sdc_file_read(const char *path, size_t max, struct sdc_buf *out, struct sdc_error *e) SDC_WARN_UNUSED;
/* SDC_OK where a file or folder belongs to this user or root, and its mode has none of the 'forbidden' bits (like 077:
 * nobody else may use it). SDC_E_INPUT, with a text that says what to do, otherwise or where it isn't there. */
enum sdc_status sdc_file_guarded(const char *path, unsigned forbidden, struct sdc_error *e) SDC_WARN_UNUSED;
/* Writes a file so that after any crash the path holds the old content or the new (temporary file, fsync, rename,
 * fsync of the folder). 'mode' as for open(2). SDC_E_IO. */
enum sdc_status sdc_file_write(const char *path, const void *data, size_t len, unsigned mode,
                               struct sdc_error *e) SDC_WARN_UNUSED;

#endif
