/* SPDX-License-Identifier: BSD-2-Clause */
/* Which applications this card has, in the order in which SELECT looks for them. */
#include "app.h"

#include "bytes.h"
#include "issuer.h"
#include "lds.h"
#include "piv.h"

const struct card_app *const card_apps[] = {
    &piv_app, &issuer_app, &lds_travel_app, &lds_docket_app, &lds_docket_alias_app,
};
const uint8_t card_app_count = COUNT(card_apps);
const struct card_app *const card_root = &lds_root_app;
