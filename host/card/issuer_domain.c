/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/domain.h"

#include <stdio.h>
#include <string.h>

#include "card_edge.h"
#include "private.h"
#include "sdc/tlv.h"

enum { SHORT_ANSWER = 256, BLOCK = 16, STORE_MAX = 200, PAD_FIRST = 0x80, STATUS_CARD = 0x80 };

enum sdc_status sdc_domain_select(struct sdc_link *link, struct sdc_error *e)
{
    static const uint8_t aid[] = { DOMAIN_AID };
    const struct sdc_apdu apdu = {
        .ins = INS_SELECT, .p1 = 0x04, .data = aid, .data_len = sizeof aid, .le = true, .le_max = SHORT_ANSWER
    };
    struct sdc_buf answer = SDC_BUF_INIT; /* the file control information tells nothing that is needed */
    enum sdc_status status = sdc_piv_command(link, &apdu, "selecting the issuer security domain", &answer, e);
    sdc_buf_free(&answer);
    return status;
}

enum sdc_status sdc_domain_get(struct sdc_link *link, uint16_t tag, struct sdc_buf *out, struct sdc_error *e)
{
    char what[40];
    snprintf(what, sizeof what, "reading data %04X", (unsigned)tag);
    const struct sdc_apdu apdu = { .cla = CLA_GP,
                                   .ins = INS_GET_DATA_GP,
                                   .p1 = (uint8_t)(tag >> 8),
                                   .p2 = (uint8_t)tag,
                                   .le = true,
                                   .le_max = SHORT_ANSWER };
    struct sdc_buf answer = SDC_BUF_INIT;
    enum sdc_status status = sdc_piv_command(link, &apdu, what, &answer, e);
    if (status == SDC_OK) {
        struct sdc_rd r = sdc_buf_rd(&answer);
        struct sdc_rd value = sdc_tlv_take(&r, tag);
        if (!sdc_rd_end(&r))
            status = sdc_fail(e, SDC_E_REPLY, "%s: the answer is no such object", what);
        else
            sdc_buf_put(out, value.p, value.left);
    }
    sdc_buf_free(&answer);
    return status != SDC_OK ? status : sdc_buf_status(out, e);
}

/* A data object of fixed length */
static enum sdc_status get_fixed(struct sdc_link *link, uint16_t tag, uint8_t *value, size_t len, struct sdc_error *e)
{
    struct sdc_buf answer = SDC_BUF_INIT;
    enum sdc_status status = sdc_domain_get(link, tag, &answer, e);
    if (status == SDC_OK) {
        struct sdc_rd r = sdc_buf_rd(&answer);
        sdc_rd_copy(&r, value, len);
        if (!sdc_rd_end(&r))
            status = sdc_fail(e, SDC_E_REPLY, "reading data %04X: the value has %zu bytes", (unsigned)tag, answer.len);
    }
    sdc_buf_free(&answer);
    return status;
}

enum sdc_status sdc_domain_serial(struct sdc_link *link, uint8_t serial[static SDC_SERIAL_LEN], struct sdc_error *e)
{
    return get_fixed(link, TAG_CARD_IMAGE, serial, SDC_SERIAL_LEN, e);
}

enum sdc_status sdc_domain_state(struct sdc_link *link, uint8_t *state, struct sdc_error *e)
{
    return get_fixed(link, TAG_LIFE_CYCLE, state, 1, e);
}

/* C0 04 { identifier, version, type, length } for each key; all three of one set */
enum sdc_status sdc_domain_key_version(struct sdc_link *link, uint8_t *version, size_t *key_len, struct sdc_error *e)
{
    enum { TAG_KEY = 0xC0 };
    struct sdc_buf answer = SDC_BUF_INIT;
    enum sdc_status status = sdc_domain_get(link, TAG_KEY_INFORMATION, &answer, e);
    struct sdc_rd r = sdc_buf_rd(&answer);
    bool same = true;
    *version = 0;
    *key_len = 0;
    for (uint8_t id = 1; id <= SCP_KEYS && status == SDC_OK; id++) {
        struct sdc_rd key = sdc_tlv_take(&r, TAG_KEY);
        same = same && sdc_rd_u8(&key) == id;
        uint8_t this_version = sdc_rd_u8(&key);
        same = same && sdc_rd_u8(&key) == SCP_TYPE;
        size_t len = sdc_rd_u8(&key);
        same = same && sdc_rd_end(&key) && (id == 1 || (this_version == *version && len == *key_len));
        *version = this_version;
        *key_len = len;
    }
    if (status == SDC_OK && (!same || !sdc_rd_end(&r)))
        status = sdc_fail(e, SDC_E_REPLY, "key information: not one set of three AES keys");
    sdc_buf_free(&answer);
    return status;
}

/* 88, length, [length of the key, key encrypted with the DEK], 03, check value (amendment D 7.2, table 7-8) */
static enum sdc_status put_key_field(const struct sdc_scp03 *session, const uint8_t *key, size_t len,
                                     struct sdc_buf *field, struct sdc_buf *answer, struct sdc_error *e)
{
    uint8_t padded[SDC_SCP03_KEY_MAX] = { 0 }, kcv[SCP_CHECK];
    size_t padded_len = (len + BLOCK - 1) / BLOCK * BLOCK;
    memcpy(padded, key, len);
    enum sdc_status status = sdc_scp03_check_value(key, len, kcv, e);
    sdc_buf_u8(field, SCP_TYPE);
    sdc_buf_u8(field, (uint8_t)(padded_len + 1));
    sdc_buf_u8(field, (uint8_t)len);
    if (status == SDC_OK)
        status = sdc_scp03_protect(session, padded, padded_len, field, e);
    sdc_buf_u8(field, sizeof kcv);
    sdc_buf_put(field, kcv, sizeof kcv);
    sdc_buf_put(answer, kcv, sizeof kcv);
    sdc_wipe(padded, sizeof padded);
    return status;
}

enum sdc_status sdc_domain_put_keys(struct sdc_scp03 *session, uint8_t replaced, const struct sdc_scp03_keys *keys,
                                    struct sdc_error *e)
{
    struct sdc_buf field = SDC_BUF_INIT, expected = SDC_BUF_INIT, answer = SDC_BUF_INIT;
    const uint8_t *const set[SCP_KEYS] = { keys->enc, keys->mac, keys->dek };
    enum sdc_status status = SDC_OK;
    if (keys->len != 16 && keys->len != 24 && keys->len != 32)
        return sdc_fail(e, SDC_E_BUG, "keys of %zu bytes", keys->len);
    sdc_buf_u8(&field, keys->version);
    sdc_buf_u8(&expected, keys->version);
    for (size_t i = 0; i < SCP_KEYS && status == SDC_OK; i++)
        status = put_key_field(session, set[i], keys->len, &field, &expected, e);
    field.err = field.err || expected.err;
    if (status == SDC_OK)
        status = sdc_buf_status(&field, e);
    if (status == SDC_OK) {
        const struct sdc_apdu apdu = { .cla = CLA_GP,
                                       .ins = INS_PUT_KEY,
                                       .p1 = replaced,
                                       .p2 = PUT_KEY_P2,
                                       .data = field.data,
                                       .data_len = field.len,
                                       .le = true,
                                       .le_max = SHORT_ANSWER,
                                       .secret = true };
        status = sdc_piv_command(sdc_scp03_link(session), &apdu, "changing the card's keys", &answer, e);
    }
    if (status == SDC_OK && (answer.len != expected.len || memcmp(answer.data, expected.data, expected.len) != 0))
        status = sdc_fail(e, SDC_E_REPLY, "changing the card's keys: the card names other keys");
    sdc_buf_free(&field);
    sdc_buf_free(&expected);
    sdc_buf_free(&answer);
    return status;
}

enum sdc_status sdc_domain_store(struct sdc_scp03 *session, uint16_t dgi, bool secret, const void *value, size_t len,
                                 struct sdc_error *e)
{
    struct sdc_buf plain = SDC_BUF_INIT, field = SDC_BUF_INIT;
    size_t on_wire = secret ? (len / BLOCK + 1) * BLOCK : len;
    if (len > STORE_MAX)
        return sdc_fail(e, SDC_E_BUG, "too much for one STORE DATA");
    sdc_buf_put(&plain, value, len);
    if (secret) {
        sdc_buf_u8(&plain, PAD_FIRST);
        sdc_buf_fill(&plain, 0, on_wire - len - 1);
    }
    sdc_buf_u16(&field, dgi);
    sdc_buf_u8(&field, (uint8_t)on_wire);
    enum sdc_status status = sdc_buf_status(&plain, e);
    if (status == SDC_OK && secret)
        status = sdc_scp03_protect(session, plain.data, plain.len, &field, e);
    else if (status == SDC_OK)
        sdc_buf_put(&field, plain.data, plain.len);
    if (status == SDC_OK)
        status = sdc_buf_status(&field, e);
    if (status == SDC_OK) {
        const struct sdc_apdu apdu = { .cla = CLA_GP,
                                       .ins = INS_STORE_DATA,
                                       .p1 = secret ? STORE_SENSITIVE : STORE_PLAIN,
                                       .data = field.data,
                                       .data_len = field.len,
                                       .secret = secret };
        status = sdc_piv_command(sdc_scp03_link(session), &apdu, secret ? "placing a secret" : "storing data", NULL, e);
    }
    sdc_buf_free(&plain);
    sdc_buf_free(&field);
    return status;
}

enum sdc_status sdc_domain_set_state(struct sdc_scp03 *session, uint8_t state, struct sdc_error *e)
{
    const struct sdc_apdu apdu = { .cla = CLA_GP, .ins = INS_SET_STATUS, .p1 = STATUS_CARD, .p2 = state };
    return sdc_piv_command(sdc_scp03_link(session), &apdu, "changing the card's life cycle", NULL, e);
}
