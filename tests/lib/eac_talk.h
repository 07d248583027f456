/* SPDX-License-Identifier: BSD-2-Clause */
/* A terminal for tests of the card: PACE, terminal and chip authentication and secure messaging, step by step, so that
 * each step can be made wrong. On OpenSSL; shares no code with the card. Answers that are wrongly protected end the
 * test. */
#ifndef TESTS_EAC_TALK_H
#define TESTS_EAC_TALK_H

#include "card_talk.h"

#define EAC_READ(dg)  (1ULL << (7 + (dg)))
#define EAC_WRITE(dg) (1ULL << (54 - (dg)))
#define EAC_CAN       (1ULL << 4)
#define EAC_OFFICER   (EAC_READ(17) | EAC_READ(19) | EAC_READ(20) | EAC_READ(21) | EAC_CAN)
#define EAC_WRITER    (EAC_OFFICER | EAC_WRITE(17) | EAC_WRITE(19) | EAC_WRITE(20) | EAC_WRITE(21))

enum { EAC_MRZ = 1, EAC_CAN_PASSWORD = 2, EAC_PIN = 3, EAC_PUK = 4 };

struct terminal {
    struct talk *talk;
    size_t key_len; /* 16 or 32: the card's suite */
    bool open;      /* commands are protected */
    bool plain;     /* the last answer was */
    uint8_t enc[32], mac[32], ssc[16];
    uint8_t out[66000]; /* data of the last answer, in clear */
    size_t out_len;
    /* PACE */
    uint8_t nonce[16], generator[65], own[65], peer[65], scalar[32], k[32];
    uint8_t id_picc[32];
    uint8_t car[17], car_len;
    /* terminal authentication */
    uint8_t chip_scalar[32], chip_key[65]; /* of chip authentication */
    uint8_t challenge[8];
    const uint8_t *aux; /* DO 67 whole */
    size_t aux_len;
    bool extended; /* commands have extended lengths */
    bool fixed;    /* private keys are those of the vectors */
};

/* A card with everything: CAN 846201, PIN 123456 (the holder's), PUK 12345678, MRZ of the vectors, chip keys, CVCA and
 * files of the vectors, card date 26-11-01, eid-alias. Copies of one card: each is the same. */
struct talk *eac_card(void);
struct talk *eac_card_256(void);
void term_start(struct terminal *t, struct talk *talk);
/* Power off and on. */
void term_reset(struct terminal *t);

/* ---- commands ---- */
#define NO_LE (-1)
/* One command, protected where the channel is open; le as given (0: 256 or 65536), NO_LE: none. Returns SW; the data
 * are in out. */
unsigned term_send(struct terminal *t, uint32_t header, const void *data, size_t len, int le);
unsigned term_hex(struct terminal *t, uint32_t header, const char *data, int le);
/* The bytes of the protected command alone; the counter goes on. */
size_t term_wrap(struct terminal *t, uint32_t header, const void *data, size_t len, int le, uint8_t *out);
/* Takes the answer apart that talk got: protected, or plain. */
unsigned term_unwrap(struct terminal *t, uint8_t ins);
/* Sends bytes as they are and takes a protected answer apart. */
unsigned term_raw(struct terminal *t, const uint8_t *cmd, size_t len);

/* ---- PACE ---- */
/* MSE; chat: NULL, or rights, role 00. */
unsigned term_pace_set(struct terminal *t, uint8_t password, const uint64_t *chat);
unsigned term_pace_nonce(struct terminal *t, const char *secret, uint8_t password);
unsigned term_pace_map(struct terminal *t);
unsigned term_pace_agree(struct terminal *t);
unsigned term_pace_token(struct terminal *t, bool wrong);
/* All of it: 9000, or the SW of the first step that isn't (63Cx of MSE is none). NULL: the right secret. */
unsigned term_pace(struct terminal *t, uint8_t password, const char *secret, const uint64_t *chat);

/* ---- certificates ---- */
struct cert {
    const char *car, *chr;
    const char *key;    /* name of the holder's key: any word; "CVCA", "DV" and "AT" are those of the vectors */
    const char *signer; /* name of the key that signs */
    unsigned role;
    uint64_t rights;
    const char *from, *to; /* "261101" */
};
#define CERT_MAX 600
/* 7F4E and 5F37: what PSO takes. Returns the length. */
size_t cert_make(const struct cert *cert, uint8_t out[static CERT_MAX]);
/* Signs the 7F4E at the beginning of a certificate anew, after it was changed. */
void cert_sign(uint8_t *cert, size_t len, const char *signer);
/* Private key of a name. */
void key_scalar(const char *name, uint8_t scalar[static 32]);
void key_sign(const char *name, const uint8_t *data, size_t len, uint8_t rs[static 64]);

/* ---- terminal and chip authentication ---- */
unsigned term_dst(struct terminal *t, const char *car);
unsigned term_pso(struct terminal *t, const uint8_t *cert, size_t len);
/* DST and PSO. */
unsigned term_import(struct terminal *t, const struct cert *cert);
/* DV and terminal of the vectors, with these rights and dates that fit. */
unsigned term_chain(struct terminal *t, uint64_t rights);
unsigned term_at(struct terminal *t, const char *chr);
unsigned term_challenge(struct terminal *t);
unsigned term_external(struct terminal *t, const char *signer);
/* From MSE:Set AT on. */
unsigned term_prove(struct terminal *t);
/* MSE and GENERAL AUTHENTICATE; checks the token. 'version' 1 or 2. */
unsigned term_chip_set(struct terminal *t, unsigned version);
unsigned term_chip(struct terminal *t, unsigned version);
/* PACE with the password, TA2 with these rights in certificates and CHAT, CA2. Returns 9000 or what failed. */
unsigned term_run(struct terminal *t, uint8_t password, uint64_t rights);
unsigned term_select(struct terminal *t, char which); /* 'M', 'T', 'D' */
/* A whole lawful run of an officer after a reset, to DG17's first bytes; ends the test where it isn't one. */
void term_lawful(struct terminal *t);

#endif
