/* SPDX-License-Identifier: BSD-2-Clause */
/* New versions of a card's docket: signed by the issuer from a record, and put onto the card by the issuer's own
 * channel or carried there by a terminal with the right to write. */
#ifndef SDC_UPDATE_H
#define SDC_UPDATE_H

#include "docket.h"
#include "link.h"
#include "record.h"
#include "station.h"

/* Signs every docket group anew from records[index], for the card that was made for this record's request, in a version
 * one above the last that was signed (the is 1). They are kept as updates/GUID.dg17 and so on, and 'path' (4096
 * bytes) gets that name without its ending. SDC_E_INPUT: the record is faulty, or no card was made for
 * this request; SDC_E_CONFLICT: that card isn't used any more. */
enum sdc_status sdc_update_sign(struct sdc_station *station, const struct sdc_batch *batch, size_t index, char *path,
                                struct sdc_error *e) SDC_WARN_UNUSED;

/* Puts what was signed last for the record's request onto its card, through the issuer's channel: each group that is
 * newer than the card's. *written counts them. SDC_E_CONFLICT: another card is in the reader, or the card holds another
 * statement of this version or a newer one; SDC_E_INPUT: nothing was signed for it. */
enum sdc_status sdc_update_card(struct sdc_station *station, const struct sdc_batch *batch, size_t index,
                                struct sdc_link *link, unsigned *written, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
