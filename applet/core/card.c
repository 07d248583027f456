/* SPDX-License-Identifier: BSD-2-Clause */
#include "card.h"

#include <assert.h>

#include "bytes.h"
#include "card_edge.h"
#include "core.h"
#include "dispatch.h"
#include "format.h"

static_assert(sizeof(struct core) <= CARD_STATE_LEN, "struct card holds the core's state");
static_assert(sizeof(void *) < 8 || CARD_STATE_LEN - sizeof(struct core) < 512,
              "CARD_STATE_LEN is as small as a desk lets it be");
static_assert(_Alignof(struct core) <= _Alignof(struct card), "struct card is aligned for the core's state");

#define SERIAL_FIXED 3  /* bytes of BLANK_SERIAL that every serial number begins with */
#define SEED_LEN     48 /* SP 800-90A 8.6.7: 256 bits and a nonce of half of it */

/* A new seed comes in after so many commands, far below what SP 800-90A 10.1 allows (2^48 requests): it costs little.
 */
#define SEED_COMMANDS 1024

/* T=1, F/D 512/32 (TA1), IFSC 254, CWI 5 BWI 4, historical bytes: compact TLV, application identifier of PIV, by which
 * OpenSC knows a PIV card before its first command. ISO/IEC 7816-3 8.2, 7816-4 12.1.1. */
#define ATR_HISTORICAL 0x80, 0xF9, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00
static const uint8_t atr_bytes[] = { 0x3B, 0x9B, 0x96, 0x81, 0x31, 0xFE, 0x45, ATR_HISTORICAL, 0xC4 };

void card_atr(const uint8_t **atr, size_t *atr_len)
{
    *atr = atr_bytes;
    *atr_len = sizeof atr_bytes;
}

static struct core *core_of(struct card *card)
{
    return (struct core *)(void *)card->state;
}

uint16_t core_store_sw(enum store_status status)
{
    return status == STORE_OK ? SW_OK : status == STORE_FULL ? SW_NO_SPACE : SW_NV_FAILURE;
}

uint16_t core_record_put(struct core *core, uint16_t id, const uint8_t *data, size_t len)
{
    enum store_status status = store_begin(&core->store, 1, len);
    if (status == STORE_OK)
        status = store_put(&core->store, id, data, len);
    if (status == STORE_OK)
        status = store_commit(&core->store);
    return core_store_sw(status);
}

void core_session_end(struct core *core)
{
    crypto_wipe(&core->security, sizeof core->security);
    crypto_wipe(core->app_state, sizeof core->app_state);
}

static void seed(struct core *core, void (*put)(struct crypto_drbg *, const uint8_t *, size_t))
{
    uint8_t bytes[SEED_LEN];
    if (entropy_read(&core->health.entropy, core->port, bytes, sizeof bytes))
        put(&core->drbg, bytes, sizeof bytes);
    else
        core->health.fault = FAULT_ENTROPY;
    core->since_seed = 0;
    crypto_wipe(bytes, sizeof bytes);
}

void card_reset(struct card *card, const struct card_port *port)
{
    struct core *core = core_of(card);
    crypto_wipe(core, sizeof *core);
    core->port = port;
    core->health.fault = self_test_start();
    if (core->health.fault == FAULT_NONE && !store_mount(&core->store, port))
        core->health.fault = FAULT_STORE;
    if (core->health.fault == FAULT_NONE && !entropy_start(&core->health.entropy, port))
        core->health.fault = FAULT_ENTROPY;
    if (core->health.fault == FAULT_NONE)
        seed(core, crypto_drbg_init);
}

/* What a mute card still says: why it is mute. It shows no secret and no value of the store. */
static size_t mute(const struct core *core, struct rd cmd, struct wr *out)
{
    static const uint8_t state_command[] = { GET_STATE_COMMAND };
    bool asked = cmd.left == sizeof state_command && bytes_same(cmd.p, state_command, sizeof state_command);
    if (asked)
        wr_u8(out, (uint8_t)core->health.fault);
    wr_u16(out, asked ? SW_OK : SW_SELF_TEST_FAILED);
    return out->len;
}

size_t card_apdu(struct card *card, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t resp_cap)
{
    struct core *core = core_of(card);
    self_test_command(&core->health, rd_init(cmd, cmd_len));
    if (core->health.fault == FAULT_NONE && core->since_seed == SEED_COMMANDS)
        seed(core, crypto_drbg_reseed);
    core->since_seed++;
    if (core->health.fault == FAULT_NONE)
        return dispatch(core, cmd, cmd_len, resp, resp_cap);
    struct wr out = wr_init(resp, resp_cap);
    return mute(core, rd_init(cmd, cmd_len), &out);
}

bool card_format(const struct card_port *port)
{
    struct card_blank blank;
    card_blank_default(&blank);
    return port->entropy(port->ctx, blank.serial + SERIAL_FIXED, CARD_SERIAL_LEN - SERIAL_FIXED) &&
           card_format_as(port, &blank);
}

bool card_format_as(const struct card_port *port, const struct card_blank *blank)
{
    struct core core;
    bytes_fill(&core, 0, sizeof core);
    core.port = port;
    bool ok = store_format(port) && store_mount(&core.store, port) && format_blank(&core, blank);
    crypto_wipe(&core, sizeof core);
    return ok;
}
