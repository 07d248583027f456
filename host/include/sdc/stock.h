/* SPDX-License-Identifier: BSD-2-Clause */
/* Stock: deliveries of blank cards. */
#ifndef SDC_STOCK_H
#define SDC_STOCK_H

#include "station.h"

/* Counts a delivery in: the maker's signed manifest, checked against the maker's certificate (PEM), and the batch's
 * transport key (64 hex digits in a file), which goes into the station's token and can't be taken out again. What is
 * kept: HOME/stock/BATCH.p7 and BATCH.pem. The same delivery again is fine; *chips is how many it has. SDC_E_CONFLICT:
 * a chip of it, or its batch name, came with another delivery. */
enum sdc_status sdc_stock_receive(struct sdc_station *station, const char *manifest, const char *maker,
                                  const char *transport_key, size_t *chips, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
