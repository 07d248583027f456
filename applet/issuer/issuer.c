/* SPDX-License-Identifier: BSD-2-Clause */
/* The issuer security domain: its command tables and SELECT. */
#include "issuer.h"

#include "bytes.h"
#include "card_edge.h"
#include "issuer_private.h"
#include "tlv.h"

#define TAG_FCI         0x6F
#define TAG_NAME        0x84
#define TAG_PROPRIETARY 0xA5
#define TAG_DATA_MAX    0x9F65

#define DATA(tag) INS_GET_DATA_GP, (tag) >> 8, 0xFF, (tag)&0xFF, 0xFF, 0, 0

/* clang-format off */
const struct command session_commands[] = {
/*    INS                        P1                                  mask  P2    mask  Lc      access     chaining  run                        section (amendment D; ours) */
    { INS_INITIALIZE_UPDATE,     0x00,                               0x00, 0x00, 0xFF, 8, 16,  AC_ALWAYS, CHAIN_NO, cmd_initialize_update,     "7.1.1" },
    { INS_EXTERNAL_AUTHENTICATE, SCP_C_MAC,                          0xFF, 0x00, 0xFF, 16, 32, AC_ALWAYS, CHAIN_NO, cmd_external_authenticate, "7.1.2" },
    { INS_EXTERNAL_AUTHENTICATE, SCP_C_MAC | SCP_C_ENC,              0xFF, 0x00, 0xFF, 16, 32, AC_ALWAYS, CHAIN_NO, cmd_external_authenticate, "7.1.2" },
    { INS_EXTERNAL_AUTHENTICATE, SCP_C_MAC | SCP_C_ENC | SCP_R_MAC,  0xFF, 0x00, 0xFF, 16, 32, AC_ALWAYS, CHAIN_NO, cmd_external_authenticate, "7.1.2" },
    { INS_EXTERNAL_AUTHENTICATE, SCP_C_MAC | SCP_C_ENC | SCP_R_MAC | SCP_R_ENC,
                                                                     0xFF, 0x00, 0xFF, 16, 32, AC_ALWAYS, CHAIN_NO, cmd_external_authenticate, "7.1.2" },
    { DATA(TAG_LIFE_CYCLE),                                                                    AC_ALWAYS, CHAIN_NO, cmd_life_cycle_data,       "ours" },
};
const uint8_t session_command_count = COUNT(session_commands);

static const struct command domain_commands[] = {
/*    INS             P1               mask  P2          mask    Lc        access            chaining  run                 section (Card Specification) */
    { DATA(TAG_ISSUER),                                                    AC_UNTIL_SECURED, CHAIN_NO, cmd_issuer_data,    "11.3" },
    { DATA(TAG_CARD_IMAGE),                                                AC_UNTIL_SECURED, CHAIN_NO, cmd_issuer_data,    "11.3" },
    { DATA(TAG_CARD_RECOGNITION),                                          AC_ALWAYS,        CHAIN_NO, cmd_issuer_data,    "11.3" },
    { DATA(TAG_KEY_INFORMATION),                                           AC_ALWAYS,        CHAIN_NO, cmd_issuer_data,    "11.3" },
    { DATA(TAG_PRODUCTION_DATA),                                           AC_UNTIL_SECURED, CHAIN_NO, cmd_issuer_data,    "11.3" },
    { INS_GET_STATUS, 0x80,            0xFF, 0x02,          0xFF, 2, 18,   AC_CHANNEL,       CHAIN_NO, cmd_get_status,     "11.4" },
    { INS_PUT_KEY,    0x00,            0x00, PUT_KEY_P2,    0xFF, 70, 118, AC_CHANNEL,       CHAIN_NO, cmd_put_key,        "11.8" },
    { INS_SET_STATUS, 0x80,            0xFF, 0x00,          0x00, 0, 0,    AC_CHANNEL,       CHAIN_NO, cmd_set_status,     "11.10" },
    { INS_STORE_DATA, STORE_PLAIN,     0xFF, 0x00,          0xFF, 4, 255,  AC_CHANNEL,       CHAIN_NO, cmd_store_data,     "11.11" },
    { INS_STORE_DATA, STORE_SENSITIVE, 0xFF, 0x00,          0xFF, 4, 255,  AC_CHANNEL,       CHAIN_NO, cmd_store_data,     "11.11" },
};
/* clang-format on */

const uint8_t issuer_aid[DOMAIN_AID_LEN] = { DOMAIN_AID };

static void nothing_chained(struct core *core)
{
    (void)core;
}

const struct card_app issuer_app = {
    .aid = issuer_aid,
    .aid_len = DOMAIN_AID_LEN,
    .aid_min = DOMAIN_AID_MIN_LEN,
    .gp_commands = domain_commands,
    .gp_command_count = COUNT(domain_commands),
    .administers = true,
    .select = cmd_issuer_select,
    .chain_end = nothing_chained,
};

/* File control information (11.9.3.1): the name, and how much data a command may have. */
uint16_t cmd_issuer_select(struct core *core, const struct request *request, struct wr *answer)
{
    static const uint8_t data_max[] = { 0xFF };
    uint8_t name[16], proprietary[16];
    (void)core;
    (void)request;
    struct wr n = wr_init(name, sizeof name), p = wr_init(proprietary, sizeof proprietary);
    tlv_write(&n, TAG_NAME, issuer_aid, DOMAIN_AID_LEN);
    tlv_write(&p, TAG_DATA_MAX, data_max, sizeof data_max);
    tlv_write_header(answer, TAG_FCI, n.len + tlv_header_len(TAG_PROPRIETARY, p.len) + p.len);
    wr_bytes(answer, name, n.len);
    tlv_write(answer, TAG_PROPRIETARY, proprietary, p.len);
    return n.err || p.err ? SW_SELF_TEST_FAILED : SW_OK;
}
