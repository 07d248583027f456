/* SPDX-License-Identifier: BSD-2-Clause */
/* Which bank counts. */
#include "crc32.h"
#include "rd.h"
#include "store_layout.h"
#include "wr.h"

unsigned pair_read(const struct card_port *port, unsigned bank, size_t at, uint32_t value)
{
    unsigned first = word_read(port, bank, at) == value;
    unsigned second = word_read(port, bank, at + CARD_NV_WORD) == value;
    return first | second << 1;
}

bool pair_program(const struct card_port *port, unsigned bank, size_t at, uint32_t value)
{
    uint8_t word[CARD_NV_WORD];
    struct wr w = wr_init(word, sizeof word);
    wr_u32(&w, value);
    return port->nv_program(port->ctx, bank, at, word, sizeof word) &&
           port->nv_program(port->ctx, bank, at + CARD_NV_WORD, word, sizeof word);
}

struct bank_header bank_header_read(const struct card_port *port, unsigned bank)
{
    uint8_t bytes[BANK_HEADER_LEN];
    struct bank_header header;
    port->nv_read(port->ctx, bank, 0, bytes, sizeof bytes);
    struct rd r = rd_init(bytes, sizeof bytes);
    bool magic = rd_u32(&r) == BANK_MAGIC;
    header.generation = rd_u32(&r);
    header.seq = rd_u32(&r);
    for (unsigned i = 0; i < CARD_NV_BANKS; i++)
        header.wear[i] = rd_u32(&r);
    header.valid = magic && rd_u32(&r) == crc32_update(CRC32_START, bytes, BANK_HEADER_LEN - 4);
    header.seals = pair_read(port, bank, BANK_SEAL_AT, BANK_SEAL);
    bool refused = pair_read(port, bank, BANK_VOID_AT, BANK_MARK) == PAIR_WHOLE;
    header.counts = header.valid && (header.seals == PAIR_WHOLE || (header.seals != 0 && !refused));
    return header;
}

bool bank_header_write(const struct card_port *port, unsigned bank, const struct bank_header *header)
{
    uint8_t bytes[BANK_HEADER_LEN];
    struct wr w = wr_init(bytes, sizeof bytes);
    wr_u32(&w, BANK_MAGIC);
    wr_u32(&w, header->generation);
    wr_u32(&w, header->seq);
    for (unsigned i = 0; i < CARD_NV_BANKS; i++)
        wr_u32(&w, header->wear[i]);
    wr_u32(&w, crc32_update(CRC32_START, bytes, w.len));
    return words_program(port, bank, 0, bytes, sizeof bytes) && pair_program(port, bank, BANK_SEAL_AT, BANK_SEAL);
}

/* A bank whose seal was torn and read as none must not count at a later mount, when the other one has changed: it is
 * void. Where the first seal is firm, none is ever read again, so what was chosen once is never void. */
static bool loser_settle(const struct card_port *port, unsigned bank, const struct bank_header *loser,
                         const struct bank_header *winner)
{
    if (!loser->valid || loser->generation < winner->generation ||
        pair_read(port, bank, BANK_VOID_AT, BANK_MARK) == PAIR_WHOLE)
        return true;
    return pair_program(port, bank, BANK_VOID_AT, BANK_MARK);
}

bool bank_choose(const struct card_port *port, unsigned *bank, struct bank_header *header)
{
    struct bank_header h[CARD_NV_BANKS];
    for (unsigned i = 0; i < CARD_NV_BANKS; i++)
        h[i] = bank_header_read(port, i);
    *bank = h[1].counts && (!h[0].counts || h[1].generation > h[0].generation) ? 1 : 0;
    *header = h[*bank];
    return header->counts && (header->seals == PAIR_WHOLE || pair_program(port, *bank, BANK_SEAL_AT, BANK_SEAL)) &&
           loser_settle(port, 1 - *bank, &h[1 - *bank], header);
}

bool store_format(const struct card_port *port)
{
    const struct bank_header header = { .generation = 1, .wear = { 1, 1 } };
    for (unsigned bank = 0; bank < CARD_NV_BANKS; bank++)
        if (!port->nv_erase(port->ctx, bank))
            return false;
    return bank_header_write(port, 0, &header);
}
