/* SPDX-License-Identifier: BSD-2-Clause */
#include "entropy.h"

#include "bytes.h"
#include "card_crypto.h"

/* For H = 4 bits a byte and a false alarm in 2^30: 1 + 30/H repetitions (4.4.1); of a window of 512 bytes, one more
 * than the critical value of the binomial distribution with p = 2^-H (4.4.2). */
#define REPEATS_MAX 9
#define WINDOW      512
#define SEEN_MAX    71

static void repetition_count(struct entropy *e, uint8_t byte)
{
    e->repeats = e->repeats > 0 && byte == e->last ? (uint8_t)(e->repeats + 1) : 1;
    e->last = byte;
    if (e->repeats >= REPEATS_MAX)
        e->failed = true;
}

static void adaptive_proportion(struct entropy *e, uint8_t byte)
{
    if (e->window_len == 0) {
        e->first = byte;
        e->seen = 0;
    }
    if (byte == e->first && ++e->seen >= SEEN_MAX)
        e->failed = true;
    e->window_len = (uint16_t)((e->window_len + 1) % WINDOW);
}

bool entropy_read(struct entropy *entropy, const struct card_port *port, uint8_t *data, size_t len)
{
    if (!entropy->failed && !port->entropy(port->ctx, data, len))
        entropy->failed = true;
    for (size_t i = 0; i < len && !entropy->failed; i++) {
        repetition_count(entropy, data[i]);
        adaptive_proportion(entropy, data[i]);
    }
    if (entropy->failed)
        crypto_wipe(data, len);
    return !entropy->failed;
}

bool entropy_start(struct entropy *entropy, const struct card_port *port)
{
    uint8_t chunk[64];
    bool ok = true;
    bytes_fill(entropy, 0, sizeof *entropy);
    for (size_t done = 0; ok && done < ENTROPY_STARTUP; done += sizeof chunk)
        ok = entropy_read(entropy, port, chunk, sizeof chunk);
    crypto_wipe(chunk, sizeof chunk);
    return ok;
}
