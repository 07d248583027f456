/* SPDX-License-Identifier: BSD-2-Clause */
#include "eac_state.h"

#include <assert.h>

#include "bytes.h"
#include "lds_private.h"

static_assert(sizeof(struct eac) <= PEER_STATE_LEN, "the peer's state fits");

#define GO SW_OK
#define NO SW_SECURITY_STATUS
#define UN SW_CONDITIONS

/* Which command may run in which phase; SW where it may not. */
static const uint16_t phases[EAC_COMMANDS][PHASE_COUNT] = {
    /*                      PLAIN PUK CHANNEL CHAT CHAIN TERMINAL TA_DONE TA_OVER RIGHTS CHIP */
    [EAC_PACE] = { GO, GO, GO, GO, GO, GO, UN, UN, UN, UN },
    [EAC_DST] = { NO, NO, NO, GO, GO, GO, UN, UN, UN, UN },
    [EAC_AT] = { NO, NO, NO, UN, GO, GO, UN, UN, UN, UN },
    [EAC_CHIP_2] = { NO, NO, UN, UN, UN, UN, GO, UN, UN, UN },
    [EAC_CHIP_1] = { NO, NO, GO, GO, GO, GO, UN, UN, UN, UN },
    [EAC_GENERAL] = { GO, GO, GO, GO, GO, GO, GO, GO, GO, GO },
    [EAC_CERTIFICATE] = { NO, NO, NO, GO, GO, GO, UN, UN, UN, UN },
    [EAC_CHALLENGE_GET] = { NO, NO, NO, GO, GO, GO, UN, UN, UN, UN },
    [EAC_EXTERNAL] = { NO, NO, NO, GO, GO, GO, UN, UN, UN, UN },
};

#define STEP(s) (1u << (s))

/* What each command needs of the step; 0: it begins one. */
static const struct {
    uint16_t steps;
    bool root; /* the MF is current */
    command_run *run;
} commands[EAC_COMMANDS] = {
    [EAC_PACE] = { 0, false, cmd_mse_pace },
    [EAC_DST] = { 0, true, cmd_mse_certificate },
    [EAC_AT] = { 0, true, cmd_mse_terminal },
    [EAC_CHIP_2] = { 0, true, cmd_mse_chip },
    [EAC_CHIP_1] = { 0, false, cmd_mse_chip },
    [EAC_GENERAL] = { STEP(STEP_SET) | STEP(STEP_NONCE) | STEP(STEP_MAPPED) | STEP(STEP_AGREED) | STEP(STEP_CHIP),
                      false, cmd_general_authenticate },
    [EAC_CERTIFICATE] = { STEP(STEP_DST), true, cmd_verify_certificate },
    [EAC_CHALLENGE_GET] = { STEP(STEP_AT), true, cmd_get_challenge },
    [EAC_EXTERNAL] = { STEP(STEP_CHALLENGED), true, cmd_authenticate_terminal },
};

/* The rights that this card knows; the rest of a CHAT is nothing to it. */
#define RIGHT(n) ((uint64_t)1 << (n))
#define KNOWN                                                                                                          \
    (RIGHT(RIGHT_WRITE_DG(17)) | RIGHT(RIGHT_WRITE_DG(19)) | RIGHT(RIGHT_WRITE_DG(20)) | RIGHT(RIGHT_WRITE_DG(21)) |   \
     RIGHT(RIGHT_READ_DG(17)) | RIGHT(RIGHT_READ_DG(19)) | RIGHT(RIGHT_READ_DG(20)) | RIGHT(RIGHT_READ_DG(21)) |       \
     RIGHT(RIGHT_CAN_ALLOWED))

struct eac *eac_state(struct core *core)
{
    return (struct eac *)(void *)core->peer_state;
}

const struct eac *eac_look(const struct core *core)
{
    return (const struct eac *)(const void *)core->peer_state;
}

uint16_t eac_allows(const struct core *core, enum eac_command command)
{
    const struct eac *eac = eac_look(core);
    uint16_t sw = core->security.channel ? UN : phases[command][eac->phase]; /* not inside the issuer's session */
    /* what breaks a step off is refused itself, but for the beginnings of PACE and of a chain */
    bool anew = command == EAC_PACE || (command == EAC_DST && eac->left >= STEP_DST && eac->left <= STEP_CHALLENGED);
    if (sw == SW_OK && eac->left != STEP_NONE && !anew)
        sw = UN;
    if (sw == SW_OK && commands[command].root && lds_df(core) != DF_MF)
        sw = UN;
    if (sw == SW_OK && commands[command].steps != 0 && (commands[command].steps & STEP(eac->step)) == 0)
        sw = UN;
    return sw;
}

void eac_step_end(struct core *core)
{
    struct eac *eac = eac_state(core);
    if (eac->step >= STEP_SET && eac->step <= STEP_AGREED)
        crypto_wipe(&eac->run, sizeof eac->run);
    crypto_wipe(eac->run.ta.challenge, eac->step == STEP_CHALLENGED ? EAC_CHALLENGE : 0);
    eac->step = STEP_NONE;
}

void eac_next(struct core *core, const struct command *command)
{
    struct eac *eac = eac_state(core);
    eac->left = STEP_NONE;
    if (eac->step == STEP_NONE)
        return;
    for (size_t i = 0; i < EAC_COMMANDS; i++)
        if (command != NULL && command->run == commands[i].run && (commands[i].steps & STEP(eac->step)) != 0)
            return;
    eac->left = eac->step;
    eac_step_end(core);
}

void eac_fail(struct core *core)
{
    struct eac *eac = eac_state(core);
    crypto_wipe(&eac->run, sizeof eac->run);
    eac->step = STEP_NONE;
    eac->phase = PHASE_TA_OVER;
    eac->rights = 0;
}

uint64_t eac_effective(const struct core *core)
{
    const struct eac *eac = eac_look(core);
    uint64_t rights = eac->run.ta.last.rights & eac->chat & KNOWN;
    bool can_refused = eac->password == PASSWORD_CAN && (rights & RIGHT(RIGHT_CAN_ALLOWED)) == 0;
    return can_refused || eac->password == PASSWORD_MRZ ? 0 : rights;
}
