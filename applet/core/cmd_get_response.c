/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_edge.h"
#include "commands.h"
#include "core.h"

/* The dispatcher keeps the answer for this command alone and sends the next part of it. */
uint16_t cmd_get_response(struct core *core, const struct request *request, struct wr *answer)
{
    (void)request;
    (void)answer;
    return answer_pending(&core->answer) ? SW_OK : SW_CONDITIONS;
}
