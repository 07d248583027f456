/* SPDX-License-Identifier: BSD-2-Clause */
/* The MF, the travel document (ICAO Doc 9303-10) and the docket: one file system, whose files are read in the channel
 * that PACE opens, by what terminal authentication proves (BSI TR-03110). */
#ifndef LDS_H
#define LDS_H

#include "app.h"

extern const struct card_app lds_root_app, lds_travel_app, lds_docket_app;
extern const struct card_app lds_docket_alias_app; /* the docket by EID_AID, where the card was made so */

#endif
