/* SPDX-License-Identifier: BSD-2-Clause */
/* The PIV card application (NIST SP 800-73-4), as the core sees it. */
#ifndef PIV_H
#define PIV_H

#include "app.h"

extern const struct card_app piv_app;

#endif
