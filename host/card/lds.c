/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/lds.h"

#include "card_edge.h"
#include "sdc/tlv.h"

enum {
    BY_NAME = 0x04,
    NO_ANSWER = 0x0C,
    SFI_FLAG = 0x80,
    DO_OFFSET = 0x54,
    DO_DATA = 0x53,
    SHORT_PLAIN = 256,     /* most of a short answer in the clear */
    SHORT_SECURE = 223,    /* and in a secure channel */
    OFFSET_SHORT = 0x8000, /* from here on the offset needs a data object */
    SW_LEN = 2,
    TAG_CAPACITIES = 0x7F66
};

/* clang-format off */
const struct sdc_lds_file sdc_lds_files[SDC_LDS_FILES] = {
    /*                         name               application     fid     SFI   DG  tag   max */
    [SDC_EF_CARD_ACCESS]   = { "EF.CardAccess",   SDC_LDS_MF,     0x011C, 0x1C, 0,  0x31, 512 },
    [SDC_EF_CARD_SECURITY] = { "EF.CardSecurity", SDC_LDS_MF,     0x011D, 0x1D, 0,  0x30, 4096 },
    [SDC_EF_DIR]           = { "EF.DIR",          SDC_LDS_MF,     0x2F00, 0x1E, 0,  0x61, 256 },
    [SDC_EF_ATR]           = { "EF.ATR/INFO",     SDC_LDS_MF,     0x2F01, 0x01, 0,  0x7F66, 64 },
    [SDC_EF_COM]           = { "EF.COM",          SDC_LDS_TRAVEL, 0x011E, 0x1E, 0,  0x60, 256 },
    [SDC_EF_SOD]           = { "EF.SOD",          SDC_LDS_TRAVEL, 0x011D, 0x1D, 0,  0x77, 4096 },
    [SDC_DG1]              = { "DG1",             SDC_LDS_TRAVEL, 0x0101, 0x01, 1,  0x61, 128 },
    [SDC_DG2]              = { "DG2",             SDC_LDS_TRAVEL, 0x0102, 0x02, 2,  0x75, 32768 },
    [SDC_DG11]             = { "DG11",            SDC_LDS_TRAVEL, 0x010B, 0x0B, 11, 0x6B, 1024 },
    [SDC_DG12]             = { "DG12",            SDC_LDS_TRAVEL, 0x010C, 0x0C, 12, 0x6C, 1024 },
    [SDC_DG13]             = { "DG13",            SDC_LDS_TRAVEL, 0x010D, 0x0D, 13, 0x6D, 256 },
    [SDC_DG14]             = { "DG14",            SDC_LDS_TRAVEL, 0x010E, 0x0E, 14, 0x6E, 1024 },
    [SDC_DG17]             = { "DG17",            SDC_LDS_DOCKET, 0x0111, 0x11, 17, 0x71, 4096 },
    [SDC_DG19]             = { "DG19",            SDC_LDS_DOCKET, 0x0113, 0x13, 19, 0x73, 4096 },
    [SDC_DG20]             = { "DG20",            SDC_LDS_DOCKET, 0x0114, 0x14, 20, 0x74, 4096 },
    [SDC_DG21]             = { "DG21",            SDC_LDS_DOCKET, 0x0115, 0x15, 21, 0x75, 4096 },
};
/* clang-format on */

static const uint8_t aid_travel[] = { TRAVEL_AID };
static const uint8_t aid_docket[] = { DOCKET_AID };
static const struct {
    const uint8_t *aid;
    size_t len;
    const char *name;
} applications[] = {
    [SDC_LDS_MF] = { NULL, 0, "the card's master file" },
    [SDC_LDS_TRAVEL] = { aid_travel, sizeof aid_travel, "the travel document" },
    [SDC_LDS_DOCKET] = { aid_docket, sizeof aid_docket, "the docket" },
};

enum sdc_status sdc_lds_select(struct sdc_link *link, enum sdc_lds_application application, struct sdc_error *e)
{
    uint16_t sw = 0;
    const struct sdc_apdu apdu = { .ins = INS_SELECT,
                                   .p1 = application == SDC_LDS_MF ? 0 : BY_NAME,
                                   .p2 = NO_ANSWER,
                                   .data = applications[application].aid,
                                   .data_len = applications[application].len };
    enum sdc_status status = sdc_link_exchange(link, &apdu, NULL, &sw, e);
    return status != SDC_OK ? status : sdc_sw_status(sw, applications[application].name, e);
}

/* ---- reading ---- */

/* How much one READ BINARY brings at most. */
static size_t most(const struct sdc_link *link)
{
    if (link->extended && !link->short_only && link->answer_max > SHORT_PLAIN)
        return link->answer_max;
    return link->data_max > 0 ? SHORT_SECURE : SHORT_PLAIN;
}

/* From 8000 on: 54 { offset } out, 53 { data } in. */
static enum sdc_status read_far(struct sdc_link *link, size_t offset, size_t want, struct sdc_buf *out, uint16_t *sw,
                                struct sdc_error *e)
{
    struct sdc_buf data = SDC_BUF_INIT, place = SDC_BUF_INIT, answer = SDC_BUF_INIT;
    sdc_buf_u16(&place, (uint16_t)offset);
    sdc_tlv_put(&data, DO_OFFSET, place.data, place.len);
    const struct sdc_apdu apdu = { .ins = INS_READ_BINARY_ODD,
                                   .data = data.data,
                                   .data_len = data.len,
                                   .le = true,
                                   .le_max = want + 4, /* 53 and its length */
                                   .secret = true };
    enum sdc_status status = sdc_buf_status(&data, e);
    if (status == SDC_OK)
        status = sdc_link_exchange(link, &apdu, &answer, sw, e);
    if (status == SDC_OK && answer.len > 0) {
        struct sdc_rd r = sdc_buf_rd(&answer), value = sdc_tlv_take(&r, DO_DATA);
        if (!sdc_rd_end(&r) || value.left > want)
            status = sdc_fail(e, SDC_E_REPLY, "reading: the answer has not the right form");
        else
            sdc_buf_put(out, value.p, value.left);
    }
    sdc_buf_free(&place);
    sdc_buf_free(&data);
    sdc_buf_free(&answer);
    return status;
}

/* One READ BINARY of at most 'want' bytes; where 'open', as much as one answer holds. The first one names the file. */
static enum sdc_status read_piece(struct sdc_link *link, const struct sdc_lds_file *file, size_t offset, size_t want,
                                  bool open, struct sdc_buf *out, struct sdc_error *e)
{
    uint16_t sw = 0;
    size_t before = out->len;
    const struct sdc_apdu apdu = { .ins = INS_READ_BINARY,
                                   .p1 = (uint8_t)(offset == 0 ? SFI_FLAG | file->sfi : offset >> 8),
                                   .p2 = (uint8_t)offset,
                                   .le = true,
                                   .le_max = open && want <= SHORT_PLAIN ? SHORT_PLAIN : want,
                                   .secret = true };
    enum sdc_status status = offset < OFFSET_SHORT ? sdc_link_exchange(link, &apdu, out, &sw, e)
                                                   : read_far(link, offset, want - 4, out, &sw, e);
    if (status == SDC_OK && sw != SW_END_OF_FILE)
        status = sdc_sw_status(sw, file->name, e);
    if (status == SDC_OK && out->len == before)
        status = sdc_fail(e, SDC_E_REPLY, "%s: the card gives no data", file->name);
    return status;
}

/* Tag and length from what came first: the length of the whole TLV. */
static enum sdc_status whole_length(const struct sdc_lds_file *file, struct sdc_rd r, size_t *whole,
                                    struct sdc_error *e)
{
    uint32_t tag;
    size_t len, before = r.left;
    if (!sdc_tlv_open(&r, &tag, &len) || tag != file->tag)
        return sdc_fail(e, SDC_E_REPLY, "%s: not what belongs there", file->name);
    *whole = before - r.left + len;
    if (*whole > file->max)
        return sdc_fail(e, SDC_E_REPLY, "%s: longer than it may be", file->name);
    return SDC_OK;
}

enum sdc_status sdc_lds_read(struct sdc_link *link, enum sdc_lds_id id, struct sdc_buf *out, struct sdc_error *e)
{
    const struct sdc_lds_file *file = &sdc_lds_files[id];
    struct sdc_buf got = SDC_BUF_INIT;
    size_t whole = 0;
    enum sdc_status status = read_piece(link, file, 0, most(link), true, &got, e);
    if (status == SDC_OK)
        status = whole_length(file, sdc_buf_rd(&got), &whole, e);
    while (status == SDC_OK && got.len < whole) {
        size_t left = whole - got.len, max = most(link);
        status = read_piece(link, file, got.len, left < max ? left : max, left >= max, &got, e);
    }
    if (status == SDC_OK) {
        sdc_buf_put(out, got.data, whole);
        status = sdc_buf_status(out, e);
    }
    sdc_buf_free(&got);
    return status;
}

static enum sdc_status update(struct sdc_link *link, enum sdc_lds_id id, const void *data, size_t len,
                              struct sdc_error *e)
{
    uint16_t sw = 0;
    const struct sdc_apdu apdu = {
        .ins = INS_UPDATE_BINARY, .p1 = SFI_FLAG | sdc_lds_files[id].sfi, .data = data, .data_len = len, .secret = true
    };
    enum sdc_status status = sdc_link_exchange(link, &apdu, NULL, &sw, e);
    return status != SDC_OK ? status : sdc_sw_status(sw, sdc_lds_files[id].name, e);
}

enum sdc_status sdc_lds_put(struct sdc_link *link, enum sdc_lds_id id, const void *data, size_t len,
                            struct sdc_error *e)
{
    return update(link, id, data, len, e);
}

/* In pieces, never in one command of extended length. */
enum sdc_status sdc_lds_update(struct sdc_link *link, enum sdc_lds_id id, const void *data, size_t len,
                               struct sdc_error *e)
{
    const bool extended = link->extended;
    link->extended = false;
    enum sdc_status status = update(link, id, data, len, e);
    link->extended = extended;
    return status;
}

enum sdc_status sdc_lds_learn_lengths(struct sdc_link *link, struct sdc_error *e)
{
    struct sdc_buf file = SDC_BUF_INIT;
    enum sdc_status status = sdc_lds_read(link, SDC_EF_ATR, &file, e);
    if (status == SDC_E_NOT_FOUND || status == SDC_E_REPLY || status == SDC_E_DENIED || status == SDC_E_CARD)
        status = SDC_OK; /* it doesn't say */
    else if (status == SDC_OK) {
        struct sdc_rd r = sdc_buf_rd(&file), inside = sdc_tlv_take(&r, TAG_CAPACITIES);
        struct sdc_rd command = sdc_tlv_take(&inside, TAG_INTEGER), answer = sdc_tlv_take(&inside, TAG_INTEGER);
        size_t command_max = sdc_rd_u16(&command), answer_max = sdc_rd_u16(&answer);
        if (sdc_rd_end(&inside) && sdc_rd_end(&command) && sdc_rd_end(&answer) && command_max > SHORT_PLAIN &&
            answer_max > SHORT_PLAIN) {
            link->extended = true;
            link->answer_max = answer_max - SW_LEN;
        }
    }
    sdc_buf_free(&file);
    return status;
}
