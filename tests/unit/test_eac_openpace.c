/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenPACE as the card: its PACE, terminal authentication, chip authentication and secure messaging against the
 * host's. Keys and nonces are random on both sides. */
#include <stdlib.h>
#include <string.h>

#include <eac/ca.h>
#include <eac/pace.h>
#include <eac/ta.h>

#include "eac_vectors.h"
#include "sdc/eac.h"
#include "sdc/lds.h"
#include "sdc/tlv.h"
#include "suite.h"

struct openpace {
    EAC_CTX *ctx;
    PACE_SEC *secret;
    struct sdc_buf access;     /* EF.CardAccess */
    BUF_MEM *own, *terminal;   /* PACE's ephemeral public keys: the card's, the terminal's */
    BUF_MEM *comp, *auxiliary; /* of terminal authentication */
    bool secure, chip;         /* chip: the new keys hold from the next command on */
    bool fail_token;           /* answers PACE with a wrong token */
    unsigned selected;         /* SELECTs seen under the chip's keys */
};

/* ---- bytes ---- */

static BUF_MEM *mem(struct sdc_rd r)
{
    BUF_MEM *m = BUF_MEM_new();
    ck_assert(!r.err && BUF_MEM_grow(m, r.left) == r.left);
    memcpy(m->data, r.p, r.left);
    return m;
}

static void replace(BUF_MEM **at, BUF_MEM *m)
{
    if (*at)
        BUF_MEM_clear_free(*at);
    *at = m;
}

struct apdu {
    uint8_t head[4];
    struct sdc_rd data;
};

static struct apdu parse(const uint8_t *cmd, size_t len)
{
    struct apdu a = { .data = { 0 } };
    struct sdc_rd r = sdc_rd_init(cmd, len);
    sdc_rd_copy(&r, a.head, sizeof a.head);
    if (r.left > 1) {
        size_t lc = sdc_rd_u8(&r);
        a.data = sdc_rd_take(&r, lc ? lc : sdc_rd_u16(&r));
    }
    ck_assert(!r.err);
    return a;
}

static bool find(struct sdc_rd r, uint32_t tag, struct sdc_rd *value)
{
    uint32_t t;
    while (sdc_tlv_next(&r, &t, value))
        if (t == tag)
            return true;
    return false;
}

static struct sdc_rd take(struct sdc_rd r, uint32_t tag)
{
    struct sdc_rd value;
    ck_assert(find(r, tag, &value));
    return value;
}

static void put_object(struct sdc_buf *out, uint32_t tag, const BUF_MEM *value)
{
    ck_assert_ptr_nonnull(value);
    sdc_tlv_put(out, tag, value->data, value->length);
}

/* ---- PACE ---- */

static void pace_nonce(struct openpace *c, struct sdc_buf *out)
{
    BUF_MEM *z = PACE_STEP1_enc_nonce(c->ctx, c->secret);
    put_object(out, 0x80, z);
    BUF_MEM_clear_free(z);
}

static void pace_map(struct openpace *c, struct sdc_rd point, struct sdc_buf *out)
{
    BUF_MEM *in = mem(point), *own = PACE_STEP3A_generate_mapping_data(c->ctx);
    put_object(out, 0x82, own);
    ck_assert_int_eq(PACE_STEP3A_map_generator(c->ctx, in), 1);
    BUF_MEM_clear_free(in);
    BUF_MEM_clear_free(own);
}

/* OpenPACE's Comp() drops leading zeros, which the protocol keeps: such a key is made again. */
static void pace_agree(struct openpace *c, struct sdc_rd point, struct sdc_buf *out)
{
    do
        replace(&c->own, PACE_STEP3B_generate_ephemeral_key(c->ctx));
    while (c->own && c->own->data[1] == 0);
    replace(&c->terminal, mem(point));
    put_object(out, 0x84, c->own);
    ck_assert_int_eq(PACE_STEP3B_compute_shared_secret(c->ctx, c->terminal), 1);
}

static bool pace_confirm(struct openpace *c, struct sdc_rd token, struct sdc_buf *out)
{
    ck_assert_int_eq(PACE_STEP3C_derive_keys(c->ctx), 1);
    BUF_MEM *in = mem(token), *own = PACE_STEP3D_compute_authentication_token(c->ctx, c->terminal);
    bool good = PACE_STEP3D_verify_authentication_token(c->ctx, in) == 1;
    if (c->fail_token)
        own->data[0] ^= 1;
    put_object(out, 0x86, own);
    sdc_tlv_put(out, 0x87, "USSDCCVCA00001", 14);
    BUF_MEM_clear_free(in);
    BUF_MEM_clear_free(own);
    if (good) {
        ck_assert_int_eq(EAC_CTX_set_encryption_ctx(c->ctx, EAC_ID_PACE), 1);
        ck_assert_int_eq(EAC_reset_ssc(c->ctx), 1);
        c->secure = true;
    }
    return good;
}

/* ---- chip authentication 2 ---- */

static uint16_t chip(struct openpace *c, struct sdc_rd point, struct sdc_buf *out)
{
    BUF_MEM *in = mem(point), *nonce = NULL, *token = NULL;
    uint16_t sw = 0x6300;
    if (CA_STEP3_check_pcd_pubkey(c->ctx, c->comp, in) == 1 && CA_STEP4_compute_shared_secret(c->ctx, in) == 1 &&
        CA_STEP5_derive_keys(c->ctx, in, &nonce, &token) == 1) {
        put_object(out, 0x81, nonce);
        put_object(out, 0x82, token);
        c->chip = true;
        sw = 0x9000;
    }
    BUF_MEM_clear_free(in);
    if (nonce)
        BUF_MEM_clear_free(nonce);
    if (token)
        BUF_MEM_clear_free(token);
    return sw;
}

static uint16_t general_authenticate(struct openpace *c, const struct apdu *a, struct sdc_buf *out)
{
    struct sdc_rd inside = take(a->data, 0x7C), value;
    struct sdc_buf objects = SDC_BUF_INIT;
    uint16_t sw = 0x9000;
    if (inside.left == 0)
        pace_nonce(c, &objects);
    else if (find(inside, 0x81, &value))
        pace_map(c, value, &objects);
    else if (find(inside, 0x83, &value))
        pace_agree(c, value, &objects);
    else if (find(inside, 0x85, &value))
        sw = pace_confirm(c, value, &objects) ? 0x9000 : 0x6300;
    else
        sw = chip(c, take(inside, 0x80), &objects);
    if (sw == 0x9000)
        sdc_tlv_put(out, 0x7C, objects.data, objects.len);
    sdc_buf_free(&objects);
    return sw;
}

/* ---- terminal authentication 2 ---- */

static uint16_t verify_certificate(struct openpace *c, const struct apdu *a)
{
    struct sdc_buf whole = SDC_BUF_INIT;
    sdc_tlv_put(&whole, 0x7F21, a->data.p, a->data.left);
    bool good = TA_STEP2_import_certificate(c->ctx, whole.data, whole.len) == 1;
    sdc_buf_free(&whole);
    return good ? 0x9000 : 0x6300;
}

static uint16_t set_at(struct openpace *c, const struct apdu *a)
{
    struct sdc_buf auxiliary = SDC_BUF_INIT;
    struct sdc_rd value;
    replace(&c->comp, mem(take(a->data, 0x91)));
    if (find(a->data, 0x67, &value)) {
        sdc_tlv_put(&auxiliary, 0x67, value.p, value.left);
        replace(&c->auxiliary, mem(sdc_buf_rd(&auxiliary)));
    }
    sdc_buf_free(&auxiliary);
    return 0x9000;
}

static uint16_t challenge(struct openpace *c, struct sdc_buf *out)
{
    BUF_MEM *nonce = TA_STEP4_get_nonce(c->ctx);
    sdc_buf_put(out, nonce->data, nonce->length);
    BUF_MEM_clear_free(nonce);
    return 0x9000;
}

static uint16_t external_authenticate(struct openpace *c, const struct apdu *a)
{
    BUF_MEM *signature = mem(a->data), *own = EAC_Comp(c->ctx, EAC_ID_PACE, c->own);
    bool good = TA_STEP6_verify(c->ctx, c->comp, own, c->auxiliary, signature) == 1;
    BUF_MEM_clear_free(signature);
    BUF_MEM_clear_free(own);
    return good ? 0x9000 : 0x6300;
}

/* One plain command. */
static uint16_t run(struct openpace *c, const struct apdu *a, struct sdc_buf *out)
{
    switch (a->head[1]) {
    case 0xA4:
        c->selected++;
        return 0x9000;
    case 0xB0:
        sdc_buf_put(out, c->access.data, c->access.len);
        return 0x9000;
    case 0x22:
        return a->head[2] == 0x81 && a->head[3] == 0xA4 ? set_at(c, a) : 0x9000;
    case 0x2A:
        return verify_certificate(c, a);
    case 0x84:
        return challenge(c, out);
    case 0x82:
        return external_authenticate(c, a);
    case 0x86:
        return general_authenticate(c, a, out);
    default:
        return 0x6D00;
    }
}

/* ---- secure messaging ---- */

static BUF_MEM *padded(const struct openpace *c, struct sdc_rd r)
{
    BUF_MEM *m = mem(r), *p = EAC_add_iso_pad(c->ctx, m);
    BUF_MEM_clear_free(m);
    return p;
}

static void put_padded(const struct openpace *c, struct sdc_buf *out, struct sdc_rd r)
{
    BUF_MEM *p = padded(c, r);
    sdc_buf_put(out, p->data, p->length);
    BUF_MEM_clear_free(p);
}

static bool mac_is(const struct openpace *c, const struct sdc_buf *input, struct sdc_rd mac)
{
    BUF_MEM *data = mem(sdc_buf_rd(input)), *given = mem(mac);
    bool good = EAC_verify_authentication(c->ctx, data, given) == 1;
    BUF_MEM_clear_free(data);
    BUF_MEM_clear_free(given);
    return good;
}

/* The plain command's data into 'plain'. */
static bool unwrap(struct openpace *c, const struct apdu *a, struct sdc_buf *plain)
{
    struct sdc_rd r = a->data, value, all = a->data;
    struct sdc_buf input = SDC_BUF_INIT;
    ck_assert_int_eq(EAC_increment_ssc(c->ctx), 1);
    if (sdc_tlv_try(&r, 0x87, &value)) {
        ck_assert_uint_eq(sdc_rd_u8(&value), 1);
        BUF_MEM *cipher = mem(value), *p = EAC_decrypt(c->ctx, cipher), *data = EAC_remove_iso_pad(p);
        sdc_buf_put(plain, data->data, data->length);
        BUF_MEM_clear_free(cipher);
        BUF_MEM_clear_free(p);
        BUF_MEM_clear_free(data);
    }
    (void)sdc_tlv_try(&r, 0x97, &value);
    struct sdc_rd objects = sdc_rd_take(&all, a->data.left - r.left);
    put_padded(c, &input, sdc_rd_init(a->head, sizeof a->head));
    if (objects.left > 0)
        put_padded(c, &input, objects);
    bool good = mac_is(c, &input, sdc_tlv_take(&r, 0x8E)) && sdc_rd_end(&r);
    sdc_buf_free(&input);
    return good;
}

static void wrap(struct openpace *c, const struct sdc_buf *answer, uint16_t sw, struct sdc_buf *out)
{
    const uint8_t bytes[2] = { (uint8_t)(sw >> 8), (uint8_t)sw };
    struct sdc_buf input = SDC_BUF_INIT;
    ck_assert_int_eq(EAC_increment_ssc(c->ctx), 1);
    if (answer->len > 0) {
        BUF_MEM *p = padded(c, sdc_buf_rd(answer)), *cipher = EAC_encrypt(c->ctx, p);
        sdc_tlv_head(out, 0x87, cipher->length + 1);
        sdc_buf_u8(out, 1);
        sdc_buf_put(out, cipher->data, cipher->length);
        BUF_MEM_clear_free(p);
        BUF_MEM_clear_free(cipher);
    }
    sdc_tlv_put(out, 0x99, bytes, sizeof bytes);
    put_padded(c, &input, sdc_buf_rd(out));
    BUF_MEM *data = mem(sdc_buf_rd(&input)), *mac = EAC_authenticate(c->ctx, data);
    put_object(out, 0x8E, mac);
    BUF_MEM_clear_free(data);
    BUF_MEM_clear_free(mac);
    sdc_buf_free(&input);
}

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    struct openpace *c = ctx;
    struct apdu a = parse(cmd, cmd_len);
    struct sdc_buf plain = SDC_BUF_INIT, answer = SDC_BUF_INIT, out = SDC_BUF_INIT;
    uint16_t sw = 0x6988;
    (void)e;
    if (!c->secure) {
        sw = run(c, &a, &out);
    } else if (unwrap(c, &a, &plain)) {
        a.data = sdc_buf_rd(&plain);
        sw = run(c, &a, &answer);
        wrap(c, &answer, sw, &out);
        if (c->chip) {
            ck_assert_int_eq(EAC_CTX_set_encryption_ctx(c->ctx, EAC_ID_CA), 1);
            ck_assert_int_eq(EAC_reset_ssc(c->ctx), 1);
            c->chip = false;
        }
    }
    sdc_buf_u16(&out, sw);
    ck_assert(!out.err && out.len <= cap);
    memcpy(resp, out.data, out.len);
    *resp_len = out.len;
    sdc_buf_free(&plain);
    sdc_buf_free(&answer);
    sdc_buf_free(&out);
    return SDC_OK;
}

/* ---- the card's making ---- */

static struct openpace card;
static struct sdc_link *link_to_card;
static struct sdc_error error;

static void make_card(bool aes_256)
{
    static const struct sdc_link_ops ops = { .transmit = transmit };
    struct sdc_buf cvca = vector("C_CVCA"), d = vector("d_ca_card"), q = vector("Q_ca_card");
    memset(&card, 0, sizeof card);
    EAC_init();
    card.ctx = EAC_CTX_new();
    card.secret = PACE_SEC_new("846201", 6, PACE_CAN);
    card.access = vector("EF_CardAccess");
    if (aes_256) { /* the last byte of PACE's and chip authentication's identifiers */
        for (size_t i = 0; i + 9 < card.access.len; i++)
            if (memcmp(card.access.data + i, "\x04\x00\x7F\x00\x07\x02\x02", 7) == 0 &&
                (card.access.data[i + 7] == 3 || card.access.data[i + 7] == 4) && card.access.data[i - 1] == 10)
                card.access.data[i + 9] = 4;
    }
    ck_assert_int_eq(EAC_CTX_init_ef_cardaccess(card.access.data, card.access.len, card.ctx), 1);
    ck_assert_int_eq(EAC_CTX_init_ta(card.ctx, NULL, 0, cvca.data, cvca.len), 1);
    TA_disable_checks(card.ctx);
    ck_assert_int_eq(CA_set_key(card.ctx, d.data, d.len, q.data, q.len), 1);
    card.ctx->tr_version = EAC_TR_VERSION_2_02;
    ck_assert_int_eq(sdc_link_open_process(&ops, &card, NULL, 0, &link_to_card, &error), SDC_OK);
    sdc_buf_free(&cvca);
    sdc_buf_free(&d);
    sdc_buf_free(&q);
}

static void drop_card(void)
{
    sdc_link_close(link_to_card);
    replace(&card.own, NULL);
    replace(&card.terminal, NULL);
    replace(&card.comp, NULL);
    replace(&card.auxiliary, NULL);
    PACE_SEC_clear_free(card.secret);
    EAC_CTX_clear_free(card.ctx);
    sdc_buf_free(&card.access);
    EAC_cleanup();
}

static const uint64_t rights = SDC_CHAT_READ(17) | SDC_CHAT_CAN_ALLOWED;
static const struct sdc_password can = { SDC_PASSWORD_CAN, "846201", 6 };

static void check(enum sdc_status status)
{
    ck_assert_msg(status == SDC_OK, "%s", error.text);
}

static enum sdc_status terminal(struct sdc_eac *session, const char *signer, const struct sdc_date *day)
{
    struct sdc_buf dv = vector("C_DV"), at = vector("C_AT");
    const struct sdc_terminal t = { .chain = { sdc_buf_rd(&dv), sdc_buf_rd(&at) },
                                    .chain_len = 2,
                                    .signer = vector_signer(signer) };
    enum sdc_status status = sdc_eac_terminal(session, &t, day, &error);
    sdc_buf_free(&dv);
    sdc_buf_free(&at);
    return status;
}

START_TEST(whole_way)
{
    const struct sdc_date day = { 2026, 11, 23 };
    struct sdc_eac *session = NULL;
    struct sdc_security_infos infos;
    for (bool again = false;; again = true) { /* OpenPACE drops leading zeros of ours too */
        if (again) {
            sdc_eac_close(session);
            drop_card();
        }
        make_card(_i % 2);
        check(sdc_eac_open(link_to_card, &can, &rights, &session, &error));
        check(terminal(session, "AT", _i & 2 ? &day : NULL));
        if (card.comp->data[0] != 0)
            break;
    }
    check(sdc_security_infos_parse(sdc_eac_card_access(session), &infos, &error));
    struct sdc_chip_key key = *sdc_security_infos_key(&infos, 2);
    ck_assert_uint_eq(key.suite, _i % 2 ? 32 : 16);
    key.has_point = true;
    vector_copy("Q_ca_card", key.point, sizeof key.point);
    check(sdc_eac_chip(session, &key, &error));
    card.selected = 0;
    check(sdc_lds_select(sdc_eac_link(session), SDC_LDS_DOCKET, &error));
    check(sdc_lds_select(sdc_eac_link(session), SDC_LDS_MF, &error));
    ck_assert_uint_eq(card.selected, 2);
    sdc_eac_close(session);
    drop_card();
}
END_TEST

START_TEST(wrong_password)
{
    const struct sdc_password wrong = { SDC_PASSWORD_CAN, "846202", 6 };
    struct sdc_eac *session = NULL;
    make_card(false);
    ck_assert_int_eq(sdc_eac_open(link_to_card, &wrong, &rights, &session, &error), SDC_E_DENIED);
    ck_assert_ptr_null(session);
    drop_card();
}
END_TEST

START_TEST(wrong_token)
{
    struct sdc_eac *session = NULL;
    make_card(false);
    card.fail_token = true;
    ck_assert_int_eq(sdc_eac_open(link_to_card, &can, &rights, &session, &error), SDC_E_SIGNATURE);
    drop_card();
}
END_TEST

/* Another key signs: the card refuses. Another key is expected of the chip: the host does. */
START_TEST(wrong_keys)
{
    struct sdc_eac *session = NULL;
    make_card(false);
    check(sdc_eac_open(link_to_card, &can, &rights, &session, &error));
    ck_assert_int_eq(terminal(session, "DV", NULL), SDC_E_DENIED);
    ck_assert_uint_eq(error.sw, 0x6300);
    ck_assert_int_eq(terminal(session, "AT", NULL), SDC_E_BUG); /* one for a channel */
    sdc_eac_close(session);
    drop_card();
    make_card(false);
    check(sdc_eac_open(link_to_card, &can, &rights, &session, &error));
    check(terminal(session, "AT", NULL));
    struct sdc_chip_key key = { .id = 2, .version = 2, .suite = 16, .has_point = true };
    vector_copy("Q_ca1_card", key.point, sizeof key.point);
    ck_assert_int_eq(sdc_eac_chip(session, &key, &error), SDC_E_SIGNATURE);
    sdc_eac_close(session);
    drop_card();
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { whole_way, 8 }, { wrong_password, 0 }, { wrong_token, 0 }, { wrong_keys, 0 }
    };
    return suite_run("eac_openpace", tests, sizeof tests / sizeof *tests);
}
