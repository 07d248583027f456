/* SPDX-License-Identifier: BSD-2-Clause */
/* SELECT, GET DATA, PUT DATA (SP 800-73-4 part 2, 3.1 and 3.3.2). */
#include "private.h"

#include <stdio.h>

#include "card_edge.h"
#include "sdc/tlv.h"

enum { SHORT_ANSWER = 256 };

enum sdc_status sdc_piv_command(struct sdc_link *link, const struct sdc_apdu *apdu, const char *what,
                                struct sdc_buf *answer, struct sdc_error *e)
{
    uint16_t sw;
    size_t before = answer ? answer->len : 0;
    enum sdc_status status = sdc_link_exchange(link, apdu, answer, &sw, e);
    if (status != SDC_OK) {
        (void)sdc_fail_in(e, "%s", what);
        return status;
    }
    status = sdc_sw_status(sw, what, e);
    if (status != SDC_OK && answer)
        sdc_buf_cut(answer, before);
    return status;
}

/* Both are such that every APDU of ours fits: 65535 bytes (7816-4 12.7.1). */
static bool takes_extended(struct sdc_rd r)
{
    struct sdc_rd command = sdc_tlv_take(&r, TAG_INTEGER), answer = sdc_tlv_take(&r, TAG_INTEGER);
    static const uint8_t most[] = { APDU_MAX };
    return sdc_rd_equal(&command, most, sizeof most) && sdc_rd_equal(&answer, most, sizeof most) && sdc_rd_end(&r);
}

/* Application property template (table 3): 61 { 4F PIX or AID, 79 { 4F RID }, …, 7F66 where the card has it } */
static bool read_piv_template(struct sdc_rd r, bool *extended)
{
    static const uint8_t aid[] = { PIV_AID };
    const struct sdc_rd whole = sdc_rd_init(aid, sizeof aid);
    struct sdc_rd pix = whole, value;
    sdc_rd_skip(&pix, PIV_AID_MIN_LEN);
    struct sdc_rd template = sdc_tlv_take(&r, 0x61);
    struct sdc_rd id = sdc_tlv_take(&template, 0x4F);
    uint32_t tag;
    *extended = false;
    while (sdc_tlv_next(&template, &tag, &value))
        *extended = *extended || (tag == TAG_EXTENDED_LENGTH && takes_extended(value));
    if (!sdc_rd_end(&r) || template.err)
        return false;
    return sdc_rd_equal(&id, pix.p, pix.left) || sdc_rd_equal(&id, whole.p, whole.left);
}

enum sdc_status sdc_piv_select(struct sdc_link *link, struct sdc_error *e)
{
    static const uint8_t aid[] = { PIV_AID };
    const struct sdc_apdu apdu = {
        .ins = INS_SELECT, .p1 = 0x04, .data = aid, .data_len = sizeof aid, .le = true, .le_max = SHORT_ANSWER
    };
    struct sdc_buf answer = SDC_BUF_INIT;
    bool extended = false;
    enum sdc_status status = sdc_piv_command(link, &apdu, "selecting the PIV application", &answer, e);
    if (status == SDC_OK && !read_piv_template(sdc_buf_rd(&answer), &extended))
        status = sdc_fail(e, SDC_E_REPLY, "selecting the PIV application: the answer is no property template");
    else if (status == SDC_OK && extended)
        link->extended = !link->short_only;
    sdc_buf_free(&answer);
    return status;
}

/* 5C L TAG: which object */
static void put_object_id(struct sdc_buf *b, uint32_t object)
{
    size_t len = object > 0xFFFF ? 3 : object > 0xFF ? 2 : 1;
    sdc_tlv_head(b, TAG_OBJECT_ID, len);
    for (size_t shift = 8 * len; shift > 0; shift -= 8)
        sdc_buf_u8(b, (uint8_t)(object >> (shift - 8)));
}

static enum sdc_status get_data(struct sdc_link *link, uint32_t object, size_t le_max, struct sdc_buf *answer,
                                struct sdc_error *e)
{
    char what[40];
    snprintf(what, sizeof what, "reading object %X", (unsigned)object);
    struct sdc_buf data = SDC_BUF_INIT;
    put_object_id(&data, object);
    enum sdc_status status = sdc_buf_status(&data, e);
    if (status == SDC_OK) {
        const struct sdc_apdu apdu = { .ins = INS_GET_DATA,
                                       .p1 = 0x3F,
                                       .p2 = 0xFF,
                                       .data = data.data,
                                       .data_len = data.len,
                                       .le = true,
                                       .le_max = le_max };
        status = sdc_piv_command(link, &apdu, what, answer, e);
    }
    sdc_buf_free(&data);
    return status;
}

enum sdc_status sdc_piv_get(struct sdc_link *link, uint32_t object, struct sdc_buf *out, struct sdc_error *e)
{
    struct sdc_buf answer = SDC_BUF_INIT;
    enum sdc_status status = get_data(link, object, 0, &answer, e);
    if (status == SDC_OK) {
        bool discovery = object == OBJ_DISCOVERY;
        struct sdc_rd r = sdc_buf_rd(&answer);
        struct sdc_rd value = sdc_tlv_take(&r, discovery ? OBJ_DISCOVERY : TAG_OBJECT);
        if (!sdc_rd_end(&r))
            status = sdc_fail(e, SDC_E_REPLY, "reading object %X: the answer is no such object", (unsigned)object);
        else if (discovery)
            sdc_buf_put(out, answer.data, answer.len);
        else
            sdc_buf_put(out, value.p, value.left);
    }
    sdc_buf_free(&answer);
    return status != SDC_OK ? status : sdc_buf_status(out, e);
}

enum sdc_status sdc_piv_get_guid(struct sdc_link *link, uint8_t guid[static SDC_GUID_LEN], struct sdc_error *e)
{
    enum { HEAD = 4 + 27 + 18 }; /* 53 82 xx xx, FASC-N, GUID: they come first */
    struct sdc_buf answer = SDC_BUF_INIT;
    enum sdc_status status = get_data(link, OBJ_CHUID, HEAD, &answer, e);
    if (status == SDC_OK) {
        struct sdc_rd r = sdc_buf_rd(&answer), value = { NULL, 0, true };
        uint32_t tag = 0;
        size_t len;
        if (!sdc_tlv_open(&r, &tag, &len) || tag != TAG_OBJECT)
            r.err = true;
        do
            tag = 0;
        while (sdc_tlv_next(&r, &tag, &value) && tag != 0x34);
        if (tag != 0x34 || value.left != SDC_GUID_LEN)
            status = sdc_fail(e, SDC_E_REPLY, "reading the CHUID: no GUID where it belongs");
        else
            sdc_rd_copy(&value, guid, SDC_GUID_LEN);
    }
    sdc_buf_free(&answer);
    return status;
}

/* PUT DATA; the data field is complete. */
static enum sdc_status put_data(struct sdc_link *link, const struct sdc_buf *field, const char *what,
                                struct sdc_error *e)
{
    const struct sdc_apdu apdu = {
        .ins = INS_PUT_DATA, .p1 = 0x3F, .p2 = 0xFF, .data = field->data, .data_len = field->len
    };
    enum sdc_status status = sdc_buf_status(field, e);
    return status != SDC_OK ? status : sdc_piv_command(link, &apdu, what, NULL, e);
}

enum sdc_status sdc_piv_put(struct sdc_link *link, uint32_t object, const void *data, size_t len, struct sdc_error *e)
{
    char what[40];
    snprintf(what, sizeof what, "writing object %X", (unsigned)object);
    struct sdc_buf field = SDC_BUF_INIT;
    if (object == OBJ_DISCOVERY) { /* 3.3.2: the template stands alone, without a tag list */
        sdc_buf_put(&field, data, len);
    } else {
        put_object_id(&field, object);
        sdc_tlv_put(&field, TAG_OBJECT, data, len);
    }
    enum sdc_status status = put_data(link, &field, what, e);
    sdc_buf_free(&field);
    return status;
}
