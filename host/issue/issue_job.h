/* SPDX-License-Identifier: BSD-2-Clause */
/* One card's issue: what is known so far, and the steps that go through it in the order of one table (issue.c). Every
 * step may be repeated: the first ones touch no card, the others leave a card that the same steps take up again. */
#ifndef ISSUE_JOB_H
#define ISSUE_JOB_H

#include "data.h"
#include "key_derivation.h"
#include "lds_data.h"
#include "stock.h"

#include "sdc/issue.h"

#define JOB_KEYS          4
#define JOB_TRANSPORT_LEN 8

/* A key of the card, its certificate's kind and object, in the order they are made. */
struct job_key {
    uint8_t ref;
    enum certificate_kind kind;
    uint32_t object;
};
extern const struct job_key job_keys[JOB_KEYS];

struct job {
    struct sdc_station *station;
    const struct sdc_record *record;
    const char *folder; /* of the batch: the photo lies below */
    struct sdc_link *link;
    struct sdc_issued *issued;
    struct sdc_date today;

    struct sdc_card_row row; /* the registry's */
    bool known;              /* the request has a row */
    bool repeated;           /* issued before: no step is left */
    struct sdc_buf portrait;
    unsigned portrait_width, portrait_height;
    struct data_input input;
    struct data_set set;
    struct lds_set files;
    struct sdc_buf certificate[JOB_KEYS]; /* contents of the certificate objects */
    struct card_context context;
    uint8_t key_version, life_cycle; /* as the card says */
    struct stock_chip chip;
    X509 *attestation;         /* the chip's certificate, checked; NULL for a chip that isn't listed, or SECURED */
    struct sdc_scp03_keys own; /* the card's own keys of the issuer domain */
    struct sdc_scp03 *session; /* NULL: none is open */
    uint8_t management[CARD_MANAGEMENT_LEN]; /* the card's own */
    char puk[CARD_PUK_LEN];
    char transport[JOB_TRANSPORT_LEN], passing[JOB_TRANSPORT_LEN];
};

/* A step. SDC_OK: the next one. */
typedef enum sdc_status (*job_step)(struct job *job, struct sdc_error *e);

/* ---- the host alone (issue_plan.c) ---- */
enum sdc_status job_portrait(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;
/* What the registry knows of the request: 'known', 'repeated'. Changes nothing. */
enum sdc_status job_request(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;
/* Registry, once the chip was looked at: GUID and number, in place of those of another chip that was begun, and bound
 * to this chip. */
enum sdc_status job_assign(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;
/* Everything that follows from GUID and number: data objects, transport PIN, MRZ, letter. */
enum sdc_status job_plan(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;

/* ---- the chip (issue_chip.c) ---- */
/* Finds out, without writing anything to card or registry, whether this chip may take the request. */
enum sdc_status job_identify(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;
/* The card's own keys in place of the transport keys, where those are still there. */
enum sdc_status job_change_keys(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;
/* A session with the card's own keys, in place of the one before, with this selected. */
enum job_place { JOB_MF, JOB_TRAVEL, JOB_DOCKET, JOB_PIV, JOB_DOMAIN };
enum sdc_status job_session(struct job *job, enum job_place place, struct sdc_error *e) SDC_WARN_UNUSED;
/* Notes for good that this chip has the card's own keys: it is never handed them again over transport keys. */
enum sdc_status job_note_keys(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;

/* ---- PIV through the session (issue_card.c) ---- */
enum sdc_status job_make_keys(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status job_write_objects(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;

/* ---- travel document and docket (issue_lds.c) ---- */
/* CAN, MRZ, the CVCA's key and today's date: who may read, and when. */
enum sdc_status job_place_access(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;
/* The chip's own keys, and every file, signed; then onto the card, each read back. */
enum sdc_status job_make_files(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status job_write_files(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status job_verify_files(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;

/* ---- secrets (issue_secrets.c) ---- */
/* PUK, management key and a passing PIN. */
enum sdc_status job_place_secrets(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;
/* Reads back what only the holder may read, as a holder with the passing PIN. */
enum sdc_status job_check_private(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;
/* The letter's transport PIN, then the end of open writing: SECURED. */
enum sdc_status job_seal(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;

/* ---- the finished card (issue_check.c) ---- */
/* Reset; every free object byte for byte. */
enum sdc_status job_read_back(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status job_verify(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status job_finish(struct job *job, struct sdc_error *e) SDC_WARN_UNUSED;

/* Object as the card has it = content that was written; SDC_E_REPLY where not. */
enum sdc_status job_compare(struct sdc_link *link, uint32_t object, const struct sdc_buf *content,
                            struct sdc_error *e) SDC_WARN_UNUSED;

#endif
