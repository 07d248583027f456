/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands that are answered whatever application is selected. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "command.h"

extern const struct command core_commands[];
extern const uint8_t core_command_count;

command_run cmd_select;       /* ISO/IEC 7816-4 11.1.1, by name; SP 800-73-4 part 2, 3.1.1 */
command_run cmd_select_root;  /* the same, of the MF: no data, or 3F00 */
command_run cmd_get_response; /* ISO/IEC 7816-4 11.6.1 */

#endif
