/* SPDX-License-Identifier: BSD-2-Clause */
/* The core's parsers on any bytes. What the TLV reader takes, the writer makes again byte for byte (there is one
 * encoding only); an APDU's parts lie within it; digits are digits. */
#include <stdlib.h>
#include <string.h>

#include "apdu.h"
#include "reference.h"
#include "tlv.h"

#define DEPTH 6

/* Reads what is there and writes it again. True where all of it was TLV. */
static bool copy(struct rd r, struct wr *w, int depth)
{
    while (rd_more(&r)) {
        uint32_t tag;
        struct rd value, before = r;
        if (!tlv_read(&r, &tag, &value)) {
            if (r.left > before.left)
                abort();
            return false;
        }
        if (value.p < before.p || value.left > before.left || r.left >= before.left)
            abort();
        if (tlv_header_len(tag, value.left) + value.left != before.left - r.left)
            abort();
        bool constructed = (tag >> (tag > 0xFFFF ? 16 : tag > 0xFF ? 8 : 0) & 0x20) != 0;
        size_t mark = w->len;
        tlv_write_header(w, tag, value.left);
        if (!constructed || depth == DEPTH || !copy(value, w, depth + 1)) {
            w->len = mark;
            tlv_write(w, tag, value.p, value.left);
        }
    }
    return rd_end(&r);
}

static void check_apdu(const uint8_t *data, size_t size)
{
    struct apdu apdu;
    if (!apdu_parse(data, size, &apdu))
        return;
    if (size < 4 || apdu.le < 1 || apdu.le > 65536 || apdu.data.left > size - 4 || apdu.data.err)
        abort();
    if (apdu.data.left > 0 && (apdu.data.p < data + 5 || apdu.data.p + apdu.data.left > data + size))
        abort();
}

static void check_digits(const uint8_t *data, size_t size)
{
    for (int id = REFERENCE_PIN; id <= REFERENCE_PUK; id++) {
        struct rd r = rd_init(data, size);
        struct digits digits;
        if (!digits_read_filled(&r, (enum reference_id)id, &digits))
            continue;
        if (digits.len < (id == REFERENCE_PIN ? 6 : 8) || digits.len > 8 || r.left != size - 8)
            abort();
        if (memcmp(data, digits.digit, digits.len) != 0)
            abort();
        for (size_t i = 0; i < 8; i++)
            if (i < digits.len ? data[i] < '0' || data[i] > '9' : data[i] != 0xFF)
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *exact = calloc(1, size > 0 ? size : 1), *again = calloc(1, size > 0 ? size : 1);
    if (exact == NULL || again == NULL)
        abort();
    if (size > 0)
        memcpy(exact, data, size);
    struct wr w = wr_init(again, size);
    if (copy(rd_init(exact, size), &w, 0) && (w.err || w.len != size || memcmp(exact, again, size) != 0))
        abort();
    check_apdu(exact, size);
    check_digits(exact, size);
    free(exact);
    free(again);
    return 0;
}
