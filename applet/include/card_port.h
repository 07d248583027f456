/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card core needs from the place it runs in: non-volatile memory, entropy, a way to wait.
 *
 * The memory is NOR flash as on common secure elements: two banks of equal size, programmed by 4-byte words (bits go
 * from 1 to 0 only), erased to FF by bank. A word may be programmed again, with the value it has (also where that is
 * not sure, because it was torn on the way there) and with zero. Promises a port must keep:
 *  - nv_program and nv_erase return only when the memory holds what was asked, or false;
 *  - operations take effect in the order they are called in, and the words of one nv_program from the first to the
 * last: a cut during one never undoes an earlier one, and nothing behind the word it falls on is changed;
 *  - the word that a cut falls on may be old, new or any mixture of their bits, also unstable (it reads differently
 * from one read to the next); a cut during nv_erase may leave any content in that bank, unstable too;
 *  - a torn word that is programmed again, as said above, and isn't cut again, is firm;
 *  - the other bank, and words not named by the call, are never changed.
 * A port may rely on this: no call of nv_program crosses a multiple of CARD_NV_PAGE. */
#ifndef CARD_PORT_H
#define CARD_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CARD_NV_BANKS 2
#define CARD_NV_WORD  4   /* bytes; offsets and lengths of nv_program are multiples of it */
#define CARD_NV_PAGE  256 /* bytes; no call of nv_program crosses a multiple of it */

struct card_port {
    void *ctx;       /* handed to every function below */
    size_t bank_len; /* bytes in one bank, multiple of CARD_NV_WORD; at least 128 KiB */

    /* Reads len bytes at offset of the bank. No alignment is asked. The range lies within the bank. */
    void (*nv_read)(void *ctx, unsigned bank, size_t offset, uint8_t *data, size_t len);
    /* Programs len bytes (a multiple of CARD_NV_WORD) at a multiple of CARD_NV_WORD. False: the memory failed. */
    bool (*nv_program)(void *ctx, unsigned bank, size_t offset, const uint8_t *data, size_t len);
    /* Sets the whole bank to FF. False: the memory failed. */
    bool (*nv_erase)(void *ctx, unsigned bank);

    /* Fills data with len bytes of full entropy from the noise source. False: the source failed; the card goes mute. */
    bool (*entropy)(void *ctx, uint8_t *data, size_t len);
    /* Waits, keeping the transport alive (waiting time extension) where it has to. Milliseconds. */
    void (*delay_ms)(void *ctx, uint32_t ms);
};

#endif
