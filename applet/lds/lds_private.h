/* SPDX-License-Identifier: BSD-2-Clause */
/* What the file system's own files share: its table, its state, its commands. */
#ifndef LDS_PRIVATE_H
#define LDS_PRIVATE_H

#include "card_crypto_keys.h"
#include "core.h"
#include "eac_state.h"

/* ---- files: one table (eac: design of the card's files) ---- */
enum lds_df { DF_MF, DF_TRAVEL, DF_DOCKET };

enum lds_rule {
    RULE_ALWAYS,
    RULE_PACE,     /* in a channel that PACE opened, but not with the PUK */
    RULE_TERMINAL, /* after terminal authentication */
    RULE_RIGHT,    /* by a right, in force after chip authentication */
    RULE_ISSUER,   /* in the issuer's session alone */
    RULE_NEVER,
};

struct lds_file {
    enum lds_df df;
    uint16_t fid;
    uint8_t sfi;
    uint8_t tag;        /* that the file begins with */
    enum lds_rule read; /* the issuer's session may read and write all but constants */
    enum lds_rule write;
    uint8_t number; /* of the data group whose rights count; 0 */
    uint16_t len_max;
    bool fixed;      /* always len_max bytes */
    uint16_t record; /* 0: constant */
};
extern const struct lds_file lds_files[];
extern const uint8_t lds_file_count;

enum lds_use { USE_READ, USE_WRITE };
enum lds_name { BY_FID, BY_SFI };

/* The current DF. */
enum lds_df lds_df(const struct core *core);
/* True where what was proven is enough. */
bool lds_may(const struct core *core, const struct lds_file *file, enum lds_use use);
/* 9000 and the file in *file; 6982; 6A82. In the docket 6982 without the right, whether there is such a file or not,
 * and all rows are looked at: the time says nothing (privacy). */
uint16_t lds_file_find(const struct core *core, enum lds_name by, uint16_t name, enum lds_use use,
                       const struct lds_file **file);
/* Bytes in it; 0 where there is none. */
size_t lds_file_len(const struct core *core, const struct lds_file *file);
/* Adds len bytes from offset on to the answer. */
void lds_file_answer(struct core *core, const struct lds_file *file, size_t offset, size_t len, struct wr *answer);

/* ---- volatile state, from SELECT on ---- */
/* An UPDATE on its way in. */
struct lds_update {
    const struct lds_file *file;
    size_t left; /* bytes still missing */
};
struct lds_state {
    const struct lds_file *current; /* EF; NULL: none */
    struct lds_update update;
};
struct lds_state *lds_state(struct core *core);

/* ---- commands, one a file ---- */
command_run cmd_select_file; /* ISO/IEC 7816-4 11.1.1 */
command_run cmd_read_binary; /* 11.3.3 */
command_run cmd_read_binary_odd;
command_run cmd_update_binary;         /* 11.3.5 */
command_run cmd_mse_pace;              /* TR-03110-3 B.14.1 (MSE:Set AT) */
command_run cmd_mse_certificate;       /* B.14.2 (DST) */
command_run cmd_mse_terminal;          /* B.14.3 */
command_run cmd_mse_chip;              /* B.14.4 */
command_run cmd_general_authenticate;  /* B.14.5 */
command_run cmd_verify_certificate;    /* B.14.6 */
command_run cmd_get_challenge;         /* B.14.7 */
command_run cmd_authenticate_terminal; /* B.14.8 */
command_run cmd_verify_auxiliary;      /* B.14.9 */
command_run cmd_unblock;               /* RESET RETRY COUNTER, B.14.10 */
command_run cmd_make_chip_key;         /* GENERATE ASYMMETRIC KEY PAIR, in the issuer's session */

/* One GENERAL AUTHENTICATE of PACE, or of chip authentication, whose step it is. 'value' is what stands in DO 'tag' of
 * the template; no tag: 0. */
uint16_t pace_step(struct core *core, uint32_t tag, struct rd value, bool last, struct wr *answer);
uint16_t chip_step(struct core *core, uint32_t tag, struct rd value, bool last, struct wr *answer);

/* ---- passwords ---- */
/* True where the card has this one. */
bool password_known(const struct core *core, uint8_t password);
/* What MSE says of it: 9000, 63Cx, 6283. */
uint16_t password_status(const struct core *core, uint8_t password);
/* Before the first step: 9000, 6983, 6984; waits where there were too many failures. */
uint16_t password_begin(const struct core *core, uint8_t password);
/* K_pi: a secret. */
bool password_key(const struct core *core, uint8_t password, uint8_t *key, size_t key_len);
/* Counts a try, before the comparison; 9000, 6983, 6581. */
uint16_t password_take(struct core *core, uint8_t password);
/* The comparison failed: 63Cx or 6300. */
uint16_t password_wrong(const struct core *core, uint8_t password);
/* It succeeded. */
uint16_t password_right(struct core *core, uint8_t password);

/* ---- small things ---- */
/* K_enc and K_mac. */
void lds_derive(const uint8_t *secret, size_t len, size_t key_len, struct messaging_keys *keys);
/* Token: CMAC over 7F49{06 OID || suite, 86 point}, its first 8 bytes (TR-03110-3 A.2.4.2). oid has 9 bytes. */
#define TOKEN_LEN 8
void lds_token(const struct messaging_keys *keys, const uint8_t *oid, uint8_t suite,
               const uint8_t point[static EAC_POINT_LEN], uint8_t token[static TOKEN_LEN]);
/* True where oid is 'arc' and this card's suite. */
bool lds_suite_oid(const struct core *core, struct rd oid, const uint8_t *arc);
#define SUITE_ARC_LEN 9

#endif
