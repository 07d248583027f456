/* SPDX-License-Identifier: BSD-2-Clause */
/* A hostile card behind the PIV driver. The input: one byte that chooses the call, then replies {kind, length, bytes}:
 * raw bytes, bytes with a good or a continuing status word, or the right reply of a card with some bytes changed.
 * Nothing may crash, read beyond, or go on for ever: SDC_REPLY_BLOCKS bounds the commands of one exchange. */
#include <stdlib.h>
#include <string.h>

#include "card_edge.h"
#include "sdc/piv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct hostile {
    struct sdc_rd replies;
    unsigned commands;
};

/* Right answers to start from, so that the fuzzer needn't invent them. */
static const uint8_t select_answer[] = { 0x61, 0x11, 0x4F, 0x06, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00, 0x79,
                                         0x07, 0x4F, 0x05, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x90, 0x00 };
static const uint8_t signature[] = {
    0x7C, 0x0A, 0x82, 0x08, 0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x7F, 0x90, 0x00
};
static const uint8_t chuid[] = { 0x53, 0x2D, 0x30, 0x19, 1,  2,  3,  4,  5,  6,  7,  8,  9,    10,   11,  12, 13,
                                 14,   15,   16,   17,   18, 19, 20, 21, 22, 23, 24, 25, 0x34, 0x10, 1,   2,  3,
                                 4,    5,    6,    7,    8,  9,  10, 11, 12, 13, 14, 15, 16,   0x90, 0x00 };
static const uint8_t block[] = { 0x7C, 0x12, 0x80, 0x10, 1,  2,  3,  4,  5,  6,    7,
                                 8,    9,    10,   11,   12, 13, 14, 15, 16, 0x90, 0x00 };

static const struct {
    const uint8_t *bytes;
    size_t len;
} right[] = {
    { select_answer, sizeof select_answer },
    { signature, sizeof signature },
    { chuid, sizeof chuid },
    { block, sizeof block },
};

/* The right reply, with XORs {position, bits} from the input. */
static size_t mutated(struct hostile *h, uint8_t which, uint8_t changes, uint8_t *resp, size_t cap)
{
    size_t i = which % (sizeof right / sizeof right[0]);
    size_t len = right[i].len < cap ? right[i].len : cap;
    memcpy(resp, right[i].bytes, len);
    for (unsigned n = 0; n < (changes & 7U); n++) {
        size_t at = sdc_rd_u8(&h->replies) % len;
        resp[at] ^= sdc_rd_u8(&h->replies);
    }
    return len;
}

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    struct hostile *h = ctx;
    (void)cmd;
    if (cmd_len < 4 || cap < 258)
        abort();
    if (++h->commands > 4 * (SDC_REPLY_BLOCKS + 200))
        abort(); /* endless */
    uint8_t kind = sdc_rd_u8(&h->replies), length = sdc_rd_u8(&h->replies);
    if (h->replies.err)
        return sdc_fail(e, SDC_E_REMOVED, "the hostile card is gone");
    if ((kind & 3) == 3) {
        *resp_len = mutated(h, (uint8_t)(kind >> 2), length, resp, cap);
        return SDC_OK;
    }
    size_t n = length;
    if ((kind & 0x80) && (size_t)length * 256 < cap)
        n = (size_t)length * 256; /* long ones repeat a byte: the input stays small */
    memset(resp, kind, n);
    struct sdc_rd bytes = sdc_rd_take(&h->replies, h->replies.left < n ? h->replies.left : n);
    sdc_rd_copy(&bytes, resp, bytes.left);
    *resp_len = n;
    if ((kind & 3) != 0 && n + 2 <= cap) {
        resp[n] = (kind & 3) == 1 ? 0x90 : 0x61;
        resp[n + 1] = 0x00;
        *resp_len = n + 2;
    }
    return SDC_OK;
}

static enum sdc_status objects(struct sdc_link *link, uint8_t call, struct sdc_buf *out)
{
    static const uint32_t tags[] = { OBJ_CCC, OBJ_CHUID, OBJ_FACE, OBJ_DISCOVERY };
    static const uint8_t content[40000];
    uint8_t guid[SDC_GUID_LEN];
    switch (call % 3) {
    case 0:
        return sdc_piv_get(link, tags[call / 4 % 4], out, NULL);
    case 1:
        return sdc_piv_get_guid(link, guid, NULL);
    default:
        return sdc_piv_put(link, tags[call / 4 % 4], content, sizeof content, NULL);
    }
}

static enum sdc_status keys(struct sdc_link *link, uint8_t call, struct sdc_buf *out)
{
    static const uint8_t bytes[SDC_P256_POINT_LEN] = { 4 };
    uint8_t point[SDC_P256_POINT_LEN], z[32];
    switch (call % 4) {
    case 0:
        return sdc_piv_sign(link, KEY_CARD_AUTHENTICATION, bytes, out, NULL);
    case 1:
        return sdc_piv_derive(link, KEY_KEY_MANAGEMENT, bytes, z, NULL);
    case 2:
        return sdc_piv_generate(link, KEY_PIV_AUTHENTICATION, point, NULL);
    default:
        return sdc_piv_admin(link, bytes, NULL);
    }
}

static enum sdc_status pins(struct sdc_link *link, uint8_t call)
{
    int tries;
    bool verified;
    switch (call % 4) {
    case 0:
        return sdc_piv_select(link, NULL);
    case 1:
        return sdc_piv_verify(link, "123456", 6, NULL);
    case 2:
        return sdc_piv_tries(link, &tries, &verified, NULL);
    default:
        return sdc_piv_change(link, REF_PIN, "123456", 6, "654321", 6, NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const struct sdc_link_ops ops = { .transmit = transmit };
    struct hostile h = { .replies = sdc_rd_init(data, len) };
    uint8_t call = sdc_rd_u8(&h.replies);
    struct sdc_link *link;
    if (sdc_link_open_process(&ops, &h, NULL, 0, &link, NULL) != SDC_OK)
        return 0;
    link->extended = call & 0x80;
    struct sdc_buf out = SDC_BUF_INIT;
    enum sdc_status status;
    switch (call & 3) {
    case 0:
        status = objects(link, call >> 2 & 31, &out);
        break;
    case 1:
        status = keys(link, call >> 2 & 31, &out);
        break;
    default:
        status = pins(link, call >> 2 & 31);
    }
    if (status != SDC_OK && out.len > 0)
        abort(); /* an error gives nothing */
    sdc_buf_free(&out);
    sdc_link_close(link);
    return 0;
}
