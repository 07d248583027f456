/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_memory.h"

#include <stdlib.h>
#include <string.h>

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* What is on its way between two values reads as either, by bits or by words. */
static void read_unstable(struct card_memory *m, unsigned bank, size_t offset, uint8_t *data, size_t len)
{
    uint8_t mask = 0;
    size_t word = SIZE_MAX;
    for (size_t i = 0; i < len; i++) {
        size_t at = offset + i;
        uint8_t open = m->banks[bank][at] ^ m->before[bank][at];
        if (open != 0 && (!m->by_words || at / CARD_NV_WORD != word)) {
            uint64_t random = splitmix64(&m->noise);
            mask = m->by_words ? (uint8_t)(0 - (random & 1)) : (uint8_t)random;
            word = at / CARD_NV_WORD;
        }
        data[i] = (uint8_t)(m->banks[bank][at] ^ (open & mask));
    }
}

static void nv_read(void *ctx, unsigned bank, size_t offset, uint8_t *data, size_t len)
{
    struct card_memory *m = ctx;
    if (bank >= CARD_NV_BANKS || offset > m->port.bank_len || len > m->port.bank_len - offset)
        abort(); /* the core broke the port's contract */
    if (m->unstable)
        read_unstable(m, bank, offset, data, len);
    else
        memcpy(data, &m->banks[bank][offset], len);
}

enum outcome { NOTHING, HALF, UNSTABLE, WHOLE };

/* How far the next operation comes. */
static enum outcome operate(struct card_memory *m)
{
    static const enum outcome outcomes[CUT_WAYS] = { NOTHING, WHOLE, HALF, UNSTABLE, UNSTABLE };
    if (m->dead)
        return NOTHING;
    if (m->operations++ != (unsigned long)m->cut_at) /* -1 is never reached */
        return WHOLE;
    m->dead = true;
    m->by_words = m->cut == CUT_RANDOM;
    return outcomes[m->cut];
}

static void make_unstable(struct card_memory *m)
{
    if (m->unstable)
        return;
    m->unstable = true;
    for (unsigned bank = 0; bank < CARD_NV_BANKS; bank++)
        memcpy(m->before[bank], m->banks[bank], m->port.bank_len);
}

/* False where a bit should go from 0 to 1. */
static bool program_word(struct card_memory *m, unsigned bank, size_t offset, const uint8_t *data)
{
    bool good = true;
    enum outcome outcome = operate(m);
    if (outcome == UNSTABLE)
        make_unstable(m);
    for (size_t i = 0; i < CARD_NV_WORD && outcome != NOTHING; i++) {
        uint8_t *cell = &m->banks[bank][offset + i];
        good = good && (*cell & data[i]) == data[i];
        *cell &= outcome == HALF ? data[i] | 0x55 : data[i];
        if (outcome == WHOLE && m->unstable)
            m->before[bank][offset + i] &= data[i];
    }
    return good && !m->dead;
}

static bool nv_program(void *ctx, unsigned bank, size_t offset, const uint8_t *data, size_t len)
{
    struct card_memory *m = ctx;
    if (bank >= CARD_NV_BANKS || offset > m->port.bank_len || len > m->port.bank_len - offset || len == 0 ||
        offset % CARD_NV_WORD != 0 || len % CARD_NV_WORD != 0 ||
        offset / CARD_NV_PAGE != (offset + len - 1) / CARD_NV_PAGE)
        abort();
    for (size_t i = 0; i < len; i += CARD_NV_WORD)
        if (!program_word(m, bank, offset + i, data + i))
            return false;
    return true;
}

static bool nv_erase(void *ctx, unsigned bank)
{
    struct card_memory *m = ctx;
    if (bank >= CARD_NV_BANKS)
        abort();
    enum outcome outcome = operate(m);
    if (outcome == NOTHING)
        return false;
    if (outcome == UNSTABLE)
        make_unstable(m);
    /* by the end first: the header of a half erased bank still looks good */
    size_t from = outcome == HALF ? m->port.bank_len / 2 : 0;
    memset(&m->banks[bank][from], 0xFF, m->port.bank_len - from);
    if (outcome != UNSTABLE)
        memset(&m->before[bank][from], 0xFF, m->port.bank_len - from);
    m->erases++;
    return !m->dead;
}

static bool entropy(void *ctx, uint8_t *data, size_t len)
{
    struct card_memory *m = ctx;
    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)splitmix64(&m->entropy_state);
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
    if (!card_format(&memory->port, NULL))
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
