/* SPDX-License-Identifier: BSD-2-Clause */
/* INITIALIZE UPDATE: the session keys are made, and what the host will have to show. Nothing is written: asking costs
 * the card no wear, and a derived challenge is the same until somebody answers it. */
#include "bytes.h"
#include "card_edge.h"
#include "issuer_private.h"
#include "life_cycle.h"
#include "records.h"

#define SEQUENCE_LEN 3
#define S8_LEN       8
#define AID_MAX      16
#define CHALLENGES   (2 * CHANNEL_MAC_MAX)

struct opening {
    struct key_set keys;
    uint8_t i;
    uint8_t n;     /* bytes of challenges and cryptograms */
    uint32_t next; /* sequence counter */
    uint8_t sequence[SEQUENCE_LEN];
    uint8_t challenges[CHALLENGES]; /* host's, card's: the context of all derivations */
};

static void sequence_write(uint32_t next, uint8_t sequence[static SEQUENCE_LEN])
{
    sequence[0] = (uint8_t)(next >> 16);
    sequence[1] = (uint8_t)(next >> 8);
    sequence[2] = (uint8_t)next;
}

/* Random, or derived from the counter and the selected application's name (amendment D, 6.2.2.1). */
static void card_challenge(struct core *core, struct opening *o)
{
    uint8_t context[SEQUENCE_LEN + AID_MAX], *out = o->challenges + o->n;
    if ((o->i & SCP_I_PSEUDO_RANDOM) == 0) {
        crypto_drbg_generate(&core->drbg, out, o->n);
        return;
    }
    sequence_write(o->next, o->sequence);
    struct wr w = wr_init(context, sizeof context);
    wr_bytes(&w, o->sequence, SEQUENCE_LEN);
    wr_bytes(&w, core->app->aid, core->app->aid_len);
    scp03_derive(o->keys.key[KEY_ENC], o->keys.len, SCP_KDF_CARD_CHALLENGE, context, w.len, out, o->n);
}

static void session_keys(struct core *core, const struct opening *o)
{
    struct channel *c = &core->channel;
    const struct key_set *k = &o->keys;
    size_t n = 2 * (size_t)o->n;
    c->state = CHANNEL_PENDING;
    c->mac_len = o->n;
    c->key_len = k->len;
    bytes_copy(c->dek, k->key[KEY_DEK], k->len);
    scp03_derive(k->key[KEY_ENC], k->len, SCP_KDF_S_ENC, o->challenges, n, c->enc, k->len);
    scp03_derive(k->key[KEY_MAC], k->len, SCP_KDF_S_MAC, o->challenges, n, c->mac, k->len);
    scp03_derive(k->key[KEY_MAC], k->len, SCP_KDF_S_RMAC, o->challenges, n, c->rmac, k->len);
    scp03_derive(c->mac, k->len, SCP_KDF_HOST_CRYPTOGRAM, o->challenges, n, c->cryptogram, o->n);
}

/* Diversification data: the serial, which would tell holders apart once they have the card. */
static void write_serial(const struct core *core, struct wr *answer)
{
    uint8_t serial[SCP_SERIAL] = { 0 };
    if (life_before_secured(core) && !store_read(&core->store, RECORD_SERIAL, 0, serial, sizeof serial))
        bytes_fill(serial, 0, sizeof serial);
    wr_bytes(answer, serial, sizeof serial);
}

static void answer_write(const struct core *core, const struct opening *o, struct wr *answer)
{
    uint8_t cryptogram[CHANNEL_MAC_MAX];
    scp03_derive(core->channel.mac, o->keys.len, SCP_KDF_CARD_CRYPTOGRAM, o->challenges, 2 * (size_t)o->n, cryptogram,
                 o->n);
    write_serial(core, answer);
    wr_u8(answer, o->keys.version);
    wr_u8(answer, SCP_03);
    wr_u8(answer, o->i);
    wr_bytes(answer, o->challenges + o->n, o->n);
    wr_bytes(answer, cryptogram, o->n);
    if ((o->i & SCP_I_PSEUDO_RANDOM) != 0)
        wr_bytes(answer, o->sequence, SEQUENCE_LEN);
}

static uint16_t check(const struct core *core, const struct request *request, const struct opening *o)
{
    if (core->app == NULL) /* a session is for an application */
        return SW_CONDITIONS;
    if (request->p1 != 0 && request->p1 != o->keys.version)
        return SW_REFERENCE_NOT_FOUND;
    if (request->data.left != o->n)
        return SW_WRONG_LENGTH;
    return o->next > SEQUENCE_MAX ? SW_CONDITIONS : SW_OK;
}

static bool read(const struct core *core, struct opening *o)
{
    struct counters counters;
    if (!scp03_i(core, &o->i) || !counters_read(core, &counters))
        return false;
    o->n = (o->i & SCP_I_S16) != 0 ? CHANNEL_MAC_MAX : S8_LEN;
    o->next = counters.sequence + 1;
    return true;
}

uint16_t cmd_initialize_update(struct core *core, const struct request *request, struct wr *answer)
{
    struct opening o = { .n = 0 };
    struct rd data = request->data;
    uint16_t sw = SW_NV_FAILURE;
    if (read(core, &o))
        sw = key_set_read(core, &o.keys) ? check(core, request, &o) : SW_REFERENCE_NOT_FOUND;
    if (sw == SW_OK) {
        rd_copy(&data, o.challenges, o.n);
        card_challenge(core, &o);
        session_keys(core, &o);
        answer_write(core, &o, answer);
    }
    crypto_wipe(&o, sizeof o);
    return sw;
}
