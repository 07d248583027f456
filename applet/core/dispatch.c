/* SPDX-License-Identifier: BSD-2-Clause */
#include "dispatch.h"

#include "apdu.h"
#include "bytes.h"
#include "card_edge.h"
#include "commands.h"

#define CLA_INTER_FIRST_MASK   0xE0 /* 000x xxxx: first interindustry range */
#define CLA_INTER_FURTHER_MASK 0xC0 /* 01xx xxxx: further one, channels 4 to 19 */
#define CLA_INTER_FURTHER      0x40
#define CLA_SM_MASK            0x0C
#define CLA_CHANNEL_MASK       0x03

static uint16_t check_class(uint8_t cla)
{
    if ((cla & CLA_INTER_FURTHER_MASK) == CLA_INTER_FURTHER)
        return SW_CHANNEL_UNSUPPORTED;
    if ((cla & CLA_INTER_FIRST_MASK) != 0)
        return SW_CLA_UNSUPPORTED;
    if ((cla & CLA_CHANNEL_MASK) != 0)
        return SW_CHANNEL_UNSUPPORTED;
    return (cla & CLA_SM_MASK) != 0 ? SW_SM_UNSUPPORTED : SW_OK;
}

/* NULL where none fits; then *sw, 6D00 at first, becomes 6A86 once a row has INS */
static const struct command *find_in(const struct command *table, uint8_t count, const struct apdu *apdu, uint16_t *sw)
{
    for (uint8_t i = 0; i < count; i++) {
        const struct command *c = &table[i];
        if (c->ins != apdu->ins)
            continue;
        if ((apdu->p1 & c->p1_mask) == c->p1 && (apdu->p2 & c->p2_mask) == c->p2)
            return c;
        *sw = SW_WRONG_P1P2;
    }
    return NULL;
}

static const struct command *find_command(const struct core *core, const struct apdu *apdu, uint16_t *sw)
{
    const struct command *found = NULL;
    *sw = SW_INS_UNSUPPORTED;
    if (core->app != NULL)
        found = find_in(core->app->commands, core->app->command_count, apdu, sw);
    return found != NULL ? found : find_in(core_commands, core_command_count, apdu, sw);
}

/* What the row says of this block: steps 5 to 7 */
static uint16_t check_command(const struct core *core, const struct command *c, const struct apdu *apdu, bool last)
{
    size_t total = core->chain.total + apdu->data.left;
    if (!last && c->chaining == CHAIN_NO)
        return SW_CHAINING_UNSUPPORTED;
    if (total > c->lc_max || (last && total < c->lc_min))
        return SW_WRONG_LENGTH;
    return access_granted(&core->security, c->access) ? SW_OK : SW_SECURITY_STATUS;
}

/* Nothing of an unfinished command remains. */
static void chain_drop(struct core *core)
{
    store_abort(&core->store);
    if (core->app != NULL)
        core->app->chain_end(core);
    crypto_wipe(&core->chain, sizeof core->chain);
}

static bool chain_goes_on(const struct core *core, const struct apdu *apdu)
{
    const struct chain *chain = &core->chain;
    return chain->command != NULL && (apdu->cla & ~CLA_CHAIN) == CLA_ISO && chain->command->ins == apdu->ins &&
           chain->p1 == apdu->p1 && chain->p2 == apdu->p2;
}

static uint16_t run(struct core *core, const struct request *request, const struct command *command)
{
    struct wr out = wr_init(core->answer.bytes, sizeof core->answer.bytes);
    uint16_t sw = command->run(core, request, &out);
    if (command->run == cmd_get_response)
        return sw;
    core->answer.len = out.len;
    return out.err ? SW_SELF_TEST_FAILED : sw;
}

/* Runs what there is to run with this block of a command. */
static uint16_t feed(struct core *core, const struct command *command, const struct apdu *apdu, bool last)
{
    struct chain *chain = &core->chain;
    struct request request = { .ins = apdu->ins, .p1 = apdu->p1, .p2 = apdu->p2 };
    request.data = apdu->data;
    request.first = chain->command == NULL;
    request.last = last;
    if (command->chaining == CHAIN_COLLECT && !(request.first && last)) {
        bytes_copy(chain->collected + chain->total, apdu->data.p, apdu->data.left);
        request.data = rd_init(chain->collected, chain->total + apdu->data.left);
        request.first = true;
    }
    chain->command = command;
    chain->p1 = apdu->p1;
    chain->p2 = apdu->p2;
    chain->total += apdu->data.left;
    if (command->chaining == CHAIN_COLLECT && !last)
        return SW_OK;
    return run(core, &request, command);
}

static uint16_t execute(struct core *core, const struct apdu *apdu)
{
    bool last = (apdu->cla & CLA_CHAIN) == 0;
    if (!chain_goes_on(core, apdu)) {
        chain_drop(core);
        access_next_command(&core->security);
    }
    uint16_t sw = check_class(apdu->cla & (uint8_t)~CLA_CHAIN);
    const struct command *command = sw == SW_OK ? find_command(core, apdu, &sw) : NULL;
    if (command == NULL || command->run != cmd_get_response)
        answer_drop(&core->answer);
    if (command != NULL)
        sw = check_command(core, command, apdu, last);
    if (command != NULL && sw == SW_OK)
        sw = feed(core, command, apdu, last);
    if (sw != SW_OK || last)
        chain_drop(core);
    return sw;
}

size_t dispatch(struct core *core, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t resp_cap)
{
    struct apdu apdu;
    uint16_t sw = SW_WRONG_LENGTH;
    if (apdu_parse(cmd, cmd_len, &apdu)) {
        sw = execute(core, &apdu);
    } else {
        chain_drop(core);
        access_next_command(&core->security);
    }
    if (sw == SW_OK)
        return answer_send(&core->answer, &core->store, apdu.le, resp, resp_cap);
    answer_drop(&core->answer);
    struct wr out = wr_init(resp, resp_cap);
    wr_u16(&out, sw);
    return out.len;
}
