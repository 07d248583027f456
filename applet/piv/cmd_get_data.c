/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_edge.h"
#include "piv_private.h"
#include "tlv.h"

/* An object that may not be read is 6982, whether it is there or not. */
uint16_t cmd_get_data(struct core *core, const struct request *request, struct wr *answer)
{
    struct rd r = request->data, name;
    tlv_read_tag(&r, TAG_OBJECT_ID, &name);
    uint32_t tag = tlv_read_name(&name);
    if (!rd_end(&r) || !rd_end(&name))
        return SW_WRONG_DATA;
    const struct piv_object *object = piv_object_find(tag);
    if (object == NULL)
        return SW_NOT_FOUND;
    if (!access_granted(&core->security, object->read))
        return SW_SECURITY_STATUS;
    size_t len = store_len(&core->store, object->record);
    if (len == 0)
        return SW_NOT_FOUND;
    tlv_write_header(answer, piv_object_template(object), len);
    answer_append_value(&core->answer, object->record, len);
    return SW_OK;
}
