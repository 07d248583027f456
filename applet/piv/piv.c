/* SPDX-License-Identifier: BSD-2-Clause */
/* The PIV card application: its command table and SELECT. */
#include "piv.h"

#include <assert.h>

#include "bytes.h"
#include "card_edge.h"
#include "piv_private.h"
#include "tlv.h"

static_assert(sizeof(struct piv_state) <= APP_STATE_LEN, "the application's state fits");

#define PUT_MAX    (OBJ_MAX_LEN + PIV_PUT_HEAD_MAX)
#define AUTH_MAX   272 /* an RSA-2048 block in its template */
#define IMPORT_MAX CHAIN_CAP

/* clang-format off */
static const struct command piv_commands[] = {
/*    INS                        P1            mask  P2                       mask  Lc           access         chaining       run                     section (SP 800-73-4 part 2) */
    { INS_VERIFY,                0x00,         0xFF, REF_PIN,                 0xFF, 0, 8,        AC_ALWAYS,     CHAIN_NO,      cmd_verify,             "3.2.1" },
    { INS_VERIFY,                0xFF,         0xFF, REF_PIN,                 0xFF, 0, 0,        AC_ALWAYS,     CHAIN_NO,      cmd_verify_reset,       "3.2.1" },
    { INS_VERIFY,                0x00,         0xFF, 0x00,                    0x00, 0, 8,        AC_ALWAYS,     CHAIN_NO,      cmd_reference_unknown,  "3.2.1" },
    { INS_CHANGE_REFERENCE_DATA, 0x00,         0xFF, REF_PIN,                 0xFF, 16, 16,      AC_ALWAYS,     CHAIN_NO,      cmd_change_reference,   "3.2.2" },
    { INS_CHANGE_REFERENCE_DATA, 0x00,         0xFF, REF_PUK,                 0xFF, 16, 16,      AC_ALWAYS,     CHAIN_NO,      cmd_change_reference,   "3.2.2" },
    { INS_CHANGE_REFERENCE_DATA, 0x00,         0xFF, 0x00,                    0x00, 16, 16,      AC_ALWAYS,     CHAIN_NO,      cmd_reference_unknown,  "3.2.2" },
    { INS_RESET_RETRY_COUNTER,   0x00,         0xFF, REF_PIN,                 0xFF, 16, 16,      AC_ALWAYS,     CHAIN_NO,      cmd_reset_retry,        "3.2.3" },
    { INS_RESET_RETRY_COUNTER,   0x00,         0xFF, 0x00,                    0x00, 16, 16,      AC_ALWAYS,     CHAIN_NO,      cmd_reference_unknown,  "3.2.3" },
    { INS_GENERAL_AUTHENTICATE,  0x00,          0x00, KEY_MANAGEMENT,           0xFF, 4, AUTH_MAX,   AC_ALWAYS,     CHAIN_COLLECT, cmd_authenticate_admin, "3.2.4" },
    { INS_GENERAL_AUTHENTICATE,  0x00,          0x00, KEY_PIV_AUTHENTICATION,   0xFF, 4, AUTH_MAX,   AC_PIN,        CHAIN_COLLECT, cmd_authenticate_key,   "3.2.4" },
    { INS_GENERAL_AUTHENTICATE,  0x00,          0x00, KEY_DIGITAL_SIGNATURE,    0xFF, 4, AUTH_MAX,   AC_PIN_ALWAYS, CHAIN_COLLECT, cmd_authenticate_key,   "3.2.4" },
    { INS_GENERAL_AUTHENTICATE,  0x00,          0x00, KEY_KEY_MANAGEMENT,       0xFF, 4, AUTH_MAX,   AC_PIN,        CHAIN_COLLECT, cmd_authenticate_key,   "3.2.4" },
    { INS_GENERAL_AUTHENTICATE,  0x00,          0x00, KEY_CARD_AUTHENTICATION,  0xFF, 4, AUTH_MAX,   AC_ALWAYS,     CHAIN_COLLECT, cmd_authenticate_key,   "3.2.4" },
    { INS_GENERAL_AUTHENTICATE,  0x00,          0x00, 0x80,                     0xF0, 4, AUTH_MAX,   AC_PIN,        CHAIN_COLLECT, cmd_authenticate_key,   "3.2.4" },
    { INS_GENERAL_AUTHENTICATE,  0x00,          0x00, 0x90,                     0xF8, 4, AUTH_MAX,   AC_PIN,        CHAIN_COLLECT, cmd_authenticate_key,   "3.2.4" },
    { INS_GENERATE_ASYMMETRIC,   0x00,          0xFF, KEY_PIV_AUTHENTICATION,   0xFF, 5, 16,         AC_ADMIN,      CHAIN_NO,      cmd_generate,           "3.3.2" },
    { INS_GENERATE_ASYMMETRIC,   0x00,          0xFF, KEY_DIGITAL_SIGNATURE,    0xFF, 5, 16,         AC_ADMIN,      CHAIN_NO,      cmd_generate,           "3.3.2" },
    { INS_GENERATE_ASYMMETRIC,   0x00,          0xFF, KEY_KEY_MANAGEMENT,       0xFF, 5, 16,         AC_ADMIN,      CHAIN_NO,      cmd_generate,           "3.3.2" },
    { INS_GENERATE_ASYMMETRIC,   0x00,          0xFF, KEY_CARD_AUTHENTICATION,  0xFF, 5, 16,         AC_ADMIN,      CHAIN_NO,      cmd_generate,           "3.3.2" },
    { INS_GENERATE_ASYMMETRIC,   0x00,          0xFF, 0x80,                     0xF0, 5, 16,         AC_ADMIN,      CHAIN_NO,      cmd_generate,           "3.3.2" },
    { INS_GENERATE_ASYMMETRIC,   0x00,          0xFF, 0x90,                     0xF8, 5, 16,         AC_ADMIN,      CHAIN_NO,      cmd_generate,           "3.3.2" },
    { INS_GET_DATA,              0x3F,         0xFF, 0xFF,                    0xFF, 3, 5,        AC_ALWAYS,     CHAIN_NO,      cmd_get_data,           "3.1.2" },
    { INS_PUT_DATA,              0x3F,         0xFF, 0xFF,                    0xFF, 2, PUT_MAX,  AC_ADMIN,      CHAIN_STREAM,  cmd_put_data,           "3.3.1" },
    { INS_GET_VERSION,           0x00,          0xFF, 0x00,                     0xFF, 0, 0,          AC_ALWAYS,     CHAIN_NO,      cmd_version,            "extension" },
    { INS_GET_SERIAL,            0x00,          0xFF, 0x00,                     0xFF, 0, 0,          AC_ALWAYS,     CHAIN_NO,      cmd_serial,             "extension" },
    { INS_GET_METADATA,          0x00,          0xFF, 0x00,                     0x00, 0, 0,          AC_ALWAYS,     CHAIN_NO,      cmd_metadata,           "extension" },
    { INS_ATTEST,                0x00,          0x00, 0x00,                     0xFF, 0, 0,          AC_UNTIL_SECURED, CHAIN_NO,   cmd_attest,             "extension" },
    { INS_IMPORT_KEY,            0x00,          0x00, 0x00,                     0x00, 34, IMPORT_MAX, AC_ADMIN,      CHAIN_COLLECT, cmd_import,             "extension" },
    { INS_SET_MANAGEMENT_KEY,    0xFF,          0xFF, 0xFF,                     0xFF, 19, 35,        AC_ADMIN,      CHAIN_NO,      cmd_set_management,     "extension" },
    { INS_SET_TRIES,             0x00,          0x00, 0x00,                     0x00, 0, 0,          AC_ADMIN,      CHAIN_NO,      cmd_set_tries,          "extension" },
    { INS_RESET,                 0x00,          0xFF, 0x00,                     0xFF, 0, 0,          AC_ALWAYS,     CHAIN_NO,      cmd_reset,              "extension" },
};
/* clang-format on */

static const uint8_t piv_aid[] = { PIV_AID };

const struct card_app piv_app = {
    .aid = piv_aid,
    .aid_len = sizeof piv_aid,
    .aid_min = PIV_AID_MIN_LEN,
    .commands = piv_commands,
    .command_count = COUNT(piv_commands),
    .select = piv_select,
    .chain_end = piv_put_end,
    .taken_over = piv_taken_over,
};

struct piv_state *piv_state(struct core *core)
{
    return (struct piv_state *)(void *)core->app_state;
}

/* The application property template (3.1.1, table 3): the AID's end with the version, the authority that allocates
 * tags by the RID, a label, and the algorithms that GENERAL AUTHENTICATE takes. */
uint16_t piv_select(struct core *core, const struct request *request, struct wr *answer)
{
    static const uint8_t label[] = "Secure Docket Card";
    static const uint8_t algorithms[] = { 0x80, 0x01, ALG_AES_128, 0x80, 0x01, ALG_ECC_P256, 0x06, 0x01, 0x00 };
    static const uint8_t lengths[] = { TAG_INTEGER, 0x02, APDU_MAX, TAG_INTEGER, 0x02, APDU_MAX };
    static const uint8_t rid_len = 5;
    uint8_t content[96], authority[16];
    (void)core;
    (void)request;
    struct wr a = wr_init(authority, sizeof authority);
    tlv_write(&a, 0x4F, piv_aid, rid_len);
    struct wr w = wr_init(content, sizeof content);
    tlv_write(&w, 0x4F, piv_aid + rid_len, sizeof piv_aid - rid_len);
    tlv_write(&w, 0x79, authority, a.len);
    tlv_write(&w, 0x50, label, sizeof label - 1);
    tlv_write(&w, 0xAC, algorithms, sizeof algorithms);
    tlv_write(&w, TAG_EXTENDED_LENGTH, lengths, sizeof lengths);
    tlv_write(answer, 0x61, content, w.len);
    return a.err || w.err ? SW_SELF_TEST_FAILED : SW_OK;
}
