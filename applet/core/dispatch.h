/* SPDX-License-Identifier: BSD-2-Clause */
/* From a command APDU to its answer. The order in which errors are looked for is fixed; the first found is answered:
 *
 *   1  6700  the lengths in the APDU contradict each other; ends a session
 *   2  in a session, but for SELECT and INITIALIZE UPDATE, which end it (secure_channel.h):
 *      6982  not wrapped or not verified; ends the session
 *   3  6881  class 4x to 7x, or a logical channel other than 0  (ISO/IEC 7816-4 5.4.1)
 *      6E00  class other than 0x, 1x, 8x, 9x
 *      6882  secure messaging of ISO/IEC 7816-4
 *      6982  secure messaging without a session; or a session before was ended by an error
 *   4  6985  life cycle: in CARD_LOCKED all but SELECT and the domain's, in TERMINATED all but SELECT and the state
 *   5  6D00  no command with this class range and INS in the selected application or the core
 *   6  6A86  none of those with P1 and P2
 *   7  6884  chaining with a command that is not chained
 *   8  6700  Lc, with the blocks before it, outside the command's range; for the lower limit the last block counts
 *   9  6982  access
 *  10        what the command itself finds
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
