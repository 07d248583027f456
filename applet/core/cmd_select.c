/* SPDX-License-Identifier: BSD-2-Clause */
#include "bytes.h"
#include "card_edge.h"
#include "commands.h"
#include "core.h"
#include "life_cycle.h"

static const struct card_app *app_find(const struct rd *name)
{
    for (uint8_t i = 0; i < card_app_count; i++) {
        const struct card_app *app = card_apps[i];
        if (name->left >= app->aid_min && name->left <= app->aid_len && bytes_same(name->p, app->aid, name->left))
            return app;
    }
    return NULL;
}

/* A name that isn't found, and the selected application's own, leave what was proven as it is (3.1.1); the issuer's
 * session ends with any SELECT (receive.c). */
uint16_t cmd_select(struct core *core, const struct request *request, struct wr *answer)
{
    const struct card_app *app = app_find(&request->data);
    if (app == NULL)
        return SW_NOT_FOUND;
    if (!app->administers && life_cycle(core) == LIFE_TERMINATED)
        return SW_CONDITIONS;
    if (app != core->app)
        core_session_end(core);
    core->app = app;
    return app->select(core, request, answer);
}
