/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_memory.h"

#include <stdlib.h>
#include <string.h>

static void nv_read(void *ctx, unsigned bank, size_t offset, uint8_t *data, size_t len)
{
    struct card_memory *m = ctx;
    if (bank >= CARD_NV_BANKS || offset > CARD_MEMORY_BANK_LEN || len > CARD_MEMORY_BANK_LEN - offset)
        abort(); /* the core broke the port's contract */
    memcpy(data, &m->banks[bank][offset], len);
}

/* Whether this operation takes effect at all; *torn where it does so by half. */
static bool alive(struct card_memory *m, bool *torn)
{
    *torn = false;
    if (m->dead)
        return false;
    if (m->operations++ != (unsigned long)m->cut_at) /* -1 is never reached */
        return true;
    m->dead = true;
    *torn = m->cut == CUT_TORN;
    return m->cut != CUT_BEFORE;
}

static bool nv_program(void *ctx, unsigned bank, size_t offset, const uint8_t *data, size_t len)
{
    struct card_memory *m = ctx;
    bool torn, good = true;
    if (bank >= CARD_NV_BANKS || offset > CARD_MEMORY_BANK_LEN || len > CARD_MEMORY_BANK_LEN - offset || len == 0 ||
        offset % CARD_NV_WORD != 0 || len % CARD_NV_WORD != 0)
        abort();
    if (!alive(m, &torn))
        return false;
    size_t whole = torn ? len / CARD_NV_WORD / 2 * CARD_NV_WORD : len;
    for (size_t i = 0; i < whole; i++) {
        m->banks[bank][offset + i] &= data[i];
        good = good && m->banks[bank][offset + i] == data[i];
    }
    if (torn)
        for (size_t i = whole; i < whole + CARD_NV_WORD; i++)
            m->banks[bank][offset + i] &= data[i] | 0x55;
    return good && !m->dead;
}

static bool nv_erase(void *ctx, unsigned bank)
{
    struct card_memory *m = ctx;
    bool torn;
    if (bank >= CARD_NV_BANKS)
        abort();
    if (!alive(m, &torn))
        return false;
    /* by the end first: the header of a half erased bank still looks good */
    size_t from = torn ? CARD_MEMORY_BANK_LEN / 2 : 0;
    memset(&m->banks[bank][from], 0xFF, CARD_MEMORY_BANK_LEN - from);
    return !m->dead;
}

static bool entropy(void *ctx, uint8_t *data, size_t len)
{
    struct card_memory *m = ctx;
    for (size_t i = 0; i < len; i++) { /* splitmix64, a byte at a time */
        uint64_t z = m->entropy_state += 0x9E3779B97F4A7C15u;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
        z = (z ^ z >> 27) * 0x94D049BB133111EBu;
        data[i] = (uint8_t)(z ^ z >> 31);
    }
    return !m->entropy_fails;
}

static void delay_ms(void *ctx, uint32_t ms)
{
    (void)ctx;
    (void)ms;
}

void card_memory_port(struct card_memory *memory)
{
    memset(memory, 0, sizeof *memory);
    memset(memory->banks, 0xFF, sizeof memory->banks);
    memory->cut_at = -1;
    memory->port = (struct card_port) {
        .ctx = memory,
        .bank_len = CARD_MEMORY_BANK_LEN,
        .nv_read = nv_read,
        .nv_program = nv_program,
        .nv_erase = nv_erase,
        .entropy = entropy,
        .delay_ms = delay_ms,
    };
}

void card_memory_init(struct card_memory *memory)
{
    card_memory_port(memory);
    if (!card_format(&memory->port))
        abort();
    card_memory_reset(memory);
}

void card_memory_reset(struct card_memory *memory)
{
    memory->dead = false;
    memory->cut_at = -1;
    memory->operations = 0;
    card_reset(&memory->card, &memory->port);
}

size_t card_memory_apdu(struct card_memory *memory, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t resp_cap)
{
    return card_apdu(&memory->card, cmd, cmd_len, resp, resp_cap);
}
