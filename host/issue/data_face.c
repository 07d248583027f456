/* SPDX-License-Identifier: BSD-2-Clause */
#include "signed_data.h"
#include "data.h"
#include "face_record.h"

#include "sdc/tlv.h"

#include <string.h>
#include <time.h>

#define TAG_BIOMETRIC 0xBC
#define TAG_LRC       0xFE
#define CBEFF_LEN     88 /* SP 800-76-2 table 14 */
#define CREATOR_LEN   18

/* Date and time of SP 800-76-2 table 14: two digits a byte, as a number, and 'Z' */
static void put_time(struct sdc_buf *b, const struct sdc_date *date, int hour, int minute, int second)
{
    sdc_buf_u8(b, (uint8_t)(date->year / 100));
    sdc_buf_u8(b, (uint8_t)(date->year % 100));
    sdc_buf_u8(b, (uint8_t)date->month);
    sdc_buf_u8(b, (uint8_t)date->day);
    sdc_buf_u8(b, (uint8_t)hour);
    sdc_buf_u8(b, (uint8_t)minute);
    sdc_buf_u8(b, (uint8_t)second);
    sdc_buf_u8(b, 'Z');
}

static void put_cbeff(struct sdc_buf *b, const struct data_input *input, size_t record_len, size_t signature_len)
{
    uint8_t fascn[FASCN_LEN];
    fascn_encode(fascn);
    sdc_buf_u8(b, 0x03);                     /* patron header version */
    sdc_buf_u8(b, 0x0D);                     /* signed, not encrypted */
    sdc_buf_u32(b, (uint32_t)record_len);    /* BDB length */
    sdc_buf_u16(b, (uint16_t)signature_len); /* SB length */
    sdc_buf_u16(b, 0x001B);                  /* format owner: INCITS M1 */
    sdc_buf_u16(b, 0x0501);                  /* format type: face */
    put_time(b, &input->issued, 0, 0, 0);    /* created; the time of day is nobody's business */
    put_time(b, &input->issued, 0, 0, 0);    /* valid from */
    put_time(b, &input->expiry, 23, 59, 59);
    sdc_buf_u8(b, 0x00);
    sdc_buf_u16(b, 0x0002); /* biometric type: face */
    sdc_buf_u8(b, 0x20);    /* data type: processed */
    sdc_buf_u8(b, 0xFE);    /* quality -2: not measured by a standard's method */
    size_t creator = strlen(input->config->printed_issuer);
    sdc_buf_put(b, input->config->printed_issuer, creator); /* at most 15: the last byte stays 0 */
    sdc_buf_fill(b, 0, CREATOR_LEN - creator);
    sdc_buf_put(b, fascn, sizeof fascn);
    sdc_buf_u32(b, 0); /* reserved */
}

static enum sdc_status sign(const struct data_input *input, const struct sdc_buf *content, struct sdc_buf *out,
                            struct sdc_error *e)
{
    uint8_t fascn[FASCN_LEN];
    struct sdc_buf name = SDC_BUF_INIT, number = SDC_BUF_INIT, uuid = SDC_BUF_INIT;
    fascn_encode(fascn);
    sdc_tlv_put(&number, 0x04, fascn, sizeof fascn);
    sdc_tlv_put(&uuid, 0x04, input->guid, sizeof input->guid);
    enum sdc_status status = data_signer_name(input, &name, e);
    if (status == SDC_OK && (content->err || number.err || uuid.err))
        status = sdc_fail(e, SDC_E_NO_MEMORY, "no memory");
    if (status == SDC_OK) {
        const struct signed_attribute attributes[] = { { &signed_oid_signer_dn, name.data, name.len },
                                                       { &signed_oid_fascn, number.data, number.len },
                                                       { &signed_oid_uuid, uuid.data, uuid.len } };
        const struct signed_request request = { .type = &signed_oid_biometric,
                                                .content = content->data,
                                                .content_len = content->len,
                                                .attributes = attributes,
                                                .attributes_len = 3 };
        status = signed_data_make(input->signer, input->signer_key, &request, out, e);
    }
    sdc_buf_free(&name);
    sdc_buf_free(&number);
    sdc_buf_free(&uuid);
    return status;
}

/* The header, which is signed, holds the length of the signature, and an ECDSA signature has a length of 70 to 72
 * bytes: sign until one has the length that the header says. */
static enum sdc_status put_signed(const struct data_input *input, struct sdc_buf *out, struct sdc_error *e)
{
    enum { TRIES = 64 };
    struct sdc_buf record = SDC_BUF_INIT, content = SDC_BUF_INIT, signature = SDC_BUF_INIT;
    face_record_put(&(struct face_record) { input->portrait, input->portrait_width, input->portrait_height }, &record);
    size_t expected = 0;
    enum sdc_status status = SDC_OK;
    bool fits = false;
    for (int i = 0; i < TRIES && status == SDC_OK && !fits; i++) {
        sdc_buf_clear(&content);
        put_cbeff(&content, input, record.len, expected);
        sdc_buf_put(&content, record.data, record.len);
        content.err = content.err || record.err;
        sdc_buf_clear(&signature);
        status = sign(input, &content, &signature, e);
        fits = status == SDC_OK && signature.len == expected;
        expected = signature.len;
    }
    if (status == SDC_OK && !fits)
        status = sdc_fail(e, SDC_E_CRYPTO, "signatures of no stable length");
    sdc_buf_put(out, content.data, content.len);
    sdc_buf_put(out, signature.data, signature.len);
    sdc_buf_free(&record);
    sdc_buf_free(&content);
    sdc_buf_free(&signature);
    return status;
}

enum sdc_status data_build_face(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                                struct sdc_error *e)
{
    (void)set;
    struct sdc_buf whole = SDC_BUF_INIT;
    enum sdc_status status = put_signed(input, &whole, e);
    out->err = out->err || whole.err;
    sdc_tlv_put(out, TAG_BIOMETRIC, whole.data, whole.len);
    sdc_tlv_put(out, TAG_LRC, NULL, 0);
    sdc_buf_free(&whole);
    return status;
}
