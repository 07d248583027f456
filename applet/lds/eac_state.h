/* SPDX-License-Identifier: BSD-2-Clause */
/* What the other end has proven in the channel, and the step of a protocol that it is in (BSI TR-03110-3). Kept in
 * core->peer_state, which is wiped with the channel. */
#ifndef EAC_STATE_H
#define EAC_STATE_H

#include "trust.h"

#define EAC_POINT_LEN    CV_POINT_LEN
#define EAC_X_LEN        32
#define EAC_NONCE        16
#define EAC_CHALLENGE    8
#define EAC_AUX_MAX      96 /* bytes of DO 67 */
#define TAG_AUX          0x67
#define TAG_AUX_TEMPLATE 0x73

/* What holds until something else is proven. */
enum eac_phase {
    PHASE_PLAIN,
    PHASE_PUK,     /* channel by the PUK: PIN management alone */
    PHASE_CHANNEL, /* no CHAT was given */
    PHASE_CHAT,
    PHASE_CHAIN,    /* a certificate was imported ... */
    PHASE_TERMINAL, /* ... of a terminal */
    PHASE_TA_DONE,
    PHASE_TA_OVER, /* terminal or chip authentication failed */
    PHASE_RIGHTS,  /* chip authentication 2: the effective rights are in force */
    PHASE_CHIP,    /* chip authentication 1 */
    PHASE_COUNT,
};

/* Inside a protocol: any command but the one that each step waits for ends it. */
enum eac_step {
    STEP_NONE,
    STEP_SET,   /* MSE of PACE */
    STEP_NONCE, /* the nonce is out */
    STEP_MAPPED,
    STEP_AGREED,
    STEP_DST, /* MSE: who signed the certificate that follows */
    STEP_AT,  /* MSE: which terminal */
    STEP_CHALLENGED,
    STEP_CHIP, /* MSE of chip authentication */
};

enum eac_command {
    EAC_PACE,
    EAC_DST,
    EAC_AT,
    EAC_CHIP_2,
    EAC_CHIP_1,
    EAC_GENERAL,
    EAC_CERTIFICATE,
    EAC_CHALLENGE_GET,
    EAC_EXTERNAL,
    EAC_COMMANDS,
};

/* A PACE that runs. A secret. */
struct eac_pace {
    uint8_t password;
    bool has_chat;
    uint64_t chat;
    uint8_t nonce[EAC_NONCE];
    uint8_t generator[EAC_POINT_LEN];
    struct messaging_keys keys;
    uint8_t expected[8], own[8]; /* tokens */
    uint8_t id_picc[EAC_X_LEN];
};

/* Terminal authentication. */
struct eac_terminal {
    uint8_t by;               /* enum eac_signer: whose key verifies the next certificate */
    struct cv_holder last;    /* the last one imported; its rights are the chain's */
    uint64_t links;           /* rights that all link certificates of this channel have */
    uint8_t key_x[EAC_X_LEN]; /* of the key that chip authentication will use */
    uint8_t challenge[EAC_CHALLENGE];
    uint8_t aux_len, aux[EAC_AUX_MAX]; /* DO 67 as sent */
};

struct eac {
    enum eac_phase phase;
    enum eac_step step;
    enum eac_step left; /* the step that this command ended, because it waited for another one */
    uint8_t password;   /* that opened the channel */
    uint64_t chat;      /* given with it */
    uint64_t rights;    /* in force */
    uint8_t id_picc[EAC_X_LEN];
    union {
        struct eac_pace pace;
        struct eac_terminal ta;
    } run;
};

enum eac_signer { SIGNER_CURRENT, SIGNER_PREVIOUS, SIGNER_IMPORTED };

struct eac *eac_state(struct core *core);
const struct eac *eac_look(const struct core *core);

/* The table: 9000 where the command may run in this phase and step, else the SW. */
uint16_t eac_allows(const struct core *core, enum eac_command command);
/* A command begins: ends the step that waits for another one. */
void eac_next(struct core *core, const struct command *command);
/* Ends the step, and wipes what it knew. */
void eac_step_end(struct core *core);
/* Terminal or chip authentication failed: only what PACE opened stays. */
void eac_fail(struct core *core);
/* The rights that the chain, the CHAT and the password leave. */
uint64_t eac_effective(const struct core *core);

#endif
