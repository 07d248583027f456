/* SPDX-License-Identifier: BSD-2-Clause */
/* Which applications this card has, in the order in which SELECT looks for them. */
#include "app.h"

#include "bytes.h"
#include "issuer.h"
#include "piv.h"

const struct card_app *const card_apps[] = {
    &piv_app,
    &issuer_app,
};
const uint8_t card_app_count = COUNT(card_apps);
