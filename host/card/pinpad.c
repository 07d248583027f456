/* SPDX-License-Identifier: BSD-2-Clause */
/* Readers with a PIN pad (PC/SC part 10): the PIN goes from the keys to the card and never comes to the host. */
#include "private.h"

#include "card_edge.h"

/* SCARD_CTL_CODE(3400), CM_IOCTL_GET_FEATURE_REQUEST (2.2) and what its answer lists (2.3) */
#define GET_FEATURE_REQUEST       0x42000D48
#define FEATURE_VERIFY_PIN_DIRECT 0x06
#define FEATURE_MODIFY_PIN_DIRECT 0x07
#define FEATURE_LEN               4
#define FEATURES_CAP              256

/* PIN_VERIFY and PIN_MODIFY structures (2.5.2, 2.5.3) */
enum {
    SECONDS_FIRST_KEY = 30, /* bTimeOut, bTimeOut2 */
    SECONDS_NEXT_KEY = 30,
    FORMAT_ASCII = 0x82, /* ASCII digits, left justified, from the first byte of the data field on */
    BLOCK_LEN = PIN_MAX_LEN,
    NO_LENGTH_BYTE = 0x00,
    END_BY_KEY = 0x02,
    ASK_OLD_AND_TWICE_NEW = 0x03,
    ENGLISH = 0x0409
};

/* What the reader itself says instead of the card (2.5.4) */
#define SW_PAD_TIMEOUT   0x6400
#define SW_PAD_CANCELLED 0x6401
#define SW_PAD_DIFFERENT 0x6402 /* the new PIN, the second time */
#define SW_PAD_LENGTH    0x6403

bool sdc_link_pinpad(struct sdc_link *link)
{
    uint8_t answer[FEATURES_CAP];
    size_t len = 0;
    link->pad_verify = link->pad_modify = 0;
    if (!link->ops->control ||
        link->ops->control(link->ctx, GET_FEATURE_REQUEST, NULL, 0, answer, sizeof answer, &len, NULL) != SDC_OK)
        return false;
    struct sdc_rd r = sdc_rd_init(answer, len <= sizeof answer ? len : 0);
    while (r.left > 0 && !r.err) {
        uint8_t feature = sdc_rd_u8(&r), feature_len = sdc_rd_u8(&r);
        struct sdc_rd value = sdc_rd_take(&r, feature_len);
        uint32_t code = feature_len == FEATURE_LEN ? sdc_rd_u32(&value) : 0;
        if (feature == FEATURE_VERIFY_PIN_DIRECT)
            link->pad_verify = code;
        if (feature == FEATURE_MODIFY_PIN_DIRECT)
            link->pad_modify = code;
    }
    if (r.err)
        link->pad_verify = link->pad_modify = 0;
    return link->pad_verify != 0;
}

/* Numbers stand in the host's order: little-endian on all that this runs on. */
static void put_u16(struct sdc_buf *b, unsigned v)
{
    sdc_buf_u8(b, (uint8_t)v);
    sdc_buf_u8(b, (uint8_t)(v >> 8));
}

static void put_head(struct sdc_buf *b)
{
    sdc_buf_u8(b, SECONDS_FIRST_KEY);
    sdc_buf_u8(b, SECONDS_NEXT_KEY);
    sdc_buf_u8(b, FORMAT_ASCII);
    sdc_buf_u8(b, BLOCK_LEN);
    sdc_buf_u8(b, NO_LENGTH_BYTE);
}

/* bTeoPrologue, ulDataLength and the APDU with places for PINs. */
static void put_apdu(struct sdc_buf *b, uint8_t ins, uint8_t ref, uint8_t pins)
{
    const uint8_t lc = (uint8_t)(pins * PIN_MAX_LEN);
    sdc_buf_fill(b, 0, 3);
    put_u16(b, 5u + lc);
    put_u16(b, 0);
    sdc_buf_u8(b, CLA_ISO);
    sdc_buf_u8(b, ins);
    sdc_buf_u8(b, 0);
    sdc_buf_u8(b, ref);
    sdc_buf_u8(b, lc);
    sdc_buf_fill(b, PIN_FILL, lc);
}

static enum sdc_status pad_status(uint16_t sw, const char *what, struct sdc_error *e)
{
    enum sdc_status status = SDC_OK;
    switch (sw) {
    case SW_PAD_TIMEOUT:
    case SW_PAD_CANCELLED:
        status = sdc_fail(e, SDC_E_CANCELLED, "%s: nothing was entered at the reader", what);
        break;
    case SW_PAD_DIFFERENT:
    case SW_PAD_LENGTH:
    case SW_WRONG_DATA:
        status = sdc_fail(e, SDC_E_PIN_FORMAT, "%s: not a PIN, or not the same one twice; no try was lost", what);
        break;
    default:
        return sdc_sw_status(sw, what, e);
    }
    if (e)
        e->sw = sw;
    return status;
}

static enum sdc_status ask(struct sdc_link *link, uint32_t code, const struct sdc_buf *in, const char *what,
                           struct sdc_error *e)
{
    uint8_t answer[FEATURES_CAP];
    size_t len = 0;
    if (code == 0 || !link->ops->control)
        return sdc_fail(e, SDC_E_BUG, "%s: the reader has no PIN pad for it", what);
    enum sdc_status status = sdc_buf_status(in, e);
    if (status == SDC_OK)
        status = link->ops->control(link->ctx, code, in->data, in->len, answer, sizeof answer, &len, e);
    if (status != SDC_OK)
        return status;
    struct sdc_rd r = sdc_rd_init(answer, len <= sizeof answer ? len : 0);
    uint16_t sw = sdc_rd_u16(&r);
    return sdc_rd_end(&r) ? pad_status(sw, what, e)
                          : sdc_fail(e, SDC_E_REPLY, "%s: the reader's answer is no status word", what);
}

enum sdc_status sdc_piv_verify_at_pad(struct sdc_link *link, struct sdc_error *e)
{
    struct sdc_buf in = SDC_BUF_INIT;
    put_head(&in);
    put_u16(&in, PIN_MIN_LEN << 8 | PIN_MAX_LEN);
    sdc_buf_u8(&in, END_BY_KEY);
    sdc_buf_u8(&in, 1); /* one message: 0, "enter PIN" */
    put_u16(&in, ENGLISH);
    sdc_buf_u8(&in, 0);
    put_apdu(&in, INS_VERIFY, REF_PIN, 1);
    enum sdc_status status = ask(link, link->pad_verify, &in, "PIN", e);
    sdc_buf_free(&in);
    return status;
}

enum sdc_status sdc_piv_change_at_pad(struct sdc_link *link, uint8_t ref, struct sdc_error *e)
{
    unsigned shortest = ref == REF_PUK ? PUK_LEN : PIN_MIN_LEN;
    struct sdc_buf in = SDC_BUF_INIT;
    put_head(&in);
    sdc_buf_u8(&in, 0);           /* where the old one goes */
    sdc_buf_u8(&in, PIN_MAX_LEN); /* and the new */
    put_u16(&in, shortest << 8 | PIN_MAX_LEN);
    sdc_buf_u8(&in, ASK_OLD_AND_TWICE_NEW);
    sdc_buf_u8(&in, END_BY_KEY);
    sdc_buf_u8(&in, 3); /* three messages: 0 old, 1 new, 2 again */
    put_u16(&in, ENGLISH);
    sdc_buf_u8(&in, 0);
    sdc_buf_u8(&in, 1);
    sdc_buf_u8(&in, 2);
    put_apdu(&in, INS_CHANGE_REFERENCE_DATA, ref, 2);
    enum sdc_status status = ask(link, link->pad_modify, &in, ref == REF_PUK ? "present PUK" : "present PIN", e);
    sdc_buf_free(&in);
    return status;
}
