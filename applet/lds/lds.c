/* SPDX-License-Identifier: BSD-2-Clause */
/* Applications of the file system, and its one command table. */
#include "lds.h"

#include <assert.h>

#include "bytes.h"
#include "card_edge.h"
#include "card_suite.h"
#include "kdf.h"
#include "lds_private.h"
#include "records.h"
#include "tlv.h"

static_assert(sizeof(struct lds_state) <= APP_STATE_LEN, "the application's state fits");

#define MSE(what)       INS_MANAGE_SECURITY_ENVIRONMENT, (what) >> 8, 0xFF, (what)&0xFF, 0xFF
#define CERTIFICATE_MAX 512
#define FILE_MAX        32768

/* clang-format off */
static const struct command lds_commands[] = {
/*    INS                                P1    mask  P2    mask  Lc                  access      chaining       run                        section (TR-03110-3; 7816-4) */
    { INS_SELECT,                        0x02, 0xFF, SELECT_NO_ANSWER, 0xFF, 2, 2,   AC_ALWAYS,  CHAIN_NO,      cmd_select_file,           "7816-4 11.1.1" },
    { INS_READ_BINARY,                   0x00, 0x00, 0x00, 0x00, 0, 0,               AC_ALWAYS,  CHAIN_NO,      cmd_read_binary,           "7816-4 11.3.3" },
    { INS_READ_BINARY_ODD,               0x00, 0x00, 0x00, 0x00, 4, 4,               AC_ALWAYS,  CHAIN_NO,      cmd_read_binary_odd,       "7816-4 11.3.3" },
    { INS_UPDATE_BINARY,                 0x80, 0xE0, 0x00, 0xFF, 1, FILE_MAX,        AC_ALWAYS,  CHAIN_STREAM,  cmd_update_binary,         "7816-4 11.3.5" },
    { MSE(MSE_PACE),                                             1, 255,             AC_ALWAYS,  CHAIN_NO,      cmd_mse_pace,              "B.14.1" },
    { MSE(MSE_TERMINAL_VERIFICATION),                            1, 255,             AC_ALWAYS,  CHAIN_NO,      cmd_mse_certificate,       "B.14.2" },
    { MSE(MSE_TERMINAL),                                         1, 255,             AC_ALWAYS,  CHAIN_NO,      cmd_mse_terminal,          "B.14.3" },
    { MSE(MSE_CHIP),                                             1, 255,             AC_ALWAYS,  CHAIN_NO,      cmd_mse_chip,              "B.14.4" },
    { INS_GENERAL_AUTHENTICATE_PROTOCOL, 0x00, 0xFF, 0x00, 0xFF, 0, 255,             AC_ALWAYS,  CHAIN_STEP,    cmd_general_authenticate,  "B.14.5" },
    { INS_PERFORM_SECURITY_OPERATION,    PSO_VERIFY_CERTIFICATE >> 8, 0xFF, PSO_VERIFY_CERTIFICATE & 0xFF, 0xFF, 1, CERTIFICATE_MAX,
                                                                                     AC_ALWAYS,  CHAIN_COLLECT, cmd_verify_certificate,    "B.14.6" },
    { INS_CHALLENGE,                     0x00, 0xFF, 0x00, 0xFF, 0, 255,             AC_ALWAYS,  CHAIN_NO,      cmd_get_challenge,         "B.14.7" },
    { INS_EXTERNAL_AUTHENTICATE,         0x00, 0xFF, 0x00, 0xFF, 0, 255,             AC_ALWAYS,  CHAIN_NO,      cmd_authenticate_terminal, "B.14.8" },
    { INS_RESET_RETRY_COUNTER,           RESET_RETRY_WITH_NEW >> 8, 0xFF, RESET_RETRY_WITH_NEW & 0xFF, 0xFF, PIN_MIN_LEN, PIN_MAX_LEN,
                                                                                     AC_ALWAYS,  CHAIN_NO,      cmd_unblock,               "B.14.10" },
    { INS_RESET_RETRY_COUNTER,           RESET_RETRY_ALONE >> 8, 0xFF, RESET_RETRY_ALONE & 0xFF, 0xFF, 0, 0,
                                                                                     AC_ALWAYS,  CHAIN_NO,      cmd_unblock,               "B.14.10" },
    { INS_GENERATE_ASYMMETRIC,           0x00, 0xFF, KEY_CHIP_1, 0xFF, 5, 5,         AC_CHANNEL, CHAIN_NO,      cmd_make_chip_key,         "ours" },
    { INS_GENERATE_ASYMMETRIC,           0x00, 0xFF, KEY_CHIP_2, 0xFF, 5, 5,         AC_CHANNEL, CHAIN_NO,      cmd_make_chip_key,         "ours" },
};
static const struct command lds_auxiliary[] = {
/*    class 80 */
    { INS_VERIFY,                        0x80, 0xFF, 0x00, 0xFF, 1, 255,             AC_ALWAYS,  CHAIN_NO,      cmd_verify_auxiliary,      "B.14.9" },
};
/* clang-format on */

struct lds_state *lds_state(struct core *core)
{
    return (struct lds_state *)(void *)core->app_state;
}

enum lds_df lds_df(const struct core *core)
{
    return core->app == &lds_root_app ? DF_MF : core->app == &lds_travel_app ? DF_TRAVEL : DF_DOCKET;
}

/* Selecting a DF leaves none of its files current. */
static uint16_t select_df(struct core *core, const struct request *request, struct wr *answer)
{
    (void)request;
    (void)answer;
    lds_state(core)->current = NULL;
    return SW_OK;
}

static void update_end(struct core *core)
{
    lds_state(core)->update = (struct lds_update) { .file = NULL };
}

#define LDS_APP                                                                                                        \
    .commands = lds_commands, .command_count = COUNT(lds_commands), .gp_commands = lds_auxiliary,                      \
    .gp_command_count = COUNT(lds_auxiliary), .shares_channel = true, .select = select_df, .chain_end = update_end,    \
    .next = eac_next

static const uint8_t travel_aid[] = { TRAVEL_AID }, docket_aid[] = { DOCKET_AID }, eid_aid[] = { EID_AID };

const struct card_app lds_root_app = { LDS_APP };
const struct card_app lds_travel_app = {
    .aid = travel_aid, .aid_len = TRAVEL_AID_LEN, .aid_min = TRAVEL_AID_LEN, LDS_APP
};
const struct card_app lds_docket_app = {
    .aid = docket_aid, .aid_len = DOCKET_AID_LEN, .aid_min = DOCKET_AID_LEN, LDS_APP
};
const struct card_app lds_docket_alias_app = {
    .aid = eid_aid, .aid_len = EID_AID_LEN, .aid_min = EID_AID_LEN, .only_with = RECORD_EID_ALIAS, LDS_APP
};

bool lds_suite_oid(const struct core *core, struct rd oid, const uint8_t *arc)
{
    struct rd head = rd_take(&oid, SUITE_ARC_LEN);
    uint8_t suite = rd_u8(&oid);
    return rd_end(&oid) && bytes_same(head.p, arc, SUITE_ARC_LEN) && suite == suite_id(core);
}

void lds_derive(const uint8_t *secret, size_t len, size_t key_len, struct messaging_keys *keys)
{
    keys->len = (uint8_t)key_len;
    kdf(secret, len, KDF_ENC, keys->enc, key_len);
    kdf(secret, len, KDF_MAC, keys->mac, key_len);
}

void lds_token(const struct messaging_keys *keys, const uint8_t *oid, uint8_t suite,
               const uint8_t point[static EAC_POINT_LEN], uint8_t token[static TOKEN_LEN])
{
    const uint8_t head[] = { TAG_PUBLIC_KEY >> 8, TAG_PUBLIC_KEY & 0xFF, 2 + SUITE_ARC_LEN + 1 + 2 + EAC_POINT_LEN,
                             0x06, SUITE_ARC_LEN + 1 };
    const uint8_t middle[] = { suite, TAG_EC_POINT, EAC_POINT_LEN };
    struct crypto_cmac cmac;
    uint8_t mac[CRYPTO_AES_BLOCK];
    crypto_cmac_init(&cmac, keys->mac, keys->len);
    crypto_cmac_add(&cmac, head, sizeof head);
    crypto_cmac_add(&cmac, oid, SUITE_ARC_LEN);
    crypto_cmac_add(&cmac, middle, sizeof middle);
    crypto_cmac_add(&cmac, point, EAC_POINT_LEN);
    crypto_cmac_end(&cmac, mac);
    bytes_copy(token, mac, TOKEN_LEN);
    crypto_wipe(mac, sizeof mac);
}
