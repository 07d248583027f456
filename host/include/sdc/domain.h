/* SPDX-License-Identifier: BSD-2-Clause */
/* Driver of the issuer security domain (GlobalPlatform Card Specification 2.3.1, section 11). Stateless but for the
 * link: functions that change something take the session's link. */
#ifndef SDC_DOMAIN_H
#define SDC_DOMAIN_H

#include "scp03.h"

#define SDC_SERIAL_LEN  SDC_SCP03_SERIAL
#define SDC_SERIAL_TEXT (2 * SDC_SERIAL_LEN + 1)

/* SELECT of the domain. Ends a session. 11.9 */
enum sdc_status sdc_domain_select(struct sdc_link *link, struct sdc_error *e) SDC_WARN_UNUSED;
/* GET DATA: the value of the data object 'tag', appended to out. 11.3 */
enum sdc_status sdc_domain_get(struct sdc_link *link, uint16_t tag, struct sdc_buf *out,
                               struct sdc_error *e) SDC_WARN_UNUSED;
/* The chip's serial number (0045); after SECURED in a session only: SDC_E_DENIED. */
enum sdc_status sdc_domain_serial(struct sdc_link *link, uint8_t serial[static SDC_SERIAL_LEN],
                                  struct sdc_error *e) SDC_WARN_UNUSED;
/* Which key set the card has, from its key information (00E0, H.7): version and length of its keys. No try is spent. */
enum sdc_status sdc_domain_key_version(struct sdc_link *link, uint8_t *version, size_t *key_len,
                                       struct sdc_error *e) SDC_WARN_UNUSED;
/* The life cycle state (9F70): LIFE_* of card_edge.h. */
enum sdc_status sdc_domain_state(struct sdc_link *link, uint8_t *state, struct sdc_error *e) SDC_WARN_UNUSED;

/* PUT KEY: the three keys in place of those of version 'replaced', in one command that the card takes whole or not at
 * all; its answer must name the same check values. The session goes on with the keys it was opened with. 11.8 */
enum sdc_status sdc_domain_put_keys(struct sdc_scp03 *session, uint8_t replaced, const struct sdc_scp03_keys *keys,
                                    struct sdc_error *e) SDC_WARN_UNUSED;
/* STORE DATA of one DGI, at most 200 bytes: as it is, or 'secret' encrypted with the DEK. 11.11 */
enum sdc_status sdc_domain_store(struct sdc_scp03 *session, uint16_t dgi, bool secret, const void *value, size_t len,
                                 struct sdc_error *e) SDC_WARN_UNUSED;
/* SET STATUS of the card: SDC_E_CONDITIONS where its table has no such transition. 11.10 */
enum sdc_status sdc_domain_set_state(struct sdc_scp03 *session, uint8_t state, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
