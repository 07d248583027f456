/* SPDX-License-Identifier: BSD-2-Clause */
#include "openpace_card.h"

#include <stdlib.h>
#include <string.h>

#include <eac/ca.h>
#include <eac/pace.h>
#include <eac/ta.h>

#include "eac_private.h"
#include "eac_vectors.h"
#include "sdc/tlv.h"
#include "suite.h"

enum { ANSWER_MAX = 223 };

struct openpace_keys {
    EAC_CTX *ctx;
    PACE_SEC *secret;
    BUF_MEM *own, *terminal;   /* PACE's ephemeral public keys: the card's, the terminal's */
    BUF_MEM *comp, *auxiliary; /* of terminal authentication */
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
    size_t le; /* most bytes of answer; 0: none wanted */
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
    if (r.left == 1) {
        a.le = sdc_rd_u8(&r);
        a.le = a.le ? a.le : 256;
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

static void pace_nonce(struct openpace_card *c, struct sdc_buf *out)
{
    BUF_MEM *z = PACE_STEP1_enc_nonce(c->keys->ctx, c->keys->secret);
    put_object(out, 0x80, z);
    BUF_MEM_clear_free(z);
}

static void pace_map(struct openpace_card *c, struct sdc_rd point, struct sdc_buf *out)
{
    BUF_MEM *in = mem(point), *own = PACE_STEP3A_generate_mapping_data(c->keys->ctx);
    put_object(out, 0x82, own);
    ck_assert_int_eq(PACE_STEP3A_map_generator(c->keys->ctx, in), 1);
    BUF_MEM_clear_free(in);
    BUF_MEM_clear_free(own);
}

/* OpenPACE's Comp() drops leading zeros, which the protocol keeps: such a key is made again. */
static void pace_agree(struct openpace_card *c, struct sdc_rd point, struct sdc_buf *out)
{
    do
        replace(&c->keys->own, PACE_STEP3B_generate_ephemeral_key(c->keys->ctx));
    while (c->keys->own && c->keys->own->data[1] == 0);
    replace(&c->keys->terminal, mem(point));
    put_object(out, 0x84, c->keys->own);
    ck_assert_int_eq(PACE_STEP3B_compute_shared_secret(c->keys->ctx, c->keys->terminal), 1);
}

static bool pace_confirm(struct openpace_card *c, struct sdc_rd token, struct sdc_buf *out)
{
    ck_assert_int_eq(PACE_STEP3C_derive_keys(c->keys->ctx), 1);
    BUF_MEM *in = mem(token), *own = PACE_STEP3D_compute_authentication_token(c->keys->ctx, c->keys->terminal);
    bool good = PACE_STEP3D_verify_authentication_token(c->keys->ctx, in) == 1;
    if (c->fail_token)
        own->data[0] ^= 1;
    put_object(out, 0x86, own);
    struct sdc_cvc cvca;
    ck_assert_int_eq(sdc_cvc_parse(c->cvca.data, c->cvca.len, &cvca, NULL), SDC_OK);
    sdc_tlv_put(out, 0x87, cvca.chr, strlen(cvca.chr));
    BUF_MEM_clear_free(in);
    BUF_MEM_clear_free(own);
    if (good) {
        ck_assert_int_eq(EAC_CTX_set_encryption_ctx(c->keys->ctx, EAC_ID_PACE), 1);
        ck_assert_int_eq(EAC_reset_ssc(c->keys->ctx), 1);
        c->secure = true;
    }
    return good;
}

/* ---- chip authentication 2 ---- */

static uint16_t chip(struct openpace_card *c, struct sdc_rd point, struct sdc_buf *out)
{
    BUF_MEM *in = mem(point), *nonce = NULL, *token = NULL;
    uint16_t sw = 0x6300;
    if (CA_STEP3_check_pcd_pubkey(c->keys->ctx, c->keys->comp, in) == 1 &&
        CA_STEP4_compute_shared_secret(c->keys->ctx, in) == 1 &&
        CA_STEP5_derive_keys(c->keys->ctx, in, &nonce, &token) == 1) {
        put_object(out, 0x81, nonce);
        put_object(out, 0x82, token);
        c->new_keys = true;
        c->state = OPENPACE_CHIP;
        sw = 0x9000;
    }
    BUF_MEM_clear_free(in);
    if (nonce)
        BUF_MEM_clear_free(nonce);
    if (token)
        BUF_MEM_clear_free(token);
    return sw;
}

/* Version 1: keys from Z alone, an empty answer. OpenPACE's context takes them as those of version 2. */
static uint16_t chip_1(struct openpace_card *c, struct sdc_rd point)
{
    struct sdc_buf d = vector("d_ca1_card");
    uint8_t in[P256_POINT], z[P256_POINT], key[EAC_KEY_MAX];
    KA_CTX *ka = c->keys->ctx->ca_ctx->ka_ctx;
    sdc_rd_copy(&point, in, sizeof in);
    ck_assert(sdc_rd_end(&point) && p256_multiply(in, d.data, z));
    const struct eac_secret secret = { .secret = z + 1, .len = EAC_X };
    BUF_MEM **to[] = { &ka->k_enc, &ka->k_mac };
    for (uint8_t i = 0; i < 2; i++) {
        ck_assert(eac_kdf(&secret, (uint8_t)(i + 1), 16, key));
        replace(to[i], mem(sdc_rd_init(key, 16)));
    }
    c->new_keys = true;
    c->state = OPENPACE_CHIP;
    sdc_buf_free(&d);
    return 0x9000;
}

static uint16_t general_authenticate(struct openpace_card *c, const struct apdu *a, struct sdc_buf *out)
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
    else if (c->travel_key)
        sw = chip_1(c, take(inside, 0x80));
    else
        sw = chip(c, take(inside, 0x80), &objects);
    if (sw == 0x9000)
        sdc_tlv_put(out, 0x7C, objects.data, objects.len);
    sdc_buf_free(&objects);
    return sw;
}

/* ---- terminal authentication 2 ---- */

static uint16_t verify_certificate(struct openpace_card *c, const struct apdu *a)
{
    struct sdc_buf whole = SDC_BUF_INIT;
    struct sdc_cvc cvc;
    sdc_tlv_put(&whole, 0x7F21, a->data.p, a->data.left);
    bool good = TA_STEP2_import_certificate(c->keys->ctx, whole.data, whole.len) == 1 &&
                sdc_cvc_parse(whole.data, whole.len, &cvc, NULL) == SDC_OK;
    if (good)
        c->rights &= cvc.rights;
    sdc_buf_free(&whole);
    return good ? 0x9000 : 0x6300;
}

static uint16_t set_at(struct openpace_card *c, const struct apdu *a)
{
    struct sdc_buf auxiliary = SDC_BUF_INIT;
    struct sdc_rd value;
    replace(&c->keys->comp, mem(take(a->data, 0x91)));
    if (find(a->data, 0x67, &value)) {
        sdc_tlv_put(&auxiliary, 0x67, value.p, value.left);
        replace(&c->keys->auxiliary, mem(sdc_buf_rd(&auxiliary)));
    }
    sdc_buf_free(&auxiliary);
    return 0x9000;
}

static uint16_t challenge(struct openpace_card *c, struct sdc_buf *out)
{
    BUF_MEM *nonce = TA_STEP4_get_nonce(c->keys->ctx);
    sdc_buf_put(out, nonce->data, nonce->length);
    BUF_MEM_clear_free(nonce);
    return 0x9000;
}

static uint16_t external_authenticate(struct openpace_card *c, const struct apdu *a)
{
    BUF_MEM *signature = mem(a->data), *own = EAC_Comp(c->keys->ctx, EAC_ID_PACE, c->keys->own);
    bool good = TA_STEP6_verify(c->keys->ctx, c->keys->comp, own, c->keys->auxiliary, signature) == 1;
    BUF_MEM_clear_free(signature);
    BUF_MEM_clear_free(own);
    if (good)
        c->state = OPENPACE_TERMINAL;
    if (c->password == SDC_PASSWORD_MRZ || (c->password == SDC_PASSWORD_CAN && !(c->rights & SDC_CHAT_CAN_ALLOWED)))
        c->rights = 0;
    return good ? 0x9000 : 0x6300;
}

/* MSE:Set AT of PACE: the password's kind and the rights that are asked for */
static uint16_t set_pace(struct openpace_card *c, const struct apdu *a)
{
    struct sdc_rd kind = take(a->data, 0x83), chat;
    const char *secrets[] = { [SDC_PASSWORD_MRZ] = c->mrz, [SDC_PASSWORD_CAN] = c->can, [SDC_PASSWORD_PIN] = c->pin };
    c->password = (enum sdc_password_kind)sdc_rd_u8(&kind);
    c->rights = 0;
    if (find(a->data, 0x7F4C, &chat)) {
        struct sdc_rd bits = take(chat, 0x53);
        c->rights = (uint64_t)sdc_rd_u8(&bits) << 32;
        c->rights |= sdc_rd_u32(&bits);
    }
    if (c->password > SDC_PASSWORD_PIN || !secrets[c->password])
        return 0x6A88;
    if (c->keys->secret)
        PACE_SEC_clear_free(c->keys->secret);
    c->keys->secret = PACE_SEC_new(secrets[c->password], strlen(secrets[c->password]), (enum s_type)(int)c->password);
    return 0x9000;
}

static uint16_t manage_environment(struct openpace_card *c, const struct apdu *a)
{
    struct sdc_rd key;
    if (a->head[2] == 0xC1)
        return set_pace(c, a);
    if (a->head[2] == 0x81)
        return a->head[3] == 0xA4 ? set_at(c, a) : 0x9000;
    c->travel_key = find(a->data, 0x84, &key) && sdc_rd_u8(&key) == 1;
    return 0x9000;
}

static uint16_t select_file(struct openpace_card *c, const struct apdu *a)
{
    c->selected = a->head[2] != 0x04 ? SDC_LDS_MF : a->data.left == 7 ? SDC_LDS_TRAVEL : SDC_LDS_DOCKET;
    c->current = -1;
    return 0x9000;
}

static bool may_read(const struct openpace_card *c, const struct sdc_lds_file *file, enum sdc_lds_id id)
{
    if (file->application == SDC_LDS_TRAVEL)
        return c->secure;
    if (file->application == SDC_LDS_DOCKET)
        return c->state == OPENPACE_CHIP && (c->rights & SDC_CHAT_READ(file->dg));
    return id != SDC_EF_CARD_SECURITY || c->state != OPENPACE_CHANNEL;
}

static uint16_t read_binary(struct openpace_card *c, const struct apdu *a, struct sdc_buf *out)
{
    size_t offset = 0;
    if (a->head[2] & 0x80) {
        c->current = -1;
        for (int id = 0; id < SDC_LDS_FILES; id++)
            if (sdc_lds_files[id].application == c->selected && sdc_lds_files[id].sfi == (a->head[2] & 0x1F))
                c->current = id;
    } else {
        offset = (size_t)a->head[2] << 8 | a->head[3];
    }
    if (c->current < 0)
        return c->selected == SDC_LDS_DOCKET ? 0x6982 : 0x6986;
    const struct sdc_buf *file = &c->file[c->current];
    if (!may_read(c, &sdc_lds_files[c->current], (enum sdc_lds_id)c->current))
        return 0x6982;
    if (file->len == 0)
        return 0x6A82;
    if (offset >= file->len)
        return 0x6B00;
    size_t most = c->secure && a->le > ANSWER_MAX ? ANSWER_MAX : a->le, left = file->len - offset;
    sdc_buf_put(out, file->data + offset, left < most ? left : most);
    return left < a->le && a->le != 256 ? 0x6282 : 0x9000;
}

static uint32_t version_of(const struct sdc_buf *file)
{
    struct sdc_rd r = sdc_buf_rd(file);
    sdc_rd_skip(&r, 6); /* 7n 82 LLLL 80 04 */
    return sdc_rd_u32(&r);
}

/* One chain is one file, taken with its last piece. */
static uint16_t update_binary(struct openpace_card *c, const struct apdu *a)
{
    for (int id = SDC_DG17; id <= SDC_DG21; id++) {
        const struct sdc_lds_file *file = &sdc_lds_files[id];
        if (c->selected != SDC_LDS_DOCKET || file->sfi != (a->head[2] & 0x1F))
            continue;
        if (c->state != OPENPACE_CHIP || !(c->rights & SDC_CHAT_WRITE(file->dg)))
            return 0x6982;
        sdc_buf_put(&c->written, a->data.p, a->data.left);
        if (a->head[0] & 0x10)
            return 0x9000;
        uint32_t old = version_of(&c->file[id]), new = version_of(&c->written);
        uint16_t sw = c->written.len != c->file[id].len ? 0x6700 : new <= old || new - old > 256 ? 0x6985 : 0x9000;
        if (sw == 0x9000) {
            sdc_buf_free(&c->file[id]);
            c->file[id] = c->written;
            c->written = (struct sdc_buf)SDC_BUF_INIT;
        }
        sdc_buf_clear(&c->written);
        return sw;
    }
    return 0x6982;
}

/* One plain command. */
static uint16_t run(struct openpace_card *c, const struct apdu *a, struct sdc_buf *out)
{
    switch (a->head[1]) {
    case 0xA4:
        return select_file(c, a);
    case 0xB0:
        return read_binary(c, a, out);
    case 0xD6:
        return update_binary(c, a);
    case 0x22:
        return manage_environment(c, a);
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

static BUF_MEM *padded(const struct openpace_card *c, struct sdc_rd r)
{
    BUF_MEM *m = mem(r), *p = EAC_add_iso_pad(c->keys->ctx, m);
    BUF_MEM_clear_free(m);
    return p;
}

static void put_padded(const struct openpace_card *c, struct sdc_buf *out, struct sdc_rd r)
{
    BUF_MEM *p = padded(c, r);
    sdc_buf_put(out, p->data, p->length);
    BUF_MEM_clear_free(p);
}

static bool mac_is(const struct openpace_card *c, const struct sdc_buf *input, struct sdc_rd mac)
{
    BUF_MEM *data = mem(sdc_buf_rd(input)), *given = mem(mac);
    bool good = EAC_verify_authentication(c->keys->ctx, data, given) == 1;
    BUF_MEM_clear_free(data);
    BUF_MEM_clear_free(given);
    return good;
}

/* The plain command's data into 'plain'. */
static bool unwrap(struct openpace_card *c, struct apdu *a, struct sdc_buf *plain)
{
    struct sdc_rd r = a->data, value, all = a->data;
    struct sdc_buf input = SDC_BUF_INIT;
    ck_assert_int_eq(EAC_increment_ssc(c->keys->ctx), 1);
    if (sdc_tlv_try(&r, 0x87, &value)) {
        ck_assert_uint_eq(sdc_rd_u8(&value), 1);
        BUF_MEM *cipher = mem(value), *p = EAC_decrypt(c->keys->ctx, cipher), *data = EAC_remove_iso_pad(p);
        sdc_buf_put(plain, data->data, data->length);
        BUF_MEM_clear_free(cipher);
        BUF_MEM_clear_free(p);
        BUF_MEM_clear_free(data);
    }
    a->le = 0;
    if (sdc_tlv_try(&r, 0x97, &value)) {
        a->le = sdc_rd_u8(&value);
        a->le = a->le ? a->le : 256;
    }
    struct sdc_rd objects = sdc_rd_take(&all, a->data.left - r.left);
    put_padded(c, &input, sdc_rd_init(a->head, sizeof a->head));
    if (objects.left > 0)
        put_padded(c, &input, objects);
    bool good = mac_is(c, &input, sdc_tlv_take(&r, 0x8E)) && sdc_rd_end(&r);
    sdc_buf_free(&input);
    return good;
}

static void wrap(struct openpace_card *c, const struct sdc_buf *answer, uint16_t sw, struct sdc_buf *out)
{
    const uint8_t bytes[2] = { (uint8_t)(sw >> 8), (uint8_t)sw };
    struct sdc_buf input = SDC_BUF_INIT;
    ck_assert_int_eq(EAC_increment_ssc(c->keys->ctx), 1);
    if (answer->len > 0) {
        BUF_MEM *p = padded(c, sdc_buf_rd(answer)), *cipher = EAC_encrypt(c->keys->ctx, p);
        sdc_tlv_head(out, 0x87, cipher->length + 1);
        sdc_buf_u8(out, 1);
        sdc_buf_put(out, cipher->data, cipher->length);
        BUF_MEM_clear_free(p);
        BUF_MEM_clear_free(cipher);
    }
    sdc_tlv_put(out, 0x99, bytes, sizeof bytes);
    put_padded(c, &input, sdc_buf_rd(out));
    BUF_MEM *data = mem(sdc_buf_rd(&input)), *mac = EAC_authenticate(c->keys->ctx, data);
    put_object(out, 0x8E, mac);
    BUF_MEM_clear_free(data);
    BUF_MEM_clear_free(mac);
    sdc_buf_free(&input);
}

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    struct openpace_card *c = ctx;
    struct apdu a = parse(cmd, cmd_len);
    struct sdc_buf plain = SDC_BUF_INIT, answer = SDC_BUF_INIT, out = SDC_BUF_INIT;
    uint16_t sw = 0x6988;
    (void)e;
    c->commands++;
    if (c->secure && (a.head[0] & 0x0C) == 0) /* a plain command ends the channel */
        openpace_card_reset(c);
    if (!c->secure) {
        sw = run(c, &a, &out);
    } else if (unwrap(c, &a, &plain)) {
        a.data = sdc_buf_rd(&plain);
        sw = run(c, &a, &answer);
        wrap(c, &answer, sw, &out);
        if (c->new_keys) {
            ck_assert_int_eq(EAC_CTX_set_encryption_ctx(c->keys->ctx, EAC_ID_CA), 1);
            ck_assert_int_eq(EAC_reset_ssc(c->keys->ctx), 1);
            c->new_keys = false;
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

/* ---- power ---- */

static void drop_keys(struct openpace_card *c)
{
    if (!c->keys)
        return;
    BUF_MEM **all[] = { &c->keys->own, &c->keys->terminal, &c->keys->comp, &c->keys->auxiliary };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        replace(all[i], NULL);
    if (c->keys->secret)
        PACE_SEC_clear_free(c->keys->secret);
    EAC_CTX_clear_free(c->keys->ctx);
    free(c->keys);
    c->keys = NULL;
    EAC_cleanup();
}

void openpace_card_reset(struct openpace_card *c)
{
    const struct sdc_buf *access = &c->file[SDC_EF_CARD_ACCESS];
    struct sdc_buf d = vector("d_ca_card"), q = vector("Q_ca_card");
    drop_keys(c);
    EAC_init();
    c->keys = calloc(1, sizeof *c->keys);
    ck_assert_ptr_nonnull(c->keys);
    c->keys->ctx = EAC_CTX_new();
    ck_assert_int_eq(EAC_CTX_init_ef_cardaccess(access->data, access->len, c->keys->ctx), 1);
    ck_assert_int_eq(EAC_CTX_init_ta(c->keys->ctx, NULL, 0, c->cvca.data, c->cvca.len), 1);
    TA_disable_checks(c->keys->ctx);
    ck_assert_int_eq(CA_set_key(c->keys->ctx, d.data, d.len, q.data, q.len), 1);
    c->keys->ctx->tr_version = EAC_TR_VERSION_2_02;
    c->secure = c->new_keys = c->travel_key = false;
    c->state = OPENPACE_CHANNEL;
    c->selected = SDC_LDS_MF;
    c->current = -1;
    c->rights = 0;
    sdc_buf_free(&d);
    sdc_buf_free(&q);
}

struct sdc_link *openpace_card_link(struct openpace_card *c)
{
    static const struct sdc_link_ops ops = { .transmit = transmit };
    struct sdc_link *link = NULL;
    ck_assert_int_eq(sdc_link_open_process(&ops, c, NULL, 0, &link, NULL), SDC_OK);
    return link;
}

void openpace_card_free(struct openpace_card *c)
{
    drop_keys(c);
    for (size_t i = 0; i < SDC_LDS_FILES; i++)
        sdc_buf_free(&c->file[i]);
    sdc_buf_free(&c->cvca);
    sdc_buf_free(&c->written);
}

bool openpace_card_unlucky(const struct openpace_card *c)
{
    return c->keys->comp && c->keys->comp->data[0] == 0;
}
