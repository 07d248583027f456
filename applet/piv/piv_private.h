/* SPDX-License-Identifier: BSD-2-Clause */
/* What the PIV application's own files share: its tables, its volatile state, its commands. */
#ifndef PIV_PRIVATE_H
#define PIV_PRIVATE_H

#include "core.h"
#include "records.h"

/* ---- data objects: one table (SP 800-73-4 part 1, table 3) ---- */
struct piv_object {
    uint32_t tag;
    uint16_t len_max;   /* bytes of its content: what is inside tag 53, or inside its own */
    uint16_t record;    /* where it is stored */
    enum access read;   /* writing is AC_ADMIN for all, by the command table */
    uint16_t container; /* container id (table 2) */
};
extern const struct piv_object piv_objects[];
extern const uint8_t piv_object_count;
/* NULL where there is none. */
const struct piv_object *piv_object_find(uint32_t tag);
/* True for the objects that are a template of their own: Discovery 7E and the BIT group template 7F61. */
bool piv_object_stands_alone(uint32_t tag);
/* The tag that the content stands in: 53, or its own. */
uint32_t piv_object_template(const struct piv_object *object);

/* ---- asymmetric keys: one table (SP 800-73-4 part 1, table 4; SP 800-78-4, table 6-2) ---- */
enum piv_key_use {
    KEY_SIGNS,
    KEY_AGREES, /* on a key; with RSA, it decrypts */
};
struct piv_key {
    uint8_t first, last;  /* key references */
    enum piv_key_use use; /* one use for each key */
    uint8_t pin;          /* PIN_POLICY_*: the command table's access rule, the least that each key has */
};
extern const struct piv_key piv_keys[];
extern const uint8_t piv_key_count;
/* NULL where the reference is none of an asymmetric key. */
const struct piv_key *piv_key_find(uint8_t ref);
/* The number of a key's record. */
#define PIV_KEY_RECORD(ref) ((uint16_t)(RECORD_KEY | (ref)))
/* True where what was proven is enough for a key's PIN policy. */
bool piv_pin_policy_met(const struct security *security, uint8_t policy);
/* Reads the rest of r: [AA 01 policy] [AB 01 touch]. False where it is anything else, asks for less than the
 * reference's own PIN policy or for a touch. */
bool piv_policies_read(struct rd *r, const struct piv_key *key, uint8_t *pin);

/* ---- volatile state, from SELECT on ---- */
#define PIV_CHALLENGE_LEN 16
#define PIV_PUT_HEAD_MAX  9 /* 5C 03 xxxxxx 53 82 xxxx */

/* Authentication of the issuer by the management key (SP 800-73-4 part 2, 3.2.4 and A.1). */
enum piv_auth_step { AUTH_IDLE, AUTH_WITNESS_SENT, AUTH_CHALLENGE_SENT };
struct piv_auth {
    enum piv_auth_step step;
    uint8_t challenge[PIV_CHALLENGE_LEN]; /* what the issuer must show that it knows or can encrypt */
};

/* A PUT DATA on its way in. */
struct piv_put {
    const struct piv_object *object; /* NULL: the head is not whole yet */
    size_t left;                     /* bytes of content still missing */
    uint8_t head[PIV_PUT_HEAD_MAX];
    uint8_t head_len;
    bool deletes; /* the content is empty */
};

struct piv_state {
    struct piv_auth auth;
    struct piv_put put;
};
struct piv_state *piv_state(struct core *core);

/* ---- commands, one a file ---- */
command_run cmd_get_data;
command_run cmd_put_data;
command_run cmd_verify;
command_run cmd_verify_reset;
command_run cmd_change_reference;
command_run cmd_reset_retry;
command_run cmd_reference_unknown;
command_run cmd_authenticate_key;
command_run cmd_authenticate_admin;
command_run cmd_generate;
command_run cmd_version;
command_run cmd_serial;
command_run cmd_metadata;
command_run cmd_attest;
command_run cmd_import;
command_run cmd_set_management;
command_run cmd_set_tries;
command_run cmd_reset;
command_run piv_select;

/* Forgets what a PUT DATA has brought so far. */
void piv_put_end(struct core *core);
/* Deletes all keys, and all objects but for Discovery and the maker's certificate. */
uint16_t piv_taken_over(struct core *core);

/* A parsed dynamic authentication template: which of its elements are there (SP 800-73-4 part 2, table 7). */
struct piv_template {
    struct rd witness, challenge, response, exponentiation;
    bool has_witness, has_challenge, has_response, has_exponentiation;
};
/* Reads 7C{...} to its end, elements in any order, each at most once. False where it is anything else. */
bool piv_template_read(struct rd *data, struct piv_template *template);

#endif
