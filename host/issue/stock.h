/* SPDX-License-Identifier: BSD-2-Clause */
/* What the station knows of a blank before it is opened: private to host/issue. */
#ifndef ISSUE_STOCK_H
#define ISSUE_STOCK_H

#include "manifest.h"
#include "station_state.h"

#include "sdc/stock.h"

/* A chip's delivery. */
struct stock_chip {
    bool listed; /* false: in no delivery, and the station's policy takes it all the same */
    char transport_key[MANIFEST_NAME_MAX + 1], batch[MANIFEST_NAME_MAX + 1];
    X509 *maker; /* its CA of attestations; NULL where not listed */
};

/* Every delivery that was received, each checked again, until a visit clears *more or fails. */
typedef enum sdc_status (*stock_visit)(void *ctx, const struct manifest *manifest, X509 *maker, bool *more,
                                       struct sdc_error *e);
enum sdc_status stock_each(const struct sdc_station *station, stock_visit visit, void *ctx,
                           struct sdc_error *e) SDC_WARN_UNUSED;
/* Looks the serial number up in every delivery. In none: SDC_E_DENIED, unless unlisted_blanks is true. */
enum sdc_status stock_find(const struct sdc_station *station, const uint8_t serial[static SDC_SERIAL_LEN],
                           struct stock_chip *chip, struct sdc_error *e) SDC_WARN_UNUSED;
void stock_chip_free(struct stock_chip *chip);
/* The keys that open the chip once: derived in the token (key_derivation.h) with the batch in the issuer's place and
 * the transport keys' version, AES-256; for a chip that is not listed BLANK_TRANSPORT_KEY. The caller wipes them. */
enum sdc_status stock_transport_keys(const struct sdc_station *station, const struct stock_chip *chip,
                                     const uint8_t serial[static SDC_SERIAL_LEN], struct sdc_scp03_keys *keys,
                                     struct sdc_error *e) SDC_WARN_UNUSED;

#endif
