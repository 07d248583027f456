/* SPDX-License-Identifier: BSD-2-Clause */
/* A terminal for tests of the card's files, written from BSI TR-03110-3 and ICAO Doc 9303-11 on OpenSSL: shares no code
 * with card or host. Each step of PACE, terminal and chip authentication is a call of its own, so that a test can put
 * something else in between; what the card must do right (tokens, MACs, padding) ends the test where it is wrong. */
#ifndef TESTS_TERMINAL_H
#define TESTS_TERMINAL_H

#include "card_talk.h"
#include "terminal_certificate.h"
#include "terminal_math.h"

#define TERMINAL_CAN "846201"
#define TERMINAL_PIN "246810"
#define TERMINAL_PUK "12345678"
#define TERMINAL_MRZ "SDC000001890010113112319" /* 24 characters */

enum terminal_password { WITH_MRZ = 1, WITH_CAN, WITH_PIN, WITH_PUK };

struct terminal_keys {
    bool open;
    uint8_t enc[32], mac[32], ssc[16];
};

struct terminal {
    struct talk *talk;
    size_t key_len; /* 16, or 32 with AES-256 */
    struct terminal_keys keys;
    uint8_t password;
    /* of PACE */
    uint8_t nonce[16], scalar[32], generator[MATH_POINT], expected[8], token[8];
    struct terminal_keys next;
    uint8_t id_picc[32];
    char authority[2][17]; /* CARs that the card named; empty: none */
    /* of terminal and chip authentication */
    uint8_t chip_scalar[32], chip_point[MATH_POINT], challenge[8];
    uint8_t signature[MATH_SIGNATURE]; /* of the last terminal_sign */
    const char *auxiliary;             /* hex of DO 67 as a whole; NULL: none */
};

/* ---- the card ---- */
/* Bytes of the file that terminal_card() put under this SFI of a DF (0 MF, 1 travel document, 2 docket), of that
 * version; returns their number. */
size_t terminal_file(unsigned df, uint8_t sfi, uint32_t version, uint8_t *out, size_t cap);
/* A card with passwords, chip keys, trust point, date 26-11-01 and all files, docket groups in version 5; not SECURED.
 * MF current. Its CVCA is valid to 36-01-01. */
struct talk *terminal_card(size_t key_len);
/* Opens the issuer's session on the selected application. */
struct domain_session;
void terminal_issuer(struct domain_session *session, struct talk *talk);
/* A terminal that begins with this card as it is, without a channel. */
struct terminal terminal_at(struct talk *talk, size_t key_len);

/* ---- messages ---- */
enum { NO_LE = -1 };
/* One command, protected where a channel is open; le NO_LE, or 0 to 255 (0: all). Header without CLA_SM_ISO. Returns
 * SW; the answer's data are in talk->got. */
unsigned terminal_send(struct terminal *t, uint32_t header, const void *data, size_t len, int le);
unsigned terminal_hex(struct terminal *t, uint32_t header, const char *data, int le);
/* The same by chaining, 200 bytes a piece. */
unsigned terminal_chained(struct terminal *t, uint32_t header, const uint8_t *data, size_t len);
/* A protected command into out (of 640 bytes), its length returned; the counter goes on. */
size_t terminal_wrap(struct terminal *t, uint32_t header, const void *data, size_t len, int le, uint8_t *out);
/* MAC and frame for data objects that are given as they are. */
size_t terminal_wrap_objects(struct terminal *t, uint32_t header, const uint8_t *objects, size_t len, uint8_t *out);
/* The answer in talk->got: checks and takes off the protection. */
unsigned terminal_unwrap(struct terminal *t, uint8_t ins);
/* The terminal's own keys begin anew: what is done now is done with the same ones as after the last call. */
void terminal_rewind(void);
/* The card answered in the clear and forgot the channel. */
void terminal_forget(struct terminal *t);

/* ---- PACE ---- */
unsigned terminal_mse(struct terminal *t, enum terminal_password password, const uint64_t *chat);
/* The four steps; 'secret' is the password. */
unsigned terminal_nonce(struct terminal *t, const char *secret);
unsigned terminal_map(struct terminal *t);
unsigned terminal_agree(struct terminal *t);
unsigned terminal_token(struct terminal *t, bool right);
/* All of them: SW of the first that is not 9000; a warning 63Cx of MSE is passed over. */
unsigned terminal_pace(struct terminal *t, enum terminal_password password, const char *secret, const uint64_t *chat);

/* ---- terminal authentication ---- */
unsigned terminal_dst(struct terminal *t, const char *name);
unsigned terminal_pso(struct terminal *t, const struct certificate *certificate);
unsigned terminal_at_set(struct terminal *t, const char *name); /* MSE:Set AT, of a new key for chip authentication */
unsigned terminal_challenge(struct terminal *t);
/* Signs as key 'name' what there is to sign. */
void terminal_sign(struct terminal *t, const char *name);
unsigned terminal_external(struct terminal *t);
/* Both certificates; then all of it. */
unsigned terminal_chain(struct terminal *t, const struct certificate *dv, const struct certificate *own);
unsigned terminal_authenticate(struct terminal *t, const struct certificate *dv, const struct certificate *own);

/* ---- chip authentication ---- */
unsigned terminal_mse_chip(struct terminal *t, const char *key); /* key: hex of DO 84's content, NULL: none */
/* Step with the point that is given; version 1 or 2. */
unsigned terminal_chip_step(struct terminal *t, const uint8_t point[static MATH_POINT], int version);
unsigned terminal_chip(struct terminal *t, int version);

/* ---- files ---- */
unsigned terminal_select(struct terminal *t, unsigned df);
unsigned terminal_read(struct terminal *t, uint8_t sfi); /* READ BINARY from 0, Le 00 */
/* UPDATE BINARY of a docket group in this version. */
unsigned terminal_update(struct terminal *t, uint8_t sfi, uint32_t version);

/* PACE, terminal and chip authentication with these rights and certificate; docket selected. Ends the test where one
 * step fails. */
void terminal_officer(struct terminal *t, enum terminal_password password, uint64_t chat);
/* Resets the card and has an officer read all of the docket: what every row ends with. */
void terminal_lawful(struct talk *talk);

#endif
