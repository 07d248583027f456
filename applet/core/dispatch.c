/* SPDX-License-Identifier: BSD-2-Clause */
#include "dispatch.h"

#include "apdu.h"
#include "bytes.h"
#include "card_edge.h"
#include "commands.h"
#include "receive.h"

#define SW_LEN 2

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
    found = gp ? find_in(app->gp_commands, app->gp_command_count, apdu, sw)
               : find_in(app->commands, app->command_count, apdu, sw);
    if (found != NULL || (gp && core->messaging.now)) /* no issuer's session inside the channel */
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
static void collect(struct core *core, struct apdu *apdu, uint8_t clear[static SEALED_PART])
{
    struct chain *chain = &core->chain;
    while (apdu->data.left > 0) {
        struct rd part = sealed_part(apdu, clear);
        bytes_copy(chain->collected + chain->total, part.p, part.left);
        chain->total += part.left;
    }
}

/* The handler runs for each part of the data: once where they aren't sealed. */
static uint16_t stream(struct core *core, const struct command *command, struct request *request, struct apdu *apdu,
                       uint8_t clear[static SEALED_PART])
{
    bool last = request->last;
    uint16_t sw;
    core->chain.total += data_len(apdu);
    do {
        request->data = sealed_part(apdu, clear);
        request->last = last && apdu->data.left == 0;
        sw = run(core, request, command);
        request->first = false;
    } while (sw == SW_OK && apdu->data.left > 0);
    return sw;
}

/* Runs what there is to run with this block of a command. */
static uint16_t feed(struct core *core, const struct command *command, struct apdu *apdu, bool last,
                     uint8_t clear[static SEALED_PART])
{
    struct chain *chain = &core->chain;
    struct request request = {
        .ins = apdu->ins,
        .p1 = apdu->p1,
        .p2 = apdu->p2,
        .extended = apdu->extended,
        .le_given = apdu->le_given,
        .le = apdu->le,
        .room = apdu->room,
    };
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

static void app_next(struct core *core, const struct command *command)
{
    if (core->app->next != NULL)
        core->app->next(core, command);
}

/* A command begins that is not the next block of the open chain. */
static void begin(struct core *core, const struct command *command)
{
    chain_drop(core);
    access_next_command(&core->security);
    app_next(core, command);
}

static bool protects(const struct core *core)
{
    return core->security.channel && channel_protects(&core->channel);
}

/* Bytes of answer that the response has room for. Le counts for nothing in an issuer's session. */
static size_t room(const struct core *core, const struct apdu *apdu, size_t resp_cap)
{
    if (protects(core))
        return channel_room(&core->channel);
    size_t n = core->messaging.now ? messaging_room(&core->messaging, resp_cap) : resp_cap - SW_LEN;
    return apdu->le < n ? apdu->le : n;
}

static uint16_t execute(struct core *core, struct apdu *apdu, uint8_t clear[static SEALED_PART], size_t resp_cap)
{
    uint16_t sw = receive(core, apdu, clear);
    bool last = (apdu->cla & CLA_CHAIN) == 0, goes_on = sw == SW_OK && chain_goes_on(core, apdu);
    const struct command *command = sw == SW_OK ? find_command(core, apdu, &sw) : NULL;
    if (!goes_on)
        begin(core, command);
    apdu->room = room(core, apdu, resp_cap);
    if (command == NULL || command->run != cmd_get_response)
        answer_drop(&core->answer);
    if (command != NULL)
        sw = check_command(core, command, apdu, last);
    if (command != NULL && sw == SW_OK)
        sw = feed(core, command, apdu, last, clear);
    else
        app_next(core, NULL); /* it didn't run: no protocol goes on with it */
    if (sw != SW_OK || last || command->chaining == CHAIN_STEP)
        chain_drop(core);
    return sw;
}

static bool has_answer(uint16_t sw)
{
    return sw == SW_OK || sw == SW_END_OF_FILE;
}

/* The answer in the channel of messaging.h: whole, since GET RESPONSE has no place there. */
static size_t respond_protected(struct core *core, uint16_t sw, const struct apdu *apdu, uint8_t *resp, size_t resp_cap)
{
    size_t n = has_answer(sw) ? answer_left(&core->answer) : 0;
    if (n > apdu->room) {
        sw = SW_WRONG_LENGTH;
        n = 0;
        core->messaging.ends |= core->messaging.renews; /* new keys, without the card's proof: the channel is over */
    }
    size_t at = messaging_data_at(apdu->ins, n);
    if (n > 0 && answer_send(&core->answer, &core->store, n, resp + at, resp_cap - at) != n + SW_LEN) {
        sw = SW_NV_FAILURE;
        n = 0;
    }
    answer_drop(&core->answer);
    return messaging_protect(&core->messaging, apdu->ins, resp, n, sw);
}

static size_t respond_plain(struct core *core, uint16_t sw, const struct apdu *apdu, uint8_t *resp, size_t resp_cap)
{
    struct wr out = wr_init(resp, resp_cap);
    if (has_answer(sw)) {
        out.len = answer_send(&core->answer, &core->store, apdu->room, resp, resp_cap);
        if (sw != SW_OK && !answer_pending(&core->answer) && out.len > SW_LEN) {
            out.len -= SW_LEN;
            wr_u16(&out, sw);
        }
    } else {
        answer_drop(&core->answer);
        wr_u16(&out, sw);
    }
    return protects(core) ? channel_protect(&core->channel, resp, out.len) : out.len;
}

static size_t respond(struct core *core, uint16_t sw, const struct apdu *apdu, uint8_t *resp, size_t resp_cap)
{
    size_t len = core->messaging.now ? respond_protected(core, sw, apdu, resp, resp_cap)
                                     : respond_plain(core, sw, apdu, resp, resp_cap);
    if (messaging_settle(&core->messaging))
        core_channel_end(core);
    return len;
}

size_t dispatch(struct core *core, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t resp_cap)
{
    struct apdu apdu;
    uint8_t clear[SEALED_PART];
    uint16_t sw;
    if (apdu_parse(cmd, cmd_len, &apdu)) {
        sw = execute(core, &apdu, clear, resp_cap);
    } else {
        sw = receive_malformed(core);
        begin(core, NULL);
    }
    crypto_wipe(clear, sizeof clear);
    return respond(core, sw, &apdu, resp, resp_cap);
}
