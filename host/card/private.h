/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of host/card/ share. */
#ifndef SDC_CARD_PRIVATE_H
#define SDC_CARD_PRIVATE_H

#include "sdc/link.h"
#include "sdc/piv.h"

/* A link on the heap; NULL where there is no memory. */
struct sdc_link *sdc_link_new(const struct sdc_link_ops *ops, void *ctx);
/* Takes an ATR over into the link and reads its card capabilities. Longer ones are cut. */
void sdc_link_set_atr(struct sdc_link *link, const uint8_t *atr, size_t atr_len);
/* Whether the historical bytes say "extended Lc and Le" (7816-4 8.1.1.2.7, third software function, bit 7). A malformed
 * ATR says no. */
bool sdc_atr_extended(const uint8_t *atr, size_t atr_len);
/* Counts one exchange that took place; resp_len 0: no answer came. */
void sdc_stats_count(struct sdc_stats *stats, size_t cmd_len, size_t resp_len);
/* Which of count readers is meant (see sdc_link_open_pcsc): its index in *chosen. */
enum sdc_status sdc_reader_choose(const char *which, const struct sdc_reader *readers, size_t count, size_t *chosen,
                                  struct sdc_error *e) SDC_WARN_UNUSED;

/* A clock for what the transport costs. */
uint64_t sdc_link_now_micros(void);
/* One APDU of a secure channel over the link below, counted there. */
enum sdc_status sdc_link_carry(struct sdc_link *below, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                               size_t *resp_len, struct sdc_error *e) SDC_WARN_UNUSED;

/* One PIV command with a short answer, SW translated: SDC_OK only where it says success. 'answer' NULL = none is
 * welcome. */
enum sdc_status sdc_piv_command(struct sdc_link *link, const struct sdc_apdu *apdu, const char *what,
                                struct sdc_buf *answer, struct sdc_error *e) SDC_WARN_UNUSED;
/* A secret becomes one field of eight bytes: PIN of 6 to 8 digits or, 'whole', PUK of eight. False where it isn't one.
 */
bool sdc_piv_pin_field(struct sdc_buf *field, const char *pin, size_t len, bool whole);

#endif
