/* SPDX-License-Identifier: BSD-2-Clause */
/* PUT DATA: 5C L tag, 53 L content; Discovery and the BIT group template also as 7E or 7F61
 * L content (tables 11 and 12). The content goes straight into the
 * store as it arrives; the object changes when the last byte is there and committed. */
#include "bytes.h"
#include "card_edge.h"
#include "piv_private.h"
#include "tlv.h"

/* Parses the head collected so far. False where it isn't whole. */
static bool head_read(const struct piv_put *put, uint32_t *tag, size_t *len)
{
    struct rd r = rd_init(put->head, put->head_len);
    uint32_t first;
    size_t first_len;
    if (!tlv_read_header(&r, &first, &first_len))
        return false;
    if (piv_object_stands_alone(first)) {
        *tag = first;
        *len = first_len;
        return rd_end(&r);
    }
    struct rd name = rd_take(&r, first_len);
    uint32_t wrapper;
    *tag = tlv_read_name(&name);
    return first == TAG_OBJECT_ID && rd_end(&name) && tlv_read_header(&r, &wrapper, len) && wrapper == TAG_OBJECT &&
           rd_end(&r);
}

/* Takes bytes until the head is whole. It is a prefix code: it is whole at the first byte that makes it parse, and
 * what doesn't parse at its longest never will. */
static uint16_t head_feed(struct piv_put *put, struct rd *data, uint32_t *tag, size_t *len, bool *whole)
{
    *whole = false;
    while (rd_more(data) && !*whole) {
        if (put->head_len == sizeof put->head)
            return SW_WRONG_DATA;
        put->head[put->head_len++] = rd_u8(data);
        *whole = head_read(put, tag, len);
    }
    return SW_OK;
}

/* The head is whole: finds the object and makes room. */
static uint16_t content_begin(struct core *core, struct piv_put *put, uint32_t tag, size_t len)
{
    const struct piv_object *object = piv_object_find(tag);
    if (object == NULL)
        return SW_NOT_FOUND;
    if (len > object->len_max)
        return SW_NO_SPACE;
    put->object = object;
    put->left = len;
    put->deletes = len == 0;
    return core_store_sw(put->deletes ? STORE_OK : store_stream_open(&core->store, object->record, len));
}

static uint16_t content_feed(struct core *core, struct piv_put *put, struct rd *data)
{
    if (data->left > put->left)
        return SW_WRONG_DATA;
    put->left -= data->left;
    return core_store_sw(put->deletes ? STORE_OK : store_stream_write(&core->store, data->p, data->left));
}

static uint16_t content_end(struct core *core, struct piv_put *put)
{
    if (put->object == NULL || put->left > 0)
        return SW_WRONG_DATA;
    return put->deletes ? core_record_put(core, put->object->record, NULL, 0)
                        : core_store_sw(store_stream_commit(&core->store));
}

static uint16_t feed(struct core *core, struct piv_put *put, struct rd *data, bool last)
{
    uint16_t sw = SW_OK;
    if (put->object == NULL) {
        uint32_t tag;
        size_t len;
        bool whole;
        sw = head_feed(put, data, &tag, &len, &whole);
        if (sw == SW_OK && whole)
            sw = content_begin(core, put, tag, len);
    }
    if (sw == SW_OK && put->object != NULL)
        sw = content_feed(core, put, data);
    return sw == SW_OK && last ? content_end(core, put) : sw;
}

void piv_put_end(struct core *core)
{
    crypto_wipe(&piv_state(core)->put, sizeof(struct piv_put));
}

/* The first block finds the state zeroed: piv_put_end() ran when the command before this one ended. */
uint16_t cmd_put_data(struct core *core, const struct request *request, struct wr *answer)
{
    struct rd data = request->data;
    (void)answer;
    return feed(core, &piv_state(core)->put, &data, request->last);
}
