/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_edge.h"
#include "lds_private.h"

/* An EF of the current DF. What may not be read is not selected either. */
uint16_t cmd_select_file(struct core *core, const struct request *request, struct wr *answer)
{
    struct rd data = request->data;
    const struct lds_file *file;
    (void)answer;
    uint16_t sw = lds_file_find(core, BY_FID, rd_u16(&data), USE_READ, &file);
    if (sw == SW_OK)
        lds_state(core)->current = file;
    return sw;
}
