/* SPDX-License-Identifier: BSD-2-Clause */
#include "bytes.h"
#include "card_edge.h"
#include "commands.h"
#include "core.h"
#include "life_cycle.h"

static const struct card_app *app_find(const struct core *core, const struct rd *name)
{
    for (uint8_t i = 0; i < card_app_count; i++) {
        const struct card_app *app = card_apps[i];
        bool there = app->only_with == 0 || store_len(&core->store, app->only_with) > 0;
        if (there && name->left >= app->aid_min && name->left <= app->aid_len &&
            bytes_same(name->p, app->aid, name->left))
            return app;
    }
    return NULL;
}

static uint16_t enter(struct core *core, const struct card_app *app, const struct request *request, struct wr *answer)
{
    if (!app->administers && life_cycle(core) == LIFE_TERMINATED)
        return SW_CONDITIONS;
    if (app != core->app)
        core_session_end(core);
    core->app = app;
    core->messaging.ends = !app->shares_channel;
    return app->select(core, request, answer);
}

/* A name that isn't found, and the selected application's own, leave what was proven as it is (3.1.1); the issuer's
 * session ends with any SELECT (receive.c). */
uint16_t cmd_select(struct core *core, const struct request *request, struct wr *answer)
{
    const struct card_app *app = app_find(core, &request->data);
    uint16_t sw = app != NULL ? enter(core, app, request, answer) : SW_NOT_FOUND;
    if (request->p2 == SELECT_NO_ANSWER)
        answer->len = 0;
    return sw;
}

uint16_t cmd_select_root(struct core *core, const struct request *request, struct wr *answer)
{
    struct rd data = request->data;
    if (data.left > 0 && (rd_u16(&data) != FID_MF || !rd_end(&data)))
        return SW_NOT_FOUND;
    return enter(core, card_root, request, answer);
}
