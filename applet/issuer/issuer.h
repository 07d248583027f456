/* SPDX-License-Identifier: BSD-2-Clause */
/* The issuer security domain (GlobalPlatform Card Specification 2.3.1, amendment D 1.2). */
#ifndef ISSUER_H
#define ISSUER_H

#include "app.h"

extern const struct card_app issuer_app;

#endif
