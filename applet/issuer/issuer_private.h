/* SPDX-License-Identifier: BSD-2-Clause */
/* What the issuer domain's own files share. */
#ifndef ISSUER_PRIVATE_H
#define ISSUER_PRIVATE_H

#include "card_edge.h"
#include "core.h"
#include "key_set.h"

extern const uint8_t issuer_aid[DOMAIN_AID_LEN];

/* ---- counters that survive ---- */
#define SEQUENCE_MAX 0xFFFFFF

struct counters {
    uint8_t failures;  /* authentications in a row that were wrong or broken off; stops at 255 */
    uint32_t sequence; /* of the last card challenge that was tried to be answered */
};

/* Zeros where nothing was counted yet. False where the memory holds them changed: counted from zero, a challenge would
 * come again. */
bool counters_read(const struct core *core, struct counters *counters);
uint16_t counters_write(struct core *core, const struct counters *counters);

/* ---- SCP03 ---- */
/* The parameter i of this card. False where the memory holds it changed: no session is shorter than it was chosen. */
bool scp03_i(const struct core *core, uint8_t *i);
/* SP 800-108 in counter mode with CMAC as amendment D, 4.1.5 has it: len bytes, up to 32. */
void scp03_derive(const uint8_t *key, size_t key_len, uint8_t constant, const uint8_t *context, size_t context_len,
                  uint8_t *out, size_t len);

/* ---- commands ---- */
command_run cmd_initialize_update;     /* amendment D, 7.1.1 */
command_run cmd_external_authenticate; /* amendment D, 7.1.2 */
command_run cmd_put_key;               /* 11.8; amendment D, 7.2 */
command_run cmd_issuer_select;         /* 11.9 */
command_run cmd_issuer_data;           /* 11.3 */
command_run cmd_life_cycle_data;       /* ours: 9F70 */
command_run cmd_get_status;            /* 11.4 */
command_run cmd_set_status;            /* 11.10 */
command_run cmd_store_data;            /* 11.11 */

#endif
