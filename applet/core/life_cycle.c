/* SPDX-License-Identifier: BSD-2-Clause */
#include "life_cycle.h"

#include "bytes.h"
#include "card_edge.h"
#include "records.h"

static const struct {
    uint8_t from, to;
} transitions[] = {
    { LIFE_OP_READY, LIFE_INITIALIZED }, { LIFE_INITIALIZED, LIFE_SECURED },    { LIFE_SECURED, LIFE_CARD_LOCKED },
    { LIFE_CARD_LOCKED, LIFE_SECURED },  { LIFE_OP_READY, LIFE_TERMINATED },    { LIFE_INITIALIZED, LIFE_TERMINATED },
    { LIFE_SECURED, LIFE_TERMINATED },   { LIFE_CARD_LOCKED, LIFE_TERMINATED },
};

uint8_t life_cycle(const struct core *core)
{
    uint8_t state;
    if (store_len(&core->store, RECORD_LIFE_CYCLE) == 0)
        return LIFE_OP_READY;
    return store_read(&core->store, RECORD_LIFE_CYCLE, 0, &state, 1) ? state : LIFE_TERMINATED;
}

bool life_before_secured(const struct core *core)
{
    return life_is_before_secured(life_cycle(core));
}

bool life_is_before_secured(uint8_t state)
{
    return state == LIFE_OP_READY || state == LIFE_INITIALIZED;
}

static bool allowed(uint8_t from, uint8_t to)
{
    for (size_t i = 0; i < COUNT(transitions); i++)
        if (transitions[i].from == from && transitions[i].to == to)
            return true;
    return false;
}

uint16_t life_cycle_change(struct core *core, uint8_t to)
{
    if (!allowed(life_cycle(core), to))
        return SW_CONDITIONS;
    return core_record_put(core, RECORD_LIFE_CYCLE, &to, 1);
}
