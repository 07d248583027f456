/* SPDX-License-Identifier: BSD-2-Clause */
/* sdc-vcard (same arguments) that ends an issue at a fixed APDU, counted from the first INITIALIZE UPDATE as 0.
 * Environment: SDC_DOOM_APDU its number; SDC_DOOM_AFTER set: once the card has carried it out, otherwise it never gets
 * to the card; SDC_DOOM_PID a file with the process that SIGKILL ends, otherwise it ends the card. The answer is lost.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "card.h"
#include "card_edge.h"

size_t __real_card_apdu(struct card *card, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t resp_cap);
size_t __wrap_card_apdu(struct card *card, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t resp_cap);

static pid_t victim(void)
{
    const char *path = getenv("SDC_DOOM_PID");
    char text[32] = "";
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    if (path == NULL)
        return getpid();
    if (file == NULL || fgets(text, sizeof text, file) == NULL || fclose(file) != 0 || strtol(text, NULL, 10) < 2)
        abort();
    return (pid_t)strtol(text, NULL, 10);
}

static bool is_due(const uint8_t *cmd, size_t cmd_len)
{
    static long count = -1;
    const char *at = getenv("SDC_DOOM_APDU");
    if (count >= 0 || (cmd_len > 1 && cmd[1] == INS_INITIALIZE_UPDATE))
        count++;
    return at != NULL && count == strtol(at, NULL, 10);
}

size_t __wrap_card_apdu(struct card *card, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t resp_cap)
{
    bool due = is_due(cmd, cmd_len), after = getenv("SDC_DOOM_AFTER") != NULL;
    size_t len = 2;
    resp[0] = 0x6F;
    resp[1] = 0;
    if (!due || after)
        len = __real_card_apdu(card, cmd, cmd_len, resp, resp_cap);
    if (due && kill(victim(), SIGKILL) != 0)
        abort();
    return len;
}
