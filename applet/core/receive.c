/* SPDX-License-Identifier: BSD-2-Clause */
#include "receive.h"

#include "card_edge.h"
#include "life_cycle.h"

#define CLA_FURTHER_MASK 0xC0 /* 01xx xxxx: further interindustry classes, channels 4 to 19 */
#define CLA_FURTHER      0x40
#define CLA_RANGE_MASK   0xE0 /* 000x xxxx interindustry, 100x xxxx GlobalPlatform */
#define CLA_SM_MASK      0x0C
#define CLA_CHANNEL_MASK 0x03

static uint16_t check_class(uint8_t cla)
{
    if ((cla & CLA_FURTHER_MASK) == CLA_FURTHER)
        return SW_CHANNEL_UNSUPPORTED;
    if ((cla & CLA_RANGE_MASK) != CLA_ISO && (cla & CLA_RANGE_MASK) != CLA_GP)
        return SW_CLA_UNSUPPORTED;
    if ((cla & CLA_CHANNEL_MASK) != 0)
        return SW_CHANNEL_UNSUPPORTED;
    if ((cla & CLA_SM_MASK) == CLA_SM_ISO) /* where no channel is open: else it was taken off */
        return SW_CONDITIONS;
    return (cla & CLA_SM_MASK & ~CLA_SM) != 0 ? SW_SM_UNSUPPORTED : SW_OK;
}

/* The classes of messaging.h: 0C, 1C, 8C, 9C. */
static bool is_protected(uint8_t cla)
{
    return (cla & CLA_SM_MASK) == CLA_SM_ISO && check_class((uint8_t)(cla & ~CLA_SM_ISO)) == SW_OK;
}

static bool is_select(const struct apdu *apdu)
{
    return apdu->cla == CLA_ISO && apdu->ins == INS_SELECT;
}

static bool is_initialize(const struct apdu *apdu)
{
    return apdu->cla == CLA_GP && apdu->ins == INS_INITIALIZE_UPDATE;
}

static bool is_authenticate(const struct apdu *apdu)
{
    return apdu->cla == (CLA_GP | CLA_SM) && apdu->ins == INS_EXTERNAL_AUTHENTICATE;
}

static bool is_life_cycle_query(const struct apdu *apdu)
{
    return apdu->cla == CLA_GP && apdu->ins == INS_GET_DATA_GP && apdu->p1 == TAG_LIFE_CYCLE >> 8 &&
           apdu->p2 == (TAG_LIFE_CYCLE & 0xFF);
}

/* Ends what the command ends. */
static void sessions_end(struct channel *channel, const struct apdu *apdu)
{
    if (is_select(apdu))
        channel_close(channel);
    else if (is_initialize(apdu))
        channel_end(channel);
}

static uint16_t receive_wrapped(struct core *core, struct apdu *apdu, uint8_t clear[static SEALED_PART])
{
    struct channel *channel = &core->channel;
    if (!channel_unwrap(channel, apdu, clear)) {
        channel_kill(channel);
        return SW_SECURITY_STATUS;
    }
    core->security.channel = true;
    sessions_end(channel, apdu);
    return check_class(apdu->cla);
}

/* What does not verify ends the channel, and so does a plain command, which is then executed. */
static uint16_t receive_protected(struct core *core, struct apdu *apdu, uint8_t clear[static SEALED_PART])
{
    uint16_t sw = messaging_unwrap(&core->messaging, apdu, clear);
    core->messaging.now = sw == SW_OK;
    if (sw != SW_OK)
        core_channel_end(core);
    return sw;
}

/* SELECT and INITIALIZE UPDATE end a session without being part of it; everything else is part of it or breaks it. */
static uint16_t receive_session(struct core *core, struct apdu *apdu, uint8_t clear[static SEALED_PART])
{
    struct channel *channel = &core->channel;
    sessions_end(channel, apdu);
    if (channel->state == CHANNEL_OPEN)
        return receive_wrapped(core, apdu, clear);
    uint16_t sw = check_class(apdu->cla);
    bool authenticates = is_authenticate(apdu) && !(channel->dead && channel->state == CHANNEL_NONE);
    if (!authenticates)
        channel_end(channel); /* a challenge serves for the next command alone */
    if (sw == SW_OK && !authenticates && ((channel->dead && !is_initialize(apdu)) || (apdu->cla & CLA_SM) != 0))
        sw = SW_SECURITY_STATUS;
    apdu->cla = (uint8_t)(apdu->cla & ~CLA_SM);
    return sw;
}

static uint16_t check_life(const struct core *core, uint8_t state, const struct apdu *apdu)
{
    if (is_select(apdu) || is_life_cycle_query(apdu) || (state != LIFE_CARD_LOCKED && state != LIFE_TERMINATED))
        return SW_OK;
    return core->app->administers && state == LIFE_CARD_LOCKED ? SW_OK : SW_CONDITIONS;
}

uint16_t receive(struct core *core, struct apdu *apdu, uint8_t clear[static SEALED_PART])
{
    uint8_t state = life_cycle(core);
    core->security.channel = false;
    core->messaging.now = false;
    core->security.secured = !life_is_before_secured(state);
    if (state == LIFE_TERMINATED) /* ended by the command that terminated the card, once it was answered */
        channel_close(&core->channel);
    if (core->messaging.open && !is_protected(apdu->cla))
        core_channel_end(core);
    uint16_t sw = core->messaging.open ? receive_protected(core, apdu, clear) : receive_session(core, apdu, clear);
    return sw == SW_OK ? check_life(core, state, apdu) : sw;
}

uint16_t receive_malformed(struct core *core)
{
    bool dead = core->channel.dead;
    if (core->messaging.open)
        core_channel_end(core);
    core->security.channel = false;
    if (core->channel.state == CHANNEL_OPEN)
        channel_kill(&core->channel);
    else
        channel_end(&core->channel);
    return dead ? SW_SECURITY_STATUS : SW_WRONG_LENGTH;
}
