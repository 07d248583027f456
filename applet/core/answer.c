/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer.h"

#include "card_crypto.h"
#include "card_edge.h"
#include "store.h"
#include "wr.h"

void answer_append_part(struct answer *answer, uint16_t id, size_t offset, size_t len)
{
    answer->value_id = id;
    answer->value_at = offset;
    answer->value_len = len;
}

void answer_append_value(struct answer *answer, uint16_t id, size_t value_len)
{
    answer_append_part(answer, id, 0, value_len);
}

size_t answer_left(const struct answer *answer)
{
    return answer->len + answer->value_len - answer->sent;
}

bool answer_pending(const struct answer *answer)
{
    return answer_left(answer) > 0;
}

void answer_drop(struct answer *answer)
{
    crypto_wipe(answer->bytes, answer->len); /* behind them nothing was written */
    answer->len = 0;
    answer->sent = 0;
    answer->value_len = 0;
}

/* Copies the next n bytes, which may end in the one part and go on in the other. */
static bool take(struct answer *answer, const struct store *store, struct wr *out, size_t n)
{
    if (answer->sent < answer->len) {
        size_t part = answer->len - answer->sent < n ? answer->len - answer->sent : n;
        wr_bytes(out, answer->bytes + answer->sent, part);
        answer->sent += part;
        n -= part;
    }
    if (n == 0)
        return !out->err;
    uint8_t *at = wr_space(out, n);
    size_t offset = answer->value_at + answer->sent - answer->len;
    answer->sent += n;
    return at != NULL && store_read(store, answer->value_id, offset, at, n);
}

size_t answer_send(struct answer *answer, const struct store *store, size_t le, uint8_t *resp, size_t cap)
{
    struct wr out = wr_init(resp, cap);
    size_t n = answer_left(answer);
    if (n > le)
        n = le;
    if (n > cap - 2)
        n = cap - 2;
    uint16_t sw = SW_OK;
    if (!take(answer, store, &out, n)) {
        sw = SW_NV_FAILURE;
        out.len = 0;
        answer_drop(answer);
    } else if (answer_left(answer) > 0) {
        sw = (uint16_t)(SW_MORE | (answer_left(answer) < 0x100 ? answer_left(answer) : 0));
    } else {
        answer_drop(answer);
    }
    wr_u16(&out, sw);
    return out.len;
}
