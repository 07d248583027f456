/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of PACE, terminal and chip authentication share: session, secure messaging, key derivation. */
#ifndef SDC_CARD_EAC_PRIVATE_H
#define SDC_CARD_EAC_PRIVATE_H

#include "sdc/eac.h"

#include "p256.h"
#include "scp03_crypto.h"

#define EAC_BLOCK      16 /* AES */
#define EAC_MAC        8  /* bytes of a MAC or token on the wire */
#define EAC_KEY_MAX    32
#define EAC_TOKEN_MAX  8
#define EAC_CHALLENGE  8
#define EAC_NONCE      16
#define EAC_X          32 /* of a point: what Comp() gives */
#define EAC_OID_LEN    10
#define EAC_PARAMETER  12 /* standardized domain parameters: P-256 */
#define EAC_KEY_CHIP_1 1  /* key ids of EF.CardAccess and DG14 */
#define EAC_KEY_CHIP_2 2

enum eac_command {
    EAC_MSE = 0x22,
    EAC_PSO = 0x2A,
    EAC_SET_AT = 0xA4,
    EAC_SET_DST = 0xB6,
    EAC_P1_PACE = 0xC1,
    EAC_P1_VERIFY = 0x81,
    EAC_P1_CHIP = 0x41,
    EAC_P2_CERTIFICATE = 0xBE,
    EAC_AUTHENTICATE = 0x86,
    EAC_GET_CHALLENGE = 0x84,
    EAC_EXTERNAL = 0x82,
    EAC_TEMPLATE = 0x7C,
    EAC_DO_OID = 0x80,
    EAC_DO_REFERENCE = 0x83,
    EAC_DO_PARAMETER = 0x84,
    EAC_DO_EPHEMERAL = 0x91,
    EAC_DO_AUXILIARY = 0x67
};

/* Protocol identifiers, content octets; the last one depends on the AES key's length. */
const uint8_t *eac_oid_pace(size_t key_len);
const uint8_t *eac_oid_chip(size_t key_len);

/* ---- key derivation and tokens (TR-03110 part 3, A.2.3, A.3.3) ---- */
/* KDF(secret || extra, counter) into key_len bytes: SHA-1 for 16, SHA-256 for 32. extra may be NULL. */
struct eac_secret {
    const void *secret;
    size_t len;
    const void *extra;
    size_t extra_len;
};
bool eac_kdf(const struct eac_secret *secret, uint8_t counter, size_t key_len, uint8_t out[static EAC_KEY_MAX]);
/* MAC over 7F49{06 oid, 86 point}. */
bool eac_token(const uint8_t *mac_key, size_t key_len, const uint8_t oid[static EAC_OID_LEN],
               const uint8_t point[static P256_POINT], uint8_t token[static EAC_MAC]);

/* ---- secure messaging (TR-03110 part 3, F) ---- */
struct eac_sm {
    bool on;   /* commands are protected */
    bool over; /* an answer was not authentic, or the card left the channel */
    size_t key_len;
    uint8_t enc[EAC_KEY_MAX], mac[EAC_KEY_MAX], ssc[EAC_BLOCK];
};
/* New keys from a shared secret; counts from 0. */
bool eac_sm_begin(struct eac_sm *sm, const struct eac_secret *secret, size_t key_len);
/* A command protected, appended to out. False where it is none, or too long. */
bool eac_sm_wrap(struct eac_sm *sm, const uint8_t *cmd, size_t cmd_len, struct sdc_buf *out);
/* resp becomes the plain answer to the command of this INS. SDC_E_SIGNATURE where it isn't authentic, or where the card
 * says that the command was not; another bare error stays as it is. Each of them ends the channel. */
enum sdc_status eac_sm_unwrap(struct eac_sm *sm, uint8_t ins, uint8_t *resp, size_t *resp_len,
                              struct sdc_error *e) SDC_WARN_UNUSED;

/* ---- session ---- */
enum eac_state { EAC_PLAIN, EAC_CHANNEL, EAC_TERMINAL, EAC_CHIP, EAC_CHIP_TRAVEL, EAC_FAILED };
struct sdc_eac {
    struct sdc_link *below, *link;
    struct eac_sm sm;
    enum eac_state state;
    enum sdc_password_kind password;
    bool rights;                /* PACE was run with a CHAT */
    struct sdc_buf card_access; /* whole */
    size_t suite;               /* of PACE */
    uint8_t id_picc[EAC_X];     /* x of the card's ephemeral key */
    char authority[2][SDC_CVC_REF_MAX + 1];
    uint8_t chip_scalar[P256_SCALAR], chip_point[P256_POINT]; /* ours, named in terminal authentication */
};

/* What is random in the protocols; tests have it fixed. */
struct eac_random {
    uint8_t map[P256_SCALAR], ephemeral[P256_SCALAR], chip[P256_SCALAR];
};
enum sdc_status eac_open_with(struct sdc_link *link, const struct sdc_password *password, const uint64_t *rights,
                              const struct eac_random *random, struct sdc_eac **session,
                              struct sdc_error *e) SDC_WARN_UNUSED;
/* PACE itself, over the session's link. */
enum sdc_status eac_pace(struct sdc_eac *session, const struct sdc_password *password, const uint64_t *rights,
                         const struct eac_random *random, struct sdc_error *e) SDC_WARN_UNUSED;

/* One command over the session's link. 'answer' NULL: none is welcome. 'what' is for the error's text. */
struct eac_step {
    uint8_t cla, ins, p1, p2;
    const struct sdc_buf *data; /* NULL: none */
    bool le;
    size_t le_max; /* 0: a short answer's most */
    const char *what;
};
enum sdc_status eac_command(struct sdc_eac *session, const struct eac_step *step, struct sdc_buf *answer, uint16_t *sw,
                            struct sdc_error *e) SDC_WARN_UNUSED;
/* GENERAL AUTHENTICATE with one data object in 7C (tag 0: empty), answered by 7C: *inside is a reader into answer. */
enum sdc_status eac_authenticate(struct sdc_eac *session, bool chain, uint32_t tag, const void *value, size_t len,
                                 struct sdc_buf *answer, struct sdc_rd *inside, uint16_t *sw,
                                 struct sdc_error *e) SDC_WARN_UNUSED;

#endif
