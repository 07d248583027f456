/* SPDX-License-Identifier: BSD-2-Clause */
/* The issuer domain's driver against the card core: every security level, MACs of 8 and 16 bytes, with random and
 * derived challenges, keys of both lengths, and key change-overs that are cut at every flash operation: the card has
 * one of two key sets and says which. */
#include <string.h>

#include "card_edge.h"
#include "card_memory.h"
#include "sdc/domain.h"
#include "sdc/piv.h"
#include "suite.h"

static struct card_memory card;
static struct sdc_link *link_;
static struct sdc_error error;

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    (void)ctx;
    *resp_len = card_memory_apdu(&card, cmd, cmd_len, resp, cap);
    return card.dead ? sdc_fail(e, SDC_E_REMOVED, "the power failed") : SDC_OK;
}

static enum sdc_status reset(void *ctx, struct sdc_error *e)
{
    (void)ctx, (void)e;
    card_memory_reset(&card);
    return SDC_OK;
}

static void blank(void)
{
    static const struct sdc_link_ops ops = { .transmit = transmit, .reset = reset };
    const uint8_t *atr;
    size_t atr_len;
    card_memory_init(&card);
    card_atr(&atr, &atr_len);
    sdc_link_close(link_);
    ck_assert_int_eq(sdc_link_open_process(&ops, NULL, atr, atr_len, &link_, NULL), SDC_OK);
}

/* The same with this parameter i. */
static void blank_of(uint8_t i)
{
    struct card_blank made;
    blank();
    card_blank_default(&made);
    made.scp_i = i;
    ck_assert(card_format_as(&card.port, &made));
    card_memory_reset(&card);
}

static struct sdc_scp03_keys transport(void)
{
    static const uint8_t known[] = { BLANK_TRANSPORT_KEY };
    struct sdc_scp03_keys keys = { .version = KEY_VERSION_TRANSPORT, .len = sizeof known };
    memcpy(keys.enc, known, sizeof known);
    memcpy(keys.mac, known, sizeof known);
    memcpy(keys.dek, known, sizeof known);
    return keys;
}

static struct sdc_scp03_keys own(uint8_t version, size_t len)
{
    struct sdc_scp03_keys keys = { .version = version, .len = len };
    for (size_t i = 0; i < len; i++) {
        keys.enc[i] = (uint8_t)(version + 3 * i);
        keys.mac[i] = (uint8_t)(version + 5 * i + 1);
        keys.dek[i] = (uint8_t)(version + 7 * i + 2);
    }
    return keys;
}

/* Of the session that is opened: MACs and cryptograms of 16 bytes. */
static bool wide;

static struct sdc_scp03 *open_domain(const struct sdc_scp03_keys *keys, enum sdc_scp03_level level)
{
    struct sdc_scp03 *session = NULL;
    ck_assert_int_eq(sdc_domain_select(link_, NULL), SDC_OK);
    enum sdc_status status = sdc_scp03_open(link_, keys, level, wide, &session, &error);
    ck_assert_msg(status == SDC_OK, "%s", error.text);
    return session;
}

static const enum sdc_scp03_level levels[] = { SDC_SCP03_MAC, SDC_SCP03_ENC, SDC_SCP03_RMAC, SDC_SCP03_FULL };

static const uint8_t kinds[] = { 0x60, 0x61, 0x70, 0x71 }; /* i: S8, S16; challenges random, derived; R-MAC, R-ENC */
#define COMBINATIONS (4 * 2 * 4)

/* A whole personalization's commands, at each level, with keys of 16 and 32 bytes, on a card of each kind. */
START_TEST(levels_and_lengths)
{
    enum sdc_scp03_level level = levels[_i % 4];
    uint8_t kind = kinds[_i / 8];
    const struct sdc_scp03_keys first = transport(), keys = own(1, _i / 4 % 2 ? 32 : 16);
    uint8_t object[1000], version = 0, state = 0, serial[SDC_SERIAL_LEN], again[SDC_SERIAL_LEN];
    uint8_t point[SDC_P256_POINT_LEN];
    size_t key_len = 0;
    struct sdc_buf out = SDC_BUF_INIT;
    blank_of(kind);
    wide = (kind & SCP_I_S16) != 0;
    struct sdc_scp03 *session = NULL;
    ck_assert_int_eq(sdc_domain_select(link_, NULL), SDC_OK); /* the other width is not spoken */
    ck_assert_int_ne(sdc_scp03_open(link_, &first, level, !wide, &session, NULL), SDC_OK);
    session = open_domain(&first, level);
    ck_assert_int_eq(sdc_domain_serial(sdc_scp03_link(session), serial, NULL), SDC_OK);
    sdc_scp03_serial(session, again);
    ck_assert_mem_eq(serial, again, sizeof serial);
    ck_assert_int_eq(sdc_domain_set_state(session, LIFE_SECURED, NULL), SDC_E_CONDITIONS); /* an error, inside */
    ck_assert_int_eq(sdc_domain_put_keys(session, first.version, &keys, &error), SDC_OK);
    sdc_scp03_close(session);
    session = open_domain(&keys, level);
    ck_assert_int_eq(sdc_domain_key_version(sdc_scp03_link(session), &version, &key_len, NULL), SDC_OK);
    ck_assert_uint_eq(version, 1);
    ck_assert_uint_eq(key_len, keys.len);
    ck_assert_int_eq(sdc_domain_store(session, DGI_TRANSPORT_PIN, true,
                                      "\3"
                                      "24681357",
                                      9, &error),
                     SDC_OK);
    ck_assert_int_eq(sdc_domain_store(session, DGI_ISSUER, false, "issuer", 6, &error), SDC_OK);
    ck_assert_int_eq(sdc_domain_store(session, DGI_TRANSPORT_PIN, false,
                                      "\3"
                                      "24681357",
                                      9, NULL),
                     SDC_E_CARD);
    ck_assert_int_eq(sdc_domain_get(sdc_scp03_link(session), TAG_ISSUER, &out, NULL), SDC_OK);
    ck_assert_uint_eq(out.len, 6);
    ck_assert_int_eq(sdc_domain_set_state(session, LIFE_INITIALIZED, NULL), SDC_OK);
    ck_assert_int_eq(sdc_domain_set_state(session, LIFE_SECURED, &error), SDC_OK);
    sdc_scp03_close(session);
    ck_assert_int_eq(sdc_domain_state(link_, &state, NULL), SDC_E_DENIED); /* a command without its session */
    ck_assert_int_eq(sdc_piv_select(link_, NULL), SDC_OK);
    ck_assert_int_eq(sdc_scp03_open(link_, &keys, level, wide, &session, &error), SDC_OK);
    sdc_scp03_serial(session, again);
    ck_assert_mem_eq(again, ((uint8_t[SDC_SERIAL_LEN]) { 0 }), sizeof again);
    for (size_t i = 0; i < sizeof object; i++)
        object[i] = (uint8_t)(i * 31);
    struct sdc_link *inside = sdc_scp03_link(session);
    ck_assert_int_eq(sdc_piv_generate(inside, KEY_CARD_AUTHENTICATION, point, &error), SDC_OK);
    ck_assert_int_eq(sdc_piv_put(inside, OBJ_CERT_9E, object, sizeof object, &error), SDC_OK);
    sdc_buf_clear(&out);
    ck_assert_int_eq(sdc_piv_get(inside, OBJ_CERT_9E, &out, &error), SDC_OK);
    ck_assert_uint_eq(out.len, sizeof object);
    ck_assert_mem_eq(out.data, object, sizeof object);
    ck_assert_int_eq(sdc_piv_select(inside, NULL), SDC_OK); /* ends it on both sides */
    ck_assert_int_eq(sdc_piv_put(inside, OBJ_CERT_9E, object, 10, NULL), SDC_E_DENIED);
    ck_assert_int_eq(sdc_piv_put(link_, OBJ_CERT_9E, object, 10, NULL), SDC_E_DENIED);
    sdc_buf_clear(&out);
    ck_assert_int_eq(sdc_piv_get(link_, OBJ_CERT_9E, &out, &error), SDC_OK);
    ck_assert_mem_eq(out.data, object, sizeof object);
    sdc_scp03_close(session);
    sdc_buf_free(&out);
}
END_TEST

/* The power fails at each flash operation of a change-over: exactly one set opens the card, it says which, and nothing
 * is tried to find out. */
START_TEST(change_over_cut)
{
    const struct sdc_scp03_keys sets[2] = { transport(), own(1, 32) };
    unsigned old = 0, fresh = 0;
    for (long at = 0; at < 40; at++) {
        uint8_t version = 0;
        size_t key_len = 0;
        blank();
        struct sdc_scp03 *session = open_domain(&sets[0], SDC_SCP03_FULL);
        card.operations = 0;
        card.cut_at = at;
        card.cut = (enum card_memory_cut)_i;
        enum sdc_status status = sdc_domain_put_keys(session, sets[0].version, &sets[1], NULL);
        bool cut = card.dead;
        ck_assert_int_eq(status == SDC_OK, !cut);
        sdc_scp03_close(session);
        ck_assert_int_eq(sdc_link_reset(link_, NULL), SDC_OK);
        ck_assert_int_eq(sdc_domain_select(link_, NULL), SDC_OK);
        ck_assert_int_eq(sdc_domain_key_version(link_, &version, &key_len, NULL), SDC_OK);
        size_t now = version == sets[1].version;
        ck_assert_uint_eq(version, sets[now].version);
        ck_assert_uint_eq(key_len, sets[now].len);
        ck_assert_int_eq(sdc_scp03_open(link_, &sets[!now], SDC_SCP03_FULL, false, &session, NULL), SDC_E_NOT_FOUND);
        ck_assert_int_eq(sdc_scp03_open(link_, &sets[now], SDC_SCP03_FULL, false, &session, &error), SDC_OK);
        sdc_scp03_close(session);
        if (now)
            fresh++;
        else
            old++;
        if (!cut) {
            ck_assert_uint_eq(now, 1);
            break;
        }
    }
    ck_assert_uint_gt(old, 3);
    ck_assert_uint_gt(fresh, 0);
}
END_TEST

/* What a long object costs beside its bytes: one command with extended length; in short blocks 239 each, encrypted. */
START_TEST(overhead)
{
    static const size_t lengths[] = { 1000, 1024, 4000, 16384 };
    static uint8_t object[16384];
    const struct sdc_scp03_keys first = transport();
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct sdc_scp03 *session = NULL;
        blank();
        link_->short_only = _i != 0;
        ck_assert_int_eq(sdc_piv_select(link_, NULL), SDC_OK);
        ck_assert_int_eq(sdc_scp03_open(link_, &first, SDC_SCP03_FULL, false, &session, NULL), SDC_OK);
        uint64_t out = link_->stats.bytes_out, apdus = link_->stats.apdus;
        ck_assert_int_eq(sdc_piv_put(sdc_scp03_link(session), OBJ_FACE, object, lengths[i], &error), SDC_OK);
        out = link_->stats.bytes_out - out;
        apdus = link_->stats.apdus - apdus;
        ck_assert_uint_eq(apdus, _i == 0 ? 1 : (lengths[i] + 9 + 238) / 239);
        ck_assert_uint_le(out * 1000, lengths[i] * (_i == 0 ? 1050 : 1100));
        sdc_scp03_close(session);
    }
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { levels_and_lengths, COMBINATIONS },
                                        { change_over_cut, CUT_WAYS },
                                        { overhead, 2 } };
    return suite_run("domain", tests, sizeof tests / sizeof *tests);
}
