/* SPDX-License-Identifier: BSD-2-Clause */
/* Card verifiable certificates of BSI TR-03110 part 3, C.1, on P-256 with ECDSA and SHA-256 alone, and the terminal's
 * rights in them (CHAT). Public data only: nothing here runs in constant time but signing, which is the caller's. */
#ifndef SDC_CVC_H
#define SDC_CVC_H

#include "codes.h"
#include "piv.h"

#define SDC_CVC_REF_MIN 8 /* 2 letters country, 1 to 9 mnemonic, 5 sequence number: A-Z 0-9 */
#define SDC_CVC_REF_MAX 16
#define SDC_CVC_MAX     512 /* bytes of a whole certificate */
#define SDC_RS_LEN      64  /* a signature: r || s, each of 32 bytes */

/* ---- CHAT of an authentication terminal (TR-03110 part 4, 2.2.3.2): a number of 40 bits ---- */
#define SDC_CHAT_LEN         5
#define SDC_CHAT_READ(dg)    (1ULL << ((dg) + 7))
#define SDC_CHAT_WRITE(dg)   (1ULL << (54 - (dg))) /* DG17 is bit 37 */
#define SDC_CHAT_CAN_ALLOWED (1ULL << 4)
/* What our cards know; they take every other bit for 0. */
#define SDC_CHAT_KNOWN                                                                                                 \
    (SDC_CHAT_READ(17) | SDC_CHAT_READ(19) | SDC_CHAT_READ(20) | SDC_CHAT_READ(21) | SDC_CHAT_WRITE(17) |              \
     SDC_CHAT_WRITE(19) | SDC_CHAT_WRITE(20) | SDC_CHAT_WRITE(21) | SDC_CHAT_CAN_ALLOWED)

enum sdc_cvc_role { SDC_CVC_TERMINAL = 0, SDC_CVC_DV_OTHER = 1, SDC_CVC_DV = 2, SDC_CVC_CVCA = 3 };

/* A parsed certificate: 'body' and 'signature' are readers into the bytes that were parsed. */
struct sdc_cvc {
    char car[SDC_CVC_REF_MAX + 1], chr[SDC_CVC_REF_MAX + 1];
    enum sdc_cvc_role role;
    uint64_t rights; /* CHAT without the role */
    bool domain;     /* carries domain parameters, which are P-256's: of a CVCA */
    uint8_t point[SDC_P256_POINT_LEN];
    struct sdc_date effective, expiry;
    struct sdc_rd body;      /* 7F4E, whole: what is signed */
    struct sdc_rd signature; /* r || s */
    struct sdc_rd value;     /* what stands inside 7F21: what PSO: VERIFY CERTIFICATE takes */
};

/* Parses exactly one certificate (7F21). SDC_E_INPUT: another form, role, algorithm or curve than ours, a point that is
 * none, dates that are none or out of order, or more bytes behind. Extensions are passed over. */
enum sdc_status sdc_cvc_parse(const void *data, size_t len, struct sdc_cvc *cvc, struct sdc_error *e) SDC_WARN_UNUSED;
/* Was 'cvc' signed by this key? SDC_E_SIGNATURE. */
enum sdc_status sdc_cvc_verify(const struct sdc_cvc *cvc, const uint8_t point[static SDC_P256_POINT_LEN],
                               struct sdc_error *e) SDC_WARN_UNUSED;
/* May 'issuer' have issued 'cvc', as a card judges it (TR-03110 part 3, 2.5): reference, roles, dates within the
 * issuer's, signature? A link certificate (a CVCA's by a CVCA) may end later than its issuer. SDC_E_SIGNATURE. */
enum sdc_status sdc_cvc_check_issued(const struct sdc_cvc *issuer, const struct sdc_cvc *cvc,
                                     struct sdc_error *e) SDC_WARN_UNUSED;

/* Whoever signs: a key in a token, or a test's. Gets SHA-256's result. */
struct sdc_cvc_signer {
    enum sdc_status (*sign)(void *ctx, const uint8_t hash[static 32], uint8_t rs[static SDC_RS_LEN],
                            struct sdc_error *e);
    void *ctx;
};
struct sdc_cvc_request {
    const char *car, *chr;
    enum sdc_cvc_role role; /* domain parameters are put where it is the CVCA */
    uint64_t rights;
    const uint8_t *point; /* SDC_P256_POINT_LEN: of the holder's key */
    struct sdc_date effective, expiry;
};
/* Makes a certificate, appended to out. SDC_E_USAGE: references or dates that can't stand in one. */
enum sdc_status sdc_cvc_make(const struct sdc_cvc_request *request, const struct sdc_cvc_signer *signer,
                             struct sdc_buf *out, struct sdc_error *e) SDC_WARN_UNUSED;
/* Is this a certificate holder's or authority's reference? */
bool sdc_cvc_is_reference(const char *text);
/* The whole CHAT template 7F4C, appended. */
void sdc_cvc_put_chat(enum sdc_cvc_role role, uint64_t rights, struct sdc_buf *out);

/* A request for a certificate (TR-03110 part 3, C.2), signed by the key that it names: 7F21 { 7F4E { 5F29, 7F49, 5F20
 * }, 5F37 }. */
struct sdc_cvc_ask {
    char chr[SDC_CVC_REF_MAX + 1];
    uint8_t point[SDC_P256_POINT_LEN];
};
enum sdc_status sdc_cvc_ask_make(const struct sdc_cvc_ask *ask, const struct sdc_cvc_signer *signer,
                                 struct sdc_buf *out, struct sdc_error *e) SDC_WARN_UNUSED;
/* Parses exactly one and verifies its signature. SDC_E_INPUT, SDC_E_SIGNATURE. */
enum sdc_status sdc_cvc_ask_parse(struct sdc_rd data, struct sdc_cvc_ask *ask, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
