/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include "bytes.h"
#include "card_edge.h"

const struct command core_commands[] = {
    /* INS              P1    mask  P2    mask  Lc     access     chaining  run               section */
    { INS_SELECT, 0x04, 0xFF, 0x00, 0xFF, 5, 16, AC_ALWAYS, CHAIN_NO, cmd_select, "7816-4 11.1.1" },
    { INS_SELECT, 0x04, 0xFF, SELECT_NO_ANSWER, 0xFF, 5, 16, AC_ALWAYS, CHAIN_NO, cmd_select, "7816-4 11.1.1" },
    { INS_SELECT, 0x00, 0xFF, SELECT_NO_ANSWER, 0xFF, 0, 2, AC_ALWAYS, CHAIN_NO, cmd_select_root, "7816-4 11.1.1" },
    { INS_GET_RESPONSE, 0x00, 0xFF, 0x00, 0xFF, 0, 0, AC_ALWAYS, CHAIN_NO, cmd_get_response, "7816-4 11.6.1" },
};
const uint8_t core_command_count = COUNT(core_commands);
