/* SPDX-License-Identifier: BSD-2-Clause */
/* EXTERNAL AUTHENTICATE. The try is counted in non-volatile memory before anything is compared: a cut gives none back.
 * Too many cost time, never the card: whoever holds it for a minute must not be able to make it useless, and with keys
 * of 128 bits and more it is not guessing that has to be stopped, but measuring. */
#include "bytes.h"
#include "card_edge.h"
#include "issuer_private.h"

#define FREE_FAILURES 3 /* as many in a row cost no time */
#define DELAY_MS      1000
#define DELAY_MAX_MS  30000

static uint32_t delay(uint8_t failures)
{
    if (failures < FREE_FAILURES)
        return 0;
    unsigned doubled = (unsigned)(failures - FREE_FAILURES);
    uint32_t ms = doubled < 5 ? (uint32_t)DELAY_MS << doubled : DELAY_MAX_MS;
    return ms < DELAY_MAX_MS ? ms : DELAY_MAX_MS;
}

static uint16_t count(struct core *core)
{
    struct counters counters;
    if (!counters_read(core, &counters))
        return SW_NV_FAILURE;
    uint32_t ms = delay(counters.failures);
    counters.failures = (uint8_t)(counters.failures + (counters.failures < UINT8_MAX));
    counters.sequence++;
    uint16_t sw = counters_write(core, &counters);
    if (sw == SW_OK && ms > 0)
        core->port->delay_ms(core->port->ctx, ms);
    return sw;
}

static uint16_t clear(struct core *core)
{
    struct counters counters;
    if (!counters_read(core, &counters))
        return SW_NV_FAILURE;
    counters.failures = 0;
    return counters_write(core, &counters);
}

/* Both are looked at, whatever the first says. */
static bool host_is_right(struct channel *c, const struct request *request)
{
    const struct apdu apdu = {
        .ins = request->ins, .p1 = request->p1, .p2 = request->p2, .extended = request->extended
    };
    struct rd data = request->data;
    bool cryptogram = crypto_equal(data.p, c->cryptogram, c->mac_len);
    bool mac = channel_check_mac(c, CLA_GP | CLA_SM, &apdu, &data);
    return cryptogram & mac;
}

uint16_t cmd_external_authenticate(struct core *core, const struct request *request, struct wr *answer)
{
    struct channel *c = &core->channel;
    uint16_t sw = SW_OK;
    (void)answer;
    if (c->state != CHANNEL_PENDING)
        return SW_CONDITIONS;
    if (request->data.left != 2 * (size_t)c->mac_len)
        sw = SW_WRONG_LENGTH;
    if (sw == SW_OK)
        sw = count(core);
    if (sw == SW_OK && !host_is_right(c, request))
        sw = SW_AUTHENTICATION_FAILED;
    if (sw == SW_OK)
        sw = clear(core);
    if (sw != SW_OK) {
        channel_end(c);
        return sw;
    }
    crypto_wipe(c->cryptogram, sizeof c->cryptogram);
    c->state = CHANNEL_OPEN;
    c->dead = false;
    c->level = request->p1;
    return SW_OK;
}
