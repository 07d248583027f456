/* SPDX-License-Identifier: BSD-2-Clause */
/* From a command APDU to its answer. The order in which errors are looked for is fixed; the first found is answered:
 *
 *   1  6700  the lengths in the APDU contradict each other
 *   2  6E00  class other than 0x, 1x, 4x..7x  (ISO/IEC 7816-4 5.4.1)
 *      6881  logical channel other than 0
 *      6882  secure messaging
 *   3  6D00  no command with this INS in the selected application or the core
 *   4  6A86  none of those with P1 and P2
 *   5  6884  chaining (CLA 10) with a command that is not chained
 *   6  6700  Lc, with the blocks before it, outside the command's range; for the lower limit the last block counts
 *   7  6982  access
 *   8        what the command itself finds
 *
 * A command chain (ISO/IEC 7816-4 5.3.3) is dropped, and nothing of it remains, by an error and by any command that is
 * not its next block; that command is then executed. An answer that waits for GET RESPONSE is dropped by any other
 * command. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "core.h"

/* As card_apdu(), for a card that is alive. */
size_t dispatch(struct core *core, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t resp_cap);

#endif
