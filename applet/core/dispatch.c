/* SPDX-License-Identifier: BSD-2-Clause */
#include "dispatch.h"

#include "apdu.h"
#include "bytes.h"
#include "card_edge.h"
#include "commands.h"
#include "receive.h"

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
    const struct card_app *app = core->app;
    const struct command *found = NULL;
    bool gp = (apdu->cla & CLA_GP) != 0;
    *sw = SW_INS_UNSUPPORTED;
    if (app != NULL)
        found = gp ? find_in(app->gp_commands, app->gp_command_count, apdu, sw)
                   : find_in(app->commands, app->command_count, apdu, sw);
    if (found != NULL)
        return found;
    return gp ? find_in(session_commands, session_command_count, apdu, sw)
              : find_in(core_commands, core_command_count, apdu, sw);
}

static size_t data_len(const struct apdu *apdu)
{
    return apdu->sealed > 0 ? apdu->sealed : apdu->data.left;
}

/* What the row says of this block: steps 5 to 7 */
static uint16_t check_command(const struct core *core, const struct command *c, const struct apdu *apdu, bool last)
{
    size_t total = core->chain.total + data_len(apdu);
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
    if (core->chain.command != NULL) /* else it is wiped */
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

/* Adds the data, which the row's limit says there is room for, to those of the blocks before. */
static void collect(struct core *core, struct apdu *apdu, uint8_t clear[static CHANNEL_PART])
{
    struct chain *chain = &core->chain;
    while (apdu->data.left > 0) {
        struct rd part = channel_part(&core->channel, apdu, clear);
        bytes_copy(chain->collected + chain->total, part.p, part.left);
        chain->total += part.left;
    }
}

/* The handler runs for each part of the data: once where they aren't sealed. */
static uint16_t stream(struct core *core, const struct command *command, struct request *request, struct apdu *apdu,
                       uint8_t clear[static CHANNEL_PART])
{
    bool last = request->last;
    uint16_t sw;
    core->chain.total += data_len(apdu);
    do {
        request->data = channel_part(&core->channel, apdu, clear);
        request->last = last && apdu->data.left == 0;
        sw = run(core, request, command);
        request->first = false;
    } while (sw == SW_OK && apdu->data.left > 0);
    return sw;
}

/* Runs what there is to run with this block of a command. */
static uint16_t feed(struct core *core, const struct command *command, struct apdu *apdu, bool last,
                     uint8_t clear[static CHANNEL_PART])
{
    struct chain *chain = &core->chain;
    struct request request = { .ins = apdu->ins, .p1 = apdu->p1, .p2 = apdu->p2, .extended = apdu->extended };
    request.first = chain->command == NULL;
    request.last = last;
    bool whole = request.first && last && apdu->sealed == 0;
    chain->command = command;
    chain->p1 = apdu->p1;
    chain->p2 = apdu->p2;
    if (command->chaining != CHAIN_COLLECT || whole)
        return stream(core, command, &request, apdu, clear);
    collect(core, apdu, clear);
    request.data = rd_init(chain->collected, chain->total);
    request.first = true;
    return last ? run(core, &request, command) : SW_OK;
}

/* A command begins that is not the next block of the open chain. */
static void begin(struct core *core)
{
    chain_drop(core);
    access_next_command(&core->security);
}

static uint16_t execute(struct core *core, struct apdu *apdu, uint8_t clear[static CHANNEL_PART])
{
    uint16_t sw = receive(core, apdu, clear);
    bool last = (apdu->cla & CLA_CHAIN) == 0;
    if (sw != SW_OK || !chain_goes_on(core, apdu))
        begin(core);
    const struct command *command = sw == SW_OK ? find_command(core, apdu, &sw) : NULL;
    if (command == NULL || command->run != cmd_get_response)
        answer_drop(&core->answer);
    if (command != NULL)
        sw = check_command(core, command, apdu, last);
    if (command != NULL && sw == SW_OK)
        sw = feed(core, command, apdu, last, clear);
    if (sw != SW_OK || last)
        chain_drop(core);
    return sw;
}

/* Writes the response; Le counts for nothing where it is protected. */
static size_t respond(struct core *core, uint16_t sw, size_t le, uint8_t *resp, size_t resp_cap)
{
    bool protects = core->security.channel && channel_protects(&core->channel);
    struct wr out = wr_init(resp, resp_cap);
    if (sw == SW_OK) {
        out.len =
            answer_send(&core->answer, &core->store, protects ? channel_room(&core->channel) : le, resp, resp_cap);
    } else {
        answer_drop(&core->answer);
        wr_u16(&out, sw);
    }
    return protects ? channel_protect(&core->channel, resp, out.len) : out.len;
}

size_t dispatch(struct core *core, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t resp_cap)
{
    struct apdu apdu;
    uint8_t clear[CHANNEL_PART];
    uint16_t sw;
    if (apdu_parse(cmd, cmd_len, &apdu)) {
        sw = execute(core, &apdu, clear);
    } else {
        sw = receive_malformed(core);
        begin(core);
    }
    crypto_wipe(clear, sizeof clear);
    return respond(core, sw, apdu.le, resp, resp_cap);
}
