/* SPDX-License-Identifier: BSD-2-Clause */
/* Stock: deliveries of blank cards. */
#ifndef SDC_STOCK_H
#define SDC_STOCK_H

#include "registry.h"
#include "station.h"

/* Counts a delivery in, from a folder: manifest.p7, signed by the maker; maker.pem, the maker's certificate; and
 * transport.key, the batch's transport key (64 hex digits), which goes into the station's token and can't be taken out
 * again. What is kept: HOME/stock/BATCH.p7 and BATCH.pem. The same delivery again is fine; *chips is how many it has.
 * SDC_E_CONFLICT: a chip of it, its batch name, or its key's name with another key, came with another delivery. */
enum sdc_status sdc_stock_receive(struct sdc_station *station, const char *folder, size_t *chips,
                                  struct sdc_error *e) SDC_WARN_UNUSED;

/* A chip that was delivered: blank, or what became of the newest card that was made on it. */
struct sdc_stock_chip {
    char serial[SDC_CHIP_TEXT];
    bool blank;
    enum sdc_card_state state; /* where it isn't blank */
};
struct sdc_stock_batch {
    char batch[33], created[11];  /* as the manifest says */
    struct sdc_stock_chip *chips; /* by serial number */
    size_t chips_len;
};
struct sdc_stock {
    struct sdc_stock_batch *batches; /* by name */
    size_t batches_len;
    size_t unlisted; /* chips with a card that came with no delivery */
};
/* Every delivery, its signature checked again, against the registry. Free with sdc_stock_list_free in any case. */
enum sdc_status sdc_stock_list(struct sdc_station *station, struct sdc_stock *stock,
                               struct sdc_error *e) SDC_WARN_UNUSED;
void sdc_stock_list_free(struct sdc_stock *stock);

#endif
