/* SPDX-License-Identifier: BSD-2-Clause */
/* CV certificates for tests, right and wrong ones (BSI TR-03110-3 C.1). */
#ifndef TESTS_TERMINAL_CERTIFICATE_H
#define TESTS_TERMINAL_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CERTIFICATE_CAP 640

/* Bits of a CHAT. */
#define CHAT_CVCA    ((uint64_t)3 << 38)
#define CHAT_DV      ((uint64_t)2 << 38)
#define CHAT_OTHER   ((uint64_t)1 << 38)
#define CHAT_OFFICER ((uint64_t)0x001D000010)
#define CHAT_WRITER  ((uint64_t)0x2E1D000010)

/* The names of the worked run. */
#define NAME_CVCA "USSDCCVCA00001"
#define NAME_LINK "USSDCCVCA00002"
#define NAME_DV   "USSDCDVOF00001"
#define NAME_AT   "USSDCAT0100001"

struct certificate {
    const char *authority, *holder; /* CAR, CHR */
    const char *by, *key;           /* names of the signer's key and of its own (math_key) */
    uint64_t chat;
    const char *from, *to; /* YYMMDD */
    bool domain;           /* with domain parameters, as of a CVCA */
    /* What is unlike a proper one. NULL and 0 leave it proper. */
    const char *algorithm, *role; /* hex of object identifiers */
    const uint8_t *point;         /* another public key, of 65 bytes */
    int altered;                  /* domain parameter 1 to 6: its last byte is another */
    const char *behind;           /* hex behind the body's last object */
};

/* Proper ones: CVCA of the worked run, link to NAME_LINK, DV, terminal. Valid from 26-01-01 (terminal: 26-11-01). */
extern const struct certificate shown_link, shown_dv, shown_terminal;

/* What PSO takes: 7F4E{..} 5F37 40 r||s. Returns its length. */
size_t terminal_certificate_make(const struct certificate *certificate, uint8_t out[static CERTIFICATE_CAP]);
/* DGI 8017's value for the CVCA of the worked run, with these rights. */
size_t terminal_trust_point(uint64_t chat, const char *to, uint8_t out[static CERTIFICATE_CAP]);

#endif
